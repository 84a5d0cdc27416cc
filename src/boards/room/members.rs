//! A room's sockets: joining, leaving, and the frames that they receive.

use std::collections::HashMap;

use tokio::time::Instant;
use tungstenite::Utf8Bytes;

use super::{Join, Member, MemberId, Room};
use crate::send_queue::frame;
use board_model::close_code::{FULL, GOING_AWAY, TAKEN};
use board_model::protocol::{Accepted, ClosingReason, Presence, PresenceState, ServerMessage, VERSION};
use board_model::rights::Role;
use kernel::id::{ClientId, PersonId};

/// Connections to one board at most, on all nodes together.
const MAX_MEMBERS: usize = 300;
/// Edits of a lone author that are acknowledged one by one; more are acknowledged by the frame with the edits.
const MAX_ACKS: usize = 32;

impl Room {
    /// Shows stored edits to everybody in one shared frame. A lone author of a few edits gets only their numbers.
    pub(super) fn show(&mut self, accepted: &[Accepted], authors: &[MemberId]) {
        let (Some(first), Some(last)) = (accepted.first(), accepted.last()) else { return };
        self.welcome = Default::default();
        let shown = frame(&ServerMessage::Edits { edits: accepted });
        self.frames.add(first.seq, last.seq, shown.clone());
        let lone = authors.first().filter(|author| authors.iter().all(|other| other == *author)).copied();
        let lone = lone.filter(|_| accepted.len() <= MAX_ACKS);
        if let Some(author) = lone {
            for Accepted { n, seq, at, .. } in accepted {
                self.tell(author, frame(&ServerMessage::Ack { n: *n, seq: *seq, at: *at }));
            }
        }
        self.tell_all_but(lone, &shown);
    }

    pub(super) fn tell(&mut self, member: MemberId, frame: Utf8Bytes) {
        let Some(known) = self.members.get(&member) else { return };
        if !known.send_queue.send(frame) {
            self.leave(member);
        }
    }

    pub(super) fn tell_all_but(&mut self, author: Option<MemberId>, frame: &Utf8Bytes) {
        let lost: Vec<MemberId> = self
            .members
            .iter()
            .filter(|(id, member)| Some(**id) != author && !member.send_queue.send(frame.clone()))
            .map(|(id, _)| *id)
            .collect();
        for member in lost {
            self.leave(member);
        }
    }

    /// Sends everybody their role, after the board was archived or opened again.
    pub(super) fn show_roles(&mut self) {
        let roles = self.members.iter().map(|(id, member)| (*id, member.role.while_archived(self.archived)));
        for (id, role) in roles.collect::<Vec<_>>() {
            self.tell(id, frame(&ServerMessage::Role { role }));
        }
    }

    pub(super) fn show_presence(&mut self) {
        let (shown, ours) = self.presence.next_frame(Instant::now());
        if let (Some(nodes), Some(ours)) = (self.rooms.nodes(), ours) {
            nodes.moved(self.board.id, ours);
        }
        self.tell_all_but(None, &shown);
    }

    pub(super) fn join(&mut self, id: MemberId, join: Join) {
        let Join { client, since, person, name, role, last, send_queue } = join;
        if let Some(last) = last {
            self.sequences.note(client, last);
        }
        if self.is_of_another(client, person) {
            return send_queue.close(TAKEN);
        }
        if self.members.len().max(self.presence.count()) >= MAX_MEMBERS && !self.makes_room_for(person) {
            return send_queue.close(FULL);
        }
        for frame in self.welcome(since, role.while_archived(self.archived)) {
            send_queue.send(frame);
        }
        self.presence.join(Presence { client, person, name, state: PresenceState::default() });
        send_queue.send(self.presence.everyone());
        self.members.insert(id, Member { client, person, role, send_queue, too_fast: 0 });
        self.empty_since = None;
    }

    /// Whether another person wrote under this client id, or is connected under it.
    pub(super) fn is_of_another(&self, client: ClientId, person: PersonId) -> bool {
        let owners = [self.sequences.owner(client), self.presence.who(client)];
        owners.into_iter().flatten().any(|owner| owner != person)
    }

    /// On a full board, the person with the most connections loses the newest to a person who has at least two fewer:
    /// opening many tabs keeps no one out.
    fn makes_room_for(&mut self, person: PersonId) -> bool {
        let mut tabs: HashMap<PersonId, Vec<MemberId>> = HashMap::new();
        for (id, member) in &self.members {
            tabs.entry(member.person).or_default().push(*id);
        }
        let own = tabs.get(&person).map_or(0, Vec::len);
        let most = tabs.into_values().max_by_key(Vec::len).filter(|most| most.len() > own + 1);
        let Some(newest) = most.and_then(|most| most.last().copied()) else { return false };
        if let Some(member) = self.members.get(&newest) {
            member.send_queue.close(FULL);
        }
        self.leave(newest);
        true
    }

    /// The whole board, or only the edits since.
    pub(super) fn welcome(&mut self, since: Option<u64>, role: Role) -> Vec<Utf8Bytes> {
        let head = self.board.head;
        if let Some(missed) = since.and_then(|since| self.frames.since(since, head)) {
            let brief = frame(&ServerMessage::Welcome { version: VERSION, head, board: None, role });
            return std::iter::once(brief).chain(missed).collect();
        }
        let board = &self.board;
        let whole = || frame(&ServerMessage::Welcome { version: VERSION, head, board: Some(board.state()), role });
        vec![self.welcome[role as usize].get_or_insert_with(whole).clone()]
    }

    pub(super) fn leave(&mut self, id: MemberId) {
        let Some(gone) = self.members.remove(&id) else { return };
        if self.members.values().all(|member| member.client != gone.client) {
            self.presence.leave(gone.client);
        }
        if self.members.is_empty() {
            self.empty_since = Some(Instant::now());
        }
    }

    /// Has the sockets of these people check whether they may stay.
    pub(super) fn revalidate(&self, people: &[PersonId]) {
        for member in self.members.values().filter(|member| people.contains(&member.person)) {
            member.send_queue.revalidate();
        }
    }

    pub(super) fn close_all(&mut self, reason: ClosingReason, retry_after_ms: u32) {
        let farewell = frame(&ServerMessage::Closing { reason, retry_after_ms });
        for member in std::mem::take(&mut self.members).into_values() {
            member.send_queue.send(farewell.clone());
            member.send_queue.close(GOING_AWAY);
        }
    }
}
