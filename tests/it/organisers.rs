//! The back office: who comes, and what organisers do about it.

use domain::accounts::EmailAddress;
use domain::programme::EventStatus;
use domain::registrations::{self, RegistrationStatus};

use crate::harness::{DESK, TestApp, Visitor, WEBINAR, WORKSHOP};

#[tokio::test]
async fn the_back_office_is_closed_to_others() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.sign_in(&app, "ada@exemple.fr").await;
    let id = app.registration(WORKSHOP, "ada@exemple.fr").await.id;
    for path in ["/inscriptions.csv", "/capacite", "/modifier", ""] {
        assert_eq!(visitor.get(&format!("{DESK}{path}")).await.status, 403, "{path}");
    }
    for path in ["/organisation/journal", "/organisation/organisations", &format!("/organisation/inscriptions/{id}")] {
        assert_eq!(visitor.get(path).await.status, 403, "{path}");
    }
    let acts = ["selection", "inscrire", "importer", "capacite", "fermer", "rouvrir", "public", "modifier", "annuler"];
    for act in acts {
        assert_eq!(visitor.post(&format!("{DESK}/{act}"), &[]).await.status, 403, "{act}");
    }
    let withdrawal = visitor.post(&format!("/organisation/inscriptions/{id}/retirer"), &[("reason", "x")]).await;
    assert_eq!(
        (withdrawal.status.as_u16(), app.registration(WORKSHOP, "ada@exemple.fr").await.status),
        (403, RegistrationStatus::Confirmed)
    );
}

#[tokio::test]
async fn the_list_is_searched_filtered_sorted_and_taken_away_as_its_address_says() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    let fields = [("name", "=Élodie"), ("email", "elodie@exemple.fr"), ("organisation", "Métropole"), ("buyer", "oui")];
    visitor.post(&format!("/evenements/{WORKSHOP}/inscription"), &fields).await;
    visitor.prove("elodie@exemple.fr").await;
    registrations::cancel(&app.app, app.registration(WORKSHOP, "elodie@exemple.fr").await.id).await.unwrap();
    let desk = app.desk().await;

    let page = desk.get(&format!("{DESK}?q=elodie&tri=nom")).await.body;
    assert!(page.contains("=Élodie") && !page.contains("ada@exemple.fr") && page.contains("1 sur 2"));
    assert!(page.contains("inscriptions.csv?q=elodie&#38;tri=nom"), "what is asked for stays in the links");
    let page = desk.get(&format!("{DESK}?etat=confirmees")).await.body;
    assert!(page.contains("ada@exemple.fr") && !page.contains("elodie@exemple.fr"));

    let csv = desk.get(&format!("{DESK}/inscriptions.csv?q=METROPOLE")).await.body;
    assert_eq!(csv.lines().count(), 2);
    assert!(csv.contains(";'=Élodie;Métropole;elodie@exemple.fr;"), "defused: {csv}");
    let xlsx = desk.get(&format!("{DESK}/inscriptions.xlsx")).await;
    assert!(xlsx.headers["content-type"].to_str().unwrap().contains("spreadsheetml") && xlsx.body.starts_with("PK"));
}

#[tokio::test]
async fn somebody_registered_by_hand_has_their_seat_at_once_and_everything_is_in_the_log() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let desk = app.desk().await;
    desk.post(&format!("{DESK}/fermer"), &[]).await;
    assert_eq!(app.visitor().ask(WORKSHOP, "late@exemple.fr").await.status, 409);

    let mistakes = desk.post(&format!("{DESK}/inscrire"), &[("name", "Ada"), ("email", "ada@"), ("siret", "12")]).await;
    assert_eq!(mistakes.status, 422);
    for beside in ["value=\"Ada\"", "id=\"email-error\"", "id=\"organisation-error\"", "id=\"siret-error\""] {
        assert!(mistakes.body.contains(beside), "{beside}");
    }
    let ada = [("name", "Ada"), ("email", "ada@exemple.fr"), ("organisation", "Ville")];
    assert!(desk.post(&format!("{DESK}/inscrire"), &ada).await.location().starts_with("/organisation/inscriptions/"));
    assert_eq!(desk.post(&format!("{DESK}/inscrire"), &ada).await.status, 409, "twice is once");
    let bob = [("name", "Bob"), ("email", "bob@exemple.fr"), ("organisation", "Ville")];
    desk.post(&format!("{DESK}/inscrire"), &bob).await;
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Confirmed, RegistrationStatus::Waiting],
        "never more than there are"
    );
    assert_eq!(app.letters("ada@exemple.fr").await, ["confirmed"]);

    let log = desk.get("/organisation/journal").await.body;
    for line in ["a fermé les inscriptions", "a inscrit", "Ada", "Bob"] {
        assert!(log.contains(line), "{line}");
    }
    desk.post(&format!("{DESK}/rouvrir"), &[]).await;
    assert_eq!(app.visitor().register(WORKSHOP, "late@exemple.fr").await.status, 303);
}

#[tokio::test]
async fn a_change_of_capacity_is_shown_before_it_is_done() {
    let app = TestApp::start().await;
    app.full_workshop(&["bob@exemple.fr", "cleo@exemple.fr"]).await;
    let desk = app.desk().await;
    let preview = desk.get(&format!("{DESK}/capacite?places=2")).await.body;
    assert!(preview.contains("<li><bdi>bob</bdi> (<bdi>Ville d’Angers</bdi>)</li>") && !preview.contains("cleo"));
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Confirmed, RegistrationStatus::Waiting, RegistrationStatus::Waiting],
        "looking does nothing"
    );
    assert_eq!(desk.get(&format!("{DESK}/capacite?places=0")).await.status, 422);

    desk.post(&format!("{DESK}/capacite"), &[("places", "2")]).await;
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Confirmed, RegistrationStatus::Offered, RegistrationStatus::Waiting]
    );
    assert_eq!(app.letters("bob@exemple.fr").await, ["please-confirm", "waiting", "seat-offered"]);
    assert!(desk.get("/organisation/journal").await.body.contains("1 → 2"));
}

#[tokio::test]
async fn a_capacity_lowered_below_what_is_confirmed_throws_nobody_out_and_promotes_nobody_until_the_excess_is_gone() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 2).await;
    let visitor = app.visitor();
    for email in ["ada@exemple.fr", "bob@exemple.fr"] {
        visitor.register(WORKSHOP, email).await;
    }
    visitor.register(WORKSHOP, "cleo@exemple.fr").await;
    let desk = app.desk().await;
    assert!(desk.get(&format!("{DESK}/capacite?places=1")).await.body.contains("1 personne est de trop"));
    desk.post(&format!("{DESK}/capacite"), &[("places", "1")]).await;
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Confirmed, RegistrationStatus::Confirmed, RegistrationStatus::Waiting]
    );
    assert!(desk.get(DESK).await.body.contains("1 personne de trop"));

    registrations::cancel(&app.app, app.registration(WORKSHOP, "ada@exemple.fr").await.id).await.unwrap();
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Cancelled, RegistrationStatus::Confirmed, RegistrationStatus::Waiting],
        "the excess goes first"
    );
    registrations::cancel(&app.app, app.registration(WORKSHOP, "bob@exemple.fr").await.id).await.unwrap();
    assert_eq!(
        app.seats(WORKSHOP).await,
        [RegistrationStatus::Cancelled, RegistrationStatus::Cancelled, RegistrationStatus::Offered]
    );
}

#[tokio::test]
async fn a_registration_is_withdrawn_with_a_reason_that_its_person_reads() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&["bob@exemple.fr"]).await;
    let link = app.link("ada@exemple.fr", "registration").await;
    let desk = app.desk().await;
    let path = format!("/organisation/inscriptions/{}/retirer", app.registration(WORKSHOP, "ada@exemple.fr").await.id);
    assert_eq!(desk.post(&path, &[("reason", " ")]).await.status, 422);
    desk.post(&path, &[("reason", "Doublon avec Bob")]).await;
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Cancelled, RegistrationStatus::Offered]);
    assert_eq!(app.letters("ada@exemple.fr").await, ["please-confirm", "confirmed", "withdrawn"]);
    assert!(visitor.get(&link).await.body.contains("Doublon avec Bob"));
    assert_eq!(desk.post(&path, &[("reason", "encore")]).await.status, 409, "not twice");
}

#[tokio::test]
async fn who_was_there_is_noted_once_the_doors_open_and_can_be_corrected() {
    let app = TestApp::start().await;
    app.full_workshop(&["bob@exemple.fr"]).await;
    let ids: Vec<String> = app.registrations(WORKSHOP).await.iter().map(|one| one.id.to_string()).collect();
    let mark = async |desk: &Visitor, act: &str| {
        let fields = [("id", ids[0].as_str()), ("id", &ids[1]), ("acte", act)];
        desk.post(&format!("{DESK}/selection"), &fields).await
    };
    let early = app.desk().await;
    assert_eq!(mark(&early, "present").await.status, 409, "too early");
    let starts_at = app.event(WORKSHOP).await.starts_at;
    app.app.clock.advance(starts_at.since(app.app.clock.now()));
    let desk = app.desk().await;
    assert!(mark(&desk, "present").await.location().contains("fait=present-1"), "who waits was not there");
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Attended, RegistrationStatus::Waiting]);
    mark(&desk, "absent").await;
    assert_eq!(app.seats(WORKSHOP).await[0], RegistrationStatus::Absent);
    mark(&desk, "depointer").await;
    assert_eq!(app.seats(WORKSHOP).await[0], RegistrationStatus::Confirmed);
}

#[tokio::test]
async fn a_siret_makes_spellings_one_organisation_and_an_organiser_merges_the_rest() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let register = async |email: &str, organisation: &str, siret: &str| {
        let fields =
            [("name", "X"), ("email", email), ("organisation", organisation), ("buyer", "oui"), ("siret", siret)];
        let status = visitor.post(&format!("/evenements/{WORKSHOP}/inscription"), &fields).await.status.as_u16();
        if status == 303 {
            visitor.prove(email).await;
        }
        status
    };
    assert_eq!(register("a@exemple.fr", "Mairie de Bordeaux", "21330063500018").await, 422, "a digit is wrong");
    register("a@exemple.fr", "Mairie de Bordeaux", "21330063500017").await;
    register("b@exemple.fr", "Bordeaux (ville)", "213 300 635 00017").await;
    register("c@exemple.fr", "MAIRIE DE BORDEAUX", "").await;
    register("d@exemple.fr", "BDX", "").await;
    let ids: Vec<_> = app.registrations(WORKSHOP).await.into_iter().map(|one| one.organisation_id.unwrap()).collect();
    assert!(ids[0] == ids[1] && ids[0] == ids[2] && ids[0] != ids[3]);

    let desk = app.desk().await;
    let into = ids[0].to_string();
    desk.post(&format!("/organisation/organisations/{}/fusionner", ids[3]), &[("dans", &into)]).await;
    register("e@exemple.fr", "bdx", "").await;
    assert!(app.registrations(WORKSHOP).await.iter().all(|one| one.organisation_id == Some(ids[0])));

    let form = format!("/evenements/{WORKSHOP}/inscription");
    assert!(!visitor.get(&form).await.body.contains("<datalist"), "nobody has looked at it yet");
    let corrected = [("name", "Ville de Bordeaux"), ("kind", "commune"), ("siret", "21330063500017")];
    desk.post(&format!("/organisation/organisations/{into}"), &corrected).await;
    assert!(visitor.get(&form).await.body.contains("<option value=\"Ville de Bordeaux\">"));
}

#[tokio::test]
async fn a_persons_history_tells_every_step() {
    let app = TestApp::start().await;
    let visitor = app.full_workshop(&["bob@exemple.fr"]).await;
    let ada = app.link("ada@exemple.fr", "registration").await;
    visitor.post(&format!("{ada}/annuler"), &[]).await;
    let desk = app.desk().await;
    let bob = app.registration(WORKSHOP, "bob@exemple.fr").await;
    let page = desk.get(&format!("/organisation/personnes/{}", bob.person_id)).await.body;
    assert!(page.contains(": en attente") && page.contains(": place offerte"), "{page}");
}

#[tokio::test]
async fn the_live_counts_tell_what_the_page_tells_and_change_with_what_happens() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 3).await;
    let desk = app.desk().await;
    let counts = async || desk.get(&format!("{DESK}/places")).await.body;
    let empty = counts().await;
    assert!(
        empty.contains("<strong>0</strong> confirmée") && empty.contains("<strong>3</strong> libres sur 3"),
        "{empty}"
    );
    app.keep_seats(1).await;
    let visitor = app.visitor();
    for email in ["ada@exemple.fr", "bob@exemple.fr"] {
        visitor.register(WORKSHOP, email).await;
    }
    visitor.register(WORKSHOP, "cleo@exemple.fr").await;
    visitor.register(WEBINAR, "cleo@exemple.fr").await;
    for told in ["<strong>2</strong> confirmées", "<strong>1</strong> en attente", "<strong>0</strong> libre sur 3"] {
        assert!(counts().await.contains(told), "{told}: {}", counts().await);
    }
    assert!(counts().await.contains("<strong>1</strong> réservée aux personnes invitées"), "{}", counts().await);
    registrations::cancel(&app.app, app.registration(WORKSHOP, "ada@exemple.fr").await.id).await.unwrap();
    for told in ["<strong>1</strong> confirmée", "<strong>1</strong> place offerte", "<strong>1</strong> annulée"] {
        assert!(counts().await.contains(told), "{told}: {}", counts().await);
    }
    let address = EmailAddress::parse("guest@exemple.fr").unwrap();
    let (by, event) = (app.organiser().await, app.event(WORKSHOP).await.id);
    registrations::set_reserved_for(&app.app, by, event, &[address]).await.unwrap();
    let guest = [("name", "Guest"), ("email", "guest@exemple.fr"), ("organisation", "Ville"), ("siret", "")];
    assert_eq!(desk.post(&format!("{DESK}/inscrire"), &guest).await.status, 303);
    assert!(counts().await.contains("<strong>0</strong> réservée aux personnes invitées"), "{}", counts().await);
    assert!(desk.get(DESK).await.body.contains(counts().await.trim()), "the page and its live part are one");
}

#[tokio::test]
async fn nobody_is_registered_by_hand_once_the_event_is_over() {
    let app = TestApp::start().await;
    app.pass_until(app.event(WORKSHOP).await.ends_at);
    assert_eq!(app.register_by_staff().await, 409);
    assert!(app.registrations(WORKSHOP).await.is_empty());
}

#[tokio::test]
async fn nobody_is_registered_by_hand_for_a_cancelled_event() {
    let app = TestApp::start().await;
    app.revise(WORKSHOP, |event| event.status = EventStatus::Cancelled).await;
    assert_eq!(app.register_by_staff().await, 409);
    assert!(app.registrations(WORKSHOP).await.is_empty());
}

#[tokio::test]
async fn taking_a_note_back_gives_nobody_a_seat() {
    let app = TestApp::start().await;
    app.full_workshop(&["bob@exemple.fr"]).await;
    app.pass_until(app.event(WORKSHOP).await.starts_at);
    let id = app.registrations(WORKSHOP).await[1].id.to_string();
    let note = [("id", id.as_str()), ("acte", "depointer")];
    app.desk().await.post(&format!("{DESK}/selection"), &note).await;
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
}

#[tokio::test]
async fn withdrawals_offers_and_lists_of_guests_are_in_the_log() {
    let app = TestApp::start().await;
    app.full_workshop(&["bob@exemple.fr", "cleo@exemple.fr"]).await;
    let guests =
        [("reserved_seats", "1"), ("reserved_until", "2026-12-01T12:00"), ("reserved_for", "guest@exemple.fr")];
    app.set_audience(&guests).await;
    app.set_capacity(WORKSHOP, 2).await;
    assert_eq!(app.act_on("cleo@exemple.fr", "proposer", &[("why", "promis")]).await, 303);
    assert_eq!(app.act_on("ada@exemple.fr", "retirer", &[("reason", "Doublon")]).await, 303);
    let read = app.log().await;
    for line in ["a offert une place à", "promis", "a retiré l’inscription de", "Doublon", "0 → 1"] {
        assert!(read.contains(line), "{line}");
    }
    app.set_audience(&guests).await;
    assert_eq!(app.log().await.matches("a changé la liste des personnes invitées").count(), 1, "the same is no change");
}

#[tokio::test]
async fn who_was_there_is_noted_of_the_chosen_only_once_and_from_an_hour_before() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for email in ["ada@exemple.fr", "bob@exemple.fr"] {
        visitor.register(WORKSHOP, email).await;
    }
    let doors = app.event(WORKSHOP).await.starts_at - std::time::Duration::from_secs(3600);
    app.app.clock.advance(doors.since(app.app.clock.now()));
    assert!(app.select("present", &["ada@exemple.fr"]).await.location().contains("fait=present-1"));
    assert!(app.select("present", &["ada@exemple.fr"]).await.location().contains("fait=present-0"), "once");
    assert_eq!(app.seats(WORKSHOP).await, [RegistrationStatus::Attended, RegistrationStatus::Confirmed]);
    assert!(app.log().await.contains("a noté la présence de"));
    app.select("absent", &["ada@exemple.fr"]).await;
    assert!(app.log().await.contains("a noté l’absence de"));
    assert!(!app.log().await.contains("a effacé le pointage de"));
    app.select("depointer", &["ada@exemple.fr"]).await;
    assert!(app.log().await.contains("a effacé le pointage de"));
}
