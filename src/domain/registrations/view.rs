//! An event as pages show it: with its seats, and whether one can register.

use super::{Occupancy, Refusal, admission};
use crate::programme::{Event, EventKind, EventStatus, PublicEvent, french};
use board_model::kinds::BoardKind;
use kernel::clock::Timestamp;

/// Whether one can register now, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// Seats are free.
    Open,
    /// Every seat is taken; so many wait.
    Full(u32),
    /// Opens at this moment, in words.
    Later(String),
    /// Registrations have closed.
    Closed,
    /// It is over.
    Past,
    /// It will not take place.
    Cancelled,
    /// It is off the programme: only organisers see it, and who registered before.
    Draft,
}

/// An event as pages show it.
#[derive(Debug, Clone)]
pub struct EventView {
    /// What everybody may see of the event.
    pub event: PublicEvent,
    /// Whether one can register.
    pub opening: Opening,
    /// Seats that nobody holds; `None` without a limit.
    pub free: Option<u32>,
    /// People in the waiting list.
    pub waiting: u32,
    /// Whether it is the next to come.
    pub is_next: bool,
}

impl EventView {
    /// Puts together what pages show of an event at `now`.
    #[must_use]
    pub fn new(event: Event, occupancy: Occupancy, now: Timestamp) -> Self {
        let admission = admission(&event);
        let free = admission.capacity.map(|_| admission.free_for_all(occupancy, now));
        let full = free == Some(0) || occupancy.waiting > occupancy.blocked;
        let opening = match admission.open(now) {
            _ if event.status == EventStatus::Cancelled => Opening::Cancelled,
            _ if event.ends_at <= now => Opening::Past,
            _ if event.status == EventStatus::Draft => Opening::Draft,
            Ok(()) if full => Opening::Full(occupancy.waiting),
            Ok(()) => Opening::Open,
            Err(Refusal::NotYetOpen) => {
                Opening::Later(event.opens_at.map_or_else(String::new, |at| french::moment(at, &event)))
            }
            Err(_) => Opening::Closed,
        };
        Self { event: event.into(), opening, free, waiting: occupancy.waiting, is_next: false }
    }

    /// « mardi 23 janvier 2027 », or the first and the last day.
    #[must_use]
    pub fn date(&self) -> String {
        french::dates(&self.event)
    }

    /// « 23 ».
    #[must_use]
    pub fn day(&self) -> String {
        french::day_of_month(self.event.starts_civil)
    }

    /// « janvier ».
    #[must_use]
    pub fn month(&self) -> &'static str {
        french::month(self.event.starts_civil)
    }

    /// « 2027 ».
    #[must_use]
    pub fn year(&self) -> i16 {
        self.event.starts_civil.year()
    }

    /// « 14 h – 16 h 30 ».
    #[must_use]
    pub fn hours(&self) -> String {
        french::hours(&self.event)
    }

    /// « heure de Paris ».
    #[must_use]
    pub fn zone(&self) -> String {
        french::zone_label(&self.event)
    }

    /// The start for machines: RFC 3339.
    #[must_use]
    pub fn starts_machine(&self) -> String {
        self.event.starts_at.to_string()
    }

    /// The close of registrations in words, when it is not simply the start.
    #[must_use]
    pub fn closes(&self) -> Option<String> {
        (self.event.closes_at != self.event.starts_at).then(|| french::moment(self.event.closes_at, &self.event))
    }

    /// Whether it is a workshop.
    #[must_use]
    pub fn is_workshop(&self) -> bool {
        self.event.kind == EventKind::Workshop
    }

    /// Whether it is to come, or takes place now.
    #[must_use]
    pub fn is_coming(&self) -> bool {
        !matches!(self.opening, Opening::Past | Opening::Cancelled)
    }

    /// Whether the form can be filled in.
    #[must_use]
    pub fn can_register(&self) -> bool {
        matches!(self.opening, Opening::Open | Opening::Full(_))
    }

    /// Whether seats have run out.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self.opening, Opening::Full(_))
    }

    /// Whether its board is about indicators, stakeholders, questions or cards.
    #[must_use]
    pub fn board(&self) -> Option<BoardKind> {
        self.event.board_kind
    }
}
