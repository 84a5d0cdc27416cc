//! The glossary's words are the code's: docs/glossary.md says which table is read here.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The column `code` of the first table.
fn listed(glossary: &str) -> Vec<&str> {
    let (_, table) = glossary.split_once("| French | code | meaning |").expect("the first table");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.filter_map(|row| row.split('|').nth(2)).collect()
}

/// The single identifiers in back quotes: what holds anything but letters, digits and underscores is an expression.
fn identifiers(cell: &str) -> impl Iterator<Item = &str> {
    let quoted = cell.split('`').skip(1).step_by(2);
    quoted.filter(|text| text.chars().all(|sign| sign.is_alphanumeric() || sign == '_'))
}

fn words(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable").path()) {
        if entry.is_dir() {
            words(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&entry).expect("readable");
            let names = text.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
            found.extend(names.map(str::to_owned));
        }
    }
}

#[test]
fn every_word_of_the_glossary_stands_in_the_code() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let glossary = fs::read_to_string(root.join("docs/glossary.md")).unwrap();
    let mut found = BTreeSet::new();
    words(&root.join("src"), &mut found);
    let listed = listed(&glossary);
    assert!(listed.len() > 50, "{} rows", listed.len());
    let missing: Vec<&str> = listed.into_iter().flat_map(identifiers).filter(|word| !found.contains(*word)).collect();
    assert!(missing.is_empty(), "in the glossary and not in the code: {missing:?}");
    assert_eq!(
        identifiers(" `Board`, `Mark::{Decision}`, `no_such_word` ").collect::<Vec<_>>(),
        ["Board", "no_such_word"]
    );
    assert!(!found.contains(&["NoSuch", "Word"].concat()));
}
