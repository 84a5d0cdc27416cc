//! The organisers' form: who, to what, in which words; tried before it is sent.

use askama::Template;
use axum::extract::{Multipart, State};
use axum::response::{IntoResponse, Redirect, Response};

use crate::App;
use crate::office::authorized::{Authorized, Organise, Somewhere};
use crate::office::french;
use crate::office::people_list::{ListForm, MAX_FILE, capped, french as lists, text};
use domain::invitations::{self, DryRun, Guest, MAX_PEOPLE, NewRound, dry_run};
use domain::people_list::{ListedPerson, PeopleList};
use domain::programme::{self, Event, french as dates};
use domain::registrations::ReservedSeatsChange;
use domain::roles::{Permission, Rights};
use http::error::{Error, Result};
use http::form::{FieldError, FieldErrors, unreadable};
use http::page::{self, Page};
use kernel::clock::Timestamp;
use kernel::id::RoundId;
use kernel::text::visible;
use mail::Rendered;

/// The longest subject and message, characters.
const MAX_SUBJECT: usize = 150;
const MAX_MESSAGE: usize = 5_000;

#[derive(Template)]
#[template(path = "invite.html")]
struct ComposePage {
    page: Page,
    form: Written,
    /// The list, as it was read.
    list: Option<PeopleList>,
    events: Vec<Event>,
    problems: FieldErrors,
    tried: Option<Tried>,
    tested: bool,
}

/// What a sending would do, and how its letter reads.
struct Tried {
    found: DryRun,
    letter: Rendered,
    /// What seats are reserved, in words, an event a line.
    reserved: Vec<String>,
    /// How long the rate cap makes it take, when it takes more than a minute.
    minutes: Option<usize>,
}

/// What the form's fields held.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    people: ListForm,
    subject: String,
    message: String,
    send_at: String,
    events: Vec<String>,
    act: String,
    /// Which lines that are left aside were shown.
    seen: String,
    /// The number that the round will have: made with the form, so that sending it twice is sending it once.
    round: String,
    keep: bool,
    reserved_seats: String,
    reserved_until: String,
}

impl Written {
    /// Reads the form.
    async fn read(mut form: Multipart) -> Result<Self> {
        let mut written = Self::default();
        while let Some(field) = form.next_field().await.map_err(|error| unreadable(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                written.people.choose(capped(field, MAX_FILE).await?);
                continue;
            }
            let value = text(field).await?;
            match name.as_str() {
                "people" => written.people.text = value.trim().to_owned(),
                "subject" => written.subject = value,
                "message" => written.message = value,
                "send_at" => written.send_at = value,
                "event" => written.events.push(value),
                "act" => written.act = value,
                "vu" => written.seen = value,
                "round" => written.round = value,
                "keep" => written.keep = true,
                "reserved_seats" => written.reserved_seats = value,
                "reserved_until" => written.reserved_until = value,
                name => written.people.tell(name, &value),
            }
        }
        Ok(written)
    }

    /// Whether the event of that name is chosen.
    fn has(&self, event: &Event) -> bool {
        self.events.iter().any(|slug| slug == event.slug.as_str())
    }

    /// The people on the list, noting what is wrong with it.
    async fn list(&mut self, problems: &mut FieldErrors) -> Result<Option<PeopleList>> {
        let (people, list) = std::mem::take(&mut self.people).read_aside().await?;
        self.people = people;
        Ok(match list {
            Ok(list) => {
                match list.people.len() {
                    0 => problems.add("people", french::NO_GUESTS),
                    1..=MAX_PEOPLE => {}
                    _ => problems.add("people", french::TOO_MANY_GUESTS),
                }
                Some(list)
            }
            Err(wrong) => {
                problems.add(if wrong.of_file { "file" } else { "people" }, wrong.problem);
                None
            }
        })
    }

    fn parse(
        &self,
        list: Option<&PeopleList>,
        events: &[Event],
        (now, mut problems): (Timestamp, FieldErrors),
    ) -> Result<NewRound, FieldErrors> {
        let guests = list.map_or_else(Vec::new, |list| list.people.iter().map(guest).collect());
        let chosen: Vec<Event> = events.iter().filter(|event| self.has(event)).cloned().collect();
        if chosen.is_empty() {
            problems.add("events", FieldError::NO_EVENT);
        }
        let subject = problems.text("subject", &self.subject, MAX_SUBJECT, french::NO_MESSAGE);
        if invitations::unknown_placeholder(&subject).is_some() {
            problems.add("subject", french::UNKNOWN_PLACEHOLDER);
        }
        let message = visible(&self.message).trim().to_owned();
        if message.is_empty() {
            problems.add("message", french::NO_MESSAGE);
        } else if message.chars().count() > MAX_MESSAGE {
            problems.add("message", FieldError::TOO_LONG);
        } else if invitations::unknown_placeholder(&message).is_some() {
            problems.add("message", french::UNKNOWN_PLACEHOLDER);
        }
        let send_at = time("send_at", &self.send_at, &chosen, (now, &mut problems));
        let reserved_seats = self.keep.then(|| self.reserved_seats(&chosen, now, &mut problems)).flatten();
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(NewRound { subject, message, events: chosen, guests, send_at, reserved_seats })
    }

    /// How many seats are to be reserved: those that the form says, or those that every chosen event reserves already.
    fn reserved_seats(
        &self,
        chosen: &[Event],
        now: Timestamp,
        problems: &mut FieldErrors,
    ) -> Option<ReservedSeatsChange> {
        if self.reserved_seats.trim().is_empty() && self.reserved_until.trim().is_empty() {
            let reserves =
                |event: &Event| event.reserved_seats > 0 && event.reserved_until.is_none_or(|until| until > now);
            let bare = chosen.iter().any(|event| event.capacity.is_some() && !reserves(event));
            if bare {
                problems.add("reserved_seats", french::NO_RESERVED_SEATS);
            }
            return (!bare).then_some(ReservedSeatsChange::Unchanged);
        }
        let seats = self.reserved_seats.trim().parse().ok().filter(|seats| (1..=100_000).contains(seats));
        if seats.is_none() {
            problems.add("reserved_seats", french::NOT_A_NUMBER);
        }
        let until = time("reserved_until", &self.reserved_until, chosen, (now, problems));
        if until.is_none() && self.reserved_until.trim().is_empty() {
            problems.add("reserved_until", french::NOT_A_TIME);
        }
        seats.zip(until).map(|(seats, until)| ReservedSeatsChange::Seats(seats, until))
    }
}

fn guest(person: &ListedPerson) -> Guest {
    let ListedPerson { address, name, organisation, .. } = person.clone();
    Guest { address, name, organisation }
}

/// A time to come that a field holds, on the clocks of the first event's zone; `None` for an empty one.
fn time(
    field: &'static str,
    text: &str,
    chosen: &[Event],
    (now, problems): (Timestamp, &mut FieldErrors),
) -> Option<Timestamp> {
    if text.trim().is_empty() {
        return None;
    }
    let civil = text.trim().parse().ok();
    let zone = chosen.first().map(Event::time_zone)?;
    let at = civil.and_then(|civil| Timestamp::from_civil(civil, &zone).ok()).filter(|at| *at > now);
    if at.is_none() {
        problems.add(field, french::BAD_TIME);
    }
    at
}

/// What the round changes about the reserved seats of each event, in French.
fn reserved(round: &NewRound) -> Vec<String> {
    let line = |event: &Event| match round.reserved_seats {
        None => None,
        Some(ReservedSeatsChange::Unchanged) => {
            Some(french::reserved(event, event.reserved_seats, event.reserved_until))
        }
        Some(ReservedSeatsChange::Seats(seats, until)) => Some(french::reserved_instead(event, seats, until)),
    };
    round.with_seats().filter_map(line).collect()
}

/// The events that one can still register for, and that whoever has these rights invites to.
async fn open_events(app: &App, rights: &Rights) -> Result<Vec<Event>> {
    let mut tx = app.db.snapshot().await?;
    let Some(edition) = programme::current_edition(&mut tx).await? else { return Ok(Vec::new()) };
    let mut events = programme::events(&mut tx, edition.id).await?;
    let now = app.clock.now();
    events
        .retain(|event| event.status.takes_place() && event.closes_at > now && rights.may(Permission::Organise, event));
    Ok(events)
}

/// `GET /organisation/invitations/nouvelle`
pub(super) async fn show(
    State(app): State<App>,
    Authorized { person, rights, .. }: Authorized<Organise, Somewhere>,
) -> Result<Response> {
    let events = open_events(&app, &rights).await?;
    let page = Page::new(&app, Some(person));
    let form = Written { round: RoundId::new(app.clock.now()).to_string(), ..Written::default() };
    let problems = FieldErrors::default();
    page::render(&ComposePage { page, form, list: None, events, problems, tried: None, tested: false })
}

/// `POST /organisation/invitations/nouvelle`: tries, tests or sends, by the button that was pressed.
pub(super) async fn submit(
    State(app): State<App>,
    Authorized { person, rights, .. }: Authorized<Organise, Somewhere>,
    form: Multipart,
) -> Result<Response> {
    let mut form = Written::read(form).await?;
    let events = open_events(&app, &rights).await?;
    let page = Page::new(&app, Some(person.clone()));
    let mut problems = FieldErrors::default();
    let list = form.list(&mut problems).await?;
    let round = match form.parse(list.as_ref(), &events, (app.clock.now(), problems)) {
        Ok(round) => round,
        Err(problems) => {
            let tried = None;
            return page::unprocessable(&ComposePage { page, form, list, events, problems, tried, tested: false });
        }
    };
    // Nobody is left aside unseen: a list that was changed after it was tried is shown again.
    let is_seen = list.as_ref().is_none_or(|list| list.faults.is_empty() || list.faults_digest() == form.seen);
    if form.act == "envoyer" && is_seen {
        let id: RoundId = form.round.parse().map_err(|_| Error::BadRequest)?;
        invitations::send(&app, person.id, id, &round).await?;
        return Ok(Redirect::to(&format!("/organisation/invitations/{id}?fait=envoye")).into_response());
    }
    let tested = form.act == "test";
    if tested {
        invitations::send_test(&app, &person, &round).await?;
    }
    let found = dry_run(&app, &round).await?;
    let letter = invitations::preview(&app, &person, &round).map_err(|error| Error::Other(error.to_string()))?;
    let minutes = app.mail.minutes_for(found.letters());
    let reserved = reserved(&round);
    let tried = Some(Tried { found, letter, reserved, minutes });
    page::render(&ComposePage { page, form, list, events, problems: FieldErrors::default(), tried, tested })
}

/// `POST /organisation/invitations/apercu`: the letter as HTML, for the page's frame.
pub(super) async fn preview(
    State(app): State<App>,
    Authorized { person, rights, .. }: Authorized<Organise, Somewhere>,
    form: Multipart,
) -> Result<Response> {
    let mut form = Written::read(form).await?;
    let mut problems = FieldErrors::default();
    let list = form.list(&mut problems).await?;
    let events = open_events(&app, &rights).await?;
    let round = form.parse(list.as_ref(), &events, (app.clock.now(), problems));
    let round = round.map_err(|_| Error::BadRequest)?;
    let letter = invitations::preview(&app, &person, &round).map_err(|error| Error::Other(error.to_string()))?;
    Ok(page::letter(&letter.html))
}
