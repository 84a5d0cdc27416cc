//! Addresses as mail programs write them: alone, after a name, several on a line.

use crate::accounts::{EmailAddress, EmailAddressError};

use super::Fault;

/// An address with the name before it, if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub name: String,
    pub address: Result<EmailAddress, Fault>,
    /// As it stands there.
    pub text: String,
}

/// Signs around an address that programs and people write in place of `<` and `>`.
const OPENS: [char; 4] = ['<', '‹', '＜', '〈'];
const CLOSES: [char; 4] = ['>', '›', '＞', '〉'];

/// The people of a line that holds nothing but addresses, with names or without: `a@b`, `Name <a@b>; Other <c@d>`, `a@b, c@d`;
/// `None` when something else stands beside the addresses.
pub(super) fn of_line(line: &str) -> Option<Vec<Named>> {
    let mut people = Vec::new();
    let mut rest = line;
    while let Some(opens) = rest.find(OPENS) {
        let closes = rest[opens..].find(CLOSES).map(|at| opens + at)?;
        let (before, inner) = (&rest[..opens], &rest[opens..closes]);
        let inner = inner.trim_start_matches(OPENS).trim();
        // What stands before the name may be addresses without one.
        let (plain, name) = name_before(before);
        people.extend(plain_addresses(plain)?);
        people.push(named(&name, inner));
        rest = rest[closes..].trim_start_matches(CLOSES);
    }
    people.extend(plain_addresses(rest)?);
    (!people.is_empty()).then_some(people)
}

/// Divides what stands before `<` into addresses without names, and the name: its commas are its own.
fn name_before(before: &str) -> (&str, String) {
    let after_last_address =
        before.rfind('@').map_or(0, |at| before[at..].find([',', ';', '\t']).map_or(before.len(), |end| at + end));
    let (plain, name) = before.split_at(after_last_address);
    (plain, clean_name(name))
}

fn clean_name(name: &str) -> String {
    let name = name.trim().trim_start_matches([',', ';']).trim();
    name.trim_matches(['"', '\'']).replace("\\\"", "\"").trim().to_owned()
}

/// Addresses with nothing beside them but commas, semicolons, tabs and blanks.
fn plain_addresses(text: &str) -> Option<Vec<Named>> {
    let parts = text.split([',', ';', '\t']).map(str::trim).filter(|part| !part.is_empty());
    let parts = parts
        .flat_map(|part| if part.matches('@').count() > 1 { part.split_whitespace().collect() } else { vec![part] });
    parts.map(|part| part.contains('@').then(|| named("", part))).collect()
}

fn named(name: &str, address: &str) -> Named {
    Named { name: name.to_owned(), address: parsed(address), text: address.to_owned() }
}

/// The address of a cell, with the name that may stand in it.
pub(super) fn of_cell(cell: &str) -> Named {
    let one = match of_line(cell) {
        Some(mut people) if people.len() == 1 => people.remove(0),
        Some(_) => Named { name: String::new(), address: Err(Fault::SeveralAddresses), text: String::new() },
        None => named("", cell),
    };
    Named { text: cell.to_owned(), ..one }
}

fn parsed(address: &str) -> Result<EmailAddress, Fault> {
    let address = address.trim().trim_matches(['"', '\'']).trim_end_matches(['.', ',', ';']);
    let bare = match address.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &address[7..],
        _ => address,
    };
    let bare = bare.split_once('?').map_or(bare, |(bare, _)| bare);
    match EmailAddress::read(bare) {
        Ok(address) => Ok(address),
        Err(_) if bare.trim().is_empty() => Err(Fault::NoAddress),
        Err(EmailAddressError::NeedsSmtpUtf8) => Err(Fault::NeedsSmtpUtf8),
        Err(EmailAddressError::NotAnAddress) => Err(Fault::NotAnAddress),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Option<Vec<(String, String)>> {
        let told = |it: Named| (it.name, it.address.map_or_else(|fault| format!("{fault:?}"), |it| it.to_string()));
        of_line(text).map(|people| people.into_iter().map(told).collect())
    }

    fn people(expected: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        Some(expected.iter().map(|(name, address)| ((*name).to_owned(), (*address).to_owned())).collect())
    }

    #[test]
    fn addresses_are_read_as_mail_programs_write_them() {
        for (text, expected) in [
            ("ada@exemple.fr", &[("", "ada@exemple.fr")][..]),
            ("mailto:Ada@Exemple.fr?subject=x", &[("", "ada@exemple.fr")]),
            ("Ada L. <ada@exemple.fr>", &[("Ada L.", "ada@exemple.fr")]),
            ("Ada L. ‹ada@exemple.fr›", &[("Ada L.", "ada@exemple.fr")]),
            ("\"Martin, Ada\" <ada@exemple.fr>", &[("Martin, Ada", "ada@exemple.fr")]),
            (
                "MARTIN, Ada <ada@exemple.fr>; DURAND Bob <mailto:bob@exemple.fr>;",
                &[("MARTIN, Ada", "ada@exemple.fr"), ("DURAND Bob", "bob@exemple.fr")],
            ),
            ("Ada <ada@exemple.fr>, bob@exemple.fr", &[("Ada", "ada@exemple.fr"), ("", "bob@exemple.fr")]),
            ("bob@exemple.fr, Ada <ada@exemple.fr>", &[("", "bob@exemple.fr"), ("Ada", "ada@exemple.fr")]),
            ("a@x.fr b@x.fr", &[("", "a@x.fr"), ("", "b@x.fr")]),
            ("a@x.fr;b@;c@x.fr", &[("", "a@x.fr"), ("", "NotAnAddress"), ("", "c@x.fr")]),
            ("Ada <élodie@exemple.fr>", &[("Ada", "NeedsSmtpUtf8")]),
        ] {
            assert_eq!(line(text), people(expected), "{text}");
        }
        for table in ["ada@exemple.fr;Ada;Ville", "Ada;ada@exemple.fr", "Ada", "", "Ada < 3"] {
            assert_eq!(line(table), None, "{table}");
        }
    }

    #[test]
    fn a_cell_holds_one_address() {
        assert_eq!(of_cell("a@x.fr; b@x.fr").address, Err(Fault::SeveralAddresses));
        assert_eq!(of_cell("Ada").address, Err(Fault::NotAnAddress));
        assert_eq!(of_cell("").address, Err(Fault::NoAddress));
        assert_eq!(of_cell("Ada <a@x.fr>").name, "Ada");
    }
}
