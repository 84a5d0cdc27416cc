//! Whose people count as public buyers at an event: the organiser's list of e-mail domains and SIRETs. Pure.

use super::NewRegistration;
use super::refusal::Refusal;
use crate::accounts::EmailAddress;
use crate::organisations::Siret;

/// How somebody stands to an event's list of buyers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// Their address is of a listed domain, or an organiser approved of them.
    Listed,
    /// They typed a listed SIRET, which proves nothing: an organiser says yes or no.
    Claimed,
    /// Nothing of theirs is on the list.
    #[default]
    Unlisted,
}

/// Whether what somebody typed may lead in: a listed domain does, and a listed SIRET may once an organiser approves.
pub(super) fn may_hope(list: &str, request: &NewRegistration) -> Result<(), Refusal> {
    match standing(list, &request.email, request.siret.as_ref()) {
        Standing::Unlisted => Err(Refusal::NotListed),
        Standing::Listed | Standing::Claimed => Ok(()),
    }
}

/// A line of the list.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    /// Addresses of exactly this domain.
    Domain(String),
    /// Addresses of the domains below this one, and not of itself.
    Below(String),
    Siret(Siret),
}

impl Line {
    /// `ville.fr` or `@ville.fr`, `*.ville.fr`, or a SIRET.
    fn parse(line: &str) -> Option<Self> {
        if let Some(siret) = Siret::parse(line) {
            return Some(Self::Siret(siret));
        }
        let line = line.to_lowercase();
        match line.strip_prefix("*.") {
            Some(domain) => is_domain(domain).then(|| Self::Below(domain.to_owned())),
            None => {
                let domain = line.strip_prefix('@').unwrap_or(&line);
                is_domain(domain).then(|| Self::Domain(domain.to_owned()))
            }
        }
    }
}

/// Whether this can be the domain of an address: labels of letters, digits and hyphens, the last one no number.
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        let is_written = label.chars().all(|letter| letter.is_alphanumeric() || letter == '-');
        is_written && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    let Some((_, top)) = text.rsplit_once('.') else { return false };
    text.split('.').all(is_label) && !top.bytes().all(|byte| byte.is_ascii_digit())
}

fn lines(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// How somebody with this address, who typed this SIRET, stands to the list. What their organisation is called counts for
/// nothing: anybody can type it.
pub(super) fn standing(list: &str, email: &EmailAddress, typed: Option<&Siret>) -> Standing {
    let lines: Vec<_> = lines(list).filter_map(Line::parse).collect();
    let domain = email.domain();
    let is_of = |line: &Line| match line {
        Line::Domain(listed) => domain == listed,
        Line::Below(listed) => domain.strip_suffix(listed.as_str()).is_some_and(|below| below.ends_with('.')),
        Line::Siret(_) => false,
    };
    if lines.iter().any(is_of) {
        return Standing::Listed;
    }
    let is_claimed = lines.iter().any(|line| matches!(line, Line::Siret(listed) if Some(listed) == typed));
    if is_claimed { Standing::Claimed } else { Standing::Unlisted }
}

/// The lines of a list that are neither a domain nor a SIRET, and count for nobody: names, above all, that lists used to hold.
#[must_use]
pub fn void_lines(list: &str) -> Vec<String> {
    lines(list).filter(|line| Line::parse(line).is_none()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "angers.fr\n@Nantes.fr\n*.gouv.fr\n\n 213 300 635 00017 \nRégion Bretagne";

    fn standing_of(email: &str, siret: Option<&str>) -> Standing {
        standing(LIST, &EmailAddress::parse(email).unwrap(), siret.map(|siret| Siret::parse(siret).unwrap()).as_ref())
    }

    #[test]
    fn a_domain_stands_for_itself_and_for_none_below_it_or_alike() {
        for listed in ["ada@angers.fr", "Ada@ANGERS.fr", "ada@nantes.fr"] {
            assert_eq!(standing_of(listed, None), Standing::Listed, "{listed}");
        }
        for other in ["ada@mail.angers.fr", "ada@faux-angers.fr", "ada@angers.fr.exemple.com", "angers.fr@exemple.com"]
        {
            assert_eq!(standing_of(other, None), Standing::Unlisted, "{other}");
        }
    }

    #[test]
    fn a_star_stands_for_the_domains_below_and_not_for_the_domain_itself() {
        for listed in ["ada@developpement-durable.gouv.fr", "ada@a.b.gouv.fr"] {
            assert_eq!(standing_of(listed, None), Standing::Listed, "{listed}");
        }
        for other in ["ada@gouv.fr", "ada@fauxgouv.fr", "ada@gouv.fr.exemple.com"] {
            assert_eq!(standing_of(other, None), Standing::Unlisted, "{other}");
        }
    }

    #[test]
    fn a_typed_siret_is_a_claim_and_no_more() {
        assert_eq!(standing_of("ada@exemple.fr", Some("21330063500017")), Standing::Claimed);
        assert_eq!(standing_of("ada@angers.fr", Some("21330063500017")), Standing::Listed);
        assert_eq!(standing_of("ada@exemple.fr", Some("21490007800012")), Standing::Unlisted);
        assert_eq!(standing_of("ada@exemple.fr", None), Standing::Unlisted);
    }

    #[test]
    fn lines_that_are_neither_a_domain_nor_a_siret_are_told() {
        let void =
            ["Région Bretagne", "ville", "*.fr", "a@b.fr", "a.fr, b.fr", "213.300.635.00018", "-a.fr", "*", "a..fr"];
        for line in void {
            assert_eq!(void_lines(&format!("ville.fr\n {line}\r\n")), [line]);
        }
        assert!(void_lines("ville.fr\n@ville.fr\n*.gouv.fr\n21330063500017\nmairie-élan.fr\n\n").is_empty());
    }
}
