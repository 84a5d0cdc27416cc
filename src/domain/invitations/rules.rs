//! Reads lists of people as organisers paste them, and fills in what they write. Pure.

use std::collections::BTreeSet;

use super::french;
use crate::accounts::EmailAddress;

/// More people than this are invited in several rounds.
pub const MAX_PEOPLE: usize = 2_000;

/// The longest name or organisation, characters.
const MAX_NAME: usize = 120;

/// Somebody to invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// Where the invitation goes.
    pub address: EmailAddress,
    /// Their name; may be empty.
    pub name: String,
    /// Their organisation; may be empty.
    pub organisation: String,
}

/// A pasted list, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guests {
    /// Who is on it, each address once, in its order.
    pub people: Vec<Guest>,
    /// Lines without an address that a letter could reach.
    pub invalid: Vec<String>,
    /// Addresses that stood there again.
    pub repeated: usize,
}

/// Reads one person a line, `address`, `Name <address>` or cells of a table (`address;name;organisation`, with
/// semicolons, commas or tabs, in any order: the cell with an `@` is the address). A line of headings is passed over.
/// Addresses on one line, separated by commas or semicolons, are as many people.
#[must_use]
pub fn read(text: &str) -> Guests {
    let mut guests = Guests::default();
    let mut seen = BTreeSet::new();
    for line in text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|line| !line.is_empty()) {
        let cells = cells(line);
        let addresses = cells.iter().filter(|cell| cell.contains('@')).count();
        if addresses == 0 {
            if !is_heading(&cells) {
                guests.invalid.push(line.to_owned());
            }
            continue;
        }
        let people: Vec<_> = if addresses == 1 {
            vec![guest(&cells)]
        } else {
            cells.iter().map(|cell| guest(std::slice::from_ref(cell))).collect()
        };
        for (person, cell) in people.into_iter().zip(if addresses == 1 { vec![line.to_owned()] } else { cells }) {
            match person {
                Some(person) if seen.insert(person.address.to_string()) => guests.people.push(person),
                Some(_) => guests.repeated += 1,
                None => guests.invalid.push(cell),
            }
        }
    }
    guests
}

/// The text of a file: UTF-8, or else what spreadsheets in Western Europe write (Windows-1252, but for its signs between
/// 128 and 159, which no name has).
#[must_use]
pub fn decode(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().copied().map(char::from).collect(), str::to_owned)
}

/// The cells of a line, without the quotation marks of CSV around them.
fn cells(line: &str) -> Vec<String> {
    let separator = [';', '\t', ','].into_iter().find(|separator| outside_quotes(line, *separator));
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            _ if Some(letter) == separator && !quoted => cells.push(String::new()),
            _ => cells.last_mut().expect("there is one from the start").push(letter),
        }
    }
    cells.into_iter().map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty()).collect()
}

fn outside_quotes(line: &str, separator: char) -> bool {
    let mut quoted = false;
    line.chars().any(|letter| {
        quoted ^= letter == '"';
        letter == separator && !quoted
    })
}

fn is_heading(cells: &[String]) -> bool {
    cells.iter().any(|cell| french::ADDRESS_HEADINGS.iter().any(|heading| cell.to_lowercase().starts_with(heading)))
}

fn guest(cells: &[String]) -> Option<Guest> {
    let at = cells.iter().position(|cell| cell.contains('@'))?;
    let (called, address) = match cells[at].split_once('<') {
        Some((called, address)) => (called.trim(), address.trim_end_matches('>')),
        None => ("", cells[at].as_str()),
    };
    let address = EmailAddress::parse(address)?;
    let short = |text: &str| text.chars().filter(|letter| !letter.is_control()).take(MAX_NAME).collect::<String>();
    let mut others = cells.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, cell)| cell.as_str());
    let name = if called.is_empty() { others.next().unwrap_or_default() } else { called };
    Some(Guest { address, name: short(name), organisation: short(others.next().unwrap_or_default()) })
}

/// What a message may name, and what it then says. What is filled in is not looked at again: a guest may be called
/// `{organisation}`.
#[must_use]
pub fn fill_in(message: &str, guest: &Guest) -> String {
    let fields = [(french::NAME, &guest.name), (french::ORGANISATION, &guest.organisation)];
    let (mut filled, mut rest) = (String::with_capacity(message.len()), message);
    while let Some(at) = rest.find('{') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        let field = fields.iter().find_map(|(placeholder, value)| Some((rest.strip_prefix(placeholder)?, value)));
        match field {
            Some((after, value)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled + rest
}

/// A placeholder of the message that means nothing, if there is one.
#[must_use]
pub fn unknown_placeholder(message: &str) -> Option<String> {
    let named = message.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let is_known = |name: &str| [french::NAME, french::ORGANISATION].contains(&format!("{{{name}}}").as_str());
    named.filter(|name| !is_known(name)).map(str::to_owned).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(text: &str) -> Vec<(String, String, String)> {
        let guests = read(text).people.into_iter();
        guests.map(|guest| (guest.address.to_string(), guest.name, guest.organisation)).collect()
    }

    fn one(address: &str, name: &str, organisation: &str) -> (String, String, String) {
        (address.to_owned(), name.to_owned(), organisation.to_owned())
    }

    #[test]
    fn a_list_is_read_however_it_is_pasted() {
        let expected = [one("ada@exemple.fr", "Ada L.", "Ville d’Angers"), one("bob@exemple.fr", "", "")];
        for text in [
            "ada@exemple.fr;Ada L.;Ville d’Angers\nbob@exemple.fr",
            "\u{feff}Courriel,Nom,Organisation\r\nada@exemple.fr,\"Ada L.\",\"Ville d’Angers\"\r\nbob@exemple.fr,,\r\n",
            "Ada L.\tada@exemple.fr\tVille d’Angers\n\n  bob@exemple.fr  ",
        ] {
            assert_eq!(people(text), expected, "{text}");
        }
        assert_eq!(people("Ada L. <ada@exemple.fr>, bob@exemple.fr").len(), 2);
        assert_eq!(people("Ada L. <ada@exemple.fr>")[0].1, "Ada L.");
        assert_eq!(people("\"Martin, Ada\";ada@exemple.fr")[0].1, "Martin, Ada");
    }

    #[test]
    fn a_file_of_an_old_spreadsheet_keeps_its_accents() {
        assert_eq!(decode("Hélène".as_bytes()), "Hélène");
        assert_eq!(decode(b"H\xe9l\xe8ne"), "Hélène");
    }

    #[test]
    fn what_is_no_address_is_told_and_what_stands_twice_counts_once() {
        let guests = read("ada@exemple.fr\nADA@exemple.fr\nbob\nbob@\n@\n");
        assert_eq!((guests.people.len(), guests.repeated), (1, 1));
        assert_eq!(guests.invalid, ["bob", "bob@", "@"]);
    }

    #[test]
    fn what_is_filled_in_is_not_filled_in_again() {
        let guest = Guest { name: "{organisation} {nom}".into(), ..read("ada@exemple.fr;Ada;Ville").people.remove(0) };
        assert_eq!(fill_in("{nom}, {organisation}", &guest), "{organisation} {nom}, Ville");
    }

    #[test]
    fn a_message_names_its_reader_and_nothing_unknown() {
        let guest = read("ada@exemple.fr;Ada;Ville").people.remove(0);
        assert_eq!(fill_in("Bonjour {nom} ({organisation})", &guest), "Bonjour Ada (Ville)");
        assert_eq!(fill_in("{{nom} {x} {", &guest), "{Ada {x} {");
        assert_eq!(unknown_placeholder("Bonjour {nom}, {prenom}"), Some("prenom".to_owned()));
        assert_eq!(unknown_placeholder("Un } et un { seuls"), None);
    }
}
