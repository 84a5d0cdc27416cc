//! Documents of an event: taken in as they come, titled, put in order, removed.

use askama::Template;
use axum::Extension;
use axum::extract::multipart::Field;
use axum::extract::{Multipart, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::french;
use super::{ArchivePage, Typed, archive_path};
use crate::App;
use crate::office::authorized::{Authorized, Organise};
use domain::audit::{Act, Entry};
use domain::event_documents::{self, EventDocument, MAX_BYTES, Upload, UploadError};
use domain::programme::Event;
use http::BodyDeadline;
use http::error::{Error, Result};
use http::form::{FieldError, FieldErrors, Form, MAX_NAME, unreadable};
use http::page::{self, Page};
use kernel::text::visible_line;

/// Bytes of a request at most: well above a file that is too large, which is read to its end so that the page can say so.
pub(super) const MAX_BODY: usize = 4 * 25 * 1024 * 1024;
const _: () = assert!(MAX_BODY as u64 > 2 * MAX_BYTES);

/// Bytes of a typed text that are read.
const MAX_TEXT: usize = 4096;

/// `POST /organisation/evenements/{slug}/archive/documents`
pub(super) async fn upload(
    State(app): State<App>,
    Authorized { person, target: event, .. }: Authorized<Organise, Event>,
    deadline: Option<Extension<BodyDeadline>>,
    form: Multipart,
) -> Result<Response> {
    let entry = Entry::new(person.id, Act::ChangedResources, event.id);
    let deadline = deadline.map(|Extension(deadline)| deadline).unwrap_or_default();
    let mut receiver = Receiver { app: &app, deadline, event: &event, title: String::new() };
    let problems = receiver.receive(form, entry).await?;
    if problems.is_empty() {
        return Ok(Redirect::to(&format!("{}?fait=document", archive_path(&event))).into_response());
    }
    let typed = Typed { document_title: receiver.title, problems, ..Typed::default() };
    page::unprocessable(&ArchivePage::new(&app, person, event, typed).await?)
}

/// Reads the form of an upload.
struct Receiver<'a> {
    app: &'a App,
    deadline: BodyDeadline,
    event: &'a Event,
    /// As it was typed.
    title: String,
}

impl Receiver<'_> {
    /// Reads the fields in their order, the title first; says what is wrong.
    async fn receive(&mut self, mut form: Multipart, entry: Entry) -> Result<FieldErrors> {
        let (mut problems, mut was_given) = (FieldErrors::default(), false);
        while let Some(mut field) = form.next_field().await.map_err(|error| unreadable(&error))? {
            match field.name() {
                Some("titre-document") => {
                    self.title = self.text(&mut field).await?;
                    if !self.title.trim().is_empty() {
                        problems.text("titre-document", &self.title, MAX_NAME, french::NO_TITLE);
                    }
                }
                Some("fichier") if problems.is_empty() => {
                    let stored = self.store(&mut field, entry.clone()).await;
                    was_given = !matches!(stored, Ok(false));
                    match stored {
                        Ok(_) => {}
                        Err(Stopped::Refused(problem)) => problems.add("fichier", problem),
                        Err(Stopped::Failed(error)) => return Err(error),
                    }
                    self.skip(&mut field).await?;
                }
                Some("fichier") => {
                    was_given = true;
                    self.skip(&mut field).await?;
                }
                _ => {}
            }
        }
        if !was_given {
            problems.add("fichier", french::NO_FILE);
        }
        Ok(problems)
    }

    async fn text(&self, field: &mut Field<'_>) -> Result<String> {
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(&error))? {
            bytes.extend_from_slice(&chunk[..chunk.len().min(MAX_TEXT - bytes.len())]);
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Reads what is left of a field: an answer that comes before the end of a request never reaches most browsers.
    async fn skip(&self, field: &mut Field<'_>) -> Result<()> {
        while field.chunk().await.map_err(|error| unreadable(&error))?.is_some() {
            self.deadline.extend();
        }
        Ok(())
    }

    /// Stores the file that a field holds; false if none was chosen.
    async fn store(&self, field: &mut Field<'_>, entry: Entry) -> Result<bool, Stopped> {
        let file_name = field.file_name().unwrap_or_default().to_owned();
        if file_name.is_empty() {
            return Ok(false);
        }
        let mut upload = Upload::begin(self.event.id, &visible_line(&self.title), &file_name, self.app.clock.now())
            .map_err(|refusal| Stopped::Refused(french::file_refused(refusal)))?;
        let stored = self.fill(&mut upload, field, entry).await;
        if stored.is_err() {
            upload.abandon(self.app).await?;
        }
        stored.map(|()| true)
    }

    async fn fill(&self, upload: &mut Upload, field: &mut Field<'_>, entry: Entry) -> Result<(), Stopped> {
        while let Some(chunk) = field.chunk().await.map_err(|error| Stopped::Failed(unreadable(&error)))? {
            self.deadline.extend();
            upload.write(self.app, &chunk).await?;
        }
        upload.finish(self.app, entry, french::added).await?;
        Ok(())
    }
}

/// Why a file was not stored.
enum Stopped {
    Refused(FieldError),
    Failed(Error),
}

impl From<UploadError> for Stopped {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Refused(refusal) => Self::Refused(french::file_refused(refusal)),
            UploadError::Store(error) => Self::Failed(error.into()),
        }
    }
}

impl From<sqlx::Error> for Stopped {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

#[derive(Template)]
#[template(path = "organiser-document.html")]
struct DocumentPage {
    page: Page,
    back: String,
    event: Event,
    document: EventDocument,
    form: TitleForm,
    problems: FieldErrors,
}

#[derive(Template)]
#[template(path = "organiser-document-remove.html")]
struct RemovePage {
    page: Page,
    back: String,
    event: Event,
    document: EventDocument,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct TitleForm {
    #[serde(default)]
    titre: String,
}

/// `GET /organisation/documents/{id}`
pub(super) async fn form(
    State(app): State<App>,
    Authorized { person, target: (document, event), .. }: Authorized<Organise, (EventDocument, Event)>,
) -> Result<Response> {
    let form = TitleForm { titre: document.title.clone() };
    let (page, back) = (Page::new(&app, Some(person)), archive_path(&event));
    page::render(&DocumentPage { page, back, event, document, form, problems: FieldErrors::default() })
}

/// `POST /organisation/documents/{id}`
pub(super) async fn rename(
    State(app): State<App>,
    Authorized { person, target: (document, event), .. }: Authorized<Organise, (EventDocument, Event)>,
    Form(form): Form<TitleForm>,
) -> Result<Response> {
    let mut problems = FieldErrors::default();
    let title = problems.text("titre", &form.titre, MAX_NAME, french::NO_TITLE);
    let back = archive_path(&event);
    if !problems.is_empty() {
        let page = Page::new(&app, Some(person));
        return page::unprocessable(&DocumentPage { page, back, event, document, form, problems });
    }
    let entry = Entry::new(person.id, Act::ChangedResources, event.id).note(french::changed(&title));
    event_documents::rename(&app, document.id, &title, &entry).await?;
    Ok(Redirect::to(&format!("{back}?fait=titre")).into_response())
}

/// `POST /organisation/documents/{id}/monter`
pub(super) async fn move_up(
    State(app): State<App>,
    Authorized { target: (document, event), .. }: Authorized<Organise, (EventDocument, Event)>,
) -> Result<Response> {
    event_documents::move_up(&app, &document).await?;
    Ok(Redirect::to(&format!("{}?fait=ordre", archive_path(&event))).into_response())
}

/// `GET /organisation/documents/{id}/supprimer`: what it would do, and back.
pub(super) async fn ask(
    State(app): State<App>,
    Authorized { person, target: (document, event), .. }: Authorized<Organise, (EventDocument, Event)>,
) -> Result<Response> {
    let (page, back) = (Page::new(&app, Some(person)), archive_path(&event));
    page::render(&RemovePage { page, back, event, document })
}

/// `POST /organisation/documents/{id}/supprimer`
pub(super) async fn remove(
    State(app): State<App>,
    Authorized { person, target: (document, event), .. }: Authorized<Organise, (EventDocument, Event)>,
) -> Result<Response> {
    let entry = Entry::new(person.id, Act::ChangedResources, event.id).note(french::removed(&document.title));
    event_documents::remove(&app, document.id, &entry).await?;
    Ok(Redirect::to(&format!("{}?fait=retire", archive_path(&event))).into_response())
}
