//! Events that come from elsewhere, as drafts for the organisers to complete.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Event, EventKind, Slug, Times, store};
use board_model::kinds::BoardKind;
use db::{ReadConn, WriteTx};
use kernel::clock::Timestamp;
use kernel::id::{EditionId, EventId};

/// What is known of an event that comes from elsewhere.
#[derive(Debug, Clone)]
pub struct NewDraft {
    /// Its title.
    pub title: String,
    /// What it is about; may be empty.
    pub summary: String,
    /// Where; may be empty.
    pub place: String,
    /// When.
    pub times: Times,
    /// Webinar or workshop.
    pub kind: EventKind,
    /// The board its participants work on.
    pub board_kind: Option<BoardKind>,
    /// Whether only public buyers may come.
    pub buyers_only: bool,
    /// The link of its video meeting.
    pub video_url: Option<String>,
}

/// Adds a draft at the end of an edition, under a name made from its title and day.
pub async fn add_draft(tx: &mut WriteTx, edition: EditionId, draft: NewDraft, now: Timestamp) -> sqlx::Result<EventId> {
    let position = store::events(tx, edition).await?.iter().map(|event| event.position).max().unwrap_or(0) + 1;
    let slug = free_slug(tx, &draft).await?;
    let event = Event {
        position,
        title: draft.title,
        summary: draft.summary,
        place: draft.place,
        kind: draft.kind,
        board_kind: draft.board_kind,
        buyers_only: draft.buyers_only,
        video_url: draft.video_url,
        ..Event::draft(edition, slug, draft.times, now)
    };
    store::put_event(tx, &event).await?;
    Ok(event.id)
}

/// A slug that no event has: the title's words and the day, and a number if need be.
async fn free_slug(tx: &mut ReadConn, draft: &NewDraft) -> sqlx::Result<Slug> {
    let base = format!("{}-{}", words(&draft.title), draft.times.starts_civil.date());
    for number in 1_u32.. {
        let name = if number == 1 { base.clone() } else { format!("{base}-{number}") };
        let slug = Slug::parse(&name).expect("words, a day and a number make a slug");
        if store::event(tx, &slug).await?.is_none() {
            return Ok(slug);
        }
    }
    unreachable!("there are more numbers than events")
}

/// Lower-case words of at most 50 characters in all, without accents, joined by hyphens.
fn words(title: &str) -> String {
    let plain: String = title.nfkd().filter(|letter| !is_combining_mark(*letter)).collect::<String>().to_lowercase();
    let mut slug = String::new();
    for word in plain.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if slug.len() + word.len() >= 50 {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(word);
    }
    if slug.is_empty() { "evenement".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_a_name_for_addresses() {
        assert_eq!(words("L’été, à Nîmes : « achats » !"), "l-ete-a-nimes-achats");
        assert_eq!(words("日本"), "evenement");
        assert!(Slug::parse(&format!("{}-2027-01-01-12", words(&"mot ".repeat(40)))).is_some());
    }
}
