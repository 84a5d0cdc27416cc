//! Every column that holds a person is registered by a feature, and whoever is erased is in none of them any more.

use std::collections::BTreeSet;

use app::events::{DomainEventKind, REACTIONS};
use app::privacy::{self, PERSONAL_DATA};
use db::Db;
use domain::accounts;
use domain::context::{Context, Parts};
use kernel::clock::Clock;
use kernel::config::Config;
use kernel::id::PersonId;
use kernel::jobs::Jobs;
use kernel::key::LinkKey;
use mail::{Delivery, Mail};
use uuid::Uuid;

use crate::harness::TestDatabase;
use crate::harness::catalogue::{self, Bare, Contents};
use crate::harness::filled::filled;

/// Columns whose name says that they hold an address or a person, wherever they stand.
const NAMES: [&str; 6] = ["email", "address", "recipient", "author_id", "person_id", "actor_id"];

fn registered() -> BTreeSet<String> {
    PERSONAL_DATA.iter().flat_map(|one| one.columns).map(|column| (*column).to_owned()).collect()
}

/// Columns that refer to a person or are named after one.
fn personal(contents: &Contents) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = contents
        .foreign_keys
        .iter()
        .filter(|(_, _, parent)| parent == "person")
        .map(|(table, column, _)| format!("{table}.{column}"))
        .collect();
    for (name, table) in &contents.tables {
        let named = table.columns.iter().filter(|column| NAMES.contains(&column.as_str()));
        found.extend(named.map(|column| format!("{name}.{column}")));
    }
    found.insert("person.id".to_owned());
    found
}

#[tokio::test]
async fn each_column_that_holds_a_person_is_registered_and_a_new_one_is_noticed() {
    let database = TestDatabase::create().await;
    Db::open(&database.url, 1).await.unwrap().close().await;
    let before = catalogue::contents(&database.url).await;
    assert_eq!(personal(&before), registered());

    let mut bare = Bare::open(&database.url).await;
    bare.execute("create table guest_note (id bigint primary key, about uuid references person (id), email text)")
        .await;
    bare.close().await;
    let after = catalogue::contents(&database.url).await;
    let new: Vec<_> = personal(&after).difference(&registered()).cloned().collect();
    assert_eq!(new, ["guest_note.about", "guest_note.email"]);
}

#[test]
fn each_feature_that_keeps_people_reacts_when_one_is_erased() {
    for one in PERSONAL_DATA {
        let retained: Vec<_> = one.retained.iter().map(|(column, _)| column).collect();
        let reacts = REACTIONS
            .iter()
            .any(|reaction| reaction.to == DomainEventKind::PersonErased && reaction.feature == one.feature);
        assert!(reacts || one.columns.iter().all(|column| retained.contains(&column)), "{}", one.feature);
    }
}

/// A table's and a column's name.
fn parts(column: &str) -> (&str, &str) {
    column.split_once('.').unwrap()
}

/// Where, among the registered columns, one of these texts stands.
fn holding(contents: &Contents, texts: &[String]) -> BTreeSet<String> {
    let holds = |column: &&String| {
        let (table, column) = parts(column);
        let mut values = contents.tables[table].rows.iter().map(|row| row[column].to_lowercase());
        values.any(|value| texts.iter().any(|text| value.contains(text)))
    };
    registered().iter().filter(holds).cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_erased_is_in_no_column_but_those_that_are_kept_for_a_reason() {
    let database = filled().await;
    // Guests who have an account, too.
    let mut bare = Bare::open(&database.url).await;
    for (table, column) in [("invitation", "address"), ("reserved_seat_address", "email"), ("address_change", "email")]
    {
        let one = format!("select {column} from {table} limit 1");
        let account = "select min(email) from person";
        bare.execute(&format!("update {table} set {column} = ({account}) where {column} = ({one})")).await;
    }
    bare.close().await;
    let before = catalogue::contents(&database.url).await;
    let db = Db::open(&database.url, 2).await.unwrap();
    let config = Config::defaults();
    let mail = Mail::open(&config, Delivery::Mailbox).unwrap();
    let (clock, key, jobs) = (Clock::System, LinkKey::new("secret"), Jobs::new());
    let context = Context::new(Parts { config, db: db.clone(), clock, key, jobs, mail });

    let mut texts = Vec::new();
    for row in &before.tables["person"].rows {
        let hex: String = row["id"].chars().filter(char::is_ascii_hexdigit).collect();
        let person = accounts::find(&mut db.read().await.unwrap(), PersonId(Uuid::parse_str(&hex).unwrap())).await;
        let person = person.unwrap().unwrap();
        texts.extend([hex.to_lowercase(), person.id.0.to_string(), person.email.as_str().to_owned()]);
        privacy::erase(&context, &person).await.unwrap();
    }
    assert_eq!(holding(&before, &texts), registered(), "the filled database has a person in each of them");
    db.close().await;

    let after = catalogue::contents(&database.url).await;
    let retained = PERSONAL_DATA.iter().flat_map(|one| one.retained).map(|(column, _)| (*column).to_owned());
    assert_eq!(holding(&after, &texts), retained.collect());
}
