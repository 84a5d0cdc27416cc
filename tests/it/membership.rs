//! Who counts as listed: addresses of a listed domain. What somebody types of their organisation admits nobody.

use domain::programme::{Event, UnlistedPolicy};
use domain::registrations::RegistrationStatus;

use crate::harness::{Answer, DESK, TestApp, Visitor, WORKSHOP};

/// Saves the form of the audience, for buyers only.
async fn save(desk: &Visitor, fields: &[(&str, &str)]) -> Answer {
    desk.post(&format!("{DESK}/public"), &[&[("buyers_only", "oui")], fields].concat()).await
}

/// Asks for a seat and proves the address; how that ended.
async fn ask(app: &TestApp, email: &str, organisation: &str, siret: &str) -> (u16, Option<RegistrationStatus>) {
    let fields =
        [("name", "Ada"), ("email", email), ("organisation", organisation), ("siret", siret), ("buyer", "oui")];
    let visitor = app.visitor();
    let answer = visitor.post(&format!("/evenements/{WORKSHOP}/inscription"), &fields).await;
    if answer.status != 303 {
        return (answer.status.as_u16(), None);
    }
    assert_eq!(visitor.prove(email).await.status, 303);
    (303, Some(app.registration(WORKSHOP, email).await.status))
}

/// The SIRETs of Angers and of Lyon.
const ANGERS: &str = "21490007800012";
const LYON: &str = "20004697700019";

#[tokio::test]
async fn a_typed_siret_is_a_claim_that_an_organiser_judges_and_a_typed_name_is_nothing() {
    for policy in ["refuser", "approuver"] {
        let app = TestApp::start().await;
        let list = format!("angers.fr\n*.gouv.fr\n{ANGERS}");
        app.set_audience(&[("buyers_only", "oui"), ("unlisted", policy), ("buyer_list", &list)]).await;
        let otherwise = if policy == "refuser" { (422, None) } else { (303, Some(RegistrationStatus::Pending)) };
        assert_eq!(
            ask(&app, "claims@exemple.fr", "Ville d’Angers", ANGERS).await,
            (303, Some(RegistrationStatus::Pending))
        );
        assert_eq!(ask(&app, "names@exemple.fr", "Ville d’Angers", "").await, otherwise, "a name of a known buyer");
        assert_eq!(ask(&app, "domain@exemple.fr", "angers.fr", "").await, otherwise, "a name that looks like a line");
        assert_eq!(ask(&app, "other@exemple.fr", "Métropole de Lyon", LYON).await, otherwise);
        assert_eq!(ask(&app, "below@mail.angers.fr", "Ville d’Angers", "").await, otherwise);
        assert_eq!(ask(&app, "apex@gouv.fr", "État", "").await, otherwise);
        assert_eq!(ask(&app, "ada@angers.fr", "Angers", "").await, (303, Some(RegistrationStatus::Confirmed)));
        assert_eq!(
            ask(&app, "bea@interieur.gouv.fr", "Intérieur", "").await,
            (303, Some(RegistrationStatus::Confirmed))
        );
    }
}

#[tokio::test]
async fn a_line_that_is_neither_a_domain_nor_a_siret_is_refused_and_nothing_typed_is_lost() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let typed = [("unlisted", "refuser"), ("buyer_list", "angers.fr\r\nRégion <Bretagne>\r\n*.fr"), ("cap", "7")];
    let refused = save(&desk, &typed).await;
    assert_eq!(refused.status, 422);
    let error = refused.body.split("id=\"buyer_list-error\">").nth(1).unwrap().split('<').next().unwrap();
    assert!(error.contains("«\u{a0}Région &#60;Bretagne&#62;\u{a0}», «\u{a0}*.fr\u{a0}»"), "{error}");
    assert!(!error.contains("angers.fr"), "{error}");
    assert!(refused.body.contains("angers.fr\r\nRégion") && refused.body.contains("value=\"7\""), "{}", refused.body);
    assert_eq!(app.event(WORKSHOP).await.unlisted_policy, UnlistedPolicy::Admit, "nothing was stored");
}

#[tokio::test]
async fn names_on_a_list_of_before_count_for_nobody_and_the_page_says_so_until_they_are_gone() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let old = |event: &mut Event| {
        event.unlisted_policy = UnlistedPolicy::Refuse;
        event.buyer_list = "angers.fr\nVille d’Angers".into();
    };
    app.revise(WORKSHOP, old).await;
    assert_eq!(ask(&app, "ada@exemple.fr", "Ville d’Angers", "").await.0, 422);
    let path = format!("{DESK}/public");
    let page = desk.get(&path).await.body;
    assert!(page.contains("data-void-lines") && page.contains("«\u{a0}Ville d’Angers\u{a0}»"), "{page}");
    let kept = [("unlisted", "refuser"), ("buyer_list", "angers.fr\nVille d’Angers")];
    assert_eq!(save(&desk, &kept).await.status, 422);
    assert_eq!(save(&desk, &[("unlisted", "refuser"), ("buyer_list", "angers.fr")]).await.status, 303);
    assert!(!desk.get(&path).await.body.contains("data-void-lines"));
}

#[tokio::test]
async fn an_unknown_policy_admits_nobody_wherever_it_comes_from() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let path = format!("{DESK}/public");
    app.set_audience(&[("buyers_only", "oui"), ("unlisted", "refuser"), ("buyer_list", "angers.fr")]).await;
    for word in ["", "admit", "Admettre", "tout-le-monde"] {
        let fields = [("buyers_only", "oui"), ("unlisted", word), ("buyer_list", "angers.fr")];
        let refused = desk.post(&path, &fields).await;
        assert!(refused.status == 422 && refused.body.contains("id=\"unlisted-error\""), "{word}: {}", refused.status);
        assert!(!refused.body.contains("value=\"admettre\" checked"), "{word}");
    }
    assert_eq!(app.event(WORKSHOP).await.unlisted_policy, UnlistedPolicy::Refuse);

    let mut tx = app.app.db.write().await.unwrap();
    db::dispatch!(&mut tx, |conn| sqlx::query("update event set unlisted_policy = 'welcome' where slug = $1")
        .bind(WORKSHOP)
        .execute(conn)
        .await
        .map(drop))
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ask(&app, "eve@exemple.fr", "?", "").await.0, 500, "a failure, and no seat");
    assert!(app.letters("eve@exemple.fr").await.is_empty());
}

#[tokio::test]
async fn a_programme_from_a_file_cannot_say_whom_it_admits() {
    let app = TestApp::start().await;
    for line in ["unlisted_policy = \"welcome\"", "buyer_list = \"Région Bretagne\""] {
        let with_line = format!("kind = \"webinar\"\n{line}");
        let text = domain::programme::file::BUNDLED.replacen("kind = \"webinar\"", &with_line, 1);
        let refused = app::programme::import(&app.app, &text).await.unwrap_err().to_string();
        assert!(refused.contains("line ") && refused.contains("unknown field"), "{refused}");
    }
}
