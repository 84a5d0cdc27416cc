//! Registrations from a CSV: tried first, each line with its result, then done.

use askama::Template;
use axum::extract::{Multipart, State};
use axum::response::Response;

use super::authorized::{Authorized, Organise};
use super::event_path;
use super::staff_registration::StaffRegistrationForm;
use crate::App;
use crate::office::french;
use documents::spreadsheet;
use domain::accounts::Person;
use domain::programme::Event;
use domain::registrations::{self, RegistrationStatus, Run};
use http::error::Result;
use http::form::{FieldErrors, unreadable};
use http::page::{self, Page};
use kernel::id::{EventId, PersonId};
use kernel::search::folded;

/// Bytes of a file at most; so many lines are shorter.
const MAX_FILE: usize = 1024 * 1024;

/// Bytes of the whole request at most: above a file that is too large, so that the page can say so.
pub(super) const MAX_BODY: usize = 8 * MAX_FILE;

/// Lines of one import at most: while it runs, nobody else registers.
const MAX_LINES: usize = 2_000;

#[derive(Template)]
#[template(path = "organiser-import.html")]
struct ImportPage {
    page: Page,
    path: String,
    event: Event,
    text: String,
    problems: FieldErrors,
    lines: Vec<Line>,
    done: bool,
}

/// A line of the file with what becomes of it.
struct Line {
    number: usize,
    form: StaffRegistrationForm,
    result: LineOutcome,
}

enum LineOutcome {
    Registered(RegistrationStatus),
    Refused(&'static str),
    Wrong(FieldErrors),
}

/// What the form sends: a file or pasted lines first; then the same lines, with the wish to go on.
#[derive(Debug, Default)]
struct Sent {
    text: String,
    confirmed: bool,
    problems: FieldErrors,
}

impl Sent {
    async fn read(mut form: Multipart) -> Result<Self> {
        let mut sent = Self::default();
        while let Some(field) = form.next_field().await.map_err(|error| unreadable(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(|error| unreadable(&error))?;
            match (name.as_str(), spreadsheet::decoded(&bytes)) {
                ("fichier", _) if bytes.len() > MAX_FILE => sent.problems.add("fichier", french::FILE_TOO_LARGE),
                ("fichier", None) => sent.problems.add("fichier", french::NOT_TEXT),
                // A file that was chosen goes before lines that were left in the form.
                ("fichier", Some(text)) if !text.trim().is_empty() => sent.text = text,
                ("texte", Some(text)) if sent.text.is_empty() => sent.text = text,
                ("etape", Some(step)) => sent.confirmed = step == "importer",
                _ => {}
            }
        }
        Ok(sent)
    }
}

impl ImportPage {
    fn new(app: &App, person: Person, event: Event) -> Self {
        let (page, path) = (Page::new(app, Some(person)), event_path(&event));
        Self {
            page,
            path,
            event,
            text: String::new(),
            problems: FieldErrors::default(),
            lines: Vec::new(),
            done: false,
        }
    }

    /// How many lines would be registered, or were, and how many are left aside.
    fn counts(&self) -> (usize, usize) {
        let registered = self.lines.iter().filter(|line| matches!(line.result, LineOutcome::Registered(_))).count();
        (registered, self.lines.len() - registered)
    }
}

/// `GET /organisation/evenements/{slug}/importer`
pub(super) async fn form(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
) -> Result<Response> {
    page::render(&ImportPage::new(&app, person, event))
}

/// Which column holds what: as the first line says, or name, address, organisation, SIRET.
fn columns(first: &[String]) -> Option<[Option<usize>; 4]> {
    let place = |words: &[&str]| first.iter().position(|cell| words.contains(&folded(cell).as_str()));
    let email = place(&french::ADDRESS_HEADINGS)?;
    Some([place(&french::NAME_HEADINGS), Some(email), place(&french::ORGANISATION_HEADINGS), place(&["siret"])])
}

/// The lines of the file, read.
fn lines(text: &str) -> Vec<(usize, StaffRegistrationForm)> {
    let mut rows = spreadsheet::read(text).rows;
    let named = rows.first().and_then(|(_, first)| columns(first));
    if named.is_some() {
        rows.remove(0);
    }
    let columns = named.unwrap_or([Some(0), Some(1), Some(2), Some(3)]);
    let form = |cells: &[String]| {
        let [name, email, organisation, siret] =
            columns.map(|column| column.and_then(|column| cells.get(column)).cloned().unwrap_or_default());
        StaffRegistrationForm { name, email, organisation, siret }
    };
    rows.iter().map(|(number, cells)| (*number, form(cells))).collect()
}

/// `POST /organisation/evenements/{slug}/importer`: without `etape=importer` a dry run.
pub(super) async fn submit(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    form: Multipart,
) -> Result<Response> {
    let by = person.id;
    let Sent { text, confirmed: done, mut problems } = Sent::read(form).await?;
    let read = lines(&text);
    if problems.is_empty() && read.is_empty() {
        problems.add("fichier", french::NO_LIST);
    }
    if read.len() > MAX_LINES {
        problems.add("fichier", french::TOO_MANY_LINES);
    }
    let page = ImportPage::new(&app, person, event);
    if !problems.is_empty() {
        return page::unprocessable(&ImportPage { text, problems, ..page });
    }
    let run = if done { Run::Real } else { Run::Dry };
    let lines = run_lines(&app, by, page.event.id, read, run).await?;
    page::render(&ImportPage { text, lines, done, ..page })
}

/// Registers whom the lines name, or tries to; tells what becomes of each line.
async fn run_lines(
    app: &App,
    by: PersonId,
    event: EventId,
    read: Vec<(usize, StaffRegistrationForm)>,
    run: Run,
) -> Result<Vec<Line>> {
    let parsed: Vec<_> = read.into_iter().map(|(number, form)| (number, form.parse(), form)).collect();
    let good: Vec<_> = parsed.iter().filter_map(|(_, parsed, _)| parsed.as_ref().ok()).cloned().collect();
    let mut results = registrations::register_all_by_staff(app, by, event, &good, run).await?.into_iter();
    let line = |(number, parsed, form): (usize, Result<_, FieldErrors>, StaffRegistrationForm)| {
        let result = match parsed.map(|_| results.next()) {
            Err(problems) => LineOutcome::Wrong(problems),
            Ok(Some(Ok(status))) => LineOutcome::Registered(status),
            Ok(Some(Err(refusal))) => LineOutcome::Refused(french::refusal(refusal)),
            Ok(None) => LineOutcome::Refused(""),
        };
        Line { number, form, result }
    };
    Ok(parsed.into_iter().map(line).collect())
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
