//! The outbox when the program is killed, or refused, with the mail server in another process.

use std::time::Duration;

use db::dispatch;
use db::{Db, ReadConn};
use mail::outbox;

use crate::harness::process::Process;
use crate::harness::smtp::{Manner, Sink, message_ids};
use crate::harness::{TestDatabase, until};

/// The real program, sending to `sink`, and giving each letter a second.
async fn serve(sink: &Sink) -> Process {
    let arguments = ["serve", "--smtp-url", &sink.url(), "--mail-timeout", "1", "--organiser-emails", "ada@exemple.fr"];
    Process::start(TestDatabase::create().await, arguments.map(String::from).to_vec()).await
}

/// Makes the program owe somebody a letter.
async fn ask_to_sign_in(process: &Process) {
    let url = format!("{}/connexion", process.base);
    let answer = reqwest::Client::new().post(url).form(&[("email", "ada@exemple.fr")]).send().await.unwrap();
    assert!(answer.status().is_success());
}

async fn state(db: &Db) -> String {
    let letters = until(async || {
        // The job writes it a moment after it was asked for.
        let letters = outbox::latest(&mut db.read().await.unwrap(), 10).await.unwrap();
        if letters.is_empty() { Err("no letter yet") } else { Ok(letters) }
    })
    .await;
    assert_eq!(letters.len(), 1);
    letters[0].state.clone()
}

/// Keeps everybody else from writing to the letter.
async fn hold(db: &Db) -> db::WriteTx {
    let mut tx = db.write().await.unwrap();
    dispatch!(&mut tx, |conn| sqlx::query("update letter set priority = priority").execute(conn).await.map(drop))
        .unwrap();
    tx
}

/// What a killed program had asked of the database is not done any more. (On SQLite it died with the program.)
async fn end_all_others(held: &mut ReadConn) {
    if let db::Engine::Postgres(conn) = held.engine() {
        let others = "select pg_terminate_backend(pid) from pg_stat_activity
                      where datname = current_database() and pid <> pg_backend_pid()";
        sqlx::query(others).execute(conn).await.unwrap();
    }
}

async fn wait_until(db: &Db, wanted: &str) {
    until(async || {
        let state = state(db).await;
        if state == wanted { Ok(()) } else { Err(state) }
    })
    .await;
}

#[tokio::test]
async fn killed_between_the_servers_yes_and_our_mark_one_mail_is_repeated_once_and_recognisable() {
    let sink = Sink::start().await;
    sink.expect([Manner::Wait]);
    let mut process = serve(&sink).await;
    ask_to_sign_in(&process).await;
    sink.wait_for(1).await;
    let db = Db::open(&process.database.url, 2).await.unwrap();

    let mut held = hold(&db).await;
    sink.answer();
    // Time in which the program reads the answer and would mark the letter, were the database not held.
    tokio::time::sleep(Duration::from_millis(300)).await;
    process.kill().await;
    end_all_others(&mut held).await;
    drop(held);
    assert_eq!(state(&db).await, "sending", "the mark was made before the kill");

    let _process = process.start_again().await;
    let received = sink.wait_for(2).await;
    wait_until(&db, "sent").await;
    // Time in which it would be repeated once more.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(sink.received().len(), 2, "more than one repeat");
    assert_eq!(message_ids(&received).len(), 1, "the repeat is another mail");
}

#[tokio::test]
async fn killed_in_the_middle_of_a_send_the_letter_still_arrives() {
    let sink = Sink::start().await;
    sink.expect([Manner::FallSilent]);
    let mut process = serve(&sink).await;
    ask_to_sign_in(&process).await;
    sink.wait_for(1).await;
    process.kill().await;
    let process = process.start_again().await;
    let received = sink.wait_for(2).await;
    assert_eq!(message_ids(&received).len(), 1);
    let db = Db::open(&process.database.url, 2).await.unwrap();
    wait_until(&db, "sent").await;
}

#[tokio::test]
async fn the_log_names_letters_and_never_an_address() {
    let sink = Sink::start().await;
    sink.expect([Manner::RefuseRecipient(550)]);
    let process = serve(&sink).await;
    let db = Db::open(&process.database.url, 2).await.unwrap();
    ask_to_sign_in(&process).await;
    wait_until(&db, "failed").await;
    let letters = outbox::latest(&mut db.read().await.unwrap(), 10).await.unwrap();
    let logs = process.logs();
    assert!(logs.contains(&letters[0].id.to_string()), "{logs}");
    assert!(!logs.contains("ada@"), "{logs}");
}
