//! A board that organisers archive and open again: nobody edits it meanwhile, everybody reads it, and open screens know.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::boards_client::{Fate, Workshop, add_card, organiser, person, set_field};
use crate::harness::Visitor;

impl Workshop {
    async fn act(&self, desk: &Visitor, act: &str) {
        let done = desk.post(&format!("/organisation/tableaux/{}/{act}", self.board), &[]).await;
        assert_eq!(done.status, 303);
        assert!(desk.get(done.location()).await.body.contains("Le tableau est"), "{}", done.location());
    }
}

#[tokio::test]
async fn an_archived_board_is_read_only_on_every_open_screen_until_it_is_opened_again() {
    let workshop = Workshop::start().await;
    let status = workshop.participant("ada").await;
    let desk = workshop.app.desk().await;
    let (mut ada, mut orga) = (workshop.tab(&status).await, workshop.tab(&organiser(&workshop.app.app).await).await);
    let card = Uuid::new_v4();
    assert_eq!(ada.do_edit(add_card(card, "un")).await, Fate::Stored(1));
    orga.knows(1).await;

    workshop.act(&desk, "archiver").await;
    for tab in [&mut ada, &mut orga] {
        assert_eq!(tab.wait_for("role").await["role"], "viewer");
        assert_eq!(tab.do_edit(set_field(card, "name", "deux")).await, Fate::Refused("archived".into()));
    }
    let late = workshop.tab(&status).await;
    assert_eq!(
        (late.role.as_str(), late.board.unwrap()["cards"][card.to_string()]["fields"]["name"].as_str()),
        ("viewer", Some("un"))
    );

    workshop.act(&desk, "rouvrir").await;
    assert_eq!(ada.wait_for("role").await["role"], "participant");
    assert_eq!(orga.wait_for("role").await["role"], "facilitator");
    assert_eq!(ada.do_edit(set_field(card, "name", "deux")).await, Fate::Stored(2));
}

#[tokio::test]
async fn the_database_takes_no_edit_of_a_room_that_has_not_heard_of_the_archive() {
    let workshop = Workshop::start().await;
    let status = workshop.participant("ada").await;
    let mut ada = workshop.tab(&status).await;
    assert_eq!(ada.do_edit(add_card(Uuid::new_v4(), "un")).await, Fate::Stored(1));
    let mut tx = workshop.app.app.db.write().await.unwrap();
    db::dispatch!(&mut tx, |conn| sqlx::query("update board set archived = true where id = $1")
        .bind(workshop.board)
        .execute(conn)
        .await
        .map(drop))
    .unwrap();
    tx.commit().await.unwrap();
    let n = ada.edit(add_card(Uuid::new_v4(), "deux")).await;
    assert_eq!(ada.wait_for("role").await["role"], "viewer");
    assert_eq!(ada.fate(n).await, Fate::Refused("archived".into()));
}

#[tokio::test]
async fn an_archived_board_is_read_and_taken_away_but_takes_no_import() {
    let workshop = Workshop::start().await;
    let status = workshop.participant("ada").await;
    let desk = workshop.app.desk().await;
    workshop.tab(&status).await.do_edit(add_card(Uuid::new_v4(), "Part des marchés")).await;
    workshop.act(&desk, "archiver").await;

    let path = format!("/tableaux/{}", workshop.board);
    let cookie = [("cookie", status.0.as_str())];
    let visitor = workshop.app.visitor();
    let page = visitor.request(Method::GET, &path, &cookie).await;
    assert!(page.body.contains("Part des marchés") && page.body.contains("Ce tableau est archivé"), "{}", page.body);
    assert!(page.body.contains("<a href=\"#emporter\">Emporter ce tableau archivé</a>"), "{}", page.body);
    let stranger = person(&workshop.app.app, "eve@exemple.fr", None).await;
    let refused = visitor.request(Method::GET, &path, &[("cookie", stranger.0.as_str())]).await;
    assert!(refused.status == 403 && refused.body.contains("est archivé"), "{}", refused.body);
    assert!(desk.get(&format!("/organisation{path}/rejoindre")).await.body.contains("Ce tableau est archivé"));
    for file in
        ["export.json", "export.csv", "export.xlsx", "export.odt", "export.svg", "imprimer", "journal.json?since=0"]
    {
        assert_eq!(visitor.request(Method::GET, &format!("{path}/{file}"), &cookie).await.status, 200, "{file}");
    }
    assert_eq!(desk.get(&format!("{path}/importer")).await.status, 409);
    let file = STANDARD.encode("Indicateur\nDeux\n");
    let form =
        reqwest::multipart::Form::new().text("contenu", file.clone()).text("confirmer", Uuid::new_v4().to_string());
    let kept = desk.post_multipart(&format!("{path}/importer"), form).await;
    assert_eq!(kept.status, 409);
    assert!(kept.body.contains("archivé") && kept.body.contains(&file), "the file is kept: {}", kept.body);

    for (list, told) in
        [("/organisation", "archivé"), ("/organisation/evenements/atelier-2-indicateurs", "Rouvrir le tableau")]
    {
        assert!(desk.get(list).await.body.contains(told), "{list}");
    }
    let mine = visitor.request(Method::GET, "/mon-parcours", &cookie).await;
    assert!(mine.body.contains("Lire le tableau archivé"), "{}", mine.body);
}

#[tokio::test]
async fn only_organisers_archive_and_each_act_leaves_one_line() {
    let workshop = Workshop::start().await;
    let status = workshop.participant("ada").await;
    let participant = workshop.app.visitor();
    participant.sign_in(&workshop.app, "ada@exemple.fr").await;
    for act in ["archiver", "rouvrir"] {
        let path = format!("/organisation/tableaux/{}/{act}", workshop.board);
        assert_eq!(participant.post(&path, &[]).await.status, 403);
        assert_eq!(workshop.app.visitor().post(&path, &[]).await.status, 303, "to the sign-in page");
    }
    assert_eq!(participant.get(&format!("/organisation/tableaux/{}/archiver", workshop.board)).await.status, 403);
    let mut tab = workshop.tab(&status).await;
    assert_eq!(tab.role, "participant");
    assert_eq!(tab.do_edit(add_card(Uuid::new_v4(), "un")).await, Fate::Stored(1));

    let desk = workshop.app.desk().await;
    let asked = desk.get(&format!("/organisation/tableaux/{}/archiver", workshop.board)).await.body;
    assert!(asked.contains("Archiver ce tableau"), "GET only asks");
    for act in ["archiver", "archiver", "rouvrir", "rouvrir"] {
        workshop.act(&desk, act).await;
    }
    let log = desk.get("/organisation/journal").await.body;
    assert_eq!((log.matches("a archivé le tableau").count(), log.matches("a rouvert le tableau").count()), (1, 1));
    assert_eq!(desk.post(&format!("/organisation/tableaux/{}/archiver", Uuid::nil()), &[]).await.status, 404);
}

#[tokio::test]
async fn people_still_see_each_other_on_an_archived_board() {
    let workshop = Workshop::start().await;
    let status = workshop.participant("ada").await;
    workshop.act(&workshop.app.desk().await, "archiver").await;
    let (mut ada, mut again) = (workshop.tab(&status).await, workshop.tab(&status).await);
    ada.send(&json!({ "type": "presence", "selected": null, "field": "name", "cursor": null })).await;
    while again.wait_for("presence").await["people"].as_array().unwrap().iter().all(|person| person["field"] != "name")
    {
    }
}
