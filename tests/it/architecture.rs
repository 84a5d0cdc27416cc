//! Reads the manifests and the sources and checks the shape that ARCHITECTURE.md draws: the arrows between members and between
//! features, where SQL, the environment and the time may appear, how long a file may be. Each rule is also tried on what breaks it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Each member of the workspace and those that it may depend on: arrows point down this list only, and the compiler keeps them,
/// since a crate that is not in a manifest cannot be named.
const MEMBERS: [(&str, &[&str]); 12] = [
    ("kernel", &[]),
    ("ics", &["kernel"]),
    ("documents", &["kernel"]),
    ("board-model", &["kernel"]),
    ("db", &["kernel"]),
    ("mail", &["db", "kernel"]),
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

/// Each feature of `domain` and those that it may know, directly or through another.
const FEATURES: [(&str, &[&str]); 9] = [
    ("context", &[]),
    ("audit", &[]),
    ("organisations", &[]),
    ("jobs", &["context"]),
    ("accounts", &["context", "jobs"]),
    ("programme", &["accounts"]),
    ("registrations", &["programme", "accounts", "organisations", "audit", "context", "jobs"]),
    ("invitations", &["registrations", "programme", "accounts", "audit", "context", "jobs"]),
    ("calendar", &["registrations", "programme", "accounts", "audit", "context"]),
];

/// The files of a feature that are nobody else's business.
const PRIVATE_FILES: [&str; 3] = ["store", "letters", "rules"];

/// A file is easy to take in up to here, its tests not counted.
const MAX_LINES: usize = 400;

/// One source file: its path below `src/`, and its text without comments and tests.
struct Source {
    path: String,
    code: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        // The tests of a file stand at its end.
        let begins = ["#[cfg(test)]\nmod ", "#[cfg(test)]\npub(super) mod ", "#[cfg(test)]\npub(crate) mod "];
        let end = begins.iter().filter_map(|tests| text.find(tests)).min().unwrap_or(text.len());
        let code = &text[..end];
        let code = code.lines().map(without_comment).collect::<Vec<_>>().join("\n");
        Self { path: path.to_owned(), code }
    }

    /// The member that it belongs to.
    fn member(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// The feature of `domain` that it belongs to.
    fn feature(&self) -> Option<&str> {
        let path = self.path.strip_prefix("domain/")?;
        Some(path.split('/').next().unwrap_or_default().trim_end_matches(".rs"))
    }

    fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    fn is_pure(&self) -> bool {
        matches!(self.file_name(), "rules.rs" | "desk.rs" | "deadlines.rs") || PURE_MEMBERS.contains(&self.member())
    }

    /// The lines that contain one of `words` as a whole word, as `path:line: text`.
    fn lines_with(&self, words: &[&str]) -> Vec<String> {
        let has = |line: &str| words.iter().any(|word| contains_word(line, word));
        let numbered = self.code.lines().enumerate().filter(|(_, line)| has(line));
        numbered.map(|(index, line)| format!("{}:{}: {}", self.path, index + 1, line.trim())).collect()
    }
}

/// The line without what follows `//`, unless that stands in an address.
fn without_comment(line: &str) -> &str {
    let is_comment = |at: &usize| !line[..*at].ends_with(':');
    line.match_indices("//").map(|(at, _)| at).find(is_comment).map_or(line, |at| &line[..at])
}

/// Whether `word` stands in `line` with no letter, digit or underscore touching it.
fn contains_word(line: &str, word: &str) -> bool {
    let part_of_name = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let free_before = !word.starts_with(char::is_alphanumeric) || !part_of_name(line[..at].chars().next_back());
        let free_after =
            !word.ends_with(char::is_alphanumeric) || !part_of_name(line[at + word.len()..].chars().next());
        free_before && free_after
    })
}

/// Every path below `crate::` that the code names, `{…}` written out: `boards::Rooms`, `clock::Timestamp`.
fn crate_paths(code: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (at, found) in code.match_indices("crate::") {
        expand("", &code[at + found.len()..], &mut paths);
    }
    paths
}

/// Writes out the use tree that `rest` begins with; returns what follows it.
fn expand<'a>(prefix: &str, rest: &'a str, paths: &mut BTreeSet<String>) -> &'a str {
    let rest = rest.trim_start();
    if let Some(mut inner) = rest.strip_prefix('{') {
        loop {
            inner = expand(prefix, inner, paths).trim_start();
            match inner.strip_prefix(',') {
                Some(next) => inner = next,
                None => return inner.strip_prefix('}').unwrap_or(inner),
            }
        }
    }
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    if name.is_empty() {
        return after;
    }
    let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") };
    match after.strip_prefix("::") {
        Some(deeper) => expand(&path, deeper, paths),
        None => {
            paths.insert(path);
            // `use … as name` ends where the list goes on.
            match after.trim_start().strip_prefix("as ") {
                Some(alias) => &alias[alias.find([',', '}', ';']).unwrap_or(alias.len())..],
                None => after,
            }
        }
    }
}

/// `rules.rs`, what they left to `desk.rs` and `deadlines.rs`, and the pure members decide from what they are given.
fn impure(source: &Source) -> Vec<String> {
    if !source.is_pure() {
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

/// Features of `domain` know each other through `mod.rs`, in the directions of [`FEATURES`].
fn wrong_acquaintance(source: &Source) -> Vec<String> {
    let Some(own) = source.feature().filter(|feature| *feature != "lib") else { return Vec::new() };
    let Some((_, known)) = FEATURES.iter().find(|(feature, _)| *feature == own) else {
        return vec![format!("{}: {own} has no place in the list", source.path)];
    };
    let is_wrong = |path: &String| {
        let mut parts = path.split("::");
        let other = parts.next().unwrap_or_default();
        let inside = parts.next().unwrap_or_default();
        let is_feature = FEATURES.iter().any(|(feature, _)| *feature == other) && other != own;
        is_feature && (!known.contains(&other) || PRIVATE_FILES.contains(&inside))
    };
    crate_paths(&source.code)
        .into_iter()
        .filter(is_wrong)
        .map(|path| format!("{}: crate::{path}", source.path))
        .collect()
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

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn sources() -> Vec<Source> {
    let root = root().join("src");
    let mut sources = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
                sources.push(Source::new(&name, &fs::read_to_string(&path).expect("readable")));
            }
        }
    }
    assert!(sources.len() > 20, "only {} source files found", sources.len());
    sources
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable").path()).collect()
}

/// No source breaks `rule`, and `rule` finds what is wrong in `broken`, a (path, text).
fn holds(rule: fn(&Source) -> Vec<String>, broken: &[(&str, &str)]) {
    for (path, text) in broken {
        assert!(!rule(&Source::new(path, text)).is_empty(), "this should be refused in {path}: {text}");
    }
    let found: Vec<String> = sources().iter().flat_map(rule).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
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
fn features_know_each_other_by_the_front_door_and_in_one_direction() {
    holds(
        wrong_acquaintance,
        &[
            ("domain/programme/mod.rs", "use crate::registrations::Registration;"),
            ("domain/programme/revision.rs", "let count = crate::registrations::count(&mut tx);"),
            ("domain/registrations/mod.rs", "use crate::{accounts, programme::{self, store::lock}};"),
            ("domain/statistics/mod.rs", ""),
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
    let paths = crate_paths("use crate::{a::{self, b as c, d::e}, f};\ncrate::g::h(crate::i)");
    assert_eq!(paths.iter().map(String::as_str).collect::<Vec<_>>(), ["a::b", "a::d::e", "a::self", "f", "g::h", "i"]);
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
