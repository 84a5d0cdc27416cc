//! The command line.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use kernel::clock::Clock;
use kernel::config::{Cli, Command, Config, OrganiserCommand};
use parcours::bounces;
use parcours::check::check;
use parcours::role;
use site::App;

use mail::Delivery;
use parcours::server::{self, StartError};
use tracing_subscriber::EnvFilter;

/// Faster than the system's own for many small things that live briefly; it keeps more memory (docs/decisions/0022).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The demonstration's organiser.
const DEMO_ORGANISER: &str = "organisation@exemple.fr";

/// What went wrong, for the terminal.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let Cli { command, mut config } = Cli::parse();
    start_logs(&config);
    config.base_url.truncate(config.base_url.trim_end_matches('/').len());
    match run(command, config).await {
        Ok(code) => code,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "parcours: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn start_logs(config: &Config) {
    // PostgreSQL's notices are about our own migrations, which tell nobody anything.
    let filter = |log: &str| EnvFilter::try_new(format!("sqlx::postgres::notice=warn,{log}"));
    let filter = filter(&config.log).or_else(|_| filter("info")).expect("a filter that can be read");
    let colours = std::io::stderr().is_terminal();
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    if config.log_json {
        logs.json().init();
    } else {
        logs.init();
    }
}

async fn run(command: Command, config: Config) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve => serve(config).await?,
        Command::Demo { empty } => demo(config, empty).await?,
        Command::Migrate => {
            open(config).await?.db.close().await;
            say("the schema is up to date");
        }
        Command::Import { file } => {
            let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            let app = open(config).await?;
            let imported = app::programme::import(&app, &text).await;
            app.db.close().await;
            say(&imported.map_err(|error| format!("{}: {error}", file.display()))?.to_string());
        }
        Command::Organiser(OrganiserCommand::Add { email }) => {
            let app = open(config).await?;
            let new = role::add_organiser(&app, &email).await;
            app.db.close().await;
            say(if new? { "added: they can sign in at /connexion" } else { "was an organiser already" });
        }
        Command::Role(command) => {
            let app = open(config).await?;
            let told = role::run(&app, command).await;
            app.db.close().await;
            say(&told?);
        }
        Command::Purge => {
            let app = open(config).await?;
            let erased = app::privacy::purge(&app).await?;
            app.db.close().await;
            say(&format!("{erased} people erased"));
        }
        Command::Backup { file } => {
            db::backup(&config.database_url, &file).await?;
            say(&format!("copied to {}", file.display()));
        }
        Command::Bounces { maildir } => return bounces(config, maildir.as_deref()).await,
        Command::Check => return Ok(check(config).await),
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells a mail server that runs the program to bring the report again when the database cannot be used.
async fn bounces(config: Config, maildir: Option<&Path>) -> Result<ExitCode, Failure> {
    /// `EX_TEMPFAIL` of sysexits.h.
    const TRY_AGAIN: u8 = 75;
    let reports = bounces::incoming(maildir)?;
    let app = match open(config).await {
        Ok(app) => app,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "parcours: {error}");
            return Ok(ExitCode::from(TRY_AGAIN));
        }
    };
    for report in reports {
        match bounces::take(&app, &report).await {
            Ok(told) => say(&told),
            Err(error) => {
                let _ = writeln!(std::io::stderr(), "parcours: {error}");
                return Ok(ExitCode::from(TRY_AGAIN));
            }
        }
    }
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}

fn say(sentence: &str) {
    let _ = writeln!(std::io::stdout(), "{sentence}");
}

async fn open(config: Config) -> Result<App, StartError> {
    server::open(config, Clock::System, Delivery::Server).await
}

async fn serve(config: Config) -> Result<(), StartError> {
    let _lock = db::lock_for_server(&config.database_url)?;
    let without_mail = config.smtp_url.is_none();
    let app = open(config).await?;
    let stop = server::stop_signal();
    let listener = server::listen(app.config.listen).await?;
    if without_mail {
        tracing::warn!("no PARCOURS_SMTP_URL: letters wait in the outbox and nobody gets them");
    }
    if app.mail.sends_password_in_clear() {
        tracing::warn!("{}", parcours::check::PASSWORD_IN_CLEAR);
    }
    if let Some(warning) = parcours::check::missing_proxy(&app.config) {
        tracing::warn!("{warning}");
    }
    tracing::info!(listen = %app.config.listen, base_url = app.config.base_url, "serving");
    server::serve(app, listener, stop).await;
    Ok(())
}

async fn demo(mut config: Config, empty: bool) -> Result<(), Failure> {
    config.organiser_emails.push(DEMO_ORGANISER.to_owned());
    config.smtp_url = None;
    let _lock = db::lock_for_server(&config.database_url)?;
    if !empty {
        parcours::demo::furnish(&config, DEMO_ORGANISER).await?;
    }
    let app = server::open(config, Clock::System, Delivery::Mailbox).await?;
    let stop = server::stop_signal();
    let listener = server::listen(app.config.listen).await?;
    app::programme::seed(&app).await?;
    domain::resources::seed(&app).await?;
    let url = &app.config.base_url;
    say(&format!(
        "\nparcours runs at {url}\n\n\
         Try it:\n\
         - {url}/            the programme, half way: register for a workshop with any address\n\
         - {url}/courriels   the demo mailbox: letters end here, follow their links\n\
         - {url}/connexion   sign in as {DEMO_ORGANISER} to see the organisers' side and open any board\n\n\
         Data: {}. Stop with Ctrl+C.\n",
        server::without_password(&app.config.database_url)
    ));
    server::serve(app, listener, stop).await;
    Ok(())
}
