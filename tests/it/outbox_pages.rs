//! What organisers see of the outbox and do with it, and what refusals take out of it.

use mail::outbox;
use mail::suppressions::{self, Scope};

use crate::harness::{START, TestApp, WORKSHOP};
use crate::invitations::{COMPOSE, compose, fields, send};

#[tokio::test]
async fn organisers_see_every_letter_send_it_again_drop_it_and_stop_an_address() {
    // The letter that signs the organiser in is the one of this minute.
    let app = TestApp::start_with(|config| config.mail_per_minute = Some(1)).await;
    let visitor = app.desk().await;
    app.delivered().await;
    // Written in the millisecond in which the programme came, the letter could be of before: it would be written anew.
    app.advance_millis(1);
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
    let preferences = mail::preferences::path(&app.app.key, &letter.recipient, letter.class()).unwrap();
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
    let visitor = app.desk().await;
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
        suppressions::refuse(&mut tx, "ada@exemple.fr", scope, ("no", START)).await.unwrap();
        tx.commit().await.unwrap();
    };
    let told = |states: &[(&str, &str)]| {
        states.iter().map(|(kind, state)| ((*kind).to_owned(), (*state).to_owned())).collect::<Vec<_>>()
    };
    refuse(Scope::Reminders).await;
    assert_eq!(
        states("ada@exemple.fr").await,
        told(&[("confirmed", "queued"), ("invitation", "queued"), ("please-confirm", "queued")])
    );
    refuse(Scope::Announcements).await;
    assert_eq!(
        states("ada@exemple.fr").await,
        told(&[("confirmed", "queued"), ("invitation", "suppressed"), ("please-confirm", "queued")])
    );
    refuse(Scope::Everything).await;
    assert_eq!(
        states("ada@exemple.fr").await,
        told(&[("confirmed", "suppressed"), ("invitation", "suppressed"), ("please-confirm", "suppressed")])
    );
    assert_eq!(states("bob@exemple.fr").await, told(&[("invitation", "queued")]), "nobody else's");
}
