//! Content lines (RFC 5545 §3.1): parameters, and folding.

use ical::property::Property;

use super::value::without_controls;

/// Octets in a line, its end not counted.
const MAX_OCTETS: usize = 75;

/// A property on one line of any length: `NAME;PARAM=value:value`.
pub fn unfolded(property: &Property) -> String {
    let mut line = property.name.clone();
    for (name, values) in property.params.iter().flatten() {
        let values: Vec<_> = values.iter().map(|value| parameter(value)).collect();
        line.push_str(&format!(";{name}={}", values.join(",")));
    }
    line.push(':');
    // Values are made in `value.rs`; this is the last guard against a line of somebody's own.
    line.push_str(&without_controls(property.value.as_deref().unwrap_or("")));
    line
}

/// A parameter's value, quoted where it must be. There is no way to write a quotation mark inside, and some readers
/// take a backslash for an escape, so both are replaced.
fn parameter(value: &str) -> String {
    let value = without_controls(value).replace('"', "’").replace('\\', "/");
    if value.contains([':', ';', ',']) { format!("\"{value}\"") } else { value }
}

/// Appends a line, folded. Folds never fall inside a character or a backslash escape, nor beside a blank, which some
/// readers drop there; only a run of blanks that is longer than a line must be folded somewhere.
pub fn push_folded(out: &mut String, line: &str) {
    let mut rest = line;
    let mut room = MAX_OCTETS;
    while rest.len() > room {
        let (head, tail) = rest.split_at(fold_at(rest, room));
        out.push_str(head);
        out.push_str("\r\n ");
        rest = tail;
        // The blank that marks the continuation counts.
        room = MAX_OCTETS - 1;
    }
    out.push_str(rest);
    out.push_str("\r\n");
}

/// The best place to fold within the first `room` octets of `line`, which is longer; never 0.
fn fold_at(line: &str, room: usize) -> usize {
    let places = (1..=room).rev().filter(|at| line.is_char_boundary(*at) && !is_inside_escape(line, *at));
    let mut fallback = None;
    for at in places {
        let beside_blank = line[..at].ends_with(char::is_whitespace) || line[at..].starts_with(char::is_whitespace);
        if !beside_blank {
            return at;
        }
        fallback = fallback.or(Some(at));
    }
    fallback.unwrap_or(room)
}

/// Whether the octet before `at` is a backslash that escapes the one at `at`: one of an odd run.
fn is_inside_escape(line: &str, at: usize) -> bool {
    line.as_bytes()[..at].iter().rev().take_while(|octet| **octet == b'\\').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(line: &str) -> Vec<String> {
        let mut out = String::new();
        push_folded(&mut out, line);
        out.strip_suffix("\r\n").unwrap().split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn a_line_of_75_octets_stays_and_one_of_76_is_folded() {
        assert_eq!(folded(&"a".repeat(75)).len(), 1);
        assert_eq!(folded(&"a".repeat(76)), ["a".repeat(75), " a".to_owned()]);
        let long = folded(&"é".repeat(100));
        assert!(long.iter().all(|line| line.len() <= 75), "{long:?}");
    }

    #[test]
    fn a_fold_never_falls_inside_a_character_an_escape_or_beside_a_blank() {
        for before in 60..80 {
            for middle in ["é", "👩‍🏫", "\\n", "\\\\", "\\,", " ", "\u{a0}", "\t"] {
                let line = format!("{}{}{}", "a".repeat(before), middle, "b".repeat(90));
                let lines = folded(&line);
                let inner: Vec<_> = lines.iter().skip(1).map(|line| &line[1..]).collect();
                assert_eq!(format!("{}{}", lines[0], inner.concat()), line);
                for line in &lines {
                    let content = line.strip_prefix(' ').unwrap_or(line);
                    assert!(line.len() <= 75);
                    assert!(!content.starts_with(char::is_whitespace), "{lines:?}");
                    assert!(!content.ends_with(char::is_whitespace), "{lines:?}");
                    assert!(content.bytes().rev().take_while(|octet| *octet == b'\\').count() % 2 == 0, "{lines:?}");
                }
            }
        }
    }

    #[test]
    fn a_line_of_nothing_but_blanks_or_backslashes_is_folded_all_the_same() {
        for text in [" ".repeat(200), "\\".repeat(200), "\\".repeat(201)] {
            let lines = folded(&text);
            assert!(lines.iter().all(|line| line.len() <= 75), "{lines:?}");
        }
    }

    #[test]
    fn a_parameter_is_quoted_where_it_must_be_and_can_hold_no_mark() {
        let property = |value: &str| Property {
            name: "CONFERENCE".into(),
            params: Some(vec![("LABEL".into(), vec![value.into()])]),
            value: Some("https://exemple.fr".into()),
        };
        assert_eq!(unfolded(&property("Élodie")), "CONFERENCE;LABEL=Élodie:https://exemple.fr");
        assert_eq!(unfolded(&property("Élodie, \"chef\"")), "CONFERENCE;LABEL=\"Élodie, ’chef’\":https://exemple.fr");
        assert_eq!(unfolded(&property("a\r\nX:b")), "CONFERENCE;LABEL=\"aX:b\":https://exemple.fr");
    }
}
