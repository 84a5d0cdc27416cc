//! Text as people see it.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// The text without what nobody sees: format characters (Unicode's category Cf: marks of direction, joiners, soft hyphens, byte
/// order marks), which turn a line round or make one name two; and with blanks in place of control characters and of the letters
/// that look like one. Lines and tabs stay. A joiner within a sign or a word of another script stays too.
#[must_use]
pub fn visible(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let mut signs = text.chars().peekable();
    let mut seen = String::with_capacity(text.len());
    while let Some(sign) = signs.next() {
        match sign {
            '\n' | '\t' => seen.push(sign),
            '\u{200c}' | '\u{200d}' => {
                let joins = |other: Option<char>| other.is_some_and(|it| !it.is_ascii() && !it.is_whitespace());
                if joins(seen.chars().next_back()) && joins(signs.peek().copied().filter(|next| !is_format(*next))) {
                    seen.push(sign);
                }
            }
            _ if is_format(sign) => {}
            _ if sign.is_control() || looks_blank(sign) => seen.push(' '),
            _ => seen.push(sign),
        }
    }
    seen
}

/// The same as one line, without the blanks around it.
#[must_use]
pub fn visible_line(text: &str) -> String {
    visible(text).replace(['\n', '\t'], " ").trim().to_owned()
}

/// The text with a direction of its own wherever it stands beside others: between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE.
#[must_use]
pub fn isolated(text: &str) -> String {
    format!("\u{2068}{text}\u{2069}")
}

/// Format characters, but for those that are shown: the Arabic and Kaithi signs that stand over numbers. The combining
/// grapheme joiner is drawn as nothing too.
fn is_format(sign: char) -> bool {
    let is_shown = matches!(
        sign,
        '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{110bd}' | '\u{110cd}'
    );
    (sign.general_category() == GeneralCategory::Format && !is_shown) || sign == '\u{34f}'
}

/// Letters and signs that are drawn as nothing: the Hangul fillers, the empty braille cell, the Mongolian separator.
const fn looks_blank(sign: char) -> bool {
    matches!(sign, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_gone_and_what_they_see_stays() {
        for (typed, seen) in [
            ("Ada\u{200b} Lovelace\u{feff}", "Ada Lovelace"),
            ("\u{202e}adA", "adA"),
            ("Ada\u{2066}\u{2069}\u{61c}\u{200f}", "Ada"),
            ("co\u{ad}mmune", "commune"),
            ("Ada\u{3164}\u{2800}", "Ada"),
            ("\u{e0041}Ada\u{0}\r\n L.", "Ada   L."),
            ("Élodie d’Arc\u{a0}!", "Élodie d’Arc\u{a0}!"),
            ("👩\u{200d}🏫 می\u{200c}خواهم", "👩\u{200d}🏫 می\u{200c}خواهم"),
            ("A\u{200d}d\u{200c}a\u{200d}", "Ada"),
            ("é\u{200d}\u{200d}é", "é\u{200d}é"),
            ("\u{200b}\u{2800} \u{3164}", ""),
        ] {
            assert_eq!(visible_line(typed), seen, "{typed:?}");
        }
        assert_eq!(visible("Un\u{202e}\n\tDeux\r"), "Un\n\tDeux\n");
    }
}
