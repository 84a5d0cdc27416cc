//! What reads see and may do: several statements see the database at one instant, and nothing is written by a reader.

use std::panic::{AssertUnwindSafe, catch_unwind};

use db::{Db, ReadConn, dispatch};

use crate::harness::{TestDatabase, until};

async fn settings(conn: &mut ReadConn) -> i64 {
    dispatch!(conn, |conn| sqlx::query_scalar("select cast(count(*) as bigint) from setting").fetch_one(conn).await)
        .unwrap()
}

/// Another transaction comes in between.
async fn add(db: &Db, name: &str) {
    let mut tx = db.write().await.unwrap();
    db::settings::get_or_set(&mut tx, name, "x").await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_statements_of_a_snapshot_see_the_database_at_one_instant() {
    let database = TestDatabase::create().await;
    let db = Db::open(&database.url, 4).await.unwrap();
    let mut snapshot = db.snapshot().await.unwrap();
    let before = settings(&mut snapshot).await;
    add(&db, "in between").await;
    assert_eq!(settings(&mut snapshot).await, before);
    drop(snapshot);
    assert_eq!(settings(&mut db.snapshot().await.unwrap()).await, before + 1);
    assert_eq!(settings(&mut db.read().await.unwrap()).await, before + 1);
}

#[tokio::test]
async fn a_connection_asked_for_one_statement_runs_no_second_one() {
    let database = TestDatabase::create().await;
    let db = Db::open(&database.url, 4).await.unwrap();
    let mut conn = db.read().await.unwrap();
    settings(&mut conn).await;
    assert!(catch_unwind(AssertUnwindSafe(|| matches!(conn.engine(), db::Engine::Sqlite(_)))).is_err());
    let mut conn = db.read().await.unwrap();
    settings(&mut conn).await;
    settings(conn.one_more()).await;
    assert!(catch_unwind(AssertUnwindSafe(|| matches!(conn.engine(), db::Engine::Sqlite(_)))).is_err());
}

#[tokio::test]
async fn a_snapshot_cannot_write() {
    let database = TestDatabase::create().await;
    let db = Db::open(&database.url, 4).await.unwrap();
    let mut snapshot = db.snapshot().await.unwrap();
    let write = dispatch!(&mut snapshot, |conn| sqlx::query("delete from setting").execute(conn).await.map(drop));
    assert!(write.is_err(), "the engine refuses it");
    drop(snapshot);
    // SQLite's readers refuse it without a transaction too; PostgreSQL's connections write as well as read.
    if let Db::Sqlite { .. } = db {
        let mut conn = db.read().await.unwrap();
        let write = dispatch!(&mut conn, |conn| sqlx::query("delete from setting").execute(conn).await.map(drop));
        assert!(write.is_err());
    }
}

/// One that stayed open would keep SQLite's log growing for ever.
#[tokio::test]
async fn a_snapshot_that_is_dropped_ends() {
    let database = TestDatabase::create().await;
    let db = Db::open(&database.url, 4).await.unwrap();
    for number in 0..20 {
        let mut snapshot = db.snapshot().await.unwrap();
        settings(&mut snapshot).await;
        add(&db, &format!("setting {number}")).await;
        drop(snapshot);
    }
    let mut conn = db.write_alone().await.unwrap();
    match conn.engine() {
        db::Engine::Sqlite(conn) => {
            let (busy, _, _): (i64, i64, i64) =
                sqlx::query_as("pragma wal_checkpoint(truncate)").fetch_one(conn).await.unwrap();
            assert_eq!(busy, 0, "a reader still holds the log");
        }
        db::Engine::Postgres(conn) => {
            let ends = "select count(*) from pg_stat_activity
                        where datname = current_database() and state like 'idle in transaction%'";
            until(async || {
                let open: i64 = sqlx::query_scalar(ends).fetch_one(&mut *conn).await.unwrap();
                if open == 0 { Ok(()) } else { Err(open) }
            })
            .await;
        }
    }
}

/// A request whose sender hangs up is given up wherever it stands.
#[tokio::test]
async fn a_transaction_given_up_while_it_begins_leaves_its_connection_usable() {
    let database = TestDatabase::create().await;
    // Whoever comes next has the same connection.
    let db = Db::open(&database.url, 1).await.unwrap();
    for round in 0..200 {
        let polls = 1 + round % 20;
        give_up_after(polls, db.snapshot()).await;
        add(&db, &format!("after a snapshot, {round}")).await;
        give_up_after(polls, db.write()).await;
        add(&db, &format!("after a transaction, {round}")).await;
    }
    let added = 2 * 200;
    assert!(settings(&mut db.read().await.unwrap()).await >= added);
}

async fn give_up_after(polls: usize, beginning: impl Future) {
    let mut beginning = std::pin::pin!(beginning);
    for _ in 0..polls {
        if futures_util::poll!(&mut beginning).is_ready() {
            return;
        }
        tokio::task::yield_now().await;
    }
}
