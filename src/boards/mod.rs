//! Live boards: documents of one kind that a workshop's participants build together.

mod edit;
mod history;
pub mod kinds;
pub mod model;
pub mod protocol;
pub mod text;
mod value;

/// The open boards.
#[derive(Debug, Default)]
pub struct Rooms;
