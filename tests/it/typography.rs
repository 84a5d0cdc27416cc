//! French as it is printed: the spaces that its marks want, and its apostrophe, in everything that people read.
//!
//! Before `;`, `!`, `?` and `%` stands a narrow no-break space (U+202F), before `:` and inside « » a no-break space
//! (U+00A0): no mark begins a line. Rust writes them as escapes, templates as they are.

use std::path::{Path, PathBuf};

use crate::harness::sources::{files, root};

/// What is no text inside a template: its own language, comments, styles.
const ASIDE: [(&str, &str); 6] =
    [("{%", "%}"), ("{{", "}}"), ("{#", "#}"), ("<!--", "-->"), ("<mj-style", "</mj-style>"), ("<script", "</script>")];

/// The texts of a template, between what is none.
fn texts_of_template(mut template: &str) -> Vec<String> {
    let mut texts = Vec::new();
    loop {
        let next = ASIDE.iter().filter_map(|(open, close)| Some((template.find(open)?, close))).min();
        let Some((start, close)) = next else { break };
        texts.push(template[..start].to_owned());
        let length = template[start..].find(close).expect("what is opened is closed") + close.len();
        template = &template[start + length..];
    }
    texts.push(template.to_owned());
    texts
}

/// A program up to its tests; modules of tests in files of their own, which may be declared anywhere, end nothing.
fn without_tests(program: &str) -> String {
    let mut pieces = program.split("#[cfg(test)]");
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.find(['{', ';']).filter(|end| piece[*end..].starts_with(';')) {
            Some(end) => kept.push_str(&piece[end + 1..]),
            None => break,
        }
    }
    kept
}

/// The quoted texts of a program or of data, without its comments (`comment` begins one) and its tests.
pub(crate) fn texts_of_program(program: &str, comment: &str) -> Vec<String> {
    let program = without_tests(program);
    let mut texts = Vec::new();
    let mut rest = program.as_str();
    while let Some(at) = rest.find(['"', '`', '\'', comment.chars().next().unwrap_or('"')]) {
        rest = &rest[at..];
        if rest.starts_with(comment) {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if rest.starts_with(['"', '`']) {
            let (text, after) = quoted_text(&rest[..1], &rest[1..]);
            texts.push(text);
            rest = after;
        } else {
            // A quotation mark as a character of Rust's.
            rest = rest.strip_prefix("'\"'").or_else(|| rest.strip_prefix("'`'")).unwrap_or(&rest[1..]);
        }
    }
    texts
}

/// What stands before the closing quotation mark, with the escaped spaces as they are read, and what stands after it.
fn quoted_text<'a>(mark: &str, quoted: &'a str) -> (String, &'a str) {
    let mut escaped = false;
    let end = quoted.find(|letter: char| {
        let closes = mark.starts_with(letter) && !escaped;
        escaped = letter == '\\' && !escaped;
        closes
    });
    let end = end.unwrap_or(quoted.len());
    let text =
        without_code(&quoted[..end]).replace("\\u{a0}", "\u{a0}").replace("\\u{202f}", "\u{202f}").replace("\\n", "\n");
    (text, quoted.get(end + 1..).unwrap_or_default())
}

/// Whether these letters end in a word that loses its vowel before the next: l’, qu’, aujourd’.
fn elides(letters: &[char]) -> bool {
    let word: String = letters.rsplit(|letter| !letter.is_alphabetic()).next().unwrap_or_default().iter().collect();
    let word = word.to_lowercase();
    matches!(word.as_str(), "c" | "d" | "j" | "l" | "m" | "n" | "s" | "t" | "aujourd") || word.ends_with("qu")
}

/// What a text breaks of the rules, each with the words around it.
fn faults(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let at = |index: usize| letters.get(index).copied().unwrap_or(' ');
    let wrong = |index: &usize| {
        let (before, mark, after) = (at(index.wrapping_sub(1)), at(*index), at(index + 1));
        let ends = after.is_whitespace() || matches!(after, '<' | '"' | '.' | ',' | ')' | '!' | '?');
        let a_blank = before.is_whitespace() && *index > 0;
        match mark {
            ';' | '!' | '?' => ends && a_blank && before != '\u{202f}',
            '%' => ends && a_blank && before != '\u{202f}' && at(index.wrapping_sub(2)).is_numeric(),
            ':' => ends && a_blank && before != '\u{a0}',
            '»' => before != '\u{a0}' && *index > 0,
            '«' => after != '\u{a0}' && index + 1 < letters.len(),
            // Programs speak English, too, which has its own: « the machine's ».
            '\'' => after.is_alphabetic() && elides(&letters[..*index]),
            _ => false,
        }
    };
    let around = |index: usize| letters[index.saturating_sub(20)..(index + 12).min(letters.len())].iter().collect();
    (0..letters.len()).filter(wrong).map(around).collect()
}

/// A text of TypeScript's without the code in its `${…}`.
fn without_code(text: &str) -> String {
    let mut pieces = text.split("${");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.rsplit_once('}').map_or("", |(_, after)| after))
}

fn texts(path: &Path) -> Vec<String> {
    let content = std::fs::read_to_string(path).unwrap();
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html" | "txt" | "mjml") => texts_of_template(&content),
        Some("toml") => texts_of_program(&content, "#"),
        Some("rs" | "ts" | "json") => texts_of_program(&content, "//"),
        _ => Vec::new(),
    }
}

#[test]
fn french_has_the_spaces_and_the_apostrophe_that_it_wants() {
    let root = root();
    let folders = ["mail-templates", "web/pages", "web/board/i18n", "src"];
    let paths = folders.iter().flat_map(|folder| files(&root.join(folder)));
    let paths: Vec<PathBuf> = paths.filter(|path| !path.ends_with("tests.rs")).collect();
    let read = paths.iter().map(|path| (path, texts(path)));
    let faults = read.flat_map(|(path, texts)| {
        let name = path.strip_prefix(root).unwrap().display().to_string();
        let faults: Vec<_> = texts.iter().flat_map(|text| faults(text)).collect();
        faults.into_iter().map(move |fault| format!("{name}: {fault:?}"))
    });
    let faults: Vec<_> = faults.collect();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_fault_is_seen_wherever_it_hides() {
    let seen = |texts: Vec<String>| texts.iter().flat_map(|text| faults(text)).count();
    assert_eq!(seen(texts_of_template("<p>Lieu : {{ place }} ; « ici » !</p>{% if a != b : c %}{% endif %}")), 5);
    assert_eq!(seen(texts_of_template("<p>Lieu\u{a0}: là\u{202f}; «\u{a0}{{ a }}\u{a0}»\u{202f}!</p>")), 0);
    assert_eq!(seen(texts_of_template("C'est l'été, 10 %, aujourd'hui.")), 4);
    let program =
        "let a = \"Non ?\"; // Non ?\nlet b = '\"'; let c = \"Oui\\u{202f}! \\\"L'eau\\\"\"; #[cfg(test)] \"Non !\"";
    assert_eq!(seen(texts_of_program(program, "//")), 2);
}
