//! The outbox and its workers, against a mail server that obeys or misbehaves.

use std::time::Duration;

use kernel::config::Config;
use kernel::id::LetterId;
use kernel::key::Purpose;
use mail::outbox;
use mail::{Delivery, Health, Letter, LetterLink, Mail, Priority, To};
use mail_parser::{MessageParser, MimeHeaders};
use serde_json::json;
use uuid::Uuid;

use crate::harness::post::{NOW, Post, minutes, sign_in};
use crate::harness::smtp::{Manner, Sink, message_ids};

#[tokio::test]
async fn a_letter_is_written_once_however_often_it_is_asked_for() {
    let post = Post::new().await;
    assert!(post.enqueue(&sign_in(1)).await);
    assert!(!post.enqueue(&sign_in(1)).await);
    assert!(post.enqueue(&sign_in(1).version(1)).await);
    assert!(post.enqueue(&sign_in(2)).await);
    assert_eq!(post.letters().await.len(), 3);
}

#[tokio::test]
async fn a_letter_whose_cause_is_undone_is_never_written() {
    let post = Post::new().await;
    let mut tx = post.tools.db.write().await.unwrap();
    outbox::enqueue(&mut tx, &sign_in(1), NOW).await.unwrap();
    drop(tx);
    assert!(post.letters().await.is_empty());
}

#[tokio::test]
async fn the_secret_of_a_sealed_link_and_of_no_other_is_put_into_the_calendar_as_it_leaves() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    let site = "https://parcours.exemple.fr";
    let entry =
        |address: &str| format!("BEGIN:VCALENDAR\r\nURL:{site}/connexion/{{token}}\r\n{address}END:VCALENDAR\r\n");
    let id = Uuid::from_u128(7);
    let letter = sign_in(1).link(LetterLink::sealed("join", "/rejoindre/{token}", Purpose::Joining, id));
    post.enqueue(&letter.calendar(entry(&format!("CONFERENCE:{site}/rejoindre/{{token}}\r\n")))).await;
    post.start(&sink.url());
    let received = sink.wait_for(1).await;
    let mail = MessageParser::default().parse(&received[0].bytes).unwrap();
    let sealed = post.tools.key.seal_id(Purpose::Joining, id);
    let calendar = mail.attachment(0).unwrap().text_contents().unwrap();
    assert!(calendar.split("\r\n").all(|line| line.len() <= 75), "folded anew: {calendar}");
    let address = format!("CONFERENCE:{site}/rejoindre/{}\r\n", sealed.as_str());
    assert_eq!(calendar.replace("\r\n ", ""), entry(&address), "the sign-in link stays without its secret");
    assert!(!post.letters().await[0].calendar.as_ref().unwrap().contains(sealed.as_str()), "none is at rest");
}

#[tokio::test]
async fn a_letter_arrives_whole_as_another_parser_reads_it() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    let calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nSUMMARY:Été\r\nEND:VCALENDAR\r\n";
    post.enqueue(
        &Letter {
            to: To { name: "Élodie \"D’Aubigné\" <x>\r\nBcc: eve@exemple.fr".into(), ..sign_in(1).to },
            ..sign_in(1)
        }
        .calendar(calendar),
    )
    .await;
    post.start(&sink.url());
    let received = sink.wait_for(1).await;

    let mail = MessageParser::default().parse(&received[0].bytes).unwrap();
    assert_eq!(received[0].to, "ada+1@exemple.fr");
    let from = mail.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Parcours SPASER"), Some("parcours@exemple.fr")));
    let to = mail.to().unwrap().as_list().unwrap();
    assert_eq!(to.len(), 1);
    assert_eq!(to[0].address(), Some("ada+1@exemple.fr"));
    assert_eq!(to[0].name(), Some("Élodie \"D’Aubigné\" <x> Bcc: eve@exemple.fr"));
    assert!(mail.bcc().is_none());
    assert_eq!(mail.reply_to().unwrap().first().unwrap().address(), Some("equipe@exemple.fr"));
    assert_eq!(mail.subject(), Some("Votre lien de connexion — Parcours SPASER"));
    assert_eq!(mail.date().unwrap().to_timestamp(), NOW.as_millis() / 1000);
    assert_eq!(received[0].header("Auto-Submitted").as_deref(), Some("auto-generated"));
    assert_eq!(received[0].header("X-Auto-Response-Suppress").as_deref(), Some("All"));
    let letter = &post.letters().await[0];
    assert_eq!(mail.message_id(), Some(format!("{}@exemple.fr", letter.id).as_str()));

    let link = format!(
        "https://parcours.exemple.fr/connexion/{}",
        post.tools.key.token(Purpose::SignIn, Uuid::from_u128(1), 0).as_str()
    );
    let kinds: Vec<_> = mail.parts.iter().filter_map(|part| part.content_type()).collect();
    let kinds: Vec<_> = kinds.iter().map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap())).collect();
    assert_eq!(kinds, ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"]);
    assert!(mail.body_text(0).unwrap().contains(&link));
    assert!(mail.body_html(0).unwrap().contains(&link));
    let attached = mail.attachment(0).unwrap();
    assert_eq!(attached.attachment_name(), Some("evenement.ics"));
    assert_eq!(attached.text_contents(), Some(calendar));
    assert!(
        received[0].bytes.is_ascii() && received[0].bytes.split(|byte| *byte == b'\n').all(|line| line.len() < 999)
    );
}

#[tokio::test]
async fn a_letter_is_sent_at_once_when_the_workers_are_called() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    let mail = post.start(&sink.url());
    // The workers have started, and wait again, once one has sent a letter.
    post.enqueue(&sign_in(1)).await;
    mail.wake();
    post.only_letter(|letter| letter.state == "sent").await;
    post.enqueue(&sign_in(2)).await;
    let called_at = std::time::Instant::now();
    mail.wake();
    sink.wait_for(2).await;
    assert!(called_at.elapsed() < Duration::from_millis(500), "{:?}", called_at.elapsed());
    post.done().await;
    assert_eq!(post.health(&mail).await, Health::Fine);
}

#[tokio::test]
async fn a_letter_refused_for_now_is_tried_again_after_a_minute_and_is_the_same_mail() {
    for manner in
        [Manner::RefuseRecipient(450), Manner::RefuseContent(451), Manner::HangUpAfterContent, Manner::FallSilent]
    {
        let post = Post::new().await;
        let sink = Sink::start().await;
        sink.expect([manner]);
        post.enqueue(&sign_in(1)).await;
        let mail = post.start(&sink.url());
        let refused = post.only_letter(|letter| letter.state == "queued" && letter.due_at > NOW).await;
        let wait = refused.due_at.since(NOW).as_secs();
        assert!((48..=72).contains(&wait), "{manner:?}: {wait} s");
        let came_before = sink.received().len();

        post.advance(&mail, minutes(2));
        post.only_letter(|letter| letter.state == "sent").await;
        let received = sink.wait_for(came_before + 1).await;
        assert_eq!(received.len(), came_before + 1, "{manner:?}");
        assert_eq!(message_ids(&received).len(), 1, "{manner:?}");
        assert_eq!(post.health(&mail).await, Health::Fine, "{manner:?}");
    }
}

#[tokio::test]
async fn a_recipient_refused_for_good_is_given_up_with_the_reason() {
    for manner in [Manner::RefuseRecipient(550), Manner::RefuseContent(554)] {
        let post = Post::new().await;
        let sink = Sink::start().await;
        sink.expect([manner]);
        post.enqueue(&sign_in(1)).await;
        let mail = post.start(&sink.url());
        let failed = post.only_letter(|letter| letter.state == "failed").await;
        assert!(failed.reason.unwrap().contains("refused"));
        post.enqueue(&sign_in(2)).await;
        mail.wake();
        sink.wait_for(sink.received().len() + 1).await;
    }
}

#[tokio::test]
async fn a_letter_is_given_up_once_it_comes_too_late() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    post.enqueue(&sign_in(1).expires_at(NOW)).await;
    post.start(&sink.url());
    let failed = post.only_letter(|letter| letter.state == "failed").await;
    assert_eq!(failed.reason.as_deref(), Some("it could not be sent in time"));
    assert!(sink.received().is_empty());
}

#[tokio::test]
async fn a_letter_waits_for_its_time() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    post.enqueue(&sign_in(1).due_at(NOW + minutes(5))).await;
    let mail = post.start(&sink.url());
    post.advance(&mail, minutes(4));
    // Time in which it would leave too early.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(sink.received().is_empty());
    post.advance(&mail, minutes(1));
    sink.wait_for(1).await;
}

#[tokio::test]
async fn a_server_that_is_away_pauses_the_queue_and_costs_no_letter_a_try() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    let address = sink.address;
    drop(sink);
    post.enqueue(&sign_in(1)).await;
    let mail = post.start(&format!("smtp://{address}"));
    let (since, reason) = post.paused(&mail).await;
    assert_eq!(since, NOW);
    assert!(reason.contains("cannot connect"), "{reason}");
    let letter = post.only_letter(|letter| letter.state == "queued").await;
    assert_eq!((letter.due_at, letter.reason), (NOW, None));

    let sink = Sink::start_on(address).await;
    sink.wait_for(1).await;
    post.only_letter(|letter| letter.state == "sent").await;
    assert_eq!(post.health(&mail).await, Health::Fine);
}

#[tokio::test]
async fn a_sender_that_is_refused_pauses_the_queue() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    sink.expect([Manner::RefuseSender(530); 20]);
    post.enqueue(&sign_in(1)).await;
    let mail = post.start(&sink.url());
    let (_, reason) = post.paused(&mail).await;
    assert!(reason.contains("530"), "{reason}");
    let letter = post.only_letter(|letter| letter.state == "queued").await;
    assert_eq!((letter.due_at, letter.reason), (NOW, None));

    sink.obey();
    sink.wait_for(1).await;
    post.only_letter(|letter| letter.state == "sent").await;
    assert_eq!(post.health(&mail).await, Health::Fine);
}

#[tokio::test]
async fn a_connection_that_went_stale_costs_nothing() {
    let post = Post { config: Config { mail_workers: 1, ..Post::new().await.config }, ..Post::new().await };
    let sink = Sink::start().await;
    sink.expect([Manner::Obey, Manner::HangUp]);
    let mail = post.start(&sink.url());
    post.enqueue(&sign_in(1)).await;
    mail.wake();
    sink.wait_for(1).await;
    post.enqueue(&sign_in(2)).await;
    mail.wake();
    sink.wait_for(2).await;
    assert_eq!(sink.connections().0, 2);
    assert_eq!(post.health(&mail).await, Health::Fine);
}

#[tokio::test]
async fn what_somebody_waits_for_goes_before_what_can_wait() {
    let post = Post { config: Config { mail_workers: 1, ..Post::new().await.config }, ..Post::new().await };
    let sink = Sink::start().await;
    for number in 0..20 {
        post.enqueue(&sign_in(number).priority(Priority::Announcement)).await;
    }
    post.enqueue(&sign_in(20).priority(Priority::Reminder)).await;
    post.enqueue(&sign_in(21)).await;
    post.start(&sink.url());
    let order: Vec<_> = sink.wait_for(22).await.into_iter().map(|mail| mail.to).collect();
    assert_eq!(order[..2], ["ada+21@exemple.fr", "ada+20@exemple.fr"]);
}

#[tokio::test]
async fn a_letter_that_cannot_be_written_is_given_up_and_the_others_go() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    post.enqueue(&Letter { data: json!({}), ..sign_in(1) }).await;
    post.enqueue(&Letter { to: To::address("no address"), ..sign_in(2) }).await;
    post.enqueue(&sign_in(3)).await;
    post.start(&sink.url());
    sink.wait_for(1).await;
    post.done().await;
    let failed: Vec<_> = post.letters().await.into_iter().filter(|letter| letter.state == "failed").collect();
    assert_eq!(failed.len(), 2);
    assert!(failed.iter().all(|letter| letter.reason.is_some()));
}

#[tokio::test]
async fn without_a_server_letters_stay_and_in_the_demo_they_are_kept_to_be_read() {
    let post = Post::new().await;
    post.enqueue(&sign_in(1)).await;
    let mail = Mail::open(&post.config, Delivery::Server).unwrap();
    mail.start(&post.tools);
    // Time in which workers, which must not be there, would take it.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(post.health(&mail).await, Health::Held);
    post.only_letter(|letter| letter.state == "queued").await;

    let mail = Mail::open(&post.config, Delivery::Mailbox).unwrap();
    mail.start(&post.tools);
    let letter = post.only_letter(|letter| letter.state == "sent").await;
    let read = mail.render(&letter, &post.tools.key).unwrap();
    assert_eq!(read.subject, "Votre lien de connexion — Parcours SPASER");
    let id: LetterId = letter.id;
    let found = outbox::find(&mut post.tools.db.read().await.unwrap(), id).await.unwrap();
    assert_eq!(found.unwrap().id, id);
}

#[test]
fn settings_that_cannot_send_stop_the_start() {
    let refused = |config: Config| Mail::open(&config, Delivery::Server).unwrap_err().to_string();
    let smtp = |url: &str| Config { smtp_url: Some(url.into()), ..Config::defaults() };
    assert!(refused(Config { mail_from: "nobody".into(), ..Config::defaults() }).contains("PARCOURS_MAIL_FROM"));
    assert!(refused(Config { mail_reply_to: Some("@".into()), ..Config::defaults() }).contains("REPLY_TO"));
    assert!(refused(smtp("mx.exemple.fr")).contains("PARCOURS_SMTP_URL"));
    assert!(!refused(smtp("smtp://ada:hunter2@mx.exemple.fr")).contains("hunter2"));
}

#[tokio::test]
async fn addresses_with_plus_and_quoted_parts_and_long_names_arrive() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    let name = "Élodie-Françoise de la Très-Longue-Maison, directrice de la commande publique ; ".repeat(3);
    let addresses = ["ada+parcours@exemple.fr", "\"ada lovelace\"@exemple.fr", "o'neil@exemple.fr"];
    for (number, address) in (0..).zip(addresses) {
        post.enqueue(&Letter { to: To { name: name.clone(), ..To::address(address) }, ..sign_in(number) }).await;
    }
    post.start(&sink.url());
    let received = sink.wait_for(3).await;
    let mut to: Vec<_> = received.iter().map(|mail| mail.to.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["\"ada lovelace\"@exemple.fr", "ada+parcours@exemple.fr", "o'neil@exemple.fr"]);
    for mail in &received {
        let mail = MessageParser::default().parse(&mail.bytes).unwrap();
        let to = mail.to().unwrap().as_list().unwrap();
        assert_eq!((to.len(), to[0].name()), (1, Some(name.trim())));
    }
    assert!(received.iter().all(|mail| mail.bytes.split(|byte| *byte == b'\n').all(|line| line.len() < 999)));
}
