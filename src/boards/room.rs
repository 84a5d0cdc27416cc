//! One task owns one open board. It gathers what arrived, appends it in one transaction, and only then shows it to
//! everyone and acknowledges it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::{info, warn};

use super::log::Appended;
use super::model::{Board, Edit, Refusal};
use super::nodes::Notice;
use super::outbox::{Outbox, frame};
use super::presence::People;
use super::protocol::{Accepted, ClosingReason, Gaze, Presence, ServerMessage};
use super::recent::Recent;
use super::rights::Role;
use super::rooms::Rooms;
use super::store::{self, Batch};
use super::{AGAIN_LATER, GOING_AWAY, NO_ACCESS, SIGNED_OUT};
use crate::id::{BoardId, ClientId, PersonId};

/// Commands that are taken up in one turn; also the most edits in one transaction.
const MAX_TURN: usize = 512;
/// Sockets on one board at most.
const MAX_MEMBERS: usize = 300;
/// Edits between two snapshots: opening a board replays at most about so many.
const SNAPSHOT_EVERY: u64 = 500;
/// A board that nobody looks at is closed after this.
const IDLE_AFTER: Duration = Duration::from_secs(60);
/// How often a board looks for itself whether other nodes moved on, tells them who is here, and forgets the silent.
const LOOK_AROUND_EVERY: Duration = Duration::from_secs(15);
/// How often a database that does not answer is asked again before everybody is told to come back later.
const ATTEMPTS: u32 = 6;
/// The pause after the first such failure; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
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
    /// Makes an edit.
    Edit(MemberId, u64, Edit),
    /// Looks at something.
    Look(MemberId, Gaze),
    /// Another node has news.
    Heard(Notice),
    /// News may have been missed.
    LookAround,
    /// This person signed out or lost the seat.
    Dismiss(PersonId),
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
    /// What they are here.
    pub role: Role,
    /// The highest `n` of this tab that was stored when it came.
    pub last_n: u64,
    /// Where they read.
    pub outbox: Outbox,
}

/// A socket in the room.
#[derive(Debug)]
struct Member {
    client: ClientId,
    person: PersonId,
    role: Role,
    outbox: Outbox,
}

/// An edit that waits for its turn.
#[derive(Debug, Clone)]
struct Pending {
    member: MemberId,
    client: ClientId,
    n: u64,
    by: PersonId,
    edit: Edit,
}

/// What a turn came to.
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
struct Unanswered;

/// An open board.
#[derive(Debug)]
pub(super) struct Room {
    rooms: Rooms,
    inbox: mpsc::Receiver<Command>,
    board: Board,
    /// The seq of the last snapshot that was begun.
    snapshot: u64,
    recent: Recent,
    /// The last `n` of each client: what is not above it was sent before.
    last_n: HashMap<ClientId, u64>,
    members: BTreeMap<MemberId, Member>,
    people: People,
    /// The whole board as a frame, for readers who may edit and for those who may not; none after an edit.
    welcome: [Option<Utf8Bytes>; 2],
    /// Since when nobody is here.
    empty_since: Option<Instant>,
}

impl Room {
    /// Loads the board from the database: the newest snapshot and what came since.
    pub(super) async fn open(rooms: &Rooms, id: BoardId) -> sqlx::Result<Option<Self>> {
        let now = Instant::now();
        let mut tx = rooms.db().read().await?;
        let Some(row) = store::find(&mut tx, id).await? else { return Ok(None) };
        let board = store::snapshot(&mut tx, &row).await?;
        let tail = store::edits_since(&mut tx, id, board.head).await?;
        let mut room = Self {
            rooms: rooms.clone(),
            inbox: mpsc::channel(1).1,
            snapshot: board.head,
            board,
            recent: Recent::default(),
            last_n: HashMap::new(),
            members: BTreeMap::new(),
            people: People::new(now),
            welcome: [None, None],
            empty_since: Some(now),
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
            let due = self.people.due();
            let done = tokio::select! {
                count = self.inbox.recv_many(&mut commands, MAX_TURN) => {
                    if count == 0 { break }
                    self.turn(&mut commands).await
                }
                () = at(due) => { self.show_people(); Ok(()) }
                _ = look_around.tick() => self.look_around().await,
                () = rooms.stopping() => break,
            };
            if done.is_err() {
                warn!(board = %self.board.id, "the database does not answer; everybody shall come back later");
                return self.close_all(ClosingReason::Restart, 4 * RETRY_AFTER_MS);
            }
            if self.is_idle() && rooms.release(self.board.id, &mut self.inbox) {
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

    fn is_idle(&self) -> bool {
        self.empty_since.is_some_and(|since| since.elapsed() >= IDLE_AFTER)
    }

    async fn turn(&mut self, commands: &mut Vec<Command>) -> Result<(), Unanswered> {
        let mut pending = Vec::new();
        for command in commands.drain(..) {
            match command {
                Command::Edit(member, n, edit) => self.take_up(&mut pending, (member, n, edit)),
                Command::Look(member, gaze) => self.look(member, gaze),
                Command::Leave(member) => self.leave(member),
                Command::Join(member, join) => {
                    // What was said before is shown before, so that the welcome holds it.
                    self.commit(&mut pending).await?;
                    self.join(member, *join);
                }
                Command::Heard(notice) => self.heard(notice).await?,
                Command::LookAround => self.look_around().await?,
                Command::Dismiss(person) => self.dismiss(person),
            }
        }
        self.commit(&mut pending).await
    }

    fn take_up(&self, pending: &mut Vec<Pending>, (id, n, edit): (MemberId, u64, Edit)) {
        let Some(member) = self.members.get(&id) else { return };
        if member.role.may(&edit) {
            pending.push(Pending { member: id, client: member.client, n, by: member.person, edit });
        } else {
            member.outbox.send(frame(&ServerMessage::Refused { n, reason: Refusal::NotAllowed }));
        }
    }

    fn look(&mut self, member: MemberId, gaze: Gaze) {
        if let Some(member) = self.members.get(&member) {
            self.people.look(member.client, gaze);
        }
    }

    /// Applies, stores and shows what is pending; until it is stored, nobody sees any of it.
    async fn commit(&mut self, pending: &mut Vec<Pending>) -> Result<(), Unanswered> {
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
                // Behind what cannot be seen: somebody tampers with the database.
                Appended::Behind => self.pause_and_catch_up(&mut failures).await?,
                Appended::Refused => self.refuse_or_halve(pending).await?,
                // What was stored after all is found when catching up, and is then known as sent again.
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
        for Pending { member, client, n, by, edit } in pending {
            let last = last_n.get(client).or_else(|| self.last_n.get(client)).copied().unwrap_or(0);
            if *n <= last {
                tried.again.push((*member, *client, *n));
                continue;
            }
            match tried.board.apply(*by, edit.clone()) {
                Ok(edit) => {
                    last_n.insert(*client, *n);
                    accepted.push(Accepted { seq: tried.board.head, client: *client, n: *n, by: *by, edit });
                    tried.authors.push(*member);
                }
                Err(reason) => tried.refused.push((*member, *n, reason)),
            }
        }
        Tried { accepted: Arc::new(accepted), ..tried }
    }

    async fn append(&self, tried: &Tried) -> Appended {
        let (board, expected) = (self.board.id, self.board.head);
        let batch = Batch { board, expected, edits: Arc::clone(&tried.accepted), at: self.rooms.now() };
        self.rooms.log().append(batch).await
    }

    /// What was stored is now the board, and is shown.
    async fn take_over(&mut self, tried: Tried) -> Result<(), Unanswered> {
        let Tried { board, accepted, authors, refused, again } = tried;
        // Refusals first: whoever sees a later edit of theirs accepted takes an earlier, unanswered one for refused.
        for (member, n, reason) in refused {
            self.tell(member, frame(&ServerMessage::Refused { n, reason }));
        }
        self.acknowledge_again(again).await?;
        if accepted.is_empty() {
            return Ok(());
        }
        self.board = board;
        for edit in accepted.iter() {
            self.last_n.insert(edit.client, edit.n);
        }
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
        let mut tx = self.rooms.db().read().await.map_err(unanswered)?;
        for (member, client, n) in again {
            let seq = store::seq_of(&mut tx, self.board.id, client, n).await.map_err(unanswered)?;
            self.tell(
                member,
                match seq {
                    Some(seq) => frame(&ServerMessage::Ack { n, seq }),
                    None => frame(&ServerMessage::Refused { n, reason: Refusal::Malformed }),
                },
            );
        }
        Ok(())
    }

    /// Shows stored edits to everybody in one shared frame. A lone author needs only to be told the numbers.
    fn show(&mut self, accepted: &[Accepted], authors: &[MemberId]) {
        let (Some(first), Some(last)) = (accepted.first(), accepted.last()) else { return };
        self.welcome = [None, None];
        let shown = frame(&ServerMessage::Edits { edits: accepted });
        self.recent.add(first.seq, last.seq, shown.clone());
        let lone = authors.first().filter(|author| authors.iter().all(|other| other == *author)).copied();
        if let Some(author) = lone {
            for Accepted { n, seq, .. } in accepted {
                self.tell(author, frame(&ServerMessage::Ack { n: *n, seq: *seq }));
            }
        }
        self.tell_all_but(lone, &shown);
    }

    fn tell(&mut self, member: MemberId, frame: Utf8Bytes) {
        let Some(known) = self.members.get(&member) else { return };
        if !known.outbox.send(frame) {
            self.leave(member);
        }
    }

    fn tell_all_but(&mut self, author: Option<MemberId>, frame: &Utf8Bytes) {
        let lost: Vec<MemberId> = self
            .members
            .iter()
            .filter(|(id, member)| Some(**id) != author && !member.outbox.send(frame.clone()))
            .map(|(id, _)| *id)
            .collect();
        for member in lost {
            self.leave(member);
        }
    }

    /// The database said no. One bad edit must not take others with it: each is tried alone.
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

    /// Loads what other nodes have appended, and shows it; says whether there was anything.
    async fn catch_up(&mut self) -> Result<bool, Unanswered> {
        let mut tx = self.rooms.db().read().await.map_err(unanswered)?;
        let missed = store::edits_since(&mut tx, self.board.id, self.board.head).await.map_err(unanswered)?;
        drop(tx);
        self.replay(&missed);
        self.show(&missed, &[]);
        Ok(!missed.is_empty())
    }

    /// Applies stored edits.
    fn replay(&mut self, stored: &[Accepted]) {
        for accepted in stored {
            if let Err(refusal) = self.board.apply(accepted.by, accepted.edit.clone()) {
                // Cannot be: the same function accepted it. The number must move on all the same.
                warn!(board = %self.board.id, seq = accepted.seq, %refusal, "a stored edit does not apply");
                self.board.head = accepted.seq;
            }
            let last = self.last_n.entry(accepted.client).or_default();
            *last = accepted.n.max(*last);
        }
    }

    async fn heard(&mut self, notice: Notice) -> Result<(), Unanswered> {
        let Notice { node, head, people, left, asks, .. } = notice;
        self.people.hear(node, people, &left, Instant::now());
        if asks {
            self.announce();
        }
        if head > self.board.head {
            self.catch_up().await?;
        }
        Ok(())
    }

    /// Where there are other nodes: what may have been missed, who may be gone.
    async fn look_around(&mut self) -> Result<(), Unanswered> {
        if self.rooms.nodes().is_none() {
            return Ok(());
        }
        self.people.forget_silent(Instant::now());
        self.announce();
        let mut tx = self.rooms.db().read().await.map_err(unanswered)?;
        let head = store::head(&mut tx, self.board.id).await.map_err(unanswered)?;
        drop(tx);
        if head > self.board.head {
            self.catch_up().await?;
        }
        Ok(())
    }

    /// Tells the other nodes who is here.
    fn announce(&self) {
        let people = self.people.ours();
        if let Some(nodes) = self.rooms.nodes().filter(|_| !people.is_empty()) {
            nodes.moved(self.board.id, super::presence::Changes { people, left: Vec::new() });
        }
    }

    fn show_people(&mut self) {
        let (shown, ours) = self.people.next_frame(Instant::now());
        if let (Some(nodes), Some(ours)) = (self.rooms.nodes(), ours) {
            nodes.moved(self.board.id, ours);
        }
        self.tell_all_but(None, &shown);
    }

    fn join(&mut self, id: MemberId, join: Join) {
        let Join { client, since, person, name, role, last_n, outbox } = join;
        if self.members.len() >= MAX_MEMBERS {
            return outbox.close(AGAIN_LATER);
        }
        let known = self.last_n.entry(client).or_default();
        *known = last_n.max(*known);
        for frame in self.welcome(since, role) {
            outbox.send(frame);
        }
        self.people.come(Presence { client, person, name, gaze: Gaze::default() });
        outbox.send(self.people.everyone());
        self.members.insert(id, Member { client, person, role, outbox });
        self.empty_since = None;
    }

    /// The whole board, or only what came since.
    fn welcome(&mut self, since: Option<u64>, role: Role) -> Vec<Utf8Bytes> {
        let (head, may_edit) = (self.board.head, role.may_edit());
        if let Some(missed) = since.and_then(|since| self.recent.since(since, head)) {
            let brief = frame(&ServerMessage::Welcome { head, board: None, may_edit });
            return std::iter::once(brief).chain(missed).collect();
        }
        let board = &self.board;
        let whole = || frame(&ServerMessage::Welcome { head, board: Some(board.state()), may_edit });
        vec![self.welcome[usize::from(may_edit)].get_or_insert_with(whole).clone()]
    }

    fn leave(&mut self, id: MemberId) {
        let Some(gone) = self.members.remove(&id) else { return };
        if self.members.values().all(|member| member.client != gone.client) {
            self.people.leave(gone.client);
        }
        if self.members.is_empty() {
            self.empty_since = Some(Instant::now());
        }
    }

    fn dismiss(&mut self, person: PersonId) {
        let theirs: Vec<MemberId> =
            self.members.iter().filter(|(_, member)| member.person == person).map(|(id, _)| *id).collect();
        for id in theirs {
            if let Some(member) = self.members.get(&id) {
                let farewell = ServerMessage::Closing { reason: ClosingReason::SignedOut, retry_after_ms: None };
                member.outbox.send(frame(&farewell));
                member.outbox.close(SIGNED_OUT);
            }
            self.leave(id);
        }
    }

    fn close_all(&mut self, reason: ClosingReason, retry_after_ms: u32) {
        let farewell = frame(&ServerMessage::Closing { reason, retry_after_ms: Some(retry_after_ms) });
        for member in std::mem::take(&mut self.members).into_values() {
            member.outbox.send(farewell.clone());
            member.outbox.close(GOING_AWAY);
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

/// Resolves at that instant; never without one.
async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

fn unanswered(error: sqlx::Error) -> Unanswered {
    warn!(%error, "a board cannot be read");
    Unanswered
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
