//! Several workers and several processes at one outbox: nothing is sent twice, nothing is lost.

use std::time::Duration;

use db::Db;
use kernel::config::Config;
use kernel::jobs::Jobs;
use kernel::key::LinkKey;
use mail::{Delivery, Health, Mail, Tools};

use crate::harness::TestDatabase;
use crate::harness::post::{Post, minutes, sign_in};
use crate::harness::smtp::{Manner, Sink, message_ids};

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
async fn many_letters_go_each_once_over_as_many_connections_as_the_settings_say() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    for number in 0..200 {
        post.enqueue(&sign_in(number)).await;
    }
    post.start(&sink.url());
    let received = sink.wait_for(200).await;
    // Time in which one would be sent twice.
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
    // Time in which one would be sent twice.
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
    // Time in which it would be sent in spite of the lease.
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
    // By then the first has given up waiting for an answer, and would have changed the state.
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
        // A stop that does not wait for the answer is over by then.
        tokio::time::sleep(Duration::from_millis(50)).await;
        sink.answer();
    };
    tokio::join!(stop, answer);
    let states: Vec<_> = post.letters().await.into_iter().map(|letter| letter.state).collect();
    assert_eq!(states.iter().filter(|state| *state == "sent").count(), 1);
    assert_eq!(states.iter().filter(|state| *state == "queued").count(), 4);
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
        // Time in which more would leave.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(sink.received().len(), 6);
    post.advance(&mails[0], minutes(2));
    sink.wait_for(12).await;
}
