//! What leaves a board: the formats, who may have private fields, the session seen again.

use kernel::id::BoardId;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::boards_client::{Cookie, Fate, Tab, add_card, board_of, organiser, person, set_field};
use crate::harness::TestApp;

const STAKEHOLDERS: &str = "atelier-3-transition-du-territoire";
/// What its files are called.
const NAME: &str = "comment-articuler-et-piloter-le-spaser-dans-une-demarche-de";

pub struct Workshop {
    pub app: TestApp,
    pub base: String,
    pub board: BoardId,
    pub organiser: Cookie,
    pub participant: Cookie,
}

impl Workshop {
    /// A board with one actor, who has a private contact.
    pub async fn start() -> Self {
        let app = TestApp::start().await;
        let (event, board) = board_of(&app.app, STAKEHOLDERS).await;
        let (organiser, participant) =
            (organiser(&app.app).await, person(&app.app, "ada@exemple.fr", Some(event)).await);
        let base = format!("http://{}", app.address);
        let workshop = Self { app, base, board, organiser, participant };
        let mut tab = workshop.tab().await;
        let fields = json!({ "name": "=CRESS & <Cie>", "contact": "06 11 22 33 44", "power": 70 });
        let edit = json!({ "type": "add_card", "card": Uuid::new_v4(), "x": 0, "y": 0, "fields": fields });
        tab.edit(edit).await;
        tab.wait_for("ack").await;
        workshop
    }

    pub async fn tab(&self) -> Tab {
        Tab::open(&self.base, self.board, &self.participant).await
    }

    pub async fn get(&self, cookie: &Cookie, file: &str) -> reqwest::Response {
        let url = format!("{}/tableaux/{}/{file}", self.base, self.board).replace("/?", "?");
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.request(Method::GET, url.trim_end_matches('/')).header("cookie", &cookie.0).send().await.unwrap()
    }

    pub async fn cards(&self) -> usize {
        let board: Value = self.get(&self.participant, "export.json").await.json().await.unwrap();
        board["cards"].as_object().unwrap().len()
    }
}

#[tokio::test]
async fn every_format_leaves_the_board_without_private_fields() {
    let workshop = Workshop::start().await;
    for (extension, kind) in [
        ("json", "application/json"),
        ("csv", "text/csv"),
        ("svg", "image/svg+xml"),
        ("graphml", "application/graphml+xml"),
        ("xlsx", "application/vnd.openxmlformats"),
        ("odt", "application/vnd.oasis.opendocument.text"),
    ] {
        let answer = workshop.get(&workshop.participant, &format!("export.{extension}")).await;
        assert_eq!(answer.status(), 200, "{extension}");
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with(kind), "{extension}");
        let disposition = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert_eq!(disposition, format!("attachment; filename=\"{NAME}.{extension}\""));
        let body = String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned();
        assert!(!body.contains("06 11 22 33 44"), "{extension}");
        assert!(["xlsx", "odt"].contains(&extension) || body.contains("CRESS"), "{extension}: {body}");
    }
    let page = workshop.get(&workshop.participant, "imprimer").await.text().await.unwrap();
    assert!(page.contains("=CRESS &#38; &#60;Cie&#62;") && !page.contains("06 11 22"), "{page}");
}

#[tokio::test]
async fn a_file_with_contacts_is_named_so() {
    let workshop = Workshop::start().await;
    for extension in ["json", "csv", "xlsx", "odt", "graphml", "svg"] {
        let asked = format!("export.{extension}?prive=1");
        let name = |answer: reqwest::Response| answer.headers()["content-disposition"].to_str().unwrap().to_owned();
        // A picture of the map has no contacts on it.
        let mark = if extension == "svg" { "" } else { "-avec-contacts" };
        let complete = name(workshop.get(&workshop.organiser, &asked).await);
        assert_eq!(complete, format!("attachment; filename=\"{NAME}{mark}.{extension}\""));
        let public = name(workshop.get(&workshop.participant, &asked).await);
        assert_eq!(public, format!("attachment; filename=\"{NAME}.{extension}\""));
    }
}

#[tokio::test]
async fn only_a_facilitator_gets_private_fields_and_only_when_asking() {
    let workshop = Workshop::start().await;
    let asked = "export.csv?prive=1";
    let text = |answer: reqwest::Response| async { answer.text().await.unwrap() };
    assert!(!text(workshop.get(&workshop.participant, asked).await).await.contains("06 11 22"));
    assert!(!text(workshop.get(&workshop.organiser, "export.csv").await).await.contains("06 11 22"));
    assert!(text(workshop.get(&workshop.organiser, asked).await).await.contains("06 11 22"));
    for not_asked in ["export.csv?prive=0", "export.csv?prive", "export.csv?prive="] {
        assert!(!text(workshop.get(&workshop.organiser, not_asked).await).await.contains("06 11 22"), "{not_asked}");
    }
    for offer in ["export.xlsx", "export.csv", "export.odt", "export.json", "imprimer"] {
        let offer = &format!("{offer}?prive=1");
        assert!(text(workshop.get(&workshop.organiser, "").await).await.contains(offer), "{offer}");
        assert!(!text(workshop.get(&workshop.participant, "").await).await.contains(offer), "{offer}");
    }

    // The team goes on calling people once the workshop is over.
    let desk = workshop.app.desk().await;
    desk.post(&format!("/organisation/tableaux/{}/archiver", workshop.board), &[]).await;
    assert!(text(workshop.get(&workshop.organiser, "").await).await.contains("archivé"));
    assert!(text(workshop.get(&workshop.organiser, asked).await).await.contains("06 11 22"));
    assert!(!text(workshop.get(&workshop.participant, asked).await).await.contains("06 11 22"));
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_answered_by_a_page() {
    let workshop = Workshop::start().await;
    let visitor = workshop.app.desk().await;
    for path in ["/tableaux/xyz", "/tableaux/xyz/export.csv", "/organisation/tableaux/xyz/rejoindre"] {
        let answer = visitor.get(path).await;
        assert!(answer.status == 404 && answer.body.contains("<html lang=\"fr\""), "{path}: {}", answer.body);
    }
    let answer = workshop.get(&workshop.organiser, "journal.json?since=abc").await;
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("<html lang=\"fr\""));
}

#[tokio::test]
async fn each_field_of_a_card_tells_who_wrote_it() {
    let workshop = Workshop::start().await;
    let board: Value = workshop.get(&workshop.organiser, "export.json").await.json().await.unwrap();
    let card = board["cards"].as_object().unwrap().keys().next().unwrap().clone();
    let mut tab = Tab::open(&workshop.base, workshop.board, &workshop.organiser).await;
    tab.edit(json!({ "type": "set_field", "card": card, "field": "power", "value": 10 })).await;
    tab.wait_for("ack").await;

    let path = format!("fiches/{card}/auteurs.json");
    let written: Value = workshop.get(&workshop.participant, &path).await.json().await.unwrap();
    let authors: Value = workshop.get(&workshop.participant, "auteurs.json").await.json().await.unwrap();
    let name = |id: &Value| authors.as_array().unwrap().iter().find(|it| &it["id"] == id).unwrap()["name"].clone();
    let of = |field: &str| {
        let found = written.as_array().unwrap().iter().find(|it| it["field"] == field);
        name(&found.unwrap()["by"])
    };
    assert_eq!(of("name"), "ada");
    assert_ne!(of("power"), "ada");
    assert!(written.as_array().unwrap().iter().any(|it| it["field"] == "name" && it["name"] == "ada"));
    assert_eq!(written.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn those_whom_the_board_names_are_told_by_name_also_when_they_are_away_and_nobody_else() {
    let workshop = Workshop::start().await;
    let names = async || -> Vec<String> {
        let authors: Value = workshop.get(&workshop.organiser, "auteurs.json").await.json().await.unwrap();
        authors.as_array().unwrap().iter().map(|author| author["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names().await, ["ada"]);
    // Of what the organiser does nothing stays on the board.
    let mut tab = Tab::open(&workshop.base, workshop.board, &workshop.organiser).await;
    let card = Uuid::new_v4();
    tab.do_edit(add_card(card, "De passage")).await;
    assert_eq!(names().await.len(), 2);
    tab.do_edit(json!({ "type": "remove_card", "card": card })).await;
    assert_eq!(names().await, ["ada"]);
}

#[tokio::test]
async fn a_facilitator_takes_any_comment_away_and_a_participant_only_their_own() {
    let workshop = Workshop::start().await;
    let board: Value = workshop.get(&workshop.organiser, "export.json").await.json().await.unwrap();
    let card = board["cards"].as_object().unwrap().keys().next().unwrap().clone();
    let mut facilitator = Tab::open(&workshop.base, workshop.board, &workshop.organiser).await;
    let mut participant = workshop.tab().await;
    let [theirs, mine] = [Uuid::new_v4(), Uuid::new_v4()];
    let say = |comment: Uuid| json!({ "type": "add_comment", "card": card, "comment": comment, "text": "Et alors ?" });
    let unsay = |comment: Uuid| json!({ "type": "remove_comment", "card": card, "comment": comment });
    facilitator.do_edit(say(theirs)).await;
    participant.do_edit(say(mine)).await;
    assert_eq!(participant.do_edit(unsay(theirs)).await, Fate::Refused("not_allowed".into()));
    assert!(matches!(facilitator.do_edit(unsay(mine)).await, Fate::Stored(_)));
    assert_eq!(participant.do_edit(unsay(mine)).await, Fate::Refused("no_such_comment".into()));
    participant.do_edit(say(Uuid::new_v4())).await;
    let state: Value = workshop.get(&workshop.organiser, "export.json").await.json().await.unwrap();
    assert_eq!(state["cards"][&card]["comments"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_journal_tells_the_session_in_pieces_without_private_fields_and_comments() {
    let workshop = Workshop::start().await;
    let mut tab = workshop.tab().await;
    let card = Uuid::new_v4();
    tab.do_edit(add_card(card, "ADEME")).await;
    tab.do_edit(set_field(card, "contact", "secret@exemple.fr")).await;
    let fields = json!({ "power": 60, "contact": "autre secret" });
    tab.do_edit(json!({ "type": "set_fields", "card": card, "fields": fields })).await;
    let words = json!({ "type": "add_comment", "card": card, "comment": Uuid::new_v4(), "text": "mot d’esprit" });
    tab.do_edit(words).await;
    tab.do_edit(json!({ "type": "move_card", "card": card, "x": 5, "y": 6 })).await;

    let journal: Value = workshop.get(&workshop.participant, "journal.json?prive=1").await.json().await.unwrap();
    let kinds: Vec<_> = journal["edits"].as_array().unwrap().iter().map(|moment| &moment["edit"]["type"]).collect();
    assert_eq!(kinds, ["add_card", "add_card", "set_fields", "move_card"]);
    assert_eq!((&journal["until"], &journal["head"]), (&json!(6), &json!(6)));
    let text = journal.to_string();
    assert!(!text.contains("secret") && !text.contains("06 11") && !text.contains("esprit"), "{text}");
    let rest: Value = workshop.get(&workshop.participant, "journal.json?since=4").await.json().await.unwrap();
    assert_eq!(rest["edits"].as_array().unwrap().len(), 1);

    let whole: Value = workshop.get(&workshop.organiser, "journal.json?prive=1").await.json().await.unwrap();
    assert!(whole.to_string().contains("secret@exemple.fr"));
    let quiet: Value = workshop.get(&workshop.organiser, "journal.json").await.json().await.unwrap();
    assert!(!quiet.to_string().contains("secret"));
    let stranger = person(&workshop.app.app, "eve@exemple.fr", None).await;
    assert_eq!(workshop.get(&stranger, "journal.json").await.status(), 403);
    assert!(workshop.get(&workshop.participant, "revoir").await.text().await.unwrap().contains("Revoir la séance"));
}

#[tokio::test]
async fn whoever_has_no_seat_is_told_what_to_do_wherever_they_knock() {
    let workshop = Workshop::start().await;
    let stranger = person(&workshop.app.app, "eve@exemple.fr", None).await;
    for path in ["", "revoir", "imprimer", "export.csv", "export.svg", "export.xlsx?prive=1"] {
        let refused = workshop.get(&stranger, path).await;
        assert_eq!(refused.status(), 403, "{path}");
        let page = refused.text().await.unwrap();
        for told in
            ["réservé aux personnes inscrites", "celle de eve@exemple.fr", "/evenements/atelier-3", "Se déconnecter"]
        {
            assert!(page.contains(told), "{path}: {told}: {page}");
        }
    }
    let nobody = workshop.app.visitor().get(&format!("/tableaux/{}/imprimer", workshop.board)).await;
    assert_eq!(nobody.location(), format!("/connexion?vers=/tableaux/{}/imprimer", workshop.board));
}

#[tokio::test]
async fn from_paper_one_comes_back_to_the_board_and_from_the_board_to_its_event() {
    let workshop = Workshop::start().await;
    let page = workshop.get(&workshop.participant, "imprimer").await.text().await.unwrap();
    assert!(
        page.contains(&format!(
            "no-print\" aria-label=\"Fil d’Ariane\"><ol><li><a href=\"/tableaux/{}\"",
            workshop.board
        ))
    );
    let page = workshop.get(&workshop.participant, "").await.text().await.unwrap();
    assert!(page.contains(&format!("<a href=\"/evenements/{STAKEHOLDERS}\">L’atelier du ")), "{page}");
}

#[tokio::test]
async fn a_comment_leaves_with_its_date_and_its_author_only_for_a_facilitator_who_asks() {
    let workshop = Workshop::start().await;
    let board: Value = workshop.get(&workshop.organiser, "export.json").await.json().await.unwrap();
    let card = board["cards"].as_object().unwrap().keys().next().unwrap().clone();
    assert!(!workshop.get(&workshop.organiser, "").await.text().await.unwrap().contains("les auteurs"));
    let words = json!({ "type": "add_comment", "card": card, "comment": Uuid::new_v4(), "text": "Et alors ?" });
    workshop.tab().await.do_edit(words).await;

    assert!(
        workshop
            .get(&workshop.organiser, "")
            .await
            .text()
            .await
            .unwrap()
            .contains("les contacts et les auteurs des commentaires")
    );
    let page = async |cookie: &Cookie, path: &str| workshop.get(cookie, path).await.text().await.unwrap();
    let date = |page: &str| page.contains("\u{a0}h") && page.contains("Et alors ?");
    let public = page(&workshop.participant, "imprimer?prive=1").await;
    assert!(date(&public) && !public.contains(">ada, "), "{public}");
    assert!(!page(&workshop.organiser, "imprimer").await.contains(">ada, "));
    let all = page(&workshop.organiser, "imprimer?prive=1").await;
    assert!(date(&all) && all.contains(">ada, "), "{all}");
}
