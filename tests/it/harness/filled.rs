//! A database with rows in every table, made through the product's own acts: by its pages, its sockets and its jobs.

use std::time::Duration;

use db::Db;
use domain::accounts;
use domain::audit::Act;
use domain::organisations::{self, Organisation, OrganisationKind};
use domain::programme::{Question, QuestionKind, UnlistedPolicy};
use domain::registrations::{self, Decision, RegistrationStatus, Reminder};
use kernel::clock::Clock;
use kernel::config::Config;
use kernel::id::{OrganisationId, PersonId, RegistrationId};
use kernel::jobs::Jobs;
use kernel::key::LinkKey;
use mail::Tools;
use mail::suppressions::{self, Scope};
use reqwest::multipart::{Form, Part};
use uuid::Uuid;

use super::post::{Post, sign_in};
use super::{START, TestApp, TestDatabase, Visitor, WEBINAR, WORKSHOP};
use crate::boards_client::{self, Fate, Tab, add_card, board_of, set_field};

/// A workshop whose participants an organiser chooses.
const CHOSEN: &str = "atelier-1-role-de-l-acheteur";

/// A workshop that is still to come when everything else is done.
const COMING: &str = "atelier-4-foire-aux-questions";

/// Somebody else's calendar.
const CALENDAR: &str = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Someone//EN\nBEGIN:VEVENT\nUID:one@elsewhere\n\
    SUMMARY:Réunion des acheteurs\nLOCATION:Nantes\nDTSTART;TZID=Europe/Paris:20270310T090000\n\
    DTEND;TZID=Europe/Paris:20270310T110000\nEND:VEVENT\nEND:VCALENDAR\n";

/// Fills a fresh database; the server that did it has stopped.
pub async fn filled() -> TestDatabase {
    // Without a secret in the settings the program keeps one in the database.
    let app = TestApp::start_with(|config| config.secret = None).await;
    let organiser = app.organiser().await;
    let desk = app.desk().await;
    programme(&app, organiser, &desk).await;
    transfers(&app).await;
    waiting_list(&app).await;
    choices(&app, organiser).await;
    organisations(&app, organiser).await;
    invitations(&app, &desk).await;
    board(&app).await;
    archive(&app, &desk).await;
    after_the_webinar(&app, organiser).await;
    last_things(&app).await;
    app.delivered().await;
    let database = app.stop().await;
    unreachable_mail_server(database).await
}

/// Checks on the way that the acts led to what the filled database is meant to have.
async fn expect(app: &TestApp, event: &str, (email, status): (&str, RegistrationStatus)) -> RegistrationId {
    let found = app.registration(event, email).await;
    assert_eq!(found.status, status, "{email}");
    found.id
}

/// An imported calendar, other reminders, seats for invited people.
async fn programme(app: &TestApp, organiser: PersonId, desk: &Visitor) {
    let file = Part::text(CALENDAR).file_name("agenda.ics");
    let form = Form::new().part("file", file).text("address", "").text("act", "ajouter");
    assert_eq!(desk.post_multipart("/organisation/agenda", form).await.status, 303);
    let workshop = app.event(WORKSHOP).await.id;
    registrations::set_reminders(&app.app, organiser, workshop, &[Reminder::Week, Reminder::Day]).await.unwrap();
    let guest = accounts::EmailAddress::parse("guest@exemple.fr").unwrap();
    registrations::set_reserved_for(&app.app, organiser, workshop, &[guest]).await.unwrap();
    let texts = [("confirmed", "Apportez vos clauses."), ("act", "enregistrer")];
    let path = format!("/organisation/evenements/{WORKSHOP}/textes");
    assert_eq!(desk.post(&path, &texts).await.status, 303);
}

/// Seats offered to colleagues: accepted, declined, withdrawn, and not answered yet.
async fn transfers(app: &TestApp) {
    let visitor = app.visitor();
    let offer = async |giver: &str, colleague: &str| {
        let link = app.link(giver, "registration").await;
        let fields = [("name", "Cleo"), ("email", colleague)];
        assert_eq!(visitor.post(&format!("{link}/transmettre"), &fields).await.status, 200);
        app.advance_millis(1);
        app.link(colleague, "take_over").await
    };
    for giver in ["ada@exemple.fr", "bob@exemple.fr"] {
        visitor.register(WORKSHOP, giver).await;
    }
    let take = offer("ada@exemple.fr", "cleo@exemple.fr").await;
    assert_eq!(visitor.post(&take, &[("colleague", "oui")]).await.status, 303);
    expect(app, WORKSHOP, ("ada@exemple.fr", RegistrationStatus::Cancelled)).await;
    expect(app, WORKSHOP, ("cleo@exemple.fr", RegistrationStatus::Confirmed)).await;
    let declined = offer("bob@exemple.fr", "dora@exemple.fr").await;
    assert_eq!(visitor.post(&format!("{declined}/decliner"), &[]).await.status, 303);
    offer("bob@exemple.fr", "emil@exemple.fr").await;
    offer("bob@exemple.fr", "fay@exemple.fr").await;
}

/// A full workshop, and a freed seat that is offered.
async fn waiting_list(app: &TestApp) {
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "gus@exemple.fr").await;
    app.set_capacity(WORKSHOP, 3).await;
    for email in ["hal@exemple.fr", "ida@exemple.fr"] {
        assert_eq!(visitor.register(WORKSHOP, email).await.status, 303);
    }
    let link = app.link("gus@exemple.fr", "registration").await;
    assert_eq!(visitor.post(&format!("{link}/annuler"), &[]).await.status, 303);
    expect(app, WORKSHOP, ("hal@exemple.fr", RegistrationStatus::Offered)).await;
    expect(app, WORKSHOP, ("ida@exemple.fr", RegistrationStatus::Waiting)).await;
}

/// An organiser decides who may come.
async fn choices(app: &TestApp, organiser: PersonId) {
    let chosen = app.event(CHOSEN).await.id;
    let change = |event: &mut domain::programme::Event| {
        event.buyer_list = "nantes.fr".into();
        event.unlisted_policy = UnlistedPolicy::Approve;
    };
    app::revise::revise(&app.app, &domain::audit::Entry::new(organiser, Act::ChangedAudience, chosen), change)
        .await
        .unwrap();
    let visitor = app.visitor();
    for email in ["jan@exemple.fr", "kim@exemple.fr"] {
        visitor.register(CHOSEN, email).await;
    }
    let refused = expect(app, CHOSEN, ("jan@exemple.fr", RegistrationStatus::Pending)).await;
    let decision = Decision::Refuse("Réservé aux communes".into());
    registrations::decide(&app.app, organiser, chosen, (&[refused], &decision)).await.unwrap();
    expect(app, CHOSEN, ("jan@exemple.fr", RegistrationStatus::Refused)).await;
    expect(app, CHOSEN, ("kim@exemple.fr", RegistrationStatus::Pending)).await;
}

/// Two organisations with names that are nearly the same.
async fn organisations(app: &TestApp, organiser: PersonId) {
    let mut tx = app.app.db.write().await.unwrap();
    let mut ids: Vec<OrganisationId> = Vec::new();
    for name in ["Vile de Nantes", "Ville de Nantes"] {
        ids.push(organisations::of(&mut tx, name, None, START).await.unwrap().id);
    }
    tx.commit().await.unwrap();
    registrations::keep_organisations_apart(&app.app, organiser, ids[0], ids[1]).await.unwrap();
    let town = organisations::find(&mut app.app.db.read().await.unwrap(), ids[1]).await.unwrap().unwrap();
    let town = Organisation { kind: Some(OrganisationKind::Commune), ..town };
    assert!(registrations::correct_organisation(&app.app, organiser, &town).await.unwrap());
}

/// One round that left and one for later.
async fn invitations(app: &TestApp, desk: &Visitor) {
    for (round, send_at) in [(1, ""), (2, "2027-01-10T09:00")] {
        let id = Uuid::from_u128(0x0193_9000_0000_7000_8000_0000_0000_0000 + round);
        let form =
            Form::new().text("people", "lea@exemple.fr;Léa;Ville de Tours\nmax@exemple.fr").text("event", WEBINAR);
        let form = form.text("subject", "Venez").text("message", "Bonjour").text("send_at", send_at);
        let form = form.text("act", "envoyer").text("round", id.to_string());
        let sent = desk.post_multipart("/organisation/invitations/nouvelle", form).await;
        assert_eq!(sent.status, 303, "{}", sent.body);
    }
    app.delivered().await;
    let page = app.link("lea@exemple.fr", "invitation").await;
    assert_eq!(desk.get(&page).await.status, 200);
}

/// Cards and a typed text on the workshop's board; its snapshot is kept when the server stops.
async fn board(app: &TestApp) {
    let (_, board) = board_of(&app.app, WORKSHOP).await;
    let cookie = boards_client::organiser(&app.app).await;
    let base = format!("http://{}", app.address);
    let mut tab = Tab::open(&base, board, &cookie).await;
    for number in 0..5 {
        let card = Uuid::new_v4();
        assert!(matches!(tab.do_edit(add_card(card, &format!("Indicateur {number}"))).await, Fate::Stored(_)));
        assert!(matches!(tab.do_edit(set_field(card, "target", 100)).await, Fate::Stored(_)));
    }
}

/// A document, a replay whose link was asked, and the published results of the board.
async fn archive(app: &TestApp, desk: &Visitor) {
    let path = format!("/organisation/evenements/{WEBINAR}/archive");
    let file = Part::text("texte").file_name("Notes.txt");
    let form = Form::new().text("titre-document", "Notes").part("fichier", file);
    assert_eq!(desk.post_multipart(&format!("{path}/documents"), form).await.status, 303);
    let replay = [("titre", "Replay"), ("adresse", "https://127.0.0.1/replay")];
    assert_eq!(desk.post(&format!("{path}/replays"), &replay).await.status, 303);
    domain::link_checks::check(&app.app, domain::fetch::public_web).await.unwrap();
    let (_, board) = board_of(&app.app, WORKSHOP).await;
    assert_eq!(desk.post(&format!("/organisation/tableaux/{board}/resultats"), &[]).await.status, 303);
}

/// Who came and who did not, and a participant who is erased afterwards.
async fn after_the_webinar(app: &TestApp, organiser: PersonId) {
    app.revise(WEBINAR, |event| event.video_url = Some("https://visio.exemple.fr/webinaire".into())).await;
    let visitor = app.visitor();
    app.set_capacity(WEBINAR, 4).await;
    for email in ["nil@exemple.fr", "ole@exemple.fr", "pia@exemple.fr", "tom@exemple.fr", "quy@exemple.fr"] {
        visitor.register(WEBINAR, email).await;
    }
    let given_back = app.registration(WEBINAR, "tom@exemple.fr").await.id;
    registrations::cancel(&app.app, given_back).await.unwrap();
    expect(app, WEBINAR, ("quy@exemple.fr", RegistrationStatus::Offered)).await;
    app.pass_until(app.event(WEBINAR).await.starts_at);
    let join = app.link("nil@exemple.fr", "join").await;
    assert_eq!(visitor.post(&join, &[]).await.status, 200);
    app.pass_until(app.event(WEBINAR).await.ends_at);
    registrations::lapse_overdue(&app.app).await.unwrap();
    expect(app, WEBINAR, ("quy@exemple.fr", RegistrationStatus::Expired)).await;
    let webinar = app.event(WEBINAR).await.id;
    for (email, status) in
        [("nil@exemple.fr", RegistrationStatus::Attended), ("ole@exemple.fr", RegistrationStatus::Absent)]
    {
        let id = app.registration(WEBINAR, email).await.id;
        assert_eq!(registrations::mark(&app.app, organiser, webinar, &[id], status).await.unwrap(), 1);
    }
    visitor.sign_in(app, "pia@exemple.fr").await;
    assert_eq!(visitor.post("/mon-parcours/effacer", &[]).await.status, 303);
}

/// A feed with a new address, an address that wants no reminders, a request that nobody has proved.
async fn last_things(app: &TestApp) {
    let person = app.registration(WORKSHOP, "bob@exemple.fr").await.person_id;
    for _ in 0..2 {
        accounts::renew_feed(&app.app, person).await.unwrap();
    }
    accounts::set_feed_alarm(&app.app, person, Some(30)).await.unwrap();
    let mut tx = app.app.db.write().await.unwrap();
    for (scope, address) in [
        (Scope::Everything, "gone@exemple.fr"),
        (Scope::Reminders, "bob@exemple.fr"),
        (Scope::Announcements, "lea@exemple.fr"),
    ] {
        suppressions::refuse(&mut tx, address, scope, ("asked for it", app.app.clock.now())).await.unwrap();
    }
    // A node that ended without deleting its row.
    db::dispatch!(&mut tx, |conn| sqlx::query("insert into node (id, minor, seen_at) values ($1, 0, $2)")
        .bind(Uuid::new_v4())
        .bind(app.app.clock.now())
        .execute(conn)
        .await
        .map(drop))
    .unwrap();
    tx.commit().await.unwrap();
    // What an owner said of who runs the service.
    let owner = app.organiser().await;
    let facts = [(kernel::identity::Fact::Operator, "Ville d'Exemple".to_owned())].into();
    domain::identity::save(&app.app, owner, &facts).await.unwrap();
    // Questions of the organisers' own, and an answer.
    app.revise(COMING, |event| event.questions.push(line("Aménagement ?"))).await;
    assert_eq!(
        app.visitor().ask_with(COMING, "uma@exemple.fr", &[("question-1", "Boucle magnétique")]).await.status,
        303
    );
    app.visitor().prove("uma@exemple.fr").await;
    // A request that is yet to be proved.
    app.visitor().ask(COMING, "rex@exemple.fr").await;
    app.link("rex@exemple.fr", "request").await;
    app.visitor().register(WORKSHOP, "sam@exemple.fr").await;
    expect(app, WORKSHOP, ("sam@exemple.fr", RegistrationStatus::Waiting)).await;
    // Another address that somebody asks for.
    let visitor = app.visitor();
    visitor.sign_in(app, "sam@exemple.fr").await;
    assert_eq!(visitor.post("/mon-parcours/adresse", &[("email", "sam@ailleurs.fr")]).await.status, 303);
    assert_eq!(visitor.post(&app.link("sam@ailleurs.fr", "prove").await, &[]).await.status, 200);
    // A link to sign in that was not used.
    app.visitor().ask_for_link(app, "ole@exemple.fr").await;
}

/// A question that is answered by a line, or not.
pub fn line(label: &str) -> Question {
    Question { number: 1, label: label.into(), kind: QuestionKind::Line, required: false, options: Vec::new() }
}

/// A mail server that is down: letters wait.
async fn unreachable_mail_server(database: TestDatabase) -> TestDatabase {
    let db = Db::open(&database.url, 4).await.unwrap();
    let later = START + Duration::from_secs(300 * 24 * 3600);
    let tools = Tools { db: db.clone(), clock: Clock::set(later), key: LinkKey::new("secret"), jobs: Jobs::new() };
    let config = Config { base_url: "https://parcours.exemple.fr".into(), ..Config::defaults() };
    let post = Post { tools, config, database };
    assert!(post.enqueue(&sign_in(1)).await);
    let mail = post.start(&format!("smtp://127.0.0.1:{}", super::process::free_port()));
    post.paused(&mail).await;
    post.tools.jobs.stop(Duration::from_secs(20)).await;
    db.close().await;
    post.database
}
