//! Makes people of the lines of a list. Pure.

use std::collections::BTreeSet;

use documents::columns::{self, Column, Mapping};
use documents::decode::decode;
use documents::file_format::FileFormat;
use documents::table::{self, Row};

use kernel::text::visible_line;

use super::french::TARGETS;
use super::{
    Columns, Fault, FaultyLine, ListError, ListText, ListedPerson, MAX_NAME, PeopleList, Reading, SAMPLES, Told,
    addresses,
};

/// Numbers of the targets.
const ADDRESS: usize = 0;
const GIVEN_NAME: usize = 1;
const NAME: usize = 2;
const ORGANISATION: usize = 3;
const SIRET: usize = 4;
const CIVILITY: usize = 5;

/// Orders of columns that our pages name for lists without headings, by the number of the column with the addresses.
const ORDERS: [&[usize]; 2] = [&[ADDRESS, NAME, ORGANISATION], &[NAME, ADDRESS, ORGANISATION, SIRET]];

/// Empty rows of a workbook that are kept before another.
const MAX_GAP: usize = 1_000;

/// The text of a file: of a workbook its first sheet with something in it, as CSV, each row on its line.
///
/// # Errors
///
/// When it cannot be read as a list at all.
pub fn text_of(bytes: &[u8]) -> Result<ListText, ListError> {
    if FileFormat::of(bytes) != Some(FileFormat::Xlsx) {
        return match (FileFormat::of(bytes), decode(bytes)) {
            (Some(format), _) => Err(ListError::Format(format)),
            (None, None) => Err(ListError::Format(FileFormat::Other)),
            (None, Some(decoded)) => {
                Ok(ListText { text: decoded.text, encoding: Some(decoded.encoding), other_sheets: Vec::new() })
            }
        };
    }
    let sheet = table::read(bytes, heading)?;
    let mut text = String::new();
    let mut line = 1;
    for row in sheet.rows {
        // Rows keep their numbers, unless there are as many empty ones as no list has.
        if row.line - line <= MAX_GAP {
            text.push_str(&"\n".repeat(row.line - line));
            line = row.line;
        }
        let cells: Vec<_> = row.cells.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&cells.join(";"));
        text.push('\n');
        line += 1;
    }
    Ok(ListText { text, encoding: None, other_sheets: sheet.other_sheets })
}

/// People as a table that is read back as the same people.
#[must_use]
pub fn as_table(people: &[ListedPerson]) -> String {
    let targets = [ADDRESS, NAME, ORGANISATION, SIRET];
    let mut text = targets.map(|target| TARGETS[target].label).join(";");
    for one in people {
        let cells = [one.address.as_str(), &one.name, &one.organisation, &one.siret].map(quoted);
        text.push('\n');
        text.push_str(&cells.join(";"));
    }
    text
}

/// A cell of CSV on one line.
fn quoted(cell: &str) -> String {
    let cell = cell.replace("\r\n", " ").replace(['\r', '\n'], " ");
    if cell.contains([';', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

/// Whether a text is a heading that is known.
#[must_use]
pub fn heading(text: &str) -> bool {
    columns::by_titles(&[text.to_owned()], &TARGETS).target(0).is_some()
}

/// Reads a list: a table, or addresses as mail programs write them. What somebody told of its columns goes before its headings.
///
/// # Errors
///
/// When it cannot be read as a list at all.
pub fn read(text: &str, told: &Told) -> Result<Reading, ListError> {
    if let Some(list) = plain(text) {
        return Ok(Reading::Read(list));
    }
    let rows = table::read_text(text, heading)?.rows;
    let columns = columns_of(&rows, told);
    let of = |target: usize| columns.mapping.column(target);
    let is_clear = of(ADDRESS).is_some() && columns.mapping.taken_twice().is_empty();
    let is_told = columns.has_heading || told.first == columns.first || is_in_known_order(&rows, &columns.mapping);
    if !(is_clear && is_told) {
        return Ok(Reading::Ask(columns));
    }
    Ok(Reading::Read(from_table(rows, columns)))
}

/// A list of nothing but addresses, with names or without; `None` when some line has more.
fn plain(text: &str) -> Option<PeopleList> {
    let mut list = PeopleList::default();
    let mut seen = BTreeSet::new();
    let mut has_address = false;
    let lines = (1..).zip(text.trim_start_matches('\u{feff}').lines().map(str::trim));
    for (line, text) in lines.filter(|(_, text)| !text.is_empty()) {
        let Some(people) = addresses::of_line(text) else {
            // A line without any address tells nothing of the others, unless it has cells.
            if text.contains('@') || text.contains([';', '\t']) || heading(text) {
                return None;
            }
            list.faults.push(FaultyLine { line, text: text.to_owned(), fault: Fault::NoAddress });
            continue;
        };
        has_address = true;
        for one in people {
            let person = one.address.and_then(|address| {
                let name = fitting(&one.name)?;
                Ok(ListedPerson { line, address, name, organisation: String::new(), siret: String::new() })
            });
            add(&mut list, &mut seen, person.map_err(|fault| FaultyLine { line, text: one.text, fault }));
        }
    }
    has_address.then_some(list)
}

fn add(list: &mut PeopleList, seen: &mut BTreeSet<String>, person: Result<ListedPerson, FaultyLine>) {
    match person {
        Ok(person) if seen.insert(person.address.to_string()) => list.people.push(person),
        Ok(person) => list.repeated.push((person.line, person.address)),
        Err(fault) => list.faults.push(fault),
    }
}

/// A name or an organisation as it is kept.
fn fitting(text: &str) -> Result<String, Fault> {
    let seen = visible_line(text).split_whitespace().collect::<Vec<_>>().join(" ");
    if seen.chars().count() > MAX_NAME { Err(Fault::TooLong) } else { Ok(seen) }
}

/// What the columns hold: as somebody told, else as the headings say, else as the content lets guess.
fn columns_of(rows: &[Row], told: &Told) -> Columns {
    let first_row = rows.first().map(|row| row.cells.as_slice()).unwrap_or_default();
    let by_titles = columns::by_titles(first_row, &TARGETS);
    let knows_some = (0..first_row.len()).any(|column| by_titles.target(column).is_some());
    let is_named = first_row.iter().all(|cell| !cell.contains('@'));
    let first = first_row.join(" | ");
    let is_told = !told.columns.is_empty() && told.first == first;
    // Somebody who says what the columns hold may have headings that we do not know.
    let has_heading = is_named && (knows_some || (is_told && rows.len() > 1));
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    let body = if has_heading { &rows[1..] } else { rows };
    let columns = (0..width).map(|column| {
        let filled = body.iter().filter_map(|row| row.cells.get(column)).filter(|cell| !cell.is_empty());
        Column {
            title: if has_heading { first_row.get(column).cloned().unwrap_or_default() } else { String::new() },
            samples: filled.take(SAMPLES).cloned().collect(),
        }
    });
    let columns: Vec<_> = columns.collect();
    let mut mapping = if is_told {
        columns::by_titles(&vec![String::new(); width], &TARGETS)
    } else if has_heading && knows_some {
        widened(&by_titles, width)
    } else {
        guessed(body, width)
    };
    if is_told {
        for (column, name) in &told.columns {
            mapping.set(*column, TARGETS.iter().position(|target| target.name == name));
        }
    }
    Columns { columns, mapping, first, has_heading }
}

fn widened(mapping: &Mapping, width: usize) -> Mapping {
    let mut wide = columns::by_titles(&vec![String::new(); width], &TARGETS);
    for column in 0..width {
        wide.set(column, mapping.target(column));
    }
    wide
}

/// What the columns of a list without headings may hold: the one with the addresses, and the others in one of the orders that
/// our pages name. A proposal, which is asked about unless the list is in such an order.
fn guessed(rows: &[Row], width: usize) -> Mapping {
    let mut mapping = columns::by_titles(&vec![String::new(); width], &TARGETS);
    let with_addresses =
        |column: usize| rows.iter().any(|row| row.cells.get(column).is_some_and(|it| it.contains('@')));
    let mut found = (0..width).filter(|column| with_addresses(*column));
    let (Some(address), None) = (found.next(), found.next()) else { return mapping };
    mapping.set(address, Some(ADDRESS));
    let mut others = [NAME, ORGANISATION, SIRET].into_iter();
    for column in (0..width).filter(|column| *column != address) {
        mapping.set(column, others.next());
    }
    mapping
}

/// Whether a list without headings has its columns in an order that our pages name, and no more of them.
fn is_in_known_order(rows: &[Row], mapping: &Mapping) -> bool {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    ORDERS
        .iter()
        .any(|order| width <= order.len() && (0..width).all(|column| mapping.target(column) == Some(order[column])))
}

fn from_table(mut rows: Vec<Row>, columns: Columns) -> PeopleList {
    if columns.has_heading {
        rows.remove(0);
    }
    let mut list = PeopleList { ignored: ignored(&rows, &columns), ..PeopleList::default() };
    let mut seen = BTreeSet::new();
    for row in rows {
        let person = person(&row, &columns.mapping);
        let text = || row.cells.iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
        add(&mut list, &mut seen, person.map_err(|fault| FaultyLine { line: row.line, text: text(), fault }));
    }
    list.columns = Some(columns);
    list
}

fn person(row: &Row, mapping: &Mapping) -> Result<ListedPerson, Fault> {
    let cell =
        |target: usize| mapping.column(target).and_then(|column| row.cells.get(column)).map_or("", String::as_str);
    let one = addresses::of_cell(cell(ADDRESS));
    let address = one.address?;
    let full = format!("{} {}", cell(GIVEN_NAME), cell(NAME));
    let name = fitting(if full.trim().is_empty() { &one.name } else { &full })?;
    let organisation = fitting(cell(ORGANISATION))?;
    Ok(ListedPerson { line: row.line, address, name, organisation, siret: cell(SIRET).to_owned() })
}

/// The headings of columns with something in them that is not taken.
fn ignored(rows: &[Row], columns: &Columns) -> Vec<String> {
    let is_taken = |column: usize| columns.mapping.target(column).is_some_and(|target| target != CIVILITY);
    let is_used = |column: usize| rows.iter().any(|row| row.cells.get(column).is_some_and(|cell| !cell.is_empty()));
    let numbered = (1..).zip(&columns.columns);
    let left = numbered.filter(|(number, _)| !is_taken(number - 1) && is_used(number - 1));
    left.map(|(number, column)| if column.title.is_empty() { number.to_string() } else { column.title.clone() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> PeopleList {
        match read(text, &Told::default()).unwrap() {
            Reading::Read(list) => list,
            Reading::Ask(columns) => panic!("{columns:?}"),
        }
    }

    fn people(list: &PeopleList) -> Vec<(&str, &str, &str)> {
        list.people.iter().map(|it| (it.name.as_str(), it.address.as_str(), it.organisation.as_str())).collect()
    }

    fn asked(text: &str) -> Columns {
        match read(text, &Told::default()).unwrap() {
            Reading::Ask(columns) => columns,
            Reading::Read(list) => panic!("{list:?}"),
        }
    }

    #[test]
    fn columns_are_known_by_the_headings_that_people_use_in_any_order() {
        for text in [
            "Courriel;Nom;Organisation\nada@exemple.fr;Ada Martin;Ville",
            "Organisme,Adresse de messagerie,Prénom,NOM\nVille,ada@exemple.fr,Ada,Martin",
            "Civilité;Nom de famille;Prénom;Adresse e-mail;Entité\nMme;Martin;Ada;ada@exemple.fr;Ville",
            "Structure\tMél\tNom et prénom\nVille\tmailto:ada@exemple.fr\tAda Martin",
            "\u{feff}N°;NOM;PRENOM;MAIL (professionnel);COLLECTIVITE\r\n1;Martin;Ada;Ada@Exemple.fr;Ville\r\n",
            "Prénom;Nom;E-mail;Établissement\nAda;Martin;\"Ada <ada@exemple.fr>\";Ville",
        ] {
            assert_eq!(people(&list(text)), [("Ada Martin", "ada@exemple.fr", "Ville")], "{text}");
        }
        assert_eq!(list("Civilité;Nom;Courriel;Âge\nMme;Ada;ada@exemple.fr;36").ignored, ["Civilité", "Âge"]);
    }

    #[test]
    fn empty_cells_keep_their_columns() {
        let read = list("Nom;Courriel;Organisation\n;ada@exemple.fr;Ville\nBob;bob@exemple.fr;");
        assert_eq!(people(&read), [("", "ada@exemple.fr", "Ville"), ("Bob", "bob@exemple.fr", "")]);
        assert_eq!(people(&list("ada@exemple.fr;;Ville")), [("", "ada@exemple.fr", "Ville")]);
    }

    #[test]
    fn a_list_without_headings_is_read_in_the_orders_that_pages_name_and_asked_about_in_others() {
        assert_eq!(people(&list("ada@exemple.fr;Ada;Ville\nbob@exemple.fr")).len(), 2);
        assert_eq!(people(&list("Ada\tada@exemple.fr\tVille")), [("Ada", "ada@exemple.fr", "Ville")]);
        let columns = asked("Ville;Ada;ada@exemple.fr\nNantes;Bob;bob@exemple.fr");
        assert_eq!(columns.mapping.target(2), Some(ADDRESS));
        assert_eq!(columns.columns[1].samples, ["Ada", "Bob"]);
        let told = |columns: &Columns, names: &[&str]| Told {
            first: columns.first.clone(),
            columns: names.iter().enumerate().map(|(at, name)| (at, (*name).to_owned())).collect(),
        };
        let said = told(&columns, &["organisation", "nom", "adresse"]);
        let Ok(Reading::Read(read)) = read("Ville;Ada;ada@exemple.fr\nNantes;Bob;bob@exemple.fr", &said) else {
            panic!()
        };
        assert_eq!(people(&read)[1], ("Bob", "bob@exemple.fr", "Nantes"));
        // Headings that nobody knows.
        let text = "Qui;Où;Comment joindre\nAda;Ville;ada@exemple.fr";
        let columns = asked(text);
        let Ok(Reading::Read(read)) = super::read(text, &told(&columns, &["nom", "organisation", "adresse"])) else {
            panic!()
        };
        assert_eq!((people(&read), read.faults.len()), (vec![("Ada", "ada@exemple.fr", "Ville")], 0));
        // Said of another list.
        assert!(matches!(super::read(text, &said), Ok(Reading::Ask(_))));
        // Two columns for one thing.
        assert!(matches!(super::read(text, &told(&columns, &["nom", "nom", "adresse"])), Ok(Reading::Ask(_))));
        asked("a@x.fr;b@x.fr;Ada");
    }

    #[test]
    fn no_line_is_swallowed_as_a_heading_and_what_is_wrong_is_told_with_its_line() {
        let read = list("Mailys Durand;;Ville de X\nada@exemple.fr;Ada;Ville");
        assert_eq!(people(&read), [("Ada", "ada@exemple.fr", "Ville")]);
        assert_eq!((read.faults[0].line, read.faults[0].fault), (1, Fault::NotAnAddress));
        let read = list("Nom;Courriel\n\nAda;ada@\nBob;\nÉlodie;élodie@exemple.fr\nX;a@x.fr, b@x.fr");
        let told: Vec<_> = read.faults.iter().map(|it| (it.line, it.fault)).collect();
        assert_eq!(
            told,
            [(3, Fault::NotAnAddress), (4, Fault::NoAddress), (5, Fault::NeedsSmtpUtf8), (6, Fault::SeveralAddresses)]
        );
        let long = format!("Nom;Courriel\n{};ada@exemple.fr", "a".repeat(MAX_NAME + 1));
        assert_eq!(list(&long).faults[0].fault, Fault::TooLong);
        let plain = list("ada@exemple.fr\nADA@exemple.fr\nbob\nbob@\n");
        assert_eq!((plain.people.len(), plain.repeated.len(), plain.faults.len()), (1, 1, 2));
    }

    #[test]
    fn a_workbook_is_a_list_with_its_lines() {
        let rows = [["Nom", "Courriel"], ["Zoé; dite \"Z\"", "zoe@exemple.fr"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        let text = text_of(&documents::spreadsheet::xlsx(rows).unwrap()).unwrap().text;
        assert_eq!(people(&list(&text)), [("Zoé; dite \"Z\"", "zoe@exemple.fr", "")]);
    }

    #[test]
    fn files_of_french_excel_keep_their_letters() {
        for file in ["30-excel-fr-windows-1252.csv", "31-excel-fr-utf-16.csv"] {
            let bytes =
                std::fs::read(format!("{}/../../tests/fixtures/lists/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
            let read = list(&text_of(&bytes).unwrap().text);
            assert_eq!(
                people(&read),
                [
                    ("Camille DURAND", "camille.durand@exemple.fr", "Ville d’Angers"),
                    ("Zoé MARTIN", "zoe.martin@exemple.fr", "Vandœuvre-lès-Nancy"),
                ]
            );
        }
    }

    #[test]
    fn people_as_a_table_are_the_same_people() {
        let read = list(
            "Nom;Courriel;Organisation;SIRET\n\"Zoé; dite \"\"Z\"\"\";zoe@exemple.fr;\"Ville, rue\";123\n;bob@exemple.fr;;",
        );
        assert_eq!(people(&list(&as_table(&read.people))), people(&read));
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_told() {
        let text = "Nom;Courriel;Organisation\nAda;ada@exemple.fr;\"Ville\nBob;bob@exemple.fr;Ville";
        assert_eq!(read(text, &Told::default()), Err(ListError::OpenQuote(2)));
    }
}
