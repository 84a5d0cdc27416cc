//! Content lines of iCalendar and the components that they make (RFC 5545 §3.1, §3.4). Pure. Reads what programs write rather
//! than what the grammar says: lower case, lone line ends, folds inside a letter, lines that are not folded.

use documents::decode::{Decoded, decode};

/// One content line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// In upper case.
    pub name: String,
    /// Names in upper case, values without quotation marks.
    parameters: Vec<(String, String)>,
    /// As it stands, escapes included.
    pub value: String,
}

impl Line {
    /// The value of a parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The value as TEXT (§3.3.11): escapes resolved, without control characters.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut letters = self.value.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some('n' | 'N') => text.push('\n'),
                    Some(escaped @ ('\\' | ';' | ',' | ':' | '"')) => text.push(escaped),
                    other => text.extend(['\\'].into_iter().chain(other)),
                },
                '\t' => text.push(' '),
                '\n' => text.push('\n'),
                letter if letter.is_control() => {}
                letter => text.push(letter),
            }
        }
        text.trim().to_owned()
    }
}

/// What stands between BEGIN and END.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Component {
    /// In upper case.
    pub name: String,
    /// Its own lines, in order.
    pub lines: Vec<Line>,
    /// The components inside.
    pub parts: Vec<Component>,
}

impl Component {
    /// The first line of that name.
    #[must_use]
    pub fn line(&self, name: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.name == name)
    }

    /// All lines of that name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Line> {
        self.lines.iter().filter(move |line| line.name == name)
    }

    /// The text of the first line of that name; empty without one.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.line(name).map(Line::text).unwrap_or_default()
    }

    /// Whether the first line of that name says this word.
    #[must_use]
    pub fn says(&self, name: &str, word: &str) -> bool {
        self.line(name).is_some_and(|line| line.value.trim().eq_ignore_ascii_case(word))
    }
}

/// The calendars of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendars {
    /// One or several.
    pub calendars: Vec<Component>,
    /// Whether the file ends before its last component does.
    pub is_cut_off: bool,
}

/// The text of a calendar's file, unfolded; `None` when it is no text. Folds are undone before letters are read, since they may
/// stand inside one.
#[must_use]
pub fn text_of(bytes: &[u8]) -> Option<Decoded> {
    let is_wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || bytes.contains(&0);
    if is_wide { decode(bytes) } else { decode(&unfolded(bytes)) }
}

/// Lines that end with LF alone, and none that goes on in the next.
fn unfolded(bytes: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        let ends = match byte {
            b'\r' => {
                rest.next_if_eq(&b'\n');
                true
            }
            byte => byte == b'\n',
        };
        if !ends {
            lines.push(byte);
        } else if rest.next_if(|next| matches!(next, b' ' | b'\t')).is_none() {
            lines.push(b'\n');
        }
    }
    lines
}

/// Reads the components of a text. What stands outside of a VCALENDAR is left.
#[must_use]
pub fn parse(text: &str) -> Calendars {
    let text = String::from_utf8(unfolded(text.as_bytes())).unwrap_or_default();
    let (mut found, mut open) = (Calendars::default(), Vec::<Component>::new());
    for line in text.split('\n').filter(|line| !line.trim().is_empty()) {
        let Some(line) = parse_line(line) else {
            // A line of a text that was not folded.
            if let Some(last) = open.last_mut().and_then(|component| component.lines.last_mut()) {
                last.value.push('\n');
                last.value.push_str(line);
            }
            continue;
        };
        let word = line.value.trim().to_ascii_uppercase();
        match line.name.as_str() {
            "BEGIN" => open.push(Component { name: word, ..Component::default() }),
            "END" => {
                let Some(depth) = open.iter().rposition(|component| component.name == word) else { continue };
                while open.len() > depth {
                    close(&mut open, &mut found);
                }
            }
            _ => {
                if let Some(component) = open.last_mut() {
                    component.lines.push(line);
                }
            }
        }
    }
    found.is_cut_off = open.iter().any(|component| component.name == "VCALENDAR");
    while !open.is_empty() {
        close(&mut open, &mut found);
    }
    found
}

fn close(open: &mut Vec<Component>, found: &mut Calendars) {
    let Some(component) = open.pop() else { return };
    if component.name == "VCALENDAR" {
        found.calendars.push(component);
    } else if let Some(parent) = open.last_mut() {
        parent.parts.push(component);
    }
}

/// One unfolded line; `None` when it has no name.
fn parse_line(line: &str) -> Option<Line> {
    let (mut quoted, mut colon) = (false, None);
    for (at, letter) in line.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            ':' if !quoted => {
                colon = Some(at);
                break;
            }
            _ => {}
        }
    }
    // A quotation mark that nobody closed: the first colon then.
    let colon = colon.or_else(|| line.find(':'))?;
    let mut parts = split_unquoted(&line[..colon], ';').into_iter();
    let name = parts.next()?.trim().trim_start_matches('\u{feff}').to_ascii_uppercase();
    // « ITEM1.SUMMARY » as some address books write it.
    let name = name.rsplit_once('.').map_or(name.clone(), |(_, name)| name.to_owned());
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let parameters = parts
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| (name.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned()))
        .collect();
    is_name.then(|| Line { name, parameters, value: line[colon + 1..].to_owned() })
}

fn split_unquoted(text: &str, separator: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(move |letter| {
        quoted ^= letter == '"';
        letter == separator && !quoted
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY;LANGUAGE=\"fr:FR\":Été\\, à\r\n  Lyon\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    fn title(bytes: &[u8]) -> String {
        let text = text_of(bytes).unwrap().text;
        parse(&text).calendars[0].parts[0].text("SUMMARY")
    }

    #[test]
    fn a_calendar_is_read_whichever_way_its_lines_and_letters_are_written() {
        assert_eq!(title(FILE.as_bytes()), "Été, à Lyon");
        assert_eq!(title(FILE.replace("\r\n", "\n").as_bytes()), "Été, à Lyon");
        assert_eq!(title(FILE.replace("\r\n", "\r").as_bytes()), "Été, à Lyon");
        assert_eq!(
            title(&FILE.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect::<Vec<_>>()),
            "Été, à Lyon"
        );
        let wide: Vec<u8> =
            [0xfffe_u16.swap_bytes()].into_iter().chain(FILE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(title(&wide), "Été, à Lyon");
    }

    #[test]
    fn a_fold_may_stand_inside_a_letter() {
        let start = FILE.find('à').unwrap() + 1;
        let mut bytes = FILE.as_bytes().to_vec();
        bytes.splice(start..start, *b"\r\n ");
        assert_eq!(title(&bytes), "Été, à Lyon");
    }

    #[test]
    fn several_calendars_a_cut_off_one_and_lines_without_a_name_are_read() {
        let two = parse(&FILE.repeat(2));
        assert_eq!((two.calendars.len(), two.is_cut_off), (2, false));
        let cut = parse(&FILE[..FILE.find("END:VEVENT").unwrap()]);
        assert!(cut.is_cut_off);
        assert_eq!(cut.calendars[0].parts[0].text("SUMMARY"), "Été, à Lyon");
        let loose = parse(&FILE.replace("\r\n  Lyon", "\r\nLyon le soir"));
        assert_eq!(loose.calendars[0].parts[0].text("SUMMARY"), "Été, à\nLyon le soir");
        assert_eq!(parse("<html>").calendars, []);
    }
}
