//! `/tableaux/{id}/revoir`: the session again, edit by edit, for whoever may open the board. Read only.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::access::Entered;
use super::{export, pages};
use crate::App;
use board_model::kinds::BoardKind;
use board_model::model::Edit;
use board_model::protocol::Accepted;
use boards::BoardRow;
use boards::export::Shown;
use domain::accounts::Person;
use http::assets;
use http::error::Result;
use http::extract::Query;
use http::page::{self, Page};
use kernel::clock::Timestamp;
use kernel::id::PersonId;

/// Edits of one answer at most: some hundred kilobytes.
const MAX_EDITS: u32 = 2_000;

#[derive(Template)]
#[template(path = "board-replay.html")]
struct ReplayPage {
    page: Page,
    person: Person,
    board: BoardRow,
    has_client: bool,
    everything: bool,
}

/// The position of a reader in the journal.
#[derive(Debug, Deserialize)]
pub(super) struct JournalQuery {
    /// The last seq that is known.
    #[serde(default)]
    since: u64,
}

/// A piece of a board's history.
#[derive(Debug, Serialize)]
struct Journal {
    /// The seq up to which this answer goes; the `since` of the next request.
    until: u64,
    /// The seq of the board's last edit.
    head: u64,
    /// In order, without comments and private fields.
    edits: Vec<Moment>,
}

#[derive(Debug, Serialize)]
struct Moment {
    seq: u64,
    by: PersonId,
    at: Timestamp,
    edit: Edit,
}

/// `GET /tableaux/{id}/revoir`
pub(super) async fn show(
    State(app): State<App>,
    Entered { person, board, runs }: Entered,
    wish: Query<export::Wish>,
    proof: export::Proof,
) -> Result<Response> {
    let everything = wish.shown(runs) == Shown::Everything;
    if everything {
        proof?;
    }
    page::render(&ReplayPage {
        page: Page::new(&app, Some(person.clone())),
        everything,
        person,
        board,
        has_client: assets::has_board_client(),
    })
}

/// `GET /tableaux/{id}/journal.json?since=`: the edits after that one, at most 2,000 at a time.
pub(super) async fn journal(
    State(app): State<App>,
    entered: Entered,
    Query(JournalQuery { since }): Query<JournalQuery>,
    wish: Query<export::Wish>,
    proof: export::Proof,
) -> Result<Response> {
    let (board, shown) = (&entered.board, wish.shown(entered.runs));
    if shown == Shown::Everything {
        proof?;
    }
    let mut tx = app.db.snapshot().await?;
    let head = boards::head(&mut tx, board.id).await?;
    let stored = boards::edits_between(&mut tx, board.id, since, MAX_EDITS).await?;
    drop(tx);
    if shown == Shown::Everything && !stored.is_empty() {
        export::write_down(&app, &entered, "JSON").await?;
    }
    let until = stored.last().map_or(head, |last| last.seq);
    let moment = |Accepted { seq, by, at, edit, .. }: Accepted| {
        replayed(edit, board.kind, shown).map(|edit| Moment { seq, by, at, edit })
    };
    Ok(pages::unkept(&Journal { until, head, edits: stored.into_iter().filter_map(moment).collect() }))
}

/// What a replay shows of an edit: nothing of comments, which their authors or a facilitator may have taken back, and of
/// private fields only what an export would.
fn replayed(edit: Edit, kind: BoardKind, shown: Shown) -> Option<Edit> {
    let is_shown = |name: &str| shown.fields(kind).any(|field| field.name == name);
    match edit {
        Edit::AddComment { .. } | Edit::RemoveComment { .. } => None,
        Edit::SetField { ref field, .. } | Edit::EditText { ref field, .. } => is_shown(field).then_some(edit),
        Edit::AddCard { card, x, y, mut fields } => {
            fields.retain(|name, _| is_shown(name));
            Some(Edit::AddCard { card, x, y, fields })
        }
        Edit::SetFields { card, mut fields } => {
            fields.retain(|name, _| is_shown(name));
            (!fields.is_empty()).then_some(Edit::SetFields { card, fields })
        }
        // Listed one by one, so that a new kind of edit must be decided on here.
        Edit::MoveCard { .. }
        | Edit::RemoveCard { .. }
        | Edit::RestoreCard { .. }
        | Edit::AddLink { .. }
        | Edit::SetLink { .. }
        | Edit::RemoveLink { .. }
        | Edit::Vote { .. } => Some(edit),
    }
}
