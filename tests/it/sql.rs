//! Reads the SQL in the sources: a feature names its own tables, others come through a function of their owner; a function that
//! writes takes a `WriteTx`.

use std::collections::BTreeSet;

use crate::harness::sources::texts;

/// Which feature each table belongs to.
const OWNERS: [(&str, &[&str]); 16] = [
    ("db", &["setting"]),
    ("mail", &["letter", "mail_circuit_breaker", "suppression"]),
    ("accounts", &["person", "session", "sign_in_link", "address_change", "feed_generation", "retired_feed"]),
    ("roles", &["role_grant"]),
    ("organisations", &["organisation", "organisation_spelling", "organisation_distinct"]),
    ("programme", &["edition", "event", "event_source"]),
    (
        "registrations",
        &[
            "registration",
            "registration_status_change",
            "registration_request",
            "event_arrival",
            "seat_transfer",
            "reserved_seat_address",
            "reminder_settings",
            "calendar_invite",
            "erased_count",
            "join_click",
        ],
    ),
    ("invitations", &["invitation", "invitation_round"]),
    ("calendar", &["imported_event"]),
    ("proof_requests", &["proof_request"]),
    ("audit", &["audit_log"]),
    ("event_documents", &["event_document", "document_piece"]),
    ("identity", &["identity_fact"]),
    ("resources", &["resource"]),
    ("link_checks", &["link_check", "link_host"]),
    ("boards", &["board", "board_edit", "board_results", "board_snapshot", "node"]),
];

/// What a feature reads of another one's tables, never writes, and why no function of the owner does it.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("accounts", "organisation", "a person is read with the name of their organisation, on every request"),
    ("accounts", "role_grant", "a person is read with whether they see the back office, on every request"),
    ("proof_requests", "person", "requests with a proved address go first: joined by address"),
    ("roles", "person", "the list of roles shows names as they are today"),
    ("roles", "edition", "the list of roles shows titles as they are today"),
    ("roles", "event", "the list of roles shows titles as they are today"),
    ("privacy", "role_grant", "inactive people are found in one statement"),
    ("audit", "person", "the log shows names as they are today"),
    ("audit", "event", "the log shows titles as they are today"),
    ("invitations", "letter", "a guest's status is that of the letter, in one list of thousands"),
    ("invitations", "event", "letters are outdated once an event was revised: compared by the database"),
    ("invitations", "person", "a guest is registered or not: joined by address"),
    ("invitations", "registration", "a guest is registered or not: joined by address"),
    ("registrations", "person", "a registration is read with the address that letters go to"),
    ("registrations", "event", "seats to expire are found by the end of their event"),
    ("registrations", "letter", "who is still to be reminded is who has no such letter"),
    ("boards", "role_grant", "who joins a board runs it or not: the same statement"),
    ("boards", "event", "a role may be for the edition of a board's event: the same statement"),
    ("boards", "registration", "who joins a board holds a seat: one statement, measured"),
    ("boards", "person", "authors are shown by name"),
    ("privacy", "person", "inactive people are found in one statement"),
    ("privacy", "registration", "inactive people are found in one statement"),
    ("privacy", "event", "inactive people are found in one statement"),
    ("privacy", "session", "inactive people are found in one statement"),
];

/// A table that a text of SQL names, and whether it writes to it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    table: String,
    writes: bool,
}

/// The texts in double quotes of a source.
fn literals(source: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut rest, mut start) = (source, 0);
    while let Some(open) = rest.find('"') {
        let from = start + open + 1;
        let Some(length) = source[from..].match_indices('"').map(|(at, _)| at).find(|at| {
            let before = &source[from..from + at];
            before.len() == before.trim_end_matches('\\').len()
        }) else {
            break;
        };
        found.push(&source[from..from + length]);
        start = from + length + 1;
        rest = &source[start..];
    }
    found
}

/// The tables named after from, join, into and update.
fn uses(sql: &str) -> BTreeSet<Use> {
    let words: Vec<&str> =
        sql.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    let known = |word: &str| OWNERS.iter().any(|(_, tables)| tables.contains(&word));
    let mut found = BTreeSet::new();
    for (place, pair) in words.windows(2).enumerate() {
        let [keyword, table] = pair else { continue };
        let deletes = place > 0 && words[place - 1] == "delete";
        if ["from", "join", "into", "update"].contains(keyword) && known(table) {
            found.insert(Use { table: (*table).to_owned(), writes: deletes || ["into", "update"].contains(keyword) });
        }
    }
    found
}

/// What is wrong with a source of a feature.
fn breaches(feature: &str, source: &str) -> Vec<String> {
    let owner = |table: &str| OWNERS.iter().find(|(_, tables)| tables.contains(&table)).map(|(owner, _)| *owner);
    let mut found = Vec::new();
    for one in literals(source).iter().flat_map(|literal| uses(literal)) {
        let excepted = EXCEPTIONS.iter().any(|(by, table, _)| *by == feature && *table == one.table);
        if owner(&one.table) != Some(feature) && (one.writes || !excepted) {
            found.push(format!("{feature} {} {}", if one.writes { "writes" } else { "reads" }, one.table));
        }
    }
    found
}

/// The functions of a source that write with a connection for reading.
fn writers_that_read(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for function in source
        .split("\npub async fn ")
        .flat_map(|part| part.split("\nasync fn "))
        .flat_map(|part| part.split("\npub(super) async fn "))
    {
        let Some((head, body)) = function.split_once('{') else { continue };
        let body = body.split("\n}\n").next().unwrap_or_default();
        let writes = literals(body).iter().flat_map(|literal| uses(literal)).any(|one| one.writes);
        if writes && head.contains("&mut ReadConn") {
            found.push(head.split('(').next().unwrap_or_default().to_owned());
        }
    }
    found
}

/// Every source with its feature.
fn all() -> Vec<(String, String, String)> {
    let code = |(name, text): (String, String)| {
        let parts: Vec<&str> = name.split('/').collect();
        let feature = if ["domain", "app"].contains(&parts[0]) { parts[1] } else { parts[0] }.to_owned();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let code = code.join("\n");
        (name, feature, code)
    };
    texts().into_iter().map(code).collect()
}

#[test]
fn a_feature_names_its_own_tables() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for (name, feature, source) in all().iter().filter(|(_, feature, _)| feature != "db") {
        seen += literals(source).iter().map(|literal| uses(literal).len()).sum::<usize>();
        wrong.extend(breaches(feature, source).into_iter().map(|breach| format!("{name}: {breach}")));
    }
    assert!(seen > 150, "{seen} tables were found in the sources");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_exception_is_needed() {
    let used: BTreeSet<(String, String)> = all()
        .iter()
        .flat_map(|(_, feature, source)| {
            let tables = literals(source).into_iter().flat_map(uses).map(|one| one.table).collect::<Vec<_>>();
            tables.into_iter().map(|table| (feature.clone(), table)).collect::<Vec<_>>()
        })
        .collect();
    let idle: Vec<_> = EXCEPTIONS
        .iter()
        .filter(|(feature, table, _)| !used.contains(&((*feature).to_owned(), (*table).to_owned())))
        .collect();
    assert!(idle.is_empty(), "{idle:?}");
}

#[test]
fn a_planted_breach_is_found() {
    let planted =
        r#"dispatch!(tx, |c| sqlx::query("delete from letter where id in (select id from board)").execute(c))"#;
    assert_eq!(breaches("programme", planted), ["programme reads board", "programme writes letter"]);
    let excepted_to_read =
        r#"query("update person set name = $1"); query("select \"x\" from person join event on true")"#;
    assert_eq!(breaches("audit", excepted_to_read), ["audit writes person"]);
    assert!(breaches("accounts", r#"query("insert into person (id) values ($1)")"#).is_empty());
}

#[test]
fn what_writes_takes_a_transaction_that_writes() {
    for (name, _, source) in all() {
        assert_eq!(writers_that_read(&source), Vec::<String>::new(), "{name}");
    }
    let planted = "\npub async fn rename(tx: &mut ReadConn) {\n    query(\"update person set name = $1\")\n}\n";
    assert_eq!(writers_that_read(planted), ["rename"]);
}
