//! What the pages of a board say in French.

use board_model::kinds::{BoardKind, Field, Holds, MAX_LINE, MAX_NUMBER, MAX_TEXT};
use board_model::model::{MAX_COORDINATE, Refusal};
use boards::import::{At, Problem};
use boards::labels;

fn field(kind: BoardKind, problem: &Problem) -> Option<&'static Field> {
    kind.schema().field(&problem.what).ok()
}

/// Where a problem of an import is.
pub(super) fn place(kind: BoardKind, problem: &Problem) -> String {
    let at = match problem.at {
        At::Line(line) => format!("Ligne {line}"),
        At::Card(number) => format!("Fiche {number}"),
        At::Link(number) => format!("Lien {number}"),
    };
    let what = field(kind, problem).map_or(problem.what.as_str(), |field| labels::field(kind, field.name));
    if what.is_empty() { at } else { format!("{at}, {what}") }
}

/// Why an import leaves something out.
pub(super) fn why(kind: BoardKind, problem: &Problem) -> String {
    let holds = field(kind, problem).map(|field| field.holds);
    let between = |min: f64, max: f64| {
        let [min, max] = [min, max].map(|bound| labels::grouped(&labels::decimal(bound)));
        format!("le nombre doit être compris entre {min} et {max}")
    };
    match (problem.why, holds, problem.at) {
        (Refusal::WrongType, Some(Holds::Text | Holds::Line | Holds::Choice(_)), _) => "il faut un texte".to_owned(),
        (Refusal::WrongType, Some(Holds::Integer { .. }), _) => "il faut un nombre entier".to_owned(),
        (Refusal::WrongType, ..) => "ce n’est pas un nombre".to_owned(),
        (Refusal::TooLong, Some(Holds::Text), _) => {
            format!("le texte est trop long\u{a0}: {MAX_TEXT} signes au plus")
        }
        (Refusal::TooLong, ..) => format!("le texte est trop long\u{a0}: {MAX_LINE} signes au plus"),
        (Refusal::OutOfRange, Some(Holds::Integer { min, max }), _) => between(min.into(), max.into()),
        (Refusal::OutOfRange, Some(_), _) => between(-MAX_NUMBER, MAX_NUMBER),
        (Refusal::OutOfRange, None, At::Link(_)) => "la force d’un lien est 1, 2 ou 3".to_owned(),
        (Refusal::OutOfRange, None, _) => format!("x ou y\u{a0}: {}", between(-MAX_COORDINATE, MAX_COORDINATE)),
        (Refusal::UnknownChoice, Some(Holds::Choice(choices)), _) => {
            let choices: Vec<_> = choices.iter().map(|choice| labels::choice(&problem.what, choice)).collect();
            format!("ce choix n’est pas proposé (choix possibles\u{a0}: {})", choices.join(", "))
        }
        (why, ..) => sentence(why).to_owned(),
    }
}

/// Why an import leaves something out, where that does not depend on the field.
const fn sentence(why: Refusal) -> &'static str {
    match why {
        Refusal::UnknownChoice => "cette sorte de lien n’existe pas",
        Refusal::UnknownField => "ce champ n’existe pas sur ce tableau",
        Refusal::TooManyCards => {
            "le tableau est plein (5\u{202f}000 fiches, 20\u{202f}000 liens et 8 Mo de texte au plus)"
        }
        Refusal::NoSuchCard => "une des deux fiches manque",
        Refusal::LinkToItself => "un lien relie deux fiches différentes",
        Refusal::LinksNotHere => "ce tableau n’a pas de liens",
        Refusal::Malformed => "ce n’est pas écrit comme dans un export de tableau",
        _ => "cette valeur n’est pas acceptée",
    }
}

/// A board that was taken away with what is private on it, for the log.
pub fn exported(format: &str) -> String {
    format!("le tableau avec ses champs privés, {format}")
}
