//! The real program as a process of its own: started, stopped, killed.

use std::time::Duration;

use kernel::key::LinkKey;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::process::{Process, SECRET, request_links};
use crate::harness::{TestDatabase, until};

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

#[tokio::test]
async fn a_stop_that_is_asked_for_as_soon_as_the_address_is_taken_is_an_orderly_one() {
    let mut process = Process::spawn(TestDatabase::create().await, vec!["demo".into(), "--empty".into()]);
    let address = process.base.strip_prefix("http://").unwrap().to_owned();
    until(async || TcpStream::connect(&address).await).await;
    assert!(process.terminate().await, "not by the signal");
}

#[tokio::test]
async fn a_request_in_flight_is_answered_before_the_program_stops() {
    let mut process = Process::demo().await;
    let address = process.base.strip_prefix("http://").unwrap().to_owned();
    let body = "name=Ada&email=ada%40exemple.fr&organisation=Ville&buyer=oui";
    let (first_half, second_half) = body.split_at(20);
    let mut connection = TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST /evenements/atelier-2-indicateurs/inscription HTTP/1.1\r\nHost: {address}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{first_half}",
        body.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    // The program has the request's head in hand once it has answered one that came later.
    process.get("/healthz").await;

    process.signal("TERM").await;
    until(async || match TcpStream::connect(&address).await {
        Ok(still_taken) => Err(still_taken),
        Err(_) => Ok(()),
    })
    .await;
    connection.write_all(second_half.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert!(process.ended_well().await);
    let again = process.start_again().await;
    let db = db::Db::open(&again.database.url, 1).await.unwrap();
    assert_eq!(request_links(&db, &LinkKey::new(SECRET)).await.len(), 1, "and it is stored");
}
