//! Roles: who gives and ends them, what they open, and that ending one acts at once.

use domain::accounts::EmailAddress;
use domain::roles::{self, Authority, Role, RoleError, Scope};
use kernel::id::GrantId;
use reqwest::Method;
use uuid::Uuid;

use crate::boards_client::{Fate, Workshop, add_card, person};
use crate::harness::process::run;
use crate::harness::{ORGANISER, TestApp, TestDatabase, WEBINAR, WORKSHOP};

const PAGE: &str = "/organisation/roles";

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

async fn grant_person(app: &site::App, email: &str) -> kernel::id::PersonId {
    let all = roles::list(&mut app.db.read().await.unwrap()).await.unwrap();
    all.iter().find(|row| row.email == address(email)).unwrap().person_id
}

async fn grant_of(app: &site::App, email: &str, role: Role) -> Option<GrantId> {
    let all = roles::list(&mut app.db.read().await.unwrap()).await.unwrap();
    all.iter().find(|row| row.email == address(email) && row.role == role).map(|row| row.id)
}

#[tokio::test]
async fn the_settings_make_owners_only_while_there_is_none() {
    let app = TestApp::start().await;
    assert!(roles::add_first_owners(&app.app, &[address("ada@exemple.fr"), address("bob@exemple.fr")]).await.unwrap());
    let ada = grant_of(&app.app, "ada@exemple.fr", Role::Owner).await.unwrap();
    roles::end(&app.app, Authority::Operator, ada).await.unwrap();
    // Ada stays what she became: the next start does not make her an owner again.
    assert!(!roles::add_first_owners(&app.app, &[address("ada@exemple.fr")]).await.unwrap());
    assert_eq!(grant_of(&app.app, "ada@exemple.fr", Role::Owner).await, None);
}

#[tokio::test]
async fn an_owner_gives_a_role_and_ends_it_and_both_are_told_and_written_down() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let given = [("email", "bob@exemple.fr"), ("role", "organiser"), ("ou", "tout")];
    assert_eq!(desk.post(PAGE, &given).await.location(), format!("{PAGE}?fait=donne"));
    assert_eq!(app.letters("bob@exemple.fr").await, ["role-granted"]);
    let bob = app.visitor();
    bob.sign_in(&app, "bob@exemple.fr").await;
    assert_eq!(bob.get("/organisation").await.status, 200);
    // He organises, and gives no roles.
    assert!(!bob.get("/organisation").await.body.contains(PAGE));
    assert_eq!(bob.get(PAGE).await.status, 403);
    assert_eq!(bob.post(PAGE, &[("email", "eve@exemple.fr"), ("role", "owner")]).await.status, 403);
    assert_eq!(grant_of(&app.app, "eve@exemple.fr", Role::Owner).await, None);

    let id = grant_of(&app.app, "bob@exemple.fr", Role::Organiser).await.unwrap();
    assert_eq!(bob.post(&format!("{PAGE}/{id}/terminer"), &[]).await.status, 403);
    let asked = desk.get(&format!("{PAGE}/{id}/terminer")).await;
    assert!(asked.status == 200 && asked.body.contains("bob@exemple.fr"));
    assert_eq!(desk.post(&format!("{PAGE}/{id}/terminer"), &[]).await.location(), format!("{PAGE}?fait=termine"));
    assert_eq!(bob.get("/organisation").await.status, 403, "at the next request");
    assert_eq!(bob.get("/mon-parcours").await.status, 200, "he is still signed in");
    assert_eq!(app.letters("bob@exemple.fr").await.last().unwrap(), "role-ended");
    let log = app.log().await;
    assert!(log.contains("a donné un rôle à") && log.contains("a mis fin au rôle de"), "{log}");
    assert_eq!(desk.post(&format!("{PAGE}/{id}/terminer"), &[]).await.status, 404, "it has ended already");
}

#[tokio::test]
async fn what_is_wrong_with_a_role_is_said_beside_its_field_and_nothing_is_given() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    for (fields, wrong) in [
        ([("email", "bob"), ("role", "owner"), ("ou", "tout")], "email-error"),
        ([("email", ""), ("role", "owner"), ("ou", "tout")], "email-error"),
        ([("email", "bob@exemple.fr"), ("role", ""), ("ou", "tout")], "role-error"),
        ([("email", "bob@exemple.fr"), ("role", "king"), ("ou", "tout")], "role-error"),
        ([("email", "bob@exemple.fr"), ("role", "facilitator"), ("ou", "")], "ou-error"),
        ([("email", "bob@exemple.fr"), ("role", "facilitator"), ("ou", "evenement:nowhere")], "ou-error"),
    ] {
        let answer = desk.post(PAGE, &fields).await;
        assert_eq!(answer.status, 422, "{fields:?}");
        assert!(answer.body.contains(wrong), "{fields:?} {}", answer.body);
        assert!(answer.body.contains(&format!("value=\"{}\"", fields[0].1)), "what was typed comes back");
    }
    assert_eq!(roles::list(&mut app.app.db.read().await.unwrap()).await.unwrap().len(), 1);
    // Twice the same.
    let at_workshop = format!("evenement:{WORKSHOP}");
    let given = [("email", "bob@exemple.fr"), ("role", "facilitator"), ("ou", at_workshop.as_str())];
    assert_eq!(desk.post(PAGE, &given).await.status, 303);
    assert_eq!(desk.post(PAGE, &given).await.status, 422);
}

#[tokio::test]
async fn a_changed_role_takes_the_place_of_the_old_one_in_one_act() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let everywhere = [("email", "bob@exemple.fr"), ("role", "organiser"), ("ou", "tout")];
    assert_eq!(desk.post(PAGE, &everywhere).await.status, 303);
    let bob = app.visitor();
    bob.sign_in(&app, "bob@exemple.fr").await;
    let id = grant_of(&app.app, "bob@exemple.fr", Role::Organiser).await.unwrap();
    let form = desk.get(&format!("{PAGE}/{id}/changer")).await.body;
    assert!(form.contains("id=\"role-organiser\" type=\"radio\" name=\"role\" value=\"organiser\" checked"));
    let at_workshop = format!("evenement:{WORKSHOP}");
    for (role, place, status) in [("king", "tout", 422), ("reader", "nowhere", 422), ("organiser", "tout", 422)] {
        let answer = desk.post(&format!("{PAGE}/{id}/changer"), &[("role", role), ("ou", place)]).await;
        assert_eq!(answer.status, status, "{role} {place}");
        assert_eq!(bob.get("/organisation/journal").await.status, 200, "nothing has changed");
    }
    let wanted = [("role", "reader"), ("ou", at_workshop.as_str())];
    assert_eq!(desk.post(&format!("{PAGE}/{id}/changer"), &wanted).await.location(), format!("{PAGE}?fait=change"));
    assert_eq!(grant_of(&app.app, "bob@exemple.fr", Role::Organiser).await, None);
    let overview = bob.get("/organisation").await.body;
    assert!(overview.contains(WORKSHOP) && !overview.contains(WEBINAR), "only his event is there");
    assert_eq!(bob.get("/organisation/journal").await.status, 403);
    assert_eq!(app.letters("bob@exemple.fr").await.iter().filter(|kind| *kind == "role-granted").count(), 2);
    // The last owner cannot become something less.
    let own = grant_of(&app.app, ORGANISER, Role::Owner).await.unwrap();
    let less = desk.post(&format!("{PAGE}/{own}/changer"), &[("role", "reader"), ("ou", "tout")]).await;
    assert!(less.status == 422 && less.body.contains("role-error"), "{}", less.body);
}

#[tokio::test]
async fn an_owner_of_one_event_gives_roles_there_and_nowhere_else() {
    let app = TestApp::start().await;
    let event = app.event(WORKSHOP).await;
    let ada = address("ada@exemple.fr");
    roles::grant(&app.app, Authority::Operator, &ada, Role::Owner, Scope::Event(event.id)).await.unwrap();
    app.desk().await;
    let team = format!("/organisation/evenements/{WORKSHOP}/equipe");
    let visitor = app.visitor();
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let page = visitor.get(&team).await.body;
    assert!(page.contains(ORGANISER), "whoever holds a role of everything is of the team");
    let theirs = grant_of(&app.app, ORGANISER, Role::Owner).await.unwrap();
    assert!(!page.contains(&theirs.to_string()), "and is not theirs to change");
    let wrong = visitor.post(&team, &[("email", "bob"), ("role", "")]).await;
    assert!(wrong.status == 422 && wrong.body.contains("email-error") && wrong.body.contains("role-error"));
    let given = [("email", "bob@exemple.fr"), ("role", "facilitator")];
    assert_eq!(visitor.post(&team, &given).await.location(), format!("{team}?fait=donne"));
    assert!(visitor.get(&team).await.body.contains("bob@exemple.fr"));
    // Neither by the other page, nor for another event, nor by ending what is wider.
    for place in ["tout", &format!("evenement:{WEBINAR}")] {
        let wider = [("email", "eve@exemple.fr"), ("role", "reader"), ("ou", place)];
        assert_eq!(visitor.post(PAGE, &wider).await.status, 422, "{place}");
    }
    let elsewhere = format!("/organisation/evenements/{WEBINAR}/equipe");
    assert_eq!(visitor.post(&elsewhere, &given).await.status, 403);
    for act in ["terminer", "changer"] {
        let fields = [("role", "reader"), ("ou", "tout")];
        assert_eq!(visitor.post(&format!("{PAGE}/{theirs}/{act}"), &fields).await.status, 403, "{act}");
    }
    let (by, eve) = (grant_person(&app.app, "ada@exemple.fr").await, address("eve@exemple.fr"));
    let wider = Scope::Edition(event.edition_id);
    let refused = roles::grant(&app.app, Authority::Person(by), &eve, Role::Reader, wider).await;
    assert!(matches!(refused, Err(RoleError::BeyondOwn)), "whatever the page lets through");
    assert_eq!(grant_of(&app.app, "eve@exemple.fr", Role::Reader).await, None);
}

#[tokio::test]
async fn who_takes_a_list_or_private_fields_away_leaves_a_line_in_the_log() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let (_, board) = crate::boards_client::board_of(&app.app, WORKSHOP).await;
    for path in [
        format!("/organisation/evenements/{WORKSHOP}/inscriptions.csv"),
        format!("/organisation/evenements/{WORKSHOP}/inscriptions.xlsx"),
        format!("/tableaux/{board}/export.csv?prive=1"),
        format!("/tableaux/{board}/imprimer?prive=1"),
        format!("/tableaux/{board}/export.csv"),
    ] {
        assert_eq!(desk.get(&path).await.status, 200, "{path}");
    }
    let log = app.log().await;
    assert_eq!(log.matches("a emporté").count(), 4, "{log}");
    assert!(log.contains("0 personne, CSV") && log.contains("0 personne, XLSX"), "{log}");
}

#[tokio::test]
async fn the_last_owner_stays() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let own = roles::list(&mut app.app.db.read().await.unwrap()).await.unwrap()[0].id;
    let refused = desk.post(&format!("{PAGE}/{own}/terminer"), &[]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("terminer-error"));
    assert_eq!(desk.get(PAGE).await.status, 200);
    assert_eq!(desk.post("/mon-parcours/effacer", &[]).await.status, 422);
    // With another owner it ends, and the page with it.
    roles::grant(&app.app, Authority::Operator, &address("bob@exemple.fr"), Role::Owner, Scope::Everything)
        .await
        .unwrap();
    assert_eq!(desk.post(&format!("{PAGE}/{own}/terminer"), &[]).await.location(), "/mon-parcours");
    assert_eq!(desk.get(PAGE).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_owners_who_end_each_other_at_once_leave_one() {
    let app = TestApp::start().await;
    for round in 0..10 {
        let both = [format!("a{round}@exemple.fr"), format!("b{round}@exemple.fr")];
        for email in &both {
            roles::grant(&app.app, Authority::Operator, &address(email), Role::Owner, Scope::Everything).await.unwrap();
        }
        let owners = roles::list(&mut app.app.db.read().await.unwrap()).await.unwrap();
        let ends = owners.iter().map(|row| roles::end(&app.app, Authority::Operator, row.id));
        let ended = futures_util::future::join_all(ends).await;
        let refused = ended.iter().filter(|end| matches!(end, Err(RoleError::LastOwner))).count();
        assert_eq!(refused, 1, "{ended:?}");
        assert_eq!(roles::list(&mut app.app.db.read().await.unwrap()).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_facilitator_runs_the_boards_of_their_event_and_sees_nothing_else() {
    let workshop = Workshop::start().await;
    let app = &workshop.app.app;
    let bob = person(app, "bob@exemple.fr", None).await;
    let event = workshop.app.event(WORKSHOP).await.id;
    let elsewhere = workshop.app.event(WEBINAR).await.id;
    let grant = async |event| {
        let email = address("bob@exemple.fr");
        roles::grant(app, Authority::Operator, &email, Role::Facilitator, Scope::Event(event)).await.unwrap();
    };
    let visitor = workshop.app.visitor();
    let headers = [("cookie", bob.0.as_str())];
    let get = async |path: &str| visitor.request(Method::GET, path, &headers).await.status.as_u16();
    let page = format!("/tableaux/{}", workshop.board);
    grant(elsewhere).await;
    assert_eq!(get(&page).await, 403, "another event's facilitator");
    grant(event).await;
    assert_eq!(get(&page).await, 200);
    assert_eq!(workshop.tab(&bob).await.role, "facilitator");
    for path in ["/organisation", "/organisation/journal", "/organisation/evenements/atelier-2-indicateurs"] {
        assert_eq!(get(path).await, 403, "{path}");
    }
}

#[tokio::test]
async fn a_role_that_ends_acts_on_open_boards_at_once() {
    let workshop = Workshop::start().await;
    let app = &workshop.app.app;
    let event = workshop.app.event(WORKSHOP).await.id;
    let give = async |email: &str| {
        let scope = Scope::Event(event);
        roles::grant(app, Authority::Operator, &address(email), Role::Facilitator, scope).await.unwrap();
    };
    let bob = person(app, "bob@exemple.fr", None).await;
    let (ada, cleo) = (workshop.participant("ada").await, workshop.participant("cleo").await);
    give("bob@exemple.fr").await;
    give("ada@exemple.fr").await;
    let (mut without_seat, mut with_seat) = (workshop.tab(&bob).await, workshop.tab(&ada).await);
    let mut other = workshop.tab(&cleo).await;
    for email in ["bob@exemple.fr", "ada@exemple.fr"] {
        let id = grant_of(app, email, Role::Facilitator).await.unwrap();
        roles::end(app, Authority::Operator, id).await.unwrap();
    }
    assert_eq!(without_seat.closed().await, 4003);
    assert_eq!(with_seat.closed().await, 1001, "she comes back as what she is now");
    assert_eq!(workshop.tab(&ada).await.role, "participant");
    let card = add_card(Uuid::new_v4(), "un");
    assert!(matches!(other.do_edit(card).await, Fate::Stored(_)), "nobody else notices");
}

#[tokio::test]
async fn whoever_operates_the_server_lists_grants_and_ends_roles() {
    let database = TestDatabase::create().await;
    let said = async |arguments: &[&str]| run(&database.url, arguments).await;
    assert!(said(&["role", "list"]).await.1.contains("nobody holds a role"));
    assert!(said(&["role", "grant", "ada@exemple.fr", "owner"]).await.1.starts_with("granted"));
    assert!(said(&["role", "grant", "ada@exemple.fr", "owner"]).await.1.contains("already"));
    assert!(said(&["role", "grant", "bob@exemple.fr", "facilitator"]).await.0);
    assert_eq!(said(&["role", "list"]).await.1, "ada@exemple.fr owner\nbob@exemple.fr facilitator\n");
    for (wrong, why) in [
        (["role", "grant", "ada", "owner"], "not an e-mail address"),
        (["role", "grant", "ada@exemple.fr", "king"], "owner, organiser, facilitator, reader, door"),
        (["role", "end", "ada@exemple.fr", "owner"], "one owner"),
        (["role", "end", "eve@exemple.fr", "owner"], "no such grant"),
    ] {
        let (is_done, told) = said(&wrong).await;
        assert!(!is_done && told.contains(why), "{wrong:?}: {told}");
    }
    let scoped = ["role", "grant", "bob@exemple.fr", "facilitator", "--event", "nowhere"];
    assert!(said(&scoped).await.1.contains("no event nowhere"));
    let (is_done, told) = said(&["role", "end", "bob@exemple.fr", "facilitator"]).await;
    assert!(is_done && told.starts_with("ended\n"), "{told}");
    assert_eq!(said(&["role", "list"]).await.1, "ada@exemple.fr owner\n");
}

#[tokio::test]
async fn lists_private_fields_and_roles_want_a_fresh_link_and_nothing_else_does() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let (_, board) = crate::boards_client::board_of(&app.app, WORKSHOP).await;
    let event = format!("/organisation/evenements/{WORKSHOP}");
    let sensitive = [
        format!("{event}/inscriptions.csv"),
        format!("{event}/inscriptions.xlsx"),
        format!("/tableaux/{board}/export.json?prive=1"),
        format!("/tableaux/{board}/imprimer?prive=1"),
        format!("/tableaux/{board}/revoir?prive=1"),
        format!("/tableaux/{board}/journal.json?since=0&prive=1"),
        PAGE.to_owned(),
    ];
    for path in &sensitive {
        assert_eq!(desk.get(path).await.status, 200, "{path}: signed in just now");
    }
    app.app.clock.advance(std::time::Duration::from_secs(16 * 60));
    for path in &sensitive {
        let refused = desk.get(path).await;
        assert!(refused.location().starts_with("/connexion/preuve?vers="), "{path}: {}", refused.status);
    }
    let given = [("email", "bob@exemple.fr"), ("role", "reader"), ("ou", "tout")];
    assert!(desk.post(PAGE, &given).await.location().starts_with("/connexion/preuve?vers="));
    assert_eq!(grant_of(&app.app, "bob@exemple.fr", Role::Reader).await, None);
    let others = [event.clone(), format!("{event}/equipe"), format!("/tableaux/{board}/export.json")];
    for path in &others {
        assert_eq!(desk.get(path).await.status, 200, "{path}");
    }
    assert_eq!(app.log().await.matches("a emporté").count(), 4, "what was refused is not written down");
}
