//! Registrations from a CSV: tried first, each line with its result, then done.

use askama::Template;
use axum::extract::{Multipart, State};
use axum::response::Response;

use super::authorized::{Authorized, Organise};
use super::event_path;
use super::staff_registration::StaffRegistrationForm;
use crate::App;
use crate::office::french;
use crate::office::people_list::{ListForm, MAX_FILE, capped, french as lists, text};
use domain::accounts::Person;
use domain::people_list::{Columns, ListedPerson, PeopleList};
use domain::programme::Event;
use domain::registrations::{self, RegistrationStatus, Run};
use http::error::Result;
use http::form::{FieldErrors, unreadable};
use http::page::{self, Page};
use kernel::id::{EventId, PersonId};

/// Lines of one import at most: while it runs, nobody else registers.
const MAX_LINES: usize = 2_000;

#[derive(Template)]
#[template(path = "organiser-import.html")]
struct ImportPage {
    page: Page,
    path: String,
    event: Event,
    list: ListForm,
    /// The columns of a table that was read, and what they hold.
    columns: Option<Columns>,
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
    /// Nobody can be made of the line.
    Unread(&'static str),
}

impl LineOutcome {
    /// What needs somebody comes first.
    const fn rank(&self) -> u8 {
        match self {
            Self::Wrong(_) | Self::Unread(_) => 0,
            Self::Refused(_) => 1,
            Self::Registered(_) => 2,
        }
    }
}

/// What the form sends: a file or pasted lines first; then the same lines, with the wish to go on.
#[derive(Debug, Default)]
struct Sent {
    list: ListForm,
    confirmed: bool,
}

impl Sent {
    async fn read(mut form: Multipart) -> Result<Self> {
        let mut sent = Self::default();
        while let Some(field) = form.next_field().await.map_err(|error| unreadable(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "fichier" {
                sent.list.choose(capped(field, MAX_FILE).await?);
                continue;
            }
            let value = text(field).await?;
            match name.as_str() {
                "texte" => sent.list.text = value,
                "etape" => sent.confirmed = value == "importer",
                name => sent.list.tell(name, &value),
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
            list: ListForm::default(),
            columns: None,
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

/// `POST /organisation/evenements/{slug}/importer`: without `etape=importer` a dry run.
pub(super) async fn submit(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    form: Multipart,
) -> Result<Response> {
    let by = person.id;
    let Sent { list, confirmed: done } = Sent::read(form).await?;
    let (form, list) = list.read_aside().await?;
    let mut problems = FieldErrors::default();
    let list = match list {
        Ok(list) if list.people.len() + list.faults.len() + list.repeated.len() > MAX_LINES => {
            problems.add("fichier", french::TOO_MANY_LINES);
            PeopleList::default()
        }
        Ok(list) => list,
        Err(wrong) => {
            problems.add("fichier", wrong.problem);
            PeopleList::default()
        }
    };
    let page = ImportPage::new(&app, person, event);
    if !problems.is_empty() {
        return page::unprocessable(&ImportPage { list: form, problems, ..page });
    }
    let run = if done { Run::Real } else { Run::Dry };
    let columns = list.columns.clone();
    let lines = run_lines(&app, by, page.event.id, (list, run)).await?;
    page::render(&ImportPage { list: form, columns, lines, done, ..page })
}

/// Registers whom the lines name, or tries to; tells what becomes of each line, what is to be corrected first.
async fn run_lines(app: &App, by: PersonId, event: EventId, (list, run): (PeopleList, Run)) -> Result<Vec<Line>> {
    let read = list.people.into_iter().map(|one| {
        let ListedPerson { line, address, name, organisation, siret } = one;
        (line, StaffRegistrationForm { name, email: address.to_string(), organisation, siret })
    });
    let parsed: Vec<_> = read.map(|(number, form)| (number, form.parse(), form)).collect();
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
    let mut lines: Vec<Line> = parsed.into_iter().map(line).collect();
    lines.extend(list.faults.into_iter().map(|one| {
        let form = StaffRegistrationForm { name: one.text, ..StaffRegistrationForm::default() };
        Line { number: one.line, form, result: LineOutcome::Unread(lists::fault(one.fault)) }
    }));
    lines.extend(list.repeated.into_iter().map(|(number, address)| {
        let form = StaffRegistrationForm { email: address.to_string(), ..StaffRegistrationForm::default() };
        Line { number, form, result: LineOutcome::Refused(lists::REPEATED) }
    }));
    lines.sort_by_key(|line| (line.result.rank(), line.number));
    Ok(lines)
}
