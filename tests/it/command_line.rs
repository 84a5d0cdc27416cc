//! The command line: import, organisers, check.

use crate::harness::TestDatabase;
use crate::harness::process::{Process, run};
use crate::harness::smtp::Sink;

#[tokio::test]
async fn a_programme_with_nonsense_is_refused_with_its_line() {
    let database = TestDatabase::create().await;
    let folder = tempfile::tempdir().unwrap();
    let good = domain::programme::file::BUNDLED;
    let path = folder.path().join("programme.toml");
    let file = path.to_str().unwrap();

    std::fs::write(&path, good).unwrap();
    assert_eq!(run(&database.url, &["import", file]).await, (true, "6 added, 0 changed, 0 unchanged\n".into()));
    assert_eq!(run(&database.url, &["import", file]).await, (true, "0 added, 0 changed, 6 unchanged\n".into()));

    std::fs::write(&path, good.replacen("2024-01-23T14", "2024-01-32T14", 1)).unwrap();
    let (success, said) = run(&database.url, &["import", file]).await;
    let line = good.lines().position(|line| line.contains("2024-01-23T14")).unwrap() + 1;
    assert!(!success && said.contains(&format!("line {line}: ")), "{said}");
}

#[tokio::test]
async fn an_organiser_added_on_the_command_line_can_sign_in() {
    let database = TestDatabase::create().await;
    let (success, said) = run(&database.url, &["organiser", "add", "Chef@exemple.fr"]).await;
    assert!(success && said.contains("added"), "{said}");
    assert!(run(&database.url, &["organiser", "add", "chef@exemple.fr"]).await.1.contains("already"));
    assert!(!run(&database.url, &["organiser", "add", "chef"]).await.0);
}

#[tokio::test]
async fn check_says_what_is_fine_and_what_is_wrong() {
    let database = TestDatabase::create().await;
    let sink = Sink::start().await;
    let (success, said) = run(&database.url, &["check", "--smtp-url", &sink.url()]).await;
    assert!(success && said.matches("ok ").count() == 6, "{said}");

    // A proxy must be there for TLS, and none is trusted: no failure, and somebody should look.
    let https = ["check", "--smtp-url", &sink.url(), "--base-url", "https://parcours.exemple.fr"];
    let (success, said) = run(&database.url, &https).await;
    assert!(success && said.contains("LOOK   proxies") && said.contains("seem to be one"), "{said}");
    let trusted = [&https[..], &["--trusted-proxies", "127.0.0.1,10.0.0.0/8"]].concat();
    let (success, said) = run(&database.url, &trusted).await;
    assert!(success && said.contains("ok     proxies: 127.0.0.1/32, 10.0.0.0/8"), "{said}");

    let nobody = format!("smtp://127.0.0.1:{}", crate::harness::process::free_port());
    let (success, said) =
        run(&database.url, &["check", "--smtp-url", &nobody, "--base-url", "http://parcours.exemple.fr"]).await;
    assert!(!success);
    assert!(
        said.contains("WRONG  mail") && said.contains("WRONG  base URL") && said.contains("ok     database"),
        "{said}"
    );
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_named_without_its_password() {
    let mut database = TestDatabase::create().await;
    database.url = "postgres://ada:geheim@127.0.0.1:1/parcours".into();
    let (success, said) = run(&database.url, &["serve"]).await;
    assert!(!success && said.contains("ada:…@127.0.0.1") && !said.contains("geheim"), "{said}");
}

#[tokio::test]
async fn the_logs_name_nobody_and_hold_no_secret_link() {
    let process = Process::start(
        TestDatabase::create().await,
        vec!["demo".into(), "--empty".into(), "--log".into(), "debug".into()],
    )
    .await;
    process.register("atelier-2-indicateurs", "ada.lovelace@exemple.fr").await;
    let secret = "/inscriptions/0123456789012345678901234567890123456789012";
    process.get(secret).await;
    process.get("/calendrier/prive/0123456789012345678901234567890123456789012.ics").await;
    let logs = process.logs();
    assert!(logs.contains("request"), "requests are logged");
    for private in ["ada.lovelace", "0123456789012345678901234567890123456789012"] {
        assert!(!logs.contains(private), "{private}");
    }
}
