//! What the columns of a table hold: known by their headings in any order, never by their position, or as a person says.

use kernel::search;

/// No heading is longer, in bytes: a line of many megabytes is none.
const MAX_HEADING: usize = 300;

/// A column as a file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading; empty without one.
    pub title: String,
    /// Some of the texts in it.
    pub samples: Vec<String>,
}

/// What a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Its name in forms.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// The headings that people and programs give it; case, accents and punctuation do not count.
    pub words: &'static [&'static str],
}

/// What each column holds: the number of a target, or nothing that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping(Vec<Option<usize>>);

/// What the headings say. With or without a part in brackets they are the same; of two headings for one target the first counts.
#[must_use]
pub fn by_titles(titles: &[String], targets: &[Target]) -> Mapping {
    let words: std::collections::HashMap<String, usize> = targets
        .iter()
        .enumerate()
        .rev()
        .flat_map(|(at, target)| target.words.iter().map(move |word| (search::folded(word), at)))
        .collect();
    let mut taken = vec![false; targets.len()];
    let of = |title: &String| {
        let found = spellings(title).into_iter().find_map(|spelling| words.get(&spelling).copied())?;
        (!std::mem::replace(&mut taken[found], true)).then_some(found)
    };
    Mapping(titles.iter().map(of).collect())
}

/// A heading as it is compared, and the same without what stands in brackets.
#[must_use]
pub fn spellings(heading: &str) -> Vec<String> {
    if heading.len() > MAX_HEADING {
        return Vec::new();
    }
    let short = heading.split_once('(').map_or(heading, |(short, _)| short);
    [heading, short].map(search::folded).into_iter().filter(|spelling| !spelling.is_empty()).collect()
}

impl Mapping {
    /// Says what a column holds.
    pub fn set(&mut self, column: usize, target: Option<usize>) {
        if let Some(holds) = self.0.get_mut(column) {
            *holds = target;
        }
    }

    /// What a column holds.
    #[must_use]
    pub fn target(&self, column: usize) -> Option<usize> {
        self.0.get(column).copied().flatten()
    }

    /// The column that holds this.
    #[must_use]
    pub fn column(&self, target: usize) -> Option<usize> {
        self.0.iter().position(|holds| *holds == Some(target))
    }

    /// What is said to stand in several columns.
    #[must_use]
    pub fn taken_twice(&self) -> Vec<usize> {
        let mut targets: Vec<usize> = self.0.iter().flatten().copied().collect();
        targets.sort_unstable();
        let mut twice: Vec<usize> = targets.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        twice.dedup();
        twice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGETS: [Target; 2] = [
        Target { name: "name", label: "Nom", words: &["Nom", "Prénom et nom"] },
        Target { name: "role", label: "Rôle", words: &["Rôle"] },
    ];

    fn mapping(titles: &[&str]) -> Mapping {
        by_titles(&titles.iter().map(|title| (*title).to_owned()).collect::<Vec<_>>(), &TARGETS)
    }

    #[test]
    fn headings_are_known_in_any_order_and_the_first_of_two_counts() {
        let found = mapping(&["", "ROLE (décide, finance)", "Âge", "nom", "prénom & nom", "Prénom et nom"]);
        assert_eq!((found.column(0), found.column(1)), (Some(3), Some(1)));
        assert_eq!((found.target(3), found.target(2), found.target(5), found.target(9)), (Some(0), None, None, None));
        assert_eq!(mapping(&[&"Nom".repeat(1_000)]).column(0), None);
        assert_eq!(found.taken_twice(), Vec::<usize>::new());
    }

    #[test]
    fn what_a_person_says_counts_and_is_known_when_it_is_said_twice() {
        let mut said = mapping(&["Nom", "x", "y"]);
        said.set(1, Some(0));
        assert_eq!(said.taken_twice(), [0]);
        said.set(0, None);
        said.set(9, Some(1));
        assert_eq!((said.column(0), said.column(1), said.taken_twice()), (Some(1), None, vec![]));
    }
}
