//! The real program as a process of its own: started, stopped, killed.

use std::time::Duration;

use crate::harness::process::Process;

#[tokio::test]
async fn a_second_start_takes_up_the_same_data() {
    let mut first = Process::demo().await;
    let page = first.get("/evenements/atelier-2-indicateurs").await;
    assert!(page.contains("60 places libres"));
    first.register("atelier-2-indicateurs", "ada@exemple.fr").await;
    assert!(first.terminate().await, "SIGTERM ends it with success");

    let second = first.start_again().await;
    assert!(second.get("/evenements/atelier-2-indicateurs").await.contains("59 places libres"));
}

#[tokio::test]
async fn what_was_answered_survives_kill_9() {
    let mut first = Process::demo().await;
    for number in 0..5 {
        first.register("atelier-2-indicateurs", &format!("p{number}@exemple.fr")).await;
    }
    first.kill().await;
    let second = first.start_again().await;
    assert!(second.get("/evenements/atelier-2-indicateurs").await.contains("55 places libres"));
}

#[tokio::test]
async fn a_stop_is_quick_when_nothing_is_in_flight() {
    let mut process = Process::demo().await;
    let stopped = tokio::time::timeout(Duration::from_secs(9), process.terminate()).await;
    assert_eq!(stopped, Ok(true), "without waiting for the patience to run out");
}
