//! Letters that came back: the report that a mail server sends marks the letter and the address, by the command that reads it.

use std::process::Stdio;

use domain::registrations::RegistrationStatus;
use tokio::io::AsyncWriteExt as _;

use crate::harness::process::run;
use crate::harness::smtp::Sink;
use crate::harness::{DESK, TestApp, WORKSHOP};

/// A report as Postfix writes it.
fn report(message_id: &str, (action, status, said): (&str, &str, &str)) -> String {
    format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.exemple.fr (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\n\
         To: parcours@exemple.fr\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"4F1.1795507200/mx.exemple.fr\"\n\n\
         This is a MIME-encapsulated message.\n\n--4F1.1795507200/mx.exemple.fr\nContent-Description: Notification\n\
         Content-Type: text/plain; charset=us-ascii\n\nI'm sorry to have to inform you that your message could not be delivered.\n\n\
         --4F1.1795507200/mx.exemple.fr\nContent-Description: Delivery report\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx.exemple.fr\nX-Postfix-Queue-ID: 4F1\nArrival-Date: Tue, 24 Nov 2026 09:00:00 +0100\n\n\
         Final-Recipient: rfc822; ada@exemple.fr\nOriginal-Recipient: rfc822;ada@exemple.fr\nAction: {action}\nStatus: {status}\n\
         Remote-MTA: dns; mail.exemple.fr\nDiagnostic-Code: smtp; {said}\n\n\
         --4F1.1795507200/mx.exemple.fr\nContent-Description: Undelivered Message Headers\nContent-Type: text/rfc822-headers\n\n\
         Message-ID: {message_id}\nSubject: x\n\n--4F1.1795507200/mx.exemple.fr--\n"
    )
}

/// Gives a message to `parcours bounces`; the exit status, and what it said.
async fn piped(url: &str, message: &str) -> (Option<i32>, String) {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_parcours"));
    command
        .args(["bounces", "--database-url", url])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(message.as_bytes()).await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (output.status.code(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_came_back_is_marked_and_an_address_that_does_not_exist_is_written_to_no_more() {
    let sink = Sink::start().await;
    let app = TestApp::start_with(|config| config.smtp_url = Some(sink.url())).await;
    app.visitor().register(WORKSHOP, "ada@exemple.fr").await;
    sink.wait_for(2).await;
    app.delivered().await;
    let desk = app.desk().await;
    let id = sink.received()[1].header("Message-ID").unwrap();
    let url = &app.app.config.database_url;

    // A delay, and a mailbox that is full, say nothing of the address.
    let delayed = report(&id, ("delayed", "4.4.1", "connect to mail.exemple.fr: timed out"));
    let (status, said) = piped(url, &delayed).await;
    assert!(status == Some(0) && said.contains("is as it was"), "{said}");
    assert!(!desk.get(DESK).await.body.contains("adresse inexistante"));

    let failed =
        report(&id, ("failed", "5.1.1", "550 5.1.1 <ada@exemple.fr>: Recipient address rejected: User unknown"));
    let (status, said) = piped(url, &failed).await;
    assert!(status == Some(0) && said.contains("written to no more"), "{said}");
    assert!(!said.contains("ada@exemple.fr"), "logs name nobody: {said}");
    assert!(piped(url, &failed).await.1.contains("is as it was"), "read twice");

    // Where it matters: the list, the registration, the person, the outbox.
    let registration = app.registration(WORKSHOP, "ada@exemple.fr").await;
    assert_eq!(registration.status, RegistrationStatus::Confirmed, "the seat stays");
    assert!(desk.get(DESK).await.body.contains("adresse inexistante"));
    for page in [
        format!("/organisation/inscriptions/{}", registration.id),
        format!("/organisation/personnes/{}", registration.person_id),
    ] {
        let body = desk.get(&page).await.body;
        assert!(body.contains("cette adresse n’existe pas") && body.contains("User unknown"), "{page}: {body}");
    }
    assert!(desk.get("/organisation/courriels?etat=echecs").await.body.contains("revenu après son départ"));
    app.revise_later(WORKSHOP, |event| event.place = "Angers".into()).await;
    let held = desk.get("/organisation/courriels?etat=bloques").await.body;
    assert!(held.contains("cette adresse n’existe pas"), "what is news goes to her no more: {held}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_maildir_is_read_once_and_strangers_reports_change_nothing() {
    let sink = Sink::start().await;
    let app = TestApp::start_with(|config| config.smtp_url = Some(sink.url())).await;
    app.visitor().register(WORKSHOP, "ada@exemple.fr").await;
    sink.wait_for(2).await;
    app.delivered().await;
    let id = sink.received()[1].header("Message-ID").unwrap();
    let maildir = tempfile::tempdir().unwrap();
    for folder in ["new", "cur", "tmp"] {
        std::fs::create_dir(maildir.path().join(folder)).unwrap();
    }
    let full = ("failed", "5.2.2", "552 5.2.2 mailbox full");
    let messages = [
        report(&id, full),
        report("<01a20c91-a004-771c-85a0-95437639eb5b@exemple.fr>", ("failed", "5.1.1", "550 no such user")),
        "From: ada@exemple.fr\nSubject: Absente\n\nJe suis en congé.\n".to_owned(),
    ];
    for (number, message) in messages.iter().enumerate() {
        std::fs::write(maildir.path().join(format!("new/179550720{number}.1.mx")), message).unwrap();
    }
    let (success, said) =
        run(&app.app.config.database_url, &["bounces", "--maildir", maildir.path().to_str().unwrap()]).await;
    assert!(success, "{said}");
    let lines: Vec<_> = said.lines().collect();
    assert!(lines[0].ends_with("failed (5.2.2)") && lines[1].contains("no longer in the outbox"), "{said}");
    assert!(lines[2].starts_with("left aside: "), "{said}");
    let names = |folder: &str| std::fs::read_dir(maildir.path().join(folder)).unwrap().count();
    assert_eq!((names("new"), names("cur")), (0, 3));
    let (_, again) =
        run(&app.app.config.database_url, &["bounces", "--maildir", maildir.path().to_str().unwrap()]).await;
    assert_eq!(again, "");
    let stopped = mail::suppressions::stopped(&mut app.app.db.read().await.unwrap()).await.unwrap();
    assert_eq!(stopped, [], "a full mailbox is no reason to write no more");
}

#[tokio::test]
async fn a_mail_server_is_asked_to_bring_the_report_again_when_the_database_cannot_be_used() {
    let (status, said) = piped("sqlite:///nowhere/at/all.db", &report("<x@y>", ("failed", "5.1.1", "550 x"))).await;
    assert_eq!(status, Some(75), "{said}");
}
