//! An event's video meeting is joined by an address of ours, which belongs to one registration and can do nothing else.

use std::time::Duration;

use domain::accounts::EmailAddress;
use domain::programme::EventStatus;
use domain::registrations::{self, RegistrationStatus};
use kernel::clock::Timestamp;
use kernel::key::Purpose;
use mail::outbox;

use crate::harness::{Answer, TestApp, Visitor, WORKSHOP};

/// Where the video meeting is: nobody but those whose seat is theirs may see it.
const VIDEO: &str = "https://visio.exemple.fr/salle-secrete?a=1";

/// The workshop has a video meeting, and Ada a seat.
async fn workshop() -> (TestApp, Visitor) {
    let app = TestApp::start().await;
    app.revise(WORKSHOP, |event| event.video_url = Some(VIDEO.to_owned())).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    (app, visitor)
}

/// The joining address of somebody's registration, whatever its status.
async fn address_of(app: &TestApp, email: &str) -> String {
    let id = app.registration(WORKSHOP, email).await.id;
    format!("/rejoindre/{}", app.app.key.seal_id(Purpose::Joining, id.0).as_str())
}

/// When somebody joined for the first time.
async fn joined_at(app: &TestApp, email: &str) -> Option<Timestamp> {
    let id = app.registration(WORKSHOP, email).await.id;
    registrations::joined_at(&mut app.app.db.read().await.unwrap(), id).await.unwrap()
}

#[tokio::test]
async fn the_page_shows_the_host_alone_and_its_button_the_plain_link_which_is_noted_once() {
    let (app, visitor) = workshop().await;
    let address = app.link("ada@exemple.fr", "join").await;
    assert_eq!(address, address_of(&app, "ada@exemple.fr").await);
    let page = visitor.get(&address).await;
    assert_eq!((page.status.as_u16(), page.headers["x-robots-tag"].to_str().unwrap()), (200, "noindex"));
    assert!(page.body.contains("data-host>visio.exemple.fr<"), "{}", page.body);
    assert!(!page.body.contains("salle-secrete"), "the link comes after the button");

    // Weeks before, the link can be tried out.
    let link = format!("href=\"{VIDEO}\" rel=\"noopener noreferrer\"");
    let tried = visitor.post(&address, &[]).await;
    assert_eq!((tried.status.as_u16(), tried.location()), (200, ""), "no redirect: `form-action` would stop it");
    assert!(tried.body.contains(&link) && tried.body.contains("data-host>visio.exemple.fr<"), "{}", tried.body);
    assert_eq!(joined_at(&app, "ada@exemple.fr").await, None);

    app.pass_until(app.event(WORKSHOP).await.starts_at - Duration::from_secs(600));
    assert_eq!(visitor.get(&address).await.status, 200);
    assert_eq!(joined_at(&app, "ada@exemple.fr").await, None, "nothing is noted before the button");
    let first = app.app.clock.now();
    for _ in 0..2 {
        assert!(visitor.post(&address, &[]).await.body.contains(&link));
        app.advance_millis(60_000);
    }
    assert_eq!(joined_at(&app, "ada@exemple.fr").await, Some(first));
}

#[tokio::test]
async fn a_hundred_presses_at_once_are_noted_as_one() {
    let (app, visitor) = workshop().await;
    let address = app.link("ada@exemple.fr", "join").await;
    app.pass_until(app.event(WORKSHOP).await.starts_at);
    let pressed = futures_util::future::join_all((0..100).map(|_| visitor.post(&address, &[]))).await;
    assert!(pressed.iter().all(|answer| answer.status == 200));
    assert_eq!(joined_at(&app, "ada@exemple.fr").await, Some(app.app.clock.now()));
}

/// What a page says, and its status.
fn refusal(answer: &Answer) -> (u16, &str) {
    let (_, rest) = answer.body.split_once("data-refusal=\"").expect("a page that says why");
    (answer.status.as_u16(), rest.split('"').next().unwrap())
}

/// Both ways say the same, and neither shows the link or notes anything.
async fn refused(app: &TestApp, email: &str) -> (u16, String) {
    let (visitor, address) = (app.visitor(), address_of(app, email).await);
    let (page, pressed) = (visitor.get(&address).await, visitor.post(&address, &[]).await);
    assert_eq!(refusal(&page), refusal(&pressed));
    assert!(!page.body.contains("visio.exemple.fr") && !pressed.body.contains("visio.exemple.fr"));
    assert_eq!(joined_at(app, email).await, None);
    let (status, why) = refusal(&page);
    (status, why.to_owned())
}

#[tokio::test]
async fn whose_seat_is_not_theirs_learns_why_they_cannot_join() {
    let (app, visitor) = workshop().await;
    let refused = async |email: &str| refused(&app, email).await;
    app.set_capacity(WORKSHOP, 1).await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    app.pass_until(app.event(WORKSHOP).await.starts_at);
    assert_eq!(refused("bob@exemple.fr").await, (409, "not-yet-theirs".to_owned()));
    let (organiser, event) = (app.organiser().await, app.event(WORKSHOP).await.id);
    let ada = app.registration(WORKSHOP, "ada@exemple.fr").await.id;
    for (status, answer) in [(RegistrationStatus::Absent, Err("absent")), (RegistrationStatus::Attended, Ok(200))] {
        assert_eq!(registrations::mark(&app.app, organiser, event, &[ada], status).await.unwrap(), 1);
        match answer {
            Err(why) => assert_eq!(refused("ada@exemple.fr").await, (409, why.to_owned())),
            Ok(status) => assert_eq!(visitor.get(&address_of(&app, "ada@exemple.fr").await).await.status, status),
        }
    }
    registrations::mark(&app.app, organiser, event, &[ada], RegistrationStatus::Confirmed).await.unwrap();
    visitor.press(&app, "ada@exemple.fr", "annuler", &[]).await;
    assert_eq!(refused("ada@exemple.fr").await, (410, "no-seat".to_owned()));
}

#[tokio::test]
async fn an_event_without_a_meeting_says_why_and_one_that_is_over_too() {
    let (app, _) = workshop().await;
    let refused = async || refused(&app, "ada@exemple.fr").await;
    app.revise(WORKSHOP, |event| event.video_url = None).await;
    assert_eq!(refused().await, (409, "no-link".to_owned()));
    app.revise(WORKSHOP, |event| event.video_url = Some(VIDEO.to_owned())).await;
    app.revise(WORKSHOP, |event| event.status = EventStatus::Draft).await;
    assert_eq!(refused().await, (409, "event-unpublished".to_owned()));
    app.revise(WORKSHOP, |event| event.status = EventStatus::Cancelled).await;
    assert_eq!(refused().await, (410, "event-cancelled".to_owned()));
    app.revise(WORKSHOP, |event| event.status = EventStatus::Published).await;
    app.pass_until(app.event(WORKSHOP).await.ends_at + Duration::from_secs(3600));
    assert_eq!(refused().await, (410, "over".to_owned()));
}

#[tokio::test]
async fn the_joining_secret_opens_nothing_else_and_no_other_secret_opens_this() {
    let (app, visitor) = workshop().await;
    let (joining, registration) =
        (app.link("ada@exemple.fr", "join").await, app.link("ada@exemple.fr", "registration").await);
    let secret = |path: &str| path.rsplit_once('/').unwrap().1.to_owned();
    let (joining, registration) = (secret(&joining), secret(&registration));
    for page in
        ["inscriptions", "transmissions", "invitations", "connexion", "courriels-recus/rappels", "tableaux", "t"]
    {
        let status = visitor.get(&format!("/{page}/{joining}")).await.status;
        assert!(status == 404 || status == 410, "/{page}/… answers {status}");
    }
    assert_eq!(visitor.get(&format!("/calendrier/prive/{joining}.ics")).await.status, 404);
    assert_eq!(visitor.get(&format!("/inscriptions/{joining}/transmettre")).await.status, 404);
    for button in ["annuler", "confirmer", "dernier-moment", "transmettre", "transmettre/reprendre"] {
        let pressed = visitor.post(&format!("/inscriptions/{joining}/{button}"), &[("oui", "true")]).await;
        assert!(pressed.status.is_client_error(), "{button}: {}", pressed.status);
    }
    let taken = visitor.post(&format!("/transmissions/{joining}"), &[("colleague", "oui")]).await;
    assert!(taken.status.is_client_error(), "{}", taken.status);
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Confirmed]);

    let id = app.registration(WORKSHOP, "ada@exemple.fr").await.id.0;
    let key = &app.app.key;
    let others = [
        key.token(Purpose::Joining, id, 0),
        key.seal_id(Purpose::Preferences, id),
        key.seal_id(Purpose::Registration, id),
        key.seal_id(Purpose::Joining, uuid::Uuid::from_u128(7)),
    ];
    for other in others.iter().map(|token| token.as_str()).chain([registration.as_str(), "", "a"]) {
        assert_eq!(visitor.get(&format!("/rejoindre/{other}")).await.status, 404, "{other}");
        assert_eq!(visitor.post(&format!("/rejoindre/{other}"), &[]).await.status, 404, "{other}");
    }
}

#[tokio::test]
async fn letters_to_those_with_a_seat_and_their_calendars_have_the_address_and_nobody_the_host() {
    let (app, visitor) = workshop().await;
    app.set_capacity(WORKSHOP, 1).await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    app.pass_until(app.event(WORKSHOP).await.starts_at - Duration::from_secs(24 * 3600));
    registrations::remind(&app.app).await.unwrap();
    app.pass_until(app.event(WORKSHOP).await.starts_at - Duration::from_secs(3600));
    registrations::remind(&app.app).await.unwrap();
    let address = format!("{}{}", app.app.config.base_url, app.link("ada@exemple.fr", "join").await);
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    let mut with_address = Vec::new();
    for letter in &letters {
        let read = app.app.mail.render(letter, &app.app.key).unwrap();
        let calendar = app.app.mail.calendar(letter, &app.app.key).unwrap_or_default().replace("\r\n ", "");
        let at_rest = letter.calendar.clone().unwrap_or_default().replace("\r\n ", "");
        assert!(!at_rest.contains(&address), "no secret is at rest");
        assert!(!calendar.contains("{token}"), "{calendar}");
        for text in [&read.text, &read.html, &calendar] {
            assert!(!text.contains("visio.exemple.fr"), "{}: {text}", letter.kind);
        }
        if read.text.contains("/rejoindre/") {
            assert!(read.text.contains(&address) && read.html.contains(&address));
            with_address.push((letter.kind.as_str(), letter.recipient.as_str()));
        }
        if letter.kind == "confirmed" {
            assert!(
                calendar.contains(&format!("CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL=Visioconférence:{address}\r\n"))
            );
            assert!(calendar.contains(&format!("Visioconférence\u{a0}: {address}\\n")), "{calendar}");
        }
    }
    with_address.sort_unstable();
    let ada = "ada@exemple.fr";
    assert_eq!(with_address, [("confirmed", ada), ("reminder", ada), ("reminder", ada)]);
    let newest = app.newest_letter("reminder").await;
    let html = app.app.mail.render(&newest, &app.app.key).unwrap().html;
    let button = html.split("class=\"action\"").nth(1).expect("a button").split("</a>").next().unwrap();
    assert!(button.contains(&format!("href=\"{address}\"")), "the last reminder's one button: {button}");
    assert_eq!(html.matches("class=\"action\"").count(), 1);
}

#[tokio::test]
async fn the_pages_and_the_feed_of_those_with_a_seat_have_the_address_and_those_of_others_not() {
    let (app, visitor) = workshop().await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    let person = async |email: &str| {
        let visitor = app.visitor();
        visitor.sign_in(&app, email).await;
        let feed = visitor.make_feed().await;
        let registration = app.link(email, "registration").await;
        let mut texts = Vec::new();
        for path in ["/mon-parcours", &registration, &feed] {
            texts.push(visitor.get(path).await.body.replace("\r\n ", ""));
        }
        assert!(texts.iter().all(|text| !text.contains("visio.exemple.fr")), "{texts:#?}");
        texts
    };
    let (ada, bob) = (address_of(&app, "ada@exemple.fr").await, address_of(&app, "bob@exemple.fr").await);
    for (email, own, other) in [("ada@exemple.fr", &ada, &bob), ("bob@exemple.fr", &bob, &ada)] {
        let texts = person(email).await;
        assert!(texts.iter().all(|text| text.contains(own) && !text.contains(other)), "{texts:#?}");
    }
    visitor.press(&app, "bob@exemple.fr", "annuler", &[]).await;
    app.set_capacity(WORKSHOP, 1).await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    let texts = person("bob@exemple.fr").await;
    assert!(texts.iter().all(|text| !text.contains("/rejoindre/")), "who waits has none: {texts:#?}");
}

/// The fields of the event's form, as the page shows them.
async fn form(desk: &Visitor, video_url: &str, video_public: bool) -> Answer {
    let path = format!("/organisation/evenements/{WORKSHOP}/modifier");
    let fields = [
        ("title", "Suivre et définir des indicateurs"),
        ("starts", "2027-03-26T14:00"),
        ("ends", "2027-03-26T16:30"),
        ("closes", "2027-03-26T14:00"),
        ("place", "En ligne"),
        ("video_url", video_url),
        ("video_public", "oui"),
    ];
    let fields: Vec<_> = fields.into_iter().filter(|(name, _)| video_public || *name != "video_public").collect();
    desk.post(&path, &fields).await
}

#[tokio::test]
async fn everybody_sees_the_link_once_its_organiser_says_so_and_until_they_take_that_back() {
    let (app, visitor) = workshop().await;
    let desk = app.desk().await;
    let event = format!("/evenements/{WORKSHOP}");
    for public in [true, false] {
        app.advance(1);
        assert_eq!(form(&desk, VIDEO, public).await.status, 303);
        let page = desk.get(&format!("/organisation{event}/modifier")).await.body;
        assert_eq!(page.contains("name=\"video_public\" type=\"checkbox\" value=\"oui\" checked"), public);
        let mut shows = Vec::new();
        for path in [&event, &format!("{event}.ics"), "/calendrier.ics", "/calendrier/ateliers.ics"] {
            let text = visitor.get(path).await.body.replace("\r\n ", "").replace("\\,", ",");
            shows.push(text.contains(VIDEO));
        }
        assert_eq!(shows, [public; 4]);
        let (for_all, for_some) = ("visioconférence publique", "visioconférence pour les inscrits");
        let (before, after) = if public { (for_some, for_all) } else { (for_all, for_some) };
        let log = desk.get(&format!("/organisation/journal?evenement={WORKSHOP}")).await.body;
        assert!(log.contains(&format!("{before} → {after}")), "{log}");
        let own = visitor.get(&app.link("ada@exemple.fr", "registration").await).await.body;
        assert!(own.contains("/rejoindre/") && !own.contains("visio.exemple.fr"), "theirs is ours in any case");
    }
}

#[tokio::test]
async fn a_link_that_leads_elsewhere_than_it_seems_is_refused_beside_its_field() {
    let (app, _) = workshop().await;
    let desk = app.desk().await;
    for link in ["javascript:alert(1)", "http://visio.exemple.fr/", "https://visio.exemple.fr@ailleurs.fr/"] {
        let answer = form(&desk, link, false).await;
        assert_eq!(answer.status, 422, "{link}");
        assert!(answer.body.contains("id=\"video_url-error\""), "{}", answer.body);
    }
    assert_eq!(app.event(WORKSHOP).await.video_url.as_deref(), Some(VIDEO));
}

#[tokio::test]
async fn another_link_behind_the_same_address_is_no_news_and_a_meeting_that_comes_or_goes_is() {
    let (app, visitor) = workshop().await;
    let told = async || app.letters("ada@exemple.fr").await.iter().filter(|kind| *kind == "event-moved").count();
    let (before, feed) = (app.event(WORKSHOP).await, visitor.get("/calendrier.ics").await.body);
    app.revise_later(WORKSHOP, |event| event.video_url = Some("https://ailleurs.exemple.fr/b".into())).await;
    let after = app.event(WORKSHOP).await;
    assert_eq!((after.sequence, after.revised_at, told().await), (before.sequence, before.revised_at, 0));
    assert_eq!(visitor.get("/calendrier.ics").await.body, feed, "nothing that others see has changed");
    let page = visitor.post(&app.link("ada@exemple.fr", "join").await, &[]).await.body;
    assert!(page.contains("href=\"https://ailleurs.exemple.fr/b\""), "the same address leads to the new one");
    app.revise_later(WORKSHOP, |event| event.video_url = None).await;
    assert_eq!((app.event(WORKSHOP).await.sequence, told().await), (before.sequence + 1, 1));
    app.revise_later(WORKSHOP, |event| event.video_url = Some(VIDEO.into())).await;
    assert_eq!((app.event(WORKSHOP).await.sequence, told().await), (before.sequence + 2, 2));
    app.revise_later(WORKSHOP, |event| event.video_public = true).await;
    assert_eq!((app.event(WORKSHOP).await.sequence, told().await), (before.sequence + 3, 2), "news for feeds alone");
}

#[tokio::test]
async fn that_somebody_joined_is_in_their_data_and_goes_with_them() {
    let (app, visitor) = workshop().await;
    app.pass_until(app.event(WORKSHOP).await.starts_at);
    let address = app.link("ada@exemple.fr", "join").await;
    visitor.post(&address, &[]).await;
    let email = EmailAddress::parse("ada@exemple.fr").unwrap();
    let mut tx = app.app.db.write().await.unwrap();
    let ada = domain::accounts::person_for(&mut tx, &email, "", None, app.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let data = app::privacy::data_of(&app.app, &ada).await.unwrap();
    assert_eq!(data["registrations"][0]["joined_at"], app.app.clock.now().to_string());
    app::privacy::erase(&app.app, &ada).await.unwrap();
    let mut tx = app.app.db.read().await.unwrap();
    let left: i64 =
        db::dispatch!(&mut tx, |conn| sqlx::query_scalar("select count(*) from join_click").fetch_one(conn).await)
            .unwrap();
    drop(tx);
    assert_eq!((left, visitor.get(&address).await.status.as_u16()), (0, 404));
}
