//! What became of invitations.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::App;
use crate::office::authorized::{Authorized, Organise, Somewhere, places, reaches};
use crate::office::french::moment;
use domain::invitations::{self, Invitation, Progress, Round};
use domain::programme;
use domain::roles::{Permission, Place};
use http::error::Result;
use http::extract::Query;
use http::page::{self, Page};
use kernel::id::{LetterId, RoundId};

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
    /// Whether the reader may open letters.
    may_see_letters: bool,
    round: Round,
    when: String,
    counts: Vec<(Progress, usize)>,
    invitations: Vec<Invitation>,
    /// How many would be written to again, and the minutes that the rate cap makes of it; `None` when it was done, or not
    /// all letters have left.
    unanswered: Option<(usize, Option<usize>)>,
    /// Its time has not come.
    waits: bool,
    /// Nothing has left yet, or not everything.
    can_stop: bool,
    /// While letters leave.
    going: Option<Going>,
    done: String,
}

impl RoundPage {
    /// The letter of an invitation, for whoever may open it.
    fn letter_of(&self, one: &Invitation) -> Option<LetterId> {
        one.letter.filter(|_| self.may_see_letters)
    }

    /// Whether some were not written to since no event was open any more.
    fn was_too_late(&self) -> bool {
        let not_written = self.counts.iter().any(|(progress, _)| *progress == Progress::NotWritten);
        self.round.written_at.is_some() && not_written
    }
}

/// How far a sending has come.
struct Going {
    gone: usize,
    all: usize,
}

impl Going {
    /// `None` once nothing waits any more.
    fn of(progresses: &[Progress]) -> Option<Self> {
        let waiting = progresses.iter().filter(|progress| **progress == Progress::Queued).count();
        let all = progresses.len();
        (waiting > 0).then_some(Self { gone: all - waiting, all })
    }

    /// Quarters that are done: what is told aloud, so that nobody hears every single letter.
    fn quarters(&self) -> usize {
        self.gone * 4 / self.all.max(1)
    }
}

async fn zone(app: &App) -> Result<TimeZone> {
    let edition = programme::current_edition(&mut app.db.read().await?).await?;
    Ok(edition.and_then(|edition| TimeZone::get(&edition.zone).ok()).unwrap_or(TimeZone::UTC))
}

/// `GET /organisation/invitations`
pub(super) async fn list(
    State(app): State<App>,
    Authorized { person, rights, .. }: Authorized<Organise, Somewhere>,
) -> Result<Response> {
    let zone = zone(&app).await?;
    let mut tx = app.db.snapshot().await?;
    let mut rounds = Vec::new();
    for (round, count) in invitations::rounds(&mut tx).await? {
        if reaches(&rights, Permission::Organise, &places(&round, &mut tx).await?) {
            let when = moment(round.send_at, &zone);
            rounds.push((round, count, when));
        }
    }
    drop(tx);
    page::render(&ListPage { page: Page::new(&app, Some(person)), rounds })
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct DoneQuery {
    #[serde(default)]
    fait: String,
}

/// `GET /organisation/invitations/{id}`
pub(super) async fn show(
    State(app): State<App>,
    Authorized { person, rights, target: (round, _), .. }: Authorized<Organise, (Round, Vec<Place>)>,
    Query(done): Query<DoneQuery>,
) -> Result<Response> {
    let zone = zone(&app).await?;
    let mut tx = app.db.snapshot().await?;
    let invitations = invitations::invitations(&mut tx, &round).await?;
    drop(tx);
    let mut progresses: Vec<_> = invitations.iter().map(|one| one.progress(&round)).collect();
    progresses.sort();
    let counts = progresses.chunk_by(Progress::eq).map(|alike| (alike[0], alike.len())).collect();
    let waits = round.written_at.is_none() && round.stopped_at.is_none();
    let going = Going::of(&progresses).filter(|_| round.written_at.is_some());
    let unanswered = invitations.iter().filter(|one| one.is_unanswered()).count();
    let can_follow_up =
        unanswered > 0 && round.followed_up_at.is_none() && round.written_at.is_some() && going.is_none();
    let unanswered = can_follow_up.then(|| (unanswered, app.mail.minutes_for(unanswered)));
    let can_stop = waits || going.is_some();
    let (page, when) = (Page::new(&app, Some(person)), moment(round.send_at, &zone));
    let done = done.fait;
    let may_see_letters = rights.may(Permission::Organise, Place::Everything);
    page::render(&RoundPage {
        page,
        may_see_letters,
        round,
        when,
        counts,
        invitations,
        unanswered,
        waits,
        can_stop,
        going,
        done,
    })
}

fn back(id: RoundId, done: bool, what: &str) -> Response {
    let what = if done { what } else { "rien" };
    Redirect::to(&format!("/organisation/invitations/{id}?fait={what}")).into_response()
}

/// `POST /organisation/invitations/{id}/relancer`
pub(super) async fn follow_up(
    State(app): State<App>,
    Authorized { person, target: (round, _), .. }: Authorized<Organise, (Round, Vec<Place>)>,
) -> Result<Response> {
    let id = round.id;
    Ok(back(id, invitations::follow_up(&app, person.id, id).await?, "relance"))
}

/// `POST /organisation/invitations/{id}/arreter`
pub(super) async fn stop(
    State(app): State<App>,
    Authorized { person, target: (round, _), .. }: Authorized<Organise, (Round, Vec<Place>)>,
) -> Result<Response> {
    let id = round.id;
    Ok(back(id, invitations::stop(&app, person.id, id).await?, "arrete"))
}

/// `POST /organisation/invitations/{id}/reprendre`
pub(super) async fn resume(
    State(app): State<App>,
    Authorized { person, target: (round, _), .. }: Authorized<Organise, (Round, Vec<Place>)>,
) -> Result<Response> {
    let id = round.id;
    Ok(back(id, invitations::resume(&app, person.id, id).await?, "repris"))
}
