//! A list of people brought in: tried first, each line with its result, then done.

use domain::accounts::EmailAddress;
use domain::registrations::{self, NewRegistration, Refusal, RegistrationStatus, Run};
use reqwest::multipart::{Form, Part};

use crate::harness::{Answer, TestApp, Visitor, WORKSHOP, unescaped};

const IMPORT: &str = "/organisation/evenements/atelier-2-indicateurs/importer";

/// Chooses a file and presses the button.
async fn upload(desk: &Visitor, bytes: impl Into<std::borrow::Cow<'static, [u8]>>) -> Answer {
    let file = Part::bytes(bytes).file_name("liste.csv");
    desk.post_multipart(IMPORT, Form::new().part("fichier", file).text("texte", "")).await
}

/// Presses the button below the result, as a browser does: with what the page keeps hidden.
async fn confirm(desk: &Visitor, tried: &Answer) -> Answer {
    let (_, hidden) = tried.body.split_once("<textarea name=\"texte\" hidden>").expect("the list is kept");
    let (hidden, _) = hidden.split_once("</textarea>").unwrap();
    // The first line break of a textarea is dropped; the others are sent as CR LF.
    let hidden = hidden.strip_prefix('\n').unwrap_or(hidden);
    let text = unescaped(hidden).replace("\r\n", "\n").replace('\n', "\r\n");
    desk.post_multipart(IMPORT, Form::new().text("texte", text).text("etape", "importer")).await
}

/// The numbers of lines in a page, in their order.
fn numbers(page: &str) -> Vec<String> {
    let rows = page.split("<tr><td class=\"number\">").skip(1);
    rows.map(|row| row.split('<').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_list_is_tried_before_it_is_imported_and_each_line_tells_its_result() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 2).await;
    app.visitor().register(WORKSHOP, "ada@exemple.fr").await;
    let desk = app.desk().await;
    let text = "Nom;Courriel;Organisation\nBob;bob@exemple.fr;Ville\nCleo;cleo@;Ville\nAda;ADA@exemple.fr;Ville\nDora;dora@exemple.fr;Nantes\n";
    let tried = desk.post_multipart(IMPORT, Form::new().text("texte", text)).await;
    for result in ["Confirmée", "En attente", "Cette adresse ne peut pas recevoir", "déjà inscrite"] {
        assert!(tried.body.contains(result), "{result}");
    }
    assert_eq!(app.registrations(WORKSHOP).await.len(), 1, "nothing is done");
    assert!(app.letters("bob@exemple.fr").await.is_empty());

    confirm(&desk, &tried).await;
    let seats: Vec<_> = app.registrations(WORKSHOP).await.into_iter().map(|one| one.status).collect();
    assert_eq!(seats, [RegistrationStatus::Confirmed, RegistrationStatus::Confirmed, RegistrationStatus::Waiting]);
    assert_eq!(app.letters("dora@exemple.fr").await, ["waiting"]);
}

#[tokio::test]
async fn a_file_is_read_as_spreadsheets_save_it_and_nothing_is_lost_until_it_is_done() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    // Windows-1252 with semicolons and empty lines; UTF-8 with a mark and commas; UTF-8 with tabs.
    let windows =
        b"\r\n\r\n\xc9lodie O\x92Neill;elodie@exemple.fr;\"Ville <du> \"\"Mans\"\" & co; annexe\"\r\n".to_vec();
    let commas = "\u{feff}Adresse,Nom,Organisation\nzoe@exemple.fr,\"Zoé, dite Z\",Région Île-de-France\n";
    let tabs = "Anaïs\tanais@exemple.fr\tCHU de Nantes\n";
    for (bytes, line) in [(windows, "3"), (commas.into(), "2"), (tabs.into(), "1")] {
        let tried = upload(&desk, bytes).await;
        assert_eq!((tried.status.as_u16(), numbers(&tried.body)), (200, vec![line.to_owned()]), "{}", tried.body);
        let done = confirm(&desk, &tried).await;
        assert_eq!(numbers(&done.body), [line], "the same line once it is done");
    }
    let people: Vec<_> =
        app.registrations(WORKSHOP).await.into_iter().map(|one| (one.name, one.organisation)).collect();
    let expected = [
        ("Élodie O’Neill", "Ville <du> \"Mans\" & co; annexe"),
        ("Zoé, dite Z", "Région Île-de-France"),
        ("Anaïs", "CHU de Nantes"),
    ];
    assert_eq!(people, expected.map(|(name, organisation)| (name.to_owned(), organisation.to_owned())));
}

#[tokio::test]
async fn a_file_that_cannot_be_a_list_is_refused_with_why() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let many = "Ada;ada@exemple.fr;Ville\n".repeat(2_001);
    let cases: [(Vec<u8>, &str); 4] = [
        (b"PK\x03\x04\0\0\0".to_vec(), "n’est pas du texte"),
        (vec![b'a'; 1024 * 1024 + 1], "trop gros"),
        (many.into_bytes(), "2 000 lignes au plus"),
        (Vec::new(), "Choisissez un fichier"),
    ];
    for (bytes, why) in cases {
        let refused = upload(&desk, bytes).await;
        assert!(refused.status == 422 && refused.body.contains(why), "{why}: {}", refused.status);
        assert!(refused.body.contains("id=\"fichier-error\""));
    }
    let pasted = desk.post_multipart(IMPORT, Form::new().text("texte", "\n \n")).await;
    assert_eq!(pasted.status, 422);
    assert!(app.registrations(WORKSHOP).await.is_empty());
}

#[tokio::test]
async fn a_list_as_long_as_may_be_is_registered_whole_in_its_order_and_a_second_time_nobody_is() {
    const LINES: usize = 2_000;
    let app = TestApp::start_with(|config| config.mail_per_minute = Some(0)).await;
    app.set_capacity(WORKSHOP, 60).await;
    let (by, event) = (app.organiser().await, app.event(WORKSHOP).await.id);
    let request = |number: usize| NewRegistration {
        name: format!("Personne {number}"),
        email: EmailAddress::parse(&format!("p{number}@exemple.fr")).unwrap(),
        organisation: format!("Ville {}", number % 300),
        siret: None,
        buyer: true,
        answers: Vec::new(),
        request: None,
        short_notice: false,
    };
    let requests: Vec<_> = (0..LINES).map(request).collect();
    let run = async |run| registrations::register_all_by_staff(&app.app, by, event, &requests, run).await.unwrap();
    let tried = run(Run::Dry).await;
    assert!(app.registrations(WORKSHOP).await.is_empty());
    let done = run(Run::Real).await;
    assert_eq!(tried, done);
    let status = |place| if place < 60 { RegistrationStatus::Confirmed } else { RegistrationStatus::Waiting };
    assert!(done.iter().enumerate().all(|(place, seat_of)| *seat_of == Ok(status(place))));
    let people = app.registrations(WORKSHOP).await;
    assert_eq!(people.len(), LINES);
    assert!(
        people
            .iter()
            .enumerate()
            .all(|(place, one)| one.name == format!("Personne {place}") && one.status == status(place))
    );
    let counted = async |table: &str| -> i64 {
        let count = format!("select cast(count(*) as bigint) from {table}");
        let mut tx = app.app.db.snapshot().await.unwrap();
        db::dispatch!(&mut tx, |conn| sqlx::query_scalar(sqlx::AssertSqlSafe(count)).fetch_one(conn).await).unwrap()
    };
    let lines = i64::try_from(LINES).unwrap();
    // One more line: how the organiser became one.
    let expected = [lines, lines + 1];
    assert_eq!([counted("letter").await, counted("audit_log").await], expected);
    assert!(run(Run::Real).await.iter().all(|again| *again == Err(Refusal::AlreadyThere)));
    assert_eq!([counted("letter").await, counted("audit_log").await], expected, "nobody is written to again");
}

#[tokio::test]
async fn columns_are_found_by_their_headings_and_asked_about_where_nobody_can_know() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let named = "Civilité;Nom de famille;Prénom;Adresse e-mail;Entité\nMme;MARTIN;Ada;ada@exemple.fr;Ville de X\n";
    let tried = desk.post_multipart(IMPORT, Form::new().text("texte", named)).await;
    assert!(tried.body.contains("<bdi>Ada MARTIN</bdi>") && tried.body.contains("laissées de côté"), "{}", tried.body);
    let text = "Service;Ville;ada@exemple.fr;Ada\n";
    let asked = desk.post_multipart(IMPORT, Form::new().text("texte", text)).await;
    assert_eq!(asked.status, 422);
    let first = asked.hidden("premiere");
    let told = Form::new()
        .text("texte", text)
        .text("premiere", first)
        .text("colonne.1", "organisation")
        .text("colonne.2", "adresse")
        .text("colonne.3", "nom");
    let tried = desk.post_multipart(IMPORT, told).await;
    assert_eq!(tried.status, 200, "{}", tried.body);
    // The button below carries what was said.
    let told = ["colonne.1", "colonne.2", "colonne.3"].map(|name| (name, tried.hidden(name)));
    let form = Form::new().text("texte", text).text("etape", "importer").text("premiere", tried.hidden("premiere"));
    let form = told.into_iter().fold(form, |form, (name, value)| form.text(name, value));
    assert_eq!(desk.post_multipart(IMPORT, form).await.status, 200);
    let ada = app.registration(WORKSHOP, "ada@exemple.fr").await;
    assert_eq!((ada.name.as_str(), ada.organisation.as_str()), ("Ada", "Ville"));
}

#[tokio::test]
async fn what_is_to_be_corrected_stands_first_with_its_line_and_nobody_is_swallowed_as_a_heading() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let text = "Mailys Durand;;Ville de X\nAda;ada@exemple.fr;Ville\nAda B.;ADA@exemple.fr;Ville\nÉlodie;élodie@exemple.fr;Ville\n";
    let tried = desk.post_multipart(IMPORT, Form::new().text("texte", text)).await;
    assert_eq!(numbers(&tried.body), ["1", "4", "3", "2"], "{}", tried.body);
    for said in ["Mailys Durand", "Aucune adresse", "avant l’arobase", "déjà sur une ligne plus haut"] {
        assert!(tried.body.contains(said), "{said}");
    }
}
