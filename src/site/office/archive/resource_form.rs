//! The form of an entry of the library.

use serde::Deserialize;

use super::french;
use domain::programme::Event;
use domain::resources::{self as library, Resource, ResourceDraft, ResourceKind};
use domain::roles::{Permission, Place, Rights};
use http::form::{FieldErrors, MAX_NAME};

/// The longest description, characters.
const MAX_DESCRIPTION: usize = 500;

/// An entry as it is typed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ResourceForm {
    #[serde(default, rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub titre: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub adresse: String,
    /// The name of an event.
    #[serde(default)]
    pub evenement: String,
}

impl ResourceForm {
    /// The form as it is opened.
    pub fn of(resource: &Resource, event: Option<&Event>) -> Self {
        Self {
            kind: resource.kind.name().to_owned(),
            titre: resource.title.clone(),
            description: resource.description.clone(),
            adresse: resource.url.clone().unwrap_or_default(),
            evenement: event.map_or_else(String::new, |event| event.slug.to_string()),
        }
    }

    /// What is typed, for one of these events or for none where the organiser may.
    pub fn parse(&self, choices: &Choices) -> Result<ResourceDraft, FieldErrors> {
        let mut problems = FieldErrors::default();
        let kind = ResourceKind::named(&self.kind);
        if kind.is_none() {
            problems.add("type", french::NO_KIND);
        }
        let title = problems.text("titre", &self.titre, MAX_NAME, french::NO_TITLE);
        let description = self.description.split_whitespace().collect::<Vec<_>>().join(" ");
        if description.chars().count() > MAX_DESCRIPTION {
            problems.add("description", french::DESCRIPTION_TOO_LONG);
        }
        let url = Some(self.adresse.trim()).filter(|url| !url.is_empty()).map(str::to_owned);
        if url.as_deref().is_some_and(|url| !library::is_link(url)) {
            problems.add("adresse", french::NOT_A_LINK);
        }
        let event = choices.events.iter().find(|event| event.slug.as_str() == self.evenement);
        if event.is_none() && !(self.evenement.is_empty() && choices.may_be_of_none) {
            problems.add("evenement", french::NO_SUCH_EVENT);
        }
        match kind.filter(|_| problems.is_empty()) {
            Some(kind) => Ok(ResourceDraft { kind, title, description, url, event_id: event.map(|event| event.id) }),
            None => Err(problems),
        }
    }
}

/// The events that an organiser may choose, and whether an entry may belong to none.
pub(super) struct Choices {
    pub events: Vec<Event>,
    pub may_be_of_none: bool,
}

impl Choices {
    /// Of these events, those that the organiser runs.
    pub fn new(mut events: Vec<Event>, rights: &Rights) -> Self {
        events.retain(|event| rights.may(Permission::Organise, event));
        Self { events, may_be_of_none: rights.may(Permission::Organise, Place::Everything) }
    }
}
