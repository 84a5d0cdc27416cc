//! The letter about links that do not work.

use jiff::tz::TimeZone;
use serde_json::json;

use super::LinkCheck;
use crate::accounts::Person;
use crate::programme::french;
use crate::resources::Resource;
use kernel::clock::Timestamp;
use mail::{Letter, LetterLink, To};

/// Entries with what is known of their links.
type Found<'a> = [(&'a Resource, &'a LinkCheck)];

/// Which links are dead, and which have moved.
pub(super) fn links_to_mend(
    organiser: &Person,
    (dead, moved): (&Found<'_>, &Found<'_>),
    zone: &TimeZone,
    now: Timestamp,
) -> Letter {
    let to = To::person(organiser.id, organiser.email.as_str(), &organiser.name);
    let told = |(resource, check): &(&Resource, &LinkCheck)| {
        let since = french::day(check.failing_since.unwrap_or(check.checked_at).civil(zone));
        json!({ "title": resource.title, "url": check.url, "since": since, "moved_to": check.moved_to })
    };
    Letter::new("links-to-mend", to, organiser.id.0)
        .version(now.as_millis())
        .data(json!({
            "person": { "name": organiser.name },
            "count": dead.len() + moved.len(),
            "dead": dead.iter().map(told).collect::<Vec<_>>(),
            "moved": moved.iter().map(told).collect::<Vec<_>>(),
        }))
        .link(LetterLink::open("resources", "/organisation/ressources"))
}
