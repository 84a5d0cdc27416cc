//! What whoever runs the program sees of it: numbers, and a copy of its data.

use std::os::unix::fs::PermissionsExt;

use reqwest::Method;

use crate::harness::process::{Process, run};
use crate::harness::{TestApp, TestDatabase, WORKSHOP, postgres};

const TOKEN: &str = "a token of the tests";

/// The value of a line of `/metrics`.
fn value<'a>(metrics: &'a str, series: &str) -> &'a str {
    let line = metrics.lines().find(|line| line.starts_with(series));
    line.unwrap_or_else(|| panic!("no {series} in\n{metrics}")).rsplit(' ').next().unwrap()
}

#[tokio::test]
async fn numbers_are_for_who_has_the_token_and_name_nobody() {
    let app = TestApp::start_with(|config| config.metrics_token = Some(TOKEN.into())).await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "lovelace@exemple.fr").await;
    let link = app.link("lovelace@exemple.fr", "registration").await;
    for _ in 0..3 {
        visitor.get(&link).await;
    }
    visitor.get("/lovelace-is-nowhere").await;
    visitor.get("/calendrier/prive/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics").await;
    visitor.get("/calendrier.ics").await;
    visitor.request(Method::from_bytes(b"LOVELACE").unwrap(), "/", &[]).await;

    assert_eq!(visitor.get("/metrics").await.status, 401);
    assert_eq!(visitor.request(Method::GET, "/metrics", &[("authorization", "Bearer a guess")]).await.status, 401);
    let bearer = format!("Bearer {TOKEN}");
    let metrics = visitor.request(Method::GET, "/metrics", &[("authorization", &bearer)]).await.body;
    let requests = |route: &str, method: &str, status: u16| {
        let series = format!("parcours_requests_total{{route=\"{route}\",method=\"{method}\",status=\"{status}\"}}");
        value(&metrics, &series)
    };
    assert_eq!(requests("/inscriptions/{token}", "GET", 200), "3");
    assert_eq!(requests("/evenements/{slug}/inscription", "POST", 303), "1");
    assert_eq!(requests("/calendrier.ics", "GET", 200), "1");
    assert_eq!(requests("/calendrier/prive/{token}.ics", "GET", 404), "1");
    assert_eq!(requests("none", "GET", 404), "1");
    assert_eq!(requests("/", "other", 405), "1");
    assert_eq!(requests("/metrics", "GET", 401), "2");
    assert_eq!(value(&metrics, "parcours_board_sockets"), "0");
    assert_eq!(value(&metrics, "parcours_board_edits"), "0");
    let letters: i64 = ["queued", "sent", "failed", "suppressed"]
        .map(|state| value(&metrics, &format!("parcours_letters{{state=\"{state}\"}}")).parse::<i64>().unwrap())
        .iter()
        .sum();
    assert_eq!(letters, 2, "to confirm, and confirmed");
    let secret = link.rsplit('/').next().unwrap();
    for private in ["lovelace", "LOVELACE", secret, WORKSHOP] {
        assert!(!metrics.contains(private), "{private} in\n{metrics}");
    }
}

#[tokio::test]
async fn without_the_setting_there_are_no_numbers() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for token in ["", TOKEN] {
        let bearer = format!("Bearer {token}");
        assert_eq!(visitor.request(Method::GET, "/metrics", &[("authorization", &bearer)]).await.status, 404);
    }
}

#[tokio::test]
async fn a_backup_made_while_the_site_is_used_can_be_served() {
    let process = Process::demo().await;
    process.register(WORKSHOP, "ada@exemple.fr").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.db");
    let name = file.to_str().unwrap();
    let (success, said) = run(&process.database.url, &["backup", name]).await;
    if postgres().is_some() {
        assert!(!success && said.contains("pg_dump") && !file.exists(), "{said}");
        return;
    }
    assert!(success && said.contains("copy.db"), "{said}");
    process.register(WORKSHOP, "late@exemple.fr").await;
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "people's data");
    let (success, said) = run(&process.database.url, &["backup", name]).await;
    assert!(!success && said.contains("is there already"), "{said}");

    let restored = TestDatabase::at(format!("sqlite://{name}"));
    let restored = Process::start(restored, vec!["demo".into(), "--empty".into()]).await;
    let letters = restored.get("/courriels").await;
    assert!(letters.contains("ada@exemple.fr") && !letters.contains("late@exemple.fr"), "as it was at that moment");
    assert!(restored.get(&format!("/evenements/{WORKSHOP}")).await.contains("59 places libres"));
}

#[tokio::test]
async fn a_backup_of_what_is_not_there_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.db");
    let (success, said) =
        run(&format!("sqlite://{}", missing.display()), &["backup", folder.path().join("copy.db").to_str().unwrap()])
            .await;
    assert!(!success && said.contains("there is no database"), "{said}");
    let database = TestDatabase::create().await;
    let nowhere = folder.path().join("nowhere/copy.db");
    if postgres().is_none() {
        db::Db::open(&database.url, 1).await.unwrap().close().await;
        let (success, said) = run(&database.url, &["backup", nowhere.to_str().unwrap()]).await;
        assert!(!success && said.contains("cannot be written"), "{said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// PostgreSQL restarts, or a firewall forgets quiet connections.
#[tokio::test]
async fn connections_that_the_database_ended_while_all_was_quiet_are_noticed_by_nobody() {
    if postgres().is_none() {
        return;
    }
    let process = Process::start(TestDatabase::create().await, vec!["serve".into()]).await;
    let page = format!("{}/", process.base);
    assert_eq!(reqwest::get(&page).await.unwrap().status(), 200);
    let db = db::Db::open(&process.database.url, 1).await.unwrap();
    let mut held = db.write().await.unwrap();
    let db::Engine::Postgres(conn) = held.engine() else { unreachable!("it is PostgreSQL") };
    let end_others = "select pg_terminate_backend(pid) from pg_stat_activity
                      where datname = current_database() and pid <> pg_backend_pid()";
    sqlx::query(end_others).execute(conn).await.unwrap();
    // Longer than a connection that has answered is taken to be there still.
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    for _ in 0..10 {
        assert_eq!(reqwest::get(&page).await.unwrap().status(), 200);
    }
}
