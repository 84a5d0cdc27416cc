//! What everybody may read of a board: a copy, made when an organiser publishes it, which later edits do not change. Its type has
//! no room for authors, votes' owners, comments, links or places; its fields are listed here, so that a field that is added to a
//! kind of board stays private until somebody decides otherwise.

mod store;

use serde::{Deserialize, Serialize};

use super::{BoardRow, edits_since, labels, snapshot};
use board_model::kinds::BoardKind;
use board_model::model::Board;
use db::{ReadConn, WriteTx};
use domain::Context;
use domain::audit::{self, Act, Entry};
use kernel::clock::Timestamp;
use kernel::id::{EventId, PersonId};

pub use store::{find, of_event};

/// The fields of a card that everybody may read once results are published.
const fn published_fields(kind: BoardKind) -> &'static [&'static str] {
    match kind {
        BoardKind::Indicators => &[
            "objective",
            "name",
            "definition",
            "numerator",
            "numerator_unit",
            "denominator",
            "denominator_unit",
            "expression",
            "legal_category",
            "baseline",
            "baseline_year",
            "target",
            "target_year",
            "frequency",
            "source",
            "priority",
        ],
        // Neither what actors want nor what people think of them.
        BoardKind::Stakeholders => &["name", "family", "internal", "role", "contribution"],
        BoardKind::Questions => &["question", "theme", "answer", "state"],
        BoardKind::Cards => &["title", "text", "group"],
    }
}

/// The published content of a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicResults {
    /// The kind of its cards.
    pub kind: BoardKind,
    /// The board's title.
    pub title: String,
    /// The names of its columns: fields that at least one card fills in.
    pub columns: Vec<String>,
    /// A row a card, a cell a column.
    pub rows: Vec<Vec<String>>,
}

impl PublicResults {
    /// What of a board may be published.
    #[must_use]
    pub fn of(board: &Board) -> Self {
        let schema = board.kind.schema();
        let fields: Vec<_> = published_fields(board.kind)
            .iter()
            .filter_map(|name| schema.fields.iter().find(|field| field.name == *name && !field.private))
            .collect();
        let cells: Vec<Vec<String>> = board
            .cards_by_rank()
            .into_iter()
            .map(|(_, card)| fields.iter().map(|field| labels::value(card, field)).collect())
            .collect();
        let is_filled = |cells: &&Vec<String>| cells.iter().any(|cell| !cell.trim().is_empty());
        let rows: Vec<_> = cells.iter().filter(is_filled).collect();
        let used: Vec<usize> = (0..fields.len()).filter(|at| rows.iter().any(|row| !row[*at].is_empty())).collect();
        Self {
            kind: board.kind,
            title: board.title.clone(),
            columns: used.iter().map(|at| labels::field(board.kind, fields[*at].name).to_owned()).collect(),
            rows: rows.iter().map(|row| used.iter().map(|at| row[*at].clone()).collect()).collect(),
        }
    }
}

/// A board of an event whose results everybody may read.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PublishedBoard {
    /// Its place among the boards of its event, which names it in addresses.
    pub position: i64,
    /// Its title.
    pub title: String,
    /// When its results were published.
    pub published_at: Timestamp,
}

/// What is on a board now, as it would be published.
///
/// # Errors
///
/// When the database fails.
pub async fn preview(tx: &mut ReadConn, row: &BoardRow) -> sqlx::Result<PublicResults> {
    let mut board = snapshot(tx, row).await?;
    for accepted in edits_since(tx, row.id, board.head).await? {
        // An edit that was accepted once is accepted again.
        let _ = board.apply(accepted.signature(), accepted.edit);
    }
    Ok(PublicResults::of(&board))
}

/// Lets everybody read what is on a board now, in place of what was published before.
///
/// # Errors
///
/// When the database fails.
pub async fn publish(context: &Context, by: PersonId, row: &BoardRow) -> sqlx::Result<()> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let results = preview(&mut tx, row).await?;
    store::put(&mut tx, row.id, &results, now).await?;
    write_down(&mut tx, (by, Act::PublishedResults), row, now).await?;
    tx.commit().await
}

/// Lets nobody read it any more.
///
/// # Errors
///
/// When the database fails.
pub async fn withdraw(context: &Context, by: PersonId, row: &BoardRow) -> sqlx::Result<()> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    if store::delete(&mut tx, row.id).await? {
        write_down(&mut tx, (by, Act::WithdrewResults), row, now).await?;
    }
    tx.commit().await
}

async fn write_down(tx: &mut WriteTx, (by, act): (PersonId, Act), row: &BoardRow, now: Timestamp) -> sqlx::Result<()> {
    let event: EventId = row.event_id;
    audit::write(tx, &Entry::new(by, act, event).note(row.title.clone()), now).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::tests::{actors, add, board, comment};
    use board_model::model::Number;

    #[test]
    fn every_published_field_exists_and_none_is_private() {
        for kind in BoardKind::ALL {
            for name in published_fields(kind) {
                assert!(!kind.schema().field(name).unwrap().private, "{name}");
            }
            for secret in ["contact", "referent", "notes", "power", "attitude_now", "expectations"] {
                assert!(!published_fields(kind).contains(&secret), "{secret}");
            }
        }
    }

    #[test]
    fn contacts_comments_and_empty_columns_are_left_out() {
        let mut board = actors();
        comment(&mut board, "Un avis");
        let results = PublicResults::of(&board);
        assert_eq!(results.columns, ["Acteur", "Famille"]);
        assert_eq!(results.rows.len(), 2);
        let text = serde_json::to_string(&results).unwrap();
        assert!(!text.contains("06 11") && !text.contains("Un avis") && !text.contains("70"), "{text}");
    }

    #[test]
    fn a_card_that_says_nothing_public_is_no_row() {
        let mut board = board(BoardKind::Indicators, &[("name", "Clauses".into())]);
        add(&mut board, 2, &[("numerator_sample", Number::new(3.0).into()), ("referent", "Ada".into())]);
        assert_eq!(PublicResults::of(&board).rows, [["Clauses"]]);
    }
}
