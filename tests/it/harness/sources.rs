//! The sources of the program, for the tests that read them.

use std::fs;
use std::path::{Path, PathBuf};

/// One source file: its path below `src/`, and its text without comments and tests.
pub struct Source {
    pub path: String,
    pub code: String,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        // The tests of a file stand at its end.
        let begins = ["#[cfg(test)]\nmod ", "#[cfg(test)]\npub(super) mod ", "#[cfg(test)]\npub(crate) mod "];
        let end = begins.iter().filter_map(|tests| text.find(tests)).min().unwrap_or(text.len());
        let code = &text[..end];
        let code = code.lines().map(without_comment).collect::<Vec<_>>().join("\n");
        Self { path: path.to_owned(), code }
    }

    /// The member that it belongs to.
    pub fn member(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The lines that contain one of `words` as a whole word, as `path:line: text`.
    pub fn lines_with(&self, words: &[&str]) -> Vec<String> {
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
pub fn contains_word(line: &str, word: &str) -> bool {
    let part_of_name = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let free_before = !word.starts_with(char::is_alphanumeric) || !part_of_name(line[..at].chars().next_back());
        let free_after =
            !word.ends_with(char::is_alphanumeric) || !part_of_name(line[at + word.len()..].chars().next());
        free_before && free_after
    })
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Every source: its path below `src/`, and all of its text.
pub fn texts() -> Vec<(String, String)> {
    let root = root().join("src");
    let name = |path: &Path| path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
    let mut paths = files(&root);
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    assert!(paths.len() > 20, "only {} source files found", paths.len());
    paths.into_iter().map(|path| (name(&path), fs::read_to_string(&path).expect("readable"))).collect()
}

/// Every source without comments and tests.
pub fn sources() -> Vec<Source> {
    texts().iter().map(|(path, text)| Source::new(path, text)).collect()
}

/// All files below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// No source breaks `rule`, and `rule` finds what is wrong in `broken`, a (path, text).
pub fn holds(rule: fn(&Source) -> Vec<String>, broken: &[(&str, &str)]) {
    for (path, text) in broken {
        assert!(!rule(&Source::new(path, text)).is_empty(), "this should be refused in {path}: {text}");
    }
    let found: Vec<String> = sources().iter().flat_map(rule).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
