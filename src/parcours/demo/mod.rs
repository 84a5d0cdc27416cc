//! A demonstration that looks used: invented people on a programme that has begun. All of it is made by the product's own acts,
//! on a clock that starts two months ago and ends now.

mod boards;

use std::time::Duration;

use futures_util::future::join_all;

use crate::server::{self, StartError};
use domain::accounts::{self, EmailAddress};
use domain::audit::{Act, Entry};
use domain::identity;
use domain::invitations::{self, Guest, NewRound};
use domain::organisations;
use domain::programme::{self, Event, Slug, UnlistedPolicy};
use domain::registrations::{self, ActError, Message, NewRegistration, Readers, RegistrationStatus, Thanks};
use domain::resources::{self, ResourceDraft, ResourceKind, SeedError};
use kernel::clock::{Clock, Timestamp};
use kernel::config::Config;
use kernel::id::{MessageId, PersonId, RoundId};
use kernel::identity::{Fact, Facts};
use mail::{Delivery, outbox};
use site::App;

/// Names and organisations, all invented.
const PEOPLE: &str = include_str!("people.csv");

/// Subject and text of the invitation that is under way.
const INVITATION: &str = include_str!("invitation.txt");

/// Subject and text of the thanks after the webinar.
const THANKS: &str = include_str!("thanks.txt");

/// Who runs the service: a fact a line.
const IDENTITY: &str = include_str!("identity.txt");

/// Title and description of the webinar's replay.
const REPLAY: &str = include_str!("replay.txt");

/// The webinar that has taken place.
const PAST: &str = "webinaire-spaser-quezaco";

/// The workshop that is full.
const FULL: &str = "atelier-1-role-de-l-acheteur";

/// The workshop to which people are being invited.
const INVITED: &str = "atelier-3-transition-du-territoire";

/// The workshop where an organiser decides.
const BY_APPROVAL: &str = "atelier-4-foire-aux-questions";

/// How many of the people come to each of the other events, and one in how many of them.
const OTHERS: [(&str, usize); 3] = [("atelier-2-indicateurs", 2), ("webinaire-deploiement", 3), (INVITED, 6)];

/// How long letters that are being sent may take to end.
const PATIENCE: Duration = Duration::from_secs(10);

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The demonstration was not made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The program cannot start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The carried programme cannot be loaded.
    #[error("the carried programme cannot be loaded: {0}")]
    Programme(#[from] programme::import::ImportError),
    /// An act was refused.
    #[error("an act of the demonstration failed: {0}")]
    Act(#[from] ActError),
    /// The carried library cannot be loaded.
    #[error(transparent)]
    Library(#[from] SeedError),
    /// A board was not filled.
    #[error("a board of the demonstration was not filled: {0}")]
    Board(#[from] ::boards::ImportError),
    /// The database failed.
    #[error("the database failed: {0}")]
    Store(#[from] sqlx::Error),
}

/// Fills a database that has no programme yet; `organiser` is who runs the demonstration.
///
/// # Errors
///
/// When the database fails.
pub async fn furnish(config: &Config, organiser: &str) -> Result<(), DemoError> {
    let now = Clock::System.now();
    let clock = Clock::set(now - DAY * 60);
    let app = server::open(config.clone(), clock, Delivery::Mailbox).await?;
    if programme::current_edition(&mut app.db.read().await?).await?.is_none() {
        app::programme::seed_begun(&app, now).await?;
        Demo::start(app.clone(), organiser).await?.live(now).await?;
    }
    app.rooms.stop().await;
    app.jobs.stop(PATIENCE).await;
    app.db.close().await;
    Ok(())
}

/// What the acts need.
struct Demo {
    app: App,
    organiser: PersonId,
    people: Vec<NewRegistration>,
}

impl Demo {
    /// Names the organiser, and has letters delivered.
    async fn start(app: App, organiser: &str) -> Result<Self, DemoError> {
        app.mail.start(&mail::Tools {
            db: app.db.clone(),
            clock: app.clock.clone(),
            key: app.key.clone(),
            jobs: app.jobs.clone(),
        });
        let mut people = people();
        let host = people.remove(0);
        let email = EmailAddress::parse(organiser).ok_or(ActError::NotFound)?;
        let now = app.clock.now();
        let mut tx = app.db.write().await?;
        let organisation = organisations::of(&mut tx, &host.organisation, None, now).await?.id;
        let organiser = accounts::person_for(&mut tx, &email, &host.name, Some(organisation), now).await?.id;
        accounts::rename(&mut tx, organiser, &host.name, Some(organisation)).await?;
        tx.commit().await?;
        identity::save(&app, organiser, &facts()).await?;
        Ok(Self { app, organiser, people })
    }

    /// Two months of a programme.
    async fn live(&self, now: Timestamp) -> Result<(), DemoError> {
        self.meet_by_video().await?;
        self.decide_who_comes().await?;
        let webinar = self.event(PAST).await?;
        let weeks = self.people.chunks(9);
        for (week, people) in weeks.enumerate() {
            self.all_register(PAST, people.iter()).await?;
            if week > 2 {
                self.all_register(FULL, people.iter()).await?;
            }
            self.app.clock.advance(DAY + HOUR.saturating_mul(u32::try_from(week).unwrap_or(0)));
        }
        self.all_register(FULL, self.people.iter()).await?;
        self.remind_until(webinar.starts_at).await?;
        self.webinar_takes_place(&webinar).await?;
        for (slug, share) in OTHERS {
            self.all_register(slug, self.people.iter().step_by(share)).await?;
            self.app.clock.advance(HOUR * 5);
        }
        boards::fill(&self.app, self.organiser).await?;
        self.wait_until(now - DAY * 5);
        self.invite().await?;
        self.wait_until(now - HOUR * 2);
        self.last_hours().await?;
        self.wait_until(now);
        self.delivered().await
    }

    async fn event(&self, slug: &str) -> Result<Event, DemoError> {
        let slug = Slug::parse(slug).ok_or(ActError::NotFound)?;
        let found = programme::event(&mut self.app.db.read().await?, &slug).await?;
        Ok(found.ok_or(ActError::NotFound)?)
    }

    fn wait_until(&self, moment: Timestamp) {
        self.app.clock.advance(moment.since(self.app.clock.now()));
    }

    /// Letters are sent before the clock goes on.
    async fn delivered(&self) -> Result<(), DemoError> {
        loop {
            let [queued, ..] = outbox::counts(&mut self.app.db.read().await?).await?;
            if queued == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn revise(&self, act: Act, slug: &str, edit: impl FnOnce(&mut Event) + Send) -> Result<(), DemoError> {
        let event = self.event(slug).await?.id;
        app::revise::revise(&self.app, &Entry::new(self.organiser, act, event), edit).await?;
        Ok(())
    }

    async fn meet_by_video(&self) -> Result<(), DemoError> {
        for slug in [PAST, FULL, INVITED] {
            let url = format!("https://visio.exemple.fr/{slug}");
            self.revise(Act::Edited, slug, |event| event.video_url = Some(url)).await?;
        }
        Ok(())
    }

    async fn decide_who_comes(&self) -> Result<(), DemoError> {
        self.revise(Act::ChangedAudience, BY_APPROVAL, |event| {
            event.buyer_list = "*.gouv.fr".to_owned();
            event.unlisted_policy = UnlistedPolicy::Approve;
        })
        .await
    }

    /// All at once, as on the day when registrations open. Who is registered already stays so.
    async fn all_register(&self, slug: &str, people: impl Iterator<Item = &NewRegistration>) -> Result<(), DemoError> {
        let event = self.event(slug).await?.id;
        let asking = people.map(|one| registrations::register(&self.app, &self.app.batches, event, one.clone()));
        for answer in join_all(asking).await {
            answer?;
        }
        self.delivered().await
    }

    /// Reminders are written as the days pass.
    async fn remind_until(&self, moment: Timestamp) -> Result<(), DemoError> {
        while self.app.clock.now() < moment {
            let next = (self.app.clock.now() + HOUR * 12).min(moment);
            self.wait_until(next);
            registrations::remind(&self.app).await?;
            self.delivered().await?;
        }
        Ok(())
    }

    /// Most come; afterwards the organiser notes who was there, and thanks them.
    async fn webinar_takes_place(&self, webinar: &Event) -> Result<(), DemoError> {
        self.wait_until(webinar.ends_at + HOUR);
        let all = registrations::of_event(&mut self.app.db.read().await?, webinar.id).await?;
        let (absent, present): (Vec<_>, Vec<_>) = all.iter().enumerate().partition(|(place, _)| place % 6 == 5);
        for (some, status) in [(present, RegistrationStatus::Attended), (absent, RegistrationStatus::Absent)] {
            let ids: Vec<_> = some.into_iter().map(|(_, one)| one.id).collect();
            registrations::mark(&self.app, self.organiser, webinar.id, &ids, status).await?;
        }
        let (subject, text) = letter(THANKS);
        let replay = Some("https://visio.exemple.fr/rediffusions/webinaire-1".to_owned());
        let message = Message {
            id: MessageId::new(self.app.clock.now()),
            readers: Readers::Seated,
            subject,
            text,
            thanks: Some(Thanks { replay: replay.clone(), resources: Vec::new() }),
        };
        registrations::write_to(&self.app, self.organiser, webinar.id, &message).await?;
        self.add_replay(webinar, replay).await?;
        self.delivered().await
    }

    /// The library, with the replay in it.
    async fn add_replay(&self, webinar: &Event, url: Option<String>) -> Result<(), DemoError> {
        resources::seed(&self.app).await?;
        let (title, description) = letter(REPLAY);
        let kind = ResourceKind::Replay;
        let entry = Entry::new(self.organiser, Act::ChangedResources, webinar.id).note(&title);
        let draft = ResourceDraft { kind, title, description, url, event_id: Some(webinar.id) };
        resources::add(&self.app, &draft, &entry).await?;
        Ok(())
    }

    /// A sending to a list, some days ago.
    async fn invite(&self) -> Result<(), DemoError> {
        let guests = self.people.iter().skip(1).step_by(2);
        let guest =
            |email: &EmailAddress| Guest { address: email.clone(), name: String::new(), organisation: String::new() };
        let (subject, message) = letter(INVITATION);
        let round = NewRound {
            subject,
            message,
            events: vec![self.event(INVITED).await?],
            guests: guests.map(|one| guest(&one.email)).collect(),
            send_at: None,
            reserved_seats: None,
        };
        let id = RoundId::new(self.app.clock.now());
        invitations::send(&self.app, self.organiser, id, &round).await?;
        self.delivered().await?;
        self.app.clock.advance(DAY);
        self.all_register(INVITED, self.people.iter().skip(1).step_by(8)).await
    }

    /// What waits for somebody now: a seat that is offered, requests to decide on.
    async fn last_hours(&self) -> Result<(), DemoError> {
        self.all_register(BY_APPROVAL, self.people.iter().take(4)).await?;
        let full = self.event(FULL).await?.id;
        let all = registrations::of_event(&mut self.app.db.read().await?, full).await?;
        for one in all.iter().filter(|one| one.status == RegistrationStatus::Confirmed).skip(20).step_by(19) {
            registrations::cancel(&self.app, one.id).await?;
        }
        self.delivered().await
    }
}

/// The invented people, as they register.
fn people() -> Vec<NewRegistration> {
    let lines = PEOPLE.lines().filter_map(|line| line.split_once(';'));
    let person = |(name, organisation): (&str, &str)| {
        let folded = kernel::search::folded(name).replace(|sign: char| !sign.is_ascii_alphanumeric(), ".");
        Some(NewRegistration {
            name: name.to_owned(),
            email: EmailAddress::parse(&format!("{folded}@exemple.fr"))?,
            organisation: organisation.to_owned(),
            siret: None,
            buyer: true,
            short_notice: false,
            answers: Vec::new(),
            request: None,
        })
    };
    lines.filter_map(person).collect()
}

/// Who runs the service.
fn facts() -> Facts {
    let lines = IDENTITY.lines().filter_map(|line| line.split_once('='));
    let fact = |(name, text): (&str, &str)| Some((Fact::parse(name)?, text.to_owned()));
    lines.filter_map(fact).collect()
}

/// A letter's subject, which is the first line, and its text.
fn letter(file: &str) -> (String, String) {
    let (subject, text) = file.split_once('\n').unwrap_or((file, ""));
    (subject.to_owned(), text.trim().to_owned())
}
