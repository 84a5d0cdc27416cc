//! Lists of people as organisers paste and upload them: the one reader of invitations and of registrations that are brought in.
//! Pure. Columns are known by their headings, in any order; where there are none, or none is known, whoever brings the list says
//! what its columns hold. Nothing is left out in silence.

mod addresses;
mod french;
mod rules;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use documents::columns::{Column, Mapping, Target};
use documents::decode::Encoding;
use documents::table::Unreadable;

use crate::accounts::EmailAddress;

pub use rules::{as_table, heading, read, text_of};

/// The longest name or organisation, characters.
pub const MAX_NAME: usize = 120;

/// Texts of a column that are shown beside its heading.
const SAMPLES: usize = 3;

/// Somebody on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPerson {
    /// The line they stand on, from 1.
    pub line: usize,
    /// Their address.
    pub address: EmailAddress,
    /// Their name; may be empty.
    pub name: String,
    /// Their organisation; may be empty.
    pub organisation: String,
    /// Its SIRET as it stands there; may be empty.
    pub siret: String,
}

/// Why nobody can be made of a line, or of a part of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// No address stands there.
    NoAddress,
    /// What stands there is no address that a letter could reach.
    NotAnAddress,
    /// Letters to it need SMTPUTF8.
    NeedsSmtpUtf8,
    /// Several addresses stand in one cell.
    SeveralAddresses,
    /// A name or an organisation is longer than [`MAX_NAME`].
    TooLong,
}

/// A line that nobody was made of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FaultyLine {
    /// Its number, from 1.
    pub line: usize,
    /// What stands there.
    pub text: String,
    /// What is wrong.
    pub fault: Fault,
}

/// A list that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleList {
    /// Who is on it, each address once, in its order.
    pub people: Vec<ListedPerson>,
    /// Lines that nobody was made of.
    pub faults: Vec<FaultyLine>,
    /// People who stand there again: the line, and the address.
    pub repeated: Vec<(usize, EmailAddress)>,
    /// Headings of columns with something in them that is not taken.
    pub ignored: Vec<String>,
    /// What the columns of a table hold; nothing for a plain list of addresses.
    pub columns: Option<Columns>,
}

impl PeopleList {
    /// Stands for the lines that nobody was made of, so that a form can tell whether somebody saw them.
    #[must_use]
    pub fn faults_digest(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.faults.hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}

/// The columns of a table, and what they hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// As the list has them.
    pub columns: Vec<Column>,
    /// What each holds, as the headings, the list's order or a person says.
    pub mapping: Mapping,
    /// The texts of the first row: what a person says holds for the list with this one.
    pub first: String,
    /// Whether the first row is headings.
    pub has_heading: bool,
}

impl Columns {
    /// What a column can hold.
    #[must_use]
    pub const fn targets(&self) -> &'static [Target] {
        &french::TARGETS
    }
}

/// What a person says of the columns of a list: the name of a target, or nothing, for each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The texts of the first row that it was said for.
    pub first: String,
    /// By the number of the column.
    pub columns: Vec<(usize, String)>,
}

/// What became of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// It was read.
    Read(PeopleList),
    /// Somebody must say what its columns hold.
    Ask(Columns),
}

/// A file or a pasted text, as text that is read the same, and how the file was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListText {
    /// The text.
    pub text: String,
    /// How the file writes letters; `None` of a workbook.
    pub encoding: Option<Encoding>,
    /// Sheets of a workbook that were not read.
    pub other_sheets: Vec<String>,
}

/// Why a list cannot be read.
pub type ListError = Unreadable;
