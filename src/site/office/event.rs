//! One event: its counts and its registrations, searched, filtered, sorted and taken away.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::{DoneQuery, event_path, find};
use crate::App;
use crate::office::registration_list::{self, Listing, RegistrationRow};
use crate::office::{export, french};
use boards::BoardInfo;
use db::ReadConn;
use documents::spreadsheet;
use domain::programme::{Event, EventStatus, french as dates};
use domain::registrations::{self, EventView, Opening, Registration, RegistrationStatus, StatusCounts};
use http::error::{Error, Result};
use http::extract::{Path, Query};
use http::form::FieldErrors;
use http::page::{self, Page};
use http::session::Organiser;
use kernel::clock::Timestamp;
use kernel::id::RegistrationId;

#[derive(Template)]
#[template(path = "organiser-event.html")]
pub(super) struct EventPage {
    page: Page,
    view: EventView,
    path: String,
    counts: Counts,
    total: usize,
    excess: u32,
    rows: Vec<RegistrationRow>,
    boards: Vec<BoardInfo>,
    listing: Listing,
    columns: [(&'static str, &'static str); 6],
    done: String,
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
    pub(super) async fn new(app: &App, page: Page, event: Event, listing: Listing) -> Result<Self> {
        let now = app.clock.now();
        let mut tx = app.db.snapshot().await?;
        let occupancy = registrations::occupancy(&mut tx, event.id).await?;
        let all = registrations::of_event(&mut tx, event.id).await?;
        let boards = boards::of_event(&mut tx, event.id).await?;
        let counts = Counts::new(&mut tx, &event, now).await?;
        drop(tx);
        Ok(Self {
            page,
            path: event_path(&event),
            counts,
            total: all.len(),
            excess: registrations::admission(&event).excess(occupancy),
            rows: listing.apply(registration_list::rows(all)),
            boards,
            listing,
            columns: french::SORT_COLUMNS,
            done: String::new(),
            choice: BulkForm::default(),
            problems: FieldErrors::default(),
            view: EventView::new(event, occupancy, now),
        })
    }

    /// The page again, with why what was chosen was not done.
    pub(super) fn again(self, choice: BulkForm, problems: FieldErrors) -> Result<Response> {
        let refused = choice.refused.is_some();
        let page = Self { choice, problems, ..self };
        if refused { page::conflict(&page) } else { page::unprocessable(&page) }
    }

    fn asked(&self, registration: &Registration) -> String {
        dates::moment(registration.created_at, &self.view.event)
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
    Organiser(_): Organiser,
    Path(slug): Path<String>,
) -> Result<Response> {
    let event = find(&app, &slug).await?;
    let counts = Counts::new(&mut app.db.snapshot().await?, &event, app.clock.now()).await?;
    page::render(&counts)
}

/// `GET /organisation/evenements/{slug}`
pub(super) async fn show(
    State(app): State<App>,
    Organiser(person): Organiser,
    Path(slug): Path<String>,
    (Query(listing), Query(done)): (Query<Listing>, Query<DoneQuery>),
) -> Result<Response> {
    let event = find(&app, &slug).await?;
    let page = EventPage::new(&app, Page::new(&app, Some(person)), event, listing).await?;
    page::render(&EventPage { done: done.fait, ..page })
}

/// The rows that are asked for, with their event.
async fn listed(app: &App, slug: &str, listing: &Listing) -> Result<(Event, Vec<RegistrationRow>)> {
    let event = find(app, slug).await?;
    let all = registrations::of_event(&mut app.db.read().await?, event.id).await?;
    Ok((event, listing.apply(registration_list::rows(all))))
}

fn attachment(content_type: &'static str, event: &Event, extension: &str, body: impl IntoResponse) -> Response {
    let disposition = format!("attachment; filename=\"inscriptions-{}.{extension}\"", event.slug);
    ([(header::CONTENT_TYPE, content_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body)
        .into_response()
}

/// `GET /organisation/evenements/{slug}/inscriptions.csv`
pub(super) async fn csv(
    State(app): State<App>,
    Organiser(_): Organiser,
    Path(slug): Path<String>,
    Query(listing): Query<Listing>,
) -> Result<Response> {
    let (event, rows) = listed(&app, &slug, &listing).await?;
    Ok(attachment("text/csv; charset=utf-8", &event, "csv", spreadsheet::csv(export::table(&rows, &event))))
}

/// `GET /organisation/evenements/{slug}/inscriptions.xlsx`
pub(super) async fn xlsx(
    State(app): State<App>,
    Organiser(_): Organiser,
    Path(slug): Path<String>,
    Query(listing): Query<Listing>,
) -> Result<Response> {
    let (event, rows) = listed(&app, &slug, &listing).await?;
    let workbook = spreadsheet::xlsx(export::table(&rows, &event)).map_err(|error| Error::Other(error.to_string()))?;
    let content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(attachment(content_type, &event, "xlsx", workbook))
}
