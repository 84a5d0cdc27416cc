//! What tests ask of the registrations for an event, and the events they change.

use domain::audit::{Act, Entry};
use domain::programme::Event;
use domain::registrations::{self, Registration, RegistrationStatus};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use kernel::clock::Timestamp;
use mail::outbox::{self, Stored};

use super::{TestApp, Visitor, WORKSHOP, write_due_letters};

/// Moves an event on the clock of its place, as its form does.
pub fn postpone(event: &mut Event, hours: i64) {
    let zone = event.time_zone();
    let moved = |civil: DateTime| Timestamp::on_clocks(civil + SignedDuration::from_hours(hours), &zone).unwrap();
    let (starts, ends) = (moved(event.starts_civil()), moved(event.ends_civil()));
    (event.starts_local, event.starts_at) = (starts.civil.to_string(), starts.at);
    (event.ends_local, event.ends_at) = (ends.civil.to_string(), ends.at);
    event.closes_at = event.starts_at;
}

impl TestApp {
    /// The registrations for an event, in the order of arrival.
    pub async fn registrations(&self, slug: &str) -> Vec<Registration> {
        let event = self.event(slug).await.id;
        registrations::of_event(&mut self.app.db.read().await.unwrap(), event).await.unwrap()
    }

    /// The last registration of an address for an event.
    pub async fn registration(&self, slug: &str, email: &str) -> Registration {
        self.registrations(slug).await.into_iter().rfind(|one| one.email.as_str() == email).unwrap()
    }

    /// What became of the registrations for an event, in the order of arrival.
    pub async fn seats(&self, slug: &str) -> Vec<RegistrationStatus> {
        self.registrations(slug).await.into_iter().map(|one| one.status).collect()
    }

    /// Changes an event, as an organiser does on its page.
    pub async fn revise(&self, slug: &str, edit: impl FnOnce(&mut Event) + Send) {
        self.revise_by(Act::Edited, slug, edit).await;
    }

    /// Changes an event by an act of an organiser that the log tells apart.
    pub async fn revise_by(&self, act: Act, slug: &str, edit: impl FnOnce(&mut Event) + Send) {
        let by = self.organiser().await;
        let event = self.event(slug).await.id;
        app::revise::revise(&self.app, &Entry::new(by, act, event), edit).await.unwrap();
    }

    /// Changes an event an hour later, so that calendars see when.
    pub async fn revise_later(&self, slug: &str, edit: impl FnOnce(&mut Event) + Send) {
        self.advance(1);
        self.revise(slug, edit).await;
    }

    /// Moves the clock to this moment, which is to come.
    pub fn pass_until(&self, moment: Timestamp) {
        self.app.clock.advance(moment.since(self.app.clock.now()));
    }

    /// The newest letter of this kind, to whomever.
    pub async fn newest_letter(&self, kind: &str) -> Stored {
        write_due_letters(&self.app).await;
        let letters = outbox::latest(&mut self.app.db.read().await.unwrap(), 100).await.unwrap();
        letters.into_iter().find(|letter| letter.kind == kind).expect("a letter of that kind")
    }

    /// The workshop has one seat, which Ada has; these people wait.
    pub async fn full_workshop(&self, waiting: &[&str]) -> Visitor {
        self.set_capacity(WORKSHOP, 1).await;
        let visitor = self.visitor();
        visitor.register(WORKSHOP, "ada@exemple.fr").await;
        for email in waiting {
            visitor.register(WORKSHOP, email).await;
        }
        visitor
    }
}
