//! Nothing counts before it is proved: what strangers ask for in somebody's name is one row, which only its button turns into
//! a registration.

use std::time::Duration;

use db::work::{self, Work};
use domain::accounts;
use domain::organisations;
use domain::registrations::{self, RegistrationStatus};
use kernel::key::LinkKey;
use mail::Delivery;
use parcours::server;
use site::App;

use crate::harness::process::request_links;
use crate::harness::{DESK, TestApp, Visitor, WEBINAR, WORKSHOP, write_due_letters};

/// How many people the database knows.
async fn people(app: &TestApp) -> i64 {
    count(app, "select cast(count(*) as bigint) from person").await
}

async fn count(app: &TestApp, query: &'static str) -> i64 {
    db::dispatch!(&mut app.app.db.read().await.unwrap(), |conn| sqlx::query_scalar(query).fetch_one(conn).await)
        .unwrap()
}

/// Asks for a seat in these words.
async fn ask_as(visitor: &Visitor, (name, email, organisation, siret): (&str, &str, &str, &str)) -> u16 {
    let fields = [("name", name), ("email", email), ("organisation", organisation), ("siret", siret), ("buyer", "oui")];
    visitor.post(&format!("/evenements/{WORKSHOP}/inscription"), &fields).await.status.as_u16()
}

#[tokio::test]
async fn a_stranger_fills_no_workshop_and_no_cap_makes_nobody_and_renames_no_organisation() {
    let app = TestApp::start().await;
    app.desk().await.post(&format!("{DESK}/public"), &[("buyers_only", "oui"), ("cap", "2")]).await;
    let visitor = app.visitor();
    let (before, page) = (people(&app).await, visitor.get(&format!("/evenements/{WORKSHOP}")).await.body);
    for number in 0..70 {
        let email = format!("victim{number}@exemple.fr");
        assert_eq!(ask_as(&visitor, ("X", &email, "Région Bretagne", "21750001600019")).await, 303);
    }
    write_due_letters(&app.app).await;
    assert!(app.registrations(WORKSHOP).await.is_empty());
    assert_eq!(people(&app).await, before);
    assert!(organisations::list(&mut app.app.db.read().await.unwrap()).await.unwrap().is_empty());
    assert_eq!(visitor.get(&format!("/evenements/{WORKSHOP}")).await.body, page, "not a sign on the public page");
    // The next from there finds a seat, and their own organisation.
    ask_as(&visitor, ("Ada", "ada@bretagne.bzh", "Région Bretagne", "")).await;
    visitor.prove("ada@bretagne.bzh").await;
    let ada = app.registration(WORKSHOP, "ada@bretagne.bzh").await;
    assert_eq!((ada.status, ada.organisation.as_str()), (RegistrationStatus::Confirmed, "Région Bretagne"));
    let all = organisations::list(&mut app.app.db.read().await.unwrap()).await.unwrap();
    assert!(all.iter().all(|one| one.siret.is_none()), "{all:?}");
}

#[tokio::test]
async fn each_request_has_its_own_words_which_its_page_shows_and_whoever_presses_may_correct() {
    let app = TestApp::start().await;
    let (marie, stranger) = (app.visitor(), app.visitor());
    ask_as(&stranger, ("Bécassine Lagaffe", "marie@exemple.fr", "Cirque", "")).await;
    let strange = app.link("marie@exemple.fr", "request").await;
    app.advance_millis(1);
    ask_as(&marie, ("Marie Curie", "marie@exemple.fr", "Ville d’Angers", "")).await;
    let own = app.link("marie@exemple.fr", "request").await;
    assert_ne!(own, strange);
    assert!(marie.get(&strange).await.body.contains("value=\"Bécassine Lagaffe\""));
    let page = marie.get(&own).await.body;
    assert!(page.contains("value=\"Marie Curie\"") && page.contains("marie@exemple.fr"), "{page}");

    let wrong = marie.post(&own, &[("name", ""), ("organisation", "Mairie d’Angers"), ("buyer", "oui")]).await;
    assert!(wrong.status == 422 && wrong.body.contains("id=\"name-error\""), "{}", wrong.body);
    assert!(wrong.body.contains("value=\"Mairie d’Angers\""), "what was typed is still there");
    let corrected = [("name", "Marie Skłodowska"), ("organisation", "Mairie d’Angers"), ("buyer", "oui")];
    assert_eq!(marie.post(&own, &corrected).await.status, 303);
    let registration = app.registration(WORKSHOP, "marie@exemple.fr").await;
    assert_eq!(
        (registration.name.as_str(), registration.organisation.as_str()),
        ("Marie Skłodowska", "Mairie d’Angers")
    );

    // The other button leads to what is hers, and changes nothing of it.
    assert_eq!(marie.post(&strange, &[]).await.status, 303);
    assert_eq!(app.registrations(WORKSHOP).await.len(), 1);
    assert_eq!(app.registration(WORKSHOP, "marie@exemple.fr").await.name, "Marie Skłodowska");
    let leads_to = marie.get(&strange).await;
    assert_eq!(leads_to.location(), app.link("marie@exemple.fr", "registration").await);
}

#[tokio::test]
async fn an_unticked_attestation_is_asked_for_again_by_the_button() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.ask(WORKSHOP, "ada@exemple.fr").await;
    let link = app.link("ada@exemple.fr", "request").await;
    let refused = visitor.post(&link, &[("name", "Ada"), ("organisation", "Ville")]).await;
    assert!(refused.status == 422 && refused.body.contains("id=\"buyer-error\""), "{}", refused.body);
    assert!(app.registrations(WORKSHOP).await.is_empty());
}

#[tokio::test]
async fn a_button_works_until_the_moment_that_is_said_and_then_nothing_is_kept() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.ask(WORKSHOP, "late@exemple.fr").await;
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    let (late, ada) = (app.link("late@exemple.fr", "request").await, app.link("ada@exemple.fr", "request").await);
    app.app.clock.advance(Duration::from_secs(24 * 3600) - Duration::from_millis(1));
    assert!(visitor.get(&late).await.body.contains("Confirmer mon inscription"), "to the last moment");
    app.advance_millis(1);
    let gone = visitor.get(&late).await;
    assert!(gone.status == 410 && gone.body.contains("rien n’est enregistré"), "{}", gone.body);
    assert_eq!(visitor.post(&late, &[]).await.status, 410);
    assert_eq!(app.registrations(WORKSHOP).await.len(), 1);
    registrations::write_lapsed_letters(&app.app).await.unwrap();
    accounts::forget_expired(&app.app).await.unwrap();
    let kept = "select cast(count(*) as bigint) from proof_request where email <> '' or cast(details as text) <> '{}'";
    assert_eq!(count(&app, kept).await, 0, "what strangers typed is forgotten");
    assert!(visitor.get(&ada).await.location().starts_with("/inscriptions/"), "who was in time comes back by it");
    app.advance(9 * 24);
    accounts::forget_expired(&app.app).await.unwrap();
    assert_eq!(count(&app, "select cast(count(*) as bigint) from proof_request").await, 0);
}

#[tokio::test]
async fn whoever_asked_first_waits_before_whoever_proved_first_and_nobody_loses_a_seat_or_an_offer() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&[]).await;
    for email in ["first@exemple.fr", "second@exemple.fr", "third@exemple.fr"] {
        visitor.ask(WORKSHOP, email).await;
    }
    for email in ["third@exemple.fr", "first@exemple.fr"] {
        visitor.prove(email).await;
    }
    let position = async |email: &str| {
        let page = visitor.get(&app.link(email, "registration").await).await.body;
        page.split("class=\"position\">").nth(1).map(|rest| rest.chars().next().unwrap())
    };
    assert_eq!((position("first@exemple.fr").await, position("third@exemple.fr").await), (Some('1'), Some('2')));
    registrations::cancel(&app.app, app.registration(WORKSHOP, "ada@exemple.fr").await.id).await.unwrap();
    let status = async |email: &str| app.registration(WORKSHOP, email).await.status;
    assert_eq!(status("first@exemple.fr").await, RegistrationStatus::Offered);
    visitor.press(&app, "first@exemple.fr", "annuler", &[]).await;
    assert_eq!(status("third@exemple.fr").await, RegistrationStatus::Offered);
    visitor.prove("second@exemple.fr").await;
    assert_eq!(status("second@exemple.fr").await, RegistrationStatus::Waiting, "an offer is not taken back");
    assert_eq!(status("third@exemple.fr").await, RegistrationStatus::Offered);
    let letter = app.newest_letter("waiting").await;
    assert_eq!(letter.recipient, "second@exemple.fr");
    let read = app.app.mail.render(&letter, &app.app.key).unwrap();
    assert!(read.text.contains("position 1"), "before whoever is yet to answer an offer: {}", read.text);
}

#[tokio::test]
async fn a_letter_to_an_address_that_was_never_proved_holds_no_word_that_was_typed() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let bait = "Votre colis vous attend sur colis-livraison.example";
    ask_as(&visitor, (bait, "victim@exemple.fr", bait, "")).await;
    let parcours = [
        ("evenement", WEBINAR),
        ("evenement", WORKSHOP),
        ("name", bait),
        ("email", "other@exemple.fr"),
        ("organisation", bait),
        ("buyer", "oui"),
    ];
    visitor.post("/parcours/inscription", &parcours).await;
    visitor.register_named(WEBINAR, bait, "giver@exemple.fr", "").await;
    let give = format!("{}/transmettre", app.link("giver@exemple.fr", "registration").await);
    assert_eq!(visitor.post(&give, &[("name", bait), ("email", "third@exemple.fr")]).await.status, 200);
    app.delivered().await;
    let letters = mail::outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    let mut seen = 0;
    for letter in letters.iter().filter(|letter| letter.recipient != "giver@exemple.fr") {
        let read = app.app.mail.render(letter, &app.app.key).unwrap();
        let all = format!("{letter:?} {} {} {}", read.subject, read.text, read.html);
        assert!(!all.contains("colis"), "{all}");
        seen += 1;
    }
    assert_eq!(seen, 3);
}

/// What it costs to send a form.
async fn cost(visitor: &Visitor, path: &str, fields: &[(&str, &str)]) -> (u16, Work) {
    let _ = work::taken();
    let status = visitor.post(path, fields).await.status.as_u16();
    (status, work::taken())
}

#[tokio::test]
async fn known_and_unknown_addresses_cost_the_same_statements_and_commits() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    app.full_workshop(&["waits@exemple.fr"]).await;
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    // The jobs would be counted too.
    app.app.jobs.stop(Duration::from_secs(10)).await;
    let stranger = app.visitor();
    let known = ["ada@exemple.fr", "waits@exemple.fr"];
    for (path, one_more) in [("/connexion".to_owned(), None), (format!("/evenements/{WORKSHOP}/inscription"), Some(()))]
    {
        let mut costs = Vec::new();
        for email in [known[0], "nobody@exemple.fr", known[1], "nobody-else@exemple.fr"] {
            let fields = [("name", "X"), ("email", email), ("organisation", "Ville"), ("buyer", "oui")];
            let fields = if one_more.is_some() { &fields[..] } else { &fields[1..2] };
            costs.push(cost(&stranger, &path, fields).await);
        }
        costs.dedup();
        assert_eq!(costs.len(), 1, "{path}: {costs:?}");
        assert!(costs[0].0 == 303 && costs[0].1.commits == 1 && costs[0].1.statements > 0, "{path}: {costs:?}");
    }
}

#[tokio::test]
async fn one_mailbox_has_one_budget_however_it_is_written_and_whatever_is_asked_on_whichever_node() {
    let app = TestApp::start_with(|config| config.rate_per_email = 4).await;
    let other: App = server::open(app.app.config.clone(), app.app.clock.clone(), Delivery::Mailbox).await.unwrap();
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "giver@exemple.fr").await;
    let give = format!("{}/transmettre", app.link("giver@exemple.fr", "registration").await);
    assert_eq!(visitor.post(&give, &[("name", "A"), ("email", "adalovelace@gmail.com")]).await.status, 200);
    assert_eq!(visitor.ask(WORKSHOP, "ada.lovelace@gmail.com").await.status, 303);
    assert_eq!(visitor.post("/connexion", &[("email", "ADA.LOVELACE+x@googlemail.com")]).await.status, 303);
    // The other node.
    let event = app.event(WEBINAR).await;
    let requester = domain::proof_requests::Requester { network: [198, 51, 100, 0].into(), has_proved: false };
    let request = registrations::NewRegistration {
        name: "X".into(),
        email: accounts::EmailAddress::parse("\"ada.lovelace\"@gmail.com").unwrap(),
        organisation: "Ville".into(),
        siret: None,
        buyer: true,
        short_notice: false,
        answers: Vec::new(),
        request: None,
    };
    let ask = async |app: &App| {
        let events = std::slice::from_ref(&event);
        registrations::request_seats(app, &app.batches, events, (&request, requester)).await
    };
    assert!(ask(&other).await.is_ok());
    assert!(matches!(ask(&other).await, Err(registrations::ActError::TooOften(_))), "the fifth");
    let refused = visitor.ask(WORKSHOP, "a.dalovelace@gmail.com").await;
    assert_eq!(refused.status, 429);
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 3000);
    assert_eq!(visitor.ask(WORKSHOP, "somebody-else@gmail.com").await.status, 303);
    app.app.clock.advance(Duration::from_secs(3601));
    assert_eq!(visitor.ask(WORKSHOP, "adalovelace@gmail.com").await.status, 303, "an hour later");
    other.db.close().await;
}

#[tokio::test]
async fn an_office_of_three_hundred_registers_in_one_minute_and_a_network_not_without_end() {
    let app = TestApp::start_with(|config| config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await;
    let visitor = app.visitor();
    let from = async |address: &str, number: usize| {
        let origin = format!("http://{}", app.address);
        let body = format!("name=X&email=p{number}%40exemple.fr&organisation=V&buyer=oui");
        let request = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let request = request.post(format!("{origin}/evenements/{WORKSHOP}/inscription"));
        let request = request.header("origin", &origin).header("x-forwarded-for", address);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        request.send().await.unwrap().status().as_u16()
    };
    for number in 0..300 {
        assert_eq!(from(&format!("192.0.2.{}", number % 250), number).await, 303, "{number}");
    }
    assert_eq!(from("192.0.2.251", 300).await, 429, "another address of the same network");
    assert_eq!(from("192.0.3.1", 301).await, 303);
    assert_eq!(from("2001:db8:1:2::1", 302).await, 303);
    drop(visitor);
}

#[tokio::test]
async fn whoever_proved_an_address_in_their_browser_is_not_locked_out_by_strangers() {
    let app = TestApp::start_with(|config| config.rate_per_email = 3).await;
    let (ada, stranger) = (app.visitor(), app.visitor());
    ada.register(WORKSHOP, "ada@exemple.fr").await;
    for _ in 0..4 {
        stranger.ask(WEBINAR, "ada@exemple.fr").await;
    }
    assert_eq!(stranger.ask(WEBINAR, "ada@exemple.fr").await.status, 429);
    assert_eq!(ada.ask(WEBINAR, "ada@exemple.fr").await.status, 303, "her browser has a budget of its own");
    assert_eq!(ada.post("/connexion", &[("email", "ada@exemple.fr")]).await.status, 303);
    assert_eq!(ada.ask(WEBINAR, "ada@exemple.fr").await.status, 303);
    assert_eq!(ada.ask(WEBINAR, "ada@exemple.fr").await.status, 429, "which ends too");
    assert_eq!(ada.ask(WEBINAR, "bob@exemple.fr").await.status, 303, "others count as anybody's");
}

#[tokio::test]
async fn letters_to_addresses_that_nobody_proved_have_a_budget_all_together_and_others_do_not_wait_for_them() {
    let app = TestApp::start_with(|config| config.unproved_letters_per_hour = 2).await;
    let visitor = app.visitor();
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    app.advance(2);
    for number in 0..4 {
        visitor.ask(WORKSHOP, &format!("new{number}@exemple.fr")).await;
        app.advance_millis(1);
    }
    visitor.ask(WORKSHOP, "ada@exemple.fr").await;
    let written = async || {
        let mut written = 0;
        for number in 0..4 {
            written += app.letters(&format!("new{number}@exemple.fr")).await.len();
        }
        written
    };
    assert_eq!(written().await, 2);
    assert_eq!(app.letters("ada@exemple.fr").await.len(), 3, "an address that was proved once");
    app.advance(1);
    assert_eq!(written().await, 4, "the others an hour later");
}

#[tokio::test]
async fn a_flood_of_requests_is_told_to_owners_once_a_day() {
    let app = TestApp::start_with(|config| {
        config.organiser_emails = vec!["chef@exemple.fr".into()];
        config.rate_per_network = 1000;
    })
    .await;
    let visitor = app.visitor();
    let ask = async |count: usize| {
        for number in 0..count {
            visitor.post("/connexion", &[("email", &format!("p{number}@exemple.fr"))]).await;
        }
        app::request_alert::watch(&app.app).await.unwrap();
    };
    ask(300).await;
    assert!(!app.letters("chef@exemple.fr").await.contains(&"many-requests".to_owned()), "a workshop that opens");
    ask(1).await;
    ask(50).await;
    let told = |letters: Vec<String>| letters.iter().filter(|kind| *kind == "many-requests").count();
    assert_eq!(told(app.letters("chef@exemple.fr").await), 1);
    app.advance(25);
    ask(0).await;
    assert_eq!(told(app.letters("chef@exemple.fr").await), 1, "the flood is over");
    ask(301).await;
    assert_eq!(told(app.letters("chef@exemple.fr").await), 2);
}

#[tokio::test]
async fn who_is_erased_leaves_no_request_behind_and_takes_theirs_away() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.ask(WEBINAR, "ada@exemple.fr").await;
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let data = visitor.get("/mon-parcours/donnees.json").await.body;
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["requests"].as_array().unwrap().len(), 3, "{data}");
    visitor.post("/mon-parcours/effacer", &[]).await;
    let links = request_links(&app.app.db, &LinkKey::new("any")).await;
    assert!(links.iter().all(|(email, _)| email != "ada@exemple.fr"), "{links:?}");
}
