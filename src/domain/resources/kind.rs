//! What an entry of the library is, and where it may lead.

use serde::{Deserialize, Serialize};

use crate::programme;

/// What an entry of the library is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ResourceKind {
    /// A page or two on one subject.
    Sheet,
    /// Something to work with.
    Tool,
    /// An online course.
    Mooc,
    /// The recording of an event.
    Replay,
    /// A plan that a buyer has made.
    Spaser,
    /// A site or a page of others.
    Link,
}

impl ResourceKind {
    /// All of them, in the order of the library.
    pub const ALL: [Self; 6] = [Self::Sheet, Self::Tool, Self::Mooc, Self::Replay, Self::Spaser, Self::Link];

    /// Its name in SQL, files and forms.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sheet => "sheet",
            Self::Tool => "tool",
            Self::Mooc => "mooc",
            Self::Replay => "replay",
            Self::Spaser => "spaser",
            Self::Link => "link",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Whether this can be the address of an entry: `https://` and the name of a site, which is where it leads.
#[must_use]
pub fn is_link(url: &str) -> bool {
    programme::is_video_url(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_https_and_leads_where_it_seems_to_lead() {
        assert!(is_link("https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000047923870"));
        for wrong in ["http://exemple.fr", "exemple.fr", "javascript:alert(1)", "https://a@b.fr/", "https://a b.fr"] {
            assert!(!is_link(wrong), "{wrong}");
        }
    }
}
