//! Who is not written to, how fast letters go, how they are signed and protected.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::config::Config;
use kernel::key::Purpose;
use mail::outbox::{self, Stored};
use mail::suppressions::{self, Scope};
use mail::{Delivery, Health, Letter, LetterLink, Mail, Priority, To};
use mail_parser::MessageParser;
use serde_json::json;
use sha2::Digest;
use uuid::Uuid;

use crate::harness::smtp::{Manner, Protection, Sink};
use crate::harness::{START, TestApp, until};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures")).join(name)
}

fn letter(number: u128, to: &str, priority: Priority) -> Letter {
    let id = Uuid::from_u128(number);
    Letter::new("sign-in", To::address(to), id)
        .data(json!({ "person": { "name": "Ada" } }))
        .link(LetterLink::secret("sign_in", "/connexion/{token}", Purpose::SignIn, id, 0))
        .priority(priority)
}

async fn enqueue(app: &TestApp, letter: &Letter) {
    let mut tx = app.app.db.write().await.unwrap();
    outbox::enqueue(&mut tx, letter, app.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    app.app.mail.wake();
}

async fn states(app: &TestApp) -> Vec<String> {
    let mut letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 10_000).await.unwrap();
    letters.reverse();
    letters.into_iter().map(|letter| letter.state).collect()
}

/// The letters, once `done` holds of them.
async fn letters(app: &TestApp, done: impl Fn(&[Stored]) -> bool) -> Vec<Stored> {
    until(async || {
        let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 10_000).await.unwrap();
        if done(&letters) { Ok(letters) } else { Err(states(app).await) }
    })
    .await
}

fn all_sent(letters: &[Stored]) -> bool {
    letters.iter().all(|letter| letter.state == "sent")
}

async fn health(app: &TestApp) -> Health {
    app.app.mail.health(&mut app.app.db.read().await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn one_click_refuses_letters_like_this_one_and_no_others() {
    let sink = Sink::start().await;
    let app = TestApp::start_with(|config| config.smtp_url = Some(sink.url())).await;
    enqueue(&app, &letter(1, "ada@exemple.fr", Priority::Reminder)).await;
    let received = sink.wait_for(1).await;
    let header = received[0].header("List-Unsubscribe").unwrap();
    assert_eq!(received[0].header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
    let address = header.trim_start_matches('<').trim_end_matches('>');
    let path = address.strip_prefix(&format!("http://{}", app.address)).unwrap();
    for named in ["ada@exemple.fr".to_owned(), URL_SAFE_NO_PAD.encode("ada@exemple.fr")] {
        assert!(!path.contains(&named), "whoever logs addresses would know whose it is: {path}");
    }
    assert!(path.len() < 120, "{path}");

    // A scanner follows the link: nothing happens.
    let page = app.visitor().get(path).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.body.matches(" checked").count(), 2, "{}", page.body);
    // As a mail app does it: no cookie, no Origin.
    let one_click = [("List-Unsubscribe", "One-Click")];
    let no_redirect = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = no_redirect.post(address).form(&one_click).send().await.unwrap();
    assert_eq!(answer.status(), 200, "RFC 8058 §3.1: no redirect");
    for (number, priority) in [(2, Priority::Reminder), (3, Priority::Announcement), (4, Priority::Awaited)] {
        enqueue(&app, &letter(number, "ada@exemple.fr", priority)).await;
    }
    enqueue(&app, &letter(5, "bob@exemple.fr", Priority::Reminder)).await;
    sink.wait_for(4).await;
    let letters = letters(&app, |letters| letters.iter().all(|letter| letter.state != "queued")).await;
    let refused: Vec<_> = letters.iter().filter(|letter| letter.state == "suppressed").collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].reason.as_deref(), Some("its owner does not want these letters"));

    // The letter is old, and its row is gone: the page takes it back all the same.
    let mut tx = app.app.db.write().await.unwrap();
    db::dispatch!(&mut tx, |conn| sqlx::query("delete from letter").execute(conn).await.map(drop)).unwrap();
    tx.commit().await.unwrap();
    let choice = [("choose", "oui"), ("reminders", "oui")];
    assert_eq!(app.visitor().post(path, &choice).await.status, 303);
    let wishes = suppressions::wishes(&mut app.app.db.read().await.unwrap(), "ada@exemple.fr").await.unwrap();
    assert_eq!((wishes.reminders, wishes.announcements), (true, false));
    let last = if path.ends_with('A') { 'B' } else { 'A' };
    let forged = format!("{}{last}", &path[..path.len() - 1]);
    assert_eq!(app.visitor().get(&forged).await.status, 404);
    assert!(sink.received().iter().filter(|mail| mail.header("List-Unsubscribe").is_some()).count() == 3);
}

#[tokio::test]
async fn the_link_of_a_letter_sent_before_still_refuses_and_leads_to_one_that_names_nobody() {
    let app = TestApp::start().await;
    let digest = sha2::Sha256::digest(b"ada@exemple.fr");
    let id = Uuid::from_bytes(std::array::from_fn(|place| digest[place]));
    let token = app.app.key.token(Purpose::Preferences, id, 0);
    let address = URL_SAFE_NO_PAD.encode("ada@exemple.fr");
    let path = format!("/courriels-recus/rappels/{address}/{}", token.as_str());
    let visitor = app.visitor();
    let page = visitor.get(&path).await;
    assert_eq!(page.status, 303);
    let new = page.headers["location"].to_str().unwrap();
    assert!(!new.contains(&address), "{new}");
    assert!(visitor.get(new).await.body.contains("<strong>ada@exemple.fr</strong>"));
    assert_eq!(visitor.post(&path, &[("List-Unsubscribe", "One-Click")]).await.status, 200);
    let wishes = suppressions::wishes(&mut app.app.db.read().await.unwrap(), "ada@exemple.fr").await.unwrap();
    assert_eq!((wishes.reminders, wishes.announcements), (false, true));
    let forged = format!("/courriels-recus/rappels/{}/{}", URL_SAFE_NO_PAD.encode("eve@exemple.fr"), token.as_str());
    assert_eq!(visitor.get(&forged).await.status, 404);
    assert_eq!(visitor.post(&forged, &[("List-Unsubscribe", "One-Click")]).await.status, 404);
}

#[tokio::test]
async fn an_address_that_is_stopped_gets_nothing_more_of_what_waits() {
    let app = TestApp::start().await;
    let later = START + Duration::from_secs(3600);
    enqueue(&app, &letter(1, "ada@exemple.fr", Priority::Awaited).due_at(later)).await;
    enqueue(&app, &letter(2, "bob@exemple.fr", Priority::Awaited).due_at(later)).await;
    let mut tx = app.app.db.write().await.unwrap();
    suppressions::refuse(&mut tx, "ada@exemple.fr", Scope::Everything, ("unknown there", START)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(states(&app).await, ["suppressed", "queued"]);
    enqueue(&app, &letter(3, "ada@exemple.fr", Priority::Awaited)).await;
    assert_eq!(states(&app).await[2], "suppressed");
    let mut tx = app.app.db.write().await.unwrap();
    suppressions::lift(&mut tx, "ada@exemple.fr", Scope::Everything).await.unwrap();
    tx.commit().await.unwrap();
    enqueue(&app, &letter(4, "ada@exemple.fr", Priority::Awaited)).await;
    assert_ne!(states(&app).await[3], "suppressed");
}

#[tokio::test]
async fn no_more_letters_leave_in_a_minute_than_the_settings_say() {
    let sink = Sink::start().await;
    let app = TestApp::start_with(|config| {
        config.smtp_url = Some(sink.url());
        config.mail_per_minute = Some(5);
    })
    .await;
    for number in 0..12 {
        enqueue(&app, &letter(number, &format!("p{number}@exemple.fr"), Priority::Announcement)).await;
    }
    sink.wait_for(5).await;
    letters(&app, |letters| letters.iter().filter(|letter| letter.state == "sent").count() == 5).await;
    for expected in [10, 12] {
        // They are asked again and again within the minute, with time to send something, and send nothing.
        for _ in 0..5 {
            app.app.mail.wake();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let before = sink.received().len();
        assert!(before == expected - 5 || before == 10, "{before} left in a minute");
        app.app.clock.advance(Duration::from_secs(61));
        app.app.mail.wake();
        sink.wait_for(expected).await;
        letters(&app, |letters| letters.iter().filter(|letter| letter.state == "sent").count() == expected).await;
    }
}

#[tokio::test]
async fn tls_is_spoken_both_ways_and_only_with_an_authority_that_is_trusted() {
    for (protection, scheme) in [(Protection::Tls, "smtps"), (Protection::StartTls, "smtp+starttls")] {
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let sink = Sink::start_protected(any, protection).await;
        let url = format!("{scheme}://ada:secret@localhost:{}", sink.address.port());
        let app = TestApp::start_with(|config| {
            config.smtp_url = Some(url.clone());
            config.smtp_ca = Some(fixture("smtp-ca.pem"));
        })
        .await;
        enqueue(&app, &letter(1, "ada@exemple.fr", Priority::Awaited)).await;
        sink.wait_for(1).await;
        letters(&app, all_sent).await;

        let try_with = |url: String, ca: Option<PathBuf>| async move {
            let config = Config { smtp_url: Some(url), smtp_ca: ca, mail_timeout: 5, ..Config::defaults() };
            Mail::open(&config, Delivery::Server).unwrap().try_server().await.unwrap()
        };
        let trusted = Some(fixture("smtp-ca.pem"));
        assert_eq!(try_with(url.clone(), trusted.clone()).await, Ok(()), "{scheme}");
        assert!(try_with(url.clone(), None).await.is_err(), "{scheme}: an unknown authority was trusted");
        let other_name = url.replace("localhost", "127.0.0.1");
        assert!(try_with(other_name, trusted.clone()).await.is_err(), "{scheme}: the name was not checked");
        let no_entry = try_with(url.replace("secret", "wrong"), trusted).await.unwrap_err();
        assert!(no_entry.contains("535"), "{no_entry}");
    }
}

#[tokio::test]
async fn a_server_without_starttls_is_not_talked_to_in_the_clear() {
    let sink = Sink::start().await;
    let url = format!("smtp+starttls://{}", sink.address).replace("127.0.0.1", "localhost");
    let app = TestApp::start_with(|config| {
        config.smtp_url = Some(url);
        config.smtp_ca = Some(fixture("smtp-ca.pem"));
    })
    .await;
    enqueue(&app, &letter(1, "ada@exemple.fr", Priority::Awaited)).await;
    until(async || match health(&app).await {
        Health::Paused { .. } => Ok(()),
        other => Err(other),
    })
    .await;
    let organiser = app.desk().await;
    for page in ["/organisation", "/organisation/courriels"] {
        assert!(organiser.get(page).await.body.contains("Les courriels attendent"), "{page}");
    }
    assert!(sink.received().is_empty());
}

#[tokio::test]
async fn a_server_that_falls_silent_after_data_costs_one_try_and_the_others_go() {
    let sink = Sink::start().await;
    sink.expect([Manner::SilentAtData]);
    let app = TestApp::start_with(|config| {
        config.smtp_url = Some(sink.url());
        config.mail_timeout = 1;
        config.mail_workers = 1;
    })
    .await;
    enqueue(&app, &letter(1, "ada@exemple.fr", Priority::Awaited)).await;
    enqueue(&app, &letter(2, "bob@exemple.fr", Priority::Awaited)).await;
    let received = sink.wait_for(1).await;
    let waiting = letters(&app, |letters| letters.iter().any(|letter| letter.due_at > START)).await;
    let silent = waiting.iter().find(|letter| letter.state == "queued").unwrap();
    assert_ne!(silent.recipient, received[0].to);
    assert!(silent.reason.as_deref().unwrap().contains("does not answer"), "{:?}", silent.reason);
}

#[tokio::test]
async fn a_signed_letter_carries_its_signature_and_arrives_whole() {
    let sink = Sink::start().await;
    let app = TestApp::start_with(|config| {
        config.smtp_url = Some(sink.url());
        config.mail_from = "Parcours <parcours@exemple.fr>".into();
        config.dkim_key = Some(fixture("dkim.pem"));
        config.dkim_selector = "letters2026".into();
    })
    .await;
    enqueue(&app, &letter(1, "ada@exemple.fr", Priority::Reminder)).await;
    let received = sink.wait_for(1).await;
    let signature = received[0].header("DKIM-Signature").unwrap();
    for there in
        ["a=rsa-sha256", "c=relaxed/relaxed", "d=exemple.fr", "s=letters2026", "h=from:from:reply-to:to:subject"]
    {
        assert!(signature.contains(there), "{there} is not in {signature}");
    }
    assert!(MessageParser::default().parse(&received[0].bytes).unwrap().body_html(0).is_some());
    // For a verifier from another world: web/e2e/signature.test.js.
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/signed.eml"), &received[0].bytes).unwrap();

    let no_key = Config { dkim_key: Some(fixture("README.md")), ..Config::defaults() };
    assert!(Mail::open(&no_key, Delivery::Server).unwrap_err().to_string().contains("PARCOURS_DKIM_KEY"));
    let no_authority = Config {
        smtp_ca: Some(fixture("README.md")),
        smtp_url: Some("smtps://localhost".into()),
        ..Config::defaults()
    };
    assert!(Mail::open(&no_authority, Delivery::Server).unwrap_err().to_string().contains("PARCOURS_SMTP_CA"));
}
