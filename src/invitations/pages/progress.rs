//! What became of invitations.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::app::App;
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::http::page::{self, Page};
use crate::http::session::Organiser;
use crate::id::RoundId;
use crate::invitations::{self, Invitation, Progress, Round, store};
use crate::programme::{self, french};

#[derive(Template)]
#[template(path = "invitation-rounds.html")]
struct ListPage {
    page: Page,
    rounds: Vec<(Round, i64, String)>,
}

#[derive(Template)]
#[template(path = "invitation-round.html")]
struct RoundPage {
    page: Page,
    round: Round,
    when: String,
    counts: Vec<(Progress, usize)>,
    invitations: Vec<Invitation>,
    /// How many would be written to again; `None` when it was done, or the letters have not left.
    unanswered: Option<usize>,
    waits: bool,
    /// While letters leave.
    going: Option<Going>,
    done: String,
}

/// How far a sending has come.
struct Going {
    gone: usize,
    all: usize,
}

impl Going {
    /// `None` before it begins, and once nothing waits any more.
    fn of(invitations: &[Invitation], waits: bool) -> Option<Self> {
        let waiting = invitations.iter().filter(|one| one.progress() == Progress::Queued).count();
        let all = invitations.len();
        (!waits && waiting > 0).then_some(Self { gone: all - waiting, all })
    }

    /// Quarters that are done: what is told aloud, so that nobody hears every single letter.
    fn quarters(&self) -> usize {
        self.gone * 4 / self.all.max(1)
    }
}

fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let civil = at.civil(zone);
    format!("{} à {}", french::date(civil), french::hour(civil))
}

async fn zone(app: &App) -> Result<TimeZone> {
    let edition = programme::current_edition(&mut app.db.read().await?).await?;
    Ok(edition.and_then(|edition| TimeZone::get(&edition.zone).ok()).unwrap_or(TimeZone::UTC))
}

/// `GET /organisation/invitations`
pub(super) async fn list(State(app): State<App>, Organiser(person): Organiser) -> Result<Response> {
    let zone = zone(&app).await?;
    let rounds = store::rounds(&mut app.db.read().await?).await?;
    let rounds = rounds.into_iter().map(|(round, count)| {
        let when = moment(round.send_at, &zone);
        (round, count, when)
    });
    page::show(&ListPage { page: Page::new(&app, Some(person)), rounds: rounds.collect() })
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    fait: String,
}

/// `GET /organisation/invitations/{id}`
pub(super) async fn show(
    State(app): State<App>,
    Organiser(person): Organiser,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response> {
    let id: RoundId = id.parse().map_err(|_| Error::NotFound)?;
    let zone = zone(&app).await?;
    let mut tx = app.db.read().await?;
    let round = store::round(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let invitations = store::invitations(&mut tx, id).await?;
    drop(tx);
    let mut counts: Vec<(Progress, usize)> = Vec::new();
    let mut progresses: Vec<_> = invitations.iter().map(Invitation::progress).collect();
    progresses.sort();
    for progress in progresses {
        match counts.last_mut() {
            Some((last, count)) if *last == progress => *count += 1,
            _ => counts.push((progress, 1)),
        }
    }
    let waits = round.send_at > app.clock.now();
    let unanswered = invitations.iter().filter(|one| one.is_unanswered()).count();
    let unanswered = Some(unanswered).filter(|count| *count > 0 && round.chased_at.is_none() && !waits);
    let (page, when) = (Page::new(&app, Some(person)), moment(round.send_at, &zone));
    let going = Going::of(&invitations, waits);
    page::show(&RoundPage { page, round, when, counts, invitations, unanswered, waits, going, done: done.fait })
}

/// `POST /organisation/invitations/{id}/relancer`
pub(super) async fn chase(
    State(app): State<App>,
    Organiser(person): Organiser,
    Path(id): Path<String>,
) -> Result<Response> {
    let id: RoundId = id.parse().map_err(|_| Error::NotFound)?;
    invitations::chase(&app, person.id, id).await?;
    Ok(Redirect::to(&format!("/organisation/invitations/{id}?fait=relance")).into_response())
}
