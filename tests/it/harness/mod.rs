//! A parcours of one's own: started on a free port with a fresh database, stopped when dropped.

pub mod calendar;
pub mod catalogue;
mod database;
pub mod filled;
mod invariants;
mod organiser;
pub mod post;
pub mod process;
mod registrations;
pub mod smtp;
pub mod sources;
mod visitor;
mod waiting;

use std::net::SocketAddr;
use std::time::Duration;

use domain::accounts::{self, EmailAddress};
use domain::programme::{self, Event, Slug};
use domain::registrations as registrations_of_domain;
use kernel::clock::{Clock, Timestamp};
use kernel::config::Config;
use kernel::id::PersonId;
use mail::Delivery;
use mail::outbox::{self, Stored};
use parcours::server;
use site::App;
use tokio::sync::oneshot;

pub use database::{TestDatabase, postgres};
pub use invariants::violations;
pub use organiser::{DESK, make_organiser, with_policy, with_seen};
pub use registrations::postpone;
pub use visitor::{Answer, Visitor, unescaped};
pub use waiting::until;

/// 24 November 2026, 9:00 in Paris: before the carried programme's coming cycle begins.
pub const START: Timestamp = Timestamp::from_millis(1_795_507_200_000);

/// Who organises.
pub const ORGANISER: &str = "orga@exemple.fr";

/// A workshop of sixty seats for public buyers.
pub const WORKSHOP: &str = "atelier-2-indicateurs";

/// A webinar for everyone.
pub const WEBINAR: &str = "webinaire-spaser-quezaco";

/// A running parcours.
pub struct TestApp {
    pub app: App,
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    stopped: Option<oneshot::Receiver<()>>,
    database: TestDatabase,
}

impl TestApp {
    /// Starts with the carried programme, letters kept in the mailbox, and a clock that stands still.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts with other settings.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_on(TestDatabase::migrated().await, change).await
    }

    /// Starts on a database that has its programme, or is given the carried one.
    pub async fn start_on(database: TestDatabase, change: impl FnOnce(&mut Config)) -> Self {
        let listener = server::listen(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = Config {
            database_url: database.url.clone(),
            base_url: format!("http://{address}"),
            secret: Some("a secret of the tests".into()),
            ..Config::defaults()
        };
        change(&mut config);
        let delivery = if config.smtp_url.is_some() { Delivery::Server } else { Delivery::Mailbox };
        let app = server::open(config, Clock::set(START), delivery).await.unwrap();
        app::programme::seed(&app).await.unwrap();
        let (stop, to_stop) = oneshot::channel();
        let (ended, stopped) = oneshot::channel();
        let serving = app.clone();
        serve_in_background(async move {
            server::serve(serving, listener, async move {
                let _ = to_stop.await;
            })
            .await;
            let _ = ended.send(());
        });
        Self { app, address, stop: Some(stop), stopped: Some(stopped), database }
    }

    /// Stops it as SIGTERM does, waits for its end, and leaves its database.
    pub async fn stop(mut self) -> TestDatabase {
        let _ = self.stop.take().unwrap().send(());
        self.stopped.take().unwrap().await.unwrap();
        std::mem::replace(&mut self.database, TestDatabase::at(String::new()))
    }

    /// Somebody with a browser of their own.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self)
    }

    /// An organiser's account.
    pub async fn organiser(&self) -> PersonId {
        let email = EmailAddress::parse(ORGANISER).unwrap();
        make_organiser(&self.app, &email).await;
        let mut tx = self.app.db.write().await.unwrap();
        let organiser = accounts::person_for(&mut tx, &email, "", None, START).await.unwrap().id;
        tx.commit().await.unwrap();
        organiser
    }

    /// An organiser at their desk: signed in.
    pub async fn desk(&self) -> Visitor {
        self.organiser().await;
        let visitor = self.visitor();
        visitor.sign_in(self, ORGANISER).await;
        visitor
    }

    /// The event of that name.
    pub async fn event(&self, slug: &str) -> Event {
        let slug = Slug::parse(slug).unwrap();
        programme::event(&mut self.app.db.read().await.unwrap(), &slug).await.unwrap().unwrap()
    }

    /// Lets time pass.
    pub fn advance(&self, hours: u64) {
        self.app.clock.advance(Duration::from_secs(hours * 3600));
    }

    /// Lets a little time pass.
    pub fn advance_millis(&self, millis: u64) {
        self.app.clock.advance(Duration::from_millis(millis));
    }

    /// Takes every event off the programme, as its organisers would.
    pub async fn unpublish_all(&self) {
        let mut tx = self.app.db.write().await.unwrap();
        db::dispatch!(&mut tx, |conn| sqlx::query("update event set status = 'draft', revised_at = revised_at + 1")
            .execute(conn)
            .await
            .map(drop))
        .unwrap();
        tx.commit().await.unwrap();
        self.app.feeds.forget();
    }

    /// Gives an event another number of seats, as an import would.
    pub async fn set_capacity(&self, slug: &str, capacity: i64) {
        let mut tx = self.app.db.write().await.unwrap();
        db::dispatch!(&mut tx, |conn| sqlx::query("update event set capacity = $2 where slug = $1")
            .bind(slug)
            .bind(capacity)
            .execute(conn)
            .await
            .map(drop))
        .unwrap();
        tx.commit().await.unwrap();
    }

    /// The letters to an address, oldest first: their kinds.
    pub async fn letters(&self, email: &str) -> Vec<String> {
        write_due_letters(&self.app).await;
        let mut tx = self.app.db.snapshot().await.unwrap();
        db::dispatch!(&mut tx, |conn| sqlx::query_scalar(
            "select kind from letter where recipient = $1 order by created_at, version, id"
        )
        .bind(email)
        .fetch_all(conn)
        .await)
        .unwrap()
    }

    /// Waits until the demo's worker has taken every letter of the outbox that is due.
    pub async fn delivered(&self) {
        write_due_letters(&self.app).await;
        until(async || {
            let letters = outbox::latest(&mut self.app.db.read().await.unwrap(), 1000).await.unwrap();
            let now = self.app.clock.now();
            let waits = |letter: &Stored| matches!(letter.state.as_str(), "queued" | "sending") && letter.due_at <= now;
            self.app.mail.wake();
            letters.into_iter().find(waits).map_or(Ok(()), Err)
        })
        .await;
    }

    /// The path of the newest link of that name in the letters to an address.
    pub async fn link(&self, email: &str, name: &str) -> String {
        link(&self.app, email, name).await
    }
}

/// The path of the newest link of that name in the letters to an address.
async fn link(app: &App, email: &str, name: &str) -> String {
    write_due_letters(app).await;
    let mut tx = app.db.snapshot().await.unwrap();
    let rows: Vec<sqlx::types::Json<serde_json::Value>> = db::dispatch!(&mut tx, |conn| sqlx::query_scalar(
        "select data from letter where recipient = $1 order by created_at desc, version desc, id desc"
    )
    .bind(email)
    .fetch_all(conn)
    .await)
    .unwrap();
    let links = rows.iter().flat_map(|row| row.0["links"].as_array().cloned().unwrap_or_default());
    let link =
        links.map(|link| serde_json::from_value::<mail::LetterLink>(link).unwrap()).find(|link| link.name == name);
    link.expect("a letter with that link").address("", &app.key)
}

/// Writes the letters that requests are owed, as the jobs do a moment later.
pub async fn write_due_letters(app: &App) {
    registrations_of_domain::write_request_letters(app).await.unwrap();
    accounts::write_sign_in_letters(app).await.unwrap();
    accounts::write_address_letters(app).await.unwrap();
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

/// The server of a test ends with the test's runtime.
#[expect(clippy::disallowed_methods, reason = "nothing in a test outlives its runtime")]
fn serve_in_background(serving: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(serving);
}
