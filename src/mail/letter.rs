//! A letter that somebody is owed, before it is rendered.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use kernel::clock::Timestamp;
use kernel::id::PersonId;
use kernel::key::{LinkKey, Purpose};

/// What goes first. The outbox is emptied in this order, then by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Priority {
    /// Somebody is waiting for it in front of a screen.
    #[default]
    Awaited,
    /// It is about something that comes nearer.
    Reminder,
    /// It may take the night.
    Announcement,
}

impl Priority {
    pub(super) const fn rank(self) -> i64 {
        match self {
            Self::Awaited => 0,
            Self::Reminder => 5,
            Self::Announcement => 9,
        }
    }

    pub(super) const fn of_rank(rank: i64) -> Self {
        match rank {
            ..=0 => Self::Awaited,
            1..=5 => Self::Reminder,
            _ => Self::Announcement,
        }
    }
}

/// Whom a letter goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct To {
    /// The person, when it is one that we know.
    pub person: Option<PersonId>,
    /// The e-mail address.
    pub address: String,
    /// The name beside the address; may be empty.
    pub name: String,
}

impl To {
    /// Somebody we know.
    #[must_use]
    pub fn person(person: PersonId, address: impl Into<String>, name: impl Into<String>) -> Self {
        Self { person: Some(person), address: address.into(), name: name.into() }
    }

    /// An address of which we know nobody.
    #[must_use]
    pub fn address(address: impl Into<String>) -> Self {
        Self { person: None, address: address.into(), name: String::new() }
    }
}

/// A link in a letter, without its secret: the token is derived when the letter is rendered, so that none is at rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterLink {
    /// What templates call it: `links.<name>`.
    pub name: String,
    /// A path of this site; `{token}` stands where the secret goes.
    pub path: String,
    /// What the secret is derived from; `None` for a path without one.
    pub secret: Option<Secret>,
}

/// What a link's secret is derived from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// What the link allows.
    pub purpose: Purpose,
    /// The registration, sign-in… that it is about.
    pub id: Uuid,
    /// Raised to make older links void.
    pub version: u64,
    /// Whether the token says itself what it is about: nothing of it is in the database.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
}

impl LetterLink {
    /// A link that anybody may follow.
    #[must_use]
    pub fn open(name: impl Into<String>, path: impl Into<String>) -> Self {
        Self { name: name.into(), path: path.into(), secret: None }
    }

    /// A link whose `{token}` becomes the token of `purpose` for the thing `id` in its `version`.
    #[must_use]
    pub fn secret(
        name: impl Into<String>,
        path: impl Into<String>,
        purpose: Purpose,
        id: impl Into<Uuid>,
        version: u64,
    ) -> Self {
        let secret = Secret { purpose, id: id.into(), version, sealed: false };
        Self { name: name.into(), path: path.into(), secret: Some(secret) }
    }

    /// A link whose `{token}` becomes the identifier `id`, sealed for `purpose`.
    #[must_use]
    pub fn sealed(name: impl Into<String>, path: impl Into<String>, purpose: Purpose, id: impl Into<Uuid>) -> Self {
        let secret = Secret { purpose, id: id.into(), version: 0, sealed: true };
        Self { name: name.into(), path: path.into(), secret: Some(secret) }
    }

    /// The address with an ellipsis in place of the secret.
    #[must_use]
    pub fn without_secret(&self, base_url: &str) -> String {
        format!("{base_url}{}", self.path.replace("{token}", "…"))
    }

    /// The address as a calendar that waits has it: `{token}` still stands in it.
    #[must_use]
    pub fn unfilled(&self, base_url: &str) -> String {
        format!("{base_url}{}", self.path)
    }

    /// The whole address, below `base_url` (which has no slash at its end).
    #[must_use]
    pub fn address(&self, base_url: &str, key: &LinkKey) -> String {
        let path = match self.secret {
            Some(secret) => {
                let token = match secret.sealed {
                    true => key.seal_id(secret.purpose, secret.id),
                    false => key.token(secret.purpose, secret.id, secret.version),
                };
                self.path.replace("{token}", token.as_str())
            }
            None => self.path.clone(),
        };
        format!("{base_url}{path}")
    }
}

/// A letter that somebody is owed. It is written once per (person, subject, kind, version); without a person,
/// once per (address, subject, kind, version).
///
/// ```
/// use parcours::mail::{Letter, Link, Priority, To};
/// use parcours::key::Purpose;
/// # let id = uuid::Uuid::nil();
/// let letter = Letter::new("sign-in", To::address("ada@exemple.fr"), id)
///     .data(serde_json::json!({ "person": { "name": "Ada" } }))
///     .link(Link::secret("sign_in", "/connexion/{token}", Purpose::SignIn, id, 0));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// Which letter: the name of its folder in `mail-templates/`.
    pub kind: &'static str,
    /// Whom it goes to.
    pub to: To,
    /// What it is about: a registration, an event, a sign-in…
    pub subject: Uuid,
    /// Tells letters of one kind about one subject apart; zero at first.
    pub version: i64,
    /// What its template shows: an object, without secrets. `site` and `links` are added when it is rendered.
    pub data: Value,
    /// Its links.
    pub links: Vec<LetterLink>,
    /// An iCalendar text to attach.
    pub calendar: Option<String>,
    /// What goes before what.
    pub priority: Priority,
    /// Not sent before; `None` for at once.
    pub due_at: Option<Timestamp>,
    /// Not sent after; `None` for [`outbox::PATIENCE`](super::outbox::PATIENCE) after it was due.
    pub expires_at: Option<Timestamp>,
}

impl Letter {
    /// An awaited letter of `kind` about `subject`, due at once, with nothing in it.
    #[must_use]
    pub fn new(kind: &'static str, to: To, subject: impl Into<Uuid>) -> Self {
        Self {
            kind,
            to,
            subject: subject.into(),
            version: 0,
            data: Value::Object(serde_json::Map::new()),
            links: Vec::new(),
            calendar: None,
            priority: Priority::default(),
            due_at: None,
            expires_at: None,
        }
    }

    /// With this number among the letters of its kind about its subject.
    #[must_use]
    pub fn version(self, version: i64) -> Self {
        Self { version, ..self }
    }

    /// With what its template shows: an object.
    #[must_use]
    pub fn data(self, data: Value) -> Self {
        Self { data, ..self }
    }

    /// With one more link.
    #[must_use]
    pub fn link(mut self, link: LetterLink) -> Self {
        self.links.push(link);
        self
    }

    /// With an iCalendar text attached.
    #[must_use]
    pub fn calendar(self, text: impl Into<String>) -> Self {
        Self { calendar: Some(text.into()), ..self }
    }

    /// Going before or after others.
    #[must_use]
    pub fn priority(self, priority: Priority) -> Self {
        Self { priority, ..self }
    }

    /// Not sent before `due_at`.
    #[must_use]
    pub fn due_at(self, due_at: Timestamp) -> Self {
        Self { due_at: Some(due_at), ..self }
    }

    /// Given up at `expires_at`, for instance when the event starts.
    #[must_use]
    pub fn expires_at(self, expires_at: Timestamp) -> Self {
        Self { expires_at: Some(expires_at), ..self }
    }
}

/// Values of letters whose names changed, old and new: letters of earlier versions wait in the outbox, and are shown there.
const RENAMED: [(&str, &str); 2] = [("proven", "verified"), ("seat", "status")];

/// The value that a letter about a change has since, and that its name tells apart: letters of earlier versions have none.
const ADDED: (&str, &str) = ("was_where", "video");

/// The values of a stored letter under the names that templates use.
pub(super) fn with_present_names(mut data: Value) -> Value {
    if let Some(values) = data.as_object_mut().filter(|values| values.contains_key(ADDED.0)) {
        values.entry(ADDED.1).or_insert(Value::Null);
    }
    let present =
        |name: String| RENAMED.iter().find(|(old, _)| *old == name).map_or(name, |(_, new)| (*new).to_owned());
    match data {
        Value::Object(values) => {
            values.into_iter().map(|(name, value)| (present(name), with_present_names(value))).collect()
        }
        Value::Array(values) => values.into_iter().map(with_present_names).collect(),
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_link_carries_its_secret_only_once_it_is_rendered() {
        let key = LinkKey::new("secret");
        let id = Uuid::from_u128(7);
        let link = LetterLink::secret("registration", "/inscriptions/{token}", Purpose::Registration, id, 3);
        let token = key.token(Purpose::Registration, id, 3);
        let at_rest = serde_json::to_string(&link).unwrap();
        assert!(!at_rest.contains(token.as_str()));
        assert_eq!(
            link.address("https://exemple.fr", &key),
            format!("https://exemple.fr/inscriptions/{}", token.as_str())
        );
        assert_eq!(serde_json::from_str::<LetterLink>(&at_rest).unwrap(), link);
    }

    #[test]
    fn a_sealed_link_says_what_it_is_about_once_it_is_rendered() {
        let key = LinkKey::new("secret");
        let id = Uuid::from_u128(7);
        let link = LetterLink::sealed("join", "/rejoindre/{token}", Purpose::Joining, id);
        let address = link.address("https://exemple.fr", &key);
        let token = kernel::key::Token::received(address.strip_prefix("https://exemple.fr/rejoindre/").unwrap());
        assert_eq!(key.open_id(Purpose::Joining, &token), Some(id));
        let at_rest = serde_json::to_string(&link).unwrap();
        assert!(!at_rest.contains(token.as_str()));
        assert_eq!(serde_json::from_str::<LetterLink>(&at_rest).unwrap(), link);
    }

    #[test]
    fn an_open_link_is_a_path_of_the_site() {
        let link = LetterLink::open("board", "/tableaux/1");
        assert_eq!(link.address("https://exemple.fr", &LinkKey::new("")), "https://exemple.fr/tableaux/1");
    }

    #[test]
    fn a_letter_of_an_earlier_version_has_the_names_of_today() {
        let stored = json!({ "proven": true, "results": [{ "seat": "held", "event": { "title": "seat" } }] });
        let present = json!({ "verified": true, "results": [{ "status": "held", "event": { "title": "seat" } }] });
        assert_eq!(with_present_names(stored), present);
    }
}
