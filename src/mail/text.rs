//! Small repairs to the text of letters.

use kernel::text::visible_line;

/// What may stand in a header: one line, white space collapsed, without control characters.
pub fn one_line(text: &str) -> String {
    visible_line(text).split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A letter's plain text: at most one empty line in a row, none at its ends, no control characters inside.
pub fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty_before = true;
    for line in text.lines().map(|line| line.trim_end_matches([' ', '\t'])) {
        if !(line.is_empty() && empty_before) {
            // RFC 3676 §4.3: the blank after the two hyphens is what makes a signature.
            tidy.extend(if line == "--" { "-- " } else { line }.chars().filter(|letter| !letter.is_control()));
            tidy.push('\n');
        }
        empty_before = line.is_empty();
    }
    tidy.truncate(tidy.trim_end_matches('\n').len());
    tidy.push('\n');
    tidy
}

/// The paragraphs of a message.
#[must_use]
pub fn paragraphs(message: &str) -> Vec<String> {
    let text = message.replace("\r\n", "\n");
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_one_line_whatever_is_put_into_it() {
        assert_eq!(one_line("Atelier\r\nBcc: eve@exemple.fr\u{2028}\u{0}!"), "Atelier Bcc: eve@exemple.fr !");
        assert_eq!(one_line("  un \n deux  "), "un deux");
    }

    #[test]
    fn an_empty_line_parts_paragraphs() {
        assert_eq!(paragraphs("Un\r\nsuite\r\n\r\n\r\nDeux\n"), ["Un\nsuite", "Deux"]);
    }

    #[test]
    fn a_non_breaking_space_stays_in_a_header() {
        assert_eq!(one_line("Rappel\u{a0}: demain"), "Rappel\u{a0}: demain");
    }

    #[test]
    fn a_text_has_no_runs_of_empty_lines() {
        assert_eq!(tidy("\n\nun  \n\n\n\ndeux\u{1b}\n\n--\n\n\n"), "un\n\ndeux\n\n-- \n");
    }
}
