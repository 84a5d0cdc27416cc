//! The map of a board as a picture: its cards where they lie, coloured by their group, and the links between them.

use std::fmt::Write;

use super::xml;
use crate::boards::kinds::{BoardKind, Holds};
use crate::boards::labels;
use crate::boards::model::{Board, Card, Link};

/// Cards are drawn as the client draws them.
const CARD: (f64, f64) = (220.0, 112.0);
/// Around the cards.
const MARGIN: f64 = 40.0;
/// Signs of a card's name in one line, about.
const LINE: usize = 26;
/// Lines of a card's name.
const LINES: usize = 3;
const TONES: [&str; 8] = ["#dce9f9", "#e7e1f8", "#d3eef0", "#fce8d2", "#fbe0ec", "#d9f0e1", "#faf0c0", "#e8e8e6"];

/// The board's map.
pub fn svg(board: &Board) -> String {
    let cards = board.cards_by_rank();
    let (left, top, right, bottom) = cards.iter().fold((0.0_f64, 0.0_f64, CARD.0, CARD.1), |around, (_, card)| {
        let (x, y) = (card.x.get(), card.y.get());
        (around.0.min(x), around.1.min(y), around.2.max(x + CARD.0), around.3.max(y + CARD.1))
    });
    let (width, height) = (right - left + 2.0 * MARGIN, bottom - top + 2.0 * MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{} {} {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"14\">\n<title>{}</title>\n\
         <defs><marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">\
         <path d=\"M0 0L10 5L0 10z\" fill=\"#565c6b\"/></marker></defs>\n",
        left - MARGIN,
        top - MARGIN,
        xml(&board.title)
    );
    for link in board.state().links.values() {
        draw_link(&mut out, board, link);
    }
    for (_, card) in cards {
        draw_card(&mut out, board, card);
    }
    out.push_str("</svg>\n");
    out
}

fn draw_card(out: &mut String, board: &Board, card: &Card) {
    let (x, y) = (card.x.get(), card.y.get());
    let _ = writeln!(
        out,
        "<g transform=\"translate({x} {y})\"><rect width=\"{}\" height=\"{}\" rx=\"9\" fill=\"{}\" stroke=\"#b9b6ac\"/>",
        CARD.0,
        CARD.1,
        tone(board.kind, card)
    );
    for (at, line) in wrapped(card.text(board.kind.schema().title)).iter().enumerate() {
        let _ = writeln!(
            out,
            "<text x=\"12\" y=\"{}\" font-weight=\"600\" fill=\"#1f2430\">{}</text>",
            30 + 19 * at,
            xml(line)
        );
    }
    if let Ok(field) = board.kind.schema().field(group(board.kind)) {
        let value = labels::in_full(card, field);
        let _ = writeln!(out, "<text x=\"12\" y=\"98\" font-size=\"12\" fill=\"#565c6b\">{}</text>", xml(&value));
    }
    out.push_str("</g>\n");
}

fn draw_link(out: &mut String, board: &Board, link: &Link) {
    let cards = board.state().cards;
    let (Some(from), Some(to)) = (cards.get(&link.from), cards.get(&link.to)) else { return };
    let middle = |card: &Card| (card.x.get() + CARD.0 / 2.0, card.y.get() + CARD.1 / 2.0);
    let ((x1, y1), (x2, y2)) = (edge(middle(from), middle(to)), edge(middle(to), middle(from)));
    let _ = writeln!(
        out,
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#565c6b\" stroke-width=\"{}\" marker-end=\"url(#head)\"/>\n\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"12\" fill=\"#565c6b\">{}</text>",
        link.strength,
        f64::midpoint(x1, x2),
        f64::midpoint(y1, y2) - 5.0,
        xml(labels::link(&link.kind))
    );
}

/// Where the line from the middle of a card towards another leaves the card.
fn edge((x, y): (f64, f64), (to_x, to_y): (f64, f64)) -> (f64, f64) {
    let (dx, dy) = (to_x - x, to_y - y);
    let reach = |half: f64, along: f64| if along.abs() < 1e-6 { 1.0 } else { (half / along.abs()).min(1.0) };
    let share = reach(CARD.0 / 2.0 + 4.0, dx).min(reach(CARD.1 / 2.0 + 4.0, dy));
    (x + dx * share, y + dy * share)
}

/// The field that cards are coloured by.
const fn group(kind: BoardKind) -> &'static str {
    match kind {
        BoardKind::Indicators => "legal_category",
        BoardKind::Stakeholders => "family",
        BoardKind::Questions => "state",
        BoardKind::Cards => "colour",
    }
}

fn tone(kind: BoardKind, card: &Card) -> &'static str {
    let choices = match kind.schema().field(group(kind)).map(|field| field.holds) {
        Ok(Holds::Choice(choices)) => choices,
        _ => &[],
    };
    let at = choices.iter().position(|choice| *choice == card.text(group(kind)));
    at.map_or("#ffffff", |at| TONES[at % TONES.len()])
}

/// A name in at most three lines, cut between words where possible.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + word.chars().count() > LINE {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.extend(word.chars().take(LINE));
        }
    }
    if lines.len() > LINES {
        lines.truncate(LINES);
        if let Some(line) = lines.last_mut() {
            line.push('…');
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boards::export::tests::{actors, board};

    #[test]
    fn the_picture_holds_every_card_and_link_and_nothing_typed_is_markup() {
        let picture = svg(&actors());
        assert_eq!(picture.matches("<rect").count(), 2);
        assert_eq!(picture.matches("<line").count(), 1);
        assert!(picture.contains("Région &lt;Sud&gt; &amp; Cie") && picture.contains("finance"), "{picture}");
    }

    #[test]
    fn a_long_name_is_cut_and_an_empty_board_is_a_picture_too() {
        let long = svg(&board(BoardKind::Cards, &[("title", "mot ".repeat(60).as_str().into())]));
        assert_eq!(long.matches("font-weight").count(), LINES);
        assert!(long.contains('…'));
        assert!(
            svg(&Board::new(crate::id::BoardId(uuid::Uuid::nil()), BoardKind::Cards, "Vide")).ends_with("</svg>\n")
        );
    }
}
