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
use super::presence::People;
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
/// Turns with edits begin no sooner after one another: what many write meanwhile is one commit, and one frame to each
/// reader. Nobody sees it, and whoever writes alone now and then does not wait.
const BREATH: Duration = Duration::from_millis(8);
/// Edits between two snapshots: opening a board replays at most about so many.
const SNAPSHOT_EVERY: u64 = 500;
/// A board that nobody looks at is closed after this.
const IDLE_AFTER: Duration = Duration::from_secs(60);
/// How often a board looks for itself whether other nodes moved on, tells them who is here, and forgets the silent.
const LOOK_AROUND_EVERY: Duration = Duration::from_secs(15);
/// When sockets shall come back after a restart; clients add jitter.
const RETRY_AFTER_MS: u32 = 500;

/// Names a socket within a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(pub(super) u64);

/// What sockets and other nodes ask of a room.
#[derive(Debug)]
pub(super) enum Command {
    /// Comes in.
    Join(MemberId, Box<Join>),
    /// Is gone.
    Leave(MemberId),
    /// Makes an edit, which counts as so many of its person's pace.
    Edit(MemberId, (u64, Edit), u32),
    /// Makes many edits at once, from no socket.
    Import(Box<Import>),
    /// Looks at something.
    Look(MemberId, PresenceState),
    /// Another node has news.
    NodeMessage(Notice),
    /// News may have been missed, or the board's row has changed.
    LookAround,
    /// These people may have to go.
    Doubt(Vec<PersonId>),
}

/// Somebody at the door.
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
    /// Where they read.
    pub outbox: SendQueue,
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
    /// Told once they are stored.
    pub done: oneshot::Sender<()>,
}

/// A socket in the room.
#[derive(Debug)]
struct Member {
    client: ClientId,
    person: PersonId,
    role: Role,
    outbox: SendQueue,
    /// Edits refused for their pace.
    too_fast: u32,
}

/// An open board.
#[derive(Debug)]
pub(super) struct Room {
    rooms: Rooms,
    inbox: mpsc::Receiver<Command>,
    board: Board,
    /// Whether it can only be read. The database has the last word: it appends nothing to an archived board.
    archived: bool,
    /// The seq of the last snapshot that was begun.
    snapshot: u64,
    /// When the last edit was made.
    last_at: Timestamp,
    recent: FrameBuffer,
    /// What is not above the last `n` of its client was sent before.
    writers: ClientSequences,
    members: BTreeMap<MemberId, Member>,
    /// How fast each person may write, in however many tabs; no more of them than have held a seat.
    paces: HashMap<PersonId, RateLimiter>,
    people: People,
    /// The whole board as a frame, for each role; none after an edit.
    welcome: [Option<Utf8Bytes>; 3],
    /// Since when nobody is here.
    empty_since: Option<Instant>,
    /// The next turn begins no sooner.
    rests_until: Instant,
}

impl Room {
    /// Loads the board from the database: the newest snapshot and what came since.
    pub(super) async fn open(rooms: &Rooms, id: BoardId) -> sqlx::Result<Option<Self>> {
        let now = Instant::now();
        let mut tx = rooms.db().read().await?;
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
            recent: FrameBuffer::default(),
            writers: ClientSequences::default(),
            members: BTreeMap::new(),
            paces: HashMap::new(),
            people: People::new(now),
            welcome: Default::default(),
            empty_since: Some(now),
            rests_until: now,
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

    /// Runs until nobody has been here for a while, the program stops, or the database falls silent.
    pub(super) async fn run(mut self) {
        let rooms = self.rooms.clone();
        let mut commands = Vec::new();
        let mut look_around = tokio::time::interval(LOOK_AROUND_EVERY);
        look_around.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let (due, idle_at) = (self.people.due(), self.idle_at());
            let done = tokio::select! {
                count = receive(&mut self.inbox, &mut commands, self.rests_until) => {
                    if count == 0 { break }
                    self.begin_turn(&commands);
                    self.turn(&mut commands).await
                }
                () = at(due) => { self.show_people(); Ok(()) }
                () = at(idle_at) => Ok(()),
                _ = look_around.tick(), if rooms.nodes().is_some() => self.look_around().await,
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

    /// Commits what was received, tells everybody to come back, keeps a snapshot.
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

    /// When it closes unless somebody comes.
    fn idle_at(&self) -> Option<Instant> {
        self.empty_since.map(|since| since + IDLE_AFTER)
    }

    fn begin_turn(&mut self, commands: &[Command]) {
        if commands.iter().any(|command| matches!(command, Command::Edit(..))) {
            self.rests_until = Instant::now() + BREATH;
        }
    }

    async fn turn(&mut self, commands: &mut Vec<Command>) -> Result<(), Unanswered> {
        let mut pending = Vec::new();
        for command in commands.drain(..) {
            match command {
                Command::Edit(member, edit, tokens) => self.take_up(&mut pending, (member, edit), tokens),
                Command::Look(member, state) => self.look(member, state),
                Command::Leave(member) => self.leave(member),
                Command::Join(member, join) => {
                    // What was said before is shown before, so that the welcome holds it.
                    self.commit(&mut pending).await?;
                    self.join(member, *join);
                }
                Command::Import(import) => {
                    self.commit(&mut pending).await?;
                    self.import(*import).await?;
                }
                Command::NodeMessage(notice) => self.heard(notice).await?,
                Command::LookAround => self.look_around().await?,
                Command::Doubt(people) => self.doubt(&people),
            }
        }
        self.commit(&mut pending).await
    }

    /// Stored in turns of the usual size: a statement takes only so many values. Asked for twice, it is made once.
    async fn import(&mut self, import: Import) -> Result<(), Unanswered> {
        let Import { client, by, last, edits, done } = import;
        if let Some(last) = last {
            self.writers.note(client, last);
        }
        let all_read = edits.iter().all(|edit| self.rooms.all_nodes_read(edit, self.board.kind));
        // Whoever asked is not told that it is done, and asks again.
        if self.is_of_another(client, by) || !all_read {
            return Ok(());
        }
        let mut n = self.writers.last_n(client);
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
        // Archived meanwhile, some of it was refused: whoever asked is not told that it is done.
        if !self.archived {
            // They may have gone.
            let _ = done.send(());
        }
        Ok(())
    }

    fn look(&mut self, member: MemberId, state: PresenceState) {
        if let Some(member) = self.members.get(&member) {
            self.people.look(member.client, state);
        }
    }

    async fn heard(&mut self, notice: Notice) -> Result<(), Unanswered> {
        let Notice { node, head, people, left, asks, archived, .. } = notice;
        self.people.hear(node, people, &left, Instant::now());
        if asks {
            self.announce();
        }
        if archived || head > self.board.head {
            self.catch_up().await?;
        }
        Ok(())
    }

    /// Who may be gone, and what may have been missed.
    async fn look_around(&mut self) -> Result<(), Unanswered> {
        self.people.forget_silent(Instant::now());
        self.announce();
        self.catch_up().await.map(drop)
    }

    /// Tells the other nodes who is here.
    fn announce(&self) {
        let people = self.people.ours();
        if let Some(nodes) = self.rooms.nodes().filter(|_| !people.is_empty()) {
            nodes.moved(self.board.id, super::presence::Changes { people, left: Vec::new() });
        }
    }

    /// Keeps a snapshot beside the work, every so many edits.
    fn snapshot_when_due(&mut self) {
        if self.board.head < self.snapshot + SNAPSHOT_EVERY {
            return;
        }
        self.snapshot = self.board.head;
        let (rooms, board) = (self.rooms.clone(), self.board.clone());
        self.rooms.tasks().spawn("board snapshot", async move { save(&rooms, board).await });
    }
}

/// What arrived, once the room has rested.
async fn receive(inbox: &mut mpsc::Receiver<Command>, commands: &mut Vec<Command>, rested_at: Instant) -> usize {
    tokio::time::sleep_until(rested_at).await;
    inbox.recv_many(commands, MAX_TURN).await
}

/// Resolves at that instant; never without one.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// Keeps a snapshot. Without it nothing is lost: the edits are there.
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

/// Refuses whoever comes to a board that cannot be opened.
pub(super) async fn turn_away(mut inbox: mpsc::Receiver<Command>, exists: bool) {
    inbox.close();
    while let Some(command) = inbox.recv().await {
        if let Command::Join(_, join) = command {
            join.outbox.close(if exists { AGAIN_LATER } else { NO_ACCESS });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_many_write_within_a_breath_is_one_turn_and_who_writes_alone_does_not_wait() {
        let (sender, mut inbox) = mpsc::channel(8);
        let (start, mut commands) = (Instant::now(), Vec::new());
        sender.send(Command::LookAround).await.unwrap();
        assert_eq!(receive(&mut inbox, &mut commands, start).await, 1);
        assert_eq!(Instant::now(), start, "nobody waits for a room that has rested");

        let writing = async {
            for _ in 0..3 {
                tokio::time::sleep(BREATH / 4).await;
                sender.send(Command::LookAround).await.unwrap();
            }
        };
        let (_, count) = tokio::join!(writing, receive(&mut inbox, &mut commands, start + BREATH));
        assert_eq!(count, 3, "one turn");
        assert!(start.elapsed() >= BREATH);
    }
}
