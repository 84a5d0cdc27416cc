//! The library's links are asked once a day, one request an hour for each host, and organisers are told what was found.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::Duration;

use domain::audit::{Act, Entry};
use domain::fetch;
use domain::link_checks;
use domain::resources::{self, ResourceDraft, ResourceKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::harness::{ORGANISER, TestApp};

/// A site that answers each request with the status that it is told, and counts.
#[derive(Clone)]
struct Site {
    url: String,
    status: Arc<AtomicU16>,
    asked: Arc<AtomicUsize>,
}

impl Site {
    #[expect(clippy::disallowed_methods, reason = "the test's own server, which is no job of the program")]
    async fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/page", listener.local_addr().unwrap());
        let site = Self { url, status: Arc::new(AtomicU16::new(status)), asked: Arc::default() };
        let told = site.clone();
        tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let _ = socket.read(&mut [0; 4096]).await;
                told.asked.fetch_add(1, Ordering::SeqCst);
                let answer = format!(
                    "HTTP/1.1 {} X\r\nLocation: /ailleurs\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                    told.status.load(Ordering::SeqCst)
                );
                let _ = socket.write_all(answer.as_bytes()).await;
            }
        });
        site
    }

    fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn add(app: &TestApp, title: &str, url: &str) {
    let draft = ResourceDraft {
        kind: ResourceKind::Link,
        title: title.into(),
        description: String::new(),
        url: Some(url.into()),
        event_id: None,
    };
    resources::add(&app.app, &draft, &Entry::new(None, Act::ChangedResources, None)).await.unwrap();
}

async fn check(app: &TestApp) {
    link_checks::check(&app.app, |_| true).await.unwrap();
}

/// What organisers read of the links now.
async fn told(app: &TestApp) -> String {
    app.desk().await.get("/organisation/ressources").await.body
}

#[tokio::test]
async fn a_host_is_asked_once_an_hour_and_a_link_once_a_day() {
    let app = TestApp::start().await;
    let site = Site::start(200).await;
    add(&app, "Un", &site.url).await;
    add(&app, "Deux", &format!("{}/deux", site.url)).await;
    for _ in 0..3 {
        check(&app).await;
    }
    assert_eq!(site.asked(), 1, "two links of one host");
    app.app.clock.advance(Duration::from_secs(3599));
    check(&app).await;
    assert_eq!(site.asked(), 1);
    app.app.clock.advance(Duration::from_secs(1));
    check(&app).await;
    assert_eq!(site.asked(), 2, "the other one");
    app.advance(2);
    check(&app).await;
    assert_eq!(site.asked(), 2, "both were asked today");
    app.advance(22);
    check(&app).await;
    assert_eq!(site.asked(), 3);
    assert_eq!(told(&app).await.matches(">vu le ").count(), 2);
}

#[tokio::test]
async fn many_links_of_one_host_keep_nobody_else_waiting() {
    let app = TestApp::start().await;
    let (one, other) = (Site::start(200).await, Site::start(200).await);
    for number in 0..30 {
        add(&app, "Un parmi trente", &format!("{}/{number}", one.url)).await;
    }
    add(&app, "Ailleurs", &other.url).await;
    check(&app).await;
    assert_eq!((one.asked(), other.asked()), (1, 1));
}

#[tokio::test]
async fn organisers_read_what_was_found_and_visitors_do_not() {
    let app = TestApp::start().await;
    for (title, status) in [("Vu", 200), ("Parti", 301), ("Fermé", 403), ("Perdu", 404)] {
        add(&app, title, &Site::start(status).await.url).await;
    }
    add(&app, "Muet", "http://127.0.0.1:1/").await;
    check(&app).await;
    let page = told(&app).await;
    for there in ["vu le 24 novembre 2026", "déplacé", "/ailleurs", "refuse les robots", "introuvable depuis", "muet"]
    {
        assert!(page.contains(there), "{there}: {page}");
    }
    assert!(!page.contains("mort depuis"), "{page}");
    let public = app.visitor().get("/ressources").await.body;
    assert!(!public.contains("refuse les robots") && !public.contains("/ailleurs"), "{public}");
}

#[tokio::test]
async fn a_link_that_is_not_found_for_three_days_is_dead_and_organisers_get_one_letter_a_week() {
    let app = TestApp::start().await;
    app.organiser().await;
    let (lost, moved) = (Site::start(404).await, Site::start(308).await);
    add(&app, "Fiche perdue", &lost.url).await;
    let step = async || {
        check(&app).await;
        link_checks::write_letters(&app.app).await.unwrap();
        app.letters(ORGANISER).await.iter().filter(|kind| *kind == "links-to-mend").count()
    };
    for _ in 0..3 {
        assert_eq!(step().await, 0, "not yet three days");
        app.advance(24);
    }
    assert_eq!(step().await, 1);
    assert!(told(&app).await.contains("mort depuis le 24 novembre 2026"));
    let letter = app.newest_letter("links-to-mend").await;
    let read = app.app.mail.render(&letter, &app.app.key).unwrap();
    assert!(read.text.contains("Fiche perdue") && read.text.contains(&lost.url), "{}", read.text);
    assert!(read.text.contains("/organisation/ressources") && read.subject.contains("Liens à revoir"), "{}", read.text);

    add(&app, "Fiche déplacée", &moved.url).await;
    for _ in 0..6 {
        app.advance(24);
        assert_eq!(step().await, 1, "within the week");
    }
    app.advance(24);
    assert_eq!(step().await, 2);
    let letter = app.newest_letter("links-to-mend").await;
    let read = app.app.mail.render(&letter, &app.app.key).unwrap();
    assert!(read.text.contains("Fiche déplacée") && read.text.contains("/ailleurs"), "{}", read.text);
}

#[tokio::test]
async fn an_organiser_says_that_a_link_works_and_is_left_in_peace() {
    let app = TestApp::start().await;
    let site = Site::start(500).await;
    add(&app, "Marche bien", &site.url).await;
    check(&app).await;
    app.advance(72);
    check(&app).await;
    assert!(told(&app).await.contains("mort depuis"));
    let desk = app.desk().await;
    let id = resources::list(&mut app.app.db.read().await.unwrap()).await.unwrap()[0].id;
    let done = desk.post(&format!("/organisation/ressources/{id}/lien-valide"), &[]).await;
    assert!(done.status == 303 && desk.get(done.location()).await.body.contains("ce lien marche"));
    app.advance(24);
    check(&app).await;
    let page = told(&app).await;
    assert!(page.contains("validé à la main le 27 novembre 2026") && !page.contains("mort depuis"), "{page}");
    link_checks::write_letters(&app.app).await.unwrap();
    assert!(!app.letters(ORGANISER).await.contains(&"links-to-mend".to_owned()));
    assert!(app.log().await.contains("lien déclaré bon\u{a0}: Marche bien"));
    site.answers(200);
    app.advance(24);
    check(&app).await;
    assert!(told(&app).await.contains("vu le"), "seen: nothing to overrule");
}

#[tokio::test]
async fn no_link_leads_into_a_private_network_and_nothing_is_asked_unless_a_setting_allows_it() {
    let app = TestApp::start().await;
    assert!(!app.app.config.check_links);
    let site = Site::start(200).await;
    add(&app, "Interne", &site.url).await;
    assert!(told(&app).await.contains("ne sont pas vérifiés"));
    for job in link_checks::JOBS {
        (job.run)(&app.app).await.unwrap();
    }
    assert!(!told(&app).await.contains("muet"), "nothing was asked");
    link_checks::check(&app.app, fetch::public_web).await.unwrap();
    assert_eq!(site.asked(), 0);
    assert!(told(&app).await.contains("muet"), "as if nobody answered");
}
