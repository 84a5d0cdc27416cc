//! Who runs the service, as its pages and letters say it. A theme's facts win; an owner types the others into a form.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::text::{visible, visible_line};
use crate::theme::Theme;

/// The name of a service that was given none.
const DEFAULT_NAME: &str = "Parcours";

/// The longest fact, characters.
pub const MAX_FACT: usize = 600;

/// Something that pages say about who runs the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// What the service is called: in the header, in titles, in letters.
    Name,
    /// Who runs it.
    Operator,
    /// Where people write to.
    ContactEmail,
    /// A page by which people write.
    ContactUrl,
    /// The operator's postal address.
    PostalAddress,
    /// Who answers for what is published.
    PublicationDirector,
    /// Who hosts the site: name, address, telephone.
    Host,
    /// Who answers for personal data; the operator unless said.
    Controller,
    /// What allows the processing of personal data.
    LegalBasis,
    /// Who receives personal data, besides the organisers.
    Recipients,
    /// The data protection officer.
    Dpo,
    /// How accessible the site was found to be: `none`, `partial` or `full`.
    Accessibility,
    /// Who found that, and when.
    AccessibilityAudit,
}

/// Why a fact cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactError {
    /// It is no e-mail address.
    Email,
    /// It is no address that starts with https://.
    Url,
    /// It is longer than [`MAX_FACT`].
    TooLong,
    /// It is none of the levels.
    Level,
}

impl FactError {
    /// What the fact has to be, for whoever operates the server.
    #[must_use]
    pub const fn wanted(self) -> &'static str {
        match self {
            Self::Email => "is to be an e-mail address",
            Self::Url => "is to start with https://",
            Self::TooLong => "is longer than 600 characters",
            Self::Level => "is to be none, partial or full",
        }
    }
}

impl Fact {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Name,
        Self::Operator,
        Self::ContactEmail,
        Self::ContactUrl,
        Self::PostalAddress,
        Self::PublicationDirector,
        Self::Host,
        Self::Controller,
        Self::LegalBasis,
        Self::Recipients,
        Self::Dpo,
        Self::Accessibility,
        Self::AccessibilityAudit,
    ];

    /// Those without which a legal page lacks something.
    pub const REQUIRED: [Self; 7] = [
        Self::Operator,
        Self::ContactEmail,
        Self::PostalAddress,
        Self::PublicationDirector,
        Self::Host,
        Self::LegalBasis,
        Self::Dpo,
    ];

    /// Its name in SQL, in forms and in theme.toml.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Operator => "operator",
            Self::ContactEmail => "contact_email",
            Self::ContactUrl => "contact_url",
            Self::PostalAddress => "postal_address",
            Self::PublicationDirector => "publication_director",
            Self::Host => "host",
            Self::Controller => "controller",
            Self::LegalBasis => "legal_basis",
            Self::Recipients => "recipients",
            Self::Dpo => "dpo",
            Self::Accessibility => "accessibility",
            Self::AccessibilityAudit => "accessibility_audit",
        }
    }

    /// The fact of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fact| fact.name() == name)
    }

    /// The text as it is kept: without blanks around it, on one line unless the fact has several.
    ///
    /// # Errors
    ///
    /// When it cannot be such a fact.
    pub fn clean(self, text: &str) -> Result<String, FactError> {
        let several = matches!(self, Self::PostalAddress | Self::Host | Self::Recipients | Self::Dpo);
        let text = if several { visible(text).replace('\t', " ") } else { visible_line(text) };
        let text = text.trim();
        let problem = match self {
            _ if text.is_empty() => None,
            _ if text.chars().count() > MAX_FACT => Some(FactError::TooLong),
            Self::ContactEmail if !is_address(text) => Some(FactError::Email),
            Self::ContactUrl if !is_https(text) => Some(FactError::Url),
            Self::Accessibility if !["none", "partial", "full"].contains(&text) => Some(FactError::Level),
            _ => None,
        };
        problem.map_or_else(|| Ok(text.to_owned()), Err)
    }
}

/// Whether letters might reach it; what is typed on a form is tried more strictly where letters are sent to it.
fn is_address(text: &str) -> bool {
    let is_plain = |letter: char| letter.is_alphanumeric() || "._%+-".contains(letter);
    text.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && local.chars().chain(host.chars()).all(is_plain)
    })
}

fn is_https(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(|rest| rest.contains('.'))
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Facts, by what they are about.
pub type Facts = BTreeMap<Fact, String>;

/// How to reach those who run the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// `mailto:…` or `https://…`.
    pub href: String,
    /// As it is read.
    pub label: String,
}

/// Who runs the service, and how it looks.
#[derive(Debug, Default)]
pub struct Identity {
    /// How it looks.
    pub theme: Arc<Theme>,
    /// What an owner typed.
    owners: Facts,
}

impl Identity {
    /// The theme with what an owner typed.
    #[must_use]
    pub fn new(theme: Arc<Theme>, owners: Facts) -> Self {
        Self { theme, owners }
    }

    /// A fact: the theme's, or else the owner's.
    #[must_use]
    pub fn fact(&self, fact: Fact) -> Option<&str> {
        self.theme.facts.get(&fact).or_else(|| self.owners.get(&fact)).map(String::as_str)
    }

    /// Whether the theme says it, so that no owner changes it.
    #[must_use]
    pub fn is_fixed(&self, fact: Fact) -> bool {
        self.theme.facts.contains_key(&fact)
    }

    /// What an owner typed.
    #[must_use]
    pub const fn owners(&self) -> &Facts {
        &self.owners
    }

    /// What the service is called.
    #[must_use]
    pub fn name(&self) -> &str {
        self.fact(Fact::Name).unwrap_or(DEFAULT_NAME)
    }

    /// Who answers for personal data.
    #[must_use]
    pub fn controller(&self) -> Option<&str> {
        self.fact(Fact::Controller).or_else(|| self.fact(Fact::Operator))
    }

    /// Where people write to: an address before a page.
    #[must_use]
    pub fn contact(&self) -> Option<Contact> {
        let email = self.fact(Fact::ContactEmail);
        let email = email.map(|email| Contact { href: format!("mailto:{email}"), label: email.to_owned() });
        email.or_else(|| self.contact_page())
    }

    /// The page by which people write.
    #[must_use]
    pub fn contact_page(&self) -> Option<Contact> {
        let url = self.fact(Fact::ContactUrl)?;
        let label = url.trim_start_matches("https://").trim_end_matches('/');
        Some(Contact { href: url.to_owned(), label: label.to_owned() })
    }

    /// The facts that legal pages lack.
    #[must_use]
    pub fn missing(&self) -> Vec<Fact> {
        let lacks = |fact: &Fact| match fact {
            Fact::ContactEmail => self.contact().is_none(),
            _ => self.fact(*fact).is_none(),
        };
        Fact::REQUIRED.into_iter().filter(lacks).collect()
    }
}

/// The identity of a running service, which an owner may change meanwhile; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct SharedIdentity(Arc<RwLock<Arc<Identity>>>);

impl SharedIdentity {
    /// Of this theme, before any owner's facts are known.
    #[must_use]
    pub fn new(theme: Theme) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(Identity::new(Arc::new(theme), Facts::new())))))
    }

    /// As it is now.
    #[must_use]
    pub fn get(&self) -> Arc<Identity> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes what owners typed in place of what was known.
    pub fn set(&self, owners: Facts) {
        let now = self.get();
        if now.owners == owners {
            return;
        }
        let new = Arc::new(Identity::new(Arc::clone(&now.theme), owners));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(theme: &[(Fact, &str)], owners: &[(Fact, &str)]) -> Identity {
        let facts = |of: &[(Fact, &str)]| of.iter().map(|(fact, text)| (*fact, (*text).to_owned())).collect();
        let mut look = Theme::open(None).unwrap();
        look.facts = facts(theme);
        Identity::new(Arc::new(look), facts(owners))
    }

    #[test]
    fn the_theme_wins_over_the_form_and_the_form_over_nothing() {
        let both = identity(&[(Fact::Operator, "Theme")], &[(Fact::Operator, "Form"), (Fact::Dpo, "Form")]);
        assert_eq!(both.fact(Fact::Operator), Some("Theme"));
        assert!(both.is_fixed(Fact::Operator) && !both.is_fixed(Fact::Dpo));
        assert_eq!(both.controller(), Some("Theme"));
        assert_eq!(both.fact(Fact::Dpo), Some("Form"));
        assert_eq!(both.name(), "Parcours");
    }

    #[test]
    fn a_page_to_write_by_is_a_contact_too_and_an_address_comes_first() {
        let page = identity(&[], &[(Fact::ContactUrl, "https://exemple.fr/ecrire/")]);
        assert_eq!(page.contact().unwrap().label, "exemple.fr/ecrire");
        assert!(!page.missing().contains(&Fact::ContactEmail));
        assert_eq!(identity(&[], &[]).missing(), Fact::REQUIRED);
        let both = identity(&[(Fact::ContactUrl, "https://exemple.fr")], &[(Fact::ContactEmail, "a@exemple.fr")]);
        assert_eq!(both.contact().unwrap().href, "mailto:a@exemple.fr");
    }

    #[test]
    fn facts_are_what_their_name_says() {
        assert_eq!(Fact::ContactEmail.clean(" a@exemple.fr "), Ok("a@exemple.fr".into()));
        assert_eq!(Fact::Host.clean("A\r\nB"), Ok("A\nB".into()));
        assert_eq!(Fact::Operator.clean("A\nB"), Ok("A B".into()));
        for (fact, text, error) in [
            (Fact::ContactEmail, "a@localhost", FactError::Email),
            (Fact::ContactEmail, "a b@exemple.fr", FactError::Email),
            (Fact::ContactUrl, "javascript:alert(1)", FactError::Url),
            (Fact::Accessibility, "perfect", FactError::Level),
        ] {
            assert_eq!(fact.clean(text), Err(error), "{text}");
        }
        assert_eq!(Fact::Name.clean(&"a".repeat(601)), Err(FactError::TooLong));
        for fact in Fact::ALL {
            assert_eq!(Fact::parse(fact.name()), Some(fact));
            assert_eq!(fact.clean(""), Ok(String::new()));
        }
    }
}
