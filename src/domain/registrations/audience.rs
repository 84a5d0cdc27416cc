//! Whose people count as public buyers at an event: the organiser's list of domains, SIRETs and names. Pure.

use crate::accounts::EmailAddress;
use crate::organisations::{Organisation, Siret};
use kernel::search::folded;

/// Whether somebody with this address, who works for this organisation, is on the list: one line each, a domain of
/// e-mail addresses (with those below it), a SIRET, or a name however accented.
pub(super) fn is_listed(list: &str, email: &EmailAddress, organisation: &Organisation) -> bool {
    list.lines().map(str::trim).filter(|line| !line.is_empty()).any(|line| is_on(line, email, organisation))
}

fn is_on(line: &str, email: &EmailAddress, organisation: &Organisation) -> bool {
    if let Some(siret) = Siret::parse(line) {
        return organisation.siret.as_ref() == Some(&siret);
    }
    let looks_like_domain = line.contains('.') && !line.contains(char::is_whitespace);
    if looks_like_domain {
        let domain = line.trim_start_matches(['@', '*', '.']).to_lowercase();
        let theirs = email.domain();
        return theirs == domain || theirs.strip_suffix(&domain).is_some_and(|below| below.ends_with('.'));
    }
    folded(line) == folded(&organisation.name)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use kernel::id::OrganisationId;

    const LIST: &str = "angers.fr\n@gouv.fr\n\n 213 300 635 00017 \nRégion Bretagne";

    fn is_listed_as(email: &str, name: &str, siret: Option<&str>) -> bool {
        let organisation = Organisation {
            id: OrganisationId(Uuid::nil()),
            name: name.into(),
            kind: None,
            siret: siret.map(|siret| Siret::parse(siret).unwrap()),
        };
        is_listed(LIST, &EmailAddress::parse(email).unwrap(), &organisation)
    }

    #[test]
    fn a_domain_stands_for_those_below_it_and_for_no_lookalike() {
        assert!(is_listed_as("ada@angers.fr", "?", None));
        assert!(is_listed_as("ada@developpement-durable.gouv.fr", "?", None));
        assert!(!is_listed_as("ada@faux-angers.fr", "?", None));
        assert!(!is_listed_as("ada@angers.fr.exemple.com", "?", None));
    }

    #[test]
    fn a_siret_or_a_name_stands_for_an_organisation() {
        assert!(is_listed_as("ada@exemple.fr", "Bordeaux", Some("21330063500017")));
        assert!(is_listed_as("ada@exemple.fr", "REGION BRETAGNE", None));
        assert!(!is_listed_as("ada@exemple.fr", "Bretagne", None));
    }
}
