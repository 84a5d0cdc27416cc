//! Words that people wrote turn no line round: a name that is written from right to left, or hides a mark that says so, changes
//! the direction of itself alone on every page that shows it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::harness::catalogue::Bare;
use crate::harness::filled::filled;
use crate::harness::{TestApp, Visitor};
use crate::public_words::NO_WORDS;

/// Makes what follows be shown from right to left (RIGHT-TO-LEFT OVERRIDE); stands before each planted value.
const TURN: char = '\u{202e}';
/// Stands after each of them.
const END: char = '\u{2e3b}';

/// Columns that are no words of people's that pages show as they are: addresses, keys, times, and what is read as JSON or lists.
const NOT_SHOWN: [&str; 4] = ["_at", "_local", "_hash", "_key"];

/// Elements whose text has a direction of its own (HTML, "Rendering", §15.3.5), and those in which there can be no other.
const APART: [&str; 26] = [
    "bdi",
    "p",
    "li",
    "td",
    "th",
    "dd",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "div",
    "section",
    "article",
    "blockquote",
    "caption",
    "figcaption",
    "summary",
    "legend",
    "header",
    "main",
    "address",
    "output",
    "body",
];
/// Elements whose content is no markup.
const PLAIN: [&str; 5] = ["title", "option", "textarea", "script", "pre"];
/// Elements without an end.
const VOID: [&str; 10] = ["input", "br", "img", "meta", "link", "hr", "wbr", "source", "track", "path"];

/// Plants into the columns that hold words of people's.
async fn plant(url: &str) -> usize {
    let mut bare = Bare::open(url).await;
    let columns: Vec<_> = bare.columns_of_words().await;
    let shown = [
        "person.name",
        "organisation.name",
        "event.title",
        "event.place",
        "event.summary",
        "event.preparation",
        "registration.name",
        "registration.organisation",
        "registration.reason",
        "board.title",
        "event_document.title",
        "resource.title",
        "resource.description",
        "letter.recipient_name",
        "seat_transfer.name",
        "edition.title",
        "edition.summary",
    ];
    let mut planted = 0;
    for column in columns.iter().filter(|column| shown.contains(&column.as_str()) || is_named_like_words(column)) {
        let (table, name) = column.split_once('.').unwrap();
        bare.execute(&format!("update {table} set {name} = '{TURN}' || {name} || '{END}' where {name} <> ''")).await;
        planted += 1;
    }
    bare.execute("update event set status = 'published' where status = 'draft'").await;
    // Their links are used up, and of an hour to come.
    bare.execute("delete from letter where kind = 'sign-in'").await;
    bare.close().await;
    planted
}

/// Columns of later features: what is called like words is planted without anybody remembering.
fn is_named_like_words(column: &str) -> bool {
    let called = column.split_once('.').unwrap().1;
    !NO_WORDS.contains(&column)
        && !NOT_SHOWN.iter().any(|end| called.ends_with(end))
        && ["name", "title", "organisation", "place", "description", "note"].contains(&called)
        && !["setting.name", "identity_fact.name"].contains(&column)
}

/// The lines of a page that are turned round: what stands beside planted words in an element.
fn turned(page: &str) -> BTreeSet<String> {
    let mut open: Vec<(String, String)> = vec![("body".to_owned(), String::new())];
    let mut found = BTreeSet::new();
    let close = |open: &mut Vec<(String, String)>, found: &mut BTreeSet<String>| {
        let (name, text) = open.pop().unwrap();
        if name == "bdi" {
            return;
        }
        if !APART.contains(&name.as_str()) {
            if let Some((_, outer)) = open.last_mut() {
                outer.push_str(&text);
            }
            return;
        }
        let text = without_isolates(&text);
        if text.contains(TURN) && beside(&text).chars().any(char::is_alphanumeric) {
            found.insert(format!("<{name}> {}", text.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
    };
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        open.last_mut().unwrap().1.push_str(&rest[..at]);
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        let tag = &rest[at + 1..end - 1];
        rest = &rest[end..];
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        if tag.starts_with('/') {
            while open.len() > 1 && open.last().unwrap().0 != name {
                close(&mut open, &mut found);
            }
            if open.len() > 1 {
                close(&mut open, &mut found);
            }
        } else if PLAIN.contains(&name.as_str()) {
            rest = rest.split_once(&format!("</{name}>")).map_or("", |(_, rest)| rest);
        } else if !tag.starts_with('!') && !tag.ends_with('/') && !VOID.contains(&name.as_str()) {
            open.push((name, String::new()));
        }
    }
    while !open.is_empty() {
        close(&mut open, &mut found);
    }
    found
}

/// The text without what stands between isolates.
fn without_isolates(text: &str) -> String {
    let mut parts = text.split('\u{2068}');
    let first = parts.next().unwrap_or_default().to_owned();
    first + &parts.filter_map(|part| part.split_once('\u{2069}')).map(|(_, after)| after).collect::<String>()
}

/// The text without the planted values.
fn beside(text: &str) -> String {
    let (mut beside, mut rest) = (String::new(), text);
    while let Some((before, planted)) = rest.split_once(TURN) {
        beside.push_str(before);
        // What is cut short has no end.
        rest = planted.split_once(END).map_or("", |(_, after)| after);
    }
    beside + rest
}

/// The addresses within the site that a page links to.
fn links(page: &str) -> Vec<String> {
    let values = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&"));
    let local = values.filter(|value| value.starts_with('/') && !value.starts_with("/fichiers/"));
    local.map(|value| value.split('#').next().unwrap().to_owned()).collect()
}

/// Whether a page like it was looked at often enough: the same address but for its identifiers.
fn is_known(seen: &mut BTreeMap<String, usize>, address: &str) -> bool {
    let kind: Vec<_> = address
        .split(['/', '?', '&'])
        .map(|part| if part.len() > 20 || part.contains(char::is_numeric) { "*" } else { part })
        .collect();
    let count = seen.entry(kind.join("/")).or_default();
    *count += 1;
    *count > 3
}

/// The pages that links lead to from these addresses.
async fn walk(visitor: &Visitor, from: &[String]) -> BTreeMap<String, String> {
    let (mut seen, mut pages) = (BTreeMap::new(), BTreeMap::new());
    let mut waiting: VecDeque<String> = from.iter().cloned().collect();
    while let Some(address) = waiting.pop_front() {
        if pages.contains_key(&address) || is_known(&mut seen, &address) {
            continue;
        }
        let answer = visitor.get(&address).await;
        let is_page = answer.headers.get("content-type").is_some_and(|it| it.as_bytes().starts_with(b"text/html"));
        if is_page {
            waiting.extend(links(&answer.body));
            pages.insert(address, answer.body);
        }
    }
    pages
}

/// The links in all letters, with their secrets.
async fn links_of_letters(app: &TestApp) -> Vec<String> {
    let mut conn = app.app.db.read().await.unwrap();
    let rows: Vec<sqlx::types::Json<serde_json::Value>> =
        db::dispatch!(&mut conn, |conn| sqlx::query_scalar("select data from letter").fetch_all(conn).await).unwrap();
    let links = rows.iter().flat_map(|row| row.0["links"].as_array().cloned().unwrap_or_default());
    let links = links.map(|link| serde_json::from_value::<mail::LetterLink>(link).unwrap());
    links.map(|link| link.address("", &app.app.key)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobodys_words_turn_a_line_of_a_page_round() {
    let database = filled().await;
    assert!(plant(&database.url).await > 15);
    let app = TestApp::start_on(database, |config| config.rate_per_network = 100_000).await;
    let desk = app.desk().await;
    let mut from = vec!["/".to_owned(), "/organisation".to_owned(), "/mon-parcours".to_owned()];
    from.extend(links_of_letters(&app).await);
    let pages = walk(&desk, &from).await;
    let shown = pages.values().filter(|page| page.contains(TURN)).count();
    assert!(pages.len() > 80 && shown > 60, "{} {shown}", pages.len());
    let mut lines: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (address, page) in &pages {
        for line in turned(page) {
            lines.entry(line).or_default().insert(address.clone());
        }
    }
    let told: Vec<_> = lines.iter().map(|(line, on)| format!("{line}\n    {}", on.first().unwrap())).collect();
    assert!(told.is_empty(), "{}:\n{}", told.len(), told.join("\n"));
}

#[test]
fn a_line_is_turned_by_what_stands_in_no_element_of_its_own() {
    let name = format!("{TURN}adA{END}");
    for whole in ["<td>{}</td>", "<p>Par <bdi>{}</bdi>.</p>", "<li><a href=\"/\">{}</a></li>", "<p>{}<br>{}</p>"] {
        assert_eq!(turned(&whole.replace("{}", &name)), BTreeSet::new(), "{whole}");
    }
    for bad in ["<p>Par {}</p>", "<li><a href=\"/\">{}</a> (3)</li>", "<td>{} <span>x</span></td>"] {
        assert_eq!(turned(&bad.replace("{}", &name)).len(), 1, "{bad}");
    }
}
