//! Exports of a board: its files, and a page to print. Each is read anew from the database.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::access::Entered;
use super::{french, pages};
use crate::App;
use board_model::model::Board;
use boards::export::{self, ExportContext, Sheet, Shown};
use domain::audit::{self, Act, Entry};
use domain::programme;
use http::error::{Error, Result};
use http::extract::Query;
use http::page::{self, Page};
use http::session::RecentlyProved;
use kernel::id::BoardId;
use kernel::search;
use kernel::security_log::{SecurityEvent, SecurityLine};

/// The longest name of a file, bytes.
const MAX_FILE_NAME: usize = 60;
/// Ends the names of files with private fields: only the contacts of stakeholders are private.
const WITH_CONTACTS: &str = "-avec-contacts";
/// Ends the names of other files that name the authors of comments.
const WITH_AUTHORS: &str = "-avec-auteurs";

/// That the reader proved lately who they are, or where they are sent to do so.
pub(super) type Proof = Result<RecentlyProved>;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wish {
    /// A facilitator may have the private fields too, with `1`.
    #[serde(default)]
    prive: Option<String>,
}

impl Wish {
    /// Whether whoever `runs` the board, or does not, gets private fields, of an archived board too.
    pub(super) fn shown(&self, runs: bool) -> Shown {
        if self.prive.as_deref() == Some("1") && runs { Shown::Everything } else { Shown::Public }
    }
}

#[derive(Template)]
#[template(path = "board-print.html")]
struct PrintPage {
    page: Page,
    id: BoardId,
    title: String,
    sheets: Vec<Sheet>,
}

/// `GET /tableaux/{id}/export.json`
pub(super) async fn json(app: State<App>, entered: Entered, wish: Query<Wish>, proof: Proof) -> Result<Response> {
    let (board, shown) = read(&app, &entered, (&wish, proof), "JSON").await?;
    let body = export::json(&board, shown).map_err(|error| Error::Other(error.to_string()))?;
    Ok(attachment("application/json", &named(&board, shown, "json"), body))
}

/// `GET /tableaux/{id}/export.csv`
pub(super) async fn csv(app: State<App>, entered: Entered, wish: Query<Wish>, proof: Proof) -> Result<Response> {
    let (board, shown) = read(&app, &entered, (&wish, proof), "CSV").await?;
    Ok(attachment("text/csv; charset=utf-8", &named(&board, shown, "csv"), export::csv(&board, shown)))
}

/// `GET /tableaux/{id}/export.xlsx`
pub(super) async fn xlsx(app: State<App>, entered: Entered, wish: Query<Wish>, proof: Proof) -> Result<Response> {
    let (board, shown) = read(&app, &entered, (&wish, proof), "XLSX").await?;
    let name = named(&board, shown, "xlsx");
    let context = export_context(&app, &entered, &board, shown).await?;
    // Compressing a full board takes a moment, so it runs outside the async threads.
    let body = tokio::task::spawn_blocking(move || export::xlsx(&board, &context)).await;
    let body =
        body.map_err(|error| Error::Other(error.to_string()))?.map_err(|error| Error::Other(error.to_string()))?;
    Ok(attachment("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &name, body))
}

/// `GET /tableaux/{id}/export.odt`
pub(super) async fn odt(app: State<App>, entered: Entered, wish: Query<Wish>, proof: Proof) -> Result<Response> {
    let (board, shown) = read(&app, &entered, (&wish, proof), "ODT").await?;
    let name = named(&board, shown, "odt");
    let context = export_context(&app, &entered, &board, shown).await?;
    // Compressing a full board takes a moment, so it runs outside the async threads.
    let body = tokio::task::spawn_blocking(move || export::odt(&board, &context)).await;
    let body =
        body.map_err(|error| Error::Other(error.to_string()))?.map_err(|error| Error::Other(error.to_string()))?;
    Ok(attachment("application/vnd.oasis.opendocument.text", &name, body))
}

/// `GET /tableaux/{id}/export.svg`
pub(super) async fn svg(app: State<App>, entered: Entered) -> Result<Response> {
    let board = pages::load(&app, &entered.board).await?;
    let name = named(&board, Shown::Public, "svg");
    // Laying out a full board takes a moment, too.
    let body = tokio::task::spawn_blocking(move || export::svg(&board)).await;
    Ok(attachment("image/svg+xml", &name, body.map_err(|error| Error::Other(error.to_string()))?))
}

/// `GET /tableaux/{id}/export.graphml`
pub(super) async fn graphml(app: State<App>, entered: Entered, wish: Query<Wish>, proof: Proof) -> Result<Response> {
    let (board, shown) = read(&app, &entered, (&wish, proof), "GraphML").await?;
    Ok(attachment(
        "application/graphml+xml; charset=utf-8",
        &named(&board, shown, "graphml"),
        export::graphml(&board, shown),
    ))
}

/// `GET /tableaux/{id}/imprimer`
pub(super) async fn print(app: State<App>, entered: Entered, wish: Query<Wish>, proof: Proof) -> Result<Response> {
    let (board, shown) = read(&app, &entered, (&wish, proof), "impression").await?;
    let sheets = export::sheets(&board, &export_context(&app, &entered, &board, shown).await?);
    page::render(&PrintPage { page: Page::new(&app, Some(entered.person)), id: board.id, title: board.title, sheets })
}

/// The board, and what of it is shown. Who takes private fields away has proved lately who they are, and leaves a line in the logs.
async fn read(app: &App, entered: &Entered, (wish, proof): (&Wish, Proof), format: &str) -> Result<(Board, Shown)> {
    let shown = wish.shown(entered.runs);
    if shown == Shown::Everything {
        proof?;
        write_down(app, entered, format).await?;
    }
    Ok((pages::load(app, &entered.board).await?, shown))
}

/// Writes into the logs that private fields left.
pub(super) async fn write_down(app: &App, entered: &Entered, format: &str) -> Result<()> {
    let entry = Entry::new(entered.person.id, Act::Exported, entered.board.event_id);
    let mut tx = app.db.write().await?;
    audit::write(&mut tx, &entry.note(french::exported(format)), app.clock.now()).await?;
    tx.commit().await?;
    SecurityLine::new(SecurityEvent::Exported).kind("board_with_names").about(entered.board.id).write();
    Ok(())
}

/// The context of a document with comments; only one that is not handed on names their authors.
async fn export_context(app: &App, entered: &Entered, board: &Board, shown: Shown) -> Result<ExportContext> {
    let mut tx = app.db.snapshot().await?;
    let event = programme::event_by_id(&mut tx, entered.board.event_id).await?;
    let names = match shown {
        Shown::Public => Vec::new(),
        Shown::Everything => boards::names(&mut tx, &Vec::from_iter(board.commentators())).await?,
    };
    Ok(ExportContext {
        shown,
        now: app.clock.now(),
        zone: event.map_or(TimeZone::UTC, |event| event.time_zone()),
        names: names.into_iter().map(|author| (author.id, author.name)).collect(),
    })
}

/// The name of a file with what is on a board: the title's words, as every system keeps them.
pub(super) fn file_name(title: &str) -> String {
    let words = search::folded(title);
    let words = words.split(' ').filter(|word| !word.is_empty() && word.is_ascii());
    let mut name = String::new();
    for word in words {
        if name.len() + word.len() >= MAX_FILE_NAME {
            break;
        }
        name += if name.is_empty() { "" } else { "-" };
        name += word;
    }
    if name.is_empty() { "tableau".to_owned() } else { name }
}

/// The name of a file of a board; one with private fields or with names says so, lest it is mistaken for a public one.
fn named(board: &Board, shown: Shown, extension: &str) -> String {
    let has_contacts = board.kind.schema().fields.iter().any(|field| field.private);
    let has_authors = ["xlsx", "odt"].contains(&extension) && !board.commentators().is_empty();
    let mark = match shown {
        Shown::Everything if has_contacts => WITH_CONTACTS,
        Shown::Everything if has_authors => WITH_AUTHORS,
        _ => "",
    };
    format!("{}{mark}.{extension}", file_name(&board.title))
}

fn attachment(media_type: &'static str, name: &str, body: impl IntoResponse) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_board() {
        assert_eq!(file_name("Suivre et définir des « indicateurs »"), "suivre-et-definir-des-indicateurs");
        assert_eq!(file_name("Ωμέγα\"\r\n"), "tableau");
        let long = file_name(&"mot ".repeat(100));
        assert!(long.len() <= MAX_FILE_NAME && long.ends_with("mot"), "{long}");
    }
}
