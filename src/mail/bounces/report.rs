//! Reads reports of mail servers (RFC 3464, RFC 6522): which of our letters did not arrive, and why. Pure.

use kernel::id::LetterId;
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};

/// What a mail server says became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is given up.
    Failed,
    /// It is still tried; or it arrived somewhere.
    Otherwise,
}

/// A report about one of our letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which letter: its Message-ID holds its identifier, which nobody knows who has not received it.
    pub letter: LetterId,
    /// What became of it.
    pub fate: Fate,
    /// The status code (RFC 3463), for instance `5.1.1`; empty when there is none.
    pub status: String,
    /// What the mail server said; may be empty.
    pub diagnostic: String,
}

impl Report {
    /// Whether the address does not exist, or takes no mail for good: another letter will not arrive either (RFC 3463 §3.2, §3.3;
    /// RFC 7505).
    #[must_use]
    pub fn is_about_address(&self) -> bool {
        const GONE: [&str; 8] = ["5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.0", "5.2.1"];
        self.fate == Fate::Failed && GONE.contains(&self.status.as_str())
    }
}

/// Why a message tells nothing about a letter of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoReport {
    /// It is no report: an answer of somebody's, an automatic one, or a bounce as no standard has it.
    #[error("it is no delivery report (RFC 3464)")]
    NotAReport,
    /// It names no letter of ours.
    #[error("it holds no Message-ID of a letter from here")]
    NoLetter,
}

/// Reads a message.
///
/// # Errors
///
/// See [`NoReport`].
pub fn read(bytes: &[u8]) -> Result<Report, NoReport> {
    let message = MessageParser::default().parse(bytes).ok_or(NoReport::NotAReport)?;
    let status = message.parts.iter().find(|part| is_of(*part, "message", "delivery-status"));
    let fields = fields(&String::from_utf8_lossy(status.ok_or(NoReport::NotAReport)?.contents()));
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
    let fate = if field("action").eq_ignore_ascii_case("failed") { Fate::Failed } else { Fate::Otherwise };
    // Some write a comment after the code.
    let status = field("status").split_whitespace().next().unwrap_or_default().to_owned();
    let diagnostic = field("diagnostic-code").split_once(';').map_or("", |(_, said)| said.trim()).to_owned();
    let letter = message.parts.iter().find_map(returned).ok_or(NoReport::NoLetter)?;
    Ok(Report { letter, fate, status, diagnostic })
}

fn is_of<'a>(part: &impl MimeHeaders<'a>, kind: &str, subtype: &str) -> bool {
    part.content_type().is_some_and(|it| {
        it.ctype().eq_ignore_ascii_case(kind) && it.subtype().is_some_and(|it| it.eq_ignore_ascii_case(subtype))
    })
}

/// The letter whose text, or whose headers, a part of the report gives back.
fn returned(part: &mail_parser::MessagePart<'_>) -> Option<LetterId> {
    match &part.body {
        PartType::Message(message) => letter_of(message),
        _ if is_of(part, "text", "rfc822-headers") || is_of(part, "message", "rfc822-headers") => {
            letter_of(&MessageParser::default().parse_headers(part.contents())?)
        }
        _ => None,
    }
}

fn letter_of(message: &Message<'_>) -> Option<LetterId> {
    message.message_id()?.split_once('@')?.0.parse().ok()
}

/// The fields of a report, in lower case, unfolded: those about the message, then those about the recipient.
fn fields(text: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix([' ', '\t']), fields.last_mut(), line.split_once(':')) {
            (Some(more), Some((_, value)), _) => {
                value.push(' ');
                value.push_str(more.trim());
            }
            (None, _, Some((name, value))) => fields.push((name.trim().to_lowercase(), value.trim().to_owned())),
            _ => {}
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = "01a20c91-a004-771c-85a0-95437639eb5b";

    fn report(status: &str, returned: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.exemple.fr\r\nTo: parcours@exemple.fr\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.exemple.fr\r\n\r\n{status}\r\n\
             --b\r\n{returned}\r\n--b--\r\n"
        )
    }

    fn returned(kind: &str) -> String {
        format!("Content-Type: {kind}\r\n\r\nMessage-ID: <{LETTER}@exemple.fr>\r\nSubject: Rappel\r\n\r\nBonjour")
    }

    #[test]
    fn a_letter_is_known_by_its_message_id_however_it_is_given_back() {
        let status = "Final-Recipient: rfc822; ada@exemple.fr\r\nAction: failed\r\nStatus: 5.1.1\r\n\
                      Diagnostic-Code: smtp; 550 5.1.1 <ada@exemple.fr>:\r\n    Recipient address rejected";
        for kind in ["message/rfc822", "text/rfc822-headers", "message/global", "TEXT/RFC822-Headers; charset=us-ascii"]
        {
            let read = read(report(status, &returned(kind)).as_bytes()).unwrap();
            assert_eq!(read.letter.to_string(), LETTER, "{kind}");
            assert_eq!((read.fate, read.status.as_str()), (Fate::Failed, "5.1.1"));
            assert_eq!(read.diagnostic, "550 5.1.1 <ada@exemple.fr>: Recipient address rejected");
            assert!(read.is_about_address());
        }
    }

    #[test]
    fn a_delay_and_a_full_mailbox_say_nothing_of_the_address() {
        let about = |status: &str| read(report(status, &returned("message/rfc822")).as_bytes()).unwrap();
        let delayed = about("Final-Recipient: rfc822; a@b.fr\r\nAction: delayed\r\nStatus: 4.4.1");
        assert!(delayed.fate == Fate::Otherwise && !delayed.is_about_address());
        let full = about("Final-Recipient: rfc822; a@b.fr\r\nAction: failed\r\nStatus: 5.2.2 (mailbox full)");
        assert!(full.fate == Fate::Failed && full.status == "5.2.2" && !full.is_about_address());
        let refused = about("Final-Recipient: rfc822; a@b.fr\r\nAction: Failed\r\nStatus: 5.7.1");
        assert!(refused.fate == Fate::Failed && !refused.is_about_address());
    }

    #[test]
    fn what_is_no_report_about_a_letter_of_ours_is_told_apart() {
        let answer = "From: ada@exemple.fr\r\nSubject: Absente\r\nIn-Reply-To: <x@y>\r\n\r\nJe suis en congé.";
        assert_eq!(read(answer.as_bytes()), Err(NoReport::NotAReport));
        assert_eq!(read(b""), Err(NoReport::NotAReport));
        let status = "Final-Recipient: rfc822; a@b.fr\r\nAction: failed\r\nStatus: 5.1.1";
        let foreign = "Content-Type: message/rfc822\r\n\r\nMessage-ID: <1234@autre.fr>\r\n\r\nx";
        assert_eq!(read(report(status, foreign).as_bytes()), Err(NoReport::NoLetter));
        assert_eq!(read(report(status, "Content-Type: text/plain\r\n\r\nx").as_bytes()), Err(NoReport::NoLetter));
    }
}
