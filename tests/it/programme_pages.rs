//! The programme's pages as people look for it: by date, with what who is signed in has, and as machines read it.

use domain::programme::UnlistedPolicy;
use kernel::clock::Timestamp;

use crate::harness::{TestApp, WEBINAR, WORKSHOP, postpone};

/// The workshop before [`WORKSHOP`].
const FIRST: &str = "atelier-1-role-de-l-acheteur";

/// Whether one text stands before another on a page; both must be there.
fn stands_before(page: &str, first: &str, second: &str) -> bool {
    page.find(first).unwrap() < page.find(second).unwrap()
}

#[tokio::test]
async fn events_stand_by_date_wherever_they_are_listed_moved_or_not() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let pages = ["/", "/parcours/inscription", "/calendrier", "/organisation"];
    let (earlier, later) = (format!("evenements/{FIRST}"), format!("evenements/{WORKSHOP}"));
    let order = async |path: &str| {
        let page = desk.get(path).await.body;
        let (earlier, later) = if path.contains("inscription") { (FIRST, WORKSHOP) } else { (&*earlier, &*later) };
        stands_before(&page, earlier, later)
    };
    for path in pages {
        assert!(order(path).await, "{path}");
    }
    app.revise(FIRST, |event| postpone(event, 24 * 7 * 16)).await;
    for path in pages {
        assert!(!order(path).await, "{path}: it was moved after the other");
    }
}

#[tokio::test]
async fn who_is_signed_in_reads_what_they_have_and_what_to_do_and_nobody_else_does() {
    let app = TestApp::start().await;
    app.full_workshop(&["bea@exemple.fr", "cleo@exemple.fr"]).await;
    let path = format!("/evenements/{WORKSHOP}");
    for (email, has) in [("ada@exemple.fr", "confirmed"), ("cleo@exemple.fr", "waiting")] {
        let person = app.visitor();
        person.sign_in(&app, email).await;
        let page = person.get(&path).await.body;
        let own = app.link(email, "registration").await;
        assert!(page.contains(&format!("href=\"{own}\"")) && !page.contains("Rejoindre la liste"), "{page}");
        assert_eq!(page.contains("position 2"), has == "waiting");
        let programme = person.get("/").await.body;
        assert!(programme.contains(&format!("data-own=\"{has}\"")) && programme.contains(&own));
        assert_eq!(programme.matches("data-own").count(), 1, "at the other events they have nothing");
    }
    let visitor = app.visitor();
    assert!(!visitor.get(&path).await.body.contains("data-own") && !visitor.get("/").await.body.contains("data-own"));
}

#[tokio::test]
async fn nobody_who_is_confirmed_at_once_is_promised_a_link() {
    let app = TestApp::start().await;
    let form = format!("/evenements/{WEBINAR}/inscription");
    let visitor = app.visitor();
    let promise = "Nous y envoyons un lien pour confirmer";
    assert!(visitor.get(&form).await.body.contains(promise));
    visitor.register(WORKSHOP, "ada@exemple.fr").await;
    visitor.sign_in(&app, "ada@exemple.fr").await;
    assert!(!visitor.get(&form).await.body.contains(promise));
}

#[tokio::test]
async fn that_an_organiser_decides_is_said_before_one_asks() {
    let app = TestApp::start().await;
    let paths = [format!("/evenements/{WORKSHOP}"), format!("/evenements/{WORKSHOP}/inscription")];
    for (policy, said) in [(UnlistedPolicy::Refuse, false), (UnlistedPolicy::Approve, true)] {
        app.revise(WORKSHOP, |event| {
            event.buyer_list = "angers.fr".into();
            event.unlisted_policy = policy;
        })
        .await;
        for path in &paths {
            assert_eq!(app.visitor().get(path).await.body.contains("data-by-approval"), said, "{path} {policy:?}");
        }
        assert_eq!(app.visitor().get("/parcours/inscription").await.body.contains("sur accord"), said);
    }
}

#[tokio::test]
async fn all_events_of_the_whole_programme_are_unticked_by_one_link() {
    let app = TestApp::start().await;
    let ticked = async |path: &str| app.visitor().get(path).await.body.matches(" checked").count();
    assert_eq!(ticked("/parcours/inscription").await, 6);
    let page = app.visitor().get("/parcours/inscription").await.body;
    let link = "/parcours/inscription?cocher=aucun";
    assert!(page.contains(&format!("href=\"{link}\"")));
    assert_eq!(ticked(link).await, 0);
}

#[tokio::test]
async fn an_event_of_several_days_names_its_last_one() {
    let app = TestApp::start().await;
    app.visitor().register(WORKSHOP, "ada@exemple.fr").await;
    app.revise(WORKSHOP, |event| {
        event.starts_local = "2027-03-30T14:00:00".into();
        event.ends_local = "2027-03-31T12:00:00".into();
        let instant = |civil| Timestamp::from_civil(civil, &event.time_zone()).unwrap();
        (event.starts_at, event.ends_at) = (instant(event.starts_civil()), instant(event.ends_civil()));
        event.closes_at = event.starts_at;
    })
    .await;
    let days = "u mardi 30 mars au mercredi 31 mars 2027";
    for path in ["/", &format!("/evenements/{WORKSHOP}"), "/parcours/inscription"] {
        assert!(app.visitor().get(path).await.body.contains(days), "{path}");
    }
    let letter = app.newest_letter("event-moved").await;
    assert!(app.app.mail.render(&letter, &app.app.key).unwrap().text.contains(days));
}

#[tokio::test]
async fn search_engines_and_messengers_read_what_the_page_says() {
    let app = TestApp::start().await;
    let title = "Indicateurs </script><b>&« mesure »";
    app.revise(WORKSHOP, |event| event.title = title.into()).await;
    let page = app.visitor().get(&format!("/evenements/{WORKSHOP}")).await.body;
    let data = page.split_once("application/ld+json\">").unwrap().1.split_once("</script>").unwrap().0;
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    let event = app.event(WORKSHOP).await;
    assert_eq!(data["@type"], "Event");
    assert_eq!(data["name"], title);
    assert_eq!(data["startDate"], event.starts_at.to_string());
    assert_eq!(data["eventAttendanceMode"], "https://schema.org/OnlineEventAttendanceMode");
    assert_eq!(data["url"], format!("{}/evenements/{WORKSHOP}", app.app.config.base_url));
    for property in ["og:title", "og:description", "og:url", "og:type"] {
        assert!(page.contains(&format!("property=\"{property}\" content=\"")), "{property}");
    }
    assert!(page.contains("<meta name=\"description\" content=\""));
}

#[tokio::test]
async fn the_menu_says_where_one_is() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let event = format!("/evenements/{WORKSHOP}");
    for (path, link) in [
        ("/", "href=\"/\" aria-current=\"page\""),
        (&*event, "href=\"/\" aria-current=\"true\""),
        ("/mon-parcours", "href=\"/mon-parcours\" aria-current=\"page\""),
        ("/organisation", "href=\"/organisation\" aria-current=\"page\""),
        ("/organisation/courriels", "href=\"/organisation\" aria-current=\"true\""),
    ] {
        let page = desk.get(path).await.body;
        assert!(page.contains(link), "{path}");
        let header = page.split_once("</header>").unwrap().0;
        assert_eq!(header.matches("aria-current").count(), 1, "{path}");
    }
}
