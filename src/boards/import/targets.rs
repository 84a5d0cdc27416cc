//! What the columns of a table can hold, and the headings by which they are known.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::{french, labels};
use board_model::kinds::BoardKind;
pub use documents::columns::Target;
use documents::columns::{by_titles, spellings};
use kernel::search;

/// What each line of a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineKind {
    /// A card.
    Cards,
    /// A link between two cards.
    Links,
}

/// Columns with a card's position on the map.
pub(super) const PLACE: [&str; 2] = ["x", "y"];
/// Columns of a link: its ends, its kind, its strength, its note, whether it has a direction.
pub(super) const LINK: [&str; 6] = ["from", "to", "kind", "strength", "note", "direction"];

type Key = (BoardKind, LineKind);

static TARGETS: LazyLock<HashMap<Key, Vec<Target>>> = LazyLock::new(|| {
    let all = BoardKind::ALL.into_iter().flat_map(|kind| [(kind, LineKind::Cards), (kind, LineKind::Links)]);
    all.map(|key| (key, of(key))).collect()
});

static HEADINGS: LazyLock<HashMap<BoardKind, HashSet<String>>> = LazyLock::new(|| {
    let words =
        |kind, lines| targets(kind, lines).iter().flat_map(|target| target.words).map(|word| search::folded(word));
    let of_kind = |kind: BoardKind| {
        let links = if kind.schema().links.is_empty() { Vec::new() } else { words(kind, LineKind::Links).collect() };
        words(kind, LineKind::Cards).chain(links).collect()
    };
    BoardKind::ALL.into_iter().map(|kind| (kind, of_kind(kind))).collect()
});

/// What the columns of a table for a board of this kind can hold.
#[must_use]
pub fn targets(kind: BoardKind, lines: LineKind) -> &'static [Target] {
    TARGETS.get(&(kind, lines)).map_or(&[], Vec::as_slice)
}

/// Whether a heading is known, with or without the part in brackets.
pub(super) fn is_known(kind: BoardKind, heading: &str) -> bool {
    let known = HEADINGS.get(&kind);
    known.is_some_and(|known| spellings(heading).iter().any(|heading| known.contains(heading)))
}

/// Whether these are the headings of links.
pub(super) fn are_of_links(kind: BoardKind, headings: &[String]) -> bool {
    let found = by_titles(headings, targets(kind, LineKind::Links));
    !kind.schema().links.is_empty() && (0..2).all(|end| found.column(end).is_some())
}

fn of((kind, lines): Key) -> Vec<Target> {
    match lines {
        LineKind::Cards => {
            let fields = kind.schema().fields.iter().map(|field| {
                let label = labels::field(kind, field.name);
                let short = label.split_once(" (").map_or(label, |(short, _)| short);
                let own = [label, short, labels::column(kind, field.name), field.name];
                target(field.name, label, own.iter().chain(french::heading_words(kind, field.name)).copied())
            });
            let places = PLACE
                .iter()
                .zip(french::PLACE_LABELS)
                .map(|(name, label)| target(name, label, [*name, label].into_iter()));
            fields.chain(places).collect()
        }
        LineKind::Links => {
            let columns = LINK.iter().zip(french::LINK_TARGETS);
            columns.map(|(name, (label, words))| target(name, label, [label].iter().chain(words).copied())).collect()
        }
    }
}

fn target(name: &'static str, label: &'static str, words: impl Iterator<Item = &'static str>) -> Target {
    let mut seen = HashSet::new();
    // Made once for the whole run of the program.
    let words: Vec<&'static str> = words.filter(|word| seen.insert(search::folded(word))).collect();
    Target { name, label, words: words.leak() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_heading_names_two_columns() {
        for kind in BoardKind::ALL {
            for lines in [LineKind::Cards, LineKind::Links] {
                let words = targets(kind, lines).iter().flat_map(|target| target.words);
                let mut seen = HashSet::new();
                for word in words {
                    assert!(seen.insert(search::folded(word)), "{kind:?} {word}");
                }
            }
        }
    }

    #[test]
    fn headings_are_known_as_the_board_shows_them_and_as_other_programs_write_them() {
        for (kind, headings) in [
            (
                BoardKind::Indicators,
                ["Catégorie", "CATEGORIE (ART. L. 2111-3)", "Départ", "Échéance", "Référent interne"],
            ),
            (BoardKind::Stakeholders, ["Rôle (décide, finance, prescrit)", "Attitude", "Souhaitée", "Label", "From"]),
            (BoardKind::Cards, ["Card Name", "Card Description", "List Name", "couleur", "x"]),
        ] {
            assert!(headings.iter().all(|heading| is_known(kind, heading)), "{kind:?}");
        }
        assert!(!is_known(BoardKind::Cards, "From") && !is_known(BoardKind::Cards, &"Titre ".repeat(1_000)));
        let headings = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        assert!(are_of_links(BoardKind::Stakeholders, &headings("From,To,Type,Direction,Label")));
        assert!(are_of_links(BoardKind::Stakeholders, &headings("De,Lien,Vers,Force,Précision")));
        assert!(!are_of_links(BoardKind::Stakeholders, &headings("Label,Type")));
        assert!(!are_of_links(BoardKind::Cards, &headings("From,To")), "no links there");
    }
}
