//! Text as people search for it: without accents, case and punctuation.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// `text` in lower case, without accents, its words separated by single blanks: « L’Haÿ-les-Roses » is
/// "l hay les roses".
#[must_use]
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase) {
        match letter {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            letter if letter.is_alphanumeric() => folded.push(letter),
            _ if folded.is_empty() || folded.ends_with(' ') => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Whether every word of `wanted` stands in one of `texts`, wherever and however accented.
#[must_use]
pub fn matches(wanted: &str, texts: &[&str]) -> bool {
    let texts: Vec<String> = texts.iter().map(|text| folded(text)).collect();
    folded(wanted).split(' ').all(|word| texts.iter().any(|text| text.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_punctuation_do_not_count() {
        assert_eq!(folded("  L’Haÿ-les-Roses, CŒUR ! "), "l hay les roses coeur");
        assert_eq!(folded("e\u{301}té"), folded("ÉTÉ"));
        assert_eq!(folded("!?"), "");
    }

    #[test]
    fn every_word_is_found_somewhere() {
        assert!(matches("elodie ANGERS", &["Élodie Léger", "Ville d’Angers"]));
        assert!(!matches("elodie nantes", &["Élodie Léger", "Ville d’Angers"]));
        assert!(matches("", &["Élodie"]), "nothing wanted is found everywhere");
    }
}
