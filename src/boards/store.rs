//! Boards in SQL: their rows, their edits in order, their snapshots.

use std::sync::Arc;

use sqlx::types::Json;
use sqlx::{QueryBuilder, Sqlite};

use super::BoardInfo;
use super::client_sequences::LastEdit;
use super::code::BoardCode;
use super::format::{FORMAT, Stored, from_sql, lift, to_sql};
use board_model::kinds::BoardKind;
use board_model::model::{Board, Edit};
use board_model::protocol::Accepted;
use board_model::rights::Role;
use db::{Engine, ReadConn, WriteTx, dispatch};
use kernel::clock::Timestamp;
use kernel::id::{BoardId, CardId, ClientId, EventId, PersonId};

/// A board's row.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct BoardRow {
    /// Its identifier.
    pub id: BoardId,
    /// The event it belongs to.
    pub event_id: EventId,
    /// The kind of its cards.
    pub kind: BoardKind,
    /// Its title.
    pub title: String,
    /// Whether it can only be read.
    pub archived: bool,
}

/// Edits of one board, to be appended after `expected`.
#[derive(Debug, Clone)]
pub(super) struct Batch {
    pub board: BoardId,
    /// The seq that must be the last for the edits to fit.
    pub expected: u64,
    pub edits: Arc<Vec<Accepted>>,
}

/// A stored edit as it is read.
type EditRow = (i64, ClientId, i64, PersonId, Timestamp, i64, Stored);

fn accepted((seq, client, n, by, at, format, edit): EditRow) -> sqlx::Result<Accepted> {
    Ok(Accepted { seq: from_sql(seq), client, n: from_sql(n), by, at, edit: lift(format, &edit)? })
}

/// Makes a board unless the event has one of this kind.
pub(super) async fn insert_unless_there(
    tx: &mut WriteTx,
    event: EventId,
    kind: BoardKind,
    title: &str,
    code: &BoardCode,
    now: Timestamp,
) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into board (id, event_id, kind, title, created_at, code, position)
         select $1, $2, $3, $4, $5, $6, (select coalesce(max(position), 0) + 1 from board where event_id = $2)
         where not exists (select 1 from board where event_id = $2 and kind = $3)",
    )
    .bind(BoardId::new(now))
    .bind(event)
    .bind(kind)
    .bind(title)
    .bind(now)
    .bind(code)
    .execute(conn)
    .await
    .map(drop))
}

/// The short code of a board.
pub(super) async fn code(tx: &mut ReadConn, board: BoardId) -> sqlx::Result<BoardCode> {
    dispatch!(tx, |conn| sqlx::query_scalar("select code from board where id = $1").bind(board).fetch_one(conn).await)
}

/// The board that has this code.
pub async fn by_code(tx: &mut ReadConn, code: &BoardCode) -> sqlx::Result<Option<BoardId>> {
    dispatch!(tx, |conn| sqlx::query_scalar("select id from board where code = $1")
        .bind(code)
        .fetch_optional(conn)
        .await)
}

/// The boards of an event, in their order.
pub(super) async fn of_event(tx: &mut ReadConn, event: EventId) -> sqlx::Result<Vec<BoardInfo>> {
    let boards = "select id, title, table_no, position, archived from board where event_id = $1 order by position, id";
    dispatch!(tx, |conn| sqlx::query_as(boards).bind(event).fetch_all(conn).await)
}

/// The row of a board.
pub(super) async fn find(tx: &mut ReadConn, board: BoardId) -> sqlx::Result<Option<BoardRow>> {
    dispatch!(tx, |conn| sqlx::query_as("select id, event_id, kind, title, archived from board where id = $1")
        .bind(board)
        .fetch_optional(conn)
        .await)
}

/// A board as a person who opens it finds it.
#[derive(sqlx::FromRow)]
pub struct Found {
    /// The board.
    #[sqlx(flatten)]
    pub board: BoardRow,
    /// Whether the person has a seat at its event.
    pub has_seat: bool,
    /// Whether the person has a role that runs it.
    pub runs: bool,
    last_by: Option<PersonId>,
    last_n: Option<i64>,
    last_seq: Option<i64>,
}

impl Found {
    /// What the person is on the board while it may be written.
    pub const fn role(&self) -> Role {
        Role::of(self.runs)
    }

    /// The last stored edit of the person's client.
    pub fn last_edit(&self) -> Option<LastEdit> {
        let (by, n, seq) = (self.last_by?, self.last_n?, self.last_seq?);
        Some(LastEdit { by, n: from_sql(n), seq: from_sql(seq) })
    }
}

/// The board for this person, with the last edit of their client if one is given. One statement: it runs for each join.
pub(super) async fn find_for(
    tx: &mut ReadConn,
    board: BoardId,
    person: PersonId,
    client: Option<ClientId>,
) -> sqlx::Result<Option<Found>> {
    dispatch!(tx, |conn| sqlx::query_as(concat!(
        "select board.id, board.event_id, board.kind, board.title, board.archived,
                exists (select 1 from registration
                        where event_id = board.event_id and person_id = $2
                          and status in ",
        domain::statuses!(theirs),
        ") as has_seat,
                exists (select 1 from role_grant
                        where person_id = $2
                          and role in ",
        domain::roles_with!(run_boards),
        "
                          and (edition_id is null and event_id is null or event_id = board.event_id
                               or edition_id = (select edition_id from event where event.id = board.event_id))) as runs,
                last.author_id as last_by, last.n as last_n, last.seq as last_seq
         from board
         left join board_edit last on last.board_id = board.id and last.client = $3
          and last.n = (select max(n) from board_edit where board_id = $1 and client = $3)
         where board.id = $1",
    ))
    .bind(board)
    .bind(person)
    .bind(client)
    .fetch_optional(conn)
    .await)
}

/// The newest snapshot of a board; the empty board when there is none yet.
pub async fn snapshot(tx: &mut ReadConn, row: &BoardRow) -> sqlx::Result<Board> {
    let stored: Option<(i64, Stored)> = dispatch!(tx, |conn| sqlx::query_as(
        "select format, state from board_snapshot where board_id = $1 order by seq desc limit 1",
    )
    .bind(row.id)
    .fetch_optional(conn)
    .await)?;
    let mut board: Board = match stored {
        Some((format, state)) => lift(format, &state)?,
        None => Board::new(row.id, row.kind, &row.title),
    };
    board.title.clone_from(&row.title);
    Ok(board)
}

/// The seq of the last edit.
pub async fn head(tx: &mut ReadConn, board: BoardId) -> sqlx::Result<u64> {
    let head: i64 = dispatch!(tx, |conn| sqlx::query_scalar("select head from board where id = $1")
        .bind(board)
        .fetch_one(conn)
        .await)?;
    Ok(from_sql(head))
}

/// When the last edit was made; none on a new board.
pub(super) async fn last_at(tx: &mut ReadConn, board: BoardId) -> sqlx::Result<Option<Timestamp>> {
    let last = "select at from board_edit where board_id = $1 order by seq desc limit 1";
    dispatch!(tx, |conn| sqlx::query_scalar(last).bind(board).fetch_optional(conn).await)
}

/// Archives a board or opens it again; says whether that changed anything.
pub(super) async fn set_archived(tx: &mut WriteTx, board: BoardId, archived: bool) -> sqlx::Result<bool> {
    let changed = dispatch!(tx, |conn| sqlx::query("update board set archived = $2 where id = $1 and archived <> $2")
        .bind(board)
        .bind(archived)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// The edits after `since`, in order.
pub async fn edits_since(tx: &mut ReadConn, board: BoardId, since: u64) -> sqlx::Result<Vec<Accepted>> {
    let rows: Vec<EditRow> = dispatch!(tx, |conn| {
        sqlx::query_as(
        "select seq, client, n, author_id, at, format, edit from board_edit where board_id = $1 and seq > $2 order by seq",
    )
    .bind(board)
    .bind(to_sql(since))
    .fetch_all(conn)
    .await
    })?;
    rows.into_iter().map(accepted).collect()
}

/// The edits of a card, in order; found by the index over the card that an edit names.
pub async fn edits_of(
    tx: &mut ReadConn,
    board: BoardId,
    card: CardId,
) -> sqlx::Result<Vec<(PersonId, Timestamp, Edit)>> {
    let rows: Vec<(i64, PersonId, Timestamp, Stored)> = dispatch!(tx, |conn| {
        sqlx::query_as(
        "select format, author_id, at, edit from board_edit where board_id = $1 and (edit ->> 'card') = $2 order by seq",
    )
    .bind(board)
    .bind(card.to_string())
    .fetch_all(conn)
    .await
    })?;
    rows.into_iter().map(|(format, by, at, edit)| Ok((by, at, lift(format, &edit)?))).collect()
}

/// The cards that this person added under this name.
pub async fn cards_of(tx: &mut ReadConn, board: BoardId, client: ClientId, by: PersonId) -> sqlx::Result<Vec<CardId>> {
    let edits: Vec<(i64, Stored)> = dispatch!(tx, |conn| sqlx::query_as(
        "select format, edit from board_edit where board_id = $1 and client = $2 and author_id = $3 order by n"
    )
    .bind(board)
    .bind(client)
    .bind(by)
    .fetch_all(conn)
    .await)?;
    let mut added = Vec::new();
    for (format, edit) in edits {
        if let Edit::AddCard { card, .. } = lift(format, &edit)? {
            added.push(card);
        }
    }
    Ok(added)
}

/// At most `limit` edits after `since`, in order.
pub async fn edits_between(tx: &mut ReadConn, board: BoardId, since: u64, limit: u32) -> sqlx::Result<Vec<Accepted>> {
    let rows: Vec<EditRow> = dispatch!(tx, |conn| {
        sqlx::query_as(
        "select seq, client, n, author_id, at, format, edit from board_edit where board_id = $1 and seq > $2 order by seq limit $3",
    )
    .bind(board)
    .bind(to_sql(since))
    .bind(i64::from(limit))
    .fetch_all(conn)
    .await
    })?;
    rows.into_iter().map(accepted).collect()
}

/// The seq under which a client's edit `n` is stored, and when.
pub(super) async fn seq_of(
    tx: &mut ReadConn,
    board: BoardId,
    client: ClientId,
    n: u64,
) -> sqlx::Result<Option<(u64, Timestamp)>> {
    let stored: Option<(i64, Timestamp)> = dispatch!(tx, |conn| sqlx::query_as(
        "select seq, at from board_edit where board_id = $1 and client = $2 and n = $3",
    )
    .bind(board)
    .bind(client)
    .bind(to_sql(n))
    .fetch_optional(conn)
    .await)?;
    Ok(stored.map(|(seq, at)| (from_sql(seq), at)))
}

/// Appends a batch if the board's head is where it is expected and the board may be written; says whether it did.
/// Raising the head locks the board's row, so that nodes queue, and nothing is stored once the board is archived.
/// (board, client, n) is unique: an edit can never be stored twice.
pub(super) async fn append(tx: &mut WriteTx, batch: &Batch) -> sqlx::Result<bool> {
    let last = batch.edits.last().map_or(batch.expected, |edit| edit.seq);
    let raised =
        dispatch!(tx, |conn| sqlx::query("update board set head = $2 where id = $1 and head = $3 and not archived")
            .bind(batch.board)
            .bind(to_sql(last))
            .bind(to_sql(batch.expected))
            .execute(conn)
            .await
            .map(|done| done.rows_affected()))?;
    if raised == 1 {
        insert_edits(tx, batch).await?;
    }
    Ok(raised == 1)
}

/// One statement for the whole batch: PostgreSQL takes arrays, so that the statement is prepared once; SQLite has no
/// arrays and prepares cheaply.
async fn insert_edits(tx: &mut WriteTx, batch: &Batch) -> sqlx::Result<()> {
    match tx.engine() {
        Engine::Sqlite(conn) => {
            let mut query = QueryBuilder::<Sqlite>::new(
                "insert into board_edit (board_id, seq, client, n, author_id, at, format, edit) ",
            );
            query.push_values(batch.edits.iter(), |mut row, accepted| {
                row.push_bind(batch.board).push_bind(to_sql(accepted.seq)).push_bind(accepted.client);
                row.push_bind(to_sql(accepted.n)).push_bind(accepted.by).push_bind(accepted.at);
                row.push_bind(FORMAT).push_bind(Json(&accepted.edit));
            });
            query.build().persistent(batch.edits.len() == 1).execute(conn).await.map(drop)
        }
        Engine::Postgres(conn) => {
            let edits = &batch.edits;
            sqlx::query(
                "insert into board_edit (board_id, seq, client, n, author_id, at, format, edit)
                 select $1, seq, client, n, author, taken, $8, edit
                 from unnest($2::bigint[], $3::uuid[], $4::bigint[], $5::uuid[], $6::bigint[], $7::jsonb[])
                      as batch (seq, client, n, author, taken, edit)",
            )
            .bind(batch.board)
            .bind(edits.iter().map(|accepted| to_sql(accepted.seq)).collect::<Vec<_>>())
            .bind(edits.iter().map(|accepted| accepted.client.0).collect::<Vec<_>>())
            .bind(edits.iter().map(|accepted| to_sql(accepted.n)).collect::<Vec<_>>())
            .bind(edits.iter().map(|accepted| accepted.by.0).collect::<Vec<_>>())
            .bind(edits.iter().map(|accepted| accepted.at.as_millis()).collect::<Vec<_>>())
            .bind(edits.iter().map(|accepted| Json(&accepted.edit)).collect::<Vec<_>>())
            .bind(FORMAT)
            .execute(conn)
            .await
            .map(drop)
        }
    }
}

/// Stores a snapshot of the board and deletes older ones; all edits stay.
pub(super) async fn save_snapshot(tx: &mut WriteTx, board: &Board) -> sqlx::Result<()> {
    dispatch!(tx, |conn| sqlx::query(
        "insert into board_snapshot (board_id, seq, format, state) values ($1, $2, $3, $4)
         on conflict (board_id, seq) do nothing",
    )
    .bind(board.id)
    .bind(to_sql(board.head))
    .bind(FORMAT)
    .bind(Json(board))
    .execute(conn)
    .await
    .map(drop))?;
    dispatch!(tx, |conn| sqlx::query("delete from board_snapshot where board_id = $1 and seq < $2")
        .bind(board.id)
        .bind(to_sql(board.head))
        .execute(conn)
        .await
        .map(drop))
}

/// Notifies the other nodes, on PostgreSQL only: with SQLite there is one node.
pub(super) async fn notify(tx: &mut WriteTx, channel: &str, payloads: &[String]) -> sqlx::Result<()> {
    match tx.engine() {
        Engine::Sqlite(_) => Ok(()),
        Engine::Postgres(conn) => {
            sqlx::query("select pg_notify($1, payload) from unnest($2::text[]) as sent (payload)")
                .bind(channel)
                .bind(payloads)
                .execute(conn)
                .await
                .map(drop)
        }
    }
}

/// The number of edits of all boards.
pub async fn count_edits(tx: &mut ReadConn) -> sqlx::Result<i64> {
    dispatch!(tx, |conn| sqlx::query_scalar("select cast(coalesce(sum(head), 0) as bigint) from board")
        .fetch_one(conn)
        .await)
}
