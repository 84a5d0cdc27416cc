//! What is brought into a board: an import tried before it is made, taken back, and files that are none of ours.

use base64::Engine;
use reqwest::{StatusCode, multipart};
use uuid::Uuid;

use crate::boards_client::{Cookie, add_card};
use crate::boards_files::Workshop;

impl Workshop {
    /// Sends the import's form, without following where it leads.
    async fn import(&self, cookie: &Cookie, form: multipart::Form) -> (StatusCode, String) {
        let url = format!("{}/tableaux/{}/importer", self.base, self.board);
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let sent = client.post(url).header("cookie", &cookie.0).header("origin", &self.base).multipart(form);
        let answer = sent.send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    async fn undo(&self, cookie: &Cookie, import: &str) -> StatusCode {
        let url = format!("{}/tableaux/{}/importer/annuler", self.base, self.board);
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let sent =
            client.post(url).header("cookie", &cookie.0).header("origin", &self.base).form(&[("import", import)]);
        sent.send().await.unwrap().status()
    }
}

fn file(content: &str) -> multipart::Form {
    multipart::Form::new().part("fichier", multipart::Part::text(content.to_owned()).file_name("fiches.csv"))
}

/// The wish to go on after a dry run.
fn confirmed(content: &str, import: &str) -> multipart::Form {
    let content = base64::engine::general_purpose::STANDARD.encode(content);
    multipart::Form::new().text("contenu", content).text("confirmer", import.to_owned())
}

/// The name that a dry run gives the import.
fn named_by(page: &str) -> &str {
    let (_, after) = page.split_once("name=\"confirmer\" value=\"").expect("a button");
    after.split_once('"').unwrap().0
}

#[tokio::test]
async fn an_import_is_tried_first_and_then_shown_to_everybody_at_once() {
    let workshop = Workshop::start().await;
    let mut tab = workshop.tab().await;
    let csv = "Acteur;Pouvoir (0 à 100);Famille\nADEME;80;Experts thématiques\nInconnue;beaucoup;\n";

    let (status, page) = workshop.import(&workshop.organiser, file(csv)).await;
    assert_eq!(status, 200);
    assert!(page.contains("ajouterait 2 fiches") && page.contains("Ligne 3, Pouvoir (0 à 100)"), "{page}");
    assert_eq!(workshop.cards().await, 1, "a dry run changes nothing");

    let (status, _) = workshop.import(&workshop.organiser, confirmed(csv, named_by(&page))).await;
    assert_eq!(status, 303);
    let shown = tab.wait_for("edits").await;
    assert_eq!(shown["edits"][0]["edit"]["fields"]["name"], "ADEME");
    assert_eq!(shown["edits"][0]["edit"]["fields"]["family"], "experts");
    assert_eq!(workshop.cards().await, 3);
}

#[tokio::test]
async fn a_large_import_is_stored_whole() {
    let workshop = Workshop::start().await;
    let rows: String = (0..1_300).map(|number| format!("Acteur {number}\n")).collect();
    let csv = format!("Acteur\n{rows}");
    assert_eq!(workshop.import(&workshop.organiser, confirmed(&csv, &Uuid::new_v4().to_string())).await.0, 303);
    assert_eq!(workshop.cards().await, 1_301);
}

#[tokio::test]
async fn an_import_is_made_once_however_often_it_is_confirmed_and_can_be_taken_back() {
    let workshop = Workshop::start().await;
    let rows: String = (0..700).map(|number| format!("Acteur {number}\n")).collect();
    let csv = format!("Acteur\n{rows}");
    let (_, page) = workshop.import(&workshop.organiser, file(&csv)).await;
    let name = named_by(&page);
    let twice = [0, 1].map(|_| workshop.import(&workshop.organiser, confirmed(&csv, name)));
    for (status, _) in futures_util::future::join_all(twice).await {
        assert_eq!(status, 303);
    }
    assert_eq!(workshop.cards().await, 701);

    let asked = format!("?import={name}");
    let offer = workshop.get(&workshop.organiser, &asked).await.text().await.unwrap();
    assert!(offer.contains("700 fiches ont été ajoutées") && offer.contains("Annuler cet import"), "{offer}");
    for (cookie, file) in [(&workshop.organiser, ""), (&workshop.participant, asked.as_str())] {
        assert!(!workshop.get(cookie, file).await.text().await.unwrap().contains("Annuler cet import"));
    }
    assert_eq!(workshop.undo(&workshop.participant, name).await, 403);
    assert_eq!(workshop.cards().await, 701);
    // A link that names a participant's tab offers to take nothing of theirs away, nor does.
    let mut tab = workshop.tab().await;
    tab.do_edit(add_card(Uuid::new_v4(), "à la main")).await;
    let theirs = tab.client.to_string();
    let page = workshop.get(&workshop.organiser, &format!("?import={theirs}")).await.text().await.unwrap();
    assert!(!page.contains("Annuler cet import"));
    assert_eq!(workshop.undo(&workshop.organiser, &theirs).await, 303);
    assert_eq!(workshop.cards().await, 702);
    for _ in 0..2 {
        assert_eq!(workshop.undo(&workshop.organiser, name).await, 303);
        assert_eq!(workshop.cards().await, 2, "what others added stays");
    }
    let left = workshop.get(&workshop.participant, "").await.text().await.unwrap();
    assert!(left.contains("CRESS"));
}

#[tokio::test]
async fn a_file_that_is_none_of_ours_is_refused_with_a_sentence_and_participants_do_not_import() {
    let workshop = Workshop::start().await;
    let (status, page) = workshop.import(&workshop.organiser, file("bonjour")).await;
    assert_eq!(status, 200);
    assert!(
        page.contains("Dites d’abord ce que contient chaque colonne") && page.contains("name=\"colonne.0\""),
        "{page}"
    );
    assert!(!page.contains("name=\"confirmer\""), "{page}");
    let (status, page) = workshop.import(&workshop.organiser, file("{\"kind\":\"cards\",\"cards\":{}}")).await;
    assert_eq!(status, 422);
    assert!(page.contains("autre sorte\u{a0}: un tableau de fiches libres"), "{page}");
    assert_eq!(workshop.import(&workshop.participant, file("Acteur\nX\n")).await.0, 403);
    assert_eq!(workshop.get(&workshop.participant, "importer").await.status(), 403);
    assert_eq!(workshop.get(&workshop.organiser, "importer").await.status(), 200);
    for mebibytes in [13, 26] {
        let large = "x".repeat(mebibytes * 1024 * 1024);
        let (status, page) = workshop.import(&workshop.organiser, file(&large)).await;
        assert_eq!(status, 413, "{mebibytes} MiB");
        assert!(page.contains("12 Mo au plus") && page.contains("Se déconnecter"), "{page}");
    }
    assert_eq!(workshop.cards().await, 1);
}

#[tokio::test]
async fn a_dry_run_shows_the_columns_and_the_first_cards() {
    let workshop = Workshop::start().await;
    let rows: String = (1..=7).map(|number| format!("Acteur {number};{number};{}\n", "mot ".repeat(50))).collect();
    let csv = format!("ACTEUR;Pouvoir;Notes;Fax\n{rows}");
    let (_, page) = workshop.import(&workshop.organiser, file(&csv)).await;
    assert!(page.contains("<dt>Colonnes reconnues</dt><dd>Acteur, Pouvoir (0 à 100), Notes</dd>"), "{page}");
    assert!(page.contains("<dt>Colonnes ignorées</dt><dd>Fax</dd>"), "{page}");
    let (_, shown) = page.split_once("Les 5 premières fiches").unwrap();
    let (shown, _) = shown.split_once("</table>").unwrap();
    assert!(shown.contains("<tr><td>Acteur 5</td><td>5</td><td>mot mot") && shown.contains("mot…</td>"), "{shown}");
    assert!(!shown.contains("Acteur 6") && !shown.contains("Famille"), "{shown}");
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_with_the_way_out() {
    let workshop = Workshop::start().await;
    let bytes = |bytes: &'static [u8]| {
        multipart::Form::new().part("fichier", multipart::Part::bytes(bytes).file_name("fiches.csv"))
    };
    for (sent, told) in [
        (bytes(b""), "Ce fichier est vide"),
        (bytes(b"\x89PNG\r\n\x1a\n\0"), "est une image"),
        (bytes(b"PK\x03\x04\0xl/workbook.xml"), "Ce classeur est abîmé ou incomplet"),
        (bytes(b"\xd0\xcf\x11\xe0\0"), "ancienne version d’Excel"),
        (bytes(b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), "est un classeur LibreOffice"),
        (file("Acteur;Notes\nA;\"ouvert\nB;\n"), "ouvert à la ligne 2 n’est jamais refermé"),
        (file("{\"kind\": \"stakeholders\",\n"), "s’arrête avant sa fin, à la ligne"),
        (file("{\"kind\": \"stakeholders\"}"), "sa partie «\u{a0}cards\u{a0}» (les fiches) manque"),
    ] {
        let (status, page) = workshop.import(&workshop.organiser, sent).await;
        assert!(status == 422 && page.contains(told), "{told}: {page}");
    }
    let csv = "Acteur;Pouvoir;Famille;x;y\nA;101;;;\nB;12,5;;;\nC;;Voisins;;\nD;;;9999999;0\n";
    let (_, page) = workshop.import(&workshop.organiser, file(csv)).await;
    for told in [
        "Ligne 2, Pouvoir (0 à 100)\u{a0}: le nombre doit être compris entre 0 et 100.",
        "Ligne 3, Pouvoir (0 à 100)\u{a0}: il faut un nombre entier.",
        "Ligne 4, Famille\u{a0}: ce choix n’est pas proposé (choix possibles\u{a0}: Têtes de réseaux économiques, ",
        "Ligne 5\u{a0}: x ou y\u{a0}: le nombre doit être compris entre -1\u{202f}000\u{202f}000 et",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
}

#[tokio::test]
async fn a_question_of_a_dry_run_is_answered_before_anything_is_made() {
    let workshop = Workshop::start().await;
    let csv = "Nom inconnu;Autre\nVille;1\n";
    let sent = |answers: &[(&'static str, &str)]| {
        let content = base64::engine::general_purpose::STANDARD.encode(csv);
        let form = multipart::Form::new().text("contenu", content);
        answers.iter().fold(form, |form, (name, value)| form.text(*name, (*value).to_owned()))
    };
    let (_, asked) = workshop.import(&workshop.organiser, sent(&[])).await;
    assert!(asked.contains("« Nom inconnu »") || asked.contains("Colonne 1"), "{asked}");
    let answers = [("colonne.0", "name"), ("premiere", "titres"), ("existant", "laisser")];
    let (status, page) = workshop.import(&workshop.organiser, sent(&answers)).await;
    assert!(status == 200 && page.contains("ajouterait 1 fiche"), "{page}");
    let import = named_by(&page).to_owned();
    // Other answers than those that were seen are shown first.
    let (_, seen) = page.split_once("name=\"vu\" value=\"").unwrap();
    let seen = crate::harness::unescaped(seen.split_once('"').unwrap().0);
    let others = [("colonne.0", "name"), ("premiere", "contenu"), ("vu", &seen), ("confirmer", &import)];
    let (status, page) = workshop.import(&workshop.organiser, sent(&others)).await;
    assert!(status == 200 && page.contains("ont changé cet essai") && page.contains("ajouterait 2 fiches"), "{page}");
    assert_eq!(workshop.cards().await, 1);
    let answers = [("colonne.0", "name"), ("premiere", "titres"), ("vu", &seen), ("confirmer", &import)];
    assert_eq!(workshop.import(&workshop.organiser, sent(&answers)).await.0, 303);
    assert_eq!(workshop.cards().await, 2);
    assert_eq!(workshop.import(&workshop.organiser, sent(&[("existant", "x")])).await.0, 400);
}
