//! Boards with a workshop's worth of cards, brought in as files are.

use board_model::kinds::BoardKind;
use board_model::model::Signature;
use kernel::id::{ClientId, PersonId};
use site::App;

use super::DemoError;
use ::boards::import;
use domain::programme;

/// The cards of each kind of board.
const fn cards(kind: BoardKind) -> &'static str {
    match kind {
        BoardKind::Cards => include_str!("cards.csv"),
        BoardKind::Indicators => include_str!("indicators.csv"),
        BoardKind::Stakeholders => include_str!("stakeholders.csv"),
        BoardKind::Questions => include_str!("questions.csv"),
    }
}

/// Fills the boards of all events.
pub(super) async fn fill(app: &App, by: PersonId) -> Result<(), DemoError> {
    let now = app.clock.now();
    let Some(edition) = programme::current_edition(&mut app.db.read().await?).await? else { return Ok(()) };
    let events = programme::events(&mut app.db.read().await?, edition.id).await?;
    for event in events {
        let boards = ::boards::of_event(&mut app.db.read().await?, event.id).await?;
        for board in boards {
            let row = ::boards::find(&mut app.db.read().await?, board.id).await?.ok_or(sqlx::Error::RowNotFound)?;
            let empty = ::boards::snapshot(&mut app.db.snapshot().await?, &row).await?;
            let plan =
                import::plan(&empty, cards(row.kind).as_bytes(), &import::Wishes::default(), Signature { by, at: now });
            let plan = plan.map_err(|why| sqlx::Error::Protocol(format!("{why:?}")))?;
            app.rooms.import(board.id, (ClientId::new(now), by), plan.edits).await?;
        }
    }
    Ok(())
}
