//! The part of a form in which organisers bring a list of people: pasted, or a file; what its columns hold, where nobody can know;
//! and each line as it will be, before anything is done.

pub mod french;

use axum::body::Bytes;
use axum::extract::multipart::Field;

use documents::decode::Encoding;
use domain::people_list::{self, Columns, ListError, PeopleList, Reading, Told};
use http::error::{Error, Result};
use http::form::{FieldError, unreadable};

/// The largest file, bytes.
pub const MAX_FILE: usize = 1 << 20;

/// The largest text field, bytes: the text of a workbook is longer than its file.
const MAX_TEXT: usize = 16 << 20;

/// The largest form, bytes: far above a file that is too large, so that the page can say so and stay filled.
pub const MAX_FORM: usize = 64 << 20;

/// What a form brings of a list.
#[derive(Debug, Clone, Default)]
pub struct ListForm {
    /// The list, as it is read again when the form comes back.
    pub text: String,
    /// What is said of its columns.
    pub told: Told,
    /// The columns, when somebody must say what they hold.
    pub asked: Option<Columns>,
    /// What else is to be known of the file.
    pub notes: Vec<String>,
    file: File,
}

#[derive(Debug, Clone, Default)]
enum File {
    /// None was chosen.
    #[default]
    None,
    TooLarge,
    Chosen(Bytes),
}

/// What is wrong with a list, and with which of the two fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListProblem {
    /// Whether it is the file's.
    pub of_file: bool,
    /// What is wrong.
    pub problem: FieldError,
}

/// What a field holds, up to a limit; nothing when it holds more.
///
/// # Errors
///
/// When the form breaks off, or is too large as a whole.
pub async fn capped(mut field: Field<'_>, most: usize) -> Result<Option<Bytes>> {
    let mut held = Vec::new();
    let mut is_small = true;
    while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(&error))? {
        is_small &= held.len() + chunk.len() <= most;
        if is_small {
            held.extend_from_slice(&chunk);
        } else {
            held.clear();
        }
    }
    Ok(is_small.then(|| held.into()))
}

/// The text of a field.
///
/// # Errors
///
/// When the form breaks off, or the field holds more than a list can.
pub async fn text(field: Field<'_>) -> Result<String> {
    let bytes = capped(field, MAX_TEXT).await?.ok_or(Error::TooLarge)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

impl ListForm {
    /// Takes the chosen file; nothing of one that is too large.
    pub fn choose(&mut self, file: Option<Bytes>) {
        self.file = match file {
            None => File::TooLarge,
            Some(bytes) if bytes.is_empty() => File::None,
            Some(bytes) => File::Chosen(bytes),
        };
    }

    /// Takes what is said of the columns.
    pub fn tell(&mut self, name: &str, value: &str) {
        if name == "premiere" {
            value.clone_into(&mut self.told.first);
        } else if let Some(column) = name.strip_prefix("colonne.").and_then(|column| column.parse().ok()) {
            self.told.columns.push((column, value.to_owned()));
        }
    }

    /// Reads the list beside the async threads: a long one takes a moment.
    ///
    /// # Errors
    ///
    /// Fails when the reading was interrupted; what is wrong with the list comes beside it.
    pub async fn read_aside(mut self) -> Result<(Self, Result<PeopleList, ListProblem>)> {
        let reading = tokio::task::spawn_blocking(move || {
            let list = self.read();
            (self, list)
        });
        reading.await.map_err(|error| Error::Other(error.to_string()))
    }

    /// Reads the list. A file that was chosen joins the pasted lines, where both are read without a question.
    ///
    /// # Errors
    ///
    /// When there is nothing to read, or it cannot be read as it is.
    fn read(&mut self) -> Result<PeopleList, ListProblem> {
        let of_file = |problem| ListProblem { of_file: true, problem };
        match std::mem::take(&mut self.file) {
            File::None => self.read_text(false),
            File::TooLarge => Err(of_file(french::FILE_TOO_LARGE)),
            File::Chosen(bytes) => {
                let file = people_list::text_of(&bytes).map_err(|error| of_file(sentence(&error)))?;
                if let Some(encoding) = file.encoding.filter(|it| !matches!(it, Encoding::Utf8 | Encoding::Utf16)) {
                    self.notes.push(french::encoding(encoding.name()));
                }
                if !file.other_sheets.is_empty() {
                    self.notes.push(french::other_sheets(&file.other_sheets));
                }
                let pasted = std::mem::replace(&mut self.text, file.text);
                if pasted.trim().is_empty() { self.read_text(true) } else { self.join(&pasted) }
            }
        }
    }

    fn read_text(&mut self, of_file: bool) -> Result<PeopleList, ListProblem> {
        let problem = |problem| ListProblem { of_file, problem };
        match people_list::read(&self.text, &self.told) {
            Ok(Reading::Read(list)) => {
                if !list.ignored.is_empty() {
                    self.notes.push(french::ignored(&list.ignored));
                }
                Ok(list)
            }
            Ok(Reading::Ask(columns)) => {
                let is_told = self.told.first == columns.first;
                self.asked = Some(columns);
                Err(problem(if is_told { french::COLUMNS_UNCLEAR } else { french::SAY_COLUMNS }))
            }
            Err(error) => Err(problem(sentence(&error))),
        }
    }

    /// Joins the file, whose text this is by now, to the pasted lines: both as one table.
    fn join(&mut self, pasted: &str) -> Result<PeopleList, ListProblem> {
        let whole = |text: &str| match people_list::read(text, &Told::default()) {
            Ok(Reading::Read(list)) if list.faults.is_empty() => Some(list.people),
            _ => None,
        };
        let Some(people) = whole(pasted).zip(whole(&self.text)).map(|(one, other)| [one, other].concat()) else {
            pasted.clone_into(&mut self.text);
            return Err(ListProblem { of_file: true, problem: french::TWO_LISTS });
        };
        self.text = people_list::as_table(&people);
        self.read_text(true)
    }
}

fn sentence(error: &ListError) -> FieldError {
    match error {
        ListError::Empty => crate::office::french::NO_LIST,
        ListError::Format(format) => french::format(*format),
        ListError::OpenQuote(line) => french::open_quote(*line),
        ListError::TooMuch => french::TOO_MUCH,
        ListError::Broken => french::BROKEN,
    }
}
