//! What documents of a board and notices of an import say in French; the names of fields and choices are in `labels`.

use board_model::kinds::BoardKind;

/// What an indicator's figures come to.
pub const COMPUTED: &str = "Valeur calculée";

/// A card without a name, as on the board.
pub const UNNAMED: &str = "Sans titre";

/// A board without cards, on paper.
pub const EMPTY_BOARD: &str = "Ce tableau est encore vide.";

/// The links of a board or of a card, as a heading.
pub const LINKS: &str = "Liens";

/// The comments of a board or of a card, as a heading.
pub const COMMENTS: &str = "Commentaires";

/// The sheet of a workbook that holds the cards.
pub const CARDS_SHEET: &str = "Fiches";

/// The sheet in which each year's value of an indicator is written.
pub const TRACKING_SHEET: &str = "Suivi";

/// The sheet that says how far the law is covered.
pub const COVERAGE_SHEET: &str = "Couverture légale";

/// The columns of the links: from, kind, to, strength, note.
pub const LINK_COLUMNS: [&str; 5] = ["De", "Lien", "Vers", "Force", "Précision"];

/// The columns of the comments: card, text, moment.
pub const COMMENT_COLUMNS: [&str; 3] = ["Fiche", "Commentaire", "Date"];

/// The column of a comment's author.
pub const AUTHOR: &str = "Auteur";

/// The column of an indicator's unit.
pub const UNIT: &str = "Unité";

/// The column of the share of the way from the start to the target.
pub const PROGRESS: &str = "Chemin parcouru";

/// The column that tells whether a category of the law has an indicator.
pub const INDICATOR: &str = "Indicateur";

/// The column of the categories that the law names.
pub const LEGAL_CATEGORY: &str = "Catégorie (art. L. 2111‑3)";

/// Whether the law's need is met.
pub const fn met(met: bool) -> &'static str {
    if met { "Oui" } else { "À compléter" }
}

/// The column of an indicator's value in a year.
pub fn value_of_year(year: i32) -> String {
    format!("Valeur {year}")
}

/// The column of a value whose year is not known.
pub fn reading(number: u32) -> String {
    format!("Relevé {number}")
}

/// The name of a card's table, which screen readers tell.
pub fn card_table(number: usize) -> String {
    format!("Fiche {number}")
}

/// The foot of a printed sheet in the spreadsheets' language: the title at the left, the page and their number at the right.
pub fn sheet_footer(title: &str) -> String {
    format!("&L{title}&RPage &P sur &N")
}

/// A day and its hour.
pub fn moment(day: &str, hour: &str) -> String {
    format!("{day} à {hour}")
}

/// An average of `per`, with its unit.
pub fn average(value: &str, unit: &str, per: &str) -> String {
    format!("{value}\u{202f}{unit} en moyenne ({per})")
}

/// The two columns of a card's position, together.
pub const POSITION_COLUMNS: &str = "Place sur la carte (x, y)";

/// A column without a title, by its number.
pub fn untitled_column(number: usize) -> String {
    format!("colonne {number} (sans titre)")
}

/// What columns with a card's position are called, where an import asks.
pub const PLACE_LABELS: [&str; 2] = ["Place sur la carte, x", "Place sur la carte, y"];

/// What columns of links are called where an import asks, and the headings by which they are known: from, to, kind, strength,
/// note, direction.
pub const LINK_TARGETS: [(&str, &[&str]); 6] = [
    ("De", &["from", "source", "origine", "depuis", "acteur de départ"]),
    ("Vers", &["to", "target", "destination", "cible", "acteur d’arrivée"]),
    ("Lien", &["type", "kind", "sorte", "sorte de lien", "relation", "nature du lien"]),
    ("Force", &["strength", "poids", "weight", "intensité"]),
    ("Précision", &["note", "label", "libellé", "description", "commentaire", "remarque"]),
    ("Sens", &["direction", "orientation"]),
];

/// What the strengths of links are called, from 1 to 3.
pub const STRENGTHS: [&str; 3] = ["faible", "moyen", "fort"];

/// What says that a link has a direction, folded.
pub const DIRECTED: [&str; 5] = ["directed", "oriente", "orientee", "dirige", "simple"];

/// Headings that people and other programs give a field, beside those that the board shows.
pub fn heading_words(kind: BoardKind, field: &str) -> &'static [&'static str] {
    match (kind, field) {
        (BoardKind::Indicators, "name") => {
            &["nom", "intitulé", "nom de l’indicateur", "libellé", "titre", "title", "label"]
        }
        (BoardKind::Indicators, "objective") => &["objectif", "axe"],
        (BoardKind::Indicators, "definition") => &["description", "mode de calcul"],
        (BoardKind::Indicators, "baseline") => &["valeur initiale", "situation de départ", "état initial"],
        (BoardKind::Indicators, "baseline_year") => &["année de référence", "année initiale"],
        (BoardKind::Indicators, "target") => &["objectif chiffré", "valeur cible"],
        (BoardKind::Indicators, "target_year") => &["échéance"],
        (BoardKind::Indicators, "frequency") => &["fréquence", "périodicité"],
        (BoardKind::Indicators, "source") => &["données"],
        (BoardKind::Indicators, "referent") => &["référent", "pilote", "responsable"],
        (BoardKind::Indicators, "notes") => &["remarques", "commentaires", "observations"],
        (BoardKind::Stakeholders, "name") => {
            &["nom", "acteurs", "organisation", "organisme", "structure", "partie prenante", "titre", "title", "label"]
        }
        (BoardKind::Stakeholders, "role") => &["rôles"],
        (BoardKind::Stakeholders, "expectations") => &["besoins"],
        (BoardKind::Stakeholders, "contact") => &["coordonnées"],
        (BoardKind::Stakeholders, "notes") => &["description", "remarques", "commentaires", "observations"],
        (BoardKind::Questions, "question") => &["questions", "titre", "title", "label", "card name"],
        (BoardKind::Questions, "theme") => &["sujet", "catégorie", "list name"],
        (BoardKind::Questions, "answer") => &["réponses", "description", "card description"],
        (BoardKind::Questions, "state") => &["statut"],
        (BoardKind::Cards, "title") => &["titres", "nom", "label", "card name"],
        (BoardKind::Cards, "text") => &["description", "card description", "contenu", "content"],
        (BoardKind::Cards, "colour") => &["color"],
        (BoardKind::Cards, "group") => &["groupes", "colonne", "liste", "list name", "catégorie", "type"],
        _ => &[],
    }
}

/// What people call a choice, beside what the board shows.
pub fn choice_words(choice: &str) -> &'static [&'static str] {
    match choice {
        "contracts" => &["marché", "nombre de marchés"],
        "euros" => &["€", "euro", "EUR", "EUR HT"],
        "hours" => &["heure", "h"],
        "people" => &["personne"],
        "percent" => &["pourcentage", "pour cent"],
        _ => &[],
    }
}
