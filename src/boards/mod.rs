//! Live boards.

/// The open boards.
#[derive(Debug, Default)]
pub struct Rooms;
