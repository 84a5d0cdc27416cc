//! What letters tell of an event, whoever writes them.

use serde_json::{Value, json};

use super::{Event, french};

/// What every letter about an event shows; `base_url` is the site's public address.
#[must_use]
pub fn told(base_url: &str, event: &Event) -> Value {
    json!({
        "title": event.title,
        "kind_label": french::kind(event.kind),
        "date": french::dates(event),
        "time": format!("{}, {}", french::hours(event), french::zone_label(event)),
        "place": event.place,
        "url": format!("{base_url}{}", event.path()),
    })
}
