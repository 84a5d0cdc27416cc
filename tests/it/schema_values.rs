//! Closed sets of values: the database has no `check` on them, so each value that is stored must be one of its Rust enum.

use board_model::kinds::BoardKind;
use domain::accounts::AddressChangeStatus;
use domain::audit::Act;
use domain::event_documents::Format;
use domain::link_checks::LinkState;
use domain::organisations::OrganisationKind;
use domain::programme::{EventKind, EventStatus, UnlistedPolicy};
use domain::registrations::{RegistrationStatus, Reminder, TransferStatus};
use domain::resources::ResourceKind;
use mail::outbox::State;
use mail::suppressions::Scope;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, Decode, Postgres, Sqlite, Type};

use crate::harness::catalogue::Bare;
use crate::harness::filled::filled;

/// Reads a column of every row that has a value there; says how many there are, or why one cannot be read.
async fn values<T>(database: &mut Bare, table: &str, column: &str) -> Result<Vec<T>, String>
where
    T: Send + Unpin + Type<Sqlite> + Type<Postgres> + for<'r> Decode<'r, Sqlite> + for<'r> Decode<'r, Postgres>,
{
    let sql = AssertSqlSafe(format!("select {column} from {table} where {column} is not null"));
    let values = match database {
        Bare::Sqlite(connection) => sqlx::query_scalar::<_, T>(sql).fetch_all(connection).await,
        Bare::Postgres(connection) => sqlx::query_scalar::<_, T>(sql).fetch_all(connection).await,
    };
    values.map_err(|error| format!("{table}.{column}: {error}"))
}

/// Whether every value of every closed set can be read.
async fn closed_sets(database: &mut Bare) -> Result<(), String> {
    macro_rules! each {
        ($($table:literal . $column:literal : $type:ty),+ $(,)?) => {
            $(
                let found = values::<$type>(database, $table, $column).await?;
                assert!(!found.is_empty(), "the filled database has values in {}.{}", $table, $column);
            )+
        };
    }
    each! {
        "event"."kind": EventKind,
        "event"."status": EventStatus,
        "event"."unlisted_policy": UnlistedPolicy,
        "event"."board_kind": BoardKind,
        "board"."kind": BoardKind,
        "organisation"."kind": OrganisationKind,
        "registration"."status": RegistrationStatus,
        "registration_status_change"."status": RegistrationStatus,
        "erased_count"."status": RegistrationStatus,
        "seat_transfer"."status": TransferStatus,
        "suppression"."scope": Scope,
        "address_change"."status": AddressChangeStatus,
        "audit_log"."action": Act,
        "event_document"."format": Format,
        "resource"."kind": ResourceKind,
        "link_check"."state": LinkState,
        "reminder_settings"."reminders": Json<Vec<Reminder>>,
    };
    for status in values::<String>(database, "letter", "status").await? {
        State::of(&status).ok_or_else(|| format!("letter.status: {status}"))?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_stored_value_of_a_closed_set_is_one_of_its_enum() {
    let filled = filled().await;
    let mut database = Bare::open(&filled.url).await;
    assert_eq!(closed_sets(&mut database).await, Ok(()));
    let statuses = values::<RegistrationStatus>(&mut database, "registration", "status").await.unwrap();
    let all = [
        RegistrationStatus::Pending,
        RegistrationStatus::Offered,
        RegistrationStatus::Confirmed,
        RegistrationStatus::Waiting,
        RegistrationStatus::Cancelled,
        RegistrationStatus::Expired,
        RegistrationStatus::Refused,
        RegistrationStatus::Attended,
        RegistrationStatus::Absent,
    ];
    for one in all {
        assert!(statuses.contains(&one), "{one:?} is among the filled registrations");
    }
    for (table, column, wrong) in
        [("registration", "status", "lapsed"), ("letter", "status", "lost"), ("audit_log", "action", "slept")]
    {
        database.execute(&format!("begin; update {table} set {column} = '{wrong}'")).await;
        let refused = closed_sets(&mut database).await.unwrap_err();
        assert!(refused.contains(&format!("{table}.{column}")), "{refused}");
        database.execute("rollback").await;
    }
    database.close().await;
}
