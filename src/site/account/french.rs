//! What the pages of a person’s own say in French.

/// Choices of an alarm: minutes, and how they are called.
pub const ALARMS: [(i64, &str); 5] = [
    (0, "Jamais"),
    (15, "15 minutes avant"),
    (60, "1 heure avant"),
    (24 * 60, "1 jour avant"),
    (7 * 24 * 60, "1 semaine avant"),
];

/// What calendar apps call a private feed before they have read it.
pub const FEED_NAME: &str = "Mon parcours";
