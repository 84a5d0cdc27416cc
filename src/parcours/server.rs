//! Starts and stops the program, in order: database, letters, jobs, site; then site, boards, jobs, database.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::after_commit::AfterCommit;
use crate::connections;
use boards::Rooms;
use db::Db;
use domain::accounts::{self, EmailAddress};
use domain::context::{self, Context};
use domain::event_documents;
use domain::identity;
use domain::invitations;
use domain::link_checks;
use domain::registrations::{self, Batches};
use domain::roles;
use http::{Limits, Metrics, Web};
use kernel::clock::Clock;
use kernel::config::Config;
use kernel::jobs::Jobs;
use kernel::key::{LinkKey, Token};
use mail::{Delivery, Mail};
use site::App;
use site::feeds::{self, FeedCache};
use site::state::Shared;

/// How long requests and jobs may take to end once the program is asked to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// What another node or `parcours import` changed in the programme is in the feeds this soon.
const WATCH_EVERY: Duration = Duration::from_secs(1);

/// Why the program cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be opened or migrated.
    #[error("the database {url} cannot be used: {reason}")]
    Database {
        /// Which, without its password.
        url: String,
        /// What the driver says.
        reason: String,
    },
    /// The letters cannot be set up.
    #[error("letters cannot be set up: {0}")]
    Mail(#[from] mail::SetupError),
    /// Another process serves the database.
    #[error(transparent)]
    Locked(#[from] db::LockError),
    /// An organiser's address is none.
    #[error("{0} is not an e-mail address (PARCOURS_ORGANISER_EMAILS)")]
    Organiser(String),
    /// The address to listen on is taken or forbidden.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database failed.
    #[error("the database failed: {0}")]
    Store(#[from] sqlx::Error),
}

/// A database URL without its password, for messages.
#[must_use]
pub fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) => match url[scheme + 3..at].split_once(':') {
            Some((user, _)) => format!("{}{user}:…{}", &url[..scheme + 3], &url[at..]),
            None => url.to_owned(),
        },
        _ => url.to_owned(),
    }
}

/// Opens everything that the program needs, without starting any work: the database is migrated, the key is at hand.
///
/// # Errors
///
/// When the database or the letters cannot be used.
pub async fn open(config: Config, clock: Clock, delivery: Delivery) -> Result<App, StartError> {
    let refused = |reason: String| StartError::Database { url: without_password(&config.database_url), reason };
    let db = Db::open(&config.database_url, config.database_connections).await.map_err(|e| refused(e.to_string()))?;
    let key = link_key(&db, &config).await?;
    let mail = Mail::open(&config, delivery)?;
    let limits = Limits::new(&config, clock.clone());
    let rooms = Rooms::new(db.clone(), clock.clone(), config.board_edits_per_second);
    let feeds = FeedCache::default();
    let parts = AfterCommit { feeds: feeds.clone(), mail: mail.clone(), boards: Box::new(rooms.listener()) };
    db.listen(move |events| parts.react(events));
    let context = Context::new(context::Parts { config, db, clock, key, jobs: Jobs::new(), mail });
    identity::refresh(&context).await?;
    for warning in &context.identity().get().theme.warnings {
        warn!("PARCOURS_THEME_DIR: {warning}");
    }
    let web = Web::new(http::Parts { context, limits, metrics: Metrics::default() });
    let app = App::new(Shared { web, batches: Batches::default(), rooms, feeds });
    let emails = app.config.organiser_emails.iter();
    let owners = emails.map(|email| EmailAddress::parse(email).ok_or_else(|| StartError::Organiser(email.clone())));
    let owners = owners.collect::<Result<Vec<_>, _>>()?;
    if !roles::add_first_owners(&app, &owners).await? && !owners.is_empty() {
        info!("there are owners already: PARCOURS_ORGANISER_EMAILS is ignored, `parcours role` changes roles");
    }
    Ok(app)
}

/// The key from the settings, or the one that the first start made and kept in the database.
async fn link_key(db: &Db, config: &Config) -> sqlx::Result<LinkKey> {
    if let Some(secret) = &config.secret {
        return Ok(LinkKey::new(secret));
    }
    let mut tx = db.write().await?;
    let secret = db::settings::get_or_set(&mut tx, "link_key", Token::random().as_str()).await?;
    tx.commit().await?;
    Ok(LinkKey::new(&secret))
}

/// Starts the jobs of the features.
pub fn start_jobs(app: &App) {
    app.mail.start(&mail::Tools {
        db: app.db.clone(),
        clock: app.clock.clone(),
        key: app.key.clone(),
        jobs: app.jobs.clone(),
    });
    let jobs = [
        registrations::JOBS,
        invitations::JOBS,
        accounts::JOBS,
        event_documents::JOBS,
        identity::JOBS,
        link_checks::JOBS,
        app::address::JOBS,
        app::privacy::JOBS,
        app::request_alert::JOBS,
    ];
    for job in jobs.into_iter().flatten() {
        let context = Context::clone(app);
        app.jobs.every(job.name, job.every, move || {
            let context = context.clone();
            async move { (job.run)(&context).await }
        });
    }
    let reporting = app.clone();
    app.jobs.every("node", boards::REPORT_EVERY, move || {
        let app = reporting.clone();
        async move { app.rooms.report_node().await }
    });
    let watching = app.clone();
    app.jobs.every("feeds", WATCH_EVERY, move || {
        let app = watching.clone();
        async move { feeds::watch(&app).await }
    });
}

/// Takes the address to listen on.
///
/// # Errors
///
/// When it is taken or forbidden.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, source })
}

/// Serves the site until `stop` resolves; then requests in flight end, boards are saved, sockets are told to come
/// back, jobs stop, and the database is closed.
pub async fn serve(app: App, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) {
    start_jobs(&app);
    let stopping = CancellationToken::new();
    // As a task it accepts connections on the threads that serve them; here the main thread would wake for each.
    let mut site = JoinSet::new();
    site.spawn({
        let (app, stopping) = (app.clone(), stopping.clone());
        async move { connections::serve(listener, site::router(app.clone()), &app.web, stopping).await }
    });
    tokio::select! {
        _ = site.join_next() => {}
        () = stop => {
            info!("stopping");
            stopping.cancel();
            app.rooms.stop().await;
            if tokio::time::timeout(PATIENCE, site.join_next()).await.is_err() {
                warn!("some requests did not end in time");
            }
        }
    }
    app.jobs.stop(PATIENCE).await;
    app.db.close().await;
    info!("stopped");
}

/// Takes over SIGTERM and SIGINT from now on, when it is called; what it returns resolves on the first of them. Called before
/// the address is taken, it lets a stop that is asked for at any later moment be an orderly one.
///
/// # Panics
///
/// When the system refuses to tell of signals.
pub fn stop_signal() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).expect("the system tells of SIGTERM");
    let mut interrupt = signal(SignalKind::interrupt()).expect("the system tells of SIGINT");
    async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(without_password("postgres://ada:secret@db/parcours"), "postgres://ada:…@db/parcours");
        assert_eq!(without_password("sqlite://parcours.db"), "sqlite://parcours.db");
    }
}
