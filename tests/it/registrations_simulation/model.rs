//! What the program should do at one workshop, said in the simplest way.

use std::time::Duration;

use domain::registrations::RegistrationStatus;
use kernel::clock::Timestamp;

use super::Act;

/// A registration, as the model sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct One {
    pub who: usize,
    arrival: usize,
    works_for: usize,
    pub status: RegistrationStatus,
    pub until: Option<Timestamp>,
    /// Whom their seat is proposed to.
    asked: Option<usize>,
}

/// A request with an address that is not proved.
#[derive(Debug)]
struct Asked {
    who: usize,
    arrival: usize,
    until: Timestamp,
    is_proved: bool,
}

/// What the program should do, said in the simplest way. Registrations stand in the order of arrival.
#[derive(Debug)]
pub struct Model {
    pub all: Vec<One>,
    asked: Vec<Asked>,
    arrivals: usize,
    pub capacity: usize,
    pub cap: Option<usize>,
    now: Timestamp,
}

impl Model {
    /// An event with so many seats, for which nobody has asked.
    pub fn new(capacity: usize, now: Timestamp) -> Self {
        Self { all: Vec::new(), asked: Vec::new(), arrivals: 0, capacity, cap: None, now }
    }

    pub fn taken(&self) -> usize {
        self.all.iter().filter(|one| one.status.is_taken()).count()
    }

    fn may_have_a_seat(&self, works_for: usize) -> bool {
        let seats = self.all.iter().filter(|one| one.status.is_taken() && one.works_for == works_for).count();
        self.taken() < self.capacity && self.cap.is_none_or(|cap| seats < cap)
    }

    fn settle(&mut self) {
        let now = self.now;
        for one in &mut self.all {
            let is_kept = matches!(one.status, RegistrationStatus::Held | RegistrationStatus::Offered);
            if is_kept && one.until.is_some_and(|until| until <= now) {
                one.status = RegistrationStatus::Expired;
            }
        }
        while let Some(next) = self
            .all
            .iter()
            .position(|one| one.status == RegistrationStatus::Waiting && self.may_have_a_seat(one.works_for))
        {
            self.all[next].status = RegistrationStatus::Offered;
            self.all[next].until = None;
        }
    }

    fn live(&self, who: usize) -> Option<usize> {
        self.all.iter().position(|one| one.who == who && one.status.is_live())
    }

    /// The request whose link somebody presses: their last.
    fn last(&self, who: usize) -> Option<usize> {
        self.live(who).or_else(|| self.all.iter().rposition(|one| one.who == who))
    }

    fn next_arrival(&mut self) -> usize {
        self.arrivals += 1;
        self.arrivals
    }

    /// `until` is how long the button of a request works, which is the rules' business.
    pub fn act(&mut self, act: Act, until: Option<Timestamp>) {
        match act {
            Act::Register(who) => {
                self.settle();
                if self.live(who).is_none() {
                    let arrival = self.next_arrival();
                    self.register(who, arrival);
                }
            }
            Act::Ask(who) => {
                self.now = self.now + Duration::from_millis(1);
                let (arrival, until) = (self.next_arrival(), until.unwrap());
                self.asked.push(Asked { who, arrival, until, is_proved: false });
            }
            Act::Prove(who) => self.prove(who),
            Act::Confirm(who) => self.confirm(who),
            Act::Cancel(who) => self.cancel(who),
            Act::Pass(hours) => {
                self.now = self.now + Duration::from_secs(hours * 3600);
                let overdue = |one: &One| one.status.is_taken() && one.until.is_some_and(|until| until <= self.now);
                if self.all.iter().any(overdue) {
                    self.settle();
                }
            }
            Act::SetCapacity(seats) => {
                let seats = usize::try_from(seats).unwrap();
                if seats != self.capacity {
                    self.capacity = seats;
                    self.settle();
                }
            }
            Act::SetCap(cap) => {
                let cap = cap.map(|cap| usize::try_from(cap).unwrap());
                if cap != self.cap {
                    self.cap = cap;
                    self.settle();
                }
            }
            Act::Move(who, to) => self.move_on_waiting_list(who, to),
            Act::Transfer(from, to) => {
                if let Some(giver) = self.last(from).filter(|_| from != to)
                    && self.all[giver].status == RegistrationStatus::Confirmed
                {
                    self.all[giver].asked = Some(to);
                }
            }
            Act::Accept(from) => self.accept(from),
            Act::Decline(from) | Act::TakeBack(from) => {
                if let Some(giver) = self.last(from) {
                    self.all[giver].asked = None;
                }
            }
        }
    }

    fn register(&mut self, who: usize, arrival: usize) {
        let free = self.may_have_a_seat(who % 3);
        let status = if free { RegistrationStatus::Confirmed } else { RegistrationStatus::Waiting };
        self.insert(One { who, arrival, works_for: who % 3, status, until: None, asked: None });
    }

    fn insert(&mut self, one: One) {
        let place = self.all.partition_point(|other| other.arrival < one.arrival);
        self.all.insert(place, one);
    }

    fn prove(&mut self, who: usize) {
        let Some(request) = self.asked.iter().rposition(|one| one.who == who) else { return };
        if self.asked[request].until <= self.now && !self.asked[request].is_proved {
            // Who was ever registered has proved the address: they make the request again, behind everybody.
            if !self.all.iter().any(|one| one.who == who) {
                return;
            }
            self.asked[request].arrival = self.next_arrival();
        }
        self.settle();
        let was_proved = std::mem::replace(&mut self.asked[request].is_proved, true);
        if !was_proved && self.live(who).is_none() {
            self.register(who, self.asked[request].arrival);
        }
    }

    fn confirm(&mut self, who: usize) {
        let Some(place) = self.last(who) else { return };
        self.settle();
        match self.all[place].status {
            RegistrationStatus::Held | RegistrationStatus::Offered => {
                self.all[place].status = RegistrationStatus::Confirmed
            }
            RegistrationStatus::Expired => {
                let mut one = self.all.remove(place);
                let free = self.may_have_a_seat(one.works_for);
                one.status = if free { RegistrationStatus::Confirmed } else { RegistrationStatus::Waiting };
                one.arrival = self.next_arrival();
                self.insert(one);
            }
            _ => {}
        }
    }

    fn cancel(&mut self, who: usize) {
        let Some(place) = self.last(who) else { return };
        if self.all[place].status.can_be_cancelled() {
            self.all[place].status = RegistrationStatus::Cancelled;
        }
        self.settle();
    }

    fn move_on_waiting_list(&mut self, who: usize, to: usize) {
        let Some(place) = self.last(who) else { return };
        // An act that is refused leaves everything as it was, what is overdue too.
        let before = self.all.clone();
        self.settle();
        if self.all[place].status != RegistrationStatus::Waiting {
            self.all = before;
            return;
        }
        let waits = |one: &One| one.status == RegistrationStatus::Waiting;
        let places: Vec<usize> = (0..self.all.len()).filter(|place| waits(&self.all[*place])).collect();
        let mut waiting: Vec<One> = places.iter().map(|place| self.all[*place].clone()).collect();
        let from = waiting.iter().position(|one| one.who == who).unwrap();
        let moved = waiting.remove(from);
        waiting.insert(to.min(places.len()) - 1, moved);
        for (place, one) in places.into_iter().zip(waiting) {
            let arrival = self.all[place].arrival;
            self.all[place] = One { arrival, ..one };
        }
    }

    /// Whom somebody asked takes their seat.
    fn accept(&mut self, from: usize) {
        let Some(giver) = self.last(from).filter(|place| self.all[*place].status == RegistrationStatus::Confirmed)
        else {
            return;
        };
        let Some(to) = self.all[giver].asked else { return };
        if self.live(to).is_some_and(|place| self.all[place].status.is_taken()) {
            return;
        }
        self.all[giver].asked = None;
        if let Some(place) = self.live(to) {
            self.all[place].status = RegistrationStatus::Cancelled;
        }
        let works_for = self.all[giver].works_for;
        self.all[giver].status = RegistrationStatus::Cancelled;
        let (arrival, status) = (self.next_arrival(), RegistrationStatus::Confirmed);
        self.insert(One { who: to, arrival, works_for, status, until: None, asked: None });
    }
}
