//! Trello's JSON, as the same columns that its CSV has.

use serde_json::Value as Json;

use super::Unreadable;
use documents::table::{Row, Table};

/// The columns that are made.
const TITLES: [&str; 6] = ["Card Name", "Card Description", "List Name", "Labels", "Due Date", "Archived"];

/// Whether this JSON is one of Trello's boards.
pub(super) fn is_one(file: &serde_json::Map<String, Json>) -> bool {
    !file.contains_key("kind")
        && file.get("cards").is_some_and(Json::is_array)
        && file.get("lists").is_some_and(Json::is_array)
}

/// The cards as a table, in the order of the file. A card of an archived list is archived.
pub(super) fn table(file: &serde_json::Map<String, Json>) -> Result<Table, Unreadable> {
    let array = |name: &'static str| file.get(name).and_then(Json::as_array).ok_or(Unreadable::NotABoard(name));
    let (cards, lists) = (array("cards")?, array("lists")?);
    let text = |of: &Json, name: &str| of[name].as_str().unwrap_or_default().to_owned();
    let is_closed = |of: &Json| of["closed"].as_bool().unwrap_or(false);
    let lists: std::collections::HashMap<&str, (String, bool)> =
        lists.iter().filter_map(|list| Some((list["id"].as_str()?, (text(list, "name"), is_closed(list))))).collect();
    let titles = Row { line: 0, cells: TITLES.map(str::to_owned).to_vec() };
    let rows = cards.iter().zip(1..).map(|(card, line)| {
        let list = card["idList"].as_str().and_then(|id| lists.get(id)).cloned().unwrap_or_default();
        let labels = card["labels"].as_array().into_iter().flatten();
        let labels: Vec<_> = labels.map(|label| text(label, "name")).filter(|name| !name.is_empty()).collect();
        let is_away = is_closed(card) || list.1;
        let cells =
            [text(card, "name"), text(card, "desc"), list.0, labels.join(", "), text(card, "due"), is_away.to_string()];
        Row { line, cells: cells.to_vec() }
    });
    Ok(Table { rows: std::iter::once(titles).chain(rows).collect(), ..Table::default() })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{empty, imported};
    use super::super::*;

    #[test]
    fn trello_brings_what_is_not_archived() {
        let json = r#"{"id":"b","name":"T","lists":[{"id":"l","name":"À faire"},{"id":"m","name":"Vieux","closed":true}],"cards":[
            {"name":"Une","desc":"texte","idList":"l","closed":false,"labels":[{"name":"urgent"}]},
            {"name":"Deux","desc":"","idList":"l","closed":true},{"name":"Trois","idList":"m"}]}"#;
        let (board, plan) = imported(empty(BoardKind::Cards), json);
        let card = board.cards_by_rank()[0].1;
        assert_eq!(
            (plan.cards, card.text("title"), card.text("text"), card.text("group")),
            (1, "Une", "texte", "À faire")
        );
        assert_eq!(
            plan.problems.iter().map(|problem| (problem.at, problem.why.clone())).collect::<Vec<_>>(),
            [(At::Card(2), Why::Archived), (At::Card(3), Why::Archived)]
        );
        assert_eq!(plan.ignored, ["Labels", "Due Date", "Archived"]);
        let csv =
            "Card ID,Card Name,Card Description,List Name,Archived\n1,Une,texte,Liste,false\n2,Deux,,Liste,true\n";
        let (_, plan) = imported(empty(BoardKind::Cards), csv);
        assert_eq!((plan.cards, plan.problems.len(), plan.ignored), (1, 1, vec!["Card ID".into(), "Archived".into()]));
    }
}
