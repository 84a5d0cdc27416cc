//! Reads the sources and checks that French stands in templates, in data or in a module named `french`: no string literal
//! elsewhere has one of its letters or quotation marks, tests excepted.

use std::path::Path;

use crate::harness::sources::files;
use crate::typography::texts_of_program;

/// What French is written with and English is not.
const FRENCH_LETTERS: &str = "éèêëàâçôûùîïœÉÈÊÀÂÇÔÛÎŒ«»’";

/// Other files that may hold such literals, and why.
const EXCEPTED: [(&str, &str); 3] = [
    ("board-model/model/properties.rs", "a module of tests, from which letters of several bytes are generated"),
    ("boards/import/round_trip.rs", "a module of tests, from which letters of several bytes are generated"),
    ("ics/line.rs", "an apostrophe in place of a quotation mark, which RFC 5545 cannot write in a parameter"),
];

fn is_french(text: &str) -> bool {
    text.contains(|letter| FRENCH_LETTERS.contains(letter))
        || ["\\u{e", "\\u{2019}"].iter().any(|sign| text.contains(sign))
}

/// The French literals of a source that may have none.
fn french_literals(path: &str, source: &str) -> Vec<String> {
    let may_have = path.ends_with("/french.rs") || path.ends_with("/tests.rs") || path.contains("/french/");
    if may_have || EXCEPTED.iter().any(|(excepted, _)| *excepted == path) {
        return Vec::new();
    }
    texts_of_program(source, "//")
        .into_iter()
        .filter(|text| is_french(text))
        .map(|text| format!("{path}: {text:?}"))
        .collect()
}

#[test]
fn french_stands_in_modules_of_that_name_and_in_templates() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../src"));
    let (mut found, mut read) = (Vec::new(), 0);
    for path in files(root).iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        let name = path.strip_prefix(root).unwrap().display().to_string();
        found.extend(french_literals(&name, &std::fs::read_to_string(path).unwrap()));
        read += 1;
    }
    assert!(read > 200, "only {read} sources were read");
    assert!(found.is_empty(), "{} literals\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_french_literal_is_found_outside_tests_and_comments_only() {
    let count = |path: &str, source: &str| french_literals(path, source).len();
    assert_eq!(count("a/b.rs", "/// « Été »\nconst A: &str = \"Été\"; // \"Été\"\nconst B: &str = \"Summer\";"), 1);
    assert_eq!(count("a/b.rs", "let two = [\"Réel\\\n     et long\", \"L\\u{e9}ger\", \"l’an\"];"), 3);
    assert_eq!(count("a/b.rs", "#[cfg(test)]\nmod parts;\n\nlet a = \"Été\";\n#[cfg(test)]\nmod tests { \"Été\" }"), 1);
    assert_eq!(count("a/french.rs", "const A: &str = \"Été\";"), 0);
}
