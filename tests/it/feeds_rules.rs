//! What a feed owes to HTTP (RFC 9110 §13) and to calendar apps, beyond its events: asked over HTTP, property by property.

use std::collections::BTreeSet;

use domain::programme::{Event, EventStatus};
use reqwest::{Method, header};

use crate::harness::process::Process;
use crate::harness::{TestApp, Visitor, WEBINAR, WORKSHOP};

/// What an organiser changes.
type Edit = fn(&mut Event);

/// The lines of one event's file, unfolded.
async fn lines(visitor: &Visitor, slug: &str) -> Vec<String> {
    let answer = visitor.get(&format!("/evenements/{slug}.ics")).await;
    assert_eq!(answer.status, 200);
    answer.body.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
}

fn value<'a>(lines: &'a [String], name: &str) -> &'a str {
    let start = format!("{name}:");
    lines.iter().find_map(|line| line.strip_prefix(&start)).unwrap_or_else(|| panic!("no {name} in {lines:#?}"))
}

#[tokio::test]
async fn every_feed_weighs_tags_before_dates_and_gives_all_to_who_asks_unreadably() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let private = visitor.make_feed().await;
    let anybody = app.visitor();
    for path in ["/calendrier.ics", "/calendrier/ateliers.ics", "/evenements/atelier-2-indicateurs.ics", &private] {
        let whole = anybody.get(path).await;
        assert_eq!(whole.headers[header::VARY], "accept-encoding", "{path}");
        let tag = whole.headers[header::ETAG].to_str().unwrap();
        let ask = |headers: Vec<(&'static str, String)>| {
            let anybody = &anybody;
            async move {
                let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
                anybody.request(Method::GET, path, &headers).await
            }
        };
        let known = ["*".to_owned(), format!("W/{tag}"), format!("\"x\",W/{tag}, \"y\""), format!(" {tag} ")];
        for tags in known {
            let answer = ask(vec![("if-none-match", tags.clone())]).await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (304, ""), "{path}, {tags}");
            assert_eq!(answer.headers[header::ETAG], tag, "{path}, {tags}");
            assert_eq!(answer.headers[header::VARY], "accept-encoding", "{path}, {tags}");
            assert_eq!(answer.headers[header::CACHE_CONTROL], whole.headers[header::CACHE_CONTROL], "{path}, {tags}");
            assert_eq!(answer.headers.get(header::LAST_MODIFIED), whole.headers.get(header::LAST_MODIFIED));
        }
        // Newer than anything: but the tag is another's, or none.
        let later = "Fri, 01 Jan 2038 00:00:00 GMT".to_owned();
        for tags in ["\"x\"", "", "W/\"\"", &tag[1..]] {
            let asked = vec![("if-none-match", tags.to_owned()), ("if-modified-since", later.clone())];
            assert_eq!(ask(asked).await.status, 200, "{path}, {tags:?}");
        }
        for date in ["yesterday", "2026-11-24T08:00:00Z", "Tue, 99 Nov 2026 08:00:00 GMT", "", "0"] {
            let answer = ask(vec![("if-modified-since", date.to_owned())]).await;
            assert_eq!((answer.status.as_u16(), &answer.body), (200, &whole.body), "{path}, {date}");
        }
    }
}

#[tokio::test]
async fn a_feed_asks_nobody_to_sign_in_sets_no_cookie_and_is_no_attachment() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let private = visitor.make_feed().await;
    let unknown = format!("/calendrier/prive/{}.ics", "A".repeat(43));
    for (path, status) in [("/calendrier.ics", 200), ("/evenements/nothing.ics", 404), (&private, 200), (&unknown, 404)]
    {
        let answer = app.visitor().get(path).await;
        assert_eq!(answer.status, status, "{path}");
        for absent in [header::SET_COOKIE, header::LOCATION, header::CONTENT_DISPOSITION] {
            assert!(!answer.headers.contains_key(&absent), "{path}: {absent}");
        }
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
    }
}

#[tokio::test]
async fn a_feed_and_its_events_say_about_themselves_what_apps_look_for() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let text = visitor.get("/calendrier.ics").await.body.replace("\r\n ", "");
    let heading = text.split("BEGIN:V").nth(1).unwrap();
    assert!(!text.starts_with('\u{feff}'), "a BOM");
    for there in ["PRODID:-//parcours//", "DESCRIPTION:Les rendez-vous", "X-WR-CALDESC:Les", "COLOR:", "URL:http://"] {
        assert!(heading.contains(&format!("\r\n{there}")), "{there} is not in {heading}");
    }
    let event = app.event(WORKSHOP).await;
    let lines_of = lines(&visitor, WORKSHOP).await;
    assert_eq!(value(&lines_of, "CREATED"), "20261124T080000Z");
    assert_eq!(value(&lines_of, "DTSTAMP"), value(&lines_of, "LAST-MODIFIED"));
    assert_eq!(value(&lines_of, "STATUS"), "CONFIRMED");
    assert_eq!(value(&lines_of, "TRANSP"), "OPAQUE");
    assert_eq!(value(&lines_of, "CATEGORIES"), "Atelier participatif");
    assert_eq!(value(&lines_of, "URL"), format!("http://{}{}", app.address, event.path()));
    assert_eq!(value(&lines_of, "DTSTART;TZID=Europe/Paris"), event.starts_local.replace(['-', ':'], ""));
    assert_eq!(text.matches("BEGIN:VTIMEZONE").count(), 1);
}

#[tokio::test]
async fn a_public_video_link_is_a_conference_repeated_in_the_description_until_the_event_is_cancelled() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let video = "https://visio.exemple.fr/salle?a=1,2;b";
    app.revise_later(WORKSHOP, |event| (event.video_url, event.video_public) = (Some(video.to_owned()), true)).await;
    let shown = lines(&visitor, WORKSHOP).await;
    assert_eq!(value(&shown, "CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL=Visioconférence"), video);
    assert!(value(&shown, "DESCRIPTION").contains("https://visio.exemple.fr/salle?a=1\\,2\\;b"));
    assert!(value(&shown, "DESCRIPTION").contains(&format!("/evenements/{WORKSHOP}")));
    app.revise_later(WORKSHOP, |event| event.status = EventStatus::Cancelled).await;
    let cancelled = lines(&visitor, WORKSHOP).await;
    assert!(!cancelled.iter().any(|line| line.starts_with("CONFERENCE")), "{cancelled:#?}");
    assert_eq!(value(&cancelled, "TRANSP"), "TRANSPARENT", "nobody is busy then");
}

#[tokio::test]
async fn time_place_link_and_cancellation_raise_the_sequence_and_nothing_else_does() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let mut stamps = BTreeSet::new();
    let edits: [(i64, Edit); 6] = [
        (0, |event| event.title = "Autrement dit".into()),
        (1, |event| event.place = "Angers".into()),
        (2, |event| event.video_url = Some("https://visio.exemple.fr/a".into())),
        (2, |event| event.agenda.0.push("Une suite".into())),
        (3, |event| event.ends_local = event.ends_local.replace("16:30", "16:45")),
        (4, |event| event.status = EventStatus::Cancelled),
    ];
    let uid = value(&lines(&visitor, WORKSHOP).await, "UID").to_owned();
    for (sequence, edit) in edits {
        app.revise_later(WORKSHOP, |event| {
            edit(event);
            let zone = event.time_zone();
            event.ends_at = kernel::clock::Timestamp::from_civil(event.ends_civil(), &zone).unwrap();
        })
        .await;
        let shown = lines(&visitor, WORKSHOP).await;
        assert_eq!(value(&shown, "SEQUENCE"), sequence.to_string(), "{shown:#?}");
        assert_eq!(value(&shown, "UID"), uid);
        assert!(stamps.insert(value(&shown, "DTSTAMP").to_owned()), "what apps compare stays the same");
    }
}

#[tokio::test]
async fn one_event_has_one_uid_in_every_feed_and_file_and_what_was_left_is_not_in_ones_own() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for slug in [WEBINAR, WORKSHOP] {
        app.advance(1);
        visitor.register(slug, "ada@exemple.fr").await;
    }
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let private = visitor.make_feed().await;
    let uid = format!("UID:{}@127.0.0.1\r\n", app.event(WORKSHOP).await.id);
    let file = format!("/evenements/{WORKSHOP}.ics");
    for path in ["/calendrier.ics", "/calendrier/ateliers.ics", &file, &private] {
        let text = visitor.get(path).await.body.replace("\r\n ", "");
        assert_eq!(text.matches(&uid).count(), 1, "{path}");
    }
    let link = app.link("ada@exemple.fr", "registration").await;
    assert_eq!(visitor.post(&format!("{link}/annuler"), &[]).await.status, 303);
    let text = visitor.get(&private).await.body.replace("\r\n ", "");
    assert_eq!((text.matches(&uid).count(), text.matches("BEGIN:VEVENT").count()), (0, 1));
}

#[tokio::test]
async fn no_secret_of_a_link_comes_into_the_log() {
    let process = Process::start(
        crate::harness::TestDatabase::create().await,
        ["serve", "--log", "debug"].map(String::from).to_vec(),
    )
    .await;
    let secret = "Xf3kQ9vB2mN7pL0sR5tW8yZ1aC4dE6gH9jK2lM5nP8q";
    for path in [
        format!("/calendrier/prive/{secret}.ics"),
        format!("/inscriptions/{secret}"),
        format!("/connexion/{secret}"),
        format!("/invitations/{secret}"),
        format!("/transmissions/{secret}"),
        format!("/courriels-recus/rappels/{secret}"),
    ] {
        process.get(&path).await;
    }
    let logs = process.logs();
    assert!(logs.contains("/inscriptions/{token}"), "requests are not logged at all: {logs}");
    assert!(!logs.contains(&secret[..12]), "{logs}");
}
