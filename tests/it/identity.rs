//! Who speaks: a theme's directory changes the whole look, an owner says the rest, and every page says where to write.

use std::path::PathBuf;

use reqwest::multipart::Form;

use crate::harness::process::run;
use crate::harness::{Answer, TestApp, TestDatabase, Visitor, WORKSHOP};

const FORM: &str = "/organisation/identite";

const LEGAL: [&str; 4] = ["/contact", "/mentions-legales", "/donnees-personnelles", "/accessibilite"];

fn theme() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/theme"))
}

async fn themed() -> TestApp {
    TestApp::start_with(|config| config.theme_dir = Some(theme())).await
}

/// What an element of a page holds.
fn part<'a>(page: &'a str, element: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("<{element} ")).expect("the element");
    rest.split_once(&format!("</{element}>")).expect("its end").0
}

/// An owner of everything, signed in.
async fn owner(app: &TestApp) -> Visitor {
    app.organiser().await;
    let visitor = app.visitor();
    visitor.sign_in(app, crate::harness::ORGANISER).await;
    visitor
}

async fn letter(app: &TestApp, email: &str) -> mail::Rendered {
    crate::harness::write_due_letters(&app.app).await;
    let letters = mail::outbox::latest(&mut app.app.db.read().await.unwrap(), 10).await.unwrap();
    let letter = letters.into_iter().find(|letter| letter.recipient == email).expect("a letter");
    app.app.mail.render(&letter, &app.app.key).unwrap()
}

#[tokio::test]
async fn a_directory_of_a_theme_changes_header_footer_buttons_forms_and_letters() {
    let (plain, themed) = (TestApp::start().await, themed().await);
    let path = format!("/evenements/{WORKSHOP}/inscription");
    let (before, after) = (plain.visitor().get(&path).await.body, themed.visitor().get(&path).await.body);

    assert!(part(&before, "header").contains("Parcours") && !part(&before, "header").contains("<img"));
    let header = part(&after, "header");
    for said in ["Achats en commun", "Les rendez-vous des acheteurs", "logo.svg", "logo-dark.svg"] {
        assert!(header.contains(said), "{said}: {header}");
    }
    assert!(after.contains("· Achats en commun</title>"), "{after}");
    let footer = part(&after, "footer");
    for said in ["de ses 24 communes", "Achats en commun : Métropole d’Exemple", "mailto:achats@metropole"] {
        assert!(footer.replace('\u{a0}', " ").contains(said), "{said}: {footer}");
    }
    assert!(after.contains("Responsable\u{a0}: Métropole d’Exemple."), "the form says who keeps what is typed");

    // The same elements: what differs is the style that comes last, and what it changes are custom properties alone.
    assert!(!before.contains("/theme/theme.css"));
    let (own, theirs) = (after.find("styles/site.css").unwrap(), after.find("/theme/theme.css").unwrap());
    assert!(own < theirs, "the theme comes last");
    let url = after[..theirs].rfind('"').map(|start| &after[start + 1..]).unwrap().split('"').next().unwrap();
    let style = themed.visitor().get(url).await;
    assert_eq!(style.headers["content-type"], "text/css; charset=utf-8");
    assert!(style.headers["cache-control"].to_str().unwrap().contains("immutable"));
    for property in ["--colour-accent: #6b1f4f", "--radius-button", "--font-heading"] {
        assert!(style.body.contains(property));
    }
    assert!(!style.body.contains("!important"));
    let site = plain
        .visitor()
        .get(&before[before.find("/fichiers/").unwrap()..].split('"').next().unwrap().replace("tokens", "site"))
        .await;
    for used in
        ["border-radius: var(--radius-button)", "background: var(--colour-header)", "background: var(--colour-footer)"]
    {
        assert!(site.body.contains(used), "{used}");
    }
    let image = themed.visitor().get(&url.replace("theme.css", "logo.svg")).await;
    assert_eq!(image.headers["content-type"], "image/svg+xml");
    assert!(image.headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    assert_eq!(themed.visitor().get(&url.replace("theme.css", "theme.toml")).await.status, 404);

    for app in [&plain, &themed] {
        assert_eq!(app.visitor().ask(WORKSHOP, "ada@exemple.fr").await.status, 303);
    }
    let (before, after) = (letter(&plain, "ada@exemple.fr").await, letter(&themed, "ada@exemple.fr").await);
    assert!(before.html.contains("#0a5c8f") && !before.html.contains("#6b1f4f"));
    assert!(after.html.contains("#6b1f4f") && !after.html.contains("#0a5c8f"), "{}", after.html);
    for said in ["Léa et Karim", "Achats en commun", "Métropole d’Exemple parce que", "achats@metropole.exemple.fr"]
    {
        assert!(after.html.contains(said) && after.text.contains(said), "{said}: {}", after.text);
    }
}

#[tokio::test]
async fn a_theme_is_on_the_pages_of_boards_offices_and_errors_too() {
    let app = themed().await;
    let owner = owner(&app).await;
    let (_, board) = crate::boards_client::board_of(&app.app, WORKSHOP).await;
    for (path, status) in [
        (format!("/tableaux/{board}"), 200),
        ("/organisation".to_owned(), 200),
        ("/mon-parcours".to_owned(), 200),
        ("/nulle-part".to_owned(), 404),
    ] {
        let page = owner.get(&path).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.body.contains("/theme/theme.css") && page.body.contains("Achats en commun"), "{path}");
        for legal in LEGAL {
            assert!(part(&page.body, "footer").contains(&format!("href=\"{legal}\"")), "{path}: {legal}");
        }
    }
}

#[tokio::test]
async fn who_is_signed_in_stays_so_on_the_page_of_a_failure_which_says_where_to_write() {
    let app = themed().await;
    let owner = owner(&app).await;
    for (page, status) in [
        (owner.get("/nulle-part").await, 404),
        (owner.get(&format!("/evenements/{}", "inconnu")).await, 404),
        (owner.request(reqwest::Method::POST, "/deconnexion", &[("origin", "https://ailleurs.fr")]).await, 403),
        (owner.request(reqwest::Method::PUT, "/contact", &[]).await, 405),
    ] {
        assert_eq!(page.status, status);
        assert!(page.body.contains("Se déconnecter"), "{status}: {}", page.body);
        assert!(page.body.contains("Écrivez à <a href=\"mailto:achats@metropole.exemple.fr\""), "{status}");
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    }
    // Nor does a request that the site never sees.
    let long = app.visitor().get(&format!("/{}", "x".repeat(9_000))).await;
    assert!(long.status == 414 && long.body.contains("mailto:achats@metropole"), "{}", long.body);
    let stranger = app.visitor().get("/nulle-part").await;
    assert!(stranger.status == 404 && !stranger.body.contains("Se déconnecter"));
    // Without a contact it leads to the page that says what there is.
    let plain = TestApp::start().await;
    assert!(plain.visitor().get("/nulle-part").await.body.contains("<a href=\"/contact\">Trouver à qui écrire</a>"));
}

#[tokio::test]
async fn a_failure_of_the_database_has_a_page_with_the_service_s_name() {
    let app = themed().await;
    let owner = owner(&app).await;
    app.app.db.close().await;
    let page = owner.get("/").await;
    assert!(page.status.is_server_error(), "{}", page.status);
    assert!(page.body.contains("Achats en commun") && page.body.contains("mailto:achats@metropole"), "{}", page.body);
}

#[tokio::test]
async fn an_owner_says_what_legal_pages_lack_and_they_say_it_at_once() {
    let app = TestApp::start().await;
    let (owner, visitor) = (owner(&app).await, app.visitor());
    for path in LEGAL {
        let page = visitor.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.body.contains("<dd></dd>") && !page.body.contains("À compléter"), "{path}: {}", page.body);
    }
    assert!(owner.get("/organisation").await.body.contains("Pages légales à compléter"));
    let form = owner.get(FORM).await.body;
    assert!(form.contains("data-missing") && form.contains("<a href=\"#host\">hébergeur</a>"), "{form}");

    let fields = [
        ("name", "Achats de la ville"),
        ("operator", "Ville de <Test> & Cie"),
        ("contact_email", "achats@ville.exemple.fr"),
        ("postal_address", "1 place du Test\r\n99000 Test"),
        ("publication_director", "Zoé Test, maire"),
        ("host", "Hébergeur Test"),
        ("legal_basis", "mission d’intérêt public"),
        ("dpo", "dpo@ville.exemple.fr"),
        ("accessibility", "none"),
    ];
    let saved = owner.post(FORM, &fields).await;
    assert_eq!((saved.status.as_u16(), saved.location()), (303, "/organisation/identite?fait=1"));
    let form = owner.get(FORM).await.body;
    assert!(!form.contains("data-missing") && form.contains("value=\"Achats de la ville\""), "{form}");
    let says = async |path: &str, said: &str| {
        let page = visitor.get(path).await.body;
        assert!(page.contains(said), "{path}: {said}\n{page}");
    };
    says("/", "<span>Achats de la ville</span>").await;
    says("/mentions-legales", "Ville de &#60;Test&#62; &#38; Cie").await;
    says("/mentions-legales", "Zoé Test, maire").await;
    says("/mentions-legales", "1 place du Test\n99000 Test").await;
    says("/donnees-personnelles", "Base légale\u{a0}: mission d’intérêt public").await;
    says("/donnees-personnelles", "cnil.fr").await;
    says("/accessibilite", "non conforme").await;
    says("/accessibilite", "Défenseur des droits").await;
    says("/contact", "mailto:achats@ville.exemple.fr").await;
    assert!(app.log().await.contains("a changé l’identité du service"));
    // Letters, too.
    visitor.ask(WORKSHOP, "ada@exemple.fr").await;
    assert!(letter(&app, "ada@exemple.fr").await.text.contains("envoyé par Ville de <Test> & Cie parce que"));
    // The same again changes nothing and leaves no line.
    let lines = app.log().await.matches("identité du service").count();
    owner.post(FORM, &fields).await;
    assert_eq!(app.log().await.matches("identité du service").count(), lines);
}

#[tokio::test]
async fn wrong_facts_are_refused_beside_their_fields_and_what_was_typed_stays() {
    let app = TestApp::start().await;
    let owner = owner(&app).await;
    let refused = |answer: &Answer, said: &str| {
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains(said), "{said}: {}", answer.body);
    };
    let wrong = [("operator", "Ville"), ("contact_email", "personne"), ("contact_url", "javascript:alert(1)")];
    let answer = owner.post(FORM, &wrong).await;
    refused(&answer, "id=\"contact_email-error\"");
    refused(&answer, "id=\"contact_url-error\"");
    refused(&answer, "value=\"Ville\"");
    let answer = owner.post(FORM, &[("accessibility", "full"), ("accessibility_audit", "")]).await;
    refused(&answer, "id=\"accessibility_audit-error\"");
    assert!(owner.get(FORM).await.body.contains("data-missing"), "nothing was stored");
}

#[tokio::test]
async fn what_the_theme_says_wins_and_is_not_typed() {
    let app = themed().await;
    let owner = owner(&app).await;
    let form = owner.get(FORM).await.body;
    assert!(!form.contains("name=\"operator\"") && form.contains("Fixé par le thème du serveur"), "{form}");
    assert_eq!(owner.post(FORM, &[("operator", "Autre"), ("dpo", "dpo@exemple.fr")]).await.status, 303);
    let page = app.visitor().get("/donnees-personnelles").await.body;
    assert!(page.contains("Métropole d’Exemple") && page.contains("dpo@exemple.fr") && !page.contains("Autre"));
}

#[tokio::test]
async fn durations_are_those_of_the_settings() {
    let app = TestApp::start_with(|config| {
        config.retention_days = 730;
        config.request_hours = 36;
    })
    .await;
    let page = app.visitor().get("/donnees-personnelles").await.body;
    for said in ["Effacés 2 ans après", "au bout de 36 heures", "20 minutes", "30 jours", "12 heures", "400 jours"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(app.visitor().get("/connexion").await.body.contains("effacées 2 ans après le dernier rendez-vous"));
}

#[tokio::test]
async fn every_form_that_asks_who_somebody_is_says_what_becomes_of_it() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    let registration = app.link("ada@exemple.fr", "registration").await;
    let fields = [("name", "Cleo"), ("email", "cleo@exemple.fr")];
    let hand_over = format!("{registration}/transmettre");
    let page = visitor.get(&hand_over).await.body;
    assert!(page.contains("data-notice"), "{page}");
    assert_eq!(visitor.post(&hand_over, &fields).await.status, 200);
    visitor.ask(WORKSHOP, "bob@exemple.fr").await;
    let form = Form::new().text("people", "lea@exemple.fr").text("event", WORKSHOP).text("subject", "Venez");
    let form = form.text("message", "Bonjour").text("send_at", "").text("act", "envoyer");
    let form = form.text("round", uuid::Uuid::new_v4().to_string());
    let sent = app.desk().await.post_multipart("/organisation/invitations/nouvelle", form).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    app.delivered().await;
    for path in [
        format!("/evenements/{WORKSHOP}/inscription"),
        "/parcours/inscription".to_owned(),
        "/connexion".to_owned(),
        app.link("bob@exemple.fr", "request").await,
        app.link("cleo@exemple.fr", "take_over").await,
        app.link("lea@exemple.fr", "invitation").await,
    ] {
        let page = visitor.get(&path).await.body;
        assert_eq!(page.matches("data-notice").count(), 1, "{path}: {page}");
        assert!(page.contains("<a href=\"/donnees-personnelles\">"), "{path}");
    }
}

#[tokio::test]
async fn check_says_what_a_theme_and_the_legal_pages_lack() {
    let database = TestDatabase::create().await;
    let theme = theme();
    let (_, said) = run(&database.url, &["check", "--theme-dir", theme.to_str().unwrap()]).await;
    assert!(said.contains("ok     theme: ") && said.contains("LOOK   identity: "), "{said}");
    assert!(said.contains("lack postal_address, publication_director, legal_basis, dpo:"), "{said}");

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("theme.toml"), "nom = \"Achats\"\n").unwrap();
    let directory = folder.path().to_str().unwrap();
    let (success, said) = run(&database.url, &["check", "--theme-dir", directory]).await;
    assert!(!success && said.contains("WRONG  theme: ") && said.contains("unknown field `nom`"), "{said}");
    std::fs::write(folder.path().join("theme.toml"), "[letters]\naccent = \"#dddddd\"\n").unwrap();
    let (_, said) = run(&database.url, &["check", "--theme-dir", directory]).await;
    assert!(said.contains("LOOK   theme: the text of buttons in letters: contrast 1."), "{said}");
}
