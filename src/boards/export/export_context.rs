//! What a document is made for: for whom, when, and where its clocks are.

use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::Shown;
use crate::french;
use board_model::model::Comment;
use domain::programme::french as dates;
use kernel::clock::Timestamp;
use kernel::id::PersonId;

/// What a document is made for.
#[derive(Debug)]
pub struct ExportContext {
    /// Whose it is.
    pub shown: Shown,
    /// When it is made.
    pub now: Timestamp,
    /// The zone of the board's event.
    pub zone: TimeZone,
    /// Who wrote the comments; known only for a document that is not handed on.
    pub names: HashMap<PersonId, String>,
}

impl ExportContext {
    /// Who wrote a comment, as far as this document may tell.
    pub(super) fn author(&self, comment: &Comment) -> &str {
        self.names.get(&comment.by).map_or("", String::as_str)
    }

    /// When a comment was written and, as far as this document may tell, by whom.
    pub(super) fn signature(&self, comment: &Comment) -> String {
        let civil = comment.at.civil(&self.zone);
        let moment = french::moment(&dates::day(civil), &dates::hour(civil));
        match self.author(comment) {
            "" => moment,
            author => format!("{author}, {moment}"),
        }
    }
}
