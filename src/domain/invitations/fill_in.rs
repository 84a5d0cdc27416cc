//! Fills in what a message names of its reader. Where nothing is known, the sentence closes over the gap, as a person would write
//! it. Pure.

use super::french;
use super::rules::Guest;

/// Blanks within a line.
const BLANKS: [char; 4] = [' ', '\t', '\u{a0}', '\u{202f}'];

/// Pairs of signs that go when nothing stands between them.
const PAIRS: [(char, char); 5] = [('(', ')'), ('[', ']'), ('«', '»'), ('"', '"'), ('“', '”')];

/// Signs that tie a name to what stands before it, and go with it at the end of a sentence.
const TIES: [char; 8] = [',', '–', '—', '-', '/', '|', '·', ':'];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Name,
    Organisation,
}

#[derive(Debug, Clone, Copy)]
enum Part<'a> {
    Text(&'a str),
    Field(Field),
}

/// What a message says to a guest. What is filled in is not looked at again: a guest may be called `{organisation}`.
#[must_use]
pub fn fill_in(message: &str, guest: &Guest) -> String {
    let mut filled = String::with_capacity(message.len());
    let mut gap = false;
    for part in parts(message) {
        match part {
            Part::Text(text) if gap => {
                close(&mut filled, text);
                // A gap stays open over what is no word: "{nom} {organisation},".
                gap = text.trim_matches(BLANKS).is_empty();
            }
            Part::Text(text) => filled.push_str(text),
            Part::Field(field) => {
                let value = match field {
                    Field::Name => guest.name.trim(),
                    Field::Organisation => guest.organisation.trim(),
                };
                let stands_in = value.is_empty().then(|| stand_in(&mut filled, field)).flatten();
                let value = stands_in.unwrap_or(value);
                if gap && !value.is_empty() && is_word(filled.chars().next_back()) {
                    filled.push(' ');
                }
                gap = value.is_empty();
                filled.push_str(value);
            }
        }
    }
    if gap {
        close(&mut filled, "");
    }
    filled
}

fn parts(message: &str) -> Vec<Part<'_>> {
    let fields = [(french::NAME, Field::Name), (french::ORGANISATION, Field::Organisation)];
    let (mut parts, mut text, mut from) = (Vec::new(), 0, 0);
    while let Some(at) = message[from..].find('{').map(|at| from + at) {
        let field = fields.iter().find(|(placeholder, _)| message[at..].starts_with(placeholder));
        from = at + field.map_or(1, |(placeholder, _)| placeholder.len());
        if let Some((_, field)) = field {
            parts.extend((text < at).then(|| Part::Text(&message[text..at])));
            parts.push(Part::Field(*field));
            text = from;
        }
    }
    parts.extend((text < message.len()).then(|| Part::Text(&message[text..])));
    parts
}

/// The words in place of what is unknown after a word that needs some: "pour {nom}" is "pour vous". An article before them goes.
fn stand_in(filled: &mut String, field: Field) -> Option<&'static str> {
    let words = match field {
        Field::Name => french::YOU,
        Field::Organisation => french::YOUR_ORGANISATION,
    };
    let line = filled.rsplit('\n').next().unwrap_or_default();
    let before = line.to_lowercase();
    let ends = |word: &str| {
        before
            .strip_suffix(word)
            .is_some_and(|rest| rest.chars().next_back().is_none_or(|letter| !letter.is_alphanumeric()))
    };
    for (article, instead) in french::ARTICLES {
        if ends(article) {
            let keep = line.chars().count() - article.chars().count();
            let line_start = filled.len() - line.len();
            let kept: String = line.chars().take(keep).collect();
            filled.truncate(line_start);
            filled.push_str(&kept);
            filled.push_str(instead);
            return Some(words);
        }
    }
    let trimmed = before.trim_end_matches(BLANKS);
    let last = trimmed.rsplit(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
    (trimmed.len() < before.len() && french::PREPOSITIONS.contains(&last)).then_some(words)
}

/// Joins what stands before a gap with what stands after it.
fn close(before: &mut String, after: &str) {
    let mut rest = after;
    loop {
        trim_end(before);
        let next = rest.trim_start_matches(BLANKS);
        let pair = PAIRS.iter().find(|(open, shut)| before.ends_with(*open) && next.starts_with(*shut));
        let Some((_, shut)) = pair else { break };
        before.pop();
        rest = &next[shut.len_utf8()..];
    }
    let trimmed = rest.trim_start_matches(BLANKS);
    let next = trimmed.chars().next();
    let begins = before.is_empty() || before.ends_with(['\n', '(', '[', '«', '“']);
    if begins {
        // What tied the gap to the next words goes with it.
        let untied = trimmed.trim_start_matches([',', ';', ':', '–', '—', '-']).trim_start_matches(BLANKS);
        let was_tied = untied.len() < trimmed.len();
        if before.ends_with(['«']) && !untied.is_empty() {
            before.push('\u{a0}');
        }
        push_begin(before, if was_tied { untied } else { trimmed }, was_tied);
        return;
    }
    match next {
        None => {
            // Another placeholder, or the end: what ties stays until it is known what follows.
            let is_end = after.is_empty();
            if is_end {
                untie(before);
            } else {
                before.push_str(&rest[..rest.len() - trimmed.len()]);
            }
        }
        Some('.' | '!' | '?' | ';' | '\n' | ')' | ']' | '»' | '…' | ',' | ':') => {
            untie(before);
            let blank = &rest[..rest.len() - trimmed.len()];
            if matches!(next, Some('!' | '?' | ';' | '»' | ':')) {
                before.push_str(blank);
            }
            before.push_str(trimmed);
        }
        Some(_) => {
            before.push(' ');
            before.push_str(trimmed);
        }
    }
}

/// The beginning of a line or a bracket: in a capital where the gap began a sentence.
fn push_begin(before: &mut String, text: &str, capital: bool) {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if capital && (before.is_empty() || before.ends_with('\n')) => {
            before.extend(first.to_uppercase());
            before.push_str(letters.as_str());
        }
        _ => before.push_str(text),
    }
}

fn trim_end(text: &mut String) {
    text.truncate(text.trim_end_matches(BLANKS).len());
}

/// Drops signs at the end that tied what is not there.
fn untie(text: &mut String) {
    trim_end(text);
    while text.ends_with(TIES) {
        text.pop();
        trim_end(text);
    }
}

fn is_word(letter: Option<char>) -> bool {
    letter.is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::accounts::EmailAddress;

    fn guest(name: &str, organisation: &str) -> Guest {
        let address = EmailAddress::parse("ada@exemple.fr").unwrap();
        Guest { address, name: name.to_owned(), organisation: organisation.to_owned() }
    }

    #[test]
    fn a_message_names_its_reader_and_is_not_filled_in_again() {
        let ada = guest("Ada", "Ville");
        assert_eq!(fill_in("Bonjour {nom} ({organisation})", &ada), "Bonjour Ada (Ville)");
        assert_eq!(fill_in("{{nom} {x} {", &ada), "{Ada {x} {");
        let odd = guest("{organisation} {nom}", "Ville");
        assert_eq!(fill_in("{nom}, {organisation}", &odd), "{organisation} {nom}, Ville");
    }

    #[test]
    fn what_is_not_known_leaves_no_hole() {
        for (message, without) in [
            ("Bonjour {nom},", "Bonjour,"),
            ("Bonjour {nom}", "Bonjour"),
            ("Bonjour {nom} {organisation},", "Bonjour,"),
            ("Bonjour {nom} ({organisation}),\nVenez.", "Bonjour,\nVenez."),
            ("Bonjour {nom}\u{202f}!", "Bonjour\u{202f}!"),
            ("Bonjour {nom} !", "Bonjour !"),
            ("Bonjour, {nom}.", "Bonjour."),
            ("{nom}, venez nous voir", "Venez nous voir"),
            ("Venez, {nom}", "Venez"),
            ("Venez, {nom}, nous voir", "Venez, nous voir"),
            ("Invitation – {organisation}", "Invitation"),
            ("Invitation ({nom}, {organisation})", "Invitation"),
            ("Pour {nom} et {organisation}.", "Pour vous et votre organisation."),
            ("L’avis de {organisation} compte.", "L’avis de votre organisation compte."),
            ("L’équipe d’{organisation} ici", "L’équipe de votre organisation ici"),
            ("Au nom du {organisation}", "Au nom de votre organisation"),
            ("Venez avec la {organisation}.", "Venez avec votre organisation."),
            ("Bonjour {nom} : voici", "Bonjour : voici"),
            ("Bonjour «\u{a0}{nom}\u{a0}», merci", "Bonjour, merci"),
            ("{nom}\n{organisation}\n\nBonjour", "\n\n\nBonjour"),
            ("{nom}", ""),
        ] {
            assert_eq!(fill_in(message, &guest("", " ")), without, "{message}");
        }
        assert_eq!(fill_in("({nom}, {organisation})", &guest("Ada", "")), "(Ada)");
        assert_eq!(fill_in("({nom}, {organisation})", &guest("", "Ville")), "(Ville)");
        assert_eq!(fill_in("Bonjour {nom} {organisation},", &guest("", "Ville")), "Bonjour Ville,");
    }

    proptest! {
        #[test]
        fn no_message_has_a_hole(words in prop::collection::vec(prop::sample::select(vec![
            "Bonjour", "{nom}", "{organisation}", "({nom})", "({organisation})", "[{nom}]", "{nom},", "{organisation},", "pour", "et",
            "venez", "à", "de", "d’{organisation}", "« {nom} »", "{nom}.", "venez,", "({nom}, {organisation})",
        ]), 0..9), name in "(Ada)?", organisation in "(Ville)?") {
            let said = fill_in(&words.join(" "), &guest(&name, &organisation));
            for hole in ["  ", " ,", " .", "()", "( ", "[]", ",,", "«\u{a0}»", "« »", "{nom}", "{organisation}"] {
                prop_assert!(!said.contains(hole), "{:?} in {said:?}", hole);
            }
            prop_assert_eq!(said.trim(), said.as_str());
        }
    }
}
