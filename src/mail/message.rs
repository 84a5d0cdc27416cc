//! The bytes of a letter (RFC 5322, MIME).

use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::address::{AddressError, Envelope};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};

use kernel::clock::Timestamp;
use kernel::id::LetterId;

use super::dkim::Signer;
use super::templates::Rendered;
use super::text::one_line;

/// What the attached iCalendar text is called.
const CALENDAR_FILE: &str = "evenement.ics";

/// Who writes all the letters.
#[derive(Debug)]
pub struct Sender {
    /// The address and the name in front of it.
    pub from: Mailbox,
    /// Where answers go.
    pub reply_to: Mailbox,
    /// Signs, if there is a key.
    pub signer: Option<Signer>,
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
    /// Where letters like it can be refused; `None` for one that cannot.
    pub unsubscribe: Option<&'a str>,
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
        // Left to itself, lettre reads the header back and does not understand quoted local parts.
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![address.clone()]);
        let envelope = envelope.map_err(|error| error.to_string())?;
        let mut message = Message::builder()
            .envelope(envelope)
            .from(self.from.clone())
            .reply_to(self.reply_to.clone())
            .to(Mailbox::new(name, address.clone()))
            .subject(letter.subject)
            .message_id(Some(format!("<{}@{}>", heading.id, self.from.email.domain())))
            .date(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
            // RFC 3834 §5: nobody's holiday answer to a letter that nobody wrote; Outlook has its own header.
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"))
            .raw_header(header("Content-Language", "fr"));
        if let Some(url) = heading.unsubscribe {
            // RFC 8058: both headers, and one HTTPS address; the POST of it acts at once.
            message = message
                .raw_header(header("List-Unsubscribe", &format!("<{url}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        let message =
            message.multipart(body(letter.text, letter.html, calendar)?).map_err(|error| error.to_string())?;
        let bytes = message.formatted();
        let bytes = match &self.signer {
            Some(signer) => signer.sign(&bytes, heading.now)?,
            None => bytes,
        };
        Ok(Ready { to: address, bytes })
    }
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn body(text: String, html: String, calendar: Option<&str>) -> Result<MultiPart, String> {
    let both = MultiPart::alternative().singlepart(SinglePart::plain(text)).singlepart(SinglePart::html(html));
    let Some(calendar) = calendar else { return Ok(both) };
    let kind = |text: &str| ContentType::parse(text).map_err(|error| error.to_string());
    let file = |kind| Attachment::new(CALENDAR_FILE.to_owned()).body(calendar.to_owned(), kind);
    match method(calendar) {
        None => Ok(MultiPart::mixed().multipart(both).singlepart(file(kind("text/calendar; charset=utf-8")?))),
        // RFC 6047: the last alternative, without a disposition; the file is for apps that know files only.
        Some(method) => {
            let kind_of_part = kind(&format!("text/calendar; charset=utf-8; method={method}"))?;
            let part = SinglePart::builder().header(kind_of_part).body(calendar.to_owned());
            let file = file(kind("application/ics")?);
            Ok(MultiPart::mixed().multipart(both.singlepart(part)).singlepart(file))
        }
    }
}

/// What an iCalendar text asks of a calendar, if it asks.
fn method(calendar: &str) -> Option<&str> {
    calendar.lines().take_while(|line| !line.starts_with("BEGIN:VEVENT")).find_map(|line| line.strip_prefix("METHOD:"))
}
