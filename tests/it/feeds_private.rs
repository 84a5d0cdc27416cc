//! Private feeds from memory: a poll that changes nothing asks the database nothing, and whatever a feed shows drops it,
//! on every node.

use axum::http::{Method, header};
use domain::accounts::{self, EmailAddress};
use domain::registrations;
use kernel::clock::Clock;
use kernel::key::Purpose;
use mail::Delivery;
use parcours::server;
use site::{App, feeds};

use crate::harness::{START, TestApp, Visitor, WEBINAR, WORKSHOP};

async fn person(app: &App, email: &str) -> accounts::Person {
    let mut tx = app.db.write().await.unwrap();
    let person = accounts::person_for(&mut tx, &EmailAddress::parse(email).unwrap(), "", None, START).await.unwrap();
    tx.commit().await.unwrap();
    person
}

/// Makes a person's feed (anew), and returns its path.
async fn make_feed(app: &App, email: &str) -> String {
    accounts::renew_feed(app, person(app, email).await.id).await.unwrap();
    feed_of(app, email).await
}

async fn feed_of(app: &App, email: &str) -> String {
    let token = person(app, email).await.feed_token(app).unwrap();
    format!("/calendrier/prive/{}.ics", token.as_str())
}

/// One seat, which Ada has; Bob and Cléo wait. Everybody has a feed.
async fn three_people(app: &TestApp) -> (Visitor, [String; 3]) {
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    visitor.register(WORKSHOP, "cleo@exemple.fr").await;
    visitor.register(WEBINAR, "cleo@exemple.fr").await;
    let ada = make_feed(&app.app, "ada@exemple.fr").await;
    let bob = make_feed(&app.app, "bob@exemple.fr").await;
    let cleo = make_feed(&app.app, "cleo@exemple.fr").await;
    (visitor, [ada, bob, cleo])
}

#[tokio::test]
async fn a_poll_of_a_private_feed_that_brings_nothing_new_asks_the_database_nothing() {
    let app = TestApp::start().await;
    let (visitor, paths) = three_people(&app).await;
    feeds::watch(&app.app).await.unwrap();
    let mut answers = Vec::new();
    for path in &paths {
        answers.push(visitor.get(path).await);
    }
    // Somebody whom none of these feeds shows comes, and somebody else chooses an alarm: nothing is dropped.
    visitor.register(WEBINAR, "dora@exemple.fr").await;
    let dora = person(&app.app, "dora@exemple.fr").await.id;
    accounts::set_feed_alarm(&app.app, dora, Some(15)).await.unwrap();
    feeds::watch(&app.app).await.unwrap();
    // Whatever asks the database from here on fails.
    app.app.db.close().await;
    for (path, answer) in paths.iter().zip(&answers) {
        let tag = answer.headers[header::ETAG].to_str().unwrap();
        let again = visitor.request(Method::GET, path, &[("if-none-match", tag)]).await;
        assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""));
        assert_eq!(again.headers[header::CACHE_CONTROL], "private, no-cache");
        assert_eq!(again.headers["x-robots-tag"], "noindex");
        assert_eq!(again.headers["x-content-type-options"], "nosniff");
        assert_eq!(visitor.get(path).await.body, answer.body);
        assert_eq!(visitor.request(Method::HEAD, path, &[]).await.status, 200);
        assert_eq!(visitor.request(Method::POST, path, &[]).await.status, 405);
    }
    let unknown = "/calendrier/prive/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics";
    assert_eq!(visitor.get(unknown).await.status, 500, "this one is not at hand");
}

/// Another program on the same database, which serves nobody.
async fn other_node(app: &TestApp) -> App {
    server::open(app.app.config.clone(), Clock::set(app.app.clock.now()), Delivery::Mailbox).await.unwrap()
}

/// Whether the copy of a feed had been dropped.
async fn is_dropped(app: &TestApp, path: &str) -> bool {
    let before = app.app.feeds.count().1;
    app.visitor().get(path).await;
    app.app.feeds.count().1 > before
}

#[tokio::test]
async fn what_another_node_does_drops_the_feeds_that_show_it_and_no_others() {
    let app = TestApp::start().await;
    let (visitor, [ada, bob, cleo]) = three_people(&app).await;
    visitor.register(WEBINAR, "dora@exemple.fr").await;
    let dora = make_feed(&app.app, "dora@exemple.fr").await;
    let other = other_node(&app).await;
    feeds::watch(&app.app).await.unwrap();
    for path in [&ada, &bob, &cleo, &dora] {
        visitor.get(path).await;
    }
    assert_eq!(app.app.feeds.count().1, 4);

    registrations::cancel(&other, app.registration(WORKSHOP, "bob@exemple.fr").await.id).await.unwrap();
    feeds::watch(&app.app).await.unwrap();
    let text = visitor.get(&cleo).await.body;
    assert!(text.replace("\r\n ", "").contains("en position 1."), "{text}");
    assert!(!visitor.get(&bob).await.body.contains("VEVENT"));
    assert!(!is_dropped(&app, &dora).await, "Dora is at another event");

    accounts::set_feed_alarm(&other, person(&other, "ada@exemple.fr").await.id, Some(60)).await.unwrap();
    feeds::watch(&app.app).await.unwrap();
    assert!(visitor.get(&ada).await.body.contains("TRIGGER:-PT60M"));

    accounts::revoke_feed(&other, person(&other, "ada@exemple.fr").await.id).await.unwrap();
    let renewed = make_feed(&other, "bob@exemple.fr").await;
    feeds::watch(&app.app).await.unwrap();
    assert_eq!(visitor.get(&ada).await.status, 410);
    assert_eq!(visitor.get(&bob).await.status, 410);
    assert_eq!(visitor.get(&renewed).await.status, 200);

    // Both write in turn: what lies between two acts of one's own is not missed.
    visitor.get(&cleo).await;
    let own = app.registration(WORKSHOP, "ada@exemple.fr").await.id;
    registrations::withdraw(&other, app.organiser().await, own, "x").await.unwrap();
    visitor.register(WORKSHOP, "eve@exemple.fr").await;
    feeds::watch(&app.app).await.unwrap();
    let text = visitor.get(&cleo).await.body.replace("\r\n ", "");
    assert!(text.contains("Une place vous est offerte"), "{text}");
    other.db.close().await;
}

#[tokio::test]
async fn whatever_this_node_does_is_in_the_feeds_at_once() {
    let app = TestApp::start().await;
    let (visitor, [ada, bob, cleo]) = three_people(&app).await;
    let read = async |path: &str| visitor.get(path).await.body.replace("\r\n ", "");
    assert!(read(&cleo).await.contains("en position 2."));
    assert!(read(&ada).await.contains("Votre inscription est confirm"));
    // That she can come at short notice changes nothing that her calendar shows.
    let before = read(&cleo).await;
    app.advance(1);
    let link = app.app.key.token(Purpose::Registration, app.registration(WORKSHOP, "cleo@exemple.fr").await.id.0, 0);
    registrations::set_short_notice(&app.app, &link, true).await.unwrap();
    assert_eq!(read(&cleo).await, before);
    // A seat given back is offered; the next moves up.
    let own = app.registration(WORKSHOP, "ada@exemple.fr").await.id;
    registrations::cancel(&app.app, own).await.unwrap();
    assert!(!read(&ada).await.contains("VEVENT"));
    assert!(read(&bob).await.contains("Une place vous est offerte"));
    assert!(read(&cleo).await.contains("en position 1."));
    // Nobody takes it in time.
    app.advance(24 * 10);
    registrations::lapse_overdue(&app.app).await.unwrap();
    assert!(!read(&bob).await.contains("VEVENT"));
    assert!(read(&cleo).await.contains("Une place vous est offerte"));
    // The event's title, and a person who is forgotten.
    app.revise(WORKSHOP, |event| event.title = "Autre titre".into()).await;
    assert!(read(&cleo).await.contains("SUMMARY:Autre titre"));
    app::privacy::erase(&app.app, &person(&app.app, "cleo@exemple.fr").await).await.unwrap();
    assert_eq!(visitor.get(&cleo).await.status, 404);
    // What has been over for ninety days leaves by itself.
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    assert!(read(&ada).await.contains("VEVENT"));
    app.advance(24 * 365);
    assert!(!read(&ada).await.contains("VEVENT"));
}

#[tokio::test]
async fn an_alarm_is_of_ones_own_feed_alone() {
    let app = TestApp::start().await;
    let mut feeds = Vec::new();
    let visitors = [app.visitor(), app.visitor()];
    for (visitor, email) in visitors.iter().zip(["ada@exemple.fr", "bob@exemple.fr"]) {
        visitor.register(WORKSHOP, email).await;
        visitor.sign_in(&app, email).await;
        visitor.post("/mon-parcours/flux", &[]).await;
        let page = visitor.get("/mon-parcours").await.body;
        let start = page.find("/calendrier/prive/").unwrap();
        feeds.push(page[start..].split('"').next().unwrap().to_owned());
    }
    let asked = app.visitor().post("/mon-parcours/flux/alarme", &[("minutes", "60")]).await;
    assert!(asked.location().starts_with("/connexion"));
    let set = visitors[0].post("/mon-parcours/flux/alarme", &[("minutes", "60")]).await;
    assert_eq!(set.location(), "/mon-parcours?fait=alarme#agenda");
    let rings = [app.visitor().get(&feeds[0]).await.body, app.visitor().get(&feeds[1]).await.body];
    assert_eq!(rings.map(|feed| feed.contains("VALARM")), [true, false]);
}
