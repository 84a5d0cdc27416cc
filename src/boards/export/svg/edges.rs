//! Edges: the links of the picture, as curves.

use std::collections::BTreeMap;

use super::{CARD, NOTE};
use board_model::model::{Board, Card, Link};
use kernel::id::CardId;

/// How far a line bends aside, as a share of its length, as on the live map (`arrows.ts`).
const BEND: f64 = 0.12;
/// Distance between two edges of the same two cards, and between their labels.
const APART: f64 = 16.0;

/// A link as it is drawn.
pub(super) struct Edge<'a> {
    pub link: &'a Link,
    pub curve: Curve,
    /// Where its label stands.
    pub label: (f64, f64),
    /// There was no free place for the label: it has a plate over what is there.
    pub has_plate: bool,
}

/// A line that bends aside, as on the live map: what passes behind a card does not seem to end there.
pub(super) struct Curve {
    pub from: (f64, f64),
    pub bend: (f64, f64),
    pub to: (f64, f64),
}

impl Curve {
    fn between(one: (f64, f64), other: (f64, f64)) -> Self {
        let (dx, dy) = (other.0 - one.0, other.1 - one.1);
        let bend = (f64::midpoint(one.0, other.0) - dy * BEND, f64::midpoint(one.1, other.1) + dx * BEND);
        Self { from: border(one, bend), bend, to: border(other, bend) }
    }

    fn shifted(self, (dx, dy): (f64, f64)) -> Self {
        let shift = |(x, y): (f64, f64)| (x + dx, y + dy);
        Self { from: shift(self.from), bend: shift(self.bend), to: shift(self.to) }
    }

    /// The point so far along, from 0 to 1.
    pub(super) fn at(&self, along: f64) -> (f64, f64) {
        let [a, b, c] = [(1.0 - along).powi(2), 2.0 * along * (1.0 - along), along.powi(2)];
        (a * self.from.0 + b * self.bend.0 + c * self.to.0, a * self.from.1 + b * self.bend.1 + c * self.to.1)
    }

    /// From end to end, across and down.
    pub(super) fn span(&self) -> (f64, f64) {
        (self.to.0 - self.from.0, self.to.1 - self.from.1)
    }
}

/// The links, those between the same two cards beside one another.
pub(super) fn edges(board: &Board) -> Vec<Edge<'_>> {
    let state = board.state();
    let mut pairs: BTreeMap<(CardId, CardId), Vec<&Link>> = BTreeMap::new();
    for link in state.links.values().map(AsRef::as_ref) {
        pairs.entry((link.from.min(link.to), link.from.max(link.to))).or_default().push(link);
    }
    let mut edges = Vec::new();
    for ((one, other), mut links) in pairs {
        let (Some(one_card), Some(other_card)) = (state.cards.get(&one), state.cards.get(&other)) else { continue };
        let middle = |card: &Card| (card.x.get() + CARD.0 / 2.0, card.y.get() + CARD.1 / 2.0);
        let (one_middle, other_middle) = (middle(one_card), middle(other_card));
        let (dx, dy) = (other_middle.0 - one_middle.0, other_middle.1 - one_middle.1);
        let length = dx.hypot(dy);
        // Where one card lies on the other, as if they lay side by side.
        let (along_x, along_y) = if length < 1.0 { (1.0, 0.0) } else { (dx / length, dy / length) };
        let count = u32::try_from(links.len()).map_or(0.0, f64::from);
        // Lines back bend to the side from which the first ones are moved away.
        links.sort_by_key(|link| link.from == one);
        for (at, link) in (0_u32..).zip(links) {
            let aside = APART * (f64::from(at) - (count - 1.0) / 2.0);
            let curve = if link.from == one {
                Curve::between(one_middle, other_middle)
            } else {
                Curve::between(other_middle, one_middle)
            };
            let curve = curve.shifted((-along_y * aside, along_x * aside));
            let (x, y) = curve.at(0.5);
            edges.push(Edge { link, curve, label: (x, y + NOTE / 3.0), has_plate: false });
        }
    }
    edges
}

/// Where the line from the middle of a card towards another leaves the card.
fn border((x, y): (f64, f64), (to_x, to_y): (f64, f64)) -> (f64, f64) {
    let (dx, dy) = (to_x - x, to_y - y);
    let reach = |half: f64, along: f64| if along.abs() < 1e-6 { 1.0 } else { (half / along.abs()).min(1.0) };
    let share = reach(CARD.0 / 2.0 + 4.0, dx).min(reach(CARD.1 / 2.0 + 4.0, dy));
    (x + dx * share, y + dy * share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::tests::{actors, add, signed};
    use board_model::model::{Edit, Number};
    use kernel::id::LinkId;

    #[test]
    fn links_between_the_same_two_cards_lie_beside_one_another_and_so_do_their_labels() {
        let mut board = actors();
        let (from, to) = (CardId(uuid::Uuid::from_u128(2)), CardId(uuid::Uuid::from_u128(1)));
        let link = LinkId(uuid::Uuid::from_u128(10));
        let edit = Edit::AddLink { link, from, to, kind: "informs".to_owned(), strength: 1, note: String::new() };
        board.apply(signed(), edit).unwrap();
        let edges = edges(&board);
        assert_eq!(edges.len(), 2);
        assert!((edges[0].label.1 - edges[1].label.1).abs() >= APART);
        assert_ne!(edges[0].curve.from, edges[1].curve.to, "each has a line of its own");
        assert!(edges.iter().any(|edge| edge.link.from == from));
    }

    #[test]
    fn a_line_passes_a_card_between_its_ends_instead_of_seeming_to_end_there() {
        let mut board = actors();
        let third = CardId(uuid::Uuid::from_u128(3));
        add(&mut board, 3, &[]);
        for (card, x) in [(1, 0.0), (3, 400.0), (2, 800.0)] {
            let card = CardId(uuid::Uuid::from_u128(card));
            board.apply(signed(), Edit::MoveCard { card, x: Number::new(x), y: Number::new(0.0) }).unwrap();
        }
        let edges = edges(&board);
        let (x, y) = edges[0].curve.at(0.5);
        assert!(board.state().cards.contains_key(&third) && (400.0..620.0).contains(&x), "beside the card");
        assert!(!(0.0..CARD.1).contains(&y), "{y}");
    }
}
