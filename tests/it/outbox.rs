//! The outbox and its workers, against a mail server that obeys or misbehaves.

use std::time::Duration;

use mail_parser::{MessageParser, MimeHeaders};
use parcours::clock::{Clock, Timestamp};
use parcours::config::Config;
use parcours::db::Db;
use parcours::id::LetterId;
use parcours::jobs::Jobs;
use parcours::key::{LinkKey, Purpose};
use parcours::mail::outbox::{self, Stored};
use parcours::mail::{Delivery, Health, Letter, Link, Mail, Priority, To, Tools};
use serde_json::json;
use uuid::Uuid;

use crate::harness::TestDatabase;
use crate::harness::smtp::{Manner, Sink, message_ids};

const NOW: Timestamp = Timestamp::from_millis(1_795_507_200_000);

/// An outbox on an empty database, at a time that stands still.
struct Post {
    tools: Tools,
    config: Config,
    database: TestDatabase,
}

impl Post {
    async fn new() -> Self {
        let database = TestDatabase::create().await;
        let db = Db::open(&database.url, 8).await.unwrap();
        db.migrate().await.unwrap();
        let tools = Tools { db, clock: Clock::set(NOW), key: LinkKey::new("secret"), jobs: Jobs::new() };
        let config = Config {
            base_url: "https://parcours.exemple.fr".into(),
            mail_from: "Parcours SPASER <parcours@exemple.fr>".into(),
            mail_reply_to: Some("equipe@exemple.fr".into()),
            mail_timeout: 1,
            ..Config::defaults()
        };
        Self { tools, config, database }
    }

    /// Starts workers that send to `url`.
    fn start(&self, url: &str) -> Mail {
        let config = Config { smtp_url: Some(url.to_owned()), ..self.config.clone() };
        let mail = Mail::open(&config, Delivery::Server).unwrap();
        mail.start(&self.tools);
        mail
    }

    async fn enqueue(&self, letter: &Letter) -> bool {
        let mut tx = self.tools.db.write().await.unwrap();
        let new = outbox::enqueue(&mut tx, letter, self.tools.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        new
    }

    async fn letters(&self) -> Vec<Stored> {
        outbox::latest(&mut self.tools.db.read().await.unwrap(), 10_000).await.unwrap()
    }

    /// Waits until `done` holds of the only letter; fails the test after ten seconds.
    async fn only_letter(&self, done: impl Fn(&Stored) -> bool) -> Stored {
        for _ in 0..500 {
            let letters = self.letters().await;
            assert_eq!(letters.len(), 1);
            if done(&letters[0]) {
                return letters[0].clone();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the letter stays as it is: {:?}", self.letters().await);
    }

    /// Time goes by, and the workers look again.
    fn advance(&self, mail: &Mail, by: Duration) {
        self.tools.clock.advance(by);
        mail.wake();
    }
}

fn sign_in(number: u128) -> Letter {
    let id = Uuid::from_u128(number);
    Letter::new("sign-in", To::address(format!("ada+{number}@exemple.fr")), id)
        .data(json!({ "person": { "name": "Élodie D’Aubigné-Léger" } }))
        .link(Link::secret("sign_in", "/connexion/{token}", Purpose::SignIn, id, 0))
}

fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

impl Post {
    async fn health(&self, mail: &Mail) -> Health {
        mail.health(&mut self.tools.db.read().await.unwrap()).await.unwrap()
    }

    /// Why and since when letters wait, within twenty seconds.
    async fn paused(&self, mail: &Mail) -> (Timestamp, String) {
        for _ in 0..1000 {
            if let Health::Paused { since, reason } = self.health(mail).await {
                return (since, reason);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("letters do not wait: {:?}", self.health(mail).await);
    }
}

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
    tokio::time::sleep(Duration::from_millis(100)).await;
    post.enqueue(&sign_in(1)).await;
    let called_at = std::time::Instant::now();
    mail.wake();
    sink.wait_for(1).await;
    assert!(called_at.elapsed() < Duration::from_millis(500), "{:?}", called_at.elapsed());
    post.only_letter(|letter| letter.state == "sent").await;
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
async fn a_pause_is_known_to_every_process_kept_and_lifted_by_whoever_is_let_in() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    sink.expect([Manner::RefuseSender(530); 200]);
    post.enqueue(&sign_in(1)).await;
    let mail = post.start(&sink.url());
    post.paused(&mail).await;
    // Another process, with its own connections: it shows the pause, and waits like the first.
    let other = Post {
        tools: Tools { db: Db::open(&post.database.url, 4).await.unwrap(), jobs: Jobs::new(), ..post.tools.clone() },
        config: post.config.clone(),
        database: TestDatabase::create().await,
    };
    let its_mail = other.start(&sink.url());
    assert!(other.paused(&its_mail).await.1.contains("530"));
    // The first stops: the pause stays, and the second lifts it.
    post.tools.jobs.stop(Duration::from_secs(5)).await;
    assert!(other.paused(&its_mail).await.1.contains("530"));
    sink.obey();
    post.only_letter(|letter| letter.state == "sent").await;
    assert_eq!(post.health(&mail).await, Health::Fine, "the first process shows it, too");
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
async fn many_letters_go_each_once_over_as_many_connections_as_the_settings_say() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    for number in 0..200 {
        post.enqueue(&sign_in(number)).await;
    }
    post.start(&sink.url());
    let received = sink.wait_for(200).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(sink.received().len(), 200);
    assert_eq!(message_ids(&received).len(), 200);
    let (connections, most_open) = sink.connections();
    assert!(connections <= 4 && most_open <= 4, "{connections} connections, {most_open} at once");
}

#[tokio::test]
async fn two_processes_share_an_outbox_and_send_nothing_twice() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    for number in 0..100 {
        post.enqueue(&sign_in(number)).await;
    }
    post.start(&sink.url());
    post.start(&sink.url());
    sink.wait_for(100).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(message_ids(&sink.received()).len(), 100);
    assert_eq!(sink.received().len(), 100);
}

#[tokio::test]
async fn a_letter_whose_worker_died_is_sent_by_another_once_the_lease_is_over() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    sink.expect([Manner::Wait]);
    post.enqueue(&sign_in(1)).await;
    // A process that dies: its tasks end in the middle of a send, without a word to the database.
    let dying = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    // Its connections to the database die with it, as a process's do.
    let config = Config { smtp_url: Some(sink.url()), ..post.config.clone() };
    let (url, clock) = (post.database.url.clone(), post.tools.clock.clone());
    let other = dying.spawn(async move {
        let db = Db::open(&url, 8).await.unwrap();
        let tools = Tools { db, clock, key: LinkKey::new("secret"), jobs: Jobs::new() };
        Mail::open(&config, Delivery::Server).unwrap().start(&tools);
    });
    other.await.unwrap();
    sink.wait_for(1).await;
    dying.shutdown_background();

    let mail = post.start(&sink.url());
    post.advance(&mail, Duration::from_secs(1));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(sink.received().len(), 1, "the lease was not respected");
    post.advance(&mail, minutes(1));
    let received = sink.wait_for(2).await;
    assert_eq!(message_ids(&received).len(), 1);
    post.only_letter(|letter| letter.state == "sent").await;
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_cannot_undo_what_the_next_one_did() {
    let post = Post { config: Config { mail_timeout: 3, ..Post::new().await.config }, ..Post::new().await };
    let sink = Sink::start().await;
    sink.expect([Manner::FallSilent]);
    post.enqueue(&sign_in(1)).await;
    post.start(&sink.url());
    sink.wait_for(1).await;
    post.tools.clock.advance(minutes(1));
    post.start(&sink.url());
    sink.wait_for(2).await;
    post.only_letter(|letter| letter.state == "sent").await;
    // By then the first has given up waiting for an answer.
    tokio::time::sleep(Duration::from_secs(4)).await;
    post.only_letter(|letter| letter.state == "sent").await;
    assert_eq!(sink.received().len(), 2);
}

#[tokio::test]
async fn a_stop_finishes_the_letter_in_hand_and_gives_the_others_back() {
    let post = Post { config: Config { mail_workers: 1, ..Post::new().await.config }, ..Post::new().await };
    let sink = Sink::start().await;
    sink.expect([Manner::Wait]);
    for number in 0..5 {
        post.enqueue(&sign_in(number)).await;
    }
    post.start(&sink.url());
    sink.wait_for(1).await;
    let stop = post.tools.jobs.stop(Duration::from_secs(5));
    let answer = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        sink.answer();
    };
    tokio::join!(stop, answer);
    let states: Vec<_> = post.letters().await.into_iter().map(|letter| letter.state).collect();
    assert_eq!(states.iter().filter(|state| *state == "sent").count(), 1);
    assert_eq!(states.iter().filter(|state| *state == "queued").count(), 4);
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
    for _ in 0..100 {
        if post.letters().await.iter().all(|letter| letter.state == "sent" || letter.state == "failed") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
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
async fn two_processes_together_send_no_more_in_a_minute_than_the_settings_say() {
    let post = Post::new().await;
    let post = Post { config: Config { mail_per_minute: Some(6), ..post.config.clone() }, ..post };
    let sink = Sink::start().await;
    for number in 0..30 {
        post.enqueue(&sign_in(number)).await;
    }
    let mails = [post.start(&sink.url()), post.start(&sink.url())];
    sink.wait_for(6).await;
    for _ in 0..10 {
        for mail in &mails {
            mail.wake();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(sink.received().len(), 6);
    post.advance(&mails[0], minutes(2));
    sink.wait_for(12).await;
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
