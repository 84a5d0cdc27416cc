//! The open boards of this node: each is opened by its first visitor and closed when nobody has been there for a while.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;
use tracing::error;

use super::cluster::{Cluster, NodeMessage};
use super::edit_log::EditLog;
use super::node_registry::NodeRegistry;
use super::room::{Command, Import, Join, MemberId, Room, reject_all};
use super::store;
use board_model::kinds::BoardKind;
use board_model::model::Edit;
use board_model::protocol::PresenceState;
use db::{ChangeEvent, Db};
use kernel::clock::{Clock, Timestamp};
use kernel::id::{BoardId, ClientId, PersonId};
use kernel::jobs::Jobs;

/// Commands that may wait for a room; then its sockets wait, and through TCP their clients.
const WAITING_COMMANDS: usize = 1_024;
/// How long rooms may take to commit and keep snapshots when the program stops.
const ROOMS_PATIENCE: Duration = Duration::from_secs(8);
/// How long sockets may then take to send their last frames.
const SOCKETS_PATIENCE: Duration = Duration::from_secs(2);

/// The open boards; cheap to clone.
#[derive(Debug, Clone)]
pub struct Rooms(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    edits_per_second: u32,
    db: Db,
    clock: Clock,
    open: Mutex<HashMap<BoardId, mpsc::Sender<Command>>>,
    /// The rooms and their snapshots.
    tasks: Jobs,
    /// The tasks that the rooms need; stopped after them.
    services: Jobs,
    running: OnceLock<Services>,
    registry: NodeRegistry,
    sockets: TaskTracker,
    members: AtomicU64,
}

#[derive(Debug)]
struct Services {
    log: EditLog,
    nodes: Option<Cluster>,
}

/// A socket's place in a room.
#[derive(Debug)]
pub struct Membership {
    id: MemberId,
    room: mpsc::Sender<Command>,
}

/// The room is gone: the board was closed or the program stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the board was closed")]
pub struct Gone;

/// An import was not made, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The board was closed, or archived.
    #[error(transparent)]
    Gone(#[from] Gone),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

impl Rooms {
    /// No board is open yet, and nothing runs. One person makes `edits_per_second` on a board, on average.
    #[must_use]
    pub fn new(db: Db, clock: Clock, edits_per_second: u32) -> Self {
        Self(Arc::new(Shared {
            edits_per_second,
            db,
            clock,
            open: Mutex::default(),
            tasks: Jobs::new(),
            services: Jobs::new(),
            running: OnceLock::new(),
            registry: NodeRegistry::new(),
            sockets: TaskTracker::new(),
            members: AtomicU64::new(0),
        }))
    }

    /// Joins a socket to the room of a board, which is opened unless it is open.
    ///
    /// # Errors
    ///
    /// When the program stops.
    pub async fn join(&self, board: BoardId, join: Join) -> Result<Membership, Gone> {
        let id = MemberId(self.0.members.fetch_add(1, Ordering::Relaxed));
        let mut command = Command::Join(id, Box::new(join));
        loop {
            let room = self.room(board)?;
            match room.send(command).await {
                Ok(()) => return Ok(Membership { id, room }),
                // It closed just now; the next one is opened.
                Err(mpsc::error::SendError(unsent)) => command = unsent,
            }
        }
    }

    /// Makes many edits of one person, in order; returns once they are stored and shown. `client` names this import: what
    /// was stored under it is not made again.
    ///
    /// # Errors
    ///
    /// When the program stops, the board was closed before they were stored, or the database fails.
    pub async fn import(
        &self,
        board: BoardId,
        (client, by): (ClientId, PersonId),
        edits: Vec<Edit>,
    ) -> Result<(), ImportError> {
        let found = store::find_for(&mut self.0.db.read().await?, board, by, Some(client)).await?;
        let last = found.and_then(|found| found.last_edit());
        let (done, stored) = oneshot::channel();
        let mut command = Command::Import(Box::new(Import { client, by, last, edits, done }));
        loop {
            match self.room(board)?.send(command).await {
                Ok(()) => return stored.await.map_err(|_| Gone.into()),
                // It closed just now; the next one is opened.
                Err(mpsc::error::SendError(unsent)) => command = unsent,
            }
        }
    }

    /// Listens to commits: sockets of people whose rights were reduced check at once, on every node, whether they may stay.
    pub fn listener(&self) -> impl Fn(&[ChangeEvent]) + Send + Sync + use<> {
        // The database, which these rooms hold, will hold it.
        let shared = Arc::downgrade(&self.0);
        move |touched| {
            let people = touched
                .iter()
                .filter_map(|it| if let ChangeEvent::RightsReduced(who) = it { Some(*who) } else { None });
            let people: Vec<PersonId> = people.collect();
            if let Some(shared) = shared.upgrade().filter(|_| !people.is_empty()) {
                Self(shared).revalidate(people);
            }
        }
    }

    fn revalidate(&self, people: Vec<PersonId>) {
        self.revalidate_here(&people);
        if let Some(nodes) = self.nodes() {
            nodes.revalidate(people);
        }
    }

    /// Sockets of a room too busy to take the command check with their next ping.
    fn revalidate_here(&self, people: &[PersonId]) {
        for room in self.open_rooms().values() {
            let _ = room.try_send(Command::Revalidate(people.to_vec()));
        }
    }

    /// A board's row has changed: it was archived, or opened again. The other nodes receive their own notice.
    pub(super) async fn refresh(&self, board: BoardId) {
        let room = self.open_rooms().get(&board).cloned();
        if let Some(room) = room {
            // A room that opens later reads the row as it is.
            let _ = room.send(Command::Refresh).await;
        }
    }

    /// Counts a socket as open until the token is dropped, so that [`Rooms::stop`] waits for its close code.
    pub fn socket(&self) -> TaskTrackerToken {
        self.0.sockets.token()
    }

    /// Sockets that are open on this node.
    #[must_use]
    pub fn sockets(&self) -> usize {
        self.0.sockets.len()
    }

    /// Boards that are open on this node.
    #[must_use]
    pub fn count(&self) -> usize {
        self.open_rooms().len()
    }

    /// Commits what was received, tells sockets to reconnect, saves snapshots; then all its tasks end.
    pub async fn stop(&self) {
        self.0.tasks.stop(ROOMS_PATIENCE).await;
        self.0.sockets.close();
        let _ = tokio::time::timeout(SOCKETS_PATIENCE, self.0.sockets.wait()).await;
        self.0.services.stop(SOCKETS_PATIENCE).await;
        self.0.registry.leave(&self.0.db).await;
    }

    /// Says that this node runs, and looks which versions of the messages the others know. Run every [`REPORT_EVERY`].
    ///
    /// [`REPORT_EVERY`]: super::REPORT_EVERY
    pub async fn report_node(&self) -> sqlx::Result<()> {
        self.0.registry.report(&self.0.db, self.now()).await
    }

    /// The sender to a board's room. Under one lock, so that two first visitors open it once.
    fn room(&self, board: BoardId) -> Result<mpsc::Sender<Command>, Gone> {
        let mut open = self.open_rooms();
        if let Some(room) = open.get(&board).filter(|room| !room.is_closed()) {
            return Ok(room.clone());
        }
        if self.0.tasks.is_stopping() {
            return Err(Gone);
        }
        let (room, inbox) = mpsc::channel(WAITING_COMMANDS);
        open.insert(board, room.clone());
        drop(open);
        self.services();
        self.0.tasks.spawn("board", self.clone().run(board, inbox));
        Ok(room)
    }

    async fn run(self, board: BoardId, inbox: mpsc::Receiver<Command>) {
        let (inbox, exists) = match self.load(board, inbox).await {
            Ok(room) => return room.run().await,
            Err(refused) => refused,
        };
        self.open_rooms().remove(&board);
        reject_all(inbox, exists).await;
    }

    /// The loaded room, or its inbox and whether the board exists.
    async fn load(
        &self,
        board: BoardId,
        inbox: mpsc::Receiver<Command>,
    ) -> Result<Room, (mpsc::Receiver<Command>, bool)> {
        match Room::open(self, board).await {
            Ok(Some(room)) => Ok(room.with_inbox(inbox)),
            Ok(None) => Err((inbox, false)),
            Err(failure) => {
                error!(error = %failure, %board, "a board cannot be opened");
                Err((inbox, true))
            }
        }
    }

    /// Removes a room from the map unless commands wait for it; says whether it did.
    pub(super) fn release(&self, board: BoardId, inbox: &mut mpsc::Receiver<Command>) -> bool {
        let mut open = self.open_rooms();
        if !inbox.is_empty() {
            return false;
        }
        open.remove(&board);
        inbox.close();
        true
    }

    fn open_rooms(&self) -> std::sync::MutexGuard<'_, HashMap<BoardId, mpsc::Sender<Command>>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn services(&self) -> &Services {
        self.0.running.get_or_init(|| {
            let shared = Arc::downgrade(&self.0);
            let hear = move |heard| {
                if let Some(shared) = shared.upgrade() {
                    Self(shared).pass_on(&heard);
                }
            };
            Services {
                log: EditLog::open(&self.0.db, &self.0.services),
                nodes: Cluster::join(&self.0.db, &self.0.services, hear),
            }
        })
    }

    /// Passes notices of other nodes on to rooms. A room too busy to take one refreshes itself soon.
    fn pass_on(&self, heard: &NodeMessage) {
        match heard {
            NodeMessage::Gap => {
                for room in self.open_rooms().values() {
                    let _ = room.try_send(Command::Refresh);
                }
            }
            NodeMessage::Of(notice) if !notice.revalidate.is_empty() => self.revalidate_here(&notice.revalidate),
            NodeMessage::Of(notice) => {
                if let Some(room) = self.open_rooms().get(&BoardId(notice.board)) {
                    let _ = room.try_send(Command::NodeMessage(notice.clone()));
                }
            }
        }
    }

    pub(super) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(super) fn edits_per_second(&self) -> u32 {
        self.0.edits_per_second
    }

    pub(super) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(super) fn log(&self) -> &EditLog {
        &self.services().log
    }

    pub(super) fn nodes(&self) -> Option<&Cluster> {
        self.services().nodes.as_ref()
    }

    /// Whether every running node can apply this edit of a board of that kind.
    pub(super) fn all_nodes_read(&self, edit: &Edit, kind: BoardKind) -> bool {
        self.0.registry.all_read(edit.minor(kind))
    }

    pub(super) fn tasks(&self) -> &Jobs {
        &self.0.tasks
    }

    pub(super) async fn stopping(&self) {
        self.0.tasks.stopping().await;
    }
}

impl Membership {
    /// Sends an edit, which takes `tokens` of its person's rate, to the room; waits while the room is busy.
    ///
    /// # Errors
    ///
    /// When the room is gone.
    pub async fn edit(&self, (n, edit): (u64, Edit), tokens: u32) -> Result<(), Gone> {
        self.room.send(Command::Edit(self.id, (n, edit), tokens)).await.map_err(|_| Gone)
    }

    /// Sends what this person has selected, types in and points at.
    ///
    /// # Errors
    ///
    /// When the room is gone.
    pub async fn update_presence(&self, state: PresenceState) -> Result<(), Gone> {
        self.room.send(Command::Presence(self.id, state)).await.map_err(|_| Gone)
    }

    /// Leaves the room.
    pub async fn leave(self) {
        // A room that is gone has no members.
        let _ = self.room.send(Command::Leave(self.id)).await;
    }
}
