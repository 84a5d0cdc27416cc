//! The calendar feeds, polled over HTTP as calendar apps do, and read back by other people's parsers.

use std::collections::BTreeMap;

use calcard::icalendar::{ICalendar, ICalendarComponent, ICalendarProperty};
use domain::programme::file::BUNDLED;
use domain::programme::{self, Event};
use reqwest::{Method, header};

use crate::harness::calendar::{property, read};
use crate::harness::{TestApp, Visitor, WEBINAR, WORKSHOP};

const DAY_HOURS: u64 = 24;

/// The carried programme on its coming dates, with `changes` made to the event of that slug: (what, by what).
fn programme_with(slug: &str, changes: &[(&str, &str)]) -> String {
    let moved = [
        ("2023-12-07", "2026-12-10"),
        ("2024-01-23", "2027-01-26"),
        ("2024-03-26", "2027-03-30"),
        ("2024-05-14", "2027-05-18"),
        ("2024-06-11", "2027-06-15"),
        ("2024-07-02", "2027-07-06"),
    ];
    let text = moved.iter().fold(BUNDLED.to_owned(), |text, (from, to)| text.replace(from, to));
    let start = text.find(&format!("slug = \"{slug}\"")).unwrap();
    let end = text[start..].find("[[event]]").map_or(text.len(), |length| start + length);
    let mut event = text[start..end].to_owned();
    for (what, by) in changes {
        assert!(event.contains(what), "{what} is not in {event}");
        event = event.replacen(what, by, 1);
    }
    format!("{}{event}{}", &text[..start], &text[end..])
}

async fn change(app: &TestApp, slug: &str, changes: &[(&str, &str)]) {
    let imported = app::programme::import(&app.app, &programme_with(slug, changes)).await.unwrap();
    assert_eq!(imported.changed.len(), 1);
}

fn events(calendar: &ICalendar) -> Vec<&ICalendarComponent> {
    calendar.components.iter().filter(|component| component.component_type.is_event()).collect()
}

fn titles(text: &str) -> Vec<String> {
    events(&read(text)).into_iter().map(|event| property(event, ICalendarProperty::Summary)).collect()
}

/// Start and end in seconds, by UID, as the parser understands the zones.
fn times(calendar: &ICalendar) -> BTreeMap<String, (i64, i64)> {
    let expanded = calendar.expand_dates(calcard::common::timezone::Tz::UTC, 1000);
    assert!(expanded.errors.is_empty(), "{:?}", expanded.errors);
    let uid = |id: u32| calendar.component_by_id(id).and_then(ICalendarComponent::uid).unwrap().to_owned();
    let events = expanded.events.into_iter();
    events.map(|event| (uid(event.comp_id), event.timestamps())).collect()
}

async fn stored(app: &TestApp) -> Vec<Event> {
    let mut tx = app.app.db.snapshot().await.unwrap();
    let edition = programme::current_edition(&mut tx).await.unwrap().unwrap();
    programme::events(&mut tx, edition.id).await.unwrap()
}

async fn feed(visitor: &Visitor, path: &str) -> String {
    let answer = visitor.get(path).await;
    assert_eq!(answer.status, 200, "{path}");
    answer.body
}

#[tokio::test]
async fn a_feed_is_a_calendar_and_nothing_else() {
    let app = TestApp::start().await;
    let answer = app.visitor().get("/calendrier.ics").await;
    let headers = |name| answer.headers.get(name).map(|value| value.to_str().unwrap());
    assert_eq!(headers(header::CONTENT_TYPE), Some("text/calendar; charset=utf-8"));
    assert_eq!(headers(header::CACHE_CONTROL), Some("public, max-age=300"));
    assert_eq!(headers(header::X_CONTENT_TYPE_OPTIONS), Some("nosniff"));
    assert_eq!(headers(header::CONTENT_DISPOSITION), None);
    assert_eq!(headers(header::SET_COOKIE), None);
    assert!(headers(header::ETAG).unwrap().starts_with('"'));
    assert_eq!(headers(header::LAST_MODIFIED), Some("Tue, 24 Nov 2026 08:00:00 GMT"));
    let lines: Vec<_> = answer.body.strip_suffix("\r\n").unwrap().split("\r\n").collect();
    assert!(lines.iter().all(|line| !line.is_empty() && line.len() <= 75 && !line.contains(['\r', '\n'])));
    assert_eq!((lines[0], lines[lines.len() - 1]), ("BEGIN:VCALENDAR", "END:VCALENDAR"));
    for there in [
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "NAME:Parcours SPASER\\, 2ᵉ édition",
        "X-WR-CALNAME:Parcours SPASER\\, 2ᵉ édition",
        "X-WR-TIMEZONE:Europe/Paris",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ] {
        assert!(lines.contains(&there), "{there}");
    }
    for absent in ["METHOD", "ATTENDEE", "BEGIN:VALARM"] {
        assert!(!answer.body.contains(absent), "{absent}");
    }
}

#[tokio::test]
async fn every_event_is_there_at_the_instant_that_the_programme_says() {
    let app = TestApp::start().await;
    let calendar = read(&feed(&app.visitor(), "/calendrier.ics").await);
    let stored = stored(&app).await;
    let expected: BTreeMap<_, _> = stored
        .iter()
        .map(|event| {
            let seconds = (event.starts_at.as_millis() / 1000, event.ends_at.as_millis() / 1000);
            (format!("{}@127.0.0.1", event.id), seconds)
        })
        .collect();
    assert_eq!(times(&calendar), expected);
    let event = events(&calendar)[0];
    assert_eq!(property(event, ICalendarProperty::Summary), stored[0].title);
    assert_eq!(property(event, ICalendarProperty::Location), stored[0].place);
    assert_eq!(property(event, ICalendarProperty::Sequence), "0");
    assert!(property(event, ICalendarProperty::Description).contains(&format!("/evenements/{}", stored[0].slug)));
    assert!(property(event, ICalendarProperty::Description).contains("– Introduction et accueil\n– "));
}

#[tokio::test]
async fn a_poll_that_brings_nothing_new_is_answered_304() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for path in ["/calendrier.ics", "/calendrier/webinaires.ics", "/evenements/atelier-2-indicateurs.ics"] {
        let first = visitor.get(path).await;
        let tag = first.headers[header::ETAG].to_str().unwrap();
        app.advance(24);
        assert_eq!(visitor.get(path).await.body, first.body, "{path}: the bytes changed");
        let again = visitor.request(Method::GET, path, &[("if-none-match", tag)]).await;
        assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""), "{path}");
        assert_eq!(again.headers[header::ETAG], first.headers[header::ETAG]);
        assert_eq!(again.headers[header::LAST_MODIFIED], first.headers[header::LAST_MODIFIED]);
        let since = first.headers[header::LAST_MODIFIED].to_str().unwrap();
        let again = visitor.request(Method::GET, path, &[("if-modified-since", since)]).await;
        assert_eq!(again.status, 304, "{path}");
    }
}

#[tokio::test]
async fn head_tells_all_but_the_body_and_gzip_is_told_to_caches() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for path in ["/calendrier.ics", "/evenements/atelier-2-indicateurs.ics"] {
        let whole = visitor.get(path).await;
        let head = visitor.request(Method::HEAD, path, &[]).await;
        assert_eq!((head.status.as_u16(), head.body.as_str()), (200, ""), "{path}");
        for name in [header::ETAG, header::LAST_MODIFIED, header::CONTENT_TYPE, header::CACHE_CONTROL] {
            assert_eq!(head.headers[&name], whole.headers[&name], "{path}");
        }
        let zipped = visitor.request(Method::GET, path, &[("accept-encoding", "gzip")]).await;
        assert_eq!(zipped.headers[header::CONTENT_ENCODING], "gzip");
        let vary: Vec<_> = zipped.headers.get_all(header::VARY).iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(vary, ["accept-encoding"], "{path}");
    }
}

#[tokio::test]
async fn a_change_brings_new_bytes_a_new_revision_and_the_same_event() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let before = visitor.get("/calendrier.ics").await;
    app.advance(1);
    change(&app, WORKSHOP, &[("14:00:00", "15:00:00"), ("16:30:00", "17:30:00")]).await;
    let tag = before.headers[header::ETAG].to_str().unwrap();
    let after = visitor.request(Method::GET, "/calendrier.ics", &[("if-none-match", tag)]).await;
    assert_eq!(after.status, 200);
    assert_eq!(after.headers[header::LAST_MODIFIED], "Tue, 24 Nov 2026 09:00:00 GMT");
    let (before, after) = (times(&read(&before.body)), times(&read(&after.body)));
    let uid = format!("{}@127.0.0.1", app.event(WORKSHOP).await.id);
    assert_eq!(after[&uid].0 - before[&uid].0, 3600);
    let changed: Vec<_> = after.iter().filter(|(uid, times)| before[*uid] != **times).collect();
    assert_eq!(changed.len(), 1);
    let text = feed(&visitor, &format!("/evenements/{WORKSHOP}.ics")).await;
    assert!(text.contains("SEQUENCE:1\r\n"));
    assert!(text.contains("DTSTAMP:20261124T090000Z\r\nLAST-MODIFIED:20261124T090000Z\r\n"), "{text}");
}

#[tokio::test]
async fn a_cancelled_event_says_so_for_thirty_days_and_goes() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    change(&app, WORKSHOP, &[("kind =", "status = \"cancelled\"\nkind =")]).await;
    let title = app.event(WORKSHOP).await.title;
    let cancelled = format!("Annulé\u{a0}: {title}");
    let text = feed(&visitor, "/calendrier.ics").await;
    assert!(titles(&text).contains(&cancelled), "{:?}", titles(&text));
    assert!(text.contains("SEQUENCE:1\r\nSTATUS:CANCELLED"));
    app.advance(30 * DAY_HOURS - 1);
    assert_eq!(titles(&feed(&visitor, "/calendrier.ics").await).len(), 6);
    app.advance(1);
    let gone = visitor.get("/calendrier.ics").await;
    assert_eq!(titles(&gone.body).len(), 5);
    assert_eq!(gone.headers[header::LAST_MODIFIED], "Thu, 24 Dec 2026 08:00:00 GMT");
    assert!(feed(&visitor, &format!("/evenements/{WORKSHOP}.ics")).await.contains("STATUS:CANCELLED"));
}

#[tokio::test]
async fn an_unpublished_event_is_gone_at_once_and_the_feed_is_newer() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    app.advance(1);
    change(&app, WORKSHOP, &[("kind =", "status = \"draft\"\nkind =")]).await;
    let answer = visitor.get("/calendrier.ics").await;
    assert_eq!(titles(&answer.body).len(), 5);
    assert_eq!(answer.headers[header::LAST_MODIFIED], "Tue, 24 Nov 2026 09:00:00 GMT");
    assert_eq!(visitor.get(&format!("/evenements/{WORKSHOP}.ics")).await.status, 404);
}

#[tokio::test]
async fn a_past_event_stays_ninety_days() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let first = stored(&app).await.remove(0);
    let leaves_in = first.ends_at.since(app.app.clock.now()).as_secs() / 3600 + 90 * DAY_HOURS;
    app.advance(leaves_in - 1);
    assert_eq!(titles(&feed(&visitor, "/calendrier.ics").await).len(), 6);
    app.advance(1);
    let answer = visitor.get("/calendrier.ics").await;
    assert_eq!(titles(&answer.body).len(), 5);
    assert_eq!(answer.headers[header::LAST_MODIFIED], "Wed, 10 Mar 2027 11:00:00 GMT");
}

#[tokio::test]
async fn feeds_by_kind_hold_their_kind() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let webinars = feed(&visitor, "/calendrier/webinaires.ics").await;
    let workshops = feed(&visitor, "/calendrier/ateliers.ics").await;
    assert_eq!((titles(&webinars).len(), titles(&workshops).len()), (2, 4));
    assert!(webinars.contains("NAME:Parcours SPASER\\, 2ᵉ édition – webinaires\r\n"));
    assert!(workshops.contains("NAME:Parcours SPASER\\, 2ᵉ édition – ateliers\r\n"));
}

#[tokio::test]
async fn one_event_is_a_file_without_a_calendar_of_its_own() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let text = feed(&visitor, &format!("/evenements/{WEBINAR}.ics")).await;
    assert_eq!(titles(&text), [app.event(WEBINAR).await.title]);
    assert!(!text.contains("X-WR-CALNAME"), "Outlook and Apple would add a calendar");
    assert_eq!(visitor.get(&format!("/evenements/{WEBINAR}")).await.status, 200, "the page is still there");
    assert_eq!(visitor.get("/evenements/nothing.ics").await.status, 404);
}

#[tokio::test]
async fn a_private_feed_holds_what_the_person_asked_for_and_how_it_stands() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let path = visitor.make_feed().await;

    let app_of_calendar = app.visitor();
    let answer = app_of_calendar.get(&path).await;
    assert_eq!(answer.headers[header::CACHE_CONTROL], "private, no-cache");
    assert_eq!(answer.headers["x-robots-tag"], "noindex");
    let calendar = read(&answer.body);
    let described: Vec<_> =
        events(&calendar).into_iter().map(|event| property(event, ICalendarProperty::Description)).collect();
    assert_eq!(described.len(), 2);
    assert!(described[0].starts_with("Votre inscription est confirmée."), "{}", described[0]);
    assert!(described[1].starts_with("Vous êtes sur la liste d’attente, en position 1."), "{}", described[1]);
    assert!(answer.body.contains("STATUS:TENTATIVE"));
    let public = times(&read(&feed(&app_of_calendar, "/calendrier.ics").await));
    assert!(times(&calendar).iter().all(|(uid, times)| public[uid] == *times), "not the same events as in public");

    let tag = answer.headers[header::ETAG].to_str().unwrap();
    let again = app_of_calendar.request(Method::GET, &path, &[("if-none-match", tag)]).await;
    assert_eq!(again.status, 304);
    let link = app.link("bob@exemple.fr", "registration").await;
    assert_eq!(visitor.post(&format!("{link}/annuler"), &[]).await.status, 303);
    let promoted = app_of_calendar.request(Method::GET, &path, &[("if-none-match", tag)]).await;
    assert_eq!(promoted.status, 200);
    assert!(!promoted.body.contains("liste d’attente, en position"), "{}", promoted.body);
}

#[tokio::test]
async fn a_private_feed_made_anew_retires_the_old_address() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let old = visitor.make_feed().await;
    let new = visitor.make_feed().await;
    assert_ne!(old, new);
    let anybody = app.visitor();
    assert_eq!(anybody.get(&old).await.status, 410);
    assert_eq!(anybody.get(&new).await.status, 200);
    assert_eq!(anybody.get("/calendrier/prive/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics").await.status, 404);
    assert_eq!(anybody.get(new.strip_suffix(".ics").unwrap()).await.status, 404);
}

#[tokio::test]
async fn a_private_feed_that_is_closed_answers_410_and_rings_only_if_asked() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let path = visitor.make_feed().await;
    let anybody = app.visitor();
    assert!(!anybody.get(&path).await.body.contains("VALARM"));
    assert_eq!(visitor.post("/mon-parcours/flux/alarme", &[("minutes", "60")]).await.status, 303);
    let rings = anybody.get(&path).await.body;
    assert!(rings.contains("BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT60M\r\n"), "{rings}");
    assert_eq!(events(&read(&rings)).len(), 1);
    assert!(visitor.get("/mon-parcours").await.body.contains("<option value=\"60\" selected>"));
    assert_eq!(visitor.post("/mon-parcours/flux/alarme", &[("minutes", "7")]).await.status, 400);
    assert_eq!(visitor.post("/mon-parcours/flux/alarme", &[("minutes", "0")]).await.status, 303);
    assert!(!anybody.get(&path).await.body.contains("VALARM"));

    assert_eq!(visitor.post("/mon-parcours/flux/fermer", &[]).await.status, 303);
    assert_eq!(anybody.get(&path).await.status, 410);
    assert!(!visitor.get("/mon-parcours").await.body.contains("/calendrier/prive/"));
    let new = visitor.make_feed().await;
    assert_ne!(new, path);
    assert_eq!((anybody.get(&path).await.status.as_u16(), anybody.get(&new).await.status.as_u16()), (410, 200));
}

#[tokio::test]
async fn the_page_tells_every_app_its_way_in() {
    let app = TestApp::start().await;
    let page = app.visitor().get("/calendrier").await.body;
    let host = app.address;
    for there in [
        format!("href=\"webcal://{host}/calendrier.ics\""),
        format!("value=\"http://{host}/calendrier/webinaires.ics\""),
        format!("https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2F127.0.0.1%3A{}%2Fcalendrier", host.port()),
        "https://outlook.live.com/calendar/0/addfromweb?url=".to_owned(),
        "https://outlook.office.com/calendar/0/addfromweb?url=".to_owned(),
        format!("href=\"/evenements/{WEBINAR}.ics\""),
        "entre 8 et 24 heures".to_owned(),
    ] {
        assert!(page.contains(&there), "{there} is not in\n{page}");
    }
}
