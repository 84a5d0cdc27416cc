//! One event: its counts and its registrations, searched, filtered, sorted and taken away.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::authorized::{Authorized, Export, Read};
use super::{DoneQuery, edit, event_path};
use crate::App;
use crate::office::registration_list::{self, Listing, RegistrationRow};
use crate::office::{export, french};
use boards::BoardInfo;
use db::ReadConn;
use documents::spreadsheet;
use domain::audit::{self, Act, Entry};
use domain::programme::{Event, EventStatus, french as dates};
use domain::registrations::{self, EventView, Opening, Registration, RegistrationStatus, StatusCounts};
use domain::roles::{Permission, Place, Rights};
use http::error::{Error, Result};
use http::extract::Query;
use http::form::FieldErrors;
use http::page::{self, Page};
use kernel::clock::Timestamp;
use kernel::id::{OrganisationId, PersonId, RegistrationId};
use kernel::security_log::{SecurityEvent, SecurityLine};
use mail::suppressions;

#[derive(Template)]
#[template(path = "organiser-event.html")]
pub(super) struct EventPage {
    page: Page,
    /// What the reader may do: links and buttons follow it.
    rights: Rights,
    event: Event,
    view: EventView,
    path: String,
    counts: Counts,
    total: usize,
    excess: u32,
    rows: Vec<RegistrationRow>,
    /// Addresses that nothing is written to any more, and why.
    stopped: BTreeMap<String, String>,
    boards: Vec<BoardInfo>,
    listing: Listing,
    columns: [(&'static str, &'static str); 6],
    done: String,
    /// Which of the times that were just stored a change of the clocks falls on.
    clocks: Vec<String>,
    /// Letters about a change that wait, and until when.
    news: Option<(usize, String)>,
    choice: BulkForm,
    problems: FieldErrors,
}

/// How many seats and requests became what; a part of the page that a script brings up to date.
#[derive(Template)]
#[template(path = "organiser-counts.html")]
struct Counts {
    seats: Vec<(RegistrationStatus, u32)>,
    /// Seats that are still kept; `None` where none are.
    reserved: Option<u32>,
    /// Registrations of people who were erased since.
    erased: i64,
    /// Seats that anybody may have; `None` without a limit.
    free: Option<u32>,
    capacity: i64,
}

impl Counts {
    async fn new(tx: &mut ReadConn, event: &Event, now: Timestamp) -> Result<Self> {
        let counts = StatusCounts::of(tx, event.id).await?;
        let erased = registrations::erased_counts(tx, event.id).await?.iter().map(|(_, people)| people).sum();
        let (occupancy, admission) = (counts.occupancy(), registrations::admission(event));
        Ok(Self {
            seats: seats(&counts),
            reserved: (admission.reserved > 0).then(|| admission.reserved_left(occupancy, now)),
            erased,
            free: admission.capacity.map(|_| admission.free_for_all(occupancy, now)),
            capacity: event.capacity.unwrap_or(0),
        })
    }
}

/// What was chosen in the list's form, when it comes back.
#[derive(Debug, Default)]
pub(super) struct BulkForm {
    pub(super) ids: Vec<RegistrationId>,
    pub(super) act: String,
    pub(super) reason: String,
    /// Why nothing was done.
    pub(super) refused: Option<&'static str>,
}

impl EventPage {
    /// The page of an event, with the list that is asked for.
    pub(super) async fn new(app: &App, (page, rights): (Page, Rights), event: Event, listing: Listing) -> Result<Self> {
        let now = app.clock.now();
        let mut tx = app.db.snapshot().await?;
        let occupancy = registrations::occupancy(&mut tx, event.id).await?;
        let all = registrations::of_event(&mut tx, event.id).await?;
        let boards = boards::of_event(&mut tx, event.id).await?;
        let counts = Counts::new(&mut tx, &event, now).await?;
        let news = registrations::coming_news(&mut tx, event.id, now).await?;
        let stopped = suppressions::stopped(&mut tx).await?.into_iter().collect();
        drop(tx);
        Ok(Self {
            page,
            rights,
            path: event_path(&event),
            counts,
            total: all.len(),
            excess: registrations::admission(&event).excess(occupancy),
            stopped,
            rows: listing.apply(registration_list::rows(all)),
            boards,
            listing,
            columns: french::SORT_COLUMNS,
            done: String::new(),
            clocks: Vec::new(),
            news: news.map(|news| (news.people, dates::hour(news.at.civil(&event.time_zone())))),
            choice: BulkForm::default(),
            problems: FieldErrors::default(),
            view: EventView::new(event.clone(), occupancy, now),
            event,
        })
    }

    /// The page again, with why what was chosen was not done.
    pub(super) fn again(self, choice: BulkForm, problems: FieldErrors) -> Result<Response> {
        let refused = choice.refused.is_some();
        let page = Self { choice, problems, ..self };
        if refused { page::conflict(&page) } else { page::unprocessable(&page) }
    }

    fn may(&self, permission: Permission) -> bool {
        self.rights.may(permission, &self.event)
    }

    /// The organisation of a row, for whoever may open its page.
    fn organisation_of(&self, row: &RegistrationRow) -> Option<OrganisationId> {
        row.registration.organisation_id.filter(|_| self.rights.may(Permission::Organise, Place::Everything))
    }

    fn asked(&self, registration: &Registration) -> String {
        dates::moment(registration.created_at, &self.event)
    }

    /// For how many of those chosen something was done.
    fn done_count(&self) -> Option<usize> {
        self.done.split_once('-')?.1.parse().ok()
    }

    fn has_pending(&self) -> bool {
        self.counts.seats.iter().any(|(status, count)| *status == RegistrationStatus::Pending && *count > 0)
    }
}

/// How many requests became what; the first ones always, the others when there are any.
fn seats(counts: &StatusCounts) -> Vec<(RegistrationStatus, u32)> {
    let count = |status: RegistrationStatus| (status, counts.with(status));
    let first = [
        RegistrationStatus::Confirmed,
        RegistrationStatus::Held,
        RegistrationStatus::Offered,
        RegistrationStatus::Waiting,
        RegistrationStatus::Cancelled,
    ];
    let others = RegistrationStatus::ALL
        .into_iter()
        .filter(|status| !first.contains(status))
        .map(count)
        .filter(|(_, count)| *count > 0);
    first.into_iter().map(count).chain(others).collect()
}

/// `GET /organisation/evenements/{slug}/places`: the counts alone.
pub(super) async fn counts(
    State(app): State<App>,
    Authorized { target: event, .. }: Authorized<Read, Event>,
) -> Result<Response> {
    let counts = Counts::new(&mut app.db.snapshot().await?, &event, app.clock.now()).await?;
    page::render(&counts)
}

/// `GET /organisation/evenements/{slug}`
pub(super) async fn show(
    State(app): State<App>,
    Authorized { person, rights, target: event, .. }: Authorized<Read, Event>,
    (Query(listing), Query(done)): (Query<Listing>, Query<DoneQuery>),
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let page = EventPage::new(&app, (Page::new(&app, Some(person)), rights), event, listing).await?;
    let told = query.as_deref().unwrap_or_default().split('&').filter_map(|part| part.strip_prefix("horloge="));
    let clocks = told.filter_map(edit::french::clock_change).collect();
    page::render(&EventPage { done: done.fait, clocks, ..page })
}

/// The rows that are asked for; that they are taken away is written down.
async fn take_away(
    app: &App,
    by: PersonId,
    event: &Event,
    (listing, format): (&Listing, &str),
) -> Result<Vec<RegistrationRow>> {
    let mut tx = app.db.write().await?;
    let rows = listing.apply(registration_list::rows(registrations::of_event(&mut tx, event.id).await?));
    let entry = Entry::new(by, Act::Exported, event.id).note(french::exported(rows.len(), format));
    audit::write(&mut tx, &entry, app.clock.now()).await?;
    tx.commit().await?;
    SecurityLine::new(SecurityEvent::Exported).kind("registrations").about(event.id).write();
    Ok(rows)
}

fn attachment(content_type: &'static str, event: &Event, extension: &str, body: impl IntoResponse) -> Response {
    let disposition = format!("attachment; filename=\"inscriptions-{}.{extension}\"", event.slug);
    ([(header::CONTENT_TYPE, content_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body)
        .into_response()
}

/// `GET /organisation/evenements/{slug}/inscriptions.csv`
pub(super) async fn csv(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Export, Event>,
    Query(listing): Query<Listing>,
) -> Result<Response> {
    let rows = take_away(&app, person.id, &event, (&listing, "CSV")).await?;
    Ok(attachment("text/csv; charset=utf-8", &event, "csv", spreadsheet::csv(export::table(&rows, &event))))
}

/// `GET /organisation/evenements/{slug}/inscriptions.xlsx`
pub(super) async fn xlsx(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Export, Event>,
    Query(listing): Query<Listing>,
) -> Result<Response> {
    let rows = take_away(&app, person.id, &event, (&listing, "XLSX")).await?;
    let workbook = spreadsheet::xlsx(export::table(&rows, &event)).map_err(|error| Error::Other(error.to_string()))?;
    let content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(attachment(content_type, &event, "xlsx", workbook))
}
