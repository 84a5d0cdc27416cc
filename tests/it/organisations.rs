//! Whom people work for: said, changed, told apart and merged.

use domain::accounts;
use domain::audit::Act;
use domain::organisations;
use domain::registrations::{self, NewRegistration, Registration, RegistrationStatus};

use crate::harness::{TestApp, Visitor, WEBINAR, WORKSHOP, violations};

const DATA: &str = "/mon-parcours/donnees";
const ORGANISATIONS: &str = "/organisation/organisations";

async fn all(app: &TestApp, event: &str) -> Vec<Registration> {
    let event = app.event(event).await.id;
    registrations::of_event(&mut app.app.db.read().await.unwrap(), event).await.unwrap()
}

async fn register_at(visitor: &Visitor, event: &str, (email, organisation, siret): (&str, &str, &str)) -> u16 {
    let fields = [("name", "X"), ("email", email), ("organisation", organisation), ("buyer", "oui"), ("siret", siret)];
    visitor.post(&format!("/evenements/{event}/inscription"), &fields).await.status.as_u16()
}

/// The workshop gives an organisation this many seats at most.
async fn set_cap(app: &TestApp, cap: i64) {
    let organiser = app.organiser().await;
    let edit = |event: &mut domain::programme::Event| event.organisation_cap = Some(cap);
    let event = app.event(WORKSHOP).await.id;
    app::revise::revise(&app.app, &domain::audit::Entry::new(organiser, Act::ChangedAudience, event), edit)
        .await
        .unwrap();
}

/// The names of organisations, in their order.
async fn names(app: &TestApp) -> Vec<String> {
    let all = organisations::list(&mut app.app.db.read().await.unwrap()).await.unwrap();
    all.into_iter().map(|one| one.name).collect()
}

#[tokio::test]
async fn a_participant_changes_organisation_and_registrations_follow_if_they_say_so() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for event in [WEBINAR, WORKSHOP] {
        app.advance_millis(1000);
        visitor.register_and_confirm(&app, event, "ada@exemple.fr").await;
    }
    visitor.sign_in(&app, "ada@exemple.fr").await;
    assert!(visitor.get(DATA).await.body.contains("value=\"Ville d’Angers\""));
    let change = async |organisation: &str, follow: &[(&str, &str)]| {
        let fields = [&[("name", "Ada"), ("organisation", organisation)], follow].concat();
        visitor.post(DATA, &fields).await
    };
    assert_eq!(change("Région Bretagne", &[]).await.status, 303);
    assert_eq!(all(&app, WORKSHOP).await[0].organisation, "Ville d’Angers", "each stays with the one it was made for");
    assert!(visitor.get(DATA).await.body.contains("value=\"Région Bretagne\""));

    app.app.clock.advance(app.event(WEBINAR).await.ends_at.since(app.app.clock.now()));
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let done = change("Conseil régional de Bretagne", &[("follow", "oui")]).await;
    assert_eq!(done.location(), "/mon-parcours/donnees?fait=1");
    let (past, coming) = (all(&app, WEBINAR).await.remove(0), all(&app, WORKSHOP).await.remove(0));
    assert_eq!(
        (past.organisation.as_str(), coming.organisation.as_str()),
        ("Ville d’Angers", "Conseil régional de Bretagne")
    );
    assert_eq!(names(&app).await, ["Région Bretagne", "Ville d’Angers"], "one body has two names");
    let desk = app.desk().await;
    let log = desk.get("/organisation/journal").await.body;
    assert!(log.contains("a changé l’organisation de") && log.contains("Ville d’Angers → Région Bretagne"));
    assert_eq!(log.matches("a changé l’organisation de").count(), 1, "another spelling is no change");
}

#[tokio::test]
async fn a_seat_does_not_follow_into_an_organisation_that_has_all_of_its_own() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 3).await;
    set_cap(&app, 1).await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    register_at(&visitor, WORKSHOP, ("cleo@exemple.fr", "Ville de Nantes", "")).await;
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let to = |organisation| [("name", "Ada"), ("organisation", organisation), ("follow", "oui")];
    let refused = visitor.post(DATA, &to("Mairie de Nantes")).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused.body.contains("y a déjà la place que chacune peut avoir")
            && refused.body.contains("value=\"Mairie de Nantes\"")
    );
    assert_eq!(all(&app, WORKSHOP).await[0].organisation, "Ville d’Angers", "nothing is changed");
    assert!(visitor.get(DATA).await.body.contains("value=\"Ville d’Angers\""));

    assert_eq!(visitor.post(DATA, &to("Ville de Rennes")).await.status, 303);
    let seats: Vec<_> = all(&app, WORKSHOP).await.into_iter().map(|one| one.status).collect();
    assert_eq!(
        seats,
        [RegistrationStatus::Confirmed, RegistrationStatus::Offered, RegistrationStatus::Held],
        "the seat of the old organisation goes to its next"
    );
    assert_eq!(violations(&all(&app, WORKSHOP).await, 3, Some(1)), Vec::<String>::new());
}

#[tokio::test]
async fn who_is_passed_reads_why_in_their_own_parcours_too() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 3).await;
    set_cap(&app, 1).await;
    let visitor = app.visitor();
    visitor.register_and_confirm(&app, WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    visitor.sign_in(&app, "bob@exemple.fr").await;
    let why = "Votre organisation a déjà la place que chacune peut avoir";
    assert!(visitor.get("/mon-parcours").await.body.contains(why));
    set_cap(&app, 2).await;
    assert!(!visitor.get("/mon-parcours").await.body.contains(why), "they were offered a seat");
}

#[tokio::test]
async fn names_that_can_only_mean_one_body_are_one_organisation() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let written = [
        "Ville de Bordeaux",
        "MAIRIE DE BORDEAUX",
        "commune de bordeaux",
        "Bordeaux Métropole",
        "Métropole de Bordeaux",
    ];
    for (number, organisation) in written.into_iter().enumerate() {
        register_at(&visitor, WORKSHOP, (&format!("p{number}@exemple.fr"), organisation, "")).await;
    }
    assert_eq!(names(&app).await, ["Bordeaux Métropole", "Ville de Bordeaux"]);
    // A number that is another's tells the homonym apart.
    register_at(&visitor, WORKSHOP, ("a@exemple.fr", "Ville de Bordeaux", "21330063500017")).await;
    register_at(&visitor, WORKSHOP, ("b@exemple.fr", "Ville de Bordeaux", "21330063500025")).await;
    assert_eq!(names(&app).await, ["Bordeaux Métropole", "Ville de Bordeaux", "Ville de Bordeaux"]);
}

#[tokio::test]
async fn la_poste_registers_with_its_numbers() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    assert_eq!(register_at(&visitor, WORKSHOP, ("a@exemple.fr", "La Poste", "356 000 000 49837")).await, 303);
    assert_eq!(register_at(&visitor, WORKSHOP, ("b@exemple.fr", "Poste Angers", "35600000049837")).await, 303);
    assert_eq!(register_at(&visitor, WORKSHOP, ("c@exemple.fr", "La Poste", "35600000049838")).await, 422);
    let people = all(&app, WORKSHOP).await;
    assert_eq!((people.len(), people[0].organisation_id), (2, people[1].organisation_id));
}

#[tokio::test]
async fn probable_duplicates_are_shown_with_what_merging_would_do_and_merged_or_kept_apart() {
    let app = TestApp::start().await;
    set_cap(&app, 1).await;
    let visitor = app.visitor();
    register_at(&visitor, WORKSHOP, ("a@exemple.fr", "Angers", "")).await;
    register_at(&visitor, WORKSHOP, ("b@exemple.fr", "Ville d’Angers", "21490007800012")).await;
    register_at(&visitor, WORKSHOP, ("c@exemple.fr", "Vile de Nantes", "")).await;
    register_at(&visitor, WORKSHOP, ("d@exemple.fr", "Ville de Nantes", "")).await;
    let desk = app.desk().await;
    let page = desk.get(ORGANISATIONS).await.body;
    assert_eq!(page.matches("Ce sont deux organisations").count(), 2);

    let ids: Vec<_> =
        all(&app, WORKSHOP).await.into_iter().map(|one| one.organisation_id.unwrap().to_string()).collect();
    let merge = format!("{ORGANISATIONS}/{}/fusionner", ids[0]);
    assert!(page.contains(&format!("{merge}?dans={}", ids[1])), "the one with a number stays");
    let preview = desk.get(&format!("{merge}?dans={}", ids[1])).await.body;
    for told in ["1 inscription passe", "1 personne en dépend", "2 places, pour 1 au plus"] {
        assert!(preview.contains(told), "{told}");
    }
    assert_eq!(names(&app).await.len(), 4, "looking does nothing");
    assert_eq!(desk.post(&merge, &[("dans", &ids[1])]).await.status, 303);
    assert_eq!(desk.post(&merge, &[("dans", &ids[1])]).await.status, 404, "not twice");
    assert_eq!(desk.post(&format!("{ORGANISATIONS}/{}/fusionner", ids[1]), &[("dans", &ids[1])]).await.status, 400);
    let people = all(&app, WORKSHOP).await;
    assert!(people[0].organisation_id == people[1].organisation_id && people[0].status == RegistrationStatus::Held);
    visitor.sign_in(&app, "a@exemple.fr").await;
    assert!(visitor.get(DATA).await.body.contains("value=\"Ville d’Angers\""), "people go over, too");

    assert_eq!(desk.post(&format!("{ORGANISATIONS}/{}/distinguer", ids[2]), &[("dans", &ids[3])]).await.status, 303);
    assert!(!desk.get(ORGANISATIONS).await.body.contains("Ce sont deux organisations<"));
    let log = desk.get("/organisation/journal").await.body;
    assert!(log.contains("Angers → Ville d’Angers") && log.contains("≠"));
}

#[tokio::test]
async fn two_merged_organisations_answer_to_both_their_numbers() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    register_at(&visitor, WORKSHOP, ("a@exemple.fr", "CHU, site nord", "21330063500017")).await;
    register_at(&visitor, WORKSHOP, ("b@exemple.fr", "CHU, site sud", "21330063500025")).await;
    let desk = app.desk().await;
    let ids: Vec<_> =
        all(&app, WORKSHOP).await.into_iter().map(|one| one.organisation_id.unwrap().to_string()).collect();
    desk.post(&format!("{ORGANISATIONS}/{}/fusionner", ids[0]), &[("dans", &ids[1])]).await;
    register_at(&visitor, WORKSHOP, ("c@exemple.fr", "Nord", "21330063500017")).await;
    register_at(&visitor, WORKSHOP, ("d@exemple.fr", "Sud", "21330063500025")).await;
    assert_eq!(names(&app).await, ["CHU, site sud"]);
}

fn request(email: &str, organisation: &str) -> NewRegistration {
    NewRegistration {
        name: "X".into(),
        email: accounts::EmailAddress::parse(email).unwrap(),
        organisation: organisation.into(),
        siret: None,
        buyer: true,
        verified: true,
        short_notice: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_erased_at_the_very_moment_they_register_is_registered_or_gone_and_no_seat_is_lost() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let (webinar, workshop) = (app.event(WEBINAR).await.id, app.event(WORKSHOP).await.id);
    for round in 0..15 {
        let email = format!("p{round}@exemple.fr");
        registrations::register(&app.app, &app.app.batches, webinar, request(&email, "Ville")).await.unwrap();
        let person = all(&app, WEBINAR).await.into_iter().find(|one| one.email.as_str() == email).unwrap().person_id;
        let person = accounts::find(&mut app.app.db.read().await.unwrap(), person).await.unwrap().unwrap();
        let other = format!("q{round}@exemple.fr");
        let (registered, erased, beside) = tokio::join!(
            registrations::register(&app.app, &app.app.batches, workshop, request(&email, "Ville")),
            app::privacy::erase(&app.app, &person),
            registrations::register(&app.app, &app.app.batches, workshop, request(&other, "Ville")),
        );
        assert!(registered.is_ok() && erased.is_ok() && beside.is_ok(), "{registered:?} {erased:?} {beside:?}");
        assert!(!all(&app, WEBINAR).await.iter().any(|one| one.person_id == person.id), "who is erased is gone");
        assert!(!all(&app, WORKSHOP).await.iter().any(|one| one.person_id == person.id));
        let people = all(&app, WORKSHOP).await;
        let open: Vec<_> = violations(&people, 1, None).into_iter().filter(|one| !one.contains("passed")).collect();
        assert_eq!(open, Vec::<String>::new(), "{people:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn organisations_merged_at_the_very_moment_of_registrations_leave_one_and_everybody_registered() {
    let app = TestApp::start().await;
    let organiser = app.organiser().await;
    let workshop = app.event(WORKSHOP).await.id;
    for round in 0..15 {
        let (from, into) = (format!("Alpha {round} unique"), format!("Omega {round} autre"));
        for (number, name) in [&from, &into].into_iter().enumerate() {
            registrations::register(
                &app.app,
                &app.app.batches,
                workshop,
                request(&format!("s{round}-{number}@exemple.fr"), name),
            )
            .await
            .unwrap();
        }
        let people = all(&app, WORKSHOP).await;
        let [first, second] =
            [&people[people.len() - 2], &people[people.len() - 1]].map(|one| one.organisation_id.unwrap());
        let registering = (0..4).map(|number| {
            registrations::register(
                &app.app,
                &app.app.batches,
                workshop,
                request(&format!("r{round}-{number}@exemple.fr"), &from),
            )
        });
        let (registered, merged) = tokio::join!(
            futures_util::future::join_all(registering),
            app::organisations::merge(&app.app, organiser, first, second),
        );
        assert!(merged.is_ok() && registered.iter().all(Result::is_ok), "{registered:?} {merged:?}");
        let people = all(&app, WORKSHOP).await;
        let whose: std::collections::BTreeSet<_> = people
            .iter()
            .filter(|one| one.email.as_str().contains(&format!("{round}-")))
            .map(|one| one.organisation_id)
            .collect();
        assert!(whose.contains(&Some(second)) && !whose.contains(&Some(first)), "{whose:?}");
    }
}
