//! The bytes of a letter (RFC 5322, MIME).

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::{Address, address::AddressError};

use crate::clock::Timestamp;
use crate::id::LetterId;

use super::templates::Rendered;
use super::text::one_line;

/// What the attached iCalendar text is called.
const CALENDAR_FILE: &str = "evenement.ics";

/// Who writes all the letters.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The address and the name in front of it.
    pub from: Mailbox,
    /// Where answers go.
    pub reply_to: Mailbox,
}

/// What is written on one envelope.
pub struct Heading<'a> {
    /// Makes the Message-ID, so that a letter that goes twice is known to be one.
    pub id: LetterId,
    /// The recipient's address.
    pub address: &'a str,
    /// The recipient's name; may be empty.
    pub name: &'a str,
    /// The time of sending.
    pub now: Timestamp,
}

/// A letter, ready to go.
pub struct Ready {
    /// Whom it goes to.
    pub to: Address,
    /// What is sent.
    pub bytes: Vec<u8>,
}

impl Sender {
    /// Writes a letter: plain text and HTML, and the iCalendar text attached.
    ///
    /// # Errors
    ///
    /// When the recipient's address is none.
    pub fn write(&self, heading: &Heading<'_>, letter: Rendered, calendar: Option<&str>) -> Result<Ready, String> {
        let address: Address = heading.address.parse().map_err(|error: AddressError| error.to_string())?;
        let name = Some(one_line(heading.name)).filter(|name| !name.is_empty());
        let millis = u64::try_from(heading.now.as_millis()).unwrap_or(0);
        let message = Message::builder()
            .from(self.from.clone())
            .reply_to(self.reply_to.clone())
            .to(Mailbox::new(name, address.clone()))
            .subject(letter.subject)
            .message_id(Some(format!("<{}@{}>", heading.id, self.from.email.domain())))
            .date(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
            // RFC 3834 §5: nobody's holiday answer to a letter that nobody wrote; Outlook has its own header.
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"))
            .raw_header(header("Content-Language", "fr"))
            .multipart(body(letter.text, letter.html, calendar)?)
            .map_err(|error| error.to_string())?;
        Ok(Ready { to: address, bytes: message.formatted() })
    }
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn body(text: String, html: String, calendar: Option<&str>) -> Result<MultiPart, String> {
    let both = MultiPart::alternative().singlepart(SinglePart::plain(text)).singlepart(SinglePart::html(html));
    let Some(calendar) = calendar else { return Ok(both) };
    let kind = ContentType::parse("text/calendar; charset=utf-8").map_err(|error| error.to_string())?;
    let file = Attachment::new(CALENDAR_FILE.to_owned()).body(calendar.to_owned(), kind);
    Ok(MultiPart::mixed().multipart(both).singlepart(file))
}
