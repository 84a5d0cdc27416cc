//! Which names mean the same body for sure, and which perhaps. Pure.
//!
//! For sure is only what cannot be two: « Ville d’Angers » and « Mairie d'ANGERS » are one commune, but a commune and the
//! métropole of the same name are two bodies, and « Angers » alone may be either.

use std::collections::{BTreeMap, BTreeSet};

use super::french::{Body, FILLERS, begins, ends, in_full, is_second_body, without_article, without_preposition};
use super::places::{DEPARTMENTS, REGIONS};
use super::{Organisation, Siret};
use kernel::search::folded;

/// The spellings that a name is known by: as it is written, without accents and case; then the body that it means, if
/// its words say so. The second has a colon, which the first never has.
pub(super) fn spellings(name: &str) -> Vec<String> {
    let written = folded(name);
    let body = body_spelling(&written);
    [Some(written), body].into_iter().flatten().collect()
}

/// The body that a folded name means, when its words say so.
pub(super) fn body_spelling(written: &str) -> Option<String> {
    let (body, rest) = read(written)?;
    Some(format!("{}: {rest}", body.word()))
}

/// The body and its own name, of a folded name.
fn read(written: &str) -> Option<(Body, String)> {
    let (body, rest) = begins(written).or_else(|| ends(written))?;
    let rest = without_preposition(rest).filter(|rest| !rest.is_empty() && !is_second_body(rest))?;
    let rest = rest.split(' ').map(in_full).collect::<Vec<_>>().join(" ");
    let own_name = match body {
        // There are a Rivière and a La Rivière: to a commune its article belongs.
        Body::Commune => rest,
        // « Département des marchés » is an office, « Conseil général de l’armement » one of the State's.
        Body::Department => department(&rest)?.to_owned(),
        Body::Region => {
            let name = without_article(&rest);
            REGIONS.contains(&name).then(|| name.to_owned())?
        }
        _ => without_article(&rest).to_owned(),
    };
    Some((body, own_name))
}

/// The département of that name or number.
fn department(rest: &str) -> Option<&'static str> {
    let name = without_article(rest);
    let is_it = |(number, known): &&(&str, &'static str)| *known == name || *number == name.trim_start_matches('0');
    DEPARTMENTS.iter().find(is_it).map(|(_, known)| *known)
}

/// What is compared to tell whether two organisations are perhaps one.
#[derive(Debug)]
pub(super) struct Traits {
    body: Option<Body>,
    written: String,
    /// The words that tell, in their order.
    core: String,
    siren: Option<String>,
}

impl Traits {
    pub(super) fn new(name: &str, siret: Option<&str>) -> Self {
        let written = folded(name);
        let read = read(&written);
        let words = |text: &str| {
            text.split(' ').map(in_full).filter(|word| !FILLERS.contains(word)).collect::<Vec<_>>().join(" ")
        };
        Self {
            core: read.as_ref().map_or_else(|| words(&written), |(_, own_name)| words(own_name)),
            body: read.map(|(body, _)| body),
            siren: siret.map(|siret| siret.chars().take(9).collect()),
            written,
        }
    }

    /// Two organisations are compared only when they share one of these keys: comparing all with all would take too long.
    pub(super) fn blocking_keys(&self) -> BTreeSet<String> {
        let ends = |text: &str| {
            let first: String = text.chars().take(3).collect();
            let last: String = text.chars().rev().take(3).collect();
            [format!("{first}…"), format!("…{last}")]
        };
        let siren = self.siren.as_ref().map(|siren| format!("siren {siren}"));
        [&self.written, &self.core].into_iter().flat_map(|text| ends(text)).chain(siren).collect()
    }

    /// Whether the two are perhaps one organisation: an organiser has to decide.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        if let (Some(one), Some(other)) = (&self.siren, &other.siren) {
            return one == other;
        }
        let alike = |may_be: bool| may_be && !self.core.is_empty() && are_alike(&self.core, &other.core);
        match (self.body, other.body) {
            (Some(one), Some(other)) => alike(one == other || (one.is_of_communes() && other.is_of_communes())),
            // A name alone is most often a commune's; and « Vile de Bordeaux » is one with a slip.
            (Some(body), None) | (None, Some(body)) => {
                alike(body == Body::Commune) || are_alike(&self.written, &other.written)
            }
            (None, None) => alike(true),
        }
    }
}

/// Those that are perhaps one, two by two, in the order of the list.
pub(super) fn alike(all: &[Organisation]) -> Vec<(&Organisation, &Organisation)> {
    let traits: Vec<Traits> =
        all.iter().map(|one| Traits::new(&one.name, one.siret.as_ref().map(Siret::as_str))).collect();
    let mut blocks: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut pairs = BTreeSet::new();
    for (place, own) in traits.iter().enumerate() {
        for key in own.blocking_keys() {
            let others = blocks.entry(key).or_default();
            pairs.extend(others.iter().filter(|other| traits[**other].may_be(own)).map(|other| (*other, place)));
            others.push(place);
        }
    }
    let kinds_agree = |(one, other): &(usize, usize)| {
        all[*one].kind.is_none() || all[*other].kind.is_none() || all[*one].kind == all[*other].kind
    };
    pairs.into_iter().filter(kinds_agree).map(|(one, other)| (&all[one], &all[other])).collect()
}

/// The same, but for a slip of the pen. Numbers tell bodies apart.
fn are_alike(one: &str, other: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (first, second): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let slips = match first.len().min(second.len()) {
        0..=5 => 0,
        6..=11 => 1,
        _ => 2,
    };
    digits(one) == digits(other) && first.len().abs_diff(second.len()) <= slips && distance(&first, &second) <= slips
}

/// How many letters must be put in, left out, replaced or swapped with the next to make one of the other.
fn distance(one: &[char], other: &[char]) -> usize {
    let width = other.len() + 1;
    let mut table = vec![0; (one.len() + 1) * width];
    for row in 0..=one.len() {
        for column in 0..width {
            let at = |row: usize, column: usize| row * width + column;
            table[at(row, column)] = match (row, column) {
                (0, n) | (n, 0) => n,
                _ => {
                    let changed = usize::from(one[row - 1] != other[column - 1]);
                    let least = (table[at(row - 1, column)] + 1)
                        .min(table[at(row, column - 1)] + 1)
                        .min(table[at(row - 1, column - 1)] + changed);
                    let swapped =
                        row > 1 && column > 1 && one[row - 1] == other[column - 2] && one[row - 2] == other[column - 1];
                    if swapped { least.min(table[at(row - 2, column - 2)] + 1) } else { least }
                }
            };
        }
    }
    table[table.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(name: &str) -> Option<String> {
        spellings(name).get(1).cloned()
    }

    /// Each line is one body, its names separated by `=`.
    #[test]
    fn names_that_can_only_mean_one_body_are_one() {
        for same in [
            "Ville d’Angers=MAIRIE D'ANGERS=Commune d Angers=ville angers",
            "Ville du Mans=Mairie de Le Mans=Commune Le Mans",
            "Ville de La Rochelle=mairie de la Rochelle",
            "Ville des Sables-d’Olonne=Mairie de Les Sables d'Olonne",
            "Ville de L’Haÿ-les-Roses=mairie de l'Hay les roses",
            "Ville de St-Denis=Mairie de Saint-Denis",
            "CC du Pays de Nay=Communauté de communes du Pays de Nay=Communauté de Communes Pays de Nay",
            "CA du Pays Basque=Communauté d’agglomération du Pays Basque=Communauté d'Agglomération Pays Basque",
            "CU d’Arras=Communauté urbaine d’Arras",
            "Métropole de Lyon=Lyon Métropole=LYON METROPOLE",
            "CD49=CD 49=Conseil départemental de Maine-et-Loire=Département du Maine-et-Loire=Dépt. de Maine et Loire=Conseil général 49",
            "CD 01=Département de l’Ain=Département de l'AIN",
            "Région Bretagne=Conseil régional de Bretagne=Région de Bretagne",
            "Région des Pays de la Loire=Conseil régional des Pays de la Loire=Région Pays de la Loire",
            "CHU de Nantes=Centre hospitalier universitaire de Nantes=CHU Nantes",
            "CH du Mans=Centre hospitalier Le Mans",
        ] {
            let mut names = same.split('=');
            let first = body(names.next().unwrap());
            assert!(first.is_some(), "{same}");
            for name in names {
                assert_eq!(body(name), first, "{name}");
            }
        }
    }

    #[test]
    fn what_may_be_two_bodies_stays_two() {
        for (one, other) in [
            ("Ville de Bordeaux", "Bordeaux Métropole"),
            ("Ville de Bordeaux", "Métropole de Bordeaux"),
            ("Ville de Nantes", "CHU de Nantes"),
            ("CHU de Nantes", "Centre hospitalier de Nantes"),
            ("CC du Pays de Nay", "CA du Pays de Nay"),
            ("Commune de Rivière", "Commune de La Rivière"),
            ("Département de la Loire", "Département de la Haute-Loire"),
            ("CD 44", "CD 49"),
            ("Département du Rhône", "Métropole du Rhône"),
            ("Ville de Nantes", "Ville de Nantes, CCAS"),
        ] {
            assert_ne!(body(one), body(other), "{one}, {other}");
        }
        for none in [
            "Angers",
            "Ville",
            "Ville de",
            "Ville et Métropole de Nantes",
            "Département des marchés publics",
            "Conseil général de l’armement",
            "Région d’intervention",
            "CCAS d’Angers",
            "Villers-Cotterêts",
            "Métropole",
        ] {
            assert_eq!(body(none), None, "{none}");
        }
    }

    fn may_be(one: (&str, Option<&str>), other: (&str, Option<&str>)) -> bool {
        let (one, other) = (Traits::new(one.0, one.1), Traits::new(other.0, other.1));
        assert_eq!(one.may_be(&other), other.may_be(&one), "whichever comes first");
        let meet = one.blocking_keys().iter().any(|key| other.blocking_keys().contains(key));
        assert!(meet || !one.may_be(&other), "they stand together");
        one.may_be(&other)
    }

    #[test]
    fn what_is_perhaps_one_is_suggested() {
        for (one, other) in [
            ("Angers", "Ville d’Angers"),
            ("Ville de Bordeaux", "Vile de Bordeaux"),
            ("Ville de Bordeaux", "Ville de Bordaux"),
            ("Ville de Bordeaux", "Ville de Bodreaux"),
            ("Ville de Rochelle", "Ville de La Rochelle"),
            ("CC du Pays de Nay", "CA du Pays de Nay"),
            ("SPL Aménagement Sud", "S.P.L. Amenagement Sud"),
        ] {
            assert!(may_be((one, None), (other, None)), "{one}, {other}");
        }
        assert!(may_be(("A", Some("21330063500017")), ("B", Some("21330063500025"))), "one SIREN");
    }

    #[test]
    fn what_is_surely_two_is_not_suggested() {
        for (one, other) in [
            ("Ville de Bordeaux", "Bordeaux Métropole"),
            ("Bordeaux", "Bordeaux Métropole"),
            ("Ville de Nantes", "CHU de Nantes"),
            ("Mairie du 11e arrondissement", "Mairie du 12e arrondissement"),
            ("Ville de Lille", "Ville de Lyon"),
            ("Ville", "Mairie"),
        ] {
            assert!(!may_be((one, None), (other, None)), "{one}, {other}");
        }
        let two = (("Saint-Denis", Some("21330063500017")), ("Saint-Denis", Some("35600000000048")));
        assert!(!may_be(two.0, two.1), "numbers tell");
    }

    #[test]
    fn a_swap_of_two_letters_is_one_slip() {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(distance(&letters("abcd"), &letters("acbd")), 1);
        assert_eq!(distance(&letters(""), &letters("abc")), 3);
        assert_eq!(distance(&letters("chat"), &letters("chien")), 3);
    }
}
