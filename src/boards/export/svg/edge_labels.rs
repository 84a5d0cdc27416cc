//! Places the labels of edges on the picture: on their line where nothing else is, else close to it, over no text of a card.

use std::collections::HashMap;

use super::{CARD, Edge, FACT, NAME, NOTE, PADDING, fact, name_lines, width_of};
use crate::labels;
use board_model::model::Board;

/// Side of the squares of the grid in which occupied areas are looked up: about as large as a label.
const SQUARE: f64 = 120.0;
/// Areas in a square from which on it counts as full.
const FULL: usize = 64;
/// How far along its edge a label may stand, the middle first.
const ALONG: [f64; 9] = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82];
/// How far below its line, or above: a little where there is no card, as far as need be on one.
const BESIDE: [f64; 9] = [0.0, 14.0, -14.0, 22.0, -22.0, 32.0, -32.0, 42.0, -42.0];
const LITTLE: usize = 3;

/// A part of the picture.
#[derive(Clone, Copy)]
struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Area {
    /// The area of a label whose middle stands at this point, with some room beside it.
    fn of_label((x, y): (f64, f64), label: &str) -> Self {
        let width = width_of(label, NOTE) + 8.0;
        Self::of_line((x - width / 2.0, y), width, NOTE)
    }

    /// What a line of text takes that begins here: letters rise by four fifths of their size and hang by a quarter.
    const fn of_line((x, y): (f64, f64), width: f64, size: f64) -> Self {
        Self { left: x, top: y - 0.8 * size, width, height: 1.05 * size }
    }

    fn meets(self, other: Self) -> bool {
        self.left < other.left + other.width
            && other.left < self.left + self.width
            && self.top < other.top + other.height
            && other.top < self.top + self.height
    }

    fn squares(self) -> impl Iterator<Item = (i32, i32)> {
        #[expect(clippy::cast_possible_truncation, reason = "a board ends a million from its middle")]
        let square = |at: f64| (at / SQUARE).floor() as i32;
        let (left, right) = (square(self.left), square(self.left + self.width));
        let (top, bottom) = (square(self.top), square(self.top + self.height));
        (left..=right).flat_map(move |column| (top..=bottom).map(move |row| (column, row)))
    }
}

/// What stands where.
#[derive(Default)]
struct Taken(HashMap<(i32, i32), Vec<Area>>);

impl Taken {
    fn take(&mut self, area: Area) {
        for square in area.squares() {
            let areas = self.0.entry(square).or_default();
            if areas.len() < FULL {
                areas.push(area);
            }
        }
    }

    fn leaves(&self, area: Area) -> bool {
        let is_free = |areas: &Vec<Area>| areas.len() < FULL && !areas.iter().any(|other| other.meets(area));
        area.squares().all(|square| self.0.get(&square).is_none_or(is_free))
    }
}

/// Places the label of each edge, the shortest edges first since they have the least choice. A label for which there is no free
/// place stays in the middle, on a plate.
pub(super) fn place_labels(board: &Board, edges: &mut [Edge<'_>]) {
    if edges.is_empty() {
        return;
    }
    let (mut cards, mut texts) = taken(board);
    let length = |edge: &Edge<'_>| edge.curve.span().0.hypot(edge.curve.span().1);
    edges.sort_by(|one, other| length(one).total_cmp(&length(other)));
    for edge in edges {
        let label = labels::link(&edge.link.kind);
        let (dx, dy) = edge.curve.span();
        let place = |beside: f64, along: f64| {
            let (x, y) = edge.curve.at(along);
            (x, y + beside + NOTE / 3.0)
        };
        let find = |besides: &[f64], taken: &Taken| {
            let mut places = besides.iter().flat_map(|beside| ALONG.map(|along| place(*beside, along)));
            places.find(|place| taken.leaves(Area::of_label(*place, label)))
        };
        let room = Area::of_label(edge.label, label);
        // Words that would hide a short line stand beside it.
        let first = usize::from(dx.abs() < room.width && dy.abs() < room.height);
        let free = find(&BESIDE[first..LITTLE], &cards).or_else(|| find(&BESIDE[first..], &texts));
        edge.has_plate = free.is_none();
        edge.label = free.unwrap_or(edge.label);
        let area = Area::of_label(edge.label, label);
        cards.take(area);
        texts.take(area);
    }
}

/// What the cards take, and what their texts do.
fn taken(board: &Board) -> (Taken, Taken) {
    let (mut cards, mut texts) = (Taken::default(), Taken::default());
    for (_, card) in board.cards_by_rank() {
        let (x, y) = (card.x.get(), card.y.get());
        cards.take(Area { left: x, top: y, width: CARD.0, height: CARD.1 });
        let fact = Some((FACT, fact(board.kind, card))).filter(|(_, fact)| !fact.is_empty());
        let names = name_lines(board.kind, card).map(|line| (line, NAME));
        for ((at, text), size) in names.chain(fact.map(|line| (line, NOTE))) {
            texts.take(Area::of_line((x + PADDING, y + f64::from(at)), width_of(&text, size), size));
        }
    }
    (cards, texts)
}

#[cfg(test)]
mod tests {
    use super::super::{edges, svg};
    use super::*;
    use crate::export::tests::{actors, add, board, signed};
    use board_model::kinds::BoardKind;
    use board_model::model::{Edit, Number};
    use kernel::id::{CardId, LinkId};
    use uuid::Uuid;

    const fn card(number: u128) -> CardId {
        CardId(Uuid::from_u128(number))
    }

    fn put(board: &mut Board, number: u128, (x, y): (f64, f64)) {
        board.apply(signed(), Edit::MoveCard { card: card(number), x: Number::new(x), y: Number::new(y) }).unwrap();
    }

    fn link(board: &mut Board, number: u128, (from, to): (u128, u128), kind: &str) {
        let (link, from, to) = (LinkId(Uuid::from_u128(number)), card(from), card(to));
        let edit = Edit::AddLink { link, from, to, kind: kind.to_owned(), strength: 1, note: String::new() };
        board.apply(signed(), edit).unwrap();
    }

    /// Three cards side by side, and a link from the first, which passes behind the second, to the third.
    fn row() -> Board {
        let mut board = board(BoardKind::Stakeholders, &[("name", "Un".into())]);
        for (number, x, y) in [(1, 0.0, 0.0), (2, 400.0, 60.0), (3, 800.0, 0.0)] {
            if number > 1 {
                add(&mut board, number, &[("name", "Une longue raison sociale sur trois lignes".into())]);
            }
            put(&mut board, number, (x, y));
        }
        link(&mut board, 9, (1, 3), "informs");
        board
    }

    fn placed(board: &Board) -> Vec<((f64, f64), bool)> {
        let mut edges = edges(board);
        place_labels(board, &mut edges);
        edges.iter().map(|edge| (edge.label, edge.has_plate)).collect()
    }

    #[test]
    fn words_slide_along_their_line_from_a_card_that_lies_under_it() {
        let ((x, y), has_plate) = placed(&row())[0];
        assert!(!has_plate);
        assert!(!(400.0 - 25.0..=620.0 + 25.0).contains(&x), "{x}");
        let board = row();
        let curve = &edges(&board)[0].curve;
        assert!(ALONG.iter().any(|along| curve.at(*along) == (x, y - NOTE / 3.0)), "on its line: {x} {y}");
    }

    #[test]
    fn words_of_neighbours_stand_over_no_text() {
        let mut board = row();
        put(&mut board, 2, (240.0, 0.0));
        link(&mut board, 10, (1, 2), "co_builds");
        let (_, texts) = taken(&board);
        let all = placed(&board);
        let (place, has_plate) = all[0];
        assert!(!has_plate && texts.leaves(Area::of_label(place, labels::link("co_builds"))), "{place:?}");
    }

    #[test]
    fn words_stand_beside_one_another_and_on_a_plate_where_there_is_no_room() {
        let mut board = row();
        for number in 10..13 {
            link(&mut board, number, (1, 3), "informs");
        }
        let places = placed(&board);
        for (at, (one, _)) in places.iter().enumerate() {
            for (other, _) in &places[..at] {
                assert!((one.0 - other.0).abs() > 20.0 || (one.1 - other.1).abs() >= NOTE, "{places:?}");
            }
        }
        // Both cards of this link lie at the same place.
        assert!(!svg(&row()).contains("fill-opacity"));
        let mut full = actors();
        for number in 2..40 {
            let name = "Une très longue raison sociale qui prend toute la carte et plus encore, sur trois lignes";
            add(&mut full, number + 100, &[("name", name.into()), ("family", "economic_networks".into())]);
            put(
                &mut full,
                number + 100,
                (
                    f64::from(u32::try_from(number).unwrap() % 6) * 12.0,
                    f64::from(u32::try_from(number).unwrap() / 6) * 12.0,
                ),
            );
        }
        assert_eq!(svg(&full).matches("fill-opacity").count(), 1);
    }
}
