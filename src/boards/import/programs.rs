//! Files of other programs, and links.

use super::tests::{ADA, empty, imported, imported_as};
use super::*;

#[test]
fn kumu_brings_elements_and_then_connections() {
    let elements =
        "Label,Type,Tags,Description\nCommune un,Collectivité,public|local,Acheteur\nRéseau deux,Association,,Anime\n";
    let (board, plan) = imported(empty(BoardKind::Stakeholders), elements);
    assert_eq!(
        (plan.cards, plan.known, plan.ignored),
        (2, vec!["Acteur", "Notes"], vec!["Type".into(), "Tags".into()])
    );
    let connections = "From,To,Type,Direction,Label\nCommune un,Réseau deux,finance,directed,convention\n\
                       Réseau deux,commune UN,travaille avec,mutual,\nCommune un,Région,finance,directed,\n";
    let (linked, plan) = imported(board.clone(), connections);
    assert_eq!((plan.links, plan.cards, plan.nameless_links), (1, 0, 1));
    let link = linked.state().links.values().next().unwrap();
    assert_eq!((link.kind.as_str(), link.strength, link.note.as_str()), ("funds", 2, "convention"));
    let told: Vec<_> = plan.problems.iter().map(|problem| (problem.at, problem.why.clone())).collect();
    assert_eq!(told, [(At::Line(3), Refusal::UnknownChoice.into()), (At::Line(4), Why::NoSuchTitle("Région".into()))]);
    let wishes = Wishes { link_kind: Some("co_builds".into()), ..Wishes::default() };
    let (linked, plan) = imported_as(board, connections.as_bytes(), &wishes);
    assert_eq!((plan.links, plan.doubts[0].why), (2, Unusual::Undirected));
    assert!(
        linked
            .state()
            .links
            .values()
            .any(|link| (link.kind.as_str(), link.note.as_str()) == ("co_builds", "travaille avec"))
    );
    // Again: both are there.
    let plan = super::plan(&linked, connections.as_bytes(), &wishes, ADA).unwrap();
    assert_eq!((plan.links, plan.there.links), (0, 2));
}

#[test]
fn an_end_of_a_link_that_several_cards_are_called_is_told() {
    let (board, _) = imported(empty(BoardKind::Stakeholders), "Acteur\nVille\nville\nÉtat\n");
    let (_, plan) = imported(board, "De;Lien;Vers;Force\nVille;finance;État;fort\nÉtat;finance;État;9\n");
    let told: Vec<_> = plan.problems.iter().map(|problem| (problem.at, problem.why.clone())).collect();
    assert_eq!(told, [(At::Line(2), Why::SeveralTitled("Ville".into())), (At::Line(3), Why::WrongStrength)]);
}

#[test]
fn trello_brings_what_is_not_archived() {
    let json = r#"{"id":"b","name":"T","lists":[{"id":"l","name":"À faire"},{"id":"m","name":"Vieux","closed":true}],"cards":[
        {"name":"Une","desc":"texte","idList":"l","closed":false,"labels":[{"name":"urgent"}]},
        {"name":"Deux","desc":"","idList":"l","closed":true},{"name":"Trois","idList":"m"}]}"#;
    let (board, plan) = imported(empty(BoardKind::Cards), json);
    let card = board.cards_by_rank()[0].1;
    assert_eq!((plan.cards, card.text("title"), card.text("text"), card.text("group")), (1, "Une", "texte", "À faire"));
    assert_eq!(
        plan.problems.iter().map(|problem| (problem.at, problem.why.clone())).collect::<Vec<_>>(),
        [(At::Card(2), Why::Archived), (At::Card(3), Why::Archived)]
    );
    assert_eq!(plan.ignored, ["Labels", "Due Date", "Archived"]);
    let csv = "Card ID,Card Name,Card Description,List Name,Archived\n1,Une,texte,Liste,false\n2,Deux,,Liste,true\n";
    let (_, plan) = imported(empty(BoardKind::Cards), csv);
    assert_eq!((plan.cards, plan.problems.len(), plan.ignored), (1, 1, vec!["Card ID".into(), "Archived".into()]));
}
