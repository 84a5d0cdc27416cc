//! The schema: every table is filled by the product's acts, later migrations keep every row of a released version, and a
//! schema that the program cannot bring up to date is refused untouched.

use std::path::{Path, PathBuf};

use db::migrations::{self, SchemaError};
use db::{Db, sqlite_options};
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{ConnectOptions, Connection};

use crate::harness::catalogue::{Bare, Contents, contents, lost};
use crate::harness::filled::filled;
use crate::harness::process::run;
use crate::harness::{TestDatabase, postgres};

/// Versions of which a filled database is kept in `tests/fixtures`.
const RELEASED: [&str; 1] = ["0.1.0"];

fn fixture(version: &str) -> PathBuf {
    let file = if postgres().is_some() { "postgres.sql" } else { "sqlite.db" };
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(version).join(file)
}

/// A database as that version left it.
async fn database_of(version: &str) -> TestDatabase {
    let database = TestDatabase::create().await;
    if postgres().is_some() {
        let mut connection = Bare::open(&database.url).await;
        connection.execute(&std::fs::read_to_string(fixture(version)).unwrap()).await;
        connection.close().await;
    } else {
        std::fs::copy(fixture(version), sqlite_options(&database.url).unwrap().get_filename()).unwrap();
    }
    database
}

/// One more migration than the program has.
fn and(migration: &'static str) -> Migrator {
    let known: &Migrator = if postgres().is_some() { &migrations::POSTGRES } else { &migrations::SQLITE };
    let mut all: Vec<Migration> = known.iter().cloned().collect();
    let version = i64::try_from(all.len()).unwrap() + 1;
    all.push(Migration::new(version, "one more".into(), MigrationType::Simple, migration.into_sql_str(), false));
    Migrator::with_migrations(all)
}

/// Migrates as the program does.
async fn migrate(url: &str, known: &Migrator) -> Result<(), SchemaError> {
    if postgres().is_none() {
        return migrations::migrate_sqlite(&sqlite_options(url).unwrap(), known).await;
    }
    let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
    migrations::migrate_postgres(&mut connection, known).await
}

fn empty_tables(contents: &Contents) -> Vec<&str> {
    contents.tables.iter().filter(|(_, table)| table.rows.is_empty()).map(|(name, _)| name.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_products_acts_fill_every_table() {
    let database = filled().await;
    let filled = contents(&database.url).await;
    assert!(filled.tables.len() > 25, "{:?}", filled.tables.keys());
    assert_eq!(empty_tables(&filled), Vec::<&str>::new(), "harness/filled.rs makes rows for each");
    assert_eq!(filled.dangling, 0);
}

#[tokio::test]
async fn later_migrations_keep_every_row_of_every_released_version() {
    for version in RELEASED {
        let database = database_of(version).await;
        let before = contents(&database.url).await;
        assert_eq!(empty_tables(&before), Vec::<&str>::new());
        Db::open(&database.url, 2).await.unwrap().close().await;
        let after = contents(&database.url).await;
        assert_eq!(lost(&before, &after), Vec::<String>::new(), "{version}");
    }
}

/// The first migration after 0.1.0.
#[tokio::test]
async fn boards_of_0_1_0_belong_to_the_plenary_in_the_order_in_which_they_were_made() {
    let database = database_of("0.1.0").await;
    let mut connection = Bare::open(&database.url).await;
    // Two of one kind stand in an event from now on.
    for (code, age) in [("earlier", -1), ("later", 1)] {
        let id = uuid::Uuid::new_v4();
        let id = if postgres().is_some() { format!("'{id}'") } else { format!("x'{}'", id.simple()) };
        let one_more = format!(
            "insert into board (id, event_id, kind, title, code, created_at)
             select {id}, event_id, kind, title, '{code}', created_at + {age}
             from board where kind = 'indicators' and code not in ('earlier', 'later')"
        );
        connection.execute(&one_more).await;
    }
    connection.close().await;
    let db = Db::open(&database.url, 2).await.unwrap();
    let mut tx = db.snapshot().await.unwrap();
    let placed: Vec<(String, Option<i64>, i64)> = db::dispatch!(&mut tx, |conn| sqlx::query_as(
        "select code, table_no, position from board where kind = 'indicators' order by position"
    )
    .fetch_all(conn)
    .await)
    .unwrap();
    assert_eq!(placed.len(), 3);
    assert_eq!((placed[0].0.as_str(), placed[2].0.as_str()), ("earlier", "later"));
    assert!(placed.iter().zip(1..).all(|((_, table, position), expected)| table.is_none() && *position == expected));
    let boards = "select distinct event_id from board where kind = 'indicators'";
    let event: kernel::id::EventId =
        db::dispatch!(&mut tx, |conn| sqlx::query_scalar(boards).fetch_one(conn).await).unwrap();
    let listed = boards::of_event(&mut tx, event).await.unwrap();
    assert_eq!(listed.iter().map(|board| board.position).collect::<Vec<_>>(), [1, 2, 3]);
}

/// Nobody knows when they were used since.
#[tokio::test]
async fn sessions_of_0_1_0_were_last_used_and_proved_when_they_began() {
    let database = database_of("0.1.0").await;
    let db = Db::open(&database.url, 2).await.unwrap();
    let columns = "select created_at, last_used_at, proved_at, device from session";
    let sessions: Vec<(i64, i64, i64, String)> =
        db::dispatch!(&mut db.read().await.unwrap(), |conn| sqlx::query_as(columns).fetch_all(conn).await).unwrap();
    assert!(!sessions.is_empty());
    for (began, used, proved, device) in sessions {
        assert_eq!((used, proved, device.as_str()), (began, began, ""));
    }
}

/// A rebuild of a table that others refer to, without any care for them.
const REBUILD: &str = "
    create table registration_new (
        id uuid primary key, event_id uuid not null references event (id),
        person_id uuid not null references person (id) on delete cascade, name text not null, organisation text not null,
        organisation_id uuid references organisation (id), buyer boolean not null, status text not null,
        arrival bigint not null, verified boolean not null, short_notice boolean not null, invited boolean not null,
        approved boolean not null, reason text, token_hash bytea not null unique, created_at bigint not null,
        held_until bigint, confirmed_at bigint, cancelled_at bigint, changed_at bigint not null, unique (event_id, arrival)
    );
    insert into registration_new select id, event_id, person_id, name, organisation, organisation_id, buyer, status,
        arrival, verified, short_notice, invited, approved, reason, token_hash, created_at, held_until, confirmed_at,
        cancelled_at, changed_at from registration;
    drop table registration;
    alter table registration_new rename to registration;";

#[tokio::test]
async fn a_rebuild_with_foreign_keys_on_is_caught_and_with_them_off_keeps_every_row() {
    if postgres().is_some() {
        return;
    }
    let database = database_of(RELEASED[0]).await;
    Db::open(&database.url, 2).await.unwrap().close().await;
    let before = contents(&database.url).await;
    // As the driver alone does it.
    let mut connection = sqlite_options(&database.url).unwrap().foreign_keys(true).connect().await.unwrap();
    and(REBUILD).run_direct(None, &mut connection, false).await.unwrap();
    connection.close().await.unwrap();
    let lost_rows = lost(&before, &contents(&database.url).await);
    for table in ["registration_status_change", "seat_transfer"] {
        let all = format!("{table}: {} rows are 0", before.tables[table].rows.len());
        assert!(lost_rows.contains(&all), "{all} is not in {lost_rows:?}");
    }

    let database = database_of(RELEASED[0]).await;
    Db::open(&database.url, 2).await.unwrap().close().await;
    migrate(&database.url, &and(REBUILD)).await.unwrap();
    assert_eq!(lost(&before, &contents(&database.url).await), Vec::<String>::new());
}

#[tokio::test]
async fn a_migration_that_loses_rows_values_or_foreign_keys_is_caught() {
    let caught = async |bad: &'static str, expected: &str| {
        let database = database_of(RELEASED[0]).await;
        Db::open(&database.url, 2).await.unwrap().close().await;
        let before = contents(&database.url).await;
        migrate(&database.url, &and(bad)).await.unwrap();
        let lost = lost(&before, &contents(&database.url).await);
        assert!(lost.iter().any(|one| one.starts_with(expected)), "{expected} is not in {lost:?}");
    };
    caught("delete from audit_log where person_id is null", "audit_log: ").await;
    caught("update letter set status = 'sent'", "letter.status of ").await;
    caught("drop table node", "the table node").await;
    if postgres().is_some() {
        caught("drop table registration cascade; create table registration (id uuid primary key)", "registration: ")
            .await;
        caught("alter table board_edit drop constraint board_edit_board_id_fkey", "the foreign key ").await;
    }
}

#[tokio::test]
async fn a_migration_that_leaves_rows_which_refer_to_nothing_is_rolled_back() {
    let database = database_of(RELEASED[0]).await;
    Db::open(&database.url, 2).await.unwrap().close().await;
    let before = contents(&database.url).await;
    let refused = migrate(&database.url, &and("delete from event")).await.unwrap_err();
    if postgres().is_none() {
        assert!(matches!(refused, SchemaError::Dangling { rows: 1.., .. }), "{refused}");
    }
    assert_eq!(lost(&before, &contents(&database.url).await), Vec::<String>::new());
    Db::open(&database.url, 2).await.unwrap().close().await;
}

/// The bytes of an SQLite file; of a PostgreSQL database what is in it, the driver's table included.
async fn bytes(url: &str) -> Vec<u8> {
    if postgres().is_none() {
        return std::fs::read(sqlite_options(url).unwrap().get_filename()).unwrap();
    }
    dump(url)
}

/// Every command that opens the database refuses it with this sentence and leaves it as it is.
async fn is_refused(database: &TestDatabase, sentence: &str) {
    let before = bytes(&database.url).await;
    for command in ["serve", "demo", "migrate", "purge"] {
        let (success, said) = run(&database.url, &[command]).await;
        assert!(!success && said.contains(sentence), "{command}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(bytes(&database.url).await == before, "{command} changed it");
    }
}

#[tokio::test]
async fn a_database_of_before_the_first_release_is_refused_and_not_touched() {
    let database = TestDatabase::create().await;
    let old =
        [(1, "create table edition (id uuid primary key)"), (30, "create table kept_for (email text primary key)")];
    let old = old
        .map(|(version, sql)| Migration::new(version, "old".into(), MigrationType::Simple, sql.into_sql_str(), false));
    let old = Migrator::with_migrations(old.into());
    migrate(&database.url, &old).await.unwrap();
    is_refused(&database, "older than version 0.1.0 and cannot be migrated; nothing was changed: set").await;
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_not_touched() {
    let database = TestDatabase::create().await;
    migrate(&database.url, &and("create table later (id uuid primary key)")).await.unwrap();
    is_refused(&database, "is newer than this program; nothing was changed: start").await;
}

#[tokio::test]
async fn a_database_whose_migration_was_another_is_refused_and_not_touched() {
    let database = TestDatabase::create().await;
    Db::open(&database.url, 2).await.unwrap().close().await;
    let mut connection = Bare::open(&database.url).await;
    let last =
        "update _sqlx_migrations set checksum = '\\x00' where version = (select max(version) from _sqlx_migrations)";
    connection.execute(last).await;
    connection.close().await;
    let refused = Db::open(&database.url, 2).await.unwrap_err();
    assert!(matches!(refused, SchemaError::Changed(_) | SchemaError::TooOld), "{refused}");
}

/// A dump that the driver can run: without commands of `psql`, and without settings that only one version knows.
fn dump(url: &str) -> Vec<u8> {
    let output = std::process::Command::new("pg_dump")
        .args(["--inserts", "--no-owner", "--no-privileges", "--dbname", url])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let is_sql = |line: &&str| !["\\", "SET ", "SELECT pg_catalog."].iter().any(|start| line.starts_with(start));
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_inclusive('\n').filter(is_sql).collect::<String>().into_bytes()
}

/// Keeps a filled database of the present version: `cargo test --test it -- --ignored keep_a_filled_database`, on each
/// engine, in the commit of a release whose schema is new; then its version joins `RELEASED`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes into tests/fixtures"]
async fn keep_a_filled_database_of_this_version() {
    let database = filled().await;
    let file = fixture(env!("CARGO_PKG_VERSION"));
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    if postgres().is_some() {
        std::fs::write(&file, dump(&database.url)).unwrap();
        return;
    }
    let _ = std::fs::remove_file(&file);
    let mut connection = Bare::open(&database.url).await;
    // Small pages: most tables have few rows.
    connection.execute(&format!("pragma page_size = 1024; vacuum into '{}'", file.display())).await;
    connection.close().await;
}
