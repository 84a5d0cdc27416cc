//! An event as search engines read it (schema.org `Event`).

use serde_json::{Value, json};

use domain::programme::{EventStatus, PublicEvent, Speaker};

/// Words, folded, that say of a place that it is a video meeting.
const ONLINE: [&str; 4] = ["en ligne", "visio", "distanciel", "a distance"];

/// The event in JSON-LD; `url` is its page.
pub(super) fn event(event: &PublicEvent, url: &str) -> Value {
    let place = kernel::search::folded(&event.place);
    let online = ONLINE.iter().any(|word| place.contains(word));
    let location = match online {
        true => json!({ "@type": "VirtualLocation", "url": url }),
        false => json!({ "@type": "Place", "name": event.place, "address": event.place }),
    };
    let cancelled = event.status == EventStatus::Cancelled;
    let performer = |speaker: &Speaker| json!({ "@type": "Person", "name": speaker.name, "jobTitle": speaker.role });
    json!({
        "@context": "https://schema.org",
        "@type": "Event",
        "name": event.title,
        "description": event.summary,
        "url": url,
        "startDate": event.starts_at.to_string(),
        "endDate": event.ends_at.to_string(),
        "eventStatus": schema(if cancelled { "EventCancelled" } else { "EventScheduled" }),
        "eventAttendanceMode": schema(if online { "OnlineEventAttendanceMode" } else { "OfflineEventAttendanceMode" }),
        "location": location,
        "isAccessibleForFree": true,
        "inLanguage": "fr",
        "maximumAttendeeCapacity": event.capacity,
        "performer": event.speakers.iter().map(performer).collect::<Vec<_>>(),
    })
}

fn schema(name: &str) -> String {
    format!("https://schema.org/{name}")
}
