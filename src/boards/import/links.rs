//! Links of a table: two cards of the board by their titles, and what one does to the other.

use super::cells::Content;
use super::draft::Draft;
use super::lines::{Lines, Titles, link_kind};
use super::{At, Existing, Unusual, Why};
use crate::{french, labels};
use board_model::kinds::MAX_LINE;
use board_model::model::{Edit, Refusal, Value};
use documents::table::Row;
use kernel::id::{CardId, LinkId};
use kernel::search;

/// The strength of a link that the file gives none, as of one that is drawn on the map.
const STRENGTH: u8 = 2;

/// What a file says of a link.
#[derive(Debug)]
pub(super) struct FileLink {
    pub from: CardId,
    pub to: CardId,
    pub kind: String,
    pub strength: u8,
    pub note: String,
}

/// Links of a board by their ends and their kind.
type There = std::collections::HashMap<(CardId, CardId, String), LinkId>;

pub(super) fn there(draft: &Draft<'_>) -> There {
    let links = draft.board.state().links.iter();
    links.map(|(id, link)| ((link.from, link.to, link.kind.clone()), *id)).collect()
}

pub(super) fn read(draft: &mut Draft<'_>, lines: &Lines<'_>) {
    let titles = Titles::of(&draft.board);
    let mut on_board = there(draft);
    for row in lines.rows {
        if let Some(link) = link(draft, lines, row, &titles) {
            bring(draft, link, lines.at(row), &mut on_board);
        }
    }
}

/// Brings a link to the board, unless it is there.
pub(super) fn bring(draft: &mut Draft<'_>, link: FileLink, at: At, on_board: &mut There) {
    let FileLink { from, to, kind, strength, note } = link;
    let what = kind.clone();
    let key = (from, to, kind.clone());
    if let Some(id) = on_board.get(&key).copied().filter(|_| draft.wishes.existing != Existing::Add) {
        draft.plan.there.links += 1;
        let says_the_same =
            draft.board.state().links.get(&id).is_some_and(|it| it.strength == strength && it.note == note);
        if draft.wishes.existing == Existing::Update && !says_the_same {
            draft.add(Edit::SetLink { link: id, kind, strength, note }, at, &what);
        }
        return;
    }
    let link = LinkId::new(draft.now());
    if draft.add(Edit::AddLink { link, from, to, kind, strength, note }, at, &what) {
        draft.plan.links += 1;
        on_board.insert(key, link);
    }
}

/// What a line says; what is wrong with it is told.
fn link(draft: &mut Draft<'_>, lines: &Lines<'_>, row: &Row, titles: &Titles) -> Option<FileLink> {
    let at = lines.at(row);
    let ends = ["from", "to"].map(|name| titles.find(lines.cell(row, name).unwrap_or_default()));
    for (end, name) in ends.iter().zip(french::LINK_TARGETS) {
        if let Err(why) = end {
            draft.problem(at, name.0, why.clone());
        }
    }
    let [Ok(from), Ok(to)] = ends else { return None };
    let note = lines.cell(row, "note").unwrap_or_default();
    let (kind, note) = kind(draft, (lines.cell(row, "kind").unwrap_or_default(), note), at)?;
    let strength = strength(draft, lines, row)?;
    let direction = lines.cell(row, "direction").unwrap_or_default();
    if !direction.is_empty() && !french::DIRECTED.contains(&search::folded(direction).as_str()) {
        draft.doubt(at, "", Unusual::Undirected);
    }
    Some(FileLink { from, to, kind, strength, note })
}

/// The kind of a link, and its note: a word that is no kind of the board's stays in the note.
fn kind(draft: &mut Draft<'_>, (word, note): (&str, &str), at: At) -> Option<(String, String)> {
    let kinds = draft.kind().schema().links;
    let note = note.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(kind) = link_kind(kinds, word) {
        return Some((kind.to_owned(), note));
    }
    draft.plan.nameless_links += 1;
    let wished = draft.wishes.link_kind.as_deref().and_then(|wished| kinds.iter().find(|kind| **kind == wished));
    let Some(kind) = wished else {
        draft.problem(at, word, Refusal::UnknownChoice);
        return None;
    };
    let parts = [word, note.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let note = parts.join(" – ");
    Some(((*kind).to_owned(), note.chars().take(MAX_LINE).collect()))
}

/// 1 to 3, or what the board calls it.
fn strength(draft: &mut Draft<'_>, lines: &Lines<'_>, row: &Row) -> Option<u8> {
    let Some(cell) = lines.cell(row, "strength") else { return Some(STRENGTH) };
    if let Some(named) = (1..).zip(french::STRENGTHS).find(|(_, name)| search::folded(name) == search::folded(cell)) {
        return Some(named.0);
    }
    let number = match lines.writing.coordinate(cell) {
        Content::Value(Value::Number(number)) => number.get(),
        _ => 0.0,
    };
    let found = (1..=3_u8).find(|strength| f64::from(*strength) == number);
    if found.is_none() {
        let what = labels::link(lines.cell(row, "kind").unwrap_or_default());
        draft.problem(lines.at(row), what, Why::WrongStrength);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ADA, empty, imported, imported_as};
    use super::super::*;

    #[test]
    fn kumu_brings_elements_and_then_connections() {
        let elements = "Label,Type,Tags,Description\nCommune un,Collectivité,public|local,Acheteur\nRéseau deux,Association,,Anime\n";
        let (board, plan) = imported(empty(BoardKind::Stakeholders), elements);
        assert_eq!(
            (plan.cards, plan.known, plan.ignored),
            (2, vec!["Acteur", "Notes"], vec!["Type".into(), "Tags".into()])
        );
        let connections = "From,To,Type,Direction,Label\nCommune un,Réseau deux,finance,directed,convention\n\
                           Réseau deux,commune UN,travaille avec,mutual,\nCommune un,Région,finance,directed,\n";
        let (linked, plan) = imported(board.clone(), connections);
        assert_eq!((plan.links, plan.cards, plan.nameless_links), (1, 0, 1));
        let link = linked.state().links.values().next().unwrap();
        assert_eq!((link.kind.as_str(), link.strength, link.note.as_str()), ("funds", 2, "convention"));
        let told: Vec<_> = plan.problems.iter().map(|problem| (problem.at, problem.why.clone())).collect();
        assert_eq!(
            told,
            [(At::Line(3), Refusal::UnknownChoice.into()), (At::Line(4), Why::NoSuchTitle("Région".into()))]
        );
        let wishes = Wishes { link_kind: Some("co_builds".into()), ..Wishes::default() };
        let (linked, plan) = imported_as(board, connections.as_bytes(), &wishes);
        assert_eq!((plan.links, plan.doubts[0].why), (2, Unusual::Undirected));
        assert!(
            linked
                .state()
                .links
                .values()
                .any(|link| (link.kind.as_str(), link.note.as_str()) == ("co_builds", "travaille avec"))
        );
        // Again: both are there.
        let plan = super::super::plan(&linked, connections.as_bytes(), &wishes, ADA).unwrap();
        assert_eq!((plan.links, plan.there.links), (0, 2));
    }

    #[test]
    fn an_end_of_a_link_that_several_cards_are_called_is_told() {
        let (board, _) = imported(empty(BoardKind::Stakeholders), "Acteur\nVille\nville\nÉtat\n");
        let (_, plan) = imported(board, "De;Lien;Vers;Force\nVille;finance;État;fort\nÉtat;finance;État;9\n");
        let told: Vec<_> = plan.problems.iter().map(|problem| (problem.at, problem.why.clone())).collect();
        assert_eq!(told, [(At::Line(2), Why::SeveralTitled("Ville".into())), (At::Line(3), Why::WrongStrength)]);
    }
}
