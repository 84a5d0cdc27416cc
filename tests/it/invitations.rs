//! Invitations: tried, sent, answered, chased.

use std::time::Duration;

use parcours::audit::Act;
use parcours::mail::outbox;
use parcours::mail::refusals::{self, Scope};
use parcours::programme::{Event, EventStatus};
use parcours::registrations;
use reqwest::StatusCode;
use reqwest::multipart::{Form, Part};

use crate::harness::{Answer, START, TestApp, Visitor, WEBINAR, WORKSHOP};

const COMPOSE: &str = "/organisation/invitations/nouvelle";

async fn organiser(app: &TestApp) -> Visitor {
    let address = parcours::accounts::EmailAddress::parse("equipe@exemple.fr").unwrap();
    parcours::accounts::add_organiser(&app.app, &address).await.unwrap();
    let visitor = app.visitor();
    visitor.sign_in(app, "equipe@exemple.fr").await;
    visitor
}

fn fields<'a>(people: &'a str, act: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("people", people),
        ("event", WORKSHOP),
        ("subject", "Venez, {nom}"),
        ("message", "Bonjour {organisation}.\n\nÀ bientôt."),
        ("send_at", ""),
        ("act", act),
        ("round", "01939000-0000-7000-8000-000000000001"),
    ]
}

/// Submits the form as a browser does.
async fn compose(visitor: &Visitor, path: &str, fields: &[(&str, &str)]) -> Answer {
    let form =
        fields.iter().fold(Form::new(), |form, (name, value)| form.text((*name).to_owned(), (*value).to_owned()));
    visitor.post_multipart(path, form).await
}

/// Sends, and returns the round's page.
async fn send(visitor: &Visitor, people: &str) -> String {
    let answer = compose(visitor, COMPOSE, &fields(people, "envoyer")).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.location().split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_try_says_who_would_be_written_to_and_writes_to_nobody() {
    let app = TestApp::start().await;
    let visitor = organiser(&app).await;
    visitor.register(WORKSHOP, "in@exemple.fr").await;
    visitor.register(WEBINAR, "known@exemple.fr").await;
    let mut tx = app.app.db.write().await.unwrap();
    refusals::refuse(&mut tx, "no@exemple.fr", Scope::Announcements, ("no", START)).await.unwrap();
    refusals::refuse(&mut tx, "stop@exemple.fr", Scope::Everything, ("no", START)).await.unwrap();
    tx.commit().await.unwrap();
    let people = "new@exemple.fr;Ada;Ville\nin@exemple.fr\nknown@exemple.fr\nno@exemple.fr\nstop@exemple.fr\nnobody\nnew@exemple.fr";
    let page = compose(&visitor, COMPOSE, &fields(people, "essai")).await;
    assert_eq!(page.status, 200);
    for there in [
        "<strong>2 invitations</strong>",
        "<dt>Nouvelles adresses</dt><dd>1</dd>",
        "<dt>Déjà connues</dt><dd>1</dd>",
        "ne leur sera envoyé)</dt><dd>in@exemple.fr</dd>",
        "no@exemple.fr · stop@exemple.fr",
        "(ignorées)</dt><dd>nobody</dd>",
        "(comptées une fois)</dt><dd>1</dd>",
        "Venez, Ada",
        "Bonjour Ville.",
    ] {
        assert!(page.body.contains(there), "{there} is not in\n{}", page.body);
    }
    assert!(app.letters("new@exemple.fr").await.is_empty());

    let tested = compose(&visitor, COMPOSE, &fields(people, "test")).await;
    assert_eq!(tested.status, 200);
    assert_eq!(app.letters("equipe@exemple.fr").await, ["sign-in", "invitation"]);
    assert!(app.letters("new@exemple.fr").await.is_empty());
    let frame = compose(&visitor, "/organisation/invitations/apercu", &fields(people, "essai")).await;
    assert!(
        frame.body.contains("Bonjour Ville.")
            && frame.headers["content-security-policy"].to_str().unwrap().contains("sandbox")
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_beside_its_field_and_what_was_written_is_kept() {
    let app = TestApp::start().await;
    let visitor = organiser(&app).await;
    let wrong = [
        ("people", "nobody"),
        ("subject", "{prenom}"),
        ("message", "Bonjour {prenom}"),
        ("send_at", "2020-01-01T10:00"),
        ("act", "envoyer"),
    ];
    let page = compose(&visitor, COMPOSE, &wrong).await;
    assert_eq!(page.status, 422);
    for field in ["people", "events", "subject", "message"] {
        assert!(page.body.contains(&format!("id=\"{field}-error\"")), "{field}: {}", page.body);
    }
    assert!(page.body.contains("Bonjour {prenom}</textarea>"));
    let late = fields("ada@exemple.fr", "envoyer")
        .into_iter()
        .map(|(name, value)| if name == "send_at" { (name, "2020-01-01T10:00") } else { (name, value) });
    let page = compose(&visitor, COMPOSE, &late.collect::<Vec<_>>()).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("id=\"send_at-error\""));
    let anybody = app.visitor();
    anybody.register(WEBINAR, "ada@exemple.fr").await;
    anybody.sign_in(&app, "ada@exemple.fr").await;
    for path in ["/organisation/invitations", COMPOSE] {
        assert_eq!(anybody.get(path).await.status, 403, "{path}");
    }
    assert_eq!(compose(&anybody, COMPOSE, &fields("x@exemple.fr", "envoyer")).await.status, 403);
}

#[tokio::test]
async fn the_link_fills_the_form_proves_the_address_and_the_seat_is_theirs_at_once() {
    let app = TestApp::start().await;
    let visitor = organiser(&app).await;
    let round = send(&visitor, "ada@exemple.fr;Ada Lovelace;Ville d’Angers\nbob@exemple.fr").await;
    app.delivered().await;
    assert_eq!(visitor.get(&round).await.body.matches("\">Envoyée</a></td>").count(), 2);
    let guest = app.visitor();
    let link = app.link("ada@exemple.fr", "invitation").await;
    let page = guest.get(&link).await;
    assert_eq!(page.status, 200);
    assert!(
        page.body.contains("value=\"Ada Lovelace\"") && page.body.contains("value=\"Ville d’Angers\""),
        "{}",
        page.body
    );
    assert!(visitor.get(&round).await.body.contains("Page ouverte</a>"));

    let form = [("event", WORKSHOP), ("name", "Ada Lovelace"), ("organisation", "Ville d’Angers")];
    let unattested = guest.post(&format!("{link}/inscription"), &form).await;
    assert_eq!(unattested.status, 422);
    assert!(unattested.body.contains("id=\"buyer-error\""));
    let form = [form[0], form[1], form[2], ("buyer", "oui")];
    assert_eq!(guest.post(&format!("{link}/inscription"), &form).await.status, 303);
    assert_eq!(app.letters("ada@exemple.fr").await, ["invitation", "confirmed"]);

    let link = app.link("bob@exemple.fr", "invitation").await;
    assert_eq!(guest.post(&format!("{link}/decliner"), &[]).await.status, 303);
    let page = visitor.get(&round).await.body;
    assert!(page.contains("Inscrite</a>") && page.contains("Ne vient pas</a>"), "{page}");
    assert_eq!(guest.get("/invitations/AAAA").await.status, 404);
    let elsewhere = [("event", WEBINAR), ("name", "Bob"), ("organisation", "Ville"), ("buyer", "oui")];
    let answer = guest.post(&format!("{link}/inscription"), &elsewhere).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "invited to the workshop alone");
}

#[tokio::test]
async fn who_did_not_answer_is_written_to_again_and_only_once() {
    let app = TestApp::start().await;
    let visitor = organiser(&app).await;
    let round = send(&visitor, "ada@exemple.fr\nbob@exemple.fr\neve@exemple.fr").await;
    app.delivered().await;
    let guest = app.visitor();
    let link = app.link("bob@exemple.fr", "invitation").await;
    guest.post(&format!("{link}/decliner"), &[]).await;
    visitor.register(WORKSHOP, "eve@exemple.fr").await;
    // The button was pressed twice.
    assert_eq!(send(&visitor, "ada@exemple.fr\nbob@exemple.fr\neve@exemple.fr").await, round);
    assert_eq!(app.letters("ada@exemple.fr").await, ["invitation"]);
    for _ in 0..3 {
        assert_eq!(visitor.post(&format!("{round}/relancer"), &[]).await.status, 303);
    }
    assert_eq!(app.letters("ada@exemple.fr").await, ["invitation", "invitation"]);
    assert_eq!(app.letters("bob@exemple.fr").await, ["invitation"]);
    assert_eq!(app.letters("eve@exemple.fr").await, ["invitation", "please-confirm"]);
    assert!(!visitor.get(&round).await.body.contains("/relancer"));
}

/// Sends for the first of December, and returns the round's page.
async fn send_later(visitor: &Visitor, people: &str) -> String {
    let mut form = fields(people, "envoyer");
    form[4].1 = "2026-12-01T09:00";
    compose(visitor, COMPOSE, &form).await.location().split('?').next().unwrap().to_owned()
}

async fn revise(app: &TestApp, edit: impl FnOnce(&mut Event) + Send) {
    let (by, event) = (app.organiser().await, app.event(WORKSHOP).await.id);
    registrations::revise(&app.app, (by, Act::Edited), event, (edit, "")).await.unwrap();
}

/// Lets the date of [`send_later`] pass.
async fn a_week_later(app: &TestApp) {
    app.advance(24 * 7);
    parcours::invitations::send_due(&app.app).await.unwrap();
}

#[tokio::test]
async fn a_round_for_later_leaves_then_and_cannot_be_chased_before() {
    let app = TestApp::start().await;
    let visitor = organiser(&app).await;
    let round = send_later(&visitor, "ada@exemple.fr").await;
    parcours::invitations::send_due(&app.app).await.unwrap();
    assert!(visitor.get(&round).await.body.contains("<td>En attente</td>"));
    visitor.post(&format!("{round}/relancer"), &[]).await;
    assert!(app.letters("ada@exemple.fr").await.is_empty());
    a_week_later(&app).await;
    parcours::invitations::send_due(&app.app).await.unwrap();
    app.delivered().await;
    assert_eq!(app.letters("ada@exemple.fr").await, ["invitation"]);
    assert!(visitor.get(&round).await.body.contains("\">Envoyée</a></td>"));
}

#[tokio::test]
async fn a_round_for_later_says_what_is_true_when_it_leaves() {
    let app = TestApp::start().await;
    let visitor = organiser(&app).await;
    send_later(&visitor, "ada@exemple.fr\nbob@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    revise(&app, |event| event.place = "Salle des fêtes".into()).await;
    a_week_later(&app).await;
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "event-moved"], "registered meanwhile");
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    let invitation = letters.iter().find(|letter| letter.kind == "invitation").unwrap();
    let read = app.app.mail.render(invitation, &app.app.key).unwrap();
    assert!(read.text.contains("Salle des fêtes"), "{}", read.text);
}

#[tokio::test]
async fn nobody_is_invited_to_what_does_not_take_place() {
    let app = TestApp::start().await;
    let visitor = organiser(&app).await;
    let round = send_later(&visitor, "ada@exemple.fr").await;
    revise(&app, |event| event.status = EventStatus::Cancelled).await;
    a_week_later(&app).await;
    assert!(app.letters("ada@exemple.fr").await.is_empty());
    let page = visitor.get(&round).await.body;
    assert!(page.contains("<td>Pas partie</td>") && page.contains("plus aucun de ces rendez-vous"), "{page}");
    assert!(!page.contains("/arreter"), "nothing is left to stop");
}

#[tokio::test]
async fn what_waits_behind_the_rate_cap_follows_the_event() {
    // The letter that signs the organiser in is the one of this minute.
    let app = TestApp::start_with(|config| config.mail_per_minute = Some(1)).await;
    let visitor = organiser(&app).await;
    app.delivered().await;
    app.advance_millis(1);
    let round = send(&visitor, "ada@exemple.fr").await;
    let waiting = async || {
        parcours::invitations::send_due(&app.app).await.unwrap();
        let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
        letters.into_iter().find(|letter| letter.kind == "invitation")
    };
    let first = waiting().await.unwrap();
    assert_eq!(waiting().await.unwrap().id, first.id, "nothing changed");
    revise(&app, |event| event.place = "Salle des fêtes".into()).await;
    app.advance_millis(1);
    let second = waiting().await.unwrap();
    assert!(app.app.mail.render(&second, &app.app.key).unwrap().text.contains("Salle des fêtes"));
    assert_eq!(waiting().await.unwrap().id, second.id, "written anew once");
    revise(&app, |event| event.status = EventStatus::Cancelled).await;
    assert!(waiting().await.is_none(), "nobody is invited to what does not take place");
    app.advance_millis(60_001);
    app.delivered().await;
    assert!(app.letters("ada@exemple.fr").await.is_empty());
    assert!(visitor.get(&round).await.body.contains("<td>Pas partie</td>"));
}

#[tokio::test]
async fn a_sending_can_be_stopped_and_resumed_and_writes_to_each_once() {
    // The letter that signs the organiser in is the one of the first minute.
    let app = TestApp::start_with(|config| config.mail_per_minute = Some(1)).await;
    let visitor = organiser(&app).await;
    app.delivered().await;
    app.advance_millis(60_001);
    let round = send(&visitor, "ada@exemple.fr\nbob@exemple.fr\neve@exemple.fr").await;
    let gone = async |count: usize| {
        for _ in 0..500 {
            app.app.mail.wake();
            let page = visitor.get(&round).await.body;
            if page.matches("Envoyée</a>").count() == count {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{count} have not left");
    };
    let page = gone(1).await;
    assert!(page.contains("1 sur 3 sont parties") && page.contains("/arreter"), "{page}");
    assert!(!page.contains("/relancer"), "who has not been written to is not chased: {page}");
    visitor.post(&format!("{round}/arreter"), &[]).await;
    app.advance_millis(60_001);
    let page = visitor.get(&round).await.body;
    assert!(page.matches("<td>Pas partie</td>").count() == 2 && page.contains("/reprendre"), "{page}");
    assert!(visitor.post(&format!("{round}/arreter"), &[]).await.location().ends_with("fait=rien"));
    parcours::invitations::send_due(&app.app).await.unwrap();
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    assert_eq!(letters.iter().filter(|letter| letter.kind == "invitation").count(), 1);

    for _ in 0..2 {
        visitor.post(&format!("{round}/reprendre"), &[]).await;
    }
    for count in [2, 3] {
        gone(count).await;
        app.advance_millis(60_001);
    }
    for guest in ["ada", "bob", "eve"] {
        assert_eq!(app.letters(&format!("{guest}@exemple.fr")).await, ["invitation"]);
    }
    let log = visitor.get("/organisation/journal").await.body;
    assert_eq!((log.matches("a arrêté un envoi").count(), log.matches("a repris un envoi").count()), (1, 1), "{log}");
    let anybody = app.visitor();
    for act in ["arreter", "reprendre"] {
        assert_eq!(anybody.post(&format!("{round}/{act}"), &[]).await.status, 303, "signed in only");
    }
    assert!(!visitor.get(&round).await.body.contains("/reprendre"));
}

#[tokio::test]
async fn a_round_for_later_that_is_stopped_does_not_leave_until_it_is_resumed() {
    let app = TestApp::start().await;
    let visitor = organiser(&app).await;
    let round = send_later(&visitor, "ada@exemple.fr").await;
    visitor.post(&format!("{round}/arreter"), &[]).await;
    a_week_later(&app).await;
    assert!(app.letters("ada@exemple.fr").await.is_empty());
    assert!(visitor.get("/organisation/invitations").await.body.contains("arrêté"));
    visitor.post(&format!("{round}/reprendre"), &[]).await;
    assert_eq!(app.letters("ada@exemple.fr").await, ["invitation"]);
}

#[tokio::test]
async fn a_letter_that_did_not_leave_says_why() {
    let app = TestApp::start().await;
    let visitor = organiser(&app).await;
    let mut tx = app.app.db.write().await.unwrap();
    refusals::refuse(&mut tx, "no@exemple.fr", Scope::Everything, ("its owner does not want these letters", START))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let round = send(&visitor, "no@exemple.fr").await;
    let page = visitor.get(&round).await.body;
    assert!(page.contains("Non envoyée</a>") && page.contains("la personne ne veut pas de ces courriels"), "{page}");
}

#[tokio::test]
async fn the_guests_page_says_what_is_done_and_asks_for_nothing_more() {
    let app = TestApp::start().await;
    let visitor = organiser(&app).await;
    let round = send(&visitor, "ada@exemple.fr;Ada;Ville").await;
    let guest = app.visitor();
    let link = app.link("ada@exemple.fr", "invitation").await;
    assert!(guest.get(&link).await.body.contains("/decliner"));
    guest.post(&format!("{link}/decliner"), &[]).await;
    let page = guest.get(&link).await.body;
    assert!(!page.contains("/decliner") && page.contains("/inscription"), "they may change their mind: {page}");
    let form = [("event", WORKSHOP), ("name", "Ada"), ("organisation", "Ville"), ("buyer", "oui")];
    guest.post(&format!("{link}/inscription"), &form).await;
    let page = guest.get(&link).await.body;
    assert!(page.contains("est enregistrée") && !page.contains("/inscription\""), "{page}");
    assert!(visitor.get(&round).await.body.contains("Inscrite</a>"), "and no longer as who does not come");
}

#[tokio::test]
async fn organisers_see_every_letter_send_it_again_drop_it_and_stop_an_address() {
    // The letter that signs the organiser in is the one of this minute.
    let app = TestApp::start_with(|config| config.mail_per_minute = Some(1)).await;
    let visitor = organiser(&app).await;
    app.delivered().await;
    send(&visitor, "ada@exemple.fr").await;
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 10).await.unwrap();
    let letter = letters.iter().find(|letter| letter.kind == "invitation").unwrap();
    let path = format!("/organisation/courriels/{}", letter.id);
    assert!(visitor.get("/organisation/courriels").await.body.contains(&path));
    let page = visitor.get(&path).await.body;
    assert!(page.contains("/abandonner\"") && !page.contains("/renvoyer\""), "{page}");
    // The link would be somebody else's: it is not shown.
    let secret = app.link("ada@exemple.fr", "invitation").await;
    let shown = visitor.get(&format!("{path}/message.html")).await.body;
    assert!(!page.contains(&secret) && !shown.contains(&secret) && shown.contains("/invitations/…"), "{shown}");
    let preferences = parcours::mail::preferences::path(&app.app.key, &letter.recipient, letter.class()).unwrap();
    assert!(!shown.contains(&preferences) && shown.contains("/courriels-recus/annonces/"), "{shown}");

    visitor.post(&format!("{path}/abandonner"), &[]).await;
    let page = visitor.get(&path).await.body;
    assert!(page.contains("abandonné par l’équipe") && page.contains("/renvoyer\""), "{page}");
    assert!(visitor.get("/organisation/courriels?etat=bloques").await.body.contains(&path));
    visitor.post(&format!("{path}/renvoyer"), &[]).await;
    app.advance_millis(60_001);
    app.delivered().await;
    assert!(visitor.get("/organisation/courriels?etat=partis").await.body.contains(&path));
    let log = async || visitor.get("/organisation/journal").await.body.matches("un courriel").count();
    let before = log().await;
    for act in ["renvoyer", "abandonner"] {
        let too_late = visitor.post(&format!("{path}/{act}"), &[]).await;
        assert!(too_late.location().ends_with("fait=rien"), "{act}: it has left");
    }
    assert_eq!(log().await, before, "what was not done is not in the log");
    app.delivered().await;
    assert_eq!(app.letters("ada@exemple.fr").await, ["invitation"]);
    assert!(visitor.get(&path).await.body.contains("Parti le"));
    visitor.post(&format!("{path}/bloquer"), &[]).await;
    let again = compose(&visitor, COMPOSE, &fields("ada@exemple.fr", "essai")).await.body;
    assert!(again.contains("<strong>0 invitations</strong>"), "{again}");
    visitor.post(&format!("{path}/debloquer"), &[]).await;
    assert!(
        compose(&visitor, COMPOSE, &fields("ada@exemple.fr", "essai"))
            .await
            .body
            .contains("<strong>1 invitation</strong>")
    );

    let reminders = format!("/organisation/evenements/{WORKSHOP}/courriels");
    assert_eq!(visitor.get(&reminders).await.body.matches(" checked").count(), 3);
    assert_eq!(visitor.post(&reminders, &[("two_days", "oui"), ("hour", "oui")]).await.status, 303);
    let page = visitor.get(&reminders).await.body;
    assert_eq!(page.matches(" checked").count(), 2);
    let anybody = app.visitor();
    for private in [path.as_str(), reminders.as_str(), "/organisation/courriels"] {
        assert_eq!(anybody.get(private).await.status, 303, "{private}");
    }
}

#[tokio::test]
async fn who_wants_no_announcements_still_gets_reminders_and_what_they_wait_for() {
    let app = TestApp::start_with(|config| config.mail_per_minute = Some(1)).await;
    let visitor = organiser(&app).await;
    app.delivered().await;
    send(&visitor, "ada@exemple.fr\nbob@exemple.fr").await;
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    let states = async |email: &str| {
        let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
        let mut of: Vec<_> = letters.into_iter().filter(|letter| letter.recipient == email).collect();
        of.sort_by(|one, other| one.kind.cmp(&other.kind));
        of.into_iter().map(|letter| (letter.kind, letter.state)).collect::<Vec<_>>()
    };
    let refuse = async |scope: Scope| {
        let mut tx = app.app.db.write().await.unwrap();
        refusals::refuse(&mut tx, "ada@exemple.fr", scope, ("no", START)).await.unwrap();
        tx.commit().await.unwrap();
    };
    let told = |states: &[(&str, &str)]| {
        states.iter().map(|(kind, state)| ((*kind).to_owned(), (*state).to_owned())).collect::<Vec<_>>()
    };
    refuse(Scope::Reminders).await;
    assert_eq!(states("ada@exemple.fr").await, told(&[("invitation", "queued"), ("please-confirm", "queued")]));
    refuse(Scope::Announcements).await;
    assert_eq!(states("ada@exemple.fr").await, told(&[("invitation", "suppressed"), ("please-confirm", "queued")]));
    refuse(Scope::Everything).await;
    assert_eq!(states("ada@exemple.fr").await, told(&[("invitation", "suppressed"), ("please-confirm", "suppressed")]));
    assert_eq!(states("bob@exemple.fr").await, told(&[("invitation", "queued")]), "nobody else's");
}

#[tokio::test]
async fn seats_are_kept_for_who_is_invited_if_the_organisers_say_so() {
    let app = TestApp::start().await;
    let visitor = organiser(&app).await;
    let kept_for = async || {
        let event = app.event(WORKSHOP).await.id;
        let kept = registrations::kept_for(&mut app.app.db.read().await.unwrap(), event).await.unwrap();
        kept.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    send(&visitor, "ada@exemple.fr").await;
    assert!(kept_for().await.is_empty());

    let mut form = fields("bob@exemple.fr", "envoyer");
    form[6].1 = "01939000-0000-7000-8000-000000000002";
    form.push(("keep", "oui"));
    let bare = compose(&visitor, COMPOSE, &form).await;
    assert!(bare.status == 422 && bare.body.contains("id=\"kept-error\""), "the workshop keeps none: {}", bare.body);
    form.push(("kept", "10"));
    let endless = compose(&visitor, COMPOSE, &form).await;
    assert!(endless.status == 422 && endless.body.contains("id=\"kept_until-error\""), "{}", endless.body);
    form.push(("kept_until", "2027-01-15T18:00"));
    form[5].1 = "essai";
    let tried = compose(&visitor, COMPOSE, &form).await.body;
    assert!(tried.contains("10 jusqu’au vendredi 15 janvier") && tried.contains("(aucune aujourd’hui)"), "{tried}");
    assert_eq!(app.event(WORKSHOP).await.kept_seats, 0, "trying keeps nothing");
    form[5].1 = "envoyer";
    assert_eq!(compose(&visitor, COMPOSE, &form).await.status, 303);
    assert_eq!(kept_for().await, ["bob@exemple.fr"]);
    let event = app.event(WORKSHOP).await;
    assert_eq!(event.kept_seats, 10);
    assert_eq!(event.kept_until.unwrap().to_string(), "2027-01-15T17:00:00Z");
    assert!(visitor.get("/organisation/journal").await.body.contains("0 → 10"));

    // Without a number: those that are kept already are for these people, too.
    let mut form = fields("eve@exemple.fr", "envoyer");
    form[6].1 = "01939000-0000-7000-8000-000000000003";
    form.push(("keep", "oui"));
    assert_eq!(compose(&visitor, COMPOSE, &form).await.status, 303);
    assert_eq!(kept_for().await, ["bob@exemple.fr", "eve@exemple.fr"]);
    assert_eq!(app.event(WORKSHOP).await.kept_seats, 10);
}

#[tokio::test]
async fn organisers_write_to_those_who_have_a_seat_once_and_thank_them() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = organiser(&app).await;
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    let path = format!("/organisation/evenements/{WORKSHOP}/message");
    let mut form = vec![
        ("id", "01939000-0000-7000-8000-00000000000a"),
        ("readers", "places"),
        ("subject", "Avant l’atelier"),
        ("message", "Lisez ceci.\n\nÀ bientôt."),
        ("act", "essai"),
    ];
    let tried = visitor.post(&path, &form).await.body;
    assert!(tried.contains("<strong>1 courriel</strong>") && tried.contains("Lisez ceci."), "{tried}");
    assert!(visitor.post(&format!("{path}/apercu"), &form).await.body.contains("/inscriptions/…"));
    assert!(!app.letters("ada@exemple.fr").await.contains(&"message".to_owned()));
    form[4].1 = "envoyer";
    assert!(visitor.post(&path, &form).await.location().ends_with("partis=1"));
    assert!(visitor.post(&path, &form).await.location().ends_with("partis=0"), "the button was pressed twice");
    let log = visitor.get("/organisation/journal").await.body;
    assert!(log.matches("a écrit aux personnes inscrites").count() == 1 && log.contains("Avant l’atelier"), "{log}");
    assert!(!app.letters("bob@exemple.fr").await.contains(&"message".to_owned()));
    let wrong = visitor.post(&path, &[("replay", "ftp://x"), ("resources", "Le guide"), ("act", "envoyer")]).await;
    assert_eq!(wrong.status, 422);
    for field in ["subject", "message", "replay", "resources"] {
        assert!(wrong.body.contains(&format!("id=\"{field}-error\"")), "{field}");
    }

    form[0].1 = "01939000-0000-7000-8000-00000000000b";
    form[1].1 = "tous";
    form.push(("thanks", "oui"));
    form.push(("replay", "https://video.exemple.fr/1"));
    form.push(("resources", "Le guide https://exemple.fr/guide.pdf"));
    assert!(visitor.post(&path, &form).await.location().ends_with("partis=2"));
    assert!(app.letters("bob@exemple.fr").await.contains(&"thanks".to_owned()));
    app.delivered().await;
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    let thanks = letters.iter().find(|letter| letter.kind == "thanks").unwrap();
    let read = app.app.mail.render(thanks, &app.app.key).unwrap();
    assert!(
        read.html.contains("https://video.exemple.fr/1")
            && read.text.contains("Le guide\u{a0}:\nhttps://exemple.fr/guide.pdf")
    );
    assert!(read.text.contains("/courriels-recus/"), "what organisers write can be refused");
    assert!(app.visitor().get(&path).await.status == 303);
}

#[tokio::test]
async fn a_file_joins_the_pasted_list() {
    let app = TestApp::start().await;
    let visitor = organiser(&app).await;
    let mut form = fields("ada@exemple.fr", "essai")
        .into_iter()
        .fold(Form::new(), |form, (name, value)| form.text(name.to_owned(), value.to_owned()));
    let file = Part::bytes(b"Courriel;Nom\r\nhelene@exemple.fr;H\xe9l\xe8ne\r\n".to_vec()).file_name("liste.csv");
    form = form.part("file", file);
    let page = visitor.post_multipart(COMPOSE, form).await.body;
    assert!(page.contains("<strong>2 invitations</strong>") && page.contains("helene@exemple.fr;Hélène"), "{page}");
}
