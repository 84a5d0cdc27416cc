//! An outbox with workers of its own, and letters for it.

use std::time::Duration;

use db::Db;
use kernel::clock::{Clock, Timestamp};
use kernel::config::Config;
use kernel::jobs::Jobs;
use kernel::key::{LinkKey, Purpose};
use mail::outbox::{self, Stored};
use mail::{Delivery, Health, Letter, LetterLink, Mail, To, Tools};
use serde_json::json;
use uuid::Uuid;

use super::{TestDatabase, until};

/// When the outbox's time stands still.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_507_200_000);

/// An outbox on an empty database, at a time that stands still.
pub struct Post {
    pub tools: Tools,
    pub config: Config,
    pub database: TestDatabase,
}

impl Post {
    pub async fn new() -> Self {
        let database = TestDatabase::migrated().await;
        let db = Db::open(&database.url, 8).await.unwrap();
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
    pub fn start(&self, url: &str) -> Mail {
        let config = Config { smtp_url: Some(url.to_owned()), ..self.config.clone() };
        let mail = Mail::open(&config, Delivery::Server).unwrap();
        mail.start(&self.tools);
        mail
    }

    pub async fn enqueue(&self, letter: &Letter) -> bool {
        let mut tx = self.tools.db.write().await.unwrap();
        let new = outbox::enqueue(&mut tx, letter, self.tools.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        new
    }

    pub async fn letters(&self) -> Vec<Stored> {
        outbox::latest(&mut self.tools.db.read().await.unwrap(), 10_000).await.unwrap()
    }

    /// Waits until `done` holds of the only letter.
    pub async fn only_letter(&self, done: impl Fn(&Stored) -> bool) -> Stored {
        until(async || {
            let mut letters = self.letters().await;
            assert_eq!(letters.len(), 1);
            let letter = letters.remove(0);
            if done(&letter) { Ok(letter) } else { Err(letter) }
        })
        .await
    }

    /// Waits until every letter was sent or given up.
    pub async fn done(&self) {
        until(async || {
            let letters = self.letters().await;
            let waits = |letter: &Stored| letter.state != "sent" && letter.state != "failed";
            letters.into_iter().find(waits).map_or(Ok(()), Err)
        })
        .await;
    }

    /// Time goes by, and the workers look again.
    pub fn advance(&self, mail: &Mail, by: Duration) {
        self.tools.clock.advance(by);
        mail.wake();
    }

    pub async fn health(&self, mail: &Mail) -> Health {
        mail.health(&mut self.tools.db.read().await.unwrap()).await.unwrap()
    }

    /// Why and since when letters wait, once they do.
    pub async fn paused(&self, mail: &Mail) -> (Timestamp, String) {
        until(async || match self.health(mail).await {
            Health::Paused { since, reason } => Ok((since, reason)),
            other => Err(other),
        })
        .await
    }
}

pub fn sign_in(number: u128) -> Letter {
    let id = Uuid::from_u128(number);
    Letter::new("sign-in", To::address(format!("ada+{number}@exemple.fr")), id)
        .data(json!({ "person": { "name": "Élodie D’Aubigné-Léger" } }))
        .link(LetterLink::secret("sign_in", "/connexion/{token}", Purpose::SignIn, id, 0))
}

pub fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}
