//! Registrations from a CSV: tried first, each line with its result, then done.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::by_hand::ByHandForm;
use super::{event_path, find};
use crate::app::App;
use crate::error::Result;
use crate::http::form::{Form, Problem, Problems};
use crate::http::page::{self, Page};
use crate::http::session::Organiser;
use crate::organiser::french;
use crate::programme::Event;
use crate::registrations::{self, Run, Seat};
use crate::search::folded;
use crate::spreadsheet;

#[derive(Template)]
#[template(path = "organiser-import.html")]
struct ImportPage {
    page: Page,
    path: String,
    event: Event,
    form: ImportForm,
    problems: Problems,
    lines: Vec<Line>,
    done: bool,
}

/// A line of the file with what becomes of it.
struct Line {
    number: usize,
    form: ByHandForm,
    result: Outcome,
}

enum Outcome {
    Registered(Seat),
    Refused(&'static str),
    Wrong(Problems),
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ImportForm {
    #[serde(default)]
    texte: String,
    /// `importer`: for good.
    #[serde(default)]
    etape: String,
}

impl ImportPage {
    /// Whether any line would be, or was, registered.
    fn any(&self) -> bool {
        self.lines.iter().any(|line| matches!(line.result, Outcome::Registered(_)))
    }
}

/// `GET /organisation/evenements/{slug}/importer`
pub(super) async fn form(
    State(app): State<App>,
    Organiser(person): Organiser,
    Path(slug): Path<String>,
) -> Result<Response> {
    let event = find(&app, &slug).await?;
    let (form, problems) = (ImportForm::default(), Problems::default());
    let (page, path) = (Page::new(&app, Some(person)), event_path(&event));
    page::show(&ImportPage { page, path, event, form, problems, lines: Vec::new(), done: false })
}

/// Which column holds what: as the first line says, or name, address, organisation, SIRET.
fn columns(first: &[String]) -> Option<[Option<usize>; 4]> {
    let place = |words: &[&str]| first.iter().position(|cell| words.contains(&folded(cell).as_str()));
    let email = place(&["adresse", "courriel", "email", "e mail", "mail", "adresse electronique"])?;
    Some([
        place(&["nom", "prenom et nom", "nom et prenom", "name"]),
        Some(email),
        place(&["organisation", "organisme", "structure", "collectivite"]),
        place(&["siret"]),
    ])
}

/// The lines of the file, read.
fn lines(text: &str) -> Vec<(usize, ByHandForm)> {
    let mut rows = spreadsheet::read(text);
    let named = rows.first().and_then(|(_, first)| columns(first));
    if named.is_some() {
        rows.remove(0);
    }
    let columns = named.unwrap_or([Some(0), Some(1), Some(2), Some(3)]);
    let form = |cells: &[String]| {
        let [name, email, organisation, siret] =
            columns.map(|column| column.and_then(|column| cells.get(column)).cloned().unwrap_or_default());
        ByHandForm { name, email, organisation, siret }
    };
    rows.iter().map(|(number, cells)| (*number, form(cells))).collect()
}

/// `POST /organisation/evenements/{slug}/importer`
pub(super) async fn submit(
    State(app): State<App>,
    Organiser(person): Organiser,
    Path(slug): Path<String>,
    Form(form): Form<ImportForm>,
) -> Result<Response> {
    let event = find(&app, &slug).await?;
    let by = person.id;
    let (page, path) = (Page::new(&app, Some(person)), event_path(&event));
    let read = lines(&form.texte);
    if read.is_empty() {
        let problems = Problems::one("texte", Problem::Missing);
        return page::refuse(&ImportPage { page, path, event, form, problems, lines: Vec::new(), done: false });
    }
    let parsed: Vec<_> = read.into_iter().map(|(number, form)| (number, form.parse(), form)).collect();
    let good: Vec<_> = parsed.iter().filter_map(|(_, parsed, _)| parsed.as_ref().ok()).cloned().collect();
    let done = form.etape == "importer";
    let run = if done { Run::Real } else { Run::Dry };
    let mut results = registrations::register_all_by_hand(&app, by, event.id, (&good, run)).await?.into_iter();
    let lines = parsed
        .into_iter()
        .map(|(number, parsed, form)| {
            let result = match parsed.map(|_| results.next()) {
                Err(problems) => Outcome::Wrong(problems),
                Ok(Some(Ok(seat))) => Outcome::Registered(seat),
                Ok(Some(Err(refusal))) => Outcome::Refused(french::refusal(refusal)),
                Ok(None) => Outcome::Refused(""),
            };
            Line { number, form, result }
        })
        .collect();
    page::show(&ImportPage { page, path, event, form, problems: Problems::default(), lines, done })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_their_names_or_by_their_order() {
        let named = lines("Structure;Adresse électronique;Nom\nVille;ada@exemple.fr;Ada\n");
        assert_eq!((named[0].0, named[0].1.name.as_str(), named[0].1.organisation.as_str()), (2, "Ada", "Ville"));
        let ordered = lines("Ada;ada@exemple.fr;Ville");
        assert_eq!((ordered[0].0, ordered[0].1.email.as_str()), (1, "ada@exemple.fr"));
    }
}
