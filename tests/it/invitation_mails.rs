//! The invitations in letters as mails (RFC 6047): received over SMTP, read by an independent parser, part by part.

use std::collections::BTreeMap;

use domain::programme::EventStatus;
use mail_parser::{Message, MessageParser, MimeHeaders};

use crate::harness::smtp::{Received, Sink};
use crate::harness::{TestApp, Visitor, WEBINAR};

async fn start(sink: &Sink) -> TestApp {
    TestApp::start_with(|config| {
        config.smtp_url = Some(sink.url());
        config.mail_from = "Parcours SPASER <parcours@exemple.fr>".into();
        config.mail_reply_to = Some("equipe@exemple.fr".into());
    })
    .await
}

/// Registers, and waits for the letters: `before` is how many came so far.
async fn register(app: &TestApp, visitor: &Visitor, sink: &Sink, email: &str) {
    let before = sink.received().len();
    visitor.register(WEBINAR, email).await;
    sink.wait_for(before + 1).await;
    let link = app.link(email, "registration").await;
    visitor.post(&format!("{link}/confirmer"), &[]).await;
    sink.wait_for(before + 2).await;
}

/// The calendar part of a mail, by property; what the mail says about it is checked on the way.
fn invitation(received: &Received) -> BTreeMap<String, String> {
    let mail: Message<'_> = MessageParser::default().parse(&received.bytes).unwrap();
    let kind = |part: &mail_parser::MessagePart<'_>| {
        part.content_type().map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()))
    };
    let kinds: Vec<_> = mail.parts.iter().filter_map(kind).collect();
    let expected =
        ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics"];
    assert_eq!(kinds, expected);
    let (part, file) = (&mail.parts[4], &mail.parts[5]);
    assert!(part.content_disposition().is_none());
    assert_eq!(part.text_contents(), std::str::from_utf8(file.contents()).ok(), "the file says the same");
    let text = part.text_contents().unwrap().replace("\r\n ", "");
    for once in ["BEGIN:VEVENT", "\r\nATTENDEE", "\r\nORGANIZER", "\r\nMETHOD:", "\r\nUID:", "\r\nSEQUENCE:"] {
        assert_eq!(text.matches(once).count(), 1, "{once:?} in {text}");
    }
    let lines = text.split("\r\n").filter_map(|line| line.split_once(':'));
    let named = |name: &str| name.split(';').next().unwrap_or_default().to_owned();
    let properties: BTreeMap<_, _> = lines.map(|(name, value)| (named(name), value.to_owned())).collect();
    let method = part.content_type().unwrap().attribute("method").unwrap();
    assert_eq!(method, properties["METHOD"]);
    assert_eq!(properties["ATTENDEE"], format!("mailto:{}", received.to));
    assert_eq!(
        properties["ORGANIZER"],
        format!("mailto:{}", mail.reply_to().unwrap().first().unwrap().address().unwrap())
    );
    properties
}

#[tokio::test]
async fn a_move_and_a_cancellation_are_the_same_event_revised_and_tell_each_its_own() {
    let sink = Sink::start().await;
    let app = start(&sink).await;
    let visitor = app.visitor();
    register(&app, &visitor, &sink, "ada@exemple.fr").await;
    register(&app, &visitor, &sink, "bob@exemple.fr").await;
    app.revise_later(WEBINAR, |event| event.place = "Angers".into()).await;
    app.advance_millis(5 * 60_000);
    app.app.mail.wake();
    sink.wait_for(6).await;
    app.revise_later(WEBINAR, |event| event.status = EventStatus::Cancelled).await;
    let received = sink.wait_for(8).await;
    for email in ["ada@exemple.fr", "bob@exemple.fr"] {
        let theirs = received.iter().filter(|mail| mail.to == email).skip(1);
        let sent: Vec<_> = theirs.map(invitation).collect();
        let told: Vec<_> = sent.iter().map(|sent| (sent["METHOD"].as_str(), sent["STATUS"].as_str())).collect();
        assert_eq!(told, [("REQUEST", "CONFIRMED"), ("REQUEST", "CONFIRMED"), ("CANCEL", "CANCELLED")]);
        for pair in sent.windows(2) {
            let number = |of: &BTreeMap<String, String>| of["SEQUENCE"].parse::<i64>().unwrap();
            assert!(number(&pair[1]) > number(&pair[0]) && pair[1]["DTSTAMP"] > pair[0]["DTSTAMP"], "{pair:#?}");
            assert_eq!(pair[0]["UID"], pair[1]["UID"]);
        }
        assert_eq!(sent[1]["LOCATION"], "Angers");
    }
}

#[tokio::test]
async fn one_person_leaving_takes_the_entry_from_their_calendar_only() {
    let sink = Sink::start().await;
    let app = start(&sink).await;
    let visitor = app.visitor();
    register(&app, &visitor, &sink, "ada@exemple.fr").await;
    register(&app, &visitor, &sink, "bob@exemple.fr").await;
    let link = app.link("ada@exemple.fr", "registration").await;
    assert_eq!(visitor.post(&format!("{link}/annuler"), &[]).await.status, 303);
    let received = sink.wait_for(5).await;
    assert_eq!(received[4].to, "ada@exemple.fr");
    let taken_back = invitation(&received[4]);
    assert_eq!(taken_back["METHOD"], "CANCEL");
    let text = MessageParser::default().parse(&received[4].bytes).unwrap().body_text(0).unwrap().into_owned();
    assert!(text.contains("evenement.ics retire ce rendez-vous de votre agenda"), "{text}");
    let letters = app.letters("bob@exemple.fr").await;
    assert_eq!(letters, ["please-confirm", "confirmed"], "nothing is said to who stays");
}
