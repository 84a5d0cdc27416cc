//! After an event its page is its archive: replays, documents in pieces, what comes next. Files are taken, refused with a
//! sentence, served as attachments, and removed.

use std::time::Duration;

use domain::event_documents::{self, Upload};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Answer, TestApp, Visitor, WEBINAR, until};

const ARCHIVE: &str = "/organisation/evenements/webinaire-spaser-quezaco/archive";

async fn upload(desk: &Visitor, title: &str, (name, bytes): (&str, Vec<u8>)) -> Answer {
    let file = Part::bytes(bytes).file_name(name.to_owned());
    let form = Form::new().text("titre-document", title.to_owned()).part("fichier", file);
    desk.post_multipart(&format!("{ARCHIVE}/documents"), form).await
}

/// A text of more than two pieces.
fn long_text() -> Vec<u8> {
    (0..100_000).flat_map(|number: u32| format!("{number:06}\n").into_bytes()).collect()
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    let mut conn = app.app.db.read().await.unwrap();
    db::dispatch!(&mut conn, |conn| sqlx::query_scalar(sql).fetch_one(conn).await).unwrap()
}

const DOCUMENTS: &str = "select count(*) from event_document";
const PIECES: &str = "select count(*) from document_piece";

/// The address of the first document that a page links to.
fn document_path(page: &str) -> String {
    let at = page.find("\"/documents/").expect("a document");
    page[at + 1..].split('"').next().unwrap().to_owned()
}

async fn end_of_webinar(app: &TestApp) {
    app.pass_until(app.event(WEBINAR).await.ends_at);
    app.advance_millis(1);
}

#[tokio::test]
async fn after_an_event_its_page_has_replay_documents_and_what_is_next_and_no_invitation_to_come() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let page = format!("/evenements/{WEBINAR}");
    app.visitor().register(WEBINAR, "ada@exemple.fr").await;
    let mine = app.link("ada@exemple.fr", "registration").await;
    let before = app.visitor().get(&mine).await.body;
    assert!(before.contains("vous le rappellera") && before.contains("Ajouter à mon agenda"));

    let replay = [("titre", "Le webinaire en vidéo"), ("adresse", "https://videos.exemple.fr/1")];
    assert_eq!(desk.post(&format!("{ARCHIVE}/replays"), &replay).await.status, 303);
    assert_eq!(upload(&desk, "Diaporama", ("diapos.pdf", b"%PDF-1.7 x".to_vec())).await.status, 303);
    let coming = app.visitor().get(&page).await.body;
    assert!(coming.contains("Ajouter à mon agenda") && !coming.contains("Diaporama"), "{coming}");

    end_of_webinar(&app).await;
    let archive = app.visitor().get(&page).await.body;
    for there in ["Le webinaire en vidéo", "https://videos.exemple.fr/1", "Diaporama", "PDF, 1\u{a0}ko", "a eu lieu"] {
        assert!(archive.contains(there), "{there}: {archive}");
    }
    assert!(archive.contains("Prochain rendez-vous") && archive.contains("/evenements/atelier-1-role-de-l-acheteur"));
    for gone in ["Ajouter à mon agenda", "S’inscrire", "/inscription\""] {
        assert!(!archive.contains(gone), "{gone}: {archive}");
    }
    let after = app.visitor().get(&mine).await.body;
    assert!(after.contains("a eu lieu") && !after.contains("rappellera") && !after.contains("agenda</a>"), "{after}");
}

#[tokio::test]
async fn a_document_is_stored_in_pieces_and_served_as_an_attachment_that_runs_nothing() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let text = long_text();
    assert_eq!(upload(&desk, "", ("Relevé n° 1.txt", text.clone())).await.status, 303);
    assert_eq!(count(&app, PIECES).await, i64::try_from(text.len().div_ceil(256 * 1024)).unwrap());
    let office = desk.get(&format!("{ARCHIVE}?fait=document")).await.body;
    assert!(office.contains("Le document est ajouté") && office.contains("Relevé n° 1"), "{office}");
    let path = document_path(&office);
    let visitor = app.visitor();
    assert_eq!(visitor.get(&path).await.status, 404, "before the event it is for its organisers");
    assert_eq!(desk.get(&path).await.status, 200);

    end_of_webinar(&app).await;
    let file = visitor.request(Method::GET, &path, &[("accept-encoding", "gzip")]).await;
    let header = |name: &str| file.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    assert_eq!(file.status, 200);
    assert!(file.body.as_bytes() == text.as_slice(), "the file is as it was sent");
    assert_eq!((header("content-type").as_str(), header("content-encoding").as_str()), ("text/plain", ""));
    assert_eq!(header("content-length"), text.len().to_string());
    assert!(header("content-disposition").starts_with("attachment; filename=\"Relev"), "{:?}", file.headers);
    assert!(header("content-security-policy").contains("sandbox"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    let etag = header("etag");
    assert!(etag.starts_with('"') && etag.ends_with('"'), "a strong one: {etag}");
    assert_eq!(visitor.request(Method::GET, &path, &[("if-none-match", &etag)]).await.status, 304);

    app.unpublish_all().await;
    assert_eq!(visitor.get(&path).await.status, 404, "with its event it leaves the site");
}

#[tokio::test]
async fn a_file_that_is_not_taken_is_refused_with_a_sentence_and_the_title_is_kept() {
    let app = TestApp::start_with(|config| config.documents_total_mb = 1).await;
    let desk = app.desk().await;
    let too_large = vec![b'a'; 25 * 1024 * 1024 + 1];
    for (name, bytes, told) in [
        ("page.html", b"<html>".to_vec(), "Ce type de fichier"),
        ("tableau.xlsx", b"MZ\x90\x00".to_vec(), "son extension annonce"),
        ("faux.pdf", b"<script>alert(1)</script>".to_vec(), "son extension annonce"),
        ("vide.txt", Vec::new(), "est vide"),
        ("gros.txt", too_large, "plus de place"),
        ("moyen.csv", vec![b'a'; 1_200_000], "plus de place"),
    ] {
        let refused = upload(&desk, "Mon « titre »", (name, bytes)).await;
        assert_eq!(refused.status, 422, "{name}");
        assert!(refused.body.contains(told), "{name}: {}", refused.body);
        assert!(refused.body.contains("value=\"Mon « titre »\""), "{name}: the title is kept");
        assert_eq!(count(&app, DOCUMENTS).await, 0, "{name}: nothing is left of it");
        assert_eq!(count(&app, PIECES).await, 0);
    }
    let none = upload(&desk, "Sans fichier", ("", Vec::new())).await;
    assert!(none.status == 422 && none.body.contains("Choisissez un fichier"), "{}", none.body);
    let long = upload(&desk, &"x".repeat(200), ("a.txt", b"a".to_vec())).await;
    assert!(long.status == 422 && long.body.contains("120 caractères"), "{}", long.body);
    assert_eq!(count(&app, DOCUMENTS).await, 0);
}

#[tokio::test]
async fn a_file_of_more_than_25_megabytes_is_told_to_be_too_large() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let refused = upload(&desk, "Vidéo", ("video.zip", [b"PK\x03\x04".to_vec(), vec![7; 26 << 20]].concat())).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("trop gros") && refused.body.contains("value=\"Vidéo\""), "{}", refused.body);
    assert_eq!((count(&app, DOCUMENTS).await, count(&app, PIECES).await), (0, 0));
}

#[tokio::test]
async fn an_upload_that_breaks_off_is_seen_by_nobody_and_its_pieces_are_deleted() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let event = app.event(WEBINAR).await;
    // As a server that was stopped leaves it.
    let mut upload = Upload::begin(event.id, "Inachevé", "a.txt", app.app.clock.now()).unwrap();
    upload.write(&app.app, &long_text()[..300 * 1024]).await.unwrap();
    drop(upload);
    assert_eq!(count(&app, PIECES).await, 1);
    assert!(!desk.get(ARCHIVE).await.body.contains("Inachevé"));
    event_documents::delete_broken_off(&app.app).await.unwrap();
    assert_eq!(count(&app, PIECES).await, 1, "it may still be coming");
    app.app.clock.advance(Duration::from_secs(16 * 60));
    event_documents::delete_broken_off(&app.app).await.unwrap();
    assert_eq!((count(&app, DOCUMENTS).await, count(&app, PIECES).await), (0, 0));
}

#[tokio::test]
async fn a_client_that_hangs_up_within_its_file_leaves_nothing() {
    let app = TestApp::start().await;
    let cookie = crate::boards_client::organiser(&app.app).await.0;
    let mut socket = TcpStream::connect(app.address).await.unwrap();
    let head = format!(
        "POST {ARCHIVE}/documents HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: {cookie}\r\n\
         Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 5000000\r\n\r\n\
         --x\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"a.txt\"\r\n\r\n",
        app.address
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&long_text()).await.unwrap();
    until(async || if count(&app, PIECES).await > 0 { Ok(()) } else { Err("no piece") }).await;
    let visitor = app.visitor();
    drop(socket);
    end_of_webinar(&app).await;
    assert!(!visitor.get(&format!("/evenements/{WEBINAR}")).await.body.contains("/documents/"));
    until(async || {
        event_documents::delete_broken_off(&app.app).await.unwrap();
        let left = (count(&app, DOCUMENTS).await, count(&app, PIECES).await);
        if left == (0, 0) { Ok(()) } else { Err(left) }
    })
    .await;
}

#[tokio::test]
async fn documents_and_replays_are_titled_put_in_order_and_removed_after_a_question() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    for (title, name) in [("Premier", "a.txt"), ("Second", "b.txt")] {
        assert_eq!(upload(&desk, title, (name, b"texte".to_vec())).await.status, 303);
        let replay = [("titre", title), ("adresse", "https://videos.exemple.fr/")];
        assert_eq!(desk.post(&format!("{ARCHIVE}/replays"), &replay).await.status, 303);
    }
    end_of_webinar(&app).await;
    let order = async || {
        let page = app.visitor().get(&format!("/evenements/{WEBINAR}")).await.body;
        let (replays, documents) = page.split_once("<h2>Documents</h2>").unwrap();
        [replays, documents].map(|part| part.find("Premier") < part.find("Second"))
    };
    assert_eq!(order().await, [true, true]);
    let second = async |table: &'static str| {
        let sql = if table == "resource" {
            "select id from resource where title = 'Second'"
        } else {
            "select id from event_document where title = 'Second'"
        };
        let mut conn = app.app.db.read().await.unwrap();
        let id: uuid::Uuid = db::dispatch!(&mut conn, |conn| sqlx::query_scalar(sql).fetch_one(conn).await).unwrap();
        let folder = if table == "resource" { "ressources" } else { "documents" };
        format!("/organisation/{folder}/{id}")
    };
    // The first session has been idle for too long.
    let desk = app.desk().await;
    for table in ["resource", "event_document"] {
        assert_eq!(desk.post(&format!("{}/monter", second(table).await), &[]).await.status, 303);
    }
    assert_eq!(order().await, [false, false]);

    let document = second("event_document").await;
    let asked = desk.get(&format!("{document}/supprimer")).await;
    assert!(asked.status == 200 && asked.body.contains("Retirer ce document"), "GET only asks");
    assert_eq!(count(&app, DOCUMENTS).await, 2);
    let empty = desk.post(&document, &[("titre", " ")]).await;
    assert!(empty.status == 422 && empty.body.contains("Indiquez un titre"), "{}", empty.body);
    assert_eq!(desk.post(&document, &[("titre", "Compte rendu")]).await.status, 303);
    assert!(app.visitor().get(&format!("/evenements/{WEBINAR}")).await.body.contains("Compte rendu"));
    assert_eq!(desk.post(&format!("{document}/supprimer"), &[]).await.status, 303);
    assert_eq!((count(&app, DOCUMENTS).await, count(&app, PIECES).await), (1, 1));
    assert_eq!(desk.get(&document).await.status, 404);
    let log = app.log().await;
    assert!(log.contains("a changé les ressources") && log.contains("retrait\u{a0}: Compte rendu"), "{log}");
}

#[tokio::test]
async fn a_replay_has_an_https_address_and_what_was_typed_is_kept() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    for (address, told) in [
        ("", "Indiquez l’adresse"),
        ("http://videos.exemple.fr", "commence par https://"),
        ("javascript:alert(1)", "commence par https://"),
    ] {
        let refused = desk.post(&format!("{ARCHIVE}/replays"), &[("titre", "Vidéo"), ("adresse", address)]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains(told) && refused.body.contains("value=\"Vidéo\""), "{}", refused.body);
    }
    assert_eq!(count(&app, "select count(*) from resource").await, 0);
}

#[tokio::test]
async fn a_slow_upload_has_time_as_long_as_something_comes_and_a_silent_one_has_not() {
    let app = TestApp::start_with(|config| config.body_timeout = 1).await;
    let cookie = crate::boards_client::organiser(&app.app).await.0;
    let begin = |length: usize| {
        format!(
            "POST {ARCHIVE}/documents HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nCookie: {cookie}\r\nConnection: close\r\n\
             Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n\r\n",
            app.address
        )
    };
    let (head, line, end) = (
        "--x\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"lent.txt\"\r\n\r\n",
        "une ligne\n".repeat(1000),
        "\r\n--x--\r\n",
    );
    let send = async |lines: usize| {
        let mut socket = TcpStream::connect(app.address).await.unwrap();
        let length = head.len() + 6 * line.len() + end.len();
        socket.write_all((begin(length) + head).as_bytes()).await.unwrap();
        for _ in 0..lines {
            socket.write_all(line.as_bytes()).await.unwrap();
            // The time-out itself is what is tried.
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        if lines == 6 {
            socket.write_all(end.as_bytes()).await.unwrap();
        }
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(20), socket.read_to_end(&mut answer)).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    };
    let (slow, silent) = tokio::join!(send(6), send(2));
    assert!(slow.starts_with("HTTP/1.1 303"), "{slow}");
    assert!(silent.starts_with("HTTP/1.1 408"), "{silent}");
    assert_eq!(count(&app, "select count(*) from event_document where stored_at is not null").await, 1);
}
