//! Presence: who is on a board now, what they have selected, type in and point at. Never stored; sent at most 20 times a
//! second, and not at all while nothing changes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;
use tungstenite::Utf8Bytes;
use uuid::Uuid;

use super::send_queue::frame;
use board_model::protocol::{Presence, PresenceState, ServerMessage};
use kernel::id::{ClientId, PersonId};

/// At most 20 frames a second.
const BETWEEN_FRAMES: Duration = Duration::from_millis(50);
/// People of another node are dropped when that node has sent nothing for so long.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(60);
/// Characters of a field's name at most.
const MAX_FIELD_NAME: usize = 40;

/// The presence of everybody on one board, on every node.
#[derive(Debug)]
pub struct PresenceTracker {
    here: BTreeMap<ClientId, Person>,
    /// Joined or changed since the last frame.
    changed: BTreeSet<ClientId>,
    /// Left since the last frame, and whether they were connected to this node or another.
    left: BTreeMap<ClientId, Place>,
    next_frame: Instant,
    /// Everyone, as one frame; kept until somebody changes.
    everyone: Option<Utf8Bytes>,
}

#[derive(Debug)]
struct Person {
    presence: Presence,
    place: Place,
}

/// Where somebody is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Here,
    Elsewhere { node: Uuid, heard: Instant },
}

/// What changed since the last frame.
#[derive(Debug, Default)]
pub struct Changes {
    /// Came or moved.
    pub people: Vec<Presence>,
    /// Left.
    pub left: Vec<ClientId>,
}

impl Changes {
    fn is_empty(&self) -> bool {
        self.people.is_empty() && self.left.is_empty()
    }
}

impl PresenceTracker {
    pub fn new(now: Instant) -> Self {
        Self { here: BTreeMap::new(), changed: BTreeSet::new(), left: BTreeMap::new(), next_frame: now, everyone: None }
    }

    /// How many tabs are on the board, on every node.
    pub fn count(&self) -> usize {
        self.here.len()
    }

    /// Whose tab this is; nobody's when it is not on the board.
    pub fn who(&self, client: ClientId) -> Option<PersonId> {
        self.here.get(&client).map(|person| person.presence.person)
    }

    /// Somebody connected to this node.
    pub fn join(&mut self, presence: Presence) {
        self.set(presence, Place::Here);
    }

    /// Somebody on this node selected, types in or points at something else. A name longer than any field's is ignored.
    pub fn update(&mut self, client: ClientId, mut state: PresenceState) {
        state.field = state.field.filter(|name| name.len() <= MAX_FIELD_NAME);
        let Some(person) = self.here.get_mut(&client).filter(|person| person.presence.state != state) else { return };
        person.presence.state = state;
        self.changed.insert(client);
        self.everyone = None;
    }

    /// Somebody left this node.
    pub fn leave(&mut self, client: ClientId) {
        self.remove(client, Place::Here);
    }

    /// What another node sent about its people.
    pub fn merge_remote(&mut self, node: Uuid, people: Vec<Presence>, left: &[ClientId], now: Instant) {
        let place = Place::Elsewhere { node, heard: now };
        for presence in people {
            let client = presence.client;
            match self.here.get_mut(&client) {
                Some(person) if person.place == Place::Here => {}
                Some(person) if person.presence == presence => person.place = place,
                _ => self.set(presence, place),
            }
        }
        for client in left {
            let theirs = |place| matches!(place, Place::Elsewhere { node: of, .. } if of == node);
            if self.here.get(client).is_some_and(|person| theirs(person.place)) {
                self.remove(*client, place);
            }
        }
    }

    /// Forgets those whose node has fallen silent.
    pub fn forget_silent(&mut self, now: Instant) {
        let silent = |place| matches!(place, Place::Elsewhere { heard, .. } if now >= heard + FORGOTTEN_AFTER);
        let gone: Vec<_> =
            self.here.iter().filter(|(_, person)| silent(person.place)).map(|(client, p)| (*client, p.place)).collect();
        for (client, place) in gone {
            self.remove(client, place);
        }
    }

    fn set(&mut self, presence: Presence, place: Place) {
        let client = presence.client;
        self.left.remove(&client);
        self.here.insert(client, Person { presence, place });
        self.changed.insert(client);
        self.everyone = None;
    }

    fn remove(&mut self, client: ClientId, place: Place) {
        if self.here.remove(&client).is_some() {
            self.changed.remove(&client);
            self.left.insert(client, place);
            self.everyone = None;
        }
    }

    /// When the next frame is due; none while nothing changed.
    pub fn due(&self) -> Option<Instant> {
        (!self.changed.is_empty() || !self.left.is_empty()).then_some(self.next_frame)
    }

    /// The next frame, and its part for the other nodes.
    pub fn next_frame(&mut self, now: Instant) -> (Utf8Bytes, Option<Changes>) {
        self.next_frame = now + BETWEEN_FRAMES;
        let changed = std::mem::take(&mut self.changed);
        let left = std::mem::take(&mut self.left);
        let moved: Vec<&Person> = changed.iter().filter_map(|client| self.here.get(client)).collect();
        let ours = Changes {
            people: moved.iter().filter(|p| p.place == Place::Here).map(|p| p.presence.clone()).collect(),
            left: left.iter().filter(|(_, place)| **place == Place::Here).map(|(client, _)| *client).collect(),
        };
        let people: Vec<Presence> = moved.into_iter().map(|person| person.presence.clone()).collect();
        let left: Vec<ClientId> = left.into_keys().collect();
        let shown = frame(&ServerMessage::Presence { people: &people, left: &left });
        (shown, (!ours.is_empty()).then_some(ours))
    }

    /// Everyone, for somebody who has just come.
    pub fn everyone(&mut self) -> Utf8Bytes {
        let here = &self.here;
        let everyone = self.everyone.get_or_insert_with(|| {
            let people: Vec<Presence> = here.values().map(|person| person.presence.clone()).collect();
            frame(&ServerMessage::Presence { people: &people, left: &[] })
        });
        everyone.clone()
    }

    /// The people on this node, for the others.
    pub fn ours(&self) -> Vec<Presence> {
        let here = self.here.values().filter(|person| person.place == Place::Here);
        here.map(|person| person.presence.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(number: u128) -> ClientId {
        ClientId(Uuid::from_u128(number))
    }

    fn presence(number: u128) -> Presence {
        let person = PersonId(Uuid::from_u128(number));
        Presence { client: client(number), person, name: "Ada".into(), state: PresenceState::default() }
    }

    fn field(name: &str) -> PresenceState {
        PresenceState { field: Some(name.into()), ..PresenceState::default() }
    }

    const NODE: Uuid = Uuid::from_u128(99);

    #[test]
    fn nothing_is_told_while_nothing_changes_and_at_most_every_50_ms() {
        let now = Instant::now();
        let mut tracker = PresenceTracker::new(now);
        tracker.join(presence(1));
        assert_eq!(tracker.due(), Some(now));
        tracker.next_frame(now);
        assert_eq!(tracker.due(), None);
        tracker.update(client(1), field("name"));
        tracker.update(client(1), field("target"));
        assert_eq!(tracker.due(), Some(now + BETWEEN_FRAMES));
        let (shown, _) = tracker.next_frame(now + BETWEEN_FRAMES);
        assert!(shown.contains("target") && !shown.contains(r#""name":null"#));
        tracker.update(client(1), field("target"));
        assert_eq!(tracker.due(), None, "looking at the same thing is no news");
    }

    #[test]
    fn whoever_comes_is_shown_everybody_as_they_are_now() {
        let now = Instant::now();
        let mut tracker = PresenceTracker::new(now);
        tracker.join(presence(1));
        assert!(!tracker.everyone().contains("target"));
        tracker.update(client(1), field("target"));
        assert!(tracker.everyone().contains("target"));
        tracker.update(client(1), field(&"x".repeat(MAX_FIELD_NAME)));
        assert!(tracker.everyone().contains("xxx"));
        tracker.update(client(1), field(&"y".repeat(MAX_FIELD_NAME + 1)));
        assert!(!tracker.everyone().contains("yyy"), "no field has such a name");
        tracker.leave(client(1));
        assert!(!tracker.everyone().contains(&client(1).to_string()));
    }

    #[test]
    fn who_left_is_told_once_and_not_at_all_when_back_in_time() {
        let now = Instant::now();
        let mut tracker = PresenceTracker::new(now);
        tracker.join(presence(1));
        tracker.next_frame(now);
        tracker.leave(client(1));
        assert!(tracker.due().is_some());
        let (shown, ours) = tracker.next_frame(now);
        assert!(shown.contains(&format!(r#""left":["{}"]"#, client(1))) && ours.unwrap().left == [client(1)]);
        assert_eq!(tracker.due(), None);
        tracker.join(presence(1));
        tracker.leave(client(1));
        tracker.join(presence(1));
        let (shown, ours) = tracker.next_frame(now);
        assert!(shown.contains(r#""left":[]"#) && ours.unwrap().left.is_empty());
        tracker.update(client(1), field("name"));
        tracker.leave(client(1));
        let (shown, _) = tracker.next_frame(now);
        assert!(shown.contains(r#""people":[]"#), "who is gone looks at nothing: {shown}");
    }

    #[test]
    fn only_their_own_node_tells_that_somebody_left() {
        let now = Instant::now();
        let mut tracker = PresenceTracker::new(now);
        tracker.merge_remote(NODE, vec![presence(2)], &[], now);
        tracker.next_frame(now);
        tracker.merge_remote(Uuid::from_u128(98), vec![], &[client(2)], now);
        assert_eq!((tracker.count(), tracker.due()), (1, None));
        tracker.merge_remote(NODE, vec![presence(2)], &[], now);
        assert_eq!(tracker.due(), None, "what is known is no news");
        tracker.merge_remote(NODE, vec![], &[client(2)], now);
        assert_eq!((tracker.count(), tracker.who(client(2))), (0, None));
        let (_, ours) = tracker.next_frame(now);
        assert!(ours.is_none(), "their node has told the others");
        tracker.join(presence(1));
        tracker.merge_remote(NODE, vec![Presence { state: field("name"), ..presence(1) }], &[], now);
        assert_eq!(tracker.ours(), [presence(1)], "who is here is known here");
    }

    #[test]
    fn other_nodes_hear_of_our_people_only() {
        let now = Instant::now();
        let mut tracker = PresenceTracker::new(now);
        tracker.join(presence(1));
        tracker.merge_remote(NODE, vec![presence(2)], &[], now);
        assert_eq!(tracker.ours(), [presence(1)]);
        let (shown, ours) = tracker.next_frame(now);
        assert!(shown.contains(&client(2).to_string()));
        assert_eq!(ours.unwrap().people, [presence(1)]);
        tracker.merge_remote(NODE, vec![], &[client(2)], now);
        let (_, ours) = tracker.next_frame(now);
        assert!(ours.is_none());
    }

    #[test]
    fn people_on_a_node_that_fell_silent_are_forgotten() {
        let now = Instant::now();
        let mut tracker = PresenceTracker::new(now);
        tracker.merge_remote(NODE, vec![presence(2)], &[], now);
        tracker.forget_silent(now + FORGOTTEN_AFTER - Duration::from_millis(1));
        assert!(tracker.everyone().contains(&client(2).to_string()));
        tracker.forget_silent(now + FORGOTTEN_AFTER);
        assert!(!tracker.everyone().contains(&client(2).to_string()));
    }

    #[test]
    fn another_node_cannot_remove_somebody_who_is_here() {
        let now = Instant::now();
        let mut tracker = PresenceTracker::new(now);
        tracker.join(presence(1));
        tracker.merge_remote(NODE, vec![], &[client(1)], now);
        assert_eq!(tracker.ours(), [presence(1)]);
    }
}
