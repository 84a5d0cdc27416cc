//! Who may open which address: every route of the router, asked by every role in every scope, beside one table. From that
//! table docs/permissions.md is written.

pub mod table;

use std::collections::{BTreeMap, BTreeSet};

use domain::accounts::EmailAddress;
use domain::audit::{Act, Entry};
use domain::event_documents::{self, Upload};
use domain::programme::Event;
use domain::resources::{self, ResourceDraft, ResourceKind};
use domain::roles::{self, Authority, Role, Scope};
use kernel::id::{EditionId, EventId};
use reqwest::Method;
use uuid::Uuid;

use crate::boards_client::{Cookie, person};
use crate::harness::{TestApp, WEBINAR, WORKSHOP};
use table::{
    Asks, CheckIn, Export, Gate, GrantRoles, Open, Organise, Over, Own, ROLES, ROUTES, Read, RunBoards, Seat,
    SetIdentity,
};

const METHODS: [&str; 2] = ["GET", "POST"];

/// The methods of a line of the table, and its path.
fn parsed(line: &'static str) -> (Vec<&'static str>, &'static str) {
    let (methods, path) = line.rsplit_once(' ').unwrap();
    (methods.split(' ').collect(), path)
}

/// What the router answers to: "GET /path". The router says it of itself in its debug text.
fn routes_of(router: &str) -> BTreeSet<String> {
    let (table, names) = router.split_once("node: Node { paths: {").unwrap();
    let names = names.split_once("} }").unwrap().0;
    let mut paths = BTreeMap::new();
    for one in names.split(", RouteId(") {
        let (id, path) = one.trim_start_matches("RouteId(").split_once("): ").unwrap();
        paths.insert(id.parse::<usize>().unwrap(), path.trim_matches('"').to_owned());
    }
    let mut routes = BTreeSet::new();
    for one in table.split("RouteId(").skip(1) {
        let (id, endpoint) = one.split_once("): MethodRouter(").expect("an endpoint of methods");
        let path = paths.remove(&id.parse::<usize>().unwrap()).expect("a path");
        let has = |method: &str| !endpoint.contains(&format!("{method}: None"));
        let of = |method: &str| format!("{method} {path}");
        let known: Vec<&str> = METHODS.into_iter().filter(|method| has(&method.to_lowercase())).collect();
        let others = ["delete", "options", "patch", "put", "trace", "connect"].into_iter().filter(|one| has(one));
        assert_eq!(others.collect::<Vec<_>>(), Vec::<&str>::new(), "a method without a column in the table");
        routes.extend(if known.is_empty() { vec![of("ANY")] } else { known.into_iter().map(of).collect() });
    }
    assert!(paths.is_empty(), "paths without an endpoint: {paths:?}");
    routes
}

#[tokio::test]
async fn every_route_of_the_router_has_its_line_and_every_line_its_route() {
    let app = TestApp::start().await;
    let routed = routes_of(&format!("{:?}", site::pages(app.app.clone())));
    let declared: BTreeSet<String> = ROUTES
        .iter()
        .map(|(line, _)| parsed(line))
        .filter(|(_, path)| !path.contains('?'))
        .flat_map(|(methods, path)| methods.into_iter().map(move |method| format!("{method} {path}")))
        .collect();
    // The demo's mailbox is open by design, and only there.
    let routed: BTreeSet<String> =
        routed.into_iter().filter(|one| !one.contains(" /courriels/") && !one.ends_with(" /courriels")).collect();
    assert_eq!(routed, declared);
}

#[tokio::test]
async fn search_engines_are_kept_off_every_page_that_belongs_to_somebody() {
    let app = TestApp::start().await;
    let robots = app.visitor().get("/robots.txt").await;
    assert_eq!(robots.status, 200);
    let private: Vec<_> = robots.body.lines().filter_map(|line| line.strip_prefix("Disallow: ")).collect();
    let is_private = |path: &str| private.iter().any(|rule| path.starts_with(&rule.replace('*', "{slug}")));
    for (line, gate) in ROUTES {
        let (_, path) = parsed(line);
        if *gate != Open || path.contains("{token}") {
            assert!(is_private(path), "{path}");
        }
    }
    for public in [
        "/",
        "/ressources",
        "/documents/x",
        "/evenements/x/resultats/1",
        "/calendrier",
        "/evenements/x",
        "/evenements/x.ics",
        "/parcours/inscription",
    ] {
        assert!(!is_private(public), "{public}");
    }
}

/// Where the role of a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Everything,
    Edition,
    Event,
    OtherEdition,
    OtherEvent,
}

const PLACES: [At; 5] = [At::Everything, At::Edition, At::Event, At::OtherEdition, At::OtherEvent];

impl At {
    fn scope(self, event: &Event, (other_event, other_edition): (EventId, EditionId)) -> Scope {
        match self {
            Self::Everything => Scope::Everything,
            Self::Edition => Scope::Edition(event.edition_id),
            Self::Event => Scope::Event(event.id),
            Self::OtherEdition => Scope::Edition(other_edition),
            Self::OtherEvent => Scope::Event(other_event),
        }
    }

    fn covers(self, over: Over) -> bool {
        match over {
            Over::Anything => true,
            Over::Everything => self == Self::Everything,
            Over::Edition => matches!(self, Self::Everything | Self::Edition),
            Over::Event => matches!(self, Self::Everything | Self::Edition | Self::Event),
        }
    }
}

/// Whether somebody with this role, or none, comes in.
fn is_open(gate: Gate, held: Option<(Role, At)>) -> bool {
    let (permission, over) = match gate {
        Open | Own => return true,
        Asks(permission, over) => (permission, over),
        Seat => (RunBoards, Over::Event),
    };
    held.is_some_and(|(role, at)| {
        let (_, _, permissions) = ROLES.iter().find(|(one, _, _)| *one == role).unwrap();
        permissions.contains(&permission) && at.covers(over)
    })
}

/// The things that addresses are about, all of the workshop.
struct Samples {
    app: TestApp,
    event: Event,
    others: (EventId, EditionId),
    registration: String,
    person: String,
    organisation: String,
    letter: String,
    round: String,
    board: String,
}

async fn ids(app: &TestApp, sql: &'static str) -> Uuid {
    let mut conn = app.app.db.read().await.unwrap();
    db::dispatch!(&mut conn, |conn| sqlx::query_scalar(sql).fetch_one(conn).await).unwrap()
}

impl Samples {
    async fn new() -> Self {
        let app = TestApp::start_with(|config| config.rate_per_network = 1_000_000).await;
        let desk = app.desk().await;
        app.visitor().register(WORKSHOP, "ada@exemple.fr").await;
        let event = app.event(WORKSHOP).await;
        let invite = reqwest::multipart::Form::new()
            .text("round", Uuid::now_v7().to_string())
            .text("event", WORKSHOP)
            .text("subject", "Venez")
            .text("message", "Bonjour {nom}")
            .text("people", "bob@exemple.fr;Bob;Ville")
            .text("act", "envoyer");
        let sent = desk.post_multipart("/organisation/invitations/nouvelle", invite).await;
        assert_eq!(sent.status, 303, "{}", sent.body);
        let others = (app.event(WEBINAR).await.id, other_edition(&app).await);
        let registration = app.registration(WORKSHOP, "ada@exemple.fr").await;
        let board = boards::of_event(&mut app.app.db.read().await.unwrap(), event.id).await.unwrap()[0].id;
        Self {
            registration: registration.id.to_string(),
            person: registration.person_id.to_string(),
            organisation: ids(&app, "select id from organisation limit 1").await.to_string(),
            letter: ids(&app, "select id from letter limit 1").await.to_string(),
            round: ids(&app, "select id from invitation_round limit 1").await.to_string(),
            board: board.to_string(),
            event,
            others,
            app,
        }
    }

    /// A role of somebody at the workshop, to be changed or ended.
    async fn grant(&self) -> String {
        let email = EmailAddress::parse(&format!("x{}@exemple.fr", Uuid::now_v7().simple())).unwrap();
        let scope = Scope::Event(self.event.id);
        roles::grant(&self.app.app, Authority::Operator, &email, Role::Door, scope).await.unwrap();
        let all = roles::list(&mut self.app.app.db.read().await.unwrap()).await.unwrap();
        all.iter().find(|row| row.email == email).unwrap().id.to_string()
    }

    /// A document of the workshop, to be changed or removed.
    async fn document(&self) -> String {
        let app = &self.app.app;
        let mut upload = Upload::begin(self.event.id, "", "a.txt", app.clock.now()).unwrap();
        upload.write(app, b"texte").await.unwrap();
        upload.finish(app, self.entry(), str::to_owned).await.unwrap();
        let documents = event_documents::of_event(&mut app.db.read().await.unwrap(), self.event.id).await.unwrap();
        documents.last().unwrap().id.to_string()
    }

    /// An entry of the library about the workshop, to be changed or removed.
    async fn resource(&self) -> String {
        let draft = ResourceDraft {
            kind: ResourceKind::Replay,
            title: "Replay".into(),
            description: String::new(),
            url: None,
            event_id: Some(self.event.id),
        };
        resources::add(&self.app.app, &draft, &self.entry()).await.unwrap().to_string()
    }

    fn entry(&self) -> Entry {
        Entry::new(None, Act::ChangedResources, self.event.id)
    }

    /// An address of this route.
    async fn address(&self, path: &str) -> String {
        let id = match path {
            _ if path.starts_with("/organisation/courriels/") => self.letter.clone(),
            _ if path.starts_with("/organisation/inscriptions/") => self.registration.clone(),
            _ if path.starts_with("/mon-parcours/inscriptions/") => self.registration.clone(),
            _ if path.starts_with("/organisation/invitations/") => self.round.clone(),
            _ if path.starts_with("/organisation/organisations/") => self.organisation.clone(),
            _ if path.starts_with("/organisation/personnes/") => self.person.clone(),
            _ if path.starts_with("/organisation/roles/{id}") => self.grant().await,
            _ if path.starts_with("/documents/") || path.starts_with("/organisation/documents/") => {
                self.document().await
            }
            _ if path.starts_with("/organisation/ressources/") => self.resource().await,
            _ if path.contains("/tableaux/") => self.board.clone(),
            _ => String::new(),
        };
        let card = Uuid::now_v7().to_string();
        let values =
            [("{id}", id.as_str()), ("{slug}", WORKSHOP), ("{card}", &card), ("{act}", "retirer"), ("{number}", "1")];
        let known = values.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
        let names = ["{token}", "{class}", "{address}", "{sealed}", "{version}", "{*path}", "{code}"];
        names.iter().fold(known, |path, name| path.replace(name, "x"))
    }

    /// Somebody who holds this role there, signed in.
    async fn holder(&self, held: Option<(Role, At)>) -> Cookie {
        let name = held.map_or("nobody".to_owned(), |(role, at)| format!("{}-{at:?}", role.name()));
        let email = EmailAddress::parse(&format!("{name}@exemple.fr")).unwrap();
        if let Some((role, at)) = held {
            let scope = at.scope(&self.event, self.others);
            roles::grant(&self.app.app, Authority::Operator, &email, role, scope).await.unwrap();
        }
        person(&self.app.app, email.as_str(), None).await
    }

    async fn ask(&self, method: &str, path: &str, cookie: Option<&str>) -> crate::harness::Answer {
        let own = format!("http://{}", self.app.address);
        let mut headers = vec![("origin", own.as_str())];
        headers.extend(cookie.map(|cookie| ("cookie", cookie)));
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.app.visitor().request(method, path, &headers).await
    }
}

/// An edition beside the current one.
async fn other_edition(app: &TestApp) -> EditionId {
    let id = EditionId(Uuid::now_v7());
    let mut tx = app.app.db.write().await.unwrap();
    db::dispatch!(&mut tx, |conn| sqlx::query(
        "insert into edition (id, slug, title, summary, zone, created_at, revised_at)
         values ($1, 'avant', 'Avant', '', 'Europe/Paris', 1, 1)"
    )
    .bind(id)
    .execute(conn)
    .await
    .map(drop))
    .unwrap();
    tx.commit().await.unwrap();
    id
}

/// Everybody who may ask: nobody's colleague, and each role in each scope.
fn cells() -> Vec<Option<(Role, At)>> {
    let held = Role::ALL.into_iter().flat_map(|role| PLACES.into_iter().map(move |at| Some((role, at))));
    std::iter::once(None).chain(held).collect()
}

#[tokio::test]
async fn each_role_in_each_scope_opens_what_the_table_says_and_nothing_else() {
    let samples = Samples::new().await;
    let mut wrong = Vec::new();
    for held in cells() {
        let Cookie(mut cookie) = samples.holder(held).await;
        for (line, gate) in ROUTES {
            let (methods, path) = parsed(line);
            for method in methods.into_iter().filter(|method| METHODS.contains(method)) {
                let address = samples.address(path).await;
                let answer = samples.ask(method, &address, Some(&cookie)).await;
                let status = answer.status.as_u16();
                let came_in = status != 403 && !answer.location().starts_with("/connexion");
                if came_in != is_open(*gate, held) || status >= 500 {
                    wrong.push(format!("{held:?} {method} {path}: {status}"));
                }
                // These end the session, or the account.
                if ["/deconnexion", "/mon-parcours/deconnexion-partout", "/mon-parcours/effacer"].contains(&path) {
                    cookie = samples.holder(held).await.0;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn who_is_not_signed_in_is_asked_to_wherever_a_role_a_seat_or_an_account_counts() {
    let samples = Samples::new().await;
    for (line, gate) in ROUTES.iter().filter(|(_, gate)| *gate != Open) {
        let (methods, path) = parsed(line);
        for method in methods {
            let answer = samples.ask(method, &samples.address(path).await, None).await;
            let asks = answer.status == 303 && answer.location().starts_with("/connexion");
            assert!(asks, "{method} {path} ({gate:?}): {} {}", answer.status, answer.location());
        }
    }
}

/// The addresses that a page links to or sends forms to, within the site.
fn addresses(page: &str) -> BTreeSet<(&'static str, String)> {
    let mut found = BTreeSet::new();
    for (method, opens) in [("GET", "href=\""), ("POST", "action=\"")] {
        for (at, _) in page.match_indices(opens) {
            let value = page[at + opens.len()..].split('"').next().unwrap().replace("&#38;", "&");
            let tag = &page[page[..at].rfind('<').unwrap()..at];
            let method = if tag.starts_with("<form method=\"get\"") { "GET" } else { method };
            if ["/organisation", "/tableaux/"].iter().any(|start| value.starts_with(start)) {
                found.insert((method, value));
            }
        }
    }
    found
}

/// The line of the table that an address falls under.
fn gate_of(method: &str, address: &str) -> Gate {
    let (bare, query) =
        address.split_once('#').map_or(address, |(bare, _)| bare).split_once('?').unwrap_or((address, ""));
    let fits = |pattern: &str| {
        let (pattern, wanted) = pattern.split_once('?').unwrap_or((pattern, ""));
        let (own, parts): (Vec<_>, Vec<_>) = (bare.split('/').collect(), pattern.split('/').collect());
        let same =
            own.len() == parts.len() && own.iter().zip(&parts).all(|(own, part)| part.starts_with('{') || own == part);
        same && wanted.is_empty() != query.starts_with("evenement=")
    };
    let lines = ROUTES.iter().map(|(line, gate)| (parsed(line), *gate));
    let mut fitting = lines.filter(|((methods, path), _)| methods.contains(&method) && fits(path));
    // Literal parts first, as the router does.
    let found: Vec<_> = fitting.by_ref().collect();
    let best = found.iter().min_by_key(|((_, path), _)| path.matches('{').count());
    best.unwrap_or_else(|| panic!("{method} {address} has no line")).1
}

#[tokio::test]
async fn a_link_or_button_is_shown_only_to_whom_it_is_open() {
    let samples = Samples::new().await;
    let mut seen = 0;
    for held in cells() {
        let Cookie(cookie) = samples.holder(held).await;
        for (line, gate) in ROUTES.iter().filter(|(_, gate)| is_open(*gate, held)) {
            let (methods, path) = parsed(line);
            let is_page = !path.contains("export") && !path.contains(".csv") && !path.contains(".xlsx");
            if !methods.contains(&"GET") || !is_page || matches!(gate, Open) && path != "/" {
                continue;
            }
            let page = samples.ask("GET", &samples.address(path).await, Some(&cookie)).await;
            for (method, address) in addresses(&page.body) {
                seen += 1;
                // What acts is not pressed here: the table tells, and the test above holds that to what the site does.
                let opens = match method {
                    "GET" => samples.ask("GET", &address, Some(&cookie)).await.status != 403,
                    _ => is_open(gate_of(method, &address), held),
                };
                assert!(opens, "{held:?} sees {method} {address} on {path}");
            }
        }
    }
    assert!(seen > 500, "{seen}");
}

/// docs/permissions.md, from the table.
fn document() -> String {
    let mut text = String::from(
        "# Who may do what\n\n\
         Written from the table in `tests/it/permissions/table.rs`, which asks for each route as each role in each scope \
         (`UPDATE_DOCS=1 cargo test --test it -- permissions` writes it anew).\n\n\
         A role is given for everything, for an edition (it holds at its events), or for one event. Owners give and end \
         roles on `/organisation/roles` and on an event's page « Équipe », as far as their own role reaches; \
         one owner of everything always stays. `parcours role list|grant|end` does the same from the server.\n\n\
         Export and GrantRoles, and `?prive=1` on a board, are for whoever proved by a fresh link, within 15 minutes, who they are.\n\n\
         ## Roles\n\n| role | | Read | Organise | Export | RunBoards | CheckIn | GrantRoles | SetIdentity |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for (role, what, permissions) in ROLES {
        let has = [Read, Organise, Export, RunBoards, CheckIn, GrantRoles, SetIdentity]
            .map(|one| if permissions.contains(&one) { "yes" } else { "" });
        text += &format!("| {} | {what} | {} |\n", role.name(), has.join(" | "));
    }
    text += "\n## Addresses\n\n`Over` says what must lie within the role's scope. *anything*: the page shows what does.\n\n\
             | address | permission | over |\n|---|---|---|\n";
    for (line, gate) in ROUTES {
        let (permission, over) = match gate {
            Open => continue,
            Own => ("signed in".to_owned(), "what is theirs"),
            Seat => ("a seat, or RunBoards".to_owned(), "the event"),
            Asks(permission, over) => {
                let over = match over {
                    Over::Everything => "everything",
                    Over::Edition => "the current edition",
                    Over::Event => "the event",
                    Over::Anything => "anything",
                };
                (format!("{permission:?}"), over)
            }
        };
        text += &format!("| `{line}` | {permission} | {over} |\n");
    }
    text + "\nEvery other address is open to everybody; a secret in it may stand for who they are.\n"
}

#[test]
fn the_document_says_what_the_table_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, document()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), document(), "UPDATE_DOCS=1 writes it anew");
}
