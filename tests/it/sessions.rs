//! Sessions: how long they last, the page of one's devices, and the fresh link that sensitive things ask for.

use std::time::Duration;

use db::ChangeEvent;
use domain::accounts::{self, EmailAddress};
use domain::roles::{self, Authority, Role, Scope};
use kernel::clock::Timestamp;
use kernel::id::PersonId;
use reqwest::Method;

use crate::boards_client::Workshop;
use crate::harness::{ORGANISER, TestApp, Visitor, WORKSHOP, until};

const PAGE: &str = "/mon-parcours/appareils";
const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
     Version/18.5 Mobile/15E148 Safari/604.1";

fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

async fn id_of(app: &TestApp, email: &str) -> PersonId {
    let email = EmailAddress::parse(email).unwrap();
    let mut tx = app.app.db.write().await.unwrap();
    let person = accounts::person_for(&mut tx, &email, "", None, app.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    person.id
}

async fn last_uses(app: &TestApp, email: &str) -> Vec<Timestamp> {
    let person = id_of(app, email).await;
    let sessions = accounts::sessions(&mut app.app.db.read().await.unwrap(), person).await.unwrap();
    sessions.iter().map(|session| session.last_used_at).collect()
}

/// Waits until the use at this moment is written down, which no page waits for.
async fn noted(app: &TestApp, email: &str) {
    let now = app.app.clock.now();
    until(async || {
        let uses = last_uses(app, email).await;
        if uses.contains(&now) { Ok(()) } else { Err(uses) }
    })
    .await;
}

async fn give_role(app: &TestApp, email: &str) {
    let email = EmailAddress::parse(email).unwrap();
    roles::grant(&app.app, Authority::Operator, &email, Role::Facilitator, Scope::Everything).await.unwrap();
}

/// Somebody signed in who holds no role.
async fn participant(app: &TestApp, email: &str) -> Visitor {
    let visitor = app.visitor();
    visitor.register(WORKSHOP, email).await;
    visitor.sign_in(app, email).await;
    visitor
}

#[tokio::test]
async fn whoever_holds_a_role_is_signed_out_after_two_idle_hours_and_lands_where_they_were() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let page = format!("/organisation/evenements/{WORKSHOP}");
    for _ in 0..2 {
        app.app.clock.advance(minutes(119));
        assert_eq!(desk.get(&page).await.status, 200, "each use begins two hours anew");
        noted(&app, ORGANISER).await;
    }
    app.app.clock.advance(minutes(120));
    assert_eq!(desk.get(&page).await.location(), format!("/connexion?vers={page}"));
    desk.post("/connexion", &[("email", ORGANISER), ("vers", &page)]).await;
    let link = app.link(ORGANISER, "sign_in").await;
    let (path, _) = link.split_once('?').unwrap();
    assert_eq!(desk.post(path, &[("vers", &page)]).await.location(), page);
    assert_eq!(desk.get(&page).await.status, 200);
}

#[tokio::test]
async fn whoever_sends_a_form_too_late_lands_on_its_page() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let page = format!("/organisation/evenements/{WORKSHOP}/modifier");
    app.app.clock.advance(minutes(120));
    let sent = desk.post_from(&page, &page, &[("title", "X")]).await;
    assert_eq!(sent.location(), format!("/connexion?vers={page}"));
    let from_elsewhere = [("referer", "https://mechant.fr/organisation")];
    let sent = desk.request(Method::POST, &page, &from_elsewhere).await;
    assert_eq!(sent.location(), "/connexion?vers=/mon-parcours");
}

#[tokio::test]
async fn whoever_holds_a_role_signs_in_again_after_twelve_hours_however_busy_they_are() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    for _ in 0..11 {
        app.advance(1);
        assert_eq!(desk.get("/organisation").await.status, 200);
        noted(&app, ORGANISER).await;
    }
    app.advance(1);
    assert_eq!(desk.get("/organisation").await.status, 303);
}

#[tokio::test]
async fn whoever_is_given_a_role_is_under_its_rule_at_once_and_nobody_else_is() {
    let app = TestApp::start().await;
    let (ada, bob) = (participant(&app, "ada@exemple.fr").await, participant(&app, "bob@exemple.fr").await);
    app.advance(13);
    for visitor in [&ada, &bob] {
        assert_eq!(visitor.get("/mon-parcours").await.status, 200);
    }
    give_role(&app, "ada@exemple.fr").await;
    assert_eq!(ada.get("/mon-parcours").await.status, 303);
    assert_eq!(bob.get("/mon-parcours").await.status, 200);
}

#[tokio::test]
async fn an_open_board_is_a_use_and_ends_with_the_session() {
    let workshop = Workshop::start().await;
    let app = &workshop.app;
    give_role(app, "bob@exemple.fr").await;
    let bob = workshop.participant("bob").await;
    let mut tab = workshop.tab(&bob).await;
    let person = id_of(app, "bob@exemple.fr").await;
    // The socket looks at its session again.
    let look = async || {
        let mut tx = app.app.db.write().await.unwrap();
        tx.emit(ChangeEvent::RightsReduced(person));
        tx.commit().await.unwrap();
    };
    for _ in 0..11 {
        app.advance(1);
        look().await;
        noted(app, "bob@exemple.fr").await;
    }
    let page = format!("/tableaux/{}", workshop.board);
    let open = app.visitor().request(Method::GET, &page, &[("cookie", &bob.0)]).await;
    assert_eq!(open.status, 200, "eleven hours after the last page");
    app.advance(1);
    look().await;
    assert_eq!(tab.closed().await, 4001);
}

#[tokio::test]
async fn use_is_written_down_at_most_every_five_minutes() {
    let app = TestApp::start().await;
    let ada = participant(&app, "ada@exemple.fr").await;
    let began = app.app.clock.now();
    app.app.clock.advance(minutes(5) - Duration::from_millis(1));
    for _ in 0..3 {
        assert_eq!(ada.get("/mon-parcours").await.status, 200);
    }
    assert_eq!(last_uses(&app, "ada@exemple.fr").await, [began]);
    app.advance_millis(1);
    assert_eq!(ada.get("/mon-parcours").await.status, 200);
    noted(&app, "ada@exemple.fr").await;
}

#[tokio::test]
async fn a_page_that_refreshes_its_counts_by_itself_is_not_used() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    app.advance(1);
    for _ in 0..5 {
        let by_script = desk.request(Method::GET, "/organisation", &[("sec-fetch-dest", "empty")]).await;
        assert_eq!(by_script.status, 200);
    }
    app.advance(1);
    assert_eq!(desk.get("/organisation").await.status, 303);
}

#[tokio::test]
async fn a_page_is_shown_though_its_use_cannot_be_written_down() {
    let app = TestApp::start().await;
    let ada = participant(&app, "ada@exemple.fr").await;
    app.advance(1);
    // On SQLite whoever writes waits for this transaction; on PostgreSQL for its lock.
    let mut tx = app.app.db.write().await.unwrap();
    let lock = "update session set device = device";
    db::dispatch!(&mut tx, |conn| sqlx::query(lock).execute(conn).await.map(drop)).unwrap();
    assert_eq!(ada.get("/mon-parcours").await.status, 200);
    drop(tx);
    noted(&app, "ada@exemple.fr").await;
}

#[tokio::test]
async fn sessions_that_are_over_are_forgotten_sooner_for_whoever_holds_a_role() {
    let app = TestApp::start().await;
    app.desk().await;
    participant(&app, "ada@exemple.fr").await;
    app.advance(2);
    app.desk().await;
    accounts::forget_expired(&app.app).await.unwrap();
    assert_eq!(last_uses(&app, ORGANISER).await, [app.app.clock.now()]);
    assert_eq!(last_uses(&app, "ada@exemple.fr").await.len(), 1);
}

/// The addresses of the buttons that close another session.
fn buttons(page: &str) -> Vec<String> {
    let forms = page.split("action=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    forms.filter(|action| action.starts_with(PAGE) && action.ends_with("/fermer")).collect()
}

#[tokio::test]
async fn a_person_sees_their_devices_and_closes_one_at_once() {
    let app = TestApp::start().await;
    app.visitor().register(WORKSHOP, "ada@exemple.fr").await;
    let (desk, phone) = (Visitor::with_agent(&app, FIREFOX), Visitor::with_agent(&app, SAFARI));
    desk.sign_in(&app, "ada@exemple.fr").await;
    let alone = desk.get(PAGE).await.body;
    assert!(alone.contains("id=\"aucun-autre\"") && alone.contains("Firefox sur Windows"), "{alone}");
    assert!(desk.get("/mon-parcours").await.body.contains(&format!("href=\"{PAGE}\"")));
    app.advance(1);
    phone.sign_in(&app, "ada@exemple.fr").await;

    let both = desk.get(PAGE).await.body;
    assert!(both.contains("Safari sur iPhone") && both.contains("24 novembre 2026 à"), "{both}");
    assert!(!both.contains("Mozilla") && !both.contains("id=\"aucun-autre\""));
    let [close]: [String; 1] = buttons(&both).try_into().unwrap();
    let bob = participant(&app, "bob@exemple.fr").await;
    assert_eq!(bob.post(&close, &[]).await.status, 404, "nobody else's");
    assert_eq!(phone.get("/mon-parcours").await.status, 200);

    assert_eq!(desk.post(&close, &[]).await.location(), format!("{PAGE}?fait=ferme"));
    assert_eq!(phone.get("/mon-parcours").await.status, 303);
    assert_eq!(desk.get(PAGE).await.status, 200);
    assert_eq!(desk.post(&close, &[]).await.status, 404);
}

#[tokio::test]
async fn a_browser_that_says_nothing_of_itself_is_an_unknown_device() {
    let app = TestApp::start().await;
    let ada = participant(&app, "ada@exemple.fr").await;
    assert!(ada.get(PAGE).await.body.contains("appareil inconnu"));
    let data = ada.get("/mon-parcours/donnees.json").await.body;
    let data: serde_json::Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["sessions"][0]["device"], "appareil inconnu");
    assert_eq!(data["sessions"][0]["last_used"], data["sessions"][0]["since"]);
}

#[tokio::test]
async fn closing_a_session_closes_its_boards_and_no_other() {
    let workshop = Workshop::start().await;
    let app = &workshop.app;
    let there = workshop.participant("ada").await;
    let here = app.visitor();
    here.sign_in(app, "ada@exemple.fr").await;
    let mut tab = workshop.tab(&there).await;
    let mut other = workshop.tab(&workshop.participant("bob").await).await;
    let [close]: [String; 1] = buttons(&here.get(PAGE).await.body).try_into().unwrap();
    assert_eq!(here.post(&close, &[]).await.status, 303);
    assert_eq!(tab.closed().await, 4001);
    let card = crate::boards_client::add_card(uuid::Uuid::new_v4(), "un");
    assert!(matches!(other.do_edit(card).await, crate::boards_client::Fate::Stored(_)));
}

#[tokio::test]
async fn closing_all_others_keeps_this_one_and_ends_links_on_their_way() {
    let app = TestApp::start().await;
    let here = participant(&app, "ada@exemple.fr").await;
    let others = [app.visitor(), app.visitor()];
    for other in &others {
        other.sign_in(&app, "ada@exemple.fr").await;
    }
    let on_its_way = others[0].ask_for_link(&app, "ada@exemple.fr").await;
    let page = here.get(PAGE).await.body;
    assert_eq!(buttons(&page).len(), 2);
    let all = format!("{PAGE}/fermer-les-autres");
    assert!(page.contains(&all));
    assert_eq!(here.post(&all, &[]).await.location(), format!("{PAGE}?fait=autres"));
    for other in &others {
        assert_eq!(other.get("/mon-parcours").await.status, 303);
    }
    assert_eq!(others[0].post(&on_its_way, &[]).await.status, 410);
    assert!(here.get(PAGE).await.body.contains("id=\"aucun-autre\""));
}

const DATA: &str = "/mon-parcours/donnees";

#[tokio::test]
async fn whoever_holds_a_role_proves_by_a_fresh_link_that_it_is_them_before_taking_data_away() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let file = format!("{DATA}.json");
    app.app.clock.advance(minutes(15) - Duration::from_millis(1));
    assert_eq!(desk.get_from(DATA, &file).await.status, 200);
    app.advance_millis(1);
    let refused = desk.get_from(DATA, &file).await;
    assert_eq!(refused.location(), format!("/connexion/preuve?vers={DATA}"));
    let why = desk.get(refused.location()).await;
    assert!(why.body.contains("15 minutes") && why.body.contains(ORGANISER), "{}", why.body);
    assert!(!why.body.contains("id=\"a-refaire\""), "nothing was sent");

    let before = app.letters(ORGANISER).await.len();
    let typed = [("vers", DATA), ("email", "eve@exemple.fr")];
    assert_eq!(desk.post("/connexion/preuve", &typed).await.location(), format!("/connexion/envoyee?vers={DATA}"));
    assert!(app.letters("eve@exemple.fr").await.is_empty());
    assert_eq!(app.letters(ORGANISER).await.len(), before + 1);
    let link = app.link(ORGANISER, "sign_in").await;
    let (path, then) = link.split_once("?vers=").unwrap();
    assert_eq!(desk.post(path, &[("vers", then)]).await.location(), DATA);
    assert_eq!(desk.get_from(DATA, &file).await.status, 200);
    assert_eq!(last_uses(&app, ORGANISER).await.len(), 1, "the new session replaced the old one");
}

#[tokio::test]
async fn a_form_sent_without_a_recent_proof_does_nothing_and_that_is_said() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    give_role(&app, "ada@exemple.fr").await;
    let ada = app.visitor();
    ada.sign_in(&app, "ada@exemple.fr").await;
    assert_eq!(ada.get("/mon-parcours/effacer").await.status, 200);
    app.app.clock.advance(minutes(15));
    let sent = ada.post_from("/mon-parcours/effacer", "/mon-parcours/effacer", &[]).await;
    assert_eq!(sent.location(), "/connexion/preuve?vers=/mon-parcours/effacer&envoi=1");
    assert!(ada.get(sent.location()).await.body.contains("id=\"a-refaire\""));
    assert_eq!(ada.get("/mon-parcours").await.status, 200, "nobody was erased");
    assert_eq!(ada.get("/mon-parcours/effacer").await.status, 303, "it is asked before anything is typed");
    assert_eq!(desk.get("/organisation").await.status, 200, "what is not sensitive asks for nothing");
}

#[tokio::test]
async fn whoever_holds_no_role_takes_their_data_away_without_a_fresh_link() {
    let app = TestApp::start().await;
    let ada = participant(&app, "ada@exemple.fr").await;
    app.advance(24);
    assert_eq!(ada.get(&format!("{DATA}.json")).await.status, 200);
    assert_eq!(ada.get("/mon-parcours/effacer").await.status, 200);
}

#[tokio::test]
async fn whoever_proved_lately_is_not_asked_again_and_whoever_is_out_signs_in() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    assert_eq!(desk.get(&format!("/connexion/preuve?vers={DATA}")).await.location(), DATA);
    assert_eq!(desk.get("/connexion/preuve?vers=//mechant.fr").await.location(), "/mon-parcours");
    let nobody = app.visitor();
    assert_eq!(nobody.get("/connexion/preuve").await.status, 303);
    assert_eq!(nobody.post("/connexion/preuve", &[]).await.location(), "/connexion?vers=/mon-parcours");
}
