//! What a file says and may be a mistake: it is brought in, and told.

use super::Unusual;
use super::draft::{Draft, FileCard};
use board_model::kinds::Holds;
use board_model::model::{Number, Value};

/// So many times as large as the others is unusual.
const LARGE: f64 = 100.0;
/// Numbers that a column has at least, before one of them can be unusual.
const ENOUGH: usize = 4;
/// No card is far away that is nearer to the middle than this, in pixels of the map at its full size.
const NEAR: f64 = 10_000.0;
/// A card is far away that is so many times as far from the middle as three quarters of the others.
const FAR: f64 = 20.0;

/// Tells what is unusual among the cards of a file, beside those of the board.
pub(super) fn of(draft: &mut Draft<'_>, cards: &[FileCard]) {
    for field in draft.kind().schema().fields.iter().filter(|field| field.holds == Holds::Number) {
        let there = draft.board.state().cards.values().filter_map(|card| number(card.fields.get(field.name)));
        let ours = cards.iter().filter_map(|card| number(card.fields.get(field.name)));
        let Some(least) = largest_usual(there.chain(ours).map(f64::abs).collect()) else { continue };
        for card in cards {
            if let Some(number) = number(card.fields.get(field.name)).filter(|number| number.abs() > least) {
                draft.doubt(card.at, field.name, Unusual::Large(Number::new(number)));
            }
        }
    }
    far_away(draft, cards);
}

fn number(value: Option<&Value>) -> Option<f64> {
    match value {
        Some(Value::Number(number)) => Some(number.get()),
        _ => None,
    }
}

/// The number above which all are unusual: the next one is a hundred times as large, and most are not.
fn largest_usual(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.retain(|number| *number > 0.0);
    numbers.sort_by(f64::total_cmp);
    if numbers.len() < ENOUGH {
        return None;
    }
    // Three quarters are usual.
    let most = numbers.len() - numbers.len() / 4;
    numbers.windows(2).skip(most - 1).find(|pair| pair[1] >= LARGE * pair[0]).map(|pair| pair[0])
}

fn far_away(draft: &mut Draft<'_>, cards: &[FileCard]) {
    let there = draft.board.state().cards.values().map(|card| (card.x.get(), card.y.get()));
    let places: Vec<(f64, f64)> =
        there.chain(cards.iter().filter_map(|card| card.place).map(|(x, y)| (x.get(), y.get()))).collect();
    let middle =
        (median(places.iter().map(|place| place.0).collect()), median(places.iter().map(|place| place.1).collect()));
    let from_middle = |(x, y): (f64, f64)| (x - middle.0).hypot(y - middle.1);
    let mut distances: Vec<f64> = places.iter().map(|place| from_middle(*place)).collect();
    distances.sort_by(f64::total_cmp);
    let Some(usual) = distances.get((distances.len() * 3 / 4).saturating_sub(1)) else { return };
    let far = (FAR * usual).max(NEAR);
    for card in cards {
        if let Some((x, y)) = card.place.filter(|(x, y)| from_middle((x.get(), y.get())) > far) {
            draft.doubt(card.at, "", Unusual::FarAway(x, y));
        }
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_a_hundred_times_as_large_as_the_others_is_unusual() {
        assert_eq!(largest_usual(vec![10.0, 12.0, 15.0, 1_500.0]), Some(15.0));
        assert_eq!(largest_usual(vec![10.0, 12.0, 15.0, 1_499.0]), None);
        assert_eq!(largest_usual(vec![1.0, 2.0, 300.0, 400.0]), None, "half of them are no exception");
        assert_eq!(largest_usual(vec![1.0, 0.0, 0.0, 100.0]), None, "too few");
    }
}
