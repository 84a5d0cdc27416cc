//! A CSV of ours comes back to the character, whatever stands on the board.

use std::collections::BTreeMap;

use super::tests::{ADA, empty, imported_as};
use super::*;
use crate::export::{self, Shown};
use board_model::kinds::Holds;
use board_model::model::Value;

/// A card's fields that the board takes, with all that is hard to bring through a CSV.
fn any_fields(kind: BoardKind) -> impl proptest::strategy::Strategy<Value = BTreeMap<String, Value>> {
    use proptest::prelude::*;
    let text = prop_oneof![
        "[ =+@\\-'\";,|\t\n\r0-9a.\u{a0}\u{202f}\u{202e}\u{2067}\u{feff}\u{e9}😀]{0,12}",
        Just("12,5".to_owned()),
        Just("'=1+1".to_owned()),
        Just("+33 6 12 34 56 78".to_owned()),
        Just("  ".to_owned()),
    ];
    let one = |field: &'static Field| {
        let value = match field.holds {
            Holds::Line | Holds::Text => text.clone().prop_map(Value::Text).boxed(),
            Holds::Number => (-1e11..1e11_f64).prop_map(|number| Number::new(number).into()).boxed(),
            Holds::Integer { min, max } => (min..=max).prop_map(|number| Number::new(number.into()).into()).boxed(),
            Holds::Choice(choices) => prop::sample::select(choices).prop_map(Value::from).boxed(),
        };
        prop::option::of(value).prop_map(move |value| value.map(|value| (field.name.to_owned(), value)))
    };
    kind.schema().fields.iter().map(one).collect::<Vec<_>>().prop_map(|fields| fields.into_iter().flatten().collect())
}

fn any_board() -> impl proptest::strategy::Strategy<Value = Board> {
    use proptest::prelude::*;
    prop::sample::select(BoardKind::ALL.to_vec()).prop_flat_map(|kind| {
        let place = || (-1e6..1e6_f64).prop_map(Number::new);
        prop::collection::vec((any_fields(kind), place(), place()), 1..5).prop_map(move |cards| {
            let mut board = empty(kind);
            for (fields, x, y) in cards {
                board.apply(ADA, Edit::AddCard { card: kernel::id::CardId::new(ADA.at), x, y, fields }).unwrap();
            }
            board
        })
    })
}

proptest::proptest! {
    #[test]
    fn a_csv_of_ours_comes_back_to_the_character(board in any_board()) {
        for shown in [Shown::Everything, Shown::Public] {
            let csv = export::csv(&board, shown);
            let (again, plan) = imported_as(empty(board.kind), csv.as_bytes(), &Wishes::default());
            proptest::prop_assert_eq!((plan.problems, plan.numbers), (vec![], None));
            proptest::prop_assert_eq!(export::csv(&again, shown), csv);
        }
    }
}
