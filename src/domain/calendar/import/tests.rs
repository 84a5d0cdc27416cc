use super::*;

/// 30 November 2026, 9:00 in Paris.
const NOW: Timestamp = Timestamp::from_millis(1_796_025_600_000);

fn file(body: &str) -> Reading {
    read(&format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n"), "Europe/Paris", NOW)
        .unwrap()
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Réunion\\, puis atelier\r\n{lines}END:VEVENT\r\n")
}

const TIMES: &str = "DTSTART;TZID=Europe/Paris:20270326T140000\r\nDTEND;TZID=Europe/Paris:20270326T160000\r\n";

fn starts(reading: &Reading) -> Vec<String> {
    let told = |times: &Times| format!("{} {}", times.starts_civil.strftime("%d/%m/%Y %H:%M"), times.zone);
    reading.events.iter().map(|event| told(&event.times).replace(" Europe/Paris", "")).collect()
}

fn keys(reading: &Reading) -> Vec<&str> {
    reading.events.iter().map(|event| event.key.as_str()).collect()
}

fn reasons(reading: &Reading) -> Vec<SkipReason> {
    reading.skipped.iter().map(|(_, reason)| reason.clone()).collect()
}

#[test]
fn an_event_is_read_with_its_own_zone_utc_or_none() {
    let reading = file(&event(&format!("{TIMES}LOCATION:Bordeaux\\; salle 2\r\nDESCRIPTION:Un\\nDeux\r\n")));
    assert_eq!(reading.skipped, []);
    let one = &reading.events[0];
    assert_eq!(
        (one.content.title.as_str(), one.content.place.as_str()),
        ("Réunion, puis atelier", "Bordeaux; salle 2")
    );
    assert_eq!((one.content.summary.as_str(), one.times.zone.as_str()), ("Un\nDeux", "Europe/Paris"));
    assert_eq!(one.times.ends_civil.to_string(), "2027-03-26T16:00:00");
    for (lines, start) in [
        ("DTSTART:20270326T130000Z\r\nDURATION:PT2H\r\n", "26/03/2027 14:00"),
        ("DTSTART:20270326T140000\r\nDTEND:20270326T160000\r\n", "26/03/2027 14:00"),
        ("DTSTART;TZID=Indian/Reunion:20270326T160000\r\nDURATION:PT2H\r\n", "26/03/2027 16:00 Indian/Reunion"),
    ] {
        assert_eq!(starts(&file(&event(lines))), [start]);
    }
    let floating =
        file(&format!("X-WR-TIMEZONE:Indian/Reunion\r\n{}", event("DTSTART:20270326T140000\r\nDURATION:PT1H\r\n")));
    assert_eq!(starts(&floating), ["26/03/2027 14:00 Indian/Reunion"]);
}

#[test]
fn a_series_in_utc_keeps_its_hour_in_utc_and_leaves_out_what_it_says() {
    let utc = file(&event(
        "DTSTART:20270319T130000Z\r\nDTEND:20270319T150000Z\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\nEXDATE:20270326T130000Z\r\n",
    ));
    assert_eq!(starts(&utc), ["19/03/2027 14:00", "02/04/2027 15:00"]);
    assert!(utc.cancelled.contains("1/2027-03-26"));
    let weekly = format!("{TIMES}RRULE:FREQ=WEEKLY;COUNT=3\r\n");
    // The clocks change on 28 March.
    assert_eq!(starts(&file(&event(&weekly))), ["26/03/2027 14:00", "02/04/2027 14:00", "09/04/2027 14:00"]);
    for except in ["EXDATE;VALUE=DATE:20270402", "EXDATE:20270402T120000Z", "EXDATE;TZID=Europe/London:20270402T130000"]
    {
        let reading = file(&event(&format!("{weekly}{except}\r\n")));
        assert_eq!(starts(&reading), ["26/03/2027 14:00", "09/04/2027 14:00"], "{except}");
    }
    for (more, count) in
        [("RDATE;TZID=Europe/Paris:20270326T140000", 3), ("RDATE:20270410T080000Z,20270411T080000Z", 5)]
    {
        assert_eq!(file(&event(&format!("{weekly}{more}\r\n"))).events.len(), count, "{more}");
    }
    let period = file(&event(&format!("{TIMES}RDATE;VALUE=PERIOD:20270410T080000Z/PT3H\r\n")));
    assert_eq!(period.events[1].times.ends_civil.to_string(), "2027-04-10T13:00:00");
}

#[test]
fn the_last_one_is_kept_when_the_rule_ends_with_it() {
    for until in ["20270409T120000Z", "20270409T140000", "20270409"] {
        let reading = file(&event(&format!("{TIMES}RRULE:FREQ=WEEKLY;UNTIL={until}\r\n")));
        assert_eq!(starts(&reading), ["26/03/2027 14:00", "02/04/2027 14:00", "09/04/2027 14:00"], "{until}");
        assert_eq!(reading.skipped, []);
    }
}

#[test]
fn the_past_of_a_series_uses_up_nothing_and_what_is_beyond_a_limit_is_told_by_name() {
    let old = "DTSTART;TZID=Europe/Paris:20200103T140000\r\nDURATION:PT1H\r\n";
    let endless = file(&event(&format!("{old}RRULE:FREQ=WEEKLY\r\n")));
    assert_eq!(endless.events.len(), 104);
    assert_eq!((starts(&endless)[0].as_str(), reasons(&endless)), ("04/12/2026 14:00", vec![SkipReason::GoesOn]));
    let finished = event(&format!("{old}RRULE:FREQ=WEEKLY;COUNT=205\r\n"))
        .replace("UID:1", "UID:2")
        .replace("Réunion", "Ancienne");
    let both = file(&format!("{finished}{}", event(&format!("{TIMES}RRULE:FREQ=WEEKLY;COUNT=3\r\n"))));
    assert_eq!(both.events.len(), 3);
    assert_eq!(both.skipped, [("Ancienne, puis atelier".to_owned(), SkipReason::Past)]);
    let daily = file(&event(&format!("{TIMES}RRULE:FREQ=DAILY\r\n")));
    assert_eq!(daily.events.len(), MAX_EVENTS);
    assert!(reasons(&daily).iter().any(|reason| matches!(reason, SkipReason::TooMany(400..))), "{:?}", daily.skipped);
}

#[test]
fn rules_that_never_hold_cost_no_more_than_the_budget_and_what_is_left_is_told() {
    let never = |number: usize, from: &str| {
        format!(
            "BEGIN:VEVENT\r\nUID:n{number}\r\nSUMMARY:Jamais {number}\r\nDTSTART;TZID=Europe/Paris:{from}T140000\r\nDURATION:PT1H\r\n\
             RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=9\r\nEND:VEVENT\r\n"
        )
    };
    let few = file(&(0..50).map(|number| never(number, "20270326")).collect::<String>());
    assert_eq!((few.events.len(), few.skipped.len()), (50, 0), "only the starts themselves");
    let many = file(&(0..100).map(|number| never(number, "16010101")).collect::<String>());
    assert!(reasons(&many).contains(&SkipReason::TooMuchWork));
    assert_eq!(many.skipped.len(), 100, "each is told");
}

#[test]
fn an_occurrence_keeps_its_key_when_it_moves_and_one_that_is_cancelled_is_left_out() {
    assert_eq!(keys(&file(&event(TIMES))), ["1"]);
    assert_eq!(keys(&file(&event(&TIMES.replace("20270326", "20270329")))), ["1"]);
    let weekly = event(&format!("{TIMES}RRULE:FREQ=WEEKLY;COUNT=3\r\n"));
    let three = ["1/2027-03-26", "1/2027-04-02", "1/2027-04-09"];
    assert_eq!(keys(&file(&weekly)), three);
    for recurrence in [";TZID=Europe/Paris:20270402T140000", ":20270402T120000Z", ";VALUE=DATE:20270402"] {
        // With a number of its own, as many programs write it.
        let moved = format!(
            "{weekly}BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Autre\r\nSEQUENCE:3\r\nRECURRENCE-ID{recurrence}\r\n\
             DTSTART;TZID=Europe/Paris:20270403T100000\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
        );
        let reading = file(&moved);
        assert_eq!(keys(&reading), three, "{recurrence}");
        assert_eq!(starts(&reading)[1], "03/04/2027 10:00");
        let cancelled = file(&moved.replace("SEQUENCE:3", "STATUS:CANCELLED"));
        assert_eq!(keys(&cancelled), [three[0], three[2]], "{recurrence}");
        assert_eq!(cancelled.skipped, [("Autre".to_owned(), SkipReason::Cancelled)]);
        assert!(cancelled.cancelled.contains(three[1]) && cancelled.whole.contains("1"));
        // A series beside it at the same hours is not touched.
        let parallel = file(&format!("{moved}{}", weekly.replace("UID:1", "UID:2")));
        assert_eq!(parallel.events.len(), 6);
        assert_eq!(parallel.events.iter().filter(|event| event.content.title == "Autre").count(), 1);
    }
}

#[test]
fn a_change_of_this_and_the_following_ones_moves_them_all() {
    let weekly = event(&format!("{TIMES}RRULE:FREQ=WEEKLY;COUNT=4\r\n"));
    let change = "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Plus tard\r\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Paris:20270402T140000\r\n\
        DTSTART;TZID=Europe/Paris:20270403T170000\r\nDURATION:PT1H\r\nEND:VEVENT\r\n";
    let reading = file(&format!("{weekly}{change}"));
    assert_eq!(starts(&reading), ["26/03/2027 14:00", "03/04/2027 17:00", "10/04/2027 17:00", "17/04/2027 17:00"]);
    assert_eq!(keys(&reading)[3], "1/2027-04-16");
    assert_eq!(reading.events[3].content.title, "Plus tard");
    assert_eq!(reading.events[3].times.ends_civil.to_string(), "2027-04-17T18:00:00");
}

#[test]
fn zones_are_known_by_the_names_that_programs_give_them_or_as_the_file_describes_them() {
    let described = |name: &str, more: &str| {
        format!(
            "BEGIN:VTIMEZONE\r\nTZID:{name}\r\n{more}BEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n\
             RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\n\
             TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
        )
    };
    let at = |name: &str| event(&format!("DTSTART;TZID=\"{name}\":20270402T140000\r\nDURATION:PT1H\r\n"));
    for (name, told) in [
        ("Romance Standard Time", "02/04/2027 14:00"),
        ("W. Europe Standard Time", "02/04/2027 14:00 Europe/Berlin"),
        ("Eastern Standard Time", "02/04/2027 14:00 America/New_York"),
        ("/freeassociation.sourceforge.net/Tzfile/Europe/Paris", "02/04/2027 14:00"),
        ("/citadel.org/20210210_1/America/Argentina/Buenos_Aires", "02/04/2027 14:00 America/Argentina/Buenos_Aires"),
        ("/Europe/Paris", "02/04/2027 14:00"),
        ("europe/paris", "02/04/2027 14:00"),
        ("UTC", "02/04/2027 16:00"),
    ] {
        let reading = file(&at(name));
        assert_eq!((starts(&reading), reading.zones), (vec![told.to_owned()], vec![]), "{name}");
    }
    let own = "(UTC+01:00) Bruxelles, Copenhague";
    assert_eq!(reasons(&file(&at(own))), [SkipReason::UnknownZone(own.to_owned())]);
    let matched = file(&format!("{}{}", described(own, ""), at(own)));
    assert_eq!(starts(&matched), ["02/04/2027 14:00"]);
    assert_eq!(matched.zones, [ZoneNote { name: own.to_owned(), told_in: "Europe/Paris".to_owned(), is_same: true }]);
    let located = file(&format!("{}{}", described("Bureau", "X-LIC-LOCATION:Europe/Madrid\r\n"), at("Bureau")));
    assert_eq!(starts(&located), ["02/04/2027 14:00 Europe/Madrid"]);
    // 17 minutes ahead: no such zone; told on our clocks.
    let odd = described("Bureau", "").replace("+0100", "+0117").replace("+0200", "+0217");
    let odd = file(&format!("{odd}{}", at("Bureau")));
    assert_eq!(starts(&odd), ["02/04/2027 13:43"]);
    assert!(!odd.zones[0].is_same);
}

#[test]
fn days_are_nominal_and_hours_exact_where_the_clocks_change() {
    let ends = |lines: &str| file(&event(lines)).events[0].times.ends_civil.to_string();
    assert_eq!(ends("DTSTART;TZID=Europe/Paris:20270327T140000\r\nDURATION:P1D\r\n"), "2027-03-28T14:00:00");
    assert_eq!(ends("DTSTART;TZID=Europe/Paris:20270327T140000\r\nDURATION:PT24H\r\n"), "2027-03-28T15:00:00");
}

#[test]
fn of_two_revisions_the_newer_one_counts_in_whichever_calendar_it_stands() {
    let old = event(&format!("{TIMES}SEQUENCE:1\r\n"));
    let new = old.replace("SEQUENCE:1", "SEQUENCE:2").replace("20270326", "20270327");
    for file_text in [format!("{old}{new}"), format!("{new}END:VCALENDAR\r\nBEGIN:VCALENDAR\r\n{old}")] {
        let reading = file(&file_text);
        assert_eq!(starts(&reading), ["27/03/2027 14:00"]);
        assert_eq!(reasons(&reading), [SkipReason::Superseded]);
    }
    assert_eq!(file(&format!("{old}{old}")).events.len(), 1);
}

#[test]
fn what_is_not_understood_is_told_and_never_guessed() {
    let skipped = |lines: &str| reasons(&file(&event(lines)));
    for (lines, reason) in [
        ("DTSTART;VALUE=DATE:20270326\r\n".to_owned(), SkipReason::AllDay),
        (format!("{TIMES}STATUS:CANCELLED\r\n"), SkipReason::Cancelled),
        (format!("{TIMES}RRULE:FREQ=SECONDLY\r\n"), SkipReason::TooFrequent),
        (format!("{TIMES}RRULE:FREQ=WEEKLY;BYEASTER=1\r\n"), SkipReason::BadRecurrence),
        (
            "DTSTART;TZID=Lune/Copernic:20270326T140000\r\nDURATION:PT1H\r\n".to_owned(),
            SkipReason::UnknownZone("Lune/Copernic".to_owned()),
        ),
        ("DTSTART:20270326T140000Z\r\nDTEND:20270326T130000Z\r\n".to_owned(), SkipReason::BadTimes),
        ("DTSTART:2027-03-26\r\n".to_owned(), SkipReason::BadTimes),
        ("DTSTART:20270326T140000Z\r\n".to_owned(), SkipReason::NoEnd),
        ("DTSTART:20270326T140000Z\r\nDURATION:P15D\r\n".to_owned(), SkipReason::TooLong),
        ("DTSTART:20200326T140000Z\r\nDTEND:20200326T150000Z\r\n".to_owned(), SkipReason::Past),
        ("DTSTART:20400326T140000Z\r\nDTEND:20400326T150000Z\r\n".to_owned(), SkipReason::TooFar),
        (String::new(), SkipReason::NoStart),
    ] {
        assert_eq!(skipped(&lines), [reason], "{lines}");
    }
    assert_eq!(file(&format!("METHOD:CANCEL\r\n{}", event(TIMES))).cancelled.len(), 1);
    assert_eq!(reasons(&file(&format!("METHOD:REPLY\r\n{}", event(TIMES)))), [SkipReason::Reply]);
    let untitled = file(&format!("BEGIN:VEVENT\r\nUID:2\r\n{TIMES}END:VEVENT\r\n"));
    assert_eq!(untitled.skipped, [(String::new(), SkipReason::NoTitle)]);
    assert_eq!(reasons(&file(&event(TIMES).replace("UID:1\r\n", ""))), [SkipReason::NoUid]);
    assert!(file(&event(TIMES).replace("UID:1", &format!("UID:{}", "a".repeat(5000)))).events[0].key.len() < 100);
    assert!(read("<html>", "Europe/Paris", NOW).is_err());
}
