//! Getting into the mail server: who is not let in pauses the queue, says so, and takes no letter's try.

use std::net::SocketAddr;

use mail::Health;

use crate::harness::post::{NOW, Post, sign_in};
use crate::harness::smtp::{Protection, Sink};

/// Failed tries of the only letter, and when it is tried.
async fn tries(post: &Post) -> (i64, i64) {
    let mut tx = post.tools.db.snapshot().await.unwrap();
    let query = "select attempts, due_at from letter";
    db::dispatch!(&mut tx, |conn| sqlx::query_as(query).fetch_one(conn).await).unwrap()
}

#[tokio::test]
async fn a_wrong_password_pauses_the_queue_and_the_letter_goes_untried_once_it_is_right() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    post.enqueue(&sign_in(1)).await;
    let wrong = post.start(&format!("smtp://ada:wrong@{}", sink.address));
    assert!(post.paused(&wrong).await.1.contains("535"));
    assert_eq!(tries(&post).await, (0, NOW.as_millis()));
    let right = post.start(&format!("smtp://ada:secret@{}", sink.address));
    sink.wait_for(1).await;
    post.only_letter(|letter| letter.state == "sent").await;
    assert_eq!(post.health(&right).await, Health::Fine);
    assert_eq!(tries(&post).await.0, 0);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_pauses_the_queue_and_takes_no_try() {
    for (protection, scheme) in [(Protection::Tls, "smtps"), (Protection::StartTls, "smtp+starttls")] {
        let post = Post::new().await;
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let sink = Sink::start_protected(any, protection).await;
        post.enqueue(&sign_in(1)).await;
        let mail = post.start(&format!("{scheme}://localhost:{}", sink.address.port()));
        let (_, reason) = post.paused(&mail).await;
        assert!(reason.to_lowercase().contains("certificate"), "{scheme}: {reason}");
        assert_eq!(tries(&post).await, (0, NOW.as_millis()), "{scheme}");
        assert!(sink.received().is_empty());
    }
}

#[tokio::test]
async fn a_server_that_knows_only_auth_login_is_signed_in_to() {
    let post = Post::new().await;
    let sink = Sink::start().await;
    sink.login_only();
    post.enqueue(&sign_in(1)).await;
    post.start(&format!("smtp://ada:secret@{}", sink.address));
    sink.wait_for(1).await;
    post.only_letter(|letter| letter.state == "sent").await;
}
