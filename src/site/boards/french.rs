//! What the pages of a board say in French.

use board_model::kinds::{BoardKind, Field, Holds, MAX_LINE, MAX_NUMBER, MAX_TEXT};
use board_model::model::{MAX_COORDINATE, Number, Refusal};
use boards::import::{At, Doubt, Plan, Problem, There, Unusual, Why};
use boards::labels;

fn field(kind: BoardKind, problem: &Problem) -> Option<&'static Field> {
    kind.schema().field(&problem.what).ok()
}

/// A place in a file.
pub(super) fn spot(at: At) -> String {
    match at {
        At::Line(line) => format!("Ligne {line}"),
        At::Card(number) => format!("Fiche {number}"),
        At::Link(number) => format!("Lien {number}"),
    }
}

/// Where a problem of an import is.
pub(super) fn place(kind: BoardKind, problem: &Problem) -> String {
    let at = spot(problem.at);
    let what = field(kind, problem).map_or(problem.what.as_str(), |field| labels::field(kind, field.name));
    if what.is_empty() { at } else { format!("{at}, {what}") }
}

/// Why an import leaves something out.
pub(super) fn why(kind: BoardKind, problem: &Problem) -> String {
    match &problem.why {
        Why::Refused(refusal) => refused(kind, problem, *refusal),
        Why::TwoNumbers => "ce nombre peut se lire de deux façons, répondez à la question plus bas".to_owned(),
        Why::NoSuchTitle(title) if title.is_empty() => "la fiche n’est pas nommée".to_owned(),
        Why::NoSuchTitle(title) => format!("aucune fiche ne s’appelle «\u{a0}{title}\u{a0}»"),
        Why::SeveralTitled(title) => format!("plusieurs fiches s’appellent «\u{a0}{title}\u{a0}»"),
        Why::SeveralAlike => "plusieurs fiches de ce titre peuvent être celle-ci".to_owned(),
        Why::Archived => "la fiche est archivée dans Trello".to_owned(),
        Why::WrongStrength => "la force d’un lien est 1, 2 ou 3".to_owned(),
    }
}

/// What an import brings and may be a mistake.
pub(super) fn doubt(kind: BoardKind, doubt: &Doubt) -> String {
    let number = |number: Number| labels::grouped(&labels::decimal(number.get()));
    let field = kind.schema().field(&doubt.what).map_or("", |field| labels::field(kind, field.name));
    let at = spot(doubt.at);
    match doubt.why {
        Unusual::Large(large) => {
            format!("{at}, {field}\u{a0}: {} est cent fois plus grand que les autres, ou davantage", number(large))
        }
        Unusual::FarAway(x, y) => {
            format!("{at}\u{a0}: la place ({}\u{202f}; {}) est très loin des autres fiches", number(x), number(y))
        }
        Unusual::Rounded(left) => format!("{at}, {field}\u{a0}: arrondi à quatre décimales, {}", number(left)),
        Unusual::Undirected => {
            format!(
                "{at}\u{a0}: ce lien n’a pas de sens dans le fichier\u{202f}; il irait de la première fiche à la seconde"
            )
        }
    }
}

/// What confirming an import does.
pub(super) fn import_button(plan: &Plan) -> String {
    let many = |count: usize, one: &str| format!("{count} {one}{}", if count > 1 { "s" } else { "" });
    match (plan.cards, plan.links, plan.updated) {
        (1, 0, 0) => "Ajouter cette fiche".to_owned(),
        (0, 1, 0) => "Ajouter ce lien".to_owned(),
        (cards, 0, 0) => format!("Ajouter ces {cards} fiches"),
        (0, links, 0) => format!("Ajouter ces {links} liens"),
        (cards, links, 0) => format!("Ajouter {} et {}", many(cards, "fiche"), many(links, "lien")),
        (0, 0, updated) => format!("Mettre à jour {}", many(updated, "fiche")),
        (cards, 0, updated) => format!("Ajouter {}, en mettre à jour {updated}", many(cards, "fiche")),
        (cards, links, updated) => {
            format!(
                "Ajouter {} et {}, mettre à jour {}",
                many(cards, "fiche"),
                many(links, "lien"),
                many(updated, "fiche")
            )
        }
    }
}

/// What a file has that the board has too, as a question.
pub(super) fn there(there: &There) -> String {
    let cards = there.same + there.different;
    let links = match there.links {
        0 => String::new(),
        1 => "1 lien est déjà sur ce tableau. ".to_owned(),
        links => format!("{links} liens sont déjà sur ce tableau. "),
    };
    let differ = match there.different {
        0 => "rien n’y diffère".to_owned(),
        1 => "1 diffère".to_owned(),
        different => format!("{different} diffèrent"),
    };
    let cards = match cards {
        0 => String::new(),
        1 => format!("1 fiche du fichier est déjà sur ce tableau ({differ}). "),
        cards => format!("{cards} fiches du fichier sont déjà sur ce tableau ({differ}). "),
    };
    format!("{cards}{links}Qu’en faire\u{202f}?")
}

/// Why the board refuses something.
fn refused(kind: BoardKind, problem: &Problem, refusal: Refusal) -> String {
    let holds = field(kind, problem).map(|field| field.holds);
    let between = |min: f64, max: f64| {
        let [min, max] = [min, max].map(|bound| labels::grouped(&labels::decimal(bound)));
        format!("le nombre doit être compris entre {min} et {max}")
    };
    match (refusal, holds, problem.at) {
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
