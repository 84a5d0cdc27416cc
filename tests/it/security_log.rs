//! The security log, as the real program writes it: one shape for each line, no personal data unless the settings ask for it, and
//! the filter of the documentation finds what it is meant to find.

use std::collections::BTreeMap;

use db::Db;
use kernel::key::{LinkKey, Purpose};
use kernel::security_log::SecurityEvent;
use regex_automata::nfa::thompson::pikevm::PikeVM;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use uuid::Uuid;

use crate::harness::process::{Process, SECRET};
use crate::harness::sources::root;
use crate::harness::{TestApp, TestDatabase, Visitor, WORKSHOP, until};

const ADA: &str = "ada.lovelace@exemple.fr";

/// A browser in front of a process.
struct Browser<'a> {
    process: &'a Process,
    client: Client,
}

impl<'a> Browser<'a> {
    fn new(process: &'a Process) -> Self {
        let client = Client::builder().cookie_store(true).redirect(Policy::none()).no_proxy().build().unwrap();
        Self { process, client }
    }

    async fn get(&self, path: &str) -> StatusCode {
        self.client.get(format!("{}{path}", self.process.base)).send().await.unwrap().status()
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> StatusCode {
        let request = self.client.post(format!("{}{path}", self.process.base)).form(fields);
        request.send().await.unwrap().status()
    }

    /// Asks for a link; its path.
    async fn ask_for_link(&self, email: &str) -> String {
        assert_eq!(self.post("/connexion", &[("email", email)]).await, 303);
        let db = Db::open(&self.process.database.url, 1).await.unwrap();
        // The job writes the link a moment after it was asked for.
        let id: Uuid = until(async || {
            db::dispatch!(&mut db.read().await.unwrap(), |conn| sqlx::query_scalar(
                "select sign_in_link.id from sign_in_link join person on person.id = person_id
                 where email = $1 and used_at is null and wrong_codes < 5 order by sign_in_link.id desc limit 1"
            )
            .bind(email)
            .fetch_one(conn)
            .await)
        })
        .await;
        db.close().await;
        format!("/connexion/{}", LinkKey::new(SECRET).token(Purpose::SignIn, id, 0).as_str())
    }

    async fn sign_in(&self, email: &str) {
        let link = self.ask_for_link(email).await;
        assert_eq!(self.post(&link, &[]).await, 303);
    }
}

/// Everything that writes a line, but what roles do; the secret of a link that was used meanwhile.
async fn everything(process: &Process) -> String {
    process.register(WORKSHOP, ADA).await;
    let (ada, stranger) = (Browser::new(process), Browser::new(process));
    let link = ada.ask_for_link(ADA).await;
    for _ in 0..5 {
        stranger.post(&link, &[("code", "000000")]).await;
    }
    assert_eq!(stranger.post(&link, &[]).await, 410);
    ada.sign_in(ADA).await;
    ada.sign_in(ADA).await;
    assert_eq!(ada.get("/organisation").await, 403);
    assert_eq!(ada.get("/mon-parcours/donnees.json").await, 200);
    assert_eq!(ada.post("/mon-parcours/appareils/fermer-les-autres", &[]).await, 303);
    assert_eq!(ada.post("/deconnexion", &[]).await, 303);
    while ada.post("/connexion", &[("email", "nobody@exemple.fr")]).await != 429 {}
    link.rsplit('/').next().unwrap().to_owned()
}

async fn started(arguments: &[&str]) -> Process {
    let arguments = ["demo", "--empty"].iter().chain(arguments).map(|one| (*one).to_owned()).collect();
    Process::start(TestDatabase::create().await, arguments).await
}

/// The lines of the security log of a process that writes text.
fn lines(process: &Process) -> Vec<String> {
    let logs = process.logs();
    let own = logs.lines().filter_map(|line| line.split_once(" security: ")).map(|(_, line)| line.to_owned());
    own.collect()
}

/// The fields of a line, in their order.
fn fields(line: &str) -> Vec<(&str, &str)> {
    line.split(' ').map(|field| field.split_once('=').unwrap_or_else(|| panic!("{line}"))).collect()
}

#[tokio::test]
async fn every_line_has_one_shape_and_names_nobody() {
    let process = started(&[]).await;
    let token = everything(&process).await;
    let lines = lines(&process);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let order = ["event", "kind", "person", "by", "session", "about", "route"];
    for line in &lines {
        let fields = fields(line);
        assert_eq!(fields[0].0, "event", "{line}");
        let places: Vec<_> = fields.iter().map(|(name, _)| order.iter().position(|one| one == name)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{line}");
        *counts.entry(fields[0].1.trim_matches('"')).or_default() += 1;
        for (_, id) in fields.iter().filter(|(name, _)| ["person", "by", "session", "about"].contains(name)) {
            assert!(Uuid::parse_str(id).is_ok(), "{line}");
        }
    }
    for (event, count) in [
        (SecurityEvent::CodeRefused, 5),
        (SecurityEvent::LinkRefused, 1),
        (SecurityEvent::SignedIn, 2),
        (SecurityEvent::SessionEnded, 2),
        (SecurityEvent::AccessRefused, 1),
        (SecurityEvent::Exported, 1),
        (SecurityEvent::LimitReached, 1),
    ] {
        assert_eq!(counts.get(event.name()), Some(&count), "{} in\n{}", event.name(), lines.join("\n"));
    }
    let signed_in = lines.iter().find(|line| line.contains("signed_in")).unwrap();
    assert!(signed_in.starts_with("event=\"signed_in\" kind=\"same_browser\" person="), "{signed_in}");
    let refused = lines.iter().find(|line| line.contains("access_refused")).unwrap();
    assert!(refused.contains("person=") && refused.ends_with("route=\"/organisation\""), "{refused}");
    for private in ["lovelace", "Ada", "exemple.fr", "address="] {
        assert!(!lines.iter().any(|line| line.contains(private)), "{private} in\n{}", lines.join("\n"));
    }
    assert!(!process.logs().contains(&token), "the secret of a link");
}

/// The regular expressions of the documentation, as fail2ban completes them.
fn filters() -> Vec<PikeVM> {
    let text = std::fs::read_to_string(root().join("docs/security-log.md")).unwrap();
    let written = text.lines().filter_map(|line| line.strip_prefix("failregex = "));
    written.map(|one| PikeVM::new(&one.replace("<HOST>", "(?:[0-9]+[.]){3}[0-9]+")).unwrap()).collect()
}

/// The lines that a filter finds.
fn found(filter: &PikeVM, logs: &str) -> Vec<String> {
    let mut cache = filter.create_cache();
    logs.lines().filter(|line| filter.is_match(&mut cache, line)).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_documented_filter_of_fail2ban_finds_each_refusal_and_nothing_else() {
    for (place, arguments) in
        [&["--security-log-addresses"][..], &["--security-log-addresses", "--log-json"][..]].iter().enumerate()
    {
        let process = started(arguments).await;
        everything(&process).await;
        let logs = process.logs();
        let found = found(&filters()[place], &logs);
        assert_eq!(found.len(), 5 + 1 + 1, "{logs}");
        assert!(found.iter().all(|line| line.contains("127.0.0.1")), "{found:?}");
    }
    let quiet = started(&[]).await;
    everything(&quiet).await;
    assert!(found(&filters()[0], &quiet.logs()).is_empty(), "without the setting there is no address to block");
}

#[test]
fn every_event_is_documented() {
    let text = std::fs::read_to_string(root().join("docs/security-log.md")).unwrap();
    for event in SecurityEvent::ALL {
        assert!(text.contains(&format!("`{}`", event.name())), "{}", event.name());
    }
}

#[tokio::test]
async fn refusals_are_counted_by_kind() {
    let app = TestApp::start_with(|config| {
        config.metrics_token = Some("token".into());
        config.rate_per_email = 3;
    })
    .await;
    let desk = app.desk().await;
    let (ada, eve) = (app.visitor(), app.visitor());
    ada.register(WORKSHOP, ADA).await;
    let link = ada.ask_for_link(&app, ADA).await;
    let code = ada.code().await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    eve.post(&link, &[("code", wrong)]).await;
    ada.post(&link, &[]).await;
    ada.post(&link, &[]).await;
    ada.get("/organisation").await;
    app.advance(1);
    desk.get("/mon-parcours/effacer").await;
    for _ in 0..4 {
        eve.post("/connexion", &[("email", "eve@exemple.fr")]).await;
    }
    let metrics = numbers(&eve).await;
    for kind in ["access", "limit", "link", "code", "proof"] {
        let line = format!("parcours_refusals_total{{kind=\"{kind}\"}} 1\n");
        assert!(metrics.contains(&line), "{kind} in\n{metrics}");
    }
}

async fn numbers(visitor: &Visitor) -> String {
    visitor.request(reqwest::Method::GET, "/metrics", &[("authorization", "Bearer token")]).await.body
}
