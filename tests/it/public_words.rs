//! What belongs to members stands on no public page and in no public feed: distinctive words are planted into every column of
//! the database that is not declared public here, and every public address is asked.

use std::collections::BTreeSet;

use domain::calendar::feed::Feed;

use crate::harness::catalogue::{self, Bare, Contents};
use crate::harness::filled::filled;
use crate::harness::{TestApp, TestDatabase, Visitor};
use crate::permissions::table::{Gate, ROUTES};

/// Columns with words that everybody may read. A new column with words is planted, unless it is added here.
const PUBLIC: [&str; 22] = [
    "edition.slug",
    "edition.title",
    "edition.summary",
    "edition.zone",
    "event.slug",
    "event.title",
    "event.summary",
    "event.preparation",
    "event.starts_local",
    "event.ends_local",
    "event.zone",
    "event.place",
    "event.agenda",
    "event.speakers",
    "event.questions",
    "event_document.title",
    "event_document.file_name",
    "identity_fact.value",
    "resource.title",
    "resource.description",
    "resource.url",
    "board_results.content",
];

/// Columns of closed sets of values, and settings of the program: no words of anybody's, and no server starts without them.
pub const NO_WORDS: [&str; 28] = [
    "address_change.status",
    "audit_log.action",
    "board.kind",
    "erased_count.status",
    "event.board_kind",
    "event.kind",
    "event.status",
    "event.unlisted_policy",
    "event_document.format",
    "event_source.snapshot",
    "identity_fact.name",
    "invitation_round.events",
    "letter.kind",
    "letter.status",
    "link_check.state",
    "mail_circuit_breaker.reason",
    "organisation.kind",
    "proof_request.purpose",
    "proof_request.answer",
    "registration.status",
    "registration_status_change.status",
    "reminder_settings.reminders",
    "resource.kind",
    "role_grant.role",
    "seat_transfer.status",
    "setting.name",
    "setting.value",
    "suppression.scope",
];

/// JSON of members', in which this word of the filled database gives way to the planted one.
const WITHIN_JSON: [(&str, &str); 6] = [
    ("board_edit.edit", "Indicateur "),
    ("board_snapshot.state", "Indicateur "),
    ("event.letter_texts", "Apportez "),
    ("letter.data", "person"),
    ("proof_request.details", "Ville "),
    ("registration.answers", "Boucle "),
];

/// The host of every event's video meeting.
const HOST: &str = "zq0host.exemple.fr";

/// Plants into each column of members' a word of its own; gives the words.
async fn plant(database: &TestDatabase) -> Vec<(String, String)> {
    let mut bare = Bare::open(&database.url).await;
    let columns = bare.columns_of_words().await;
    bare.execute(&format!(
        "update event set video_url = 'https://{HOST}/', buyer_list = 'nantes.fr', status = 'published'"
    ))
    .await;
    bare.execute("update registration set reason = 'motif'").await;
    let mut words = vec![("event.video_url".to_owned(), HOST.to_owned())];
    let known: BTreeSet<&str> = PUBLIC.into_iter().chain(NO_WORDS).collect();
    for (number, column) in columns.iter().filter(|column| !known.contains(column.as_str())).enumerate() {
        let (table, name) = column.split_once('.').unwrap();
        // Long enough that no hash of a page holds it by chance.
        let word = format!("zqplanted{number}w");
        match WITHIN_JSON.iter().find(|(one, _)| one == column) {
            Some((_, old)) => bare.replace_in_json(table, name, (old, &format!("{word} "))).await,
            // The end of an address is free; elsewhere what is unique stays so.
            None if column == "event.video_url" => {
                bare.execute(&format!("update event set {name} = {name} || '{word}'")).await
            }
            // Names that an organiser checked are suggested to everybody.
            None if column == "organisation.name" => {
                bare.execute(&format!("update organisation set name = '{word}' || name where kind is null")).await;
            }
            None => bare.execute(&format!("update {table} set {name} = '{word}' || {name}")).await,
        }
        words.push((column.clone(), word));
    }
    bare.close().await;
    let declared: Vec<_> = known.iter().filter(|one| columns.iter().all(|column| column != **one)).collect();
    assert!(declared.is_empty(), "no such columns: {declared:?}");
    words
}

/// Tables whose identifiers everybody may know.
const PUBLIC_IDS: [&str; 3] = ["edition", "event", "event_document"];

/// Identifiers of what is not public, in hexadecimal.
fn identifiers(contents: &Contents) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, table) in contents.tables.iter().filter(|(name, _)| !PUBLIC_IDS.contains(&name.as_str())) {
        for row in table.rows.iter().filter_map(|row| row.get("id")) {
            let hex: String = row.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_lowercase();
            if hex.len() == 32 {
                found.push((format!("{name}.id"), hex));
            }
        }
    }
    found
}

/// The columns of which a text shows something.
fn shown(text: &str, words: &[(String, String)]) -> Vec<String> {
    let text = text.to_lowercase();
    let plain = text.replace("\r\n ", "").replace('-', "");
    words
        .iter()
        .filter(|(_, word)| text.contains(word) || plain.contains(word))
        .map(|(column, _)| column.clone())
        .collect()
}

/// Every public address, with its methods: those without a secret, for each event and document, and the feeds.
fn addresses(events: &[String], documents: &[String]) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (line, gate) in ROUTES {
        let (methods, path) = line.rsplit_once(' ').unwrap();
        // Files are those of the repository; a board's socket answers to its handshake alone.
        let is_public = *gate == Gate::Open && !path.starts_with("/fichiers/") && methods != "ANY";
        if !is_public || ["{token}", "{sealed}", "{address}", "{code}"].iter().any(|secret| path.contains(secret)) {
            continue;
        }
        // The first board of each event, where results are published.
        let path = path.replace("{number}", "1");
        let paths: Vec<String> = match path.as_str() {
            "/documents/{id}" => documents.iter().map(|id| path.replace("{id}", id)).collect(),
            _ if path.contains("{slug}") => events.iter().map(|event| path.replace("{slug}", event)).collect(),
            _ => vec![path],
        };
        assert!(paths.iter().all(|path| !path.contains('{')), "{line}: public, or does it hold a secret?");
        for method in ["GET", "POST"].into_iter().filter(|method| methods.contains(*method)) {
            found.extend(paths.iter().map(|path| (method, path.clone())));
        }
    }
    let feeds = [Feed::All, Feed::Webinars, Feed::Workshops].map(|feed| feed.path().to_owned());
    let one = events.iter().map(|event| format!("/evenements/{event}.ics"));
    let queries = events.iter().flat_map(|event| {
        ["attente&position=1", "confirmee", "approbation"]
            .map(|issue| format!("/evenements/{event}/inscription/recue?issue={issue}"))
    });
    found.extend(feeds.into_iter().chain(one).chain(queries).map(|path| ("GET", path)));
    found
}

async fn ask(visitor: &Visitor, (method, path): &(&str, String)) -> String {
    let answer = if *method == "GET" { visitor.get(path).await } else { visitor.post(path, &[]).await };
    assert!(answer.status.as_u16() < 500, "{method} {path}: {}", answer.status);
    let headers: String = answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}\n")).collect();
    headers + &answer.body
}

#[tokio::test(flavor = "multi_thread")]
async fn no_word_of_members_stands_on_a_public_page_or_feed() {
    let database = filled().await;
    let mut words = plant(&database).await;
    let contents = catalogue::contents(&database.url).await;
    words.extend(identifiers(&contents));
    assert!(words.len() > 100, "{}", words.len());
    let events: Vec<String> =
        contents.tables["event"].rows.iter().map(|row| row["slug"].trim_matches('\'').to_owned()).collect();
    let app = TestApp::start_on(database, |_| {}).await;
    let visitor = app.visitor();
    let mut leaks = Vec::new();
    let uuid = |row: &std::collections::BTreeMap<String, String>| {
        let hex: String = row["id"].chars().filter(char::is_ascii_hexdigit).collect();
        uuid::Uuid::parse_str(&hex).unwrap().to_string()
    };
    let documents: Vec<String> = contents.tables["event_document"].rows.iter().map(uuid).collect();
    let addresses = addresses(&events, &documents);
    assert!(addresses.len() > 40 && addresses.iter().any(|(_, path)| path == "/calendrier.ics"), "{addresses:#?}");
    for address in &addresses {
        let text = ask(&visitor, address).await;
        leaks.extend(shown(&text, &words).into_iter().map(|column| format!("{} {}: {column}", address.0, address.1)));
    }
    assert!(leaks.is_empty(), "{leaks:#?}");

    // What was planted is there to be found: organisers see it.
    let desk = app.desk().await;
    let mut seen = BTreeSet::new();
    for event in &events {
        for page in ["", "/modifier", "/places", "/public"] {
            let page = desk.get(&format!("/organisation/evenements/{event}{page}")).await;
            seen.extend(shown(&page.body, &words));
        }
    }
    let there =
        ["event.video_url", "event.buyer_list", "registration.name", "registration.organisation", "person.email"];
    let missing: Vec<_> = there.iter().filter(|column| !seen.contains(**column)).collect();
    assert!(missing.is_empty(), "{missing:?} among {seen:?}");
}
