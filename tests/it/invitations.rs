//! Invitations: tried, sent, answered, followed up.

use domain::registrations;
use mail::outbox;
use mail::suppressions::{self, Scope};
use reqwest::StatusCode;
use reqwest::multipart::{Form, Part};

use crate::harness::{Answer, ORGANISER, START, TestApp, Visitor, WEBINAR, WORKSHOP};

/// The organisers' form.
pub const COMPOSE: &str = "/organisation/invitations/nouvelle";

/// What the form holds; `act` is the button that is pressed.
pub fn fields<'a>(people: &'a str, act: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("people", people),
        ("event", WORKSHOP),
        ("subject", "Venez, {nom}"),
        ("message", "Bonjour {organisation}.\n\nÀ bientôt."),
        ("send_at", ""),
        ("act", act),
        ("round", "01939000-0000-7000-8000-000000000001"),
    ]
}

/// Submits the form as a browser does.
pub async fn compose(visitor: &Visitor, path: &str, fields: &[(&str, &str)]) -> Answer {
    let form =
        fields.iter().fold(Form::new(), |form, (name, value)| form.text((*name).to_owned(), (*value).to_owned()));
    visitor.post_multipart(path, form).await
}

/// Sends, and returns the round's page.
pub async fn send(visitor: &Visitor, people: &str) -> String {
    let answer = compose(visitor, COMPOSE, &fields(people, "envoyer")).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.location().split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_try_says_who_would_be_written_to_and_writes_to_nobody() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    visitor.register(WORKSHOP, "in@exemple.fr").await;
    visitor.register(WEBINAR, "known@exemple.fr").await;
    let mut tx = app.app.db.write().await.unwrap();
    suppressions::refuse(&mut tx, "no@exemple.fr", Scope::Announcements, ("no", START)).await.unwrap();
    suppressions::refuse(&mut tx, "stop@exemple.fr", Scope::Everything, ("no", START)).await.unwrap();
    tx.commit().await.unwrap();
    let people = "new@exemple.fr;Ada;Ville\nin@exemple.fr\nknown@exemple.fr\nno@exemple.fr\nstop@exemple.fr\nnobody\nnew@exemple.fr";
    let page = compose(&visitor, COMPOSE, &fields(people, "essai")).await;
    assert_eq!(page.status, 200);
    for there in [
        "<strong>2 invitations</strong>",
        "<dt>Nouvelles adresses</dt><dd>1</dd>",
        "<dt>Déjà connues</dt><dd>1</dd>",
        "ne leur sera envoyé)</dt><dd>in@exemple.fr</dd>",
        "no@exemple.fr · stop@exemple.fr",
        "<bdi>nobody</bdi></td><td><span class=\"tag tag-danger\">Laissée de côté</span>",
        "<td>new@exemple.fr</td><td><span class=\"tag\">Comptée une fois</span>",
        "<th scope=\"row\"><bdi>Ada</bdi></th><td>new@exemple.fr</td><td><bdi>Ville</bdi></td>",
        "Venez, Ada",
        "Bonjour Ville.",
    ] {
        assert!(page.body.contains(there), "{there} is not in\n{}", page.body);
    }
    assert!(app.letters("new@exemple.fr").await.is_empty());
    // A list that was changed after it was tried is shown again before anybody is left aside.
    let mut unseen = fields("new@exemple.fr\nbob@", "envoyer");
    unseen.push(("vu", "0000000000000000"));
    let again = compose(&visitor, COMPOSE, &unseen).await;
    assert!(again.status == 200 && again.body.contains("<bdi>bob@</bdi>"), "{}", again.body);
    assert!(app.letters("new@exemple.fr").await.is_empty());

    let tested = compose(&visitor, COMPOSE, &fields(people, "test")).await;
    assert_eq!(tested.status, 200);
    assert_eq!(app.letters(ORGANISER).await, ["sign-in", "invitation"]);
    assert!(app.letters("new@exemple.fr").await.is_empty());
    let frame = compose(&visitor, "/organisation/invitations/apercu", &fields(people, "essai")).await;
    assert!(
        frame.body.contains("Bonjour Ville.")
            && frame.headers["content-security-policy"].to_str().unwrap().contains("sandbox")
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_beside_its_field_and_what_was_written_is_kept() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let wrong = [
        ("people", "nobody"),
        ("subject", "{prenom}"),
        ("message", "Bonjour {prenom}"),
        ("send_at", "2020-01-01T10:00"),
        ("act", "envoyer"),
    ];
    let page = compose(&visitor, COMPOSE, &wrong).await;
    assert_eq!(page.status, 422);
    for field in ["people", "events", "subject", "message"] {
        assert!(page.body.contains(&format!("id=\"{field}-error\"")), "{field}: {}", page.body);
    }
    assert!(page.body.contains("Bonjour {prenom}</textarea>"));
    let late = fields("ada@exemple.fr", "envoyer")
        .into_iter()
        .map(|(name, value)| if name == "send_at" { (name, "2020-01-01T10:00") } else { (name, value) });
    let page = compose(&visitor, COMPOSE, &late.collect::<Vec<_>>()).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("id=\"send_at-error\""));
    let anybody = app.visitor();
    anybody.register(WEBINAR, "ada@exemple.fr").await;
    anybody.sign_in(&app, "ada@exemple.fr").await;
    for path in ["/organisation/invitations", COMPOSE] {
        assert_eq!(anybody.get(path).await.status, 403, "{path}");
    }
    assert_eq!(compose(&anybody, COMPOSE, &fields("x@exemple.fr", "envoyer")).await.status, 403);
}

#[tokio::test]
async fn the_link_fills_the_form_proves_the_address_and_the_seat_is_theirs_at_once() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let round = send(&visitor, "ada@exemple.fr;Ada Lovelace;Ville d’Angers\nbob@exemple.fr").await;
    app.delivered().await;
    assert_eq!(visitor.get(&round).await.body.matches("\">Envoyée</a></td>").count(), 2);
    let guest = app.visitor();
    let link = app.link("ada@exemple.fr", "invitation").await;
    let page = guest.get(&link).await;
    assert_eq!(page.status, 200);
    assert!(
        page.body.contains("value=\"Ada Lovelace\"") && page.body.contains("value=\"Ville d’Angers\""),
        "{}",
        page.body
    );
    assert!(visitor.get(&round).await.body.contains("Page ouverte</a>"));

    let form = [("event", WORKSHOP), ("name", "Ada Lovelace"), ("organisation", "Ville d’Angers")];
    let unattested = guest.post(&format!("{link}/inscription"), &form).await;
    assert_eq!(unattested.status, 422);
    assert!(unattested.body.contains("id=\"buyer-error\""));
    let form = [form[0], form[1], form[2], ("buyer", "oui")];
    assert_eq!(guest.post(&format!("{link}/inscription"), &form).await.status, 303);
    assert_eq!(app.letters("ada@exemple.fr").await, ["invitation", "confirmed"]);

    let link = app.link("bob@exemple.fr", "invitation").await;
    assert_eq!(guest.post(&format!("{link}/decliner"), &[]).await.status, 303);
    let page = visitor.get(&round).await.body;
    assert!(page.contains("Inscrite</a>") && page.contains("Ne vient pas</a>"), "{page}");
    assert_eq!(guest.get("/invitations/AAAA").await.status, 404);
    let elsewhere = [("event", WEBINAR), ("name", "Bob"), ("organisation", "Ville"), ("buyer", "oui")];
    let answer = guest.post(&format!("{link}/inscription"), &elsewhere).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "invited to the workshop alone");
}

#[tokio::test]
async fn who_did_not_answer_is_written_to_again_and_only_once() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let round = send(&visitor, "ada@exemple.fr\nbob@exemple.fr\neve@exemple.fr").await;
    app.delivered().await;
    let guest = app.visitor();
    let link = app.link("bob@exemple.fr", "invitation").await;
    guest.post(&format!("{link}/decliner"), &[]).await;
    visitor.register(WORKSHOP, "eve@exemple.fr").await;
    // The button was pressed twice.
    assert_eq!(send(&visitor, "ada@exemple.fr\nbob@exemple.fr\neve@exemple.fr").await, round);
    assert_eq!(app.letters("ada@exemple.fr").await, ["invitation"]);
    for _ in 0..3 {
        assert_eq!(visitor.post(&format!("{round}/relancer"), &[]).await.status, 303);
    }
    assert_eq!(app.letters("ada@exemple.fr").await, ["invitation", "invitation"]);
    assert_eq!(app.letters("bob@exemple.fr").await, ["invitation"]);
    assert_eq!(app.letters("eve@exemple.fr").await, ["invitation", "please-confirm", "confirmed"]);
    assert!(!visitor.get(&round).await.body.contains("/relancer"));
}

#[tokio::test]
async fn a_letter_that_did_not_leave_says_why() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let mut tx = app.app.db.write().await.unwrap();
    suppressions::refuse(&mut tx, "no@exemple.fr", Scope::Everything, ("its owner does not want these letters", START))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let round = send(&visitor, "no@exemple.fr").await;
    let page = visitor.get(&round).await.body;
    assert!(page.contains("Non envoyée</a>") && page.contains("la personne ne veut pas de ces courriels"), "{page}");
}

#[tokio::test]
async fn the_guests_page_says_what_is_done_and_asks_for_nothing_more() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let round = send(&visitor, "ada@exemple.fr;Ada;Ville").await;
    let guest = app.visitor();
    let link = app.link("ada@exemple.fr", "invitation").await;
    visitor.register(WEBINAR, "ada@exemple.fr").await;
    assert!(guest.get(&link).await.body.contains("/decliner"), "the webinar is no answer to this invitation");
    guest.post(&format!("{link}/decliner"), &[]).await;
    let page = guest.get(&link).await.body;
    assert!(!page.contains("/decliner") && page.contains("/inscription"), "they may change their mind: {page}");
    let form = [("event", WORKSHOP), ("name", "Ada"), ("organisation", "Ville"), ("buyer", "oui")];
    guest.post(&format!("{link}/inscription"), &form).await;
    let page = guest.get(&link).await.body;
    assert!(page.contains("est enregistrée") && !page.contains("/inscription\""), "{page}");
    assert!(visitor.get(&round).await.body.contains("Inscrite</a>"), "and no longer as who does not come");
}

#[tokio::test]
async fn seats_are_kept_for_who_is_invited_if_the_organisers_say_so() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let kept_for = async || {
        let event = app.event(WORKSHOP).await.id;
        let kept = registrations::reserved_for(&mut app.app.db.read().await.unwrap(), event).await.unwrap();
        kept.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    send(&visitor, "ada@exemple.fr").await;
    assert!(kept_for().await.is_empty());

    let mut form = fields("bob@exemple.fr", "envoyer");
    form[6].1 = "01939000-0000-7000-8000-000000000002";
    form.push(("keep", "oui"));
    let bare = compose(&visitor, COMPOSE, &form).await;
    assert!(
        bare.status == 422 && bare.body.contains("id=\"reserved_seats-error\""),
        "the workshop keeps none: {}",
        bare.body
    );
    form.push(("reserved_seats", "10"));
    let endless = compose(&visitor, COMPOSE, &form).await;
    assert!(endless.status == 422 && endless.body.contains("id=\"reserved_until-error\""), "{}", endless.body);
    form.push(("reserved_until", "2027-01-15T18:00"));
    form[5].1 = "essai";
    let tried = compose(&visitor, COMPOSE, &form).await.body;
    assert!(tried.contains("10 jusqu’au vendredi 15 janvier") && tried.contains("(aucune aujourd’hui)"), "{tried}");
    assert_eq!(app.event(WORKSHOP).await.reserved_seats, 0, "trying keeps nothing");
    form[5].1 = "envoyer";
    assert_eq!(compose(&visitor, COMPOSE, &form).await.status, 303);
    assert_eq!(kept_for().await, ["bob@exemple.fr"]);
    let event = app.event(WORKSHOP).await;
    assert_eq!(event.reserved_seats, 10);
    assert_eq!(event.reserved_until.unwrap().to_string(), "2027-01-15T17:00:00Z");
    assert!(visitor.get("/organisation/journal").await.body.contains("0 → 10"));

    // Without a number: those that are kept already are for these people, too.
    let mut form = fields("eve@exemple.fr", "envoyer");
    form[6].1 = "01939000-0000-7000-8000-000000000003";
    form.push(("keep", "oui"));
    assert_eq!(compose(&visitor, COMPOSE, &form).await.status, 303);
    assert_eq!(kept_for().await, ["bob@exemple.fr", "eve@exemple.fr"]);
    assert_eq!(app.event(WORKSHOP).await.reserved_seats, 10);
}

#[tokio::test]
async fn organisers_write_to_those_who_have_a_seat_once_and_thank_them() {
    let app = TestApp::start().await;
    app.set_capacity(WORKSHOP, 1).await;
    let visitor = app.desk().await;
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.register(WORKSHOP, "bob@exemple.fr").await;
    let path = format!("/organisation/evenements/{WORKSHOP}/message");
    let mut form = vec![
        ("id", "01939000-0000-7000-8000-00000000000a"),
        ("readers", "places"),
        ("subject", "Avant l’atelier"),
        ("message", "Lisez ceci.\n\nÀ bientôt."),
        ("act", "essai"),
    ];
    let tried = visitor.post(&path, &form).await.body;
    assert!(tried.contains("<strong>1 courriel</strong>") && tried.contains("Lisez ceci."), "{tried}");
    assert!(visitor.post(&format!("{path}/apercu"), &form).await.body.contains("/inscriptions/…"));
    assert!(!app.letters("ada@exemple.fr").await.contains(&"message".to_owned()));
    form[4].1 = "envoyer";
    assert!(visitor.post(&path, &form).await.location().ends_with("partis=1"));
    assert!(visitor.post(&path, &form).await.location().ends_with("partis=0"), "the button was pressed twice");
    let log = visitor.get("/organisation/journal").await.body;
    assert!(log.matches("a écrit aux personnes inscrites").count() == 1 && log.contains("Avant l’atelier"), "{log}");
    assert!(!app.letters("bob@exemple.fr").await.contains(&"message".to_owned()));
    let wrong = visitor.post(&path, &[("replay", "ftp://x"), ("resources", "Le guide"), ("act", "envoyer")]).await;
    assert_eq!(wrong.status, 422);
    for field in ["subject", "message", "replay", "resources"] {
        assert!(wrong.body.contains(&format!("id=\"{field}-error\"")), "{field}");
    }

    form[0].1 = "01939000-0000-7000-8000-00000000000b";
    form[1].1 = "tous";
    form.push(("thanks", "oui"));
    form.push(("replay", "https://video.exemple.fr/1"));
    form.push(("resources", "Le guide https://exemple.fr/guide.pdf"));
    assert!(visitor.post(&path, &form).await.location().ends_with("partis=2"));
    assert!(app.letters("bob@exemple.fr").await.contains(&"thanks".to_owned()));
    app.delivered().await;
    let letters = outbox::latest(&mut app.app.db.read().await.unwrap(), 100).await.unwrap();
    let thanks = letters.iter().find(|letter| letter.kind == "thanks").unwrap();
    let read = app.app.mail.render(thanks, &app.app.key).unwrap();
    assert!(
        read.html.contains("https://video.exemple.fr/1")
            && read.text.contains("Le guide\u{a0}:\nhttps://exemple.fr/guide.pdf")
    );
    assert!(read.text.contains("/courriels-recus/"), "what organisers write can be refused");
    assert!(app.visitor().get(&path).await.status == 303);
}

#[tokio::test]
async fn a_file_joins_the_pasted_list() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let mut form = fields("ada@exemple.fr", "essai")
        .into_iter()
        .fold(Form::new(), |form, (name, value)| form.text(name.to_owned(), value.to_owned()));
    let file = Part::bytes(b"Courriel;Nom\r\nhelene@exemple.fr;H\xe9l\xe8ne\r\n".to_vec()).file_name("liste.csv");
    form = form.part("file", file);
    let page = visitor.post_multipart(COMPOSE, form).await.body;
    assert!(page.contains("<strong>2 invitations</strong>") && page.contains("helene@exemple.fr;Hélène"), "{page}");
}

#[tokio::test]
async fn columns_that_nobody_can_know_are_asked_about_and_nothing_is_lost_meanwhile() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let people = "Qui;Où;Comment joindre\nAda Martin;Ville;ada@exemple.fr\nBob;;bob@exemple.fr";
    let asked = compose(&visitor, COMPOSE, &fields(people, "envoyer")).await;
    assert_eq!(asked.status, 422);
    assert!(asked.body.contains("Dites ce que contient chaque colonne"), "{}", asked.body);
    for kept in ["name=\"colonne.2\"", "Comment joindre", "value=\"Venez, {nom}\"", "Bob;;bob@exemple.fr"] {
        assert!(asked.body.contains(kept), "{kept}");
    }
    assert!(app.letters("ada@exemple.fr").await.is_empty());
    let first = asked.hidden("premiere");
    let mut told = fields(people, "essai");
    told.extend([
        ("premiere", first.as_str()),
        ("colonne.0", "nom"),
        ("colonne.1", "organisation"),
        ("colonne.2", "adresse"),
    ]);
    let tried = compose(&visitor, COMPOSE, &told).await;
    assert_eq!(tried.status, 200, "{}", tried.body);
    assert!(tried.body.contains("<strong>2 invitations</strong>") && tried.body.contains("Venez, Ada Martin"));
    told[5].1 = "envoyer";
    assert_eq!(compose(&visitor, COMPOSE, &told).await.status, 303);
    assert_eq!(app.letters("bob@exemple.fr").await, ["invitation"]);
    let letter = app.newest_letter("invitation").await;
    let said = app.app.mail.render_without_secrets(&letter).unwrap();
    let (subject, text) = (said.subject, said.text);
    assert!(!subject.contains("{nom}") && !subject.ends_with([',', ' ']), "{subject}");
    assert!(!text.contains("Bonjour .") && !text.contains("{organisation}"), "{text}");
}

#[tokio::test]
async fn a_file_of_any_spreadsheet_joins_what_is_pasted_and_one_that_is_too_large_leaves_the_form_filled() {
    let app = TestApp::start().await;
    let visitor = app.desk().await;
    let submit = async |people: &str, file: Vec<u8>, act: &str| {
        let all = fields(people, act);
        let part = Part::bytes(file).file_name("liste.xlsx");
        // In the order of the page: what follows the file is read too.
        let form = Form::new().text("people", people.to_owned()).part("file", part);
        let form = all[1..].iter().fold(form, |form, (name, value)| form.text((*name).to_owned(), (*value).to_owned()));
        visitor.post_multipart(COMPOSE, form).await
    };
    let rows = [["Organisme", "Prénom", "Nom", "Mél"], ["Ville d’Angers", "Zoé", "DURAND", "zoe@exemple.fr"]];
    let workbook = documents::spreadsheet::xlsx(rows.map(|row| row.map(str::to_owned).to_vec())).unwrap();
    let joined = submit("Ada <ada@exemple.fr>", workbook.clone(), "essai").await;
    assert_eq!(joined.status, 200, "{}", joined.body);
    for there in
        ["<strong>2 invitations</strong>", "<bdi>Zoé DURAND</bdi>", "<bdi>Ville d’Angers</bdi>", "<bdi>Ada</bdi>"]
    {
        assert!(joined.body.contains(there), "{there}");
    }
    // Windows-1252 is told, as it is a guess.
    let old = b"Nom;Courriel\nH\xe9l\xe8ne;helene@exemple.fr\n".to_vec();
    let read = submit("", old, "essai").await;
    assert!(read.body.contains("<bdi>Hélène</bdi>") && read.body.contains("lu comme Windows-1252"), "{}", read.body);
    let large = submit("", vec![b'a'; (1 << 20) + 1], "envoyer").await;
    assert_eq!(large.status, 422);
    for kept in ["id=\"file-error\"", "1\u{a0}Mo au plus", "value=\"Venez, {nom}\"", "Bonjour {organisation}."] {
        assert!(large.body.contains(kept) || kept.contains("Mo") && large.body.contains("1 Mo au plus"), "{kept}");
    }
    let unclosed = submit("", b"Nom;Courriel\nAda;\"ada@exemple.fr\nBob;bob@exemple.fr".to_vec(), "envoyer").await;
    assert!(unclosed.status == 422 && unclosed.body.contains("à la ligne 2"), "{}", unclosed.body);
    // Both to be joined, and one needs an answer first.
    let unknown = submit("ada@exemple.fr", b"Qui;Comment\nAda;ada@x.fr".to_vec(), "envoyer").await;
    assert!(unknown.status == 422 && unknown.body.contains("Gardez l’un des deux"), "{}", unknown.body);
    assert!(unknown.body.contains("ada@exemple.fr</textarea>"), "what was pasted is still there");
}
