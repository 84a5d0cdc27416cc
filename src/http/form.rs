//! Forms: what was typed, and what is wrong with it, field by field.

use std::borrow::Cow;

use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use crate::error::Error;
use domain::accounts::{EmailAddress, EmailAddressError};
use domain::organisations::Siret;
use kernel::text::visible_line;

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

/// What is wrong with one field, as a sentence for whoever filled it in. Each feature has its own, in a `french` module; those
/// that every form may need stand in `http::french`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError(Cow<'static, str>);

impl FieldError {
    /// An error that says this.
    #[must_use]
    pub const fn new(sentence: &'static str) -> Self {
        Self(Cow::Borrowed(sentence))
    }

    /// An error that says this, with words of what was typed.
    #[must_use]
    pub const fn naming(sentence: String) -> Self {
        Self(Cow::Owned(sentence))
    }

    /// What is shown beside the field.
    #[must_use]
    pub fn sentence(&self) -> &str {
        &self.0
    }
}

/// What is wrong with a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(&'static str, FieldError)>);

impl FieldErrors {
    /// One problem with one field.
    #[must_use]
    pub fn one(field: &'static str, problem: FieldError) -> Self {
        Self(vec![(field, problem)])
    }

    /// Adds a problem with a field.
    pub fn add(&mut self, field: &'static str, problem: FieldError) {
        self.0.push((field, problem));
    }

    /// Says something else about a field that has this problem.
    pub fn replace(&mut self, old: &FieldError, new: &FieldError) {
        for (_, problem) in self.0.iter_mut().filter(|(_, problem)| problem == old) {
            *problem = new.clone();
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
    pub fn of(&self, field: &str) -> Option<&FieldError> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, problem)| problem)
    }

    /// Whether somebody else has stored something else in `field` meanwhile.
    #[must_use]
    pub fn changed_meanwhile(&self, field: &str) -> bool {
        self.of(field) == Some(&FieldError::CHANGED_MEANWHILE)
    }

    /// The fields with something wrong, in the order of the form.
    #[must_use]
    pub fn all(&self) -> &[(&'static str, FieldError)] {
        &self.0
    }

    /// The address that letters can reach, noting what is wrong with it.
    pub fn address(&mut self, field: &'static str, text: &str) -> Option<EmailAddress> {
        match EmailAddress::read(text) {
            Ok(address) => return Some(address),
            Err(EmailAddressError::NeedsSmtpUtf8) => self.add(field, FieldError::NEEDS_SMTPUTF8),
            Err(EmailAddressError::NotAnAddress) if visible_line(text).is_empty() => {
                self.add(field, FieldError::NO_ADDRESS);
            }
            Err(EmailAddressError::NotAnAddress) => self.add(field, FieldError::NOT_AN_ADDRESS),
        }
        None
    }

    /// A SIRET, if one was given, noting when it is none.
    pub fn siret(&mut self, field: &'static str, text: &str) -> Option<Siret> {
        let siret = Siret::parse(text);
        if siret.is_none() && !text.trim().is_empty() {
            self.add(field, FieldError::NOT_A_SIRET);
        }
        siret
    }

    /// `text` without the blanks around it, noting `missing` when there is nothing, and when it is longer than `most` characters.
    pub fn text(&mut self, field: &'static str, text: &str, most: usize, missing: FieldError) -> String {
        // Names go into headers and tables: line breaks and other control characters become blanks.
        let seen = visible_line(text);
        if seen.is_empty() {
            self.add(field, missing);
        } else if seen.chars().count() > most {
            self.add(field, FieldError::TOO_LONG);
        }
        seen
    }
}
