//! What each feature keeps about people: which columns, what a person takes away of it, what goes once it is old.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use std::pin::Pin;

use serde_json::{Value, json};

use db::{ReadConn, WriteTx};
use domain::accounts::{self, AddressChange, Person, Session};
use domain::{invitations, registrations, roles};
use kernel::clock::Timestamp;
use mail::{recipients, suppressions};

/// The parts of an export, by their names in the file.
type Parts = Vec<(&'static str, Value)>;
type Exporting<'a> = Pin<Box<dyn Future<Output = sqlx::Result<Parts>> + Send + 'a>>;
type Purging<'a> = Pin<Box<dyn Future<Output = sqlx::Result<()>> + Send + 'a>>;

/// What a feature keeps about people. What it does when one is erased is in the table of domain events.
pub struct PersonalData {
    /// The feature.
    pub feature: &'static str,
    /// The columns that hold a person's identifier or address: `table.column`.
    pub columns: &'static [&'static str],
    /// Those of them that still hold it once the person is erased, and why.
    pub retained: &'static [(&'static str, &'static str)],
    export: for<'a> fn(&'a mut ReadConn, &'a Person) -> Exporting<'a>,
    purge: for<'a> fn(&'a mut WriteTx, Timestamp) -> Purging<'a>,
}

impl PersonalData {
    /// What a person takes away of it.
    pub async fn export(&self, tx: &mut ReadConn, person: &Person) -> sqlx::Result<Parts> {
        (self.export)(tx, person).await
    }

    /// Deletes what was last of use before this moment and belongs to nobody who has an account.
    pub async fn purge(&self, tx: &mut WriteTx, before: Timestamp) -> sqlx::Result<()> {
        (self.purge)(tx, before).await
    }
}

/// A session, as a person takes it away.
fn session(one: &Session) -> Value {
    json!({
        "device": one.device(),
        "since": one.began_at.to_string(),
        "last_used": one.last_used_at.to_string(),
        "proved": one.proved_at.to_string(),
    })
}

/// What all features keep.
pub static PERSONAL_DATA: &[PersonalData] = &[
    PersonalData {
        feature: "accounts",
        columns: &[
            "person.id",
            "person.email",
            "session.person_id",
            "sign_in_link.person_id",
            "address_change.person_id",
            "address_change.email",
        ],
        retained: &[],
        export: |tx, person| {
            Box::pin(async move {
                let sessions = accounts::sessions(tx, person.id).await?;
                let changes = accounts::address_changes_of(tx, person.id).await?;
                let told = |one: &AddressChange| json!({ "to": one.email, "at": one.created_at.to_string(), "state": one.status });
                Ok(vec![
                    (
                        "person",
                        json!({
                            "email": person.email,
                            "name": person.name,
                            "organisation": person.organisation,
                        }),
                    ),
                    ("sessions", sessions.iter().map(session).collect()),
                    ("address_changes", changes.iter().map(told).collect()),
                ])
            })
        },
        // Accounts are erased one by one; sessions and links end by themselves.
        purge: |_tx, _before| Box::pin(async { Ok(()) }),
    },
    PersonalData {
        feature: "roles",
        columns: &["role_grant.person_id"],
        retained: &[],
        export: |tx, person| {
            Box::pin(async move {
                let held = roles::of_person(tx, person.id).await?;
                let told = |one: &roles::Grant| json!({ "role": one.role, "edition": one.edition_id, "event": one.event_id, "since": one.granted_at });
                Ok(vec![("roles", held.grants().iter().map(told).collect())])
            })
        },
        // They end with the account.
        purge: |_tx, _before| Box::pin(async { Ok(()) }),
    },
    PersonalData {
        feature: "registrations",
        columns: &[
            "registration.person_id",
            "calendar_invite.person_id",
            "seat_transfer.email",
            "reserved_seat_address.email",
            "proof_request.email",
        ],
        retained: &[],
        export: |tx, person| {
            Box::pin(async move {
                Ok(vec![
                    ("registrations", registrations::export_person(tx, person.id).await?.into()),
                    ("requests", registrations::requests_of(tx, &person.email).await?.into()),
                ])
            })
        },
        purge: |tx, before| Box::pin(registrations::purge(tx, before)),
    },
    PersonalData {
        feature: "invitations",
        columns: &["invitation.address", "invitation_round.created_by"],
        retained: &[],
        export: |tx, person| {
            Box::pin(
                async move { Ok(vec![("invitations", json!(invitations::received_by(tx, &person.email).await?))]) },
            )
        },
        purge: |tx, before| Box::pin(invitations::purge(tx, before)),
    },
    PersonalData {
        feature: "mail",
        columns: &["letter.person_id", "letter.recipient", "suppression.address"],
        retained: &[("suppression.address", "that somebody wants no letters is to be heeded")],
        export: |tx, person| {
            Box::pin(async move {
                let wishes = suppressions::wishes(tx, person.email.as_str()).await?;
                Ok(vec![
                    ("letters", json!(recipients::written_to(tx, person.email.as_str()).await?)),
                    ("wants", json!({ "reminders": wishes.reminders, "announcements": wishes.announcements })),
                ])
            })
        },
        purge: |tx, before| Box::pin(recipients::purge(tx, before)),
    },
    PersonalData {
        feature: "audit",
        columns: &["audit_log.actor_id", "audit_log.person_id"],
        retained: &[],
        // It is the organisers' account of their own acts.
        export: |_tx, _person| Box::pin(async { Ok(Vec::new()) }),
        purge: |_tx, _before| Box::pin(async { Ok(()) }),
    },
    PersonalData {
        feature: "boards",
        columns: &["board_edit.author_id"],
        retained: &[("board_edit.author_id", "an identifier that leads to nobody any more: what was written stays")],
        export: |tx, person| {
            Box::pin(async move { Ok(vec![("boards", json!(boards::written_by(tx, person.id).await?))]) })
        },
        purge: |_tx, _before| Box::pin(async { Ok(()) }),
    },
];
