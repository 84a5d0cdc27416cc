//! Several nodes on one PostgreSQL: what is news on one wakes the others. The database stays the truth: a notice only
//! says that a board has moved on, and who is there.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::mpsc;
use tracing::warn;
use uuid::Uuid;

use super::presence::Changes;
use super::store;
use board_model::protocol::Presence;
use db::{Db, WriteTx};
use kernel::id::{BoardId, ClientId, PersonId};
use kernel::jobs::Jobs;

/// The PostgreSQL channel.
const CHANNEL: &str = "parcours_boards";
/// PostgreSQL takes payloads below 8,000 bytes.
const MAX_PAYLOAD: usize = 7_900;
/// Notices that may wait to be sent; more are dropped, and boards find out for themselves a little later.
const WAITING_NOTICES: usize = 1_024;
/// A lost connection is tried again after this.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// News of one board.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Notice {
    /// The node that says so.
    pub node: Uuid,
    /// The board.
    pub board: Uuid,
    /// The seq of its last edit; 0 when nothing was appended.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub head: u64,
    /// Came or moved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Presence>,
    /// Left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<ClientId>,
    /// Asks the other nodes for their presence.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks: bool,
    /// It was archived, or opened again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// People whose sockets on any board are to check whether they may stay; such a notice is of no board.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revalidate: Vec<PersonId>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A message to a node.
#[derive(Debug)]
pub(super) enum NodeMessage {
    /// News of one board.
    Of(Notice),
    /// Something may have been missed: every board must look for itself.
    Gap,
}

/// This node among the others.
#[derive(Debug)]
pub(super) struct Cluster {
    node: Uuid,
    sender: mpsc::Sender<Notice>,
}

impl Cluster {
    /// Starts to send and to listen, on PostgreSQL; on SQLite there is one node.
    pub(super) fn join(db: &Db, jobs: &Jobs, hear: impl Fn(NodeMessage) + Send + Sync + 'static) -> Option<Self> {
        let Db::Postgres(pool, _) = db else { return None };
        let node = Uuid::new_v4();
        let (sender, notices) = mpsc::channel(WAITING_NOTICES);
        jobs.spawn("board notices", speak(db.clone(), notices, jobs.clone()));
        jobs.spawn("board listener", listen(pool.clone(), node, hear, jobs.clone()));
        Some(Self { node, sender })
    }

    /// A board has new edits.
    pub(super) fn appended(&self, board: BoardId, head: u64) {
        self.tell(Notice { board: board.0, head, ..Notice::default() });
    }

    /// People came, moved or left.
    pub(super) fn moved(&self, board: BoardId, changes: Changes) {
        let Changes { people, left } = changes;
        self.tell(Notice { board: board.0, people, left, ..Notice::default() });
    }

    /// Asks the other nodes for their presence.
    pub(super) fn ask(&self, board: BoardId) {
        self.tell(Notice { board: board.0, asks: true, ..Notice::default() });
    }

    /// The rights of these people were reduced.
    pub(super) fn revalidate(&self, people: Vec<PersonId>) {
        self.tell(Notice { revalidate: people, ..Notice::default() });
    }

    fn tell(&self, notice: Notice) {
        if self.sender.try_send(Notice { node: self.node, ..notice }).is_err() {
            warn!("a notice to the other nodes was dropped");
        }
    }
}

/// Tells every node, with the commit of this transaction, that a board was archived or opened again.
pub(super) async fn tell_archived(tx: &mut WriteTx, board: BoardId) -> sqlx::Result<()> {
    let notice = Notice { board: board.0, archived: true, ..Notice::default() };
    store::notify(tx, CHANNEL, &payloads(vec![notice])).await
}

/// Sends what waits, as few payloads in one statement as it takes.
async fn speak(db: Db, mut notices: mpsc::Receiver<Notice>, jobs: Jobs) {
    let mut waiting = Vec::new();
    loop {
        tokio::select! {
            count = notices.recv_many(&mut waiting, WAITING_NOTICES) => if count == 0 { break },
            () = jobs.stopping() => break,
        }
        let payloads = payloads(merge(waiting.drain(..)));
        let sent = async {
            let mut tx = db.write_alone().await?;
            store::notify(&mut tx, CHANNEL, &payloads).await
        };
        if let Err(error) = sent.await {
            warn!(%error, "the other nodes could not be told");
        }
    }
}

/// One notice for each board; the later word counts.
fn merge(notices: impl Iterator<Item = Notice>) -> Vec<Notice> {
    let mut merged: BTreeMap<Uuid, Notice> = BTreeMap::new();
    for notice in notices {
        let Notice { node, board, head, people, left, asks, archived, revalidate } = notice;
        let known = merged.entry(board).or_insert_with(|| Notice { node, board, ..Notice::default() });
        known.head = known.head.max(head);
        known.asks |= asks;
        known.archived |= archived;
        known
            .people
            .retain(|person| !left.contains(&person.client) && people.iter().all(|p| p.client != person.client));
        known.left.retain(|client| people.iter().all(|person| person.client != *client));
        known.people.extend(people);
        known.left.extend(left);
        known.revalidate.extend(revalidate);
    }
    merged.into_values().collect()
}

/// Notices as payloads that PostgreSQL takes; one that is too long is halved.
fn payloads(notices: Vec<Notice>) -> Vec<String> {
    let mut result = Vec::new();
    let mut waiting = notices;
    while let Some(mut notice) = waiting.pop() {
        let payload = serde_json::to_string(&notice).unwrap_or_default();
        if payload.len() < MAX_PAYLOAD {
            result.push(payload);
        } else if notice.people.len() > 1 || notice.left.len() > 1 || notice.revalidate.len() > 1 {
            let people = notice.people.split_off(notice.people.len() / 2);
            let left = notice.left.split_off(notice.left.len() / 2);
            let revalidate = notice.revalidate.split_off(notice.revalidate.len() / 2);
            waiting.push(Notice { people, left, revalidate, asks: false, ..notice.clone() });
            waiting.push(notice);
        }
    }
    result
}

async fn listen(pool: PgPool, node: Uuid, hear: impl Fn(NodeMessage) + Send + Sync, jobs: Jobs) {
    loop {
        let listening = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.listen(CHANNEL).await?;
            hear(NodeMessage::Gap);
            while let Some(notification) = listener.try_recv().await? {
                match serde_json::from_str::<Notice>(notification.payload()) {
                    Ok(notice) if notice.node != node => hear(NodeMessage::Of(notice)),
                    Ok(_) => {}
                    Err(error) => warn!(%error, "a notice that nobody understands"),
                }
            }
            Ok::<(), sqlx::Error>(())
        };
        let ended = tokio::select! {
            ended = listening => ended,
            () = jobs.stopping() => return,
        };
        if let Err(error) = ended {
            warn!(%error, "the other nodes cannot be heard; trying again");
            tokio::select! {
                () = tokio::time::sleep(RETRY_AFTER) => {}
                () = jobs.stopping() => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use board_model::protocol::PresenceState;

    fn presence(number: u128, name: &str) -> Presence {
        let client = ClientId(Uuid::from_u128(number));
        Presence { client, person: PersonId(Uuid::nil()), name: name.into(), state: PresenceState::default() }
    }

    fn notice(people: Vec<Presence>, left: Vec<ClientId>) -> Notice {
        Notice { people, left, ..Notice::default() }
    }

    #[test]
    fn the_later_word_about_somebody_counts() {
        let gone = presence(1, "Ada").client;
        let merged = merge([notice(vec![presence(1, "Ada")], vec![]), notice(vec![], vec![gone])].into_iter());
        assert_eq!(merged, [notice(vec![], vec![gone])]);
        let back = merge([notice(vec![], vec![gone]), notice(vec![presence(1, "Ada")], vec![])].into_iter());
        assert_eq!(back, [notice(vec![presence(1, "Ada")], vec![])]);
    }

    #[test]
    fn nothing_of_several_notices_is_lost() {
        let notice_of = |head, asks, archived| Notice { head, asks, archived, ..Notice::default() };
        let notices = [notice_of(3, false, true), notice_of(2, true, false), notice_of(0, false, false)];
        assert_eq!(merge(notices.into_iter()), [notice_of(3, true, true)]);
        assert_eq!(serde_json::to_value(notice_of(0, false, false)).unwrap().get("head"), None);
        assert_eq!(serde_json::to_value(notice_of(1, false, false)).unwrap()["head"], 1);
        let moved = Presence {
            state: PresenceState { field: Some("name".into()), ..PresenceState::default() },
            ..presence(1, "Ada")
        };
        let gone = [presence(8, "").client, presence(9, "").client];
        let merged = merge(
            [
                notice(vec![presence(1, "Ada"), presence(2, "Bob")], vec![gone[0]]),
                notice(vec![moved.clone()], vec![gone[1]]),
            ]
            .into_iter(),
        );
        assert_eq!(merged, [notice(vec![presence(2, "Bob"), moved], gone.to_vec())]);
        let long: Vec<ClientId> = (0..400).map(|number| presence(number, "").client).collect();
        let pieces = payloads(vec![notice(vec![], long.clone())]);
        let mut heard: Vec<ClientId> =
            pieces.iter().flat_map(|piece| serde_json::from_str::<Notice>(piece).unwrap().left).collect();
        heard.sort();
        assert_eq!(heard, long);
    }

    #[test]
    fn however_many_may_have_to_go_the_others_hear_of_each() {
        let people: Vec<PersonId> = (0..400).map(|number| PersonId(Uuid::from_u128(number))).collect();
        let notices = people.iter().map(|person| Notice { revalidate: vec![*person], ..Notice::default() });
        let sent = payloads(merge(notices));
        assert!(sent.iter().all(|payload| payload.len() < 8_000));
        let mut heard: Vec<PersonId> =
            sent.iter().flat_map(|payload| serde_json::from_str::<Notice>(payload).unwrap().revalidate).collect();
        heard.sort();
        assert_eq!(heard, people);
    }

    #[test]
    fn a_long_notice_is_told_in_pieces_that_fit() {
        let people: Vec<_> = (0..300).map(|number| presence(number, &"é".repeat(60))).collect();
        let sent = payloads(vec![notice(people.clone(), vec![])]);
        assert!(sent.iter().all(|payload| payload.len() < 8_000));
        let mut heard: Vec<Presence> =
            sent.iter().flat_map(|payload| serde_json::from_str::<Notice>(payload).unwrap().people).collect();
        heard.sort_by_key(|person| person.client);
        assert_eq!(heard, people);
    }
}
