//! Reads the sources of the features and checks that they know each other in one direction, by the front door; and that no circle
//! runs through the files of one.

use std::collections::{BTreeMap, BTreeSet};

use crate::harness::sources::{Source, holds, sources};

/// Each feature of `domain` and those that it may know, directly or through another.
const FEATURES: [(&str, &[&str]); 17] = [
    ("context", &[]),
    ("audit", &[]),
    ("fetch", &[]),
    ("organisations", &[]),
    ("jobs", &["context"]),
    ("identity", &["audit", "context", "jobs"]),
    ("proof_requests", &["context"]),
    ("accounts", &["proof_requests", "context", "jobs"]),
    ("programme", &["accounts"]),
    ("people_list", &["accounts"]),
    ("roles", &["programme", "accounts", "audit", "context"]),
    ("event_documents", &["programme", "accounts", "audit", "context", "jobs"]),
    ("resources", &["programme", "accounts", "audit", "context"]),
    ("link_checks", &["resources", "roles", "programme", "accounts", "audit", "fetch", "context", "jobs"]),
    ("registrations", &["programme", "accounts", "proof_requests", "organisations", "audit", "context", "jobs"]),
    ("invitations", &["registrations", "programme", "accounts", "audit", "context", "jobs"]),
    ("calendar", &["registrations", "programme", "accounts", "audit", "fetch", "context"]),
];

/// The files of a feature that are nobody else's business.
const PRIVATE_FILES: [&str; 3] = ["store", "letters", "rules"];

/// The feature of `domain` that a source belongs to, and its module there.
fn place(source: &Source) -> Option<(&str, &str)> {
    let path = source.path.strip_prefix("domain/")?;
    let mut parts = path.split('/').map(|part| part.trim_end_matches(".rs"));
    Some((parts.next()?, parts.next().unwrap_or("mod")))
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

/// Features of `domain` know each other through `mod.rs`, in the directions of [`FEATURES`].
fn wrong_acquaintance(source: &Source) -> Vec<String> {
    let Some((own, _)) = place(source).filter(|(feature, _)| *feature != "lib") else { return Vec::new() };
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

/// Each module of a feature, and the siblings that it uses.
type Arrows = BTreeMap<String, BTreeSet<String>>;

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// The paths of the `use` items of a source that begin with this.
fn uses<'a>(source: &'a str, with: &str) -> Vec<&'a str> {
    let items = source.split("use ").skip(1).filter_map(|item| item.split(';').next());
    items.filter_map(|item| item.strip_prefix(with)).collect()
}

/// The arrows between the modules of a feature of that name: `root` is its `mod.rs`, whose own functions and types belong to nobody.
fn arrows(feature: &str, root: &str, modules: &BTreeMap<String, String>) -> Arrows {
    let mut owner: BTreeMap<&str, &str> = BTreeMap::new();
    for module in modules.keys() {
        for names in uses(root, &format!("{module}::")) {
            owner.extend(words(names).map(|name| (name, module.as_str())));
        }
        owner.insert(module, module);
    }
    for defined in root.split("fn ").skip(1).filter_map(|item| words(item).next()) {
        owner.remove(defined);
    }
    let own = format!("crate::{feature}::");
    let sibling = |source: &str| {
        let direct = uses(source, "super::").into_iter().flat_map(words);
        let deep = uses(source, &own).into_iter().flat_map(words);
        direct.chain(deep).filter_map(|name| owner.get(name)).map(|name| (*name).to_owned()).collect::<BTreeSet<_>>()
    };
    modules
        .iter()
        .map(|(module, source)| (module.clone(), &sibling(source) - &BTreeSet::from([module.clone()])))
        .collect()
}

/// The modules from which arrows lead back to themselves.
fn circle(arrows: &Arrows) -> BTreeSet<String> {
    let reached = |from: &String| {
        let (mut found, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(module) = next.pop() {
            next.extend(arrows.get(module).into_iter().flatten().filter(|to| found.insert((*to).clone())));
        }
        found
    };
    arrows.keys().filter(|module| reached(module).contains(*module)).cloned().collect()
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
fn every_path_of_a_use_item_is_written_out() {
    let paths = crate_paths("use crate::{a::{self, b as c, d::e}, f};\ncrate::g::h(crate::i)");
    assert_eq!(paths.iter().map(String::as_str).collect::<Vec<_>>(), ["a::b", "a::d::e", "a::self", "f", "g::h", "i"]);
}

#[test]
fn no_circle_runs_through_the_files_of_a_feature() {
    let mut features: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for source in sources() {
        if let Some((feature, module)) = place(&source) {
            features.entry(feature.into()).or_default().entry(module.into()).or_default().push_str(&source.code);
        }
    }
    let mut seen = 0;
    for (feature, mut modules) in features {
        let root = modules.remove("mod").expect("the front door");
        let arrows = arrows(&feature, &root, &modules);
        seen += arrows.values().map(BTreeSet::len).sum::<usize>();
        assert_eq!(circle(&arrows), BTreeSet::new(), "{feature}: {arrows:#?}");
    }
    assert!(seen > 50, "{seen} arrows were found");
}

#[test]
fn a_planted_circle_is_found_even_through_what_the_feature_exports() {
    let root = "mod one;\nmod two;\nmod three;\npub use two::{Two, second};\nfn three() {}\n";
    let source = |text: &str| text.to_owned();
    let mut modules = BTreeMap::from([
        ("one".to_owned(), source("use super::second;\n")),
        ("two".to_owned(), source("use super::three;\n")),
        ("three".to_owned(), source("use super::one::One;\n")),
    ]);
    assert_eq!(circle(&arrows("feature", root, &modules)), BTreeSet::new(), "three() is the feature's own");
    modules.insert("two".to_owned(), source("use super::one::First;\n"));
    let both = BTreeSet::from(["one".to_owned(), "two".to_owned()]);
    assert_eq!(circle(&arrows("feature", root, &modules)), both);
    modules.insert("two".to_owned(), source("use crate::feature::one::First;\n"));
    assert_eq!(circle(&arrows("feature", root, &modules)), both, "by the whole path");
}
