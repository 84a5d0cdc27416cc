//! Forms: what was typed, and what is wrong with it, field by field.

use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use crate::error::Error;
use domain::accounts::EmailAddress;
use domain::organisations::Siret;

/// The longest name of a person or an organisation, characters.
pub const MAX_NAME: usize = 120;

/// A submitted form; one that cannot be read at all is answered 400.
#[derive(Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Error;
    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        match axum::extract::Form::<T>::from_request(request, state).await {
            Ok(axum::extract::Form(form)) => Ok(Self(form)),
            Err(no) if no.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Error::TooLarge),
            Err(_) => Err(Error::BadRequest),
        }
    }
}

/// A form with files that cannot be read: too large, or none.
#[must_use]
pub fn unreadable(error: &MultipartError) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Error::TooLarge } else { Error::BadRequest }
}

/// What is wrong with one field. The sentence is in `web/pages/problems.html`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// No name was given.
    NoName,
    /// No address was given.
    NoAddress,
    /// No organisation was given.
    NoOrganisation,
    /// It is longer than anybody's name.
    TooLong,
    /// No letter could reach it.
    NotAnAddress,
    /// No SIRET: 14 digits that check.
    NotASiret,
    /// Neither the address's domain nor the organisation is on the event's list of buyers.
    NotListed,
    /// Something must be written here.
    Missing,
    /// It is longer than it can be.
    FarTooLong,
    /// No date and time.
    NotATime,
    /// An event ends after it starts, and within two weeks.
    EndsBeforeItStarts,
    /// Registrations open before they close.
    OpensAfterItCloses,
    /// A link begins with https://.
    NotALink,
    /// A whole number, within what is possible.
    NotANumber,
    /// A reason is needed: the person reads it, or the audit log keeps it.
    NoReason,
    /// The attestation of working for the same organisation is needed.
    NotAColleague,
    /// Nobody was chosen.
    NobodyChosen,
    /// Another organisation has this SIRET.
    SiretTaken,
    /// Somebody else has stored something else here since the form was opened.
    ChangedMeanwhile,
    /// No message, or no subject, was written.
    NoMessage,
    /// Nobody is on the list.
    NoGuests,
    /// Neither a file nor lines were given.
    NoList,
    /// More people than one round takes.
    TooManyGuests,
    /// More lines than one import takes.
    TooManyLines,
    /// A file larger than one import takes.
    FileTooLarge,
    /// A file that is no text.
    NotText,
    /// Seats are to be kept at an event that keeps none, and nobody said how many.
    NoKeptSeats,
    /// No event was chosen.
    NoEvent,
    /// The message names something in braces that means nothing.
    UnknownPlaceholder,
    /// No such time, or one that is past.
    BadTime,
    /// The attestation of being a public buyer is needed.
    NotAttested,
    /// The same, for some of the chosen events.
    NotAttestedForSome,
}

/// What is wrong with a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<(&'static str, Problem)>);

impl Problems {
    /// One problem with one field.
    #[must_use]
    pub fn one(field: &'static str, problem: Problem) -> Self {
        Self(vec![(field, problem)])
    }

    /// Adds a problem with a field.
    pub fn add(&mut self, field: &'static str, problem: Problem) {
        self.0.push((field, problem));
    }

    /// Says something else about a field that has this problem.
    pub fn replace(&mut self, old: Problem, new: Problem) {
        for (_, problem) in self.0.iter_mut().filter(|(_, problem)| *problem == old) {
            *problem = new;
        }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many fields have something wrong.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// What is wrong with `field`, for a template.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&Problem> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, problem)| problem)
    }

    /// The fields with something wrong, in the order of the form.
    #[must_use]
    pub fn all(&self) -> &[(&'static str, Problem)] {
        &self.0
    }

    /// The address that letters can reach, noting what is wrong with it.
    pub fn address(&mut self, field: &'static str, text: &str) -> Option<EmailAddress> {
        let address = EmailAddress::parse(text);
        if address.is_none() {
            self.add(field, if text.trim().is_empty() { Problem::NoAddress } else { Problem::NotAnAddress });
        }
        address
    }

    /// A SIRET, if one was given, noting when it is none.
    pub fn siret(&mut self, field: &'static str, text: &str) -> Option<Siret> {
        let siret = Siret::parse(text);
        if siret.is_none() && !text.trim().is_empty() {
            self.add(field, Problem::NotASiret);
        }
        siret
    }

    /// `text` without the blanks around it, noting `missing` when there is nothing, and when it is longer than `most` characters.
    pub fn text(&mut self, field: &'static str, text: &str, most: usize, missing: Problem) -> String {
        // Names go into headers and tables: line breaks and other control characters become blanks.
        let clean: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        let trimmed = clean.trim();
        if trimmed.is_empty() {
            self.add(field, missing);
        } else if trimmed.chars().count() > most {
            self.add(field, Problem::TooLong);
        }
        trimmed.to_owned()
    }
}
