//! A room's turn: edits are applied to a copy of the board, stored, and only then shown.

use board_model::limits::EDIT_BURST;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::warn;

use super::{MemberId, Room};
use crate::client_sequences::LastEdit;
use crate::edit_log::Appended;
use crate::rate_limiter::RateLimiter;
use crate::send_queue::frame;
use crate::store::{self, Batch};
use board_model::close_code::FLOOD;
use board_model::model::{Board, Edit, Refusal, Signature};
use board_model::protocol::{Accepted, ServerMessage};
use board_model::rights::Role;
use kernel::id::{ClientId, PersonId};

/// Retries of a database that does not answer, before all sockets are closed with the code to come back later.
const ATTEMPTS: u32 = 6;
/// The pause after the first such failure; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// Edits of one connection that may be refused as too fast; with more it is closed.
const MAX_TOO_FAST: u32 = 128;

/// An edit that waits for its turn.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub member: MemberId,
    pub client: ClientId,
    pub n: u64,
    pub by: PersonId,
    pub role: Role,
    pub edit: Edit,
}

/// The result of a turn.
#[derive(Debug)]
struct Tried {
    board: Board,
    accepted: Arc<Vec<Accepted>>,
    /// The authors' sockets.
    authors: Vec<MemberId>,
    refused: Vec<(MemberId, u64, Refusal)>,
    /// Edits sent again.
    again: Vec<(MemberId, ClientId, u64)>,
}

/// The database does not answer.
#[derive(Debug)]
pub(super) struct Unanswered;

impl Room {
    /// Adds an edit to the turn, unless its person writes too fast. An edit that was sent before is never refused for
    /// that: its answer is that of the first time.
    pub(super) fn take_up(
        &mut self,
        pending: &mut Vec<Pending>,
        (id, (n, edit)): (MemberId, (u64, Edit)),
        tokens: u32,
    ) {
        let Some(member) = self.members.get_mut(&id) else { return };
        let is_new = n > self.sequences.last_n(member.client);
        let per_second = self.rooms.edits_per_second();
        let now = Instant::now();
        let full = || RateLimiter::new(per_second, per_second.saturating_mul(EDIT_BURST), now);
        if !self.rates.entry(member.person).or_insert_with(full).take(tokens, now) {
            member.too_fast += 1;
            if member.too_fast > MAX_TOO_FAST {
                member.send_queue.close(FLOOD);
                return self.leave(id);
            }
            if is_new {
                return self.tell(id, frame(&ServerMessage::Refused { n, reason: Refusal::TooFast }));
            }
        }
        pending.push(Pending { member: id, client: member.client, n, by: member.person, role: member.role, edit });
    }

    /// Applies, stores and shows what is pending; until it is stored, nobody sees any of it.
    pub(super) async fn commit(&mut self, pending: &mut Vec<Pending>) -> Result<(), Unanswered> {
        let mut failures = 0;
        while !pending.is_empty() {
            let tried = self.try_out(pending);
            let appended = if tried.accepted.is_empty() { Appended::Stored } else { self.append(&tried).await };
            match appended {
                Appended::Stored => {
                    pending.clear();
                    self.take_over(tried).await?;
                }
                Appended::Behind if self.catch_up().await? => {}
                // The head is elsewhere and there is nothing to load: the database was changed from outside.
                Appended::Behind => self.pause_and_catch_up(&mut failures).await?,
                Appended::Refused => self.refuse_or_halve(pending).await?,
                // Edits that were stored after all are found when catching up, and then count as sent again.
                Appended::Unknown => self.pause_and_catch_up(&mut failures).await?,
            }
        }
        Ok(())
    }

    /// Applies the pending edits to a copy of the board.
    fn try_out(&self, pending: &[Pending]) -> Tried {
        let board = self.board.clone();
        let mut accepted = Vec::with_capacity(pending.len());
        let (authors, refused, again) = (Vec::new(), Vec::new(), Vec::new());
        let mut tried = Tried { board, accepted: Arc::default(), authors, refused, again };
        let mut last_n: HashMap<ClientId, u64> = HashMap::new();
        // Clocks of nodes differ, and may be set back: the edits of a board are dated in their order.
        let at = self.rooms.now().max(self.last_at);
        for Pending { member, client, n, by, role, edit } in pending {
            let last = last_n.get(client).copied().unwrap_or_else(|| self.sequences.last_n(*client));
            if *n <= last {
                tried.again.push((*member, *client, *n));
                continue;
            }
            if self.archived {
                tried.refused.push((*member, *n, Refusal::Archived));
                continue;
            }
            if !role.may(*by, edit, &tried.board) {
                tried.refused.push((*member, *n, Refusal::NotAllowed));
                continue;
            }
            if !self.rooms.all_nodes_read(edit, tried.board.kind) {
                tried.refused.push((*member, *n, Refusal::NotYet));
                continue;
            }
            match tried.board.apply(Signature { by: *by, at }, edit.clone()) {
                Ok(edit) => {
                    last_n.insert(*client, *n);
                    accepted.push(Accepted { seq: tried.board.head, client: *client, n: *n, by: *by, at, edit });
                    tried.authors.push(*member);
                }
                Err(reason) => tried.refused.push((*member, *n, reason)),
            }
        }
        Tried { accepted: Arc::new(accepted), ..tried }
    }

    async fn append(&self, tried: &Tried) -> Appended {
        let (board, expected) = (self.board.id, self.board.head);
        let batch = Batch { board, expected, edits: Arc::clone(&tried.accepted) };
        self.rooms.log().append(batch).await
    }

    /// Takes over the copy of the board once its edits are stored, and shows them.
    async fn take_over(&mut self, tried: Tried) -> Result<(), Unanswered> {
        let Tried { board, accepted, authors, refused, again } = tried;
        // Refusals first: a client that sees a later edit of theirs accepted takes an earlier, unanswered one for refused.
        for (member, n, reason) in refused {
            self.tell(member, frame(&ServerMessage::Refused { n, reason }));
        }
        self.acknowledge_again(again).await?;
        if accepted.is_empty() {
            return Ok(());
        }
        self.board = board;
        self.note(&accepted);
        if let Some(nodes) = self.rooms.nodes() {
            nodes.appended(self.board.id, self.board.head);
        }
        self.show(&accepted, &authors);
        self.snapshot_when_due();
        Ok(())
    }

    /// An edit that comes a second time is acknowledged with the seq it has; one that was refused is refused.
    async fn acknowledge_again(&mut self, again: Vec<(MemberId, ClientId, u64)>) -> Result<(), Unanswered> {
        if again.is_empty() {
            return Ok(());
        }
        let mut tx = self.rooms.db().snapshot().await.map_err(unanswered)?;
        for (member, client, n) in again {
            let stored = store::seq_of(&mut tx, self.board.id, client, n).await.map_err(unanswered)?;
            self.tell(
                member,
                match stored {
                    Some((seq, at)) => frame(&ServerMessage::Ack { n, seq, at }),
                    None => frame(&ServerMessage::Refused { n, reason: Refusal::Malformed }),
                },
            );
        }
        Ok(())
    }

    /// Stores each edit alone after the database refused a batch, so that one bad edit fails alone.
    async fn refuse_or_halve(&mut self, pending: &mut Vec<Pending>) -> Result<(), Unanswered> {
        if let [alone] = pending.as_slice() {
            self.tell(alone.member, frame(&ServerMessage::Refused { n: alone.n, reason: Refusal::NotStored }));
            pending.clear();
            return Ok(());
        }
        for one in std::mem::take(pending) {
            Box::pin(self.commit(&mut vec![one])).await?;
        }
        Ok(())
    }

    async fn pause_and_catch_up(&mut self, failures: &mut u32) -> Result<(), Unanswered> {
        loop {
            tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(*failures)).await;
            *failures += 1;
            match self.catch_up().await {
                _ if *failures >= ATTEMPTS => return Err(Unanswered),
                Err(Unanswered) => {}
                Ok(_) => return Ok(()),
            }
        }
    }

    /// Loads what other nodes have appended, and shows it, and whether the board was archived meanwhile or opened again;
    /// says whether there was anything.
    pub(super) async fn catch_up(&mut self) -> Result<bool, Unanswered> {
        let mut tx = self.rooms.db().snapshot().await.map_err(unanswered)?;
        // Read first: once archived, nothing is appended.
        let row = store::find(&mut tx, self.board.id).await.map_err(unanswered)?;
        let archived = row.is_none_or(|row| row.archived);
        let missed = store::edits_since(&mut tx, self.board.id, self.board.head).await.map_err(unanswered)?;
        drop(tx);
        self.replay(&missed);
        self.show(&missed, &[]);
        let turned = archived != self.archived;
        if turned {
            self.archived = archived;
            self.show_roles();
        }
        Ok(turned || !missed.is_empty())
    }

    /// Applies stored edits.
    pub(super) fn replay(&mut self, stored: &[Accepted]) {
        for accepted in stored {
            if let Err(refusal) = self.board.apply(accepted.signature(), accepted.edit.clone()) {
                // Impossible: the same function accepted it. The head must advance all the same.
                warn!(board = %self.board.id, seq = accepted.seq, %refusal, "a stored edit does not apply");
                self.board.head = accepted.seq;
            }
        }
        self.note(stored);
    }

    fn note(&mut self, stored: &[Accepted]) {
        for Accepted { client, by, n, seq, .. } in stored {
            self.sequences.note(*client, LastEdit { by: *by, n: *n, seq: *seq });
        }
        self.last_at = stored.last().map_or(self.last_at, |last| last.at.max(self.last_at));
        let here = |client| self.members.values().any(|member| member.client == client);
        self.sequences.forget_when_due(self.board.head, here);
    }
}

pub(super) fn unanswered(error: sqlx::Error) -> Unanswered {
    warn!(%error, "a board cannot be read");
    Unanswered
}
