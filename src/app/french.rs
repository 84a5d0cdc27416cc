//! What the audit log says in French about acts that span features.

/// An event was taken over from another calendar, where it has this title.
pub(crate) fn from_calendar(title: &str) -> String {
    format!("reprise d’agenda\u{a0}: {title}")
}
