//! One server for one SQLite file; the other commands go on working beside it. PostgreSQL is shared by several.

use crate::harness::process::{Process, run};
use crate::harness::{TestDatabase, postgres};

#[tokio::test]
async fn a_second_server_of_one_file_is_refused_and_another_starts_once_the_first_was_killed() {
    if postgres().is_some() {
        return;
    }
    let mut first = Process::demo().await;
    let url = first.database.url.clone();
    let path = url.strip_prefix("sqlite://").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(path, &link).unwrap();
    for (command, url) in
        [("serve", url.clone()), ("demo", url.clone()), ("serve", format!("sqlite://{}", link.display()))]
    {
        let (success, said) = run(&url, &[command]).await;
        assert!(!success && said.contains("another parcours serves") && said.contains("stop it first"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    assert!(first.get("/").await.contains("</html>"), "the first goes on");
    first.kill().await;
    let second = first.start_again().await;
    assert!(second.get("/").await.contains("</html>"));
}

#[tokio::test]
async fn other_commands_work_beside_a_server() {
    if postgres().is_some() {
        return;
    }
    let server = Process::demo().await;
    let url = server.database.url.as_str();
    let folder = tempfile::tempdir().unwrap();
    let programme = folder.path().join("programme.toml");
    std::fs::write(&programme, domain::programme::file::BUNDLED).unwrap();
    let copy = folder.path().join("copy.db");
    for arguments in [
        &["migrate"][..],
        &["purge"],
        &["organiser", "add", "chef@exemple.fr"],
        &["import", programme.to_str().unwrap()],
        &["backup", copy.to_str().unwrap()],
    ] {
        let (success, said) = run(url, arguments).await;
        assert!(success, "{arguments:?}: {said}");
    }
    assert!(run(url, &["check"]).await.1.contains("ok     database"));
    assert!(copy.is_file());
    let copy = format!("sqlite://{}", copy.display());
    let restored = Process::start(TestDatabase::at(copy), vec!["demo".into(), "--empty".into()]).await;
    assert!(restored.get("/").await.contains("</html>"), "a copy has a lock of its own");
}
