//! Limits of the protocol that a client must know to stay below them.

/// The largest message from a client, bytes.
pub const MAX_MESSAGE: usize = 64 * 1024;

/// Seconds' worth of edits that a person may make at once.
pub const EDIT_BURST: u32 = 4;

/// Presence messages a second, on average; more are ignored.
pub const PRESENCE_PER_SECOND: u32 = 25;

/// Presence messages at once; more are ignored.
pub const PRESENCE_BURST: u32 = 50;
