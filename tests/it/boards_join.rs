//! A room joins a board by its short address: what the wall shows, and the way from there to the board.

use reqwest::StatusCode;

use crate::boards_client::board_of;
use crate::harness::{TestApp, WORKSHOP};

/// The short address that the page for the wall shows, as a path.
async fn short_address(app: &TestApp) -> String {
    let (_, board) = board_of(&app.app, WORKSHOP).await;
    let wall = app.desk().await.get(&format!("/organisation/tableaux/{board}/rejoindre")).await;
    assert_eq!(wall.status, 200);
    let (_, rest) = wall.body.split_once("<strong class=\"projected-address\">").unwrap();
    let address = rest.split('<').next().unwrap();
    assert!(wall.body.contains("<svg class=\"qr\""));
    address.strip_prefix(&app.address.to_string()).unwrap().to_owned()
}

#[tokio::test]
async fn who_follows_the_short_address_signs_in_and_is_on_the_board() {
    let app = TestApp::start().await;
    let (_, board) = board_of(&app.app, WORKSHOP).await;
    let short = short_address(&app).await;
    assert!(short.len() <= 9, "{short}");
    let ada = app.visitor();
    ada.register(WORKSHOP, "ada@exemple.fr").await;

    let path = format!("/tableaux/{board}");
    for typed in [short.clone(), short.to_uppercase().replacen("/T/", "/t/", 1)] {
        assert_eq!(ada.get(&typed).await.location(), path, "{typed}");
    }
    let sign_in = ada.get(&path).await;
    assert_eq!(sign_in.location(), format!("/connexion?vers={path}"));
    assert!(ada.get(sign_in.location()).await.body.contains("<h1>Rejoindre le tableau</h1>"));
    let sent = ada.post("/connexion", &[("email", "ada@exemple.fr"), ("vers", &path)]).await;
    let sent = ada.get(sent.location()).await.body;
    assert!(sent.contains(&format!("/connexion?vers={path}")), "another link leads there too: {sent}");
    let link = app.link("ada@exemple.fr", "sign_in").await;
    assert!(ada.get(&link).await.body.contains("Rejoindre le tableau"));
    let entered = ada.post(link.split('?').next().unwrap(), &[("vers", &path)]).await;
    assert_eq!(entered.location(), path);
    assert_eq!(ada.get(&path).await.status, 200);
    let used = ada.get(&link).await;
    assert_eq!(used.status, StatusCode::GONE);
    assert!(used.body.contains(&format!("/connexion?vers={path}")));
}

#[tokio::test]
async fn the_short_address_lets_nobody_in_who_holds_no_seat() {
    let app = TestApp::start().await;
    let short = short_address(&app).await;
    let eve = app.visitor();
    app.full_workshop(&["eve@exemple.fr"]).await;
    eve.sign_in(&app, "eve@exemple.fr").await;
    let board = eve.get(&short).await.location().to_owned();
    let refused = eve.get(&board).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("confirmez d’abord"), "{}", refused.body);
    assert_eq!(eve.get(&format!("/organisation{board}/rejoindre")).await.status, 403);
}

#[tokio::test]
async fn a_code_that_no_board_has_is_told_of_beside_what_was_typed() {
    let app = TestApp::start().await;
    let signed_in = app.desk().await;
    for (path, typed) in
        [("/t/bcdfgh", "bcdfgh"), ("/t/nonsense", "nonsense"), ("/t/%22%3E", "&#34;&#62;"), ("/t/%00", "\0")]
    {
        let none = signed_in.get(path).await;
        assert!(none.status == 404 && none.body.contains("Aucun tableau n’a ce code"), "{path}");
        assert!(none.body.contains(&format!("name=\"code\" value=\"{typed}\"")), "{path}: {}", none.body);
        assert!(none.body.contains("Se déconnecter"), "the header of who is signed in");
    }
    assert_eq!(signed_in.get("/t?code=bcdfgh").await.status, 404);
    let unreadable = signed_in.get("/t/%FF").await;
    assert!(unreadable.status == 404 && unreadable.body.contains("Code du tableau"), "{}", unreadable.body);
    for form in ["/t", "/t/", "/t?code=", "/t?code=%20", "/t?code=a&code=b"] {
        let asked = app.visitor().get(form).await;
        assert!(asked.status == 200 && asked.body.contains("Code du tableau"), "{form}");
        assert!(!asked.body.contains("Aucun tableau"), "{form}");
    }
}

#[tokio::test]
async fn a_code_is_found_however_it_was_copied() {
    let app = TestApp::start().await;
    let short = short_address(&app).await;
    let (_, board) = board_of(&app.app, WORKSHOP).await;
    let (start, end) = short.strip_prefix("/t/").unwrap().split_at(3);
    for typed in [
        format!("/t/{start}{end}."),
        format!("/t/{start}%C2%A0{end}%20"),
        format!("/t?code=+{start}+{end}."),
        format!("/t?code=parcours.exemple.fr/t/{start}{end}"),
    ] {
        assert_eq!(app.visitor().get(&typed).await.location(), format!("/tableaux/{board}"), "{typed}");
    }
}
