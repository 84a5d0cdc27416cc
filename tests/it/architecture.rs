//! Reads the manifests and the sources and checks the shape that ARCHITECTURE.md draws: the arrows between members, where SQL, the
//! environment and the time may appear, how long a file may be. Each rule is also tried on what breaks it. The arrows between
//! features are in `feature_modules.rs`.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::harness::sources::{Source, contains_word, holds, root};

/// Each member of the workspace and those that it may depend on: arrows point down this list only, and the compiler keeps them,
/// since a crate that is not in a manifest cannot be named.
const MEMBERS: [(&str, &[&str]); 12] = [
    ("kernel", &[]),
    ("ics", &["kernel"]),
    ("documents", &["kernel"]),
    ("board-model", &["kernel"]),
    ("db", &["kernel"]),
    ("mail", &["db", "ics", "kernel"]),
    ("domain", &["mail", "db", "board-model", "documents", "ics", "kernel"]),
    ("boards", &["domain", "db", "board-model", "documents", "kernel"]),
    ("app", &["boards", "domain", "mail", "db", "board-model", "kernel"]),
    ("http", &["app", "domain", "mail", "db", "kernel"]),
    ("site", &["http", "app", "boards", "domain", "mail", "db", "board-model", "documents", "ics", "kernel"]),
    (
        "parcours",
        &["site", "http", "app", "boards", "domain", "mail", "db", "board-model", "documents", "ics", "kernel"],
    ),
];

/// The members that decide or write without a database and without a network.
const PURE_MEMBERS: [&str; 3] = ["ics", "documents", "board-model"];

/// Libraries that a member may name only at this height of the list or above.
const LIBRARIES: [(&str, &str); 4] = [("axum", "http"), ("askama", "http"), ("sqlx", "db"), ("lettre", "mail")];

/// A file is easy to take in up to here, its tests not counted.
const MAX_LINES: usize = 400;

/// `rules.rs`, what they left to `admission.rs` and `deadlines.rs`, and the pure members decide from what they are given.
fn impure(source: &Source) -> Vec<String> {
    let decides = matches!(source.file_name(), "rules.rs" | "admission.rs" | "deadlines.rs");
    if !decides && !PURE_MEMBERS.contains(&source.member()) {
        return Vec::new();
    }
    let forbidden =
        ["axum", "sqlx", "lettre", "tokio", "async", ".now()", "Clock", "SystemTime", "Instant", "crate::context"];
    // How a value is stored is a feature of the pure members, for the crates that speak SQL.
    let is_feature = |line: &String| line.contains("feature = \"sqlx\"");
    source.lines_with(&forbidden).into_iter().filter(|line| !is_feature(line)).collect()
}

/// SQL is in a feature's `store.rs`, or in `db`.
fn sql_outside_store(source: &Source) -> Vec<String> {
    if source.file_name() == "store.rs" || source.member() == "db" {
        return Vec::new();
    }
    source.lines_with(&[
        "sqlx::query",
        "query_as",
        "query_scalar",
        "query_with",
        "QueryBuilder",
        "raw_sql",
        "dispatch!(",
    ])
}

/// The environment is read in `kernel/config.rs`.
fn environment_outside_config(source: &Source) -> Vec<String> {
    if source.path == "kernel/config.rs" {
        return Vec::new();
    }
    source.lines_with(&["env::var", "env::var_os", "env::vars", "env::vars_os", "env::set_var", "env::args"])
}

/// The present is told by `kernel/clock.rs`.
fn time_outside_clock(source: &Source) -> Vec<String> {
    if source.path == "kernel/clock.rs" {
        return Vec::new();
    }
    source.lines_with(&["SystemTime::now", "Timestamp::now", "Zoned::now"])
}

/// What follows such a head holds the connection as long as it lasts, and would ask for another: two who do that can wait for
/// each other.
fn connection_held(source: &Source) -> Vec<String> {
    let holds = |line: &&str| {
        let is_head =
            ["for ", "match ", "if let ", "while let "].iter().any(|head| line.trim_start().starts_with(head));
        is_head && [".read().await", ".write().await"].iter().any(|asked| line.contains(asked))
    };
    source.code.lines().filter(holds).map(|line| format!("{}: {}", source.path, line.trim())).collect()
}

/// What `cargo metadata` says of each member: its name without the prefix, and what it depends on outside of its tests.
fn members() -> Vec<(String, Vec<String>)> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path", manifest])
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let short = |name: &str| name.strip_prefix("parcours-").unwrap_or(name).to_owned();
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies").iter();
            let used = dependencies.filter(|one| one["kind"].is_null());
            let names = used.map(|one| short(one["name"].as_str().expect("a name"))).collect();
            (short(package["name"].as_str().expect("a name")), names)
        })
        .collect()
}

/// Arrows between members that the list does not allow, and libraries below the member from which on they may be used.
fn wrong_arrows(members: &[(String, Vec<String>)]) -> Vec<String> {
    let height = |name: &str| MEMBERS.iter().position(|(member, _)| *member == name);
    let mut wrong = Vec::new();
    for (member, dependencies) in members {
        let Some((_, allowed)) = MEMBERS.iter().find(|(name, _)| name == member) else {
            wrong.push(format!("{member} has no place in the list"));
            continue;
        };
        for dependency in dependencies {
            let is_ours = height(dependency).is_some();
            let is_too_low = LIBRARIES.iter().any(|(library, from)| {
                // Storing identifiers is a feature of `kernel` and `board-model` for those who speak SQL.
                let is_optional = *library == "sqlx" && ["kernel", "board-model"].contains(&member.as_str());
                library == dependency && !is_optional && height(member) < height(from)
            });
            if (is_ours && !allowed.contains(&dependency.as_str())) || is_too_low {
                wrong.push(format!("{member} -> {dependency}"));
            }
        }
    }
    wrong
}

fn too_long(source: &Source) -> Vec<String> {
    let lines = source.code.lines().count();
    if lines > MAX_LINES { vec![format!("{}: {lines} lines", source.path)] } else { Vec::new() }
}

#[test]
fn rules_and_models_are_pure() {
    holds(
        impure,
        &[
            ("domain/registrations/rules.rs", "use sqlx::FromRow;"),
            ("board-model/model/cards.rs", "let now = app.clock.now();"),
            ("domain/privacy/rules.rs", "pub async fn decide() {}"),
        ],
    );
}

#[test]
fn sql_is_only_in_stores() {
    holds(
        sql_outside_store,
        &[
            ("domain/registrations/mod.rs", "sqlx::query(\"select 1\")"),
            ("site/feeds/pages.rs", "let rows = dispatch!(tx, |conn| list(conn));"),
        ],
    );
}

#[test]
fn the_environment_is_only_read_for_the_settings() {
    holds(environment_outside_config, &[("mail/mod.rs", "let url = std::env::var(\"SMTP_URL\");")]);
}

#[test]
fn the_present_is_only_told_by_the_clock() {
    holds(time_outside_clock, &[("accounts/mod.rs", "let now = SystemTime::now();")]);
}

#[test]
fn no_connection_is_held_over_a_block() {
    holds(
        connection_held,
        &[
            ("registrations/mod.rs", "    for one in list(&mut app.db.read().await?).await? {"),
            ("boards/mod.rs", "match find(&mut app.db.write().await?).await {"),
        ],
    );
}

#[test]
fn arrows_between_members_point_down() {
    let found = members();
    assert_eq!(found.len(), MEMBERS.len(), "{found:?}");
    assert_eq!(wrong_arrows(&found), Vec::<String>::new());
    let planted = |member: &str, dependency: &str| wrong_arrows(&[(member.into(), vec![dependency.into()])]);
    for (member, dependency) in
        [("domain", "boards"), ("kernel", "db"), ("mail", "domain"), ("boards", "axum"), ("ics", "sqlx"), ("new", "db")]
    {
        assert_eq!(planted(member, dependency).len(), 1, "{member} -> {dependency}");
    }
}

/// A manifest that does not take the workspace's lints.
fn without_lints(manifest: &str) -> bool {
    !manifest.contains("[lints]\nworkspace = true\n")
}

#[test]
fn every_member_takes_the_lints_of_the_workspace() {
    assert!(without_lints("[package]\nname = \"new\"\n"));
    for (member, _) in MEMBERS {
        let manifest = fs::read_to_string(root().join("src").join(member).join("Cargo.toml")).unwrap();
        assert!(!without_lints(&manifest), "{member}");
    }
}

#[test]
fn files_are_short() {
    holds(too_long, &[("boards/mod.rs", &"line\n".repeat(MAX_LINES + 1))]);
}

#[test]
fn comments_and_tests_do_not_count() {
    let source = Source::new(
        "domain/boards/rules.rs",
        "// tokio\nlet a = 1; // sqlx\n#[cfg(test)]\nmod tests {\n    use tokio;\n}\n",
    );
    assert!(impure(&source).is_empty());
    assert!(contains_word("use tokio::sync;", "tokio") && !contains_word("use tokio_util::sync;", "tokio"));
}

#[test]
fn the_readme_lists_every_setting() {
    let config = fs::read_to_string(root().join("src/kernel/config.rs")).unwrap();
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let settings: Vec<&str> = config.split("env = \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(settings.len() > 10, "{settings:?}");
    let missing: Vec<&&str> = settings.iter().filter(|name| !readme.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "not in the README: {missing:?}");
}
