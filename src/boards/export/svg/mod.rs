//! The map of a board as a picture: its cards where they lie, coloured by their group, and the links between them.

mod edge_labels;
mod edges;

use std::fmt::Write;

use documents::text_measure::{self, width as width_of};
use documents::xml::escaped as xml;

use crate::labels;
use board_model::kinds::{BoardKind, Holds};
use board_model::model::{Board, Card};
use edges::{Curve, Edge, edges};

/// Cards are drawn as the client draws them.
const CARD: (f64, f64) = (220.0, 112.0);
/// Around the cards.
const MARGIN: f64 = 40.0;
/// Beside the texts of a card.
const PADDING: f64 = 12.0;
/// Sizes of letters: of a name, and of the other texts of a card.
const NAME: f64 = 14.0;
const NOTE: f64 = 12.0;
/// Signs of a text that a card may show, more than fit.
const EXCERPT: usize = 400;
/// Lines of a card's name.
const LINES: usize = 3;
/// Where the lines of a name stand on a card, and what stands at its foot.
const FIRST_LINE: u16 = 30;
const NEXT_LINE: u16 = 19;
const FACT: u16 = 98;
const TONES: [&str; 8] = ["#dce9f9", "#e7e1f8", "#d3eef0", "#fce8d2", "#fbe0ec", "#d9f0e1", "#faf0c0", "#e8e8e6"];

/// The board's map.
pub fn svg(board: &Board) -> String {
    let cards = board.cards_by_rank();
    let places = cards.iter().map(|(_, card)| (card.x.get(), card.y.get()));
    let (left, top, right, bottom) = places
        .map(|(x, y)| (x, y, x + CARD.0, y + CARD.1))
        .reduce(|all, one| (all.0.min(one.0), all.1.min(one.1), all.2.max(one.2), all.3.max(one.3)))
        .unwrap_or((0.0, 0.0, CARD.0, CARD.1));
    let (width, height) = (right - left + 2.0 * MARGIN, bottom - top + 2.0 * MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{} {} {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"{NAME}\">\n<title>{}</title>\n\
         <defs><marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerUnits=\"userSpaceOnUse\" markerWidth=\"11\" \
         markerHeight=\"11\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" fill=\"#565c6b\"/></marker></defs>\n",
        left - MARGIN,
        top - MARGIN,
        xml(&board.title)
    );
    let mut edges = edges(board);
    edge_labels::place_labels(board, &mut edges);
    for edge in &edges {
        draw_line(&mut out, edge);
    }
    for (_, card) in cards {
        draw_card(&mut out, board, card);
    }
    // Over the cards: what a link says is read wherever it stands.
    for edge in &edges {
        draw_label(&mut out, edge);
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
    let mut y = usize::from(FIRST_LINE);
    for (at, line) in name_lines(board.kind, card) {
        y = usize::from(at);
        let line = xml(&line);
        let _ = writeln!(out, "<text x=\"{PADDING}\" y=\"{y}\" font-weight=\"600\" fill=\"#1f2430\">{line}</text>");
        y += usize::from(NEXT_LINE);
    }
    let fact = fact(board.kind, card);
    if board.kind == BoardKind::Cards {
        // Of a plain card its text is what one comes to read: as much of it as stands above the fact.
        let foot: usize = if fact.is_empty() { 104 } else { 86 };
        for line in wrapped(card.text("text"), NOTE, foot.saturating_sub(y - 15) / 15) {
            let line = xml(&line);
            let _ =
                writeln!(out, "<text x=\"{PADDING}\" y=\"{y}\" font-size=\"{NOTE}\" fill=\"#1f2430\">{line}</text>");
            y += 15;
        }
    }
    if !fact.is_empty() {
        let fact = xml(&fact);
        let _ = writeln!(out, "<text x=\"{PADDING}\" y=\"{FACT}\" font-size=\"{NOTE}\" fill=\"#565c6b\">{fact}</text>");
    }
    out.push_str("</g>\n");
}

/// The lines of a card's name, and where they stand.
fn name_lines(kind: BoardKind, card: &Card) -> impl Iterator<Item = (u16, String)> {
    (FIRST_LINE..).step_by(usize::from(NEXT_LINE)).zip(wrapped(super::name(kind, card), NAME, LINES))
}

/// What stands at the foot of a card: what colours it, or where a colour says nothing, its group.
fn fact(kind: BoardKind, card: &Card) -> String {
    if kind == BoardKind::Cards {
        return wrapped(card.text("group"), NOTE, 1).concat();
    }
    kind.schema().field(kind.schema().coloured_by).map_or_else(|_| String::new(), |field| labels::in_full(card, field))
}

fn draw_line(out: &mut String, Edge { link, curve: Curve { from, bend, to }, .. }: &Edge<'_>) {
    let _ = writeln!(
        out,
        "<path d=\"M{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}\" fill=\"none\" stroke=\"#565c6b\" stroke-width=\"{}\" \
         marker-end=\"url(#head)\"/>",
        from.0, from.1, bend.0, bend.1, to.0, to.1, link.strength,
    );
}

fn draw_label(out: &mut String, Edge { link, label: (x, y), has_plate, .. }: &Edge<'_>) {
    if *has_plate {
        let width = width_of(labels::link(&link.kind), NOTE) + NOTE;
        let _ = writeln!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"18\" rx=\"4\" fill=\"#ffffff\" fill-opacity=\"0.9\"/>",
            x - width / 2.0,
            y - NOTE - 1.0,
        );
    }
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\" font-size=\"{NOTE}\" fill=\"#454b59\" stroke=\"#ffffff\" \
         stroke-width=\"4\" stroke-linejoin=\"round\" paint-order=\"stroke\">{}</text>",
        xml(labels::link(&link.kind))
    );
}

fn tone(kind: BoardKind, card: &Card) -> &'static str {
    let schema = kind.schema();
    let choices = match schema.field(schema.coloured_by).map(|field| field.holds) {
        Ok(Holds::Choice(choices)) => choices,
        _ => &[],
    };
    let chosen = card.text(schema.coloured_by);
    let at = choices.iter().position(|choice| *choice == chosen);
    at.map_or("#ffffff", |at| meaning(chosen).unwrap_or(TONES[at % TONES.len()]))
}

/// The tone of a choice that has its own, as on the live map (`colours.ts`).
fn meaning(choice: &str) -> Option<&'static str> {
    let [blue, violet, teal, orange, pink, green, yellow, grey] = TONES;
    Some(match choice {
        "blue" | "esus" | "answering" => blue,
        "social" => violet,
        "circular" => teal,
        "asked" => orange,
        "pink" | "disadvantaged_employers" => pink,
        "green" | "ecological" | "answered" => green,
        "yellow" => yellow,
        "grey" | "other" | "parked" => grey,
        _ => return None,
    })
}

/// A text in at most `most` lines of a card.
fn wrapped(text: &str, size: f64, most: usize) -> Vec<String> {
    // No card shows more, however long the text is.
    let text = text.get(..text.char_indices().nth(EXCERPT).map_or(text.len(), |(at, _)| at)).unwrap_or(text);
    text_measure::wrapped(text, size, CARD.0 - 2.0 * PADDING, most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::tests::{actors, board, signed};
    use board_model::model::{Edit, Number};
    use kernel::id::CardId;

    #[test]
    fn the_picture_holds_every_card_and_link_and_nothing_typed_is_markup() {
        let picture = svg(&actors());
        assert_eq!(picture.matches("<rect").count(), 2);
        assert_eq!(picture.matches("marker-end").count(), 1);
        assert!(picture.contains("Région &lt;Sud&gt; &amp; Cie") && picture.contains("finance"), "{picture}");
    }

    #[test]
    fn no_line_of_a_name_leaves_its_card() {
        for name in [
            "Montant des achats auprès de structures d’insertion",
            "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM WWWWWWWW",
            &"é".repeat(200),
        ] {
            let lines = wrapped(name, NAME, LINES);
            assert!(lines.iter().all(|line| width_of(line, NAME) <= CARD.0 - 2.0 * PADDING), "{lines:?}");
        }
        assert_eq!(wrapped("Heures d’insertion réalisées", NAME, LINES), ["Heures d’insertion", "réalisées"]);
    }

    #[test]
    fn the_picture_is_as_large_as_the_map_wherever_that_lies() {
        let mut far = board(BoardKind::Cards, &[]);
        let edit =
            Edit::MoveCard { card: CardId(uuid::Uuid::from_u128(1)), x: Number::new(9000.0), y: Number::new(-50.0) };
        far.apply(signed(), edit).unwrap();
        assert!(svg(&far).contains("viewBox=\"8960 -90 300 192\""), "{}", svg(&far));
    }

    #[test]
    fn a_long_name_is_cut_and_an_empty_board_is_a_picture_too() {
        let long = svg(&board(BoardKind::Cards, &[("title", "mot ".repeat(60).as_str().into())]));
        assert_eq!(long.matches("font-weight").count(), LINES);
        assert!(long.contains('…'));
        assert!(
            svg(&Board::new(kernel::id::BoardId(uuid::Uuid::nil()), BoardKind::Cards, "Vide")).ends_with("</svg>\n")
        );
    }

    #[test]
    fn a_card_has_the_colour_of_the_live_map() {
        const LIVE: &str = include_str!("../../../../web/board/view/colours.ts");
        const WHEEL: [&str; 8] = ["blue", "violet", "teal", "orange", "pink", "green", "yellow", "grey"];
        assert!(LIVE.contains(&format!("const WHEEL = [\"{}\"];", WHEEL.join("\", \""))));
        let own = |choice: &str| {
            let (_, after) = LIVE.split_once(&format!("\n  {choice}: \""))?;
            after.split_once('"').map(|(tone, _)| tone)
        };
        for kind in BoardKind::ALL {
            let Ok(Holds::Choice(choices)) = kind.schema().field(kind.schema().coloured_by).map(|field| field.holds)
            else {
                panic!()
            };
            for (at, choice) in choices.iter().enumerate() {
                let live = own(choice).unwrap_or(WHEEL[at % WHEEL.len()]);
                let colour = TONES[WHEEL.iter().position(|tone| *tone == live).unwrap()];
                let picture = svg(&board(kind, &[(kind.schema().coloured_by, (*choice).into())]));
                assert!(picture.contains(&format!("rx=\"9\" fill=\"{colour}\"")), "{choice} is {live}");
            }
        }
    }

    #[test]
    fn a_plain_card_shows_its_text_and_its_group_and_not_the_name_of_its_colour() {
        let text = "Un <long> texte ".repeat(40);
        let fields = [("text", text.as_str().into()), ("colour", "pink".into()), ("group", "Idées".into())];
        let picture = svg(&board(BoardKind::Cards, &fields));
        for shown in
            [">Sans titre<", ">Un &lt;long&gt; texte", "…<", "y=\"98\" font-size=\"12\" fill=\"#565c6b\">Idées<"]
        {
            assert!(picture.contains(shown), "{shown}: {picture}");
        }
        assert!(!picture.contains("Rose"), "{picture}");
        assert_eq!(picture.matches("<text").count(), 1 + 3 + 1, "none over another");
        let full = [("title", "mot ".repeat(60).as_str().into()), fields[0].clone(), fields[2].clone()];
        assert_eq!(
            svg(&board(BoardKind::Cards, &full)).matches("<text").count(),
            LINES + 1,
            "a long name leaves no room"
        );
    }
}
