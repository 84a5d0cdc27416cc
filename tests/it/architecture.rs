//! Reads the sources and checks the shape that ARCHITECTURE.md draws: who may know whom, where SQL, the environment
//! and the time may appear, and how long a file may be. Each rule is also tried on a line that breaks it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each feature and those that it may know, directly or through another.
const FEATURES: [(&str, &[&str]); 11] = [
    ("audit", &[]),
    ("organisations", &[]),
    ("accounts", &[]),
    ("programme", &["accounts"]),
    ("registrations", &["programme", "accounts", "organisations", "audit"]),
    ("boards", &["registrations", "programme", "accounts", "audit"]),
    ("invitations", &["registrations", "programme", "accounts", "audit"]),
    ("calendar", &["registrations", "programme", "accounts", "audit"]),
    ("participant", &["registrations", "boards", "calendar", "programme", "accounts", "organisations"]),
    ("organiser", &["registrations", "boards", "calendar", "programme", "accounts", "organisations", "audit"]),
    (
        "privacy",
        &["registrations", "boards", "calendar", "programme", "accounts", "organiser", "organisations", "audit"],
    ),
];

/// The files of a feature that are nobody else's business.
const PRIVATE_FILES: [&str; 7] = ["store", "pages", "socket", "api", "letters", "rules", "model"];

/// What every feature stands on, and so knows none of them.
const FOUNDATIONS: [&str; 3] = ["mail", "ics", "db"];

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
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
        let code = code.lines().map(without_comment).collect::<Vec<_>>().join("\n");
        Self { path: path.to_owned(), code }
    }

    /// The folder directly below `src/`, or the name of a file there.
    fn part(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    fn is_pure(&self) -> bool {
        matches!(self.file_name(), "rules.rs" | "model.rs" | "desk.rs" | "deadlines.rs")
            || self.path.contains("/model/")
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

/// `rules.rs`, `model.rs`, what they left to `desk.rs` and `deadlines.rs`, and what lies in a folder `model/` decide from what they are given.
fn impure(source: &Source) -> Vec<String> {
    if !source.is_pure() {
        return Vec::new();
    }
    let forbidden =
        ["axum", "sqlx", "lettre", "tokio", "async", ".now()", "Clock", "SystemTime", "Instant", "crate::app"];
    source.lines_with(&forbidden)
}

/// SQL is in a feature's `store.rs`, or in `db`.
fn sql_outside_store(source: &Source) -> Vec<String> {
    if source.file_name() == "store.rs" || source.part() == "db" {
        return Vec::new();
    }
    source.lines_with(&["sqlx::query", "query_as", "query_scalar", "query_with", "QueryBuilder", "raw_sql", "on!("])
}

/// The environment is read in `config.rs`.
fn environment_outside_config(source: &Source) -> Vec<String> {
    if source.path == "config.rs" {
        return Vec::new();
    }
    source.lines_with(&["env::var", "env::var_os", "env::vars", "env::vars_os", "env::set_var", "env::args"])
}

/// The present is told by `clock.rs`.
fn time_outside_clock(source: &Source) -> Vec<String> {
    if source.path == "clock.rs" {
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

/// Features know each other through `mod.rs`, in the directions of [`FEATURES`].
fn wrong_acquaintance(source: &Source) -> Vec<String> {
    let Some((own, known)) = FEATURES.iter().find(|(feature, _)| *feature == source.part()) else { return Vec::new() };
    let is_wrong = |path: &String| {
        let mut parts = path.split("::");
        let other = parts.next().unwrap_or_default();
        let inside = parts.next().unwrap_or_default();
        let is_feature = FEATURES.iter().any(|(feature, _)| *feature == other) && other != *own;
        is_feature && (!known.contains(&other) || PRIVATE_FILES.contains(&inside)) || other == "server"
    };
    crate_paths(&source.code)
        .into_iter()
        .filter(is_wrong)
        .map(|path| format!("{}: crate::{path}", source.path))
        .collect()
}

/// `mail`, `ics` and `db` know no feature, nor what is above the features.
fn foundation_that_looks_up(source: &Source) -> Vec<String> {
    if !FOUNDATIONS.contains(&source.part()) {
        return Vec::new();
    }
    let is_above = |path: &String| {
        let part = path.split("::").next().unwrap_or_default();
        FEATURES.iter().any(|(feature, _)| *feature == part) || ["http", "server", "app"].contains(&part)
    };
    crate_paths(&source.code)
        .into_iter()
        .filter(is_above)
        .map(|path| format!("{}: crate::{path}", source.path))
        .collect()
}

/// Every folder has its place in the picture, so that none escapes the rules above.
fn unknown_part(source: &Source) -> Vec<String> {
    let is_known =
        |part| FEATURES.iter().any(|(feature, _)| *feature == part) || FOUNDATIONS.contains(&part) || part == "http";
    let is_folder = source.path.contains('/');
    if is_folder && !is_known(source.part()) { vec![source.path.clone()] } else { Vec::new() }
}

fn too_long(source: &Source) -> Vec<String> {
    let lines = source.code.lines().count();
    if lines > MAX_LINES { vec![format!("{}: {lines} lines", source.path)] } else { Vec::new() }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
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
            ("registrations/rules.rs", "use sqlx::FromRow;"),
            ("boards/model/cards.rs", "let now = app.clock.now();"),
            ("boards/rules.rs", "pub async fn decide() {}"),
        ],
    );
}

#[test]
fn sql_is_only_in_stores() {
    holds(
        sql_outside_store,
        &[
            ("registrations/mod.rs", "sqlx::query(\"select 1\")"),
            ("calendar/pages.rs", "let rows = on!(tx, |conn| list(conn));"),
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
            ("programme/mod.rs", "use crate::registrations::Registration;"),
            ("programme/pages.rs", "let count = crate::registrations::count(&mut tx);"),
            ("registrations/mod.rs", "use crate::{db::Tx, programme::{self, store::lock}};"),
            ("boards/pages.rs", "use crate::server;"),
        ],
    );
}

#[test]
fn mail_calendars_and_database_know_no_feature() {
    holds(
        foundation_that_looks_up,
        &[
            ("mail/letter.rs", "use crate::accounts::Person;"),
            ("ics/mod.rs", "use crate::{clock::Timestamp, programme as events};"),
            ("db/mod.rs", "use crate::app::App;"),
        ],
    );
}

#[test]
fn every_folder_has_its_place() {
    holds(unknown_part, &[("statistics/mod.rs", "")]);
}

#[test]
fn files_are_short() {
    holds(too_long, &[("boards/mod.rs", &"line\n".repeat(MAX_LINES + 1))]);
}

#[test]
fn comments_and_tests_do_not_count() {
    let source =
        Source::new("boards/rules.rs", "// tokio\nlet a = 1; // sqlx\n#[cfg(test)]\nmod tests {\n    use tokio;\n}\n");
    assert!(impure(&source).is_empty());
    assert!(contains_word("use tokio::sync;", "tokio") && !contains_word("use tokio_util::sync;", "tokio"));
    let paths = crate_paths("use crate::{a::{self, b as c, d::e}, f};\ncrate::g::h(crate::i)");
    assert_eq!(paths.iter().map(String::as_str).collect::<Vec<_>>(), ["a::b", "a::d::e", "a::self", "f", "g::h", "i"]);
}

#[test]
fn the_readme_lists_every_setting() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = fs::read_to_string(root.join("src/config.rs")).unwrap();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let settings: Vec<&str> = config.split("env = \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(settings.len() > 10, "{settings:?}");
    let missing: Vec<&&str> = settings.iter().filter(|name| !readme.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "not in the README: {missing:?}");
}
