//! Who may join an event's video meeting, and when that is noted. Pure.

use std::time::Duration;

use crate::programme::{Event, EventStatus, video_host};
use crate::registrations::RegistrationStatus;
use kernel::clock::Timestamp;

/// Who presses the button earlier tries the link out: only from here on is it noted.
const NOTED_BEFORE_START: Duration = Duration::from_secs(3600);

/// Sessions overrun, and connections break: the link works so long after the end.
const OPEN_AFTER_END: Duration = Duration::from_secs(3600);

/// Why somebody cannot join an event's video meeting by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinRefusal {
    /// The event will not take place.
    EventCancelled,
    /// The event is off the programme for now.
    EventUnpublished,
    /// The seat was given back, withdrawn or handed over, or the request was refused or ran out.
    NoSeat,
    /// The seat is not theirs yet: they wait, or have yet to confirm or to be approved.
    NotYetTheirs,
    /// An organiser noted that they were not there.
    Absent,
    /// The session is over.
    Over,
    /// No link is known yet.
    NoLink,
}

impl JoinRefusal {
    /// Whether it stays so: the link is of no use any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::EventCancelled | Self::NoSeat | Self::Over)
    }
}

/// Whether somebody with a registration in this status joins by our own address, should the event have a video meeting.
#[must_use]
pub const fn has_address(status: RegistrationStatus) -> bool {
    matches!(status, RegistrationStatus::Confirmed | RegistrationStatus::Attended)
}

/// The host of the video meeting that somebody with a registration in this status may join at `now`. The link works as soon
/// as it is known, so that it can be tried out, and until an hour after the end.
///
/// # Errors
///
/// Refuses when the event does not take place or is over, when the seat is not theirs, and while there is no link.
pub fn may_join(event: &Event, status: RegistrationStatus, now: Timestamp) -> Result<String, JoinRefusal> {
    match event.status {
        EventStatus::Cancelled => return Err(JoinRefusal::EventCancelled),
        EventStatus::Draft => return Err(JoinRefusal::EventUnpublished),
        EventStatus::Published => {}
    }
    match status {
        RegistrationStatus::Confirmed | RegistrationStatus::Attended => {}
        RegistrationStatus::Absent => return Err(JoinRefusal::Absent),
        RegistrationStatus::Pending
        | RegistrationStatus::Held
        | RegistrationStatus::Offered
        | RegistrationStatus::Waiting => return Err(JoinRefusal::NotYetTheirs),
        RegistrationStatus::Cancelled | RegistrationStatus::Expired | RegistrationStatus::Refused => {
            return Err(JoinRefusal::NoSeat);
        }
    }
    if event.ends_at + OPEN_AFTER_END <= now {
        return Err(JoinRefusal::Over);
    }
    event.video_url.as_deref().and_then(video_host).ok_or(JoinRefusal::NoLink)
}

/// Whether pressing the button at `now` tells that somebody comes: from an hour before the start until the end.
#[must_use]
pub fn is_noted(event: &Event, now: Timestamp) -> bool {
    event.starts_at - NOTED_BEFORE_START <= now && now <= event.ends_at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::file::{BUNDLED, Programme};

    fn event() -> Event {
        let now = Timestamp::from_millis(1_795_507_200_000);
        let mut event = Programme::read(BUNDLED, now).unwrap().into_events().remove(0);
        event.video_url = Some("https://visio.exemple.fr/salle".into());
        event
    }

    #[test]
    fn only_those_whose_seat_is_theirs_join_and_the_others_learn_why_not() {
        let event = event();
        for status in RegistrationStatus::ALL {
            let answer = may_join(&event, status, event.starts_at);
            assert_eq!(answer.is_ok(), has_address(status), "{status:?}");
            let expected = match status {
                RegistrationStatus::Confirmed | RegistrationStatus::Attended => Ok("visio.exemple.fr".to_owned()),
                RegistrationStatus::Absent => Err(JoinRefusal::Absent),
                RegistrationStatus::Cancelled | RegistrationStatus::Expired | RegistrationStatus::Refused => {
                    Err(JoinRefusal::NoSeat)
                }
                _ => Err(JoinRefusal::NotYetTheirs),
            };
            assert_eq!(answer, expected, "{status:?}");
        }
    }

    #[test]
    fn an_event_that_does_not_take_place_or_has_no_good_link_is_not_joined() {
        let refusal = |change: fn(&mut Event)| {
            let mut event = event();
            change(&mut event);
            may_join(&event, RegistrationStatus::Confirmed, event.starts_at).unwrap_err()
        };
        assert_eq!(refusal(|event| event.status = EventStatus::Cancelled), JoinRefusal::EventCancelled);
        assert_eq!(refusal(|event| event.status = EventStatus::Draft), JoinRefusal::EventUnpublished);
        assert_eq!(refusal(|event| event.video_url = None), JoinRefusal::NoLink);
        assert_eq!(refusal(|event| event.video_url = Some("javascript:alert(1)".into())), JoinRefusal::NoLink);
    }

    #[test]
    fn the_link_works_from_the_first_day_until_an_hour_after_the_end_and_counts_around_the_session() {
        let event = event();
        let (second, hour) = (Duration::from_secs(1), Duration::from_secs(3600));
        let opens = |now| may_join(&event, RegistrationStatus::Confirmed, now).is_ok();
        assert!(opens(Timestamp::from_millis(0)) && opens(event.ends_at + hour - second));
        assert_eq!(
            may_join(&event, RegistrationStatus::Confirmed, event.ends_at + hour),
            Err(JoinRefusal::Over),
            "at that moment"
        );
        assert!(!is_noted(&event, event.starts_at - hour - second) && is_noted(&event, event.starts_at - hour));
        assert!(is_noted(&event, event.ends_at) && !is_noted(&event, event.ends_at + second));
    }
}
