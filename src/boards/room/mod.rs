//! One task owns one open board. It gathers what arrived, appends it in one transaction, and only then shows it to
//! everyone and acknowledges it.

mod commit;
mod members;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tracing::{info, warn};
use tungstenite::Utf8Bytes;

use super::client_sequences::{ClientSequences, LastEdit};
use super::cluster::Notice;
use super::frame_buffer::FrameBuffer;
use super::presence::PresenceTracker;
use super::rate_limiter::RateLimiter;
use super::rooms::Rooms;
use super::send_queue::SendQueue;
use super::store;
use board_model::close_code::{AGAIN_LATER, NO_ACCESS};
use board_model::model::{Board, Edit};
use board_model::protocol::{ClosingReason, PresenceState};
use board_model::rights::Role;
use commit::{Pending, Unanswered};
use kernel::clock::Timestamp;
use kernel::id::{BoardId, ClientId, PersonId};

/// Commands that are taken up in one turn; also the most edits in one transaction.
const MAX_TURN: usize = 512;
/// Turns with edits begin at least this long after one another: edits that arrive meanwhile are one commit, and one frame to
/// each reader. It is too short to be noticed, and a lone edit does not wait at all.
const MIN_TURN_INTERVAL: Duration = Duration::from_millis(8);
/// Edits between two snapshots: opening a board replays at most about so many.
const SNAPSHOT_EVERY: u64 = 500;
/// A board without sockets is closed after this.
const IDLE_AFTER: Duration = Duration::from_secs(60);
/// How often a room reads what other nodes appended, sends them its presence, and drops people of nodes that went silent.
const REFRESH_EVERY: Duration = Duration::from_secs(15);
/// After how long sockets reconnect after a restart; clients add jitter.
const RETRY_AFTER_MS: u32 = 500;

/// Names a socket within a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(pub(super) u64);

/// What sockets and other nodes send to a room.
#[derive(Debug)]
pub(super) enum Command {
    /// A socket joins.
    Join(MemberId, Box<Join>),
    /// A socket leaves.
    Leave(MemberId),
    /// An edit, which takes so many tokens of its person's rate.
    Edit(MemberId, (u64, Edit), u32),
    /// Many edits at once, from no socket.
    Import(Box<Import>),
    /// The presence of a socket changed.
    Presence(MemberId, PresenceState),
    /// A notice of another node.
    NodeMessage(Notice),
    /// A notice may have been missed, or the board's row has changed.
    Refresh,
    /// Sockets of these people are to check whether they may stay.
    Revalidate(Vec<PersonId>),
}

/// A socket that asks to join.
#[derive(Debug)]
pub struct Join {
    /// The tab.
    pub client: ClientId,
    /// The last seq it has applied.
    pub since: Option<u64>,
    /// Who.
    pub person: PersonId,
    /// Their name as others see it.
    pub name: String,
    /// What they are here while the board is not archived.
    pub role: Role,
    /// The last edit of this tab that was stored when it came.
    pub last: Option<LastEdit>,
    /// The queue of frames to them.
    pub send_queue: SendQueue,
}

/// Edits from a file.
#[derive(Debug)]
pub(super) struct Import {
    /// Named for this import.
    pub client: ClientId,
    /// Who.
    pub by: PersonId,
    /// The last edit that was stored under this name.
    pub last: Option<LastEdit>,
    /// In order.
    pub edits: Vec<Edit>,
    /// Notified once they are stored.
    pub done: oneshot::Sender<()>,
}

/// A socket in the room.
#[derive(Debug)]
struct Member {
    client: ClientId,
    person: PersonId,
    role: Role,
    send_queue: SendQueue,
    /// Edits refused as too fast.
    too_fast: u32,
}

/// An open board.
#[derive(Debug)]
pub(super) struct Room {
    rooms: Rooms,
    inbox: mpsc::Receiver<Command>,
    board: Board,
    /// Whether it can only be read. The database decides: it appends nothing to an archived board.
    archived: bool,
    /// The seq of the last snapshot that was begun.
    snapshot: u64,
    /// When the last edit was made.
    last_at: Timestamp,
    frames: FrameBuffer,
    /// The last `n` of each client: an edit that is not above it was sent before.
    sequences: ClientSequences,
    members: BTreeMap<MemberId, Member>,
    /// The rate of each person, in however many tabs; no more of them than have held a seat.
    rates: HashMap<PersonId, RateLimiter>,
    presence: PresenceTracker,
    /// The whole board as a frame, for each role; none after an edit.
    welcome: [Option<Utf8Bytes>; 3],
    /// Since when there is no socket.
    empty_since: Option<Instant>,
    /// The next turn begins no sooner.
    next_turn_at: Instant,
}

impl Room {
    /// Loads the board from the database: the newest snapshot and what came since.
    pub(super) async fn open(rooms: &Rooms, id: BoardId) -> sqlx::Result<Option<Self>> {
        let now = Instant::now();
        let mut tx = rooms.db().snapshot().await?;
        let Some(row) = store::find(&mut tx, id).await? else { return Ok(None) };
        let board = store::snapshot(&mut tx, &row).await?;
        let tail = store::edits_since(&mut tx, id, board.head).await?;
        let last_at = store::last_at(&mut tx, id).await?.unwrap_or(Timestamp::from_millis(0));
        let mut room = Self {
            rooms: rooms.clone(),
            inbox: mpsc::channel(1).1,
            snapshot: board.head,
            board,
            archived: row.archived,
            last_at,
            frames: FrameBuffer::default(),
            sequences: ClientSequences::default(),
            members: BTreeMap::new(),
            rates: HashMap::new(),
            presence: PresenceTracker::new(now),
            welcome: Default::default(),
            empty_since: Some(now),
            next_turn_at: now,
        };
        room.replay(&tail);
        if let Some(nodes) = rooms.nodes() {
            nodes.ask(id);
        }
        Ok(Some(room))
    }

    /// The room, listening to `inbox`.
    pub(super) fn with_inbox(self, inbox: mpsc::Receiver<Command>) -> Self {
        Self { inbox, ..self }
    }

    /// Runs until there was no socket for a while, the program stops, or the database does not answer.
    pub(super) async fn run(mut self) {
        let rooms = self.rooms.clone();
        let mut commands = Vec::new();
        let mut refresh = tokio::time::interval(REFRESH_EVERY);
        refresh.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let (due, idle_at) = (self.presence.due(), self.idle_at());
            let done = tokio::select! {
                count = receive(&mut self.inbox, &mut commands, self.next_turn_at) => {
                    if count == 0 { break }
                    self.begin_turn(&commands);
                    self.turn(&mut commands).await
                }
                () = at(due) => { self.show_presence(); Ok(()) }
                () = at(idle_at) => Ok(()),
                _ = refresh.tick(), if rooms.nodes().is_some() => self.refresh().await,
                () = rooms.stopping() => break,
            };
            if done.is_err() {
                warn!(board = %self.board.id, "the database does not answer; everybody shall come back later");
                return self.close_all(ClosingReason::Restart, 4 * RETRY_AFTER_MS);
            }
            if self.idle_at().is_some_and(|at| at <= Instant::now()) && rooms.release(self.board.id, &mut self.inbox) {
                break;
            }
        }
        self.end().await;
    }

    /// Commits what was received, tells sockets to reconnect, saves a snapshot.
    async fn end(mut self) {
        self.inbox.close();
        let mut commands = Vec::new();
        while self.inbox.recv_many(&mut commands, MAX_TURN).await > 0 {
            if self.turn(&mut commands).await.is_err() {
                break;
            }
        }
        self.close_all(ClosingReason::Restart, RETRY_AFTER_MS);
        if self.board.head > self.snapshot {
            save(&self.rooms, self.board).await;
        }
    }

    /// When it closes unless somebody joins.
    fn idle_at(&self) -> Option<Instant> {
        self.empty_since.map(|since| since + IDLE_AFTER)
    }

    fn begin_turn(&mut self, commands: &[Command]) {
        if commands.iter().any(|command| matches!(command, Command::Edit(..))) {
            self.next_turn_at = Instant::now() + MIN_TURN_INTERVAL;
        }
    }

    async fn turn(&mut self, commands: &mut Vec<Command>) -> Result<(), Unanswered> {
        let mut pending = Vec::new();
        for command in commands.drain(..) {
            match command {
                Command::Edit(member, edit, tokens) => self.take_up(&mut pending, (member, edit), tokens),
                Command::Presence(member, state) => self.update_presence(member, state),
                Command::Leave(member) => self.leave(member),
                Command::Join(member, join) => {
                    // Earlier edits are committed first, so that the welcome holds them.
                    self.commit(&mut pending).await?;
                    self.join(member, *join);
                }
                Command::Import(import) => {
                    self.commit(&mut pending).await?;
                    self.import(*import).await?;
                }
                Command::NodeMessage(notice) => self.heard(notice).await?,
                Command::Refresh => self.refresh().await?,
                Command::Revalidate(people) => self.revalidate(&people),
            }
        }
        self.commit(&mut pending).await
    }

    /// Stored in turns of the usual size, since a statement is limited in its values. A repeated import is made once.
    async fn import(&mut self, import: Import) -> Result<(), Unanswered> {
        let Import { client, by, last, edits, done } = import;
        if let Some(last) = last {
            self.sequences.note(client, last);
        }
        let all_read = edits.iter().all(|edit| self.rooms.all_nodes_read(edit, self.board.kind));
        // The import is not acknowledged, so that its caller tries again.
        if self.is_of_another(client, by) || !all_read {
            return Ok(());
        }
        let mut n = self.sequences.last_n(client);
        let mut edits = edits.into_iter().skip(usize::try_from(n).unwrap_or(usize::MAX)).peekable();
        while edits.peek().is_some() {
            let mut turn: Vec<Pending> = edits
                .by_ref()
                .take(MAX_TURN)
                .map(|edit| {
                    n += 1;
                    Pending { member: MemberId(u64::MAX), client, n, by, role: Role::Facilitator, edit }
                })
                .collect();
            self.commit(&mut turn).await?;
        }
        // The board was archived meanwhile and some edits were refused: the import is not acknowledged.
        if !self.archived {
            // The receiver may be gone.
            let _ = done.send(());
        }
        Ok(())
    }

    fn update_presence(&mut self, member: MemberId, state: PresenceState) {
        if let Some(member) = self.members.get(&member) {
            self.presence.update(member.client, state);
        }
    }

    async fn heard(&mut self, notice: Notice) -> Result<(), Unanswered> {
        let Notice { node, head, people, left, asks, archived, .. } = notice;
        self.presence.merge_remote(node, people, &left, Instant::now());
        if asks {
            self.announce();
        }
        if archived || head > self.board.head {
            self.catch_up().await?;
        }
        Ok(())
    }

    /// Drops people of nodes that went silent, and loads edits whose notice was missed.
    async fn refresh(&mut self) -> Result<(), Unanswered> {
        self.presence.forget_silent(Instant::now());
        self.announce();
        self.catch_up().await.map(drop)
    }

    /// Sends the other nodes the presence of this node's sockets.
    fn announce(&self) {
        let people = self.presence.ours();
        if let Some(nodes) = self.rooms.nodes().filter(|_| !people.is_empty()) {
            nodes.moved(self.board.id, super::presence::Changes { people, left: Vec::new() });
        }
    }

    /// Saves a snapshot in a task of its own, every so many edits.
    fn snapshot_when_due(&mut self) {
        if self.board.head < self.snapshot + SNAPSHOT_EVERY {
            return;
        }
        self.snapshot = self.board.head;
        let (rooms, board) = (self.rooms.clone(), self.board.clone());
        self.rooms.tasks().spawn("board snapshot", async move { save(&rooms, board).await });
    }
}

/// The commands that arrived, no sooner than `not_before`.
async fn receive(inbox: &mut mpsc::Receiver<Command>, commands: &mut Vec<Command>, not_before: Instant) -> usize {
    tokio::time::sleep_until(not_before).await;
    inbox.recv_many(commands, MAX_TURN).await
}

/// Resolves at that instant; never without one.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// Saves a snapshot. When that fails nothing is lost: the edits are stored.
async fn save(rooms: &Rooms, board: Board) {
    let saved = async {
        let mut tx = rooms.db().write().await?;
        store::save_snapshot(&mut tx, &board).await?;
        tx.commit().await
    };
    match saved.await {
        Ok(()) => info!(board = %board.id, head = board.head, "snapshot"),
        Err(error) => warn!(%error, board = %board.id, "a snapshot could not be kept"),
    }
}

/// Closes the sockets that join a board that cannot be opened.
pub(super) async fn reject_all(mut inbox: mpsc::Receiver<Command>, exists: bool) {
    inbox.close();
    while let Some(command) = inbox.recv().await {
        if let Command::Join(_, join) = command {
            join.send_queue.close(if exists { AGAIN_LATER } else { NO_ACCESS });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn edits_within_the_interval_are_one_turn_and_a_lone_edit_does_not_wait() {
        let (sender, mut inbox) = mpsc::channel(8);
        let (start, mut commands) = (Instant::now(), Vec::new());
        sender.send(Command::Refresh).await.unwrap();
        assert_eq!(receive(&mut inbox, &mut commands, start).await, 1);
        assert_eq!(Instant::now(), start, "a lone command does not wait");

        let writing = async {
            for _ in 0..3 {
                tokio::time::sleep(MIN_TURN_INTERVAL / 4).await;
                sender.send(Command::Refresh).await.unwrap();
            }
        };
        let (_, count) = tokio::join!(writing, receive(&mut inbox, &mut commands, start + MIN_TURN_INTERVAL));
        assert_eq!(count, 3, "one turn");
        assert!(start.elapsed() >= MIN_TURN_INTERVAL);
    }
}
