//! Events from other calendars: tried first, brought in once, fetched with limits and never from a private network.

use std::time::Duration;

use domain::fetch::{FetchError, fetch, fetch_from};
use domain::programme::EventStatus;
use reqwest::multipart::{Form, Part};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::harness::{TestApp, Visitor, WEBINAR};

const CALENDAR: &str = "begin:vcalendar\nVERSION:2.0\nPRODID:-//Someone//EN\n\
    BEGIN:VEVENT\nUID:one@elsewhere\nSUMMARY:Réunion des acheteurs\\, printemps\nLOCATION:Nantes\n\
    DTSTART;TZID=Europe/Paris:20270310T090000\nDTEND;TZID=Europe/Paris:20270310T110000\nRRULE:FREQ=MONTHLY;COUNT=2\nEND:VEVENT\n\
    BEGIN:VEVENT\nUID:two@elsewhere\nSUMMARY:Journée\nDTSTART;VALUE=DATE:20270501\nEND:VEVENT\n\
    END:VCALENDAR\n";

async fn submit(visitor: &Visitor, file: &str, address: &str, act: &str) -> (u16, String) {
    let file = Part::text(file.to_owned()).file_name("agenda.ics");
    let form = Form::new().part("file", file).text("address", address.to_owned()).text("act", act.to_owned());
    let answer = visitor.post_multipart("/organisation/agenda", form).await;
    (answer.status.as_u16(), answer.body)
}

#[tokio::test]
async fn a_file_is_tried_then_brought_in_as_drafts_and_only_once() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let (status, page) = submit(&visitor, CALENDAR, "", "essai").await;
    assert_eq!(status, 200);
    assert_eq!(page.matches("<strong><bdi>Réunion des acheteurs, printemps</bdi></strong>").count(), 2, "{page}");
    assert!(page.contains("mercredi 10 mars 2027, 9\u{a0}h") && page.contains("samedi 10 avril 2027, 9\u{a0}h"));
    assert!(page.contains("<bdi>Journée</bdi>\u{a0}: dure des journées entières"), "{page}");
    assert!(!visitor.get("/organisation").await.body.contains("Réunion des acheteurs"), "a try adds nothing");

    assert_eq!(submit(&visitor, CALENDAR, "", "ajouter").await.0, 303);
    assert!(visitor.get("/organisation/agenda?ajoutes=2").await.body.contains("2 brouillons ajoutés"));
    let event = app.event("reunion-des-acheteurs-printemps-2027-04-10").await;
    assert_eq!(
        (event.status, event.place.as_str(), event.zone.as_str()),
        (EventStatus::Draft, "Nantes", "Europe/Paris")
    );
    assert_eq!(event.starts_local, "2027-04-10T09:00:00");
    assert_eq!(app.visitor().get(&event.path()).await.status, 404, "nobody else sees a draft");

    let (_, page) = submit(&visitor, CALENDAR, "", "essai").await;
    assert!(page.contains("Rien de nouveau") && page.contains("Déjà repris"), "{page}");
    submit(&visitor, CALENDAR, "", "ajouter").await;
    let overview = visitor.get("/organisation").await.body;
    assert!(overview.contains("reunion-des-acheteurs-printemps-2027-03-10\""));
    assert!(!overview.contains("reunion-des-acheteurs-printemps-2027-03-10-2"));
}

/// One meeting, as the other calendar tells it.
fn meeting(title: &str, day: &str, place: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:three@elsewhere\nSUMMARY:{title}\nLOCATION:{place}\n\
         DTSTART;TZID=Europe/Paris:{day}T090000\nDTEND;TZID=Europe/Paris:{day}T110000\nEND:VEVENT\nEND:VCALENDAR\n"
    )
}

const MEETING: &str = "club-2027-03-10";

/// Brings the meeting in, publishes it, and registers Ada.
async fn published_meeting(app: &TestApp, visitor: &Visitor) {
    submit(visitor, &meeting("Club", "20270310", "Nantes"), "", "ajouter").await;
    app.revise(MEETING, |event| event.status = EventStatus::Published).await;
    app.visitor().register(MEETING, "ada@exemple.fr").await;
}

#[tokio::test]
async fn what_moved_there_moves_here_and_who_is_registered_is_told() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    published_meeting(&app, &visitor).await;
    let moved = meeting("Club", "20270317", "Nantes");
    let (_, page) = submit(&visitor, &moved, "", "essai").await;
    let change = "Date et heure\u{a0}: «\u{a0}mercredi 10 mars 2027, 9\u{a0}h";
    assert!(page.contains(change) && page.contains("deviendrait «\u{a0}mercredi 17 mars 2027"), "{page}");
    assert!(page.contains("prévenues par courriel") && !page.contains("<fieldset"), "{page}");
    assert_eq!(app.event(MEETING).await.starts_local, "2027-03-10T09:00:00", "a try changes nothing");
    assert_eq!(submit(&visitor, &moved, "", "ajouter").await.0, 303);
    let event = app.event(MEETING).await;
    assert_eq!((event.starts_local.as_str(), event.sequence), ("2027-03-17T09:00:00", 2));
    assert_eq!(event.closes_at, event.starts_at, "registrations still close when it starts");
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "event-moved"]);
    let (_, page) = submit(&visitor, &moved, "", "essai").await;
    assert!(page.contains("Rien de nouveau") && page.contains("inchangé"), "{page}");
    submit(&visitor, &moved, "", "ajouter").await;
    assert_eq!(app.letters("ada@exemple.fr").await.len(), 3, "nothing to tell twice");
}

#[tokio::test]
async fn what_was_edited_here_stays_until_somebody_chooses_otherwise() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    published_meeting(&app, &visitor).await;
    app.revise(MEETING, |event| event.place = "Rennes".into()).await;
    // There nothing changed: the edit stays, and is told.
    let (_, page) = submit(&visitor, &meeting("Club", "20270310", "Nantes"), "", "essai").await;
    assert!(page.contains("Lieu\u{a0}: «\u{a0}Rennes\u{a0}», modifié ici, reste"), "{page}");
    submit(&visitor, &meeting("Club", "20270310", "Nantes"), "", "ajouter").await;
    assert_eq!(app.event(MEETING).await.place, "Rennes");
    // There it changed, too: a choice, which is « here » unless one says otherwise.
    let both = meeting("Club des acheteurs", "20270310", "Angers");
    let (_, page) = submit(&visitor, &both, "", "essai").await;
    let field = format!("choix.{}.place", app.event(MEETING).await.id);
    assert!(page.contains(&format!("name=\"{field}\" value=\"ici\" checked")), "{page}");
    assert!(page.contains("L’agenda\u{a0}: «\u{a0}Angers\u{a0}»"), "{page}");
    submit(&visitor, &both, "", "ajouter").await;
    let event = app.event(MEETING).await;
    assert_eq!((event.title.as_str(), event.place.as_str()), ("Club des acheteurs", "Rennes"), "nobody has chosen");
    assert!(submit(&visitor, &both, "", "essai").await.1.contains(&field), "so it is asked again");
    let choose = async |side: &str, text: &str| {
        let form =
            Form::new().text("text", text.to_owned()).text("act", "ajouter").text(field.clone(), side.to_owned());
        assert_eq!(visitor.post_multipart("/organisation/agenda", form).await.status, 303);
    };
    choose("ici", &both).await;
    assert_eq!(app.event(MEETING).await.place, "Rennes");
    let (_, page) = submit(&visitor, &both, "", "essai").await;
    assert!(!page.contains("<fieldset") && page.contains("modifié ici, reste"), "chosen once: {page}");
    choose("agenda", &meeting("Club des acheteurs", "20270310", "Brest")).await;
    assert_eq!(app.event(MEETING).await.place, "Brest");
}

#[tokio::test]
async fn what_is_no_calendar_is_refused_with_a_sentence() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let (status, page) = submit(&visitor, "<html>", "", "essai").await;
    assert_eq!(status, 422);
    assert!(page.contains("Ce n’est pas un agenda"), "{page}");
    assert!(submit(&visitor, "", "", "essai").await.1.contains("Choisissez un fichier"));
    let (status, page) = submit(&visitor, "", "file:///etc/passwd", "essai").await;
    assert_eq!(status, 422);
    assert!(page.contains("L’adresse doit commencer par") && page.contains("file:///etc/passwd"), "{page}");
    // The program's own address is on a private network: what is at it is not shown to organisers.
    let (_, page) = submit(&visitor, "", &format!("http://{}/calendrier.ics", app.address), "essai").await;
    assert!(page.contains("réseau privé"), "{page}");
    let anybody = app.visitor();
    anybody.register(WEBINAR, "ada@exemple.fr").await;
    anybody.sign_in(&app, "ada@exemple.fr").await;
    assert_eq!(submit(&anybody, CALENDAR, "", "ajouter").await.0, 403);
}

/// A server that answers every request with these bytes, and maybe never ends.
#[expect(clippy::disallowed_methods, reason = "the test's own server, which is no job of the program")]
async fn server(answer: Vec<u8>, endless: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let answer = answer.clone();
            tokio::spawn(async move {
                let _ = socket.read(&mut [0; 4096]).await;
                let _ = socket.write_all(&answer).await;
                if endless {
                    std::future::pending::<()>().await;
                }
            });
        }
    });
    format!("http://{address}/agenda.ics")
}

fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn to(location: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn an_address_is_fetched_with_limits() {
    let there = server(ok(CALENDAR), false).await;
    assert_eq!(fetch_from(&there, |_| true).await.as_deref(), Ok(CALENDAR.as_bytes()));
    let moved = server(to(&there), false).await;
    assert_eq!(fetch_from(&moved, |_| true).await.as_deref(), Ok(CALENDAR.as_bytes()));
    let round = server(to("/agenda.ics"), false).await;
    assert_eq!(fetch_from(&round, |_| true).await, Err(FetchError::Refused));
    let missing = server(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec(), false).await;
    assert_eq!(fetch_from(&missing, |_| true).await, Err(FetchError::Refused));
    let large = server(ok(&"x".repeat(1024 * 1024 + 1)), false).await;
    assert_eq!(fetch_from(&large, |_| true).await, Err(FetchError::TooLarge));
    let garbage = server(b"hello\r\n\r\n".to_vec(), false).await;
    assert_eq!(fetch_from(&garbage, |_| true).await, Err(FetchError::NoAnswer));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_ends_its_answer_is_left() {
    // The clock of this test jumps ahead while everybody waits.
    let endless = server(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nBEGIN".to_vec(), true).await;
    let started = tokio::time::Instant::now();
    assert_eq!(fetch_from(&endless, |_| true).await, Err(FetchError::TooSlow));
    assert!(started.elapsed() <= Duration::from_secs(11));
}

#[tokio::test]
async fn neither_an_address_nor_a_redirect_leads_to_a_private_network() {
    let there = server(ok(CALENDAR), false).await;
    assert_eq!(fetch(&there).await, Err(FetchError::Private));
    assert_eq!(fetch("http://localhost/").await, Err(FetchError::Private));
    assert_eq!(fetch("http://[::1]/").await, Err(FetchError::Private));
    assert_eq!(fetch("http://169.254.169.254/latest/meta-data").await, Err(FetchError::Private));
    // From a place that is allowed to one that is not.
    let elsewhere = server(to(&there.replace("127.0.0.1", "127.0.0.2")), false).await;
    let only_first = |at: std::net::SocketAddr| at.ip() == std::net::Ipv4Addr::LOCALHOST;
    assert_eq!(fetch_from(&elsewhere, only_first).await, Err(FetchError::Private));
}

/// Three meetings, from that day on, each week.
fn series(day: &str, more: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:club@elsewhere\nSUMMARY:Club\nDTSTART;TZID=Romance Standard Time:{day}T140000\n\
         DURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3\n{more}END:VEVENT\nEND:VCALENDAR\n"
    )
}

#[tokio::test]
async fn a_series_that_moves_by_a_day_moves_each_of_its_events() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    submit(&visitor, &series("20270504", ""), "", "ajouter").await;
    let before = app.event("club-2027-05-11").await;
    let (_, page) = submit(&visitor, &series("20270505", ""), "", "essai").await;
    assert_eq!((page.matches("deviendrait").count(), page.matches("data-key").count()), (3, 0), "{page}");
    submit(&visitor, &series("20270505", ""), "", "ajouter").await;
    let after = app.event("club-2027-05-11").await;
    assert_eq!((after.id, after.starts_local.as_str()), (before.id, "2027-05-12T14:00:00"));
    assert_eq!(app.visitor().get("/evenements/club-2027-05-12").await.status, 404);
    let (_, page) = submit(&visitor, &series("20270505", ""), "", "essai").await;
    assert!(page.contains("Rien de nouveau"), "{page}");
}

#[tokio::test]
async fn what_was_cancelled_or_left_out_there_is_told_with_its_people() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    submit(&visitor, &series("20270504", ""), "", "ajouter").await;
    app.revise("club-2027-05-11", |event| event.status = EventStatus::Published).await;
    app.visitor().register("club-2027-05-11", "ada@exemple.fr").await;
    let cancelled = "END:VEVENT\nBEGIN:VEVENT\nUID:club@elsewhere\nSUMMARY:Club\nRECURRENCE-ID:20270511T120000Z\nSTATUS:CANCELLED\n";
    for more in ["EXDATE;VALUE=DATE:20270511\n", cancelled] {
        let (status, page) = submit(&visitor, &series("20270504", more), "", "essai").await;
        assert_eq!(status, 200);
        assert!(page.contains("Annulé ou supprimé dans l’agenda") && !page.contains("Rien de nouveau"), "{page}");
        assert!(
            page.contains("1 personne est inscrite")
                && page.contains("/organisation/evenements/club-2027-05-11/annuler"),
            "{page}"
        );
        assert!(!page.contains("/organisation/evenements/club-2027-05-04/annuler"), "{page}");
    }
    let one = series("20270504", "").replace("COUNT=3", "COUNT=1");
    assert_eq!(
        submit(&visitor, &one, "", "essai").await.1.matches("/annuler\"").count(),
        2,
        "missing ones, drafts too"
    );
}

#[tokio::test]
async fn two_imports_at_once_add_each_draft_once() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let calendar = series("20270504", "");
    let imports = (0..4).map(|_| submit(&visitor, &calendar, "", "ajouter"));
    for (status, _) in futures_util::future::join_all(imports).await {
        assert_eq!(status, 303);
    }
    let overview = visitor.get("/organisation").await.body;
    for day in ["04", "11", "18"] {
        assert!(overview.contains(&format!("club-2027-05-{day}\"")), "{overview}");
        assert!(!overview.contains(&format!("club-2027-05-{day}-2")), "{overview}");
    }
}

#[tokio::test]
async fn one_chooses_what_is_taken_and_what_it_becomes_and_a_joining_link_stays_private() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let calendar = meeting("Public", "20270310", "https://visio.exemple.fr/abc")
        + &meeting("Secret", "20270311", "Ici").replace("three@", "four@").replace("SUMMARY", "CLASS:PRIVATE\nSUMMARY");
    let (_, page) = submit(&visitor, &calendar, "", "essai").await;
    assert_eq!((page.matches("name=\"prendre\"").count(), page.matches(" checked>").count()), (2, 1), "{page}");
    let form = Form::new().text("text", calendar.clone()).text("act", "ajouter").text("choisi", "oui");
    let form = form.text("prendre", "three@elsewhere").text("type.three@elsewhere", "atelier");
    let form = form.text("tableau.three@elsewhere", "cards").text("public.three@elsewhere", "acheteurs");
    assert_eq!(visitor.post_multipart("/organisation/agenda", form).await.status, 303);
    let event = app.event("public-2027-03-10").await;
    assert_eq!((event.place.as_str(), event.video_url.as_deref()), ("", Some("https://visio.exemple.fr/abc")));
    assert!(!event.video_public && event.buyers_only && event.board_kind.is_some());
    assert_eq!(event.kind, domain::programme::EventKind::Workshop);
    assert!(!visitor.get("/organisation").await.body.contains("secret-2027-03-11"));
}

#[tokio::test]
async fn our_own_events_are_recognised_and_a_file_that_is_too_large_leaves_the_form_filled() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let own = app.visitor().get("/calendrier.ics").await.body;
    let (_, page) = submit(&visitor, &own, "", "essai").await;
    assert!(page.contains("Vient d’ici") && !page.contains("name=\"prendre\""), "{page}");
    let (status, page) = submit(&visitor, &"x".repeat(2_000_000), "https://exemple.fr/a.ics", "essai").await;
    assert_eq!(status, 422);
    assert!(page.contains("trop grand") && page.contains("value=\"https://exemple.fr/a.ics\""), "{page}");
}
