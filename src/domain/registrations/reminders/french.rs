//! What a reminder says in French about the time that is left.

use super::Reminder;
use crate::programme::Event;
use kernel::clock::Timestamp;

/// How long it still is, as the clocks of the event's zone tell it now: after an outage a reminder may come late.
pub(super) fn when_label(which: Reminder, event: &Event, now: Timestamp) -> String {
    let today = now.civil(&event.time_zone()).date();
    let days = today.until(event.starts_civil().date()).map_or(0, |span| span.get_days());
    match (which.is_of_days(), days) {
        (true, 1) => "demain".to_owned(),
        (true, 2..) => format!("dans {days} jours"),
        (true, _) => "aujourd’hui".to_owned(),
        (false, _) => match which {
            Reminder::Quarter => "dans un quart d’heure".to_owned(),
            Reminder::ThreeHours => "dans trois heures".to_owned(),
            _ => "dans une heure".to_owned(),
        },
    }
}
