//! How wide texts are in a picture whose font the reader's program chooses, and how they break into lines.

/// How wide a text is at most, in the fonts that browsers have.
#[must_use]
pub fn width(text: &str, size: f64) -> f64 {
    let em = |letter: char| match letter {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '’' | '!' | '|' => 0.4,
        'f' | 'r' | 't' | ' ' | '-' | '(' | ')' => 0.5,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' => 1.05,
        letter if letter.is_uppercase() => 0.8,
        letter if letter > '\u{2e7f}' => 1.1,
        _ => 0.7,
    };
    text.chars().map(em).sum::<f64>() * size
}

/// A text in at most `max_lines` lines no wider than `max_width`, cut between words where possible. What is left out is
/// shown by an ellipsis.
#[must_use]
pub fn wrapped(text: &str, size: f64, max_width: f64, max_lines: usize) -> Vec<String> {
    let fits = |line: &str| width(line, size) <= max_width;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        if let Some(line) = lines.last_mut().filter(|line| !line.is_empty()) {
            if fits(&format!("{line} {word}")) {
                line.push(' ');
            } else {
                lines.push(String::new());
            }
        }
        for letter in word.chars() {
            if lines.last().is_some_and(|line| !line.is_empty() && !fits(&format!("{line}{letter}"))) {
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push(letter);
            }
        }
    }
    if lines.len() > max_lines {
        lines.truncate(max_lines);
        if let Some(line) = lines.last_mut() {
            while !fits(&format!("{line}…")) {
                line.pop();
            }
            line.push('…');
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_asked_and_there_are_no_more_than_asked() {
        for text in ["Un texte de plusieurs mots", "MMMMMMMMMMMMMMMMMMMMMMMMM WWWWWWWW", &"é".repeat(200)] {
            let lines = wrapped(text, 14.0, 196.0, 3);
            assert!(lines.len() <= 3 && lines.iter().all(|line| width(line, 14.0) <= 196.0), "{lines:?}");
        }
        assert_eq!(wrapped("Heures d’insertion réalisées", 14.0, 196.0, 3), ["Heures d’insertion", "réalisées"]);
        assert!(wrapped(&"mot ".repeat(60), 14.0, 196.0, 2)[1].ends_with('…'));
    }
}
