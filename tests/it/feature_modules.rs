//! Reads the files of each feature and checks that they know each other in one direction: no circle runs through them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

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

/// A source without its tests and comments.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The sources of a module: a file, or a folder.
fn read(path: &Path) -> String {
    if path.is_file() {
        return code(&fs::read_to_string(path).unwrap());
    }
    let files = fs::read_dir(path).unwrap().map(|entry| read(&entry.unwrap().path()));
    files.collect::<Vec<_>>().join("\n")
}

#[test]
fn no_circle_runs_through_the_files_of_a_feature() {
    let domain = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain");
    let mut seen = 0;
    for feature in fs::read_dir(domain).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let root = read(&feature.join("mod.rs"));
        let paths = fs::read_dir(&feature).unwrap().map(|entry| entry.unwrap().path());
        let modules: BTreeMap<String, String> = paths
            .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), read(&path)))
            .filter(|(name, _)| name != "mod")
            .collect();
        let name = feature.file_name().unwrap().to_str().unwrap();
        let arrows = arrows(name, &root, &modules);
        seen += arrows.values().map(BTreeSet::len).sum::<usize>();
        assert_eq!(circle(&arrows), BTreeSet::new(), "{}: {arrows:#?}", feature.display());
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
