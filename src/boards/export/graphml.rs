//! A board as GraphML, for network analysis: cards are nodes, links are edges, fields are attributes.

use std::fmt::Write;

use documents::xml::escaped as xml;

use super::Shown;
use crate::labels;
use board_model::kinds::Holds;
use board_model::model::{Board, Card, Value};

/// The board's cards and links as a directed graph.
pub fn graphml(board: &Board, shown: Shown) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
    );
    // What Gephi and others show beside a node and an edge, and how thick they draw it.
    key(&mut out, "label", "node", "label", "string");
    for field in shown.fields(board.kind) {
        let holds = match field.holds {
            Holds::Number | Holds::Integer { .. } => "double",
            _ => "string",
        };
        key(&mut out, field.name, "node", labels::field(board.kind, field.name), holds);
    }
    if board.kind.schema().votes {
        key(&mut out, "votes", "node", labels::field(board.kind, "votes"), "int");
    }
    for (name, title, holds) in [("x", "x", "double"), ("y", "y", "double")] {
        key(&mut out, name, "node", title, holds);
    }
    key(&mut out, "edge_label", "edge", "label", "string");
    key(&mut out, "weight", "edge", "weight", "double");
    for (name, holds) in [("link_kind", "string"), ("strength", "int"), ("note", "string")] {
        key(&mut out, name, "edge", name, holds);
    }
    let _ = writeln!(out, "  <graph id=\"{}\" edgedefault=\"directed\">", board.id);
    for (id, card) in board.cards_by_rank() {
        let _ = writeln!(out, "    <node id=\"{id}\">");
        node(&mut out, board, card, shown);
        out.push_str("    </node>\n");
    }
    for (id, link) in board.state().links {
        let _ = writeln!(out, "    <edge id=\"{id}\" source=\"{}\" target=\"{}\">", link.from, link.to);
        data(&mut out, "edge_label", labels::link(&link.kind));
        data(&mut out, "weight", &f64::from(link.strength).to_string());
        data(&mut out, "link_kind", labels::link(&link.kind));
        data(&mut out, "strength", &link.strength.to_string());
        data(&mut out, "note", &link.note);
        out.push_str("    </edge>\n");
    }
    out.push_str("  </graph>\n</graphml>\n");
    out
}

fn key(out: &mut String, id: &str, on: &str, title: &str, holds: &str) {
    let _ = writeln!(out, "  <key id=\"{id}\" for=\"{on}\" attr.name=\"{}\" attr.type=\"{holds}\"/>", xml(title));
}

fn node(out: &mut String, board: &Board, card: &Card, shown: Shown) {
    data(out, "label", super::name(board.kind, card));
    for field in shown.fields(board.kind) {
        match card.fields.get(field.name) {
            // As XML Schema writes numbers.
            Some(Value::Number(number)) => data(out, field.name, &number.get().to_string()),
            Some(Value::Text(_)) => data(out, field.name, &labels::value(card, field)),
            None => {}
        }
    }
    if board.kind.schema().votes {
        data(out, "votes", &card.votes.len().to_string());
    }
    data(out, "x", &card.x.get().to_string());
    data(out, "y", &card.y.get().to_string());
}

fn data(out: &mut String, key: &str, value: &str) {
    let _ = writeln!(out, "      <data key=\"{key}\">{}</data>", xml(value));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::tests::{actors, board};
    use board_model::kinds::BoardKind;

    #[test]
    fn a_graph_is_written_whole() {
        let graph = graphml(&actors(), Shown::Public);
        for key in [
            "<key id=\"power\" for=\"node\" attr.name=\"Pouvoir (0 à 100)\" attr.type=\"double\"/>",
            "<key id=\"x\" for=\"node\" attr.name=\"x\" attr.type=\"double\"/>",
            "<key id=\"label\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>",
            "<key id=\"edge_label\" for=\"edge\" attr.name=\"label\" attr.type=\"string\"/>",
            "<key id=\"weight\" for=\"edge\" attr.name=\"weight\" attr.type=\"double\"/>",
            "<key id=\"strength\" for=\"edge\" attr.name=\"strength\" attr.type=\"int\"/>",
        ] {
            assert!(graph.contains(key), "{key}: {graph}");
        }
        assert!(
            graph.ends_with(
                "    <node id=\"00000000-0000-0000-0000-000000000002\">\n      <data key=\"label\">CRESS</data>\n\
             \x20     <data key=\"name\">CRESS</data>\n\
             \x20     <data key=\"power\">70</data>\n      <data key=\"x\">0</data>\n      <data key=\"y\">10</data>\n\
             \x20   </node>\n\
             \x20   <edge id=\"00000000-0000-0000-0000-000000000009\" source=\"00000000-0000-0000-0000-000000000001\" \
             target=\"00000000-0000-0000-0000-000000000002\">\n      <data key=\"edge_label\">finance</data>\n\
             \x20     <data key=\"weight\">3</data>\n      <data key=\"link_kind\">finance</data>\n\
             \x20     <data key=\"strength\">3</data>\n      <data key=\"note\">&quot;3 ans&quot;</data>\n    </edge>\n\
             \x20 </graph>\n</graphml>\n"
            ),
            "{graph}"
        );
    }

    #[test]
    fn actors_are_nodes_and_links_are_edges_and_nothing_typed_is_markup() {
        let graph = graphml(&actors(), Shown::Public);
        assert_eq!(graph.matches("<node ").count(), 2);
        assert_eq!(graph.matches("<edge ").count(), 1);
        assert!(graph.contains("<data key=\"name\">Région &lt;Sud&gt; &amp; Cie</data>"), "{graph}");
        assert!(graph.contains("<data key=\"note\">&quot;3 ans&quot;</data>"));
        assert!(graph.contains("attr.name=\"Pouvoir"));
    }

    #[test]
    fn votes_are_an_attribute_where_there_are_votes() {
        let graph = graphml(&board(BoardKind::Questions, &[("question", "Quand ?".into())]), Shown::Public);
        assert!(graph.contains("<key id=\"votes\" for=\"node\" attr.name=\"Votes\" attr.type=\"int\"/>"), "{graph}");
        assert!(graph.contains("<data key=\"votes\">0</data>"), "{graph}");
        assert!(!graphml(&actors(), Shown::Public).contains("votes"));
    }
}
