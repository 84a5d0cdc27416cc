//! The edges of the program: slow, silent and malformed connections, proxies, and files that machines look for.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::boards_client::Workshop;
use crate::harness::process::Process;
use crate::harness::{TestApp, TestDatabase, WORKSHOP, postgres, until};

const ADA: &str = "ada@exemple.fr";

/// Sends bytes as they are, and reads until the other end closes.
async fn exchange(address: &str, bytes: &str) -> String {
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = connection.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

/// The status line of an answer.
fn status(answer: &str) -> &str {
    answer.lines().next().unwrap_or_default()
}

/// Time-outs of one second. Those who wait for them do so at once.
async fn impatient() -> TestApp {
    TestApp::start_with(|config| (config.header_timeout, config.body_timeout, config.idle_timeout) = (1, 1, 1)).await
}

#[tokio::test]
async fn a_connection_that_is_silent_slow_or_idle_is_closed() {
    let app = impatient().await;
    let address = app.address.to_string();
    let kept = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let all = async {
        tokio::join!(
            exchange(&address, ""),
            exchange(&address, "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: "),
            exchange(&address, &kept),
        )
    };
    let (silent, slow, idle) = tokio::time::timeout(Duration::from_secs(20), all).await.unwrap();
    assert_eq!((silent.as_str(), slow.as_str()), ("", ""));
    assert!(idle.starts_with("HTTP/1.1 200"), "{idle}");
}

#[tokio::test]
async fn a_body_that_does_not_come_in_time_is_answered_so_and_nothing_is_stored() {
    let app = impatient().await;
    let address = app.address.to_string();
    let head = format!(
        "POST /connexion HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 100\r\n\r\nemail=ada%40exemple.fr"
    );
    let answer = tokio::time::timeout(Duration::from_secs(20), exchange(&address, &head)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("connection: close") && answer.contains("content-security-policy"), "{answer}");
    assert!(app.letters(ADA).await.is_empty());
}

/// Answers that nobody takes would fill the memory of the system, and hold a connection for ever.
#[tokio::test]
async fn a_client_that_takes_nothing_of_its_answers_is_cut_off() {
    // A short time-out of idle connections would cut it off, too.
    let app = TestApp::start_with(|config| (config.header_timeout, config.body_timeout) = (1, 1)).await;
    let mut connection = TcpStream::connect(app.address).await.unwrap();
    let asked = 3_000;
    let requests = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", app.address).repeat(asked);
    connection.write_all(requests.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    let mut answers = Vec::new();
    let reading = connection.read_to_end(&mut answers);
    let _ = tokio::time::timeout(Duration::from_secs(30), reading).await.expect("an end");
    let answered = String::from_utf8_lossy(&answers).matches("HTTP/1.1 200").count();
    assert!((1..asked).contains(&answered), "{answered}");
}

#[tokio::test]
async fn a_board_stays_open_longer_than_any_time_out_of_requests() {
    let workshop = Workshop::of(impatient().await).await;
    let cookie = workshop.participant("ada").await;
    let mut tab = workshop.tab(&cookie).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    tab.do_edit(crate::boards_client::add_card(uuid::Uuid::new_v4(), "encore là")).await;
}

#[tokio::test]
async fn a_few_files_and_many_silent_connections_leave_the_site_answering() {
    let mut process = Process::demo_with_open_files(512).await;
    let address = process.base.strip_prefix("http://").unwrap().to_owned();
    let mut silent = Vec::new();
    for number in 0..600 {
        let connecting = TcpStream::connect(&address);
        silent.push(tokio::time::timeout(Duration::from_secs(10), connecting).await.expect("accepted").unwrap());
        if number % 100 == 99 {
            let page = tokio::time::timeout(Duration::from_secs(5), process.get("/")).await.expect("an answer");
            assert!(page.contains("</html>"), "after {number}");
        }
    }
    process.register(WORKSHOP, ADA).await;
    assert!(process.get("/courriels").await.contains(ADA), "the database has files, too");
    assert!(!process.logs().contains("no connection can be accepted"), "there was room: {}", process.logs());
    drop(silent);
    assert!(process.terminate().await);
}

/// So few that not even those kept for the database are enough: accepting fails, rests, and closes what is idle.
#[tokio::test]
async fn connections_that_cannot_be_accepted_for_want_of_files_are_accepted_later() {
    if postgres().is_some() {
        return; // Its connections are files too, and leave none.
    }
    let process = Process::demo_with_open_files(40).await;
    let address = process.base.strip_prefix("http://").unwrap().to_owned();
    let mut silent = Vec::new();
    for _ in 0..150 {
        silent.push(TcpStream::connect(&address).await.unwrap());
    }
    for _ in 0..3 {
        let page = tokio::time::timeout(Duration::from_secs(10), process.get("/")).await.expect("an answer");
        assert!(page.contains("</html>"));
    }
    assert!(process.logs().matches("no connection can be accepted").count() < 100, "no spinning");
}

#[tokio::test]
async fn a_request_names_one_host_and_says_once_how_long_it_is() {
    let app = TestApp::start().await;
    let address = app.address.to_string();
    let host = format!("Host: {address}\r\n");
    let (chunked, length) = ("Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\n");
    for head in [
        "GET / HTTP/1.1\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\n{host}{host}"),
        format!("GET / HTTP/1.1\r\n{host}Host: mechant.fr\r\n"),
        "GET / HTTP/1.1\r\nHost:\r\n".to_owned(),
        format!("GET /calendrier.ics HTTP/1.1\r\n{host}{host}"),
        format!("POST /connexion HTTP/1.1\r\n{host}{chunked}{length}"),
        format!("POST /connexion HTTP/1.1\r\n{host}{length}{chunked}"),
        format!("POST /connexion HTTP/1.1\r\n{host}{length}Content-Length: 6\r\n"),
    ] {
        let answer = exchange(&address, &format!("{head}\r\n0\r\n\r\n")).await;
        assert_eq!(status(&answer), "HTTP/1.1 400 Bad Request", "{head}");
    }
    let fine = exchange(&address, &format!("GET /healthz HTTP/1.1\r\n{host}Connection: close\r\n\r\n")).await;
    assert_eq!(status(&fine), "HTTP/1.1 200 OK");
    let old = exchange(&address, "GET /healthz HTTP/1.0\r\n\r\n").await;
    assert_eq!(status(&old), "HTTP/1.0 200 OK", "a host is asked for since HTTP/1.1");
}

/// Split heads are put together before they are looked at.
#[tokio::test]
async fn a_length_told_twice_is_found_in_a_head_that_comes_in_pieces() {
    let app = TestApp::start().await;
    let mut connection = TcpStream::connect(app.address).await.unwrap();
    connection.set_nodelay(true).unwrap();
    let head =
        "POST /connexion HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n";
    for piece in head.as_bytes().chunks(7) {
        connection.write_all(piece).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert_eq!(status(&answer), "HTTP/1.1 400 Bad Request");
}

#[tokio::test]
async fn an_address_that_is_far_too_long_is_refused_unread() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let list = "x:confirmer,".repeat(5_000);
    let answer = visitor.get(&format!("/parcours/inscription/recue?resultats={list}")).await;
    assert_eq!(answer.status, 414);
    assert!(answer.body.contains("trop longue"));
    let long = format!("/organisation?q={}", "x".repeat(7_000));
    let answer = visitor.get(&long).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/connexion?vers=/mon-parcours"));
}

#[tokio::test]
async fn whoever_signs_in_with_a_broken_way_back_is_signed_in_and_lands_somewhere() {
    let app = TestApp::start().await;
    app.visitor().register(WORKSHOP, ADA).await;
    for vers in ["/\0", "/\x7f", "/\x01", "/é", "/a\r\nset-cookie: a=b", "/\t/mechant.fr", "//mechant.fr"] {
        let ada = app.visitor();
        let asked = ada.post("/connexion", &[("email", ADA), ("vers", vers)]).await;
        assert_eq!((asked.status.as_u16(), asked.location()), (303, "/connexion/envoyee"), "{vers:?}");
        let link = app.link(ADA, "sign_in").await;
        let entered = ada.post(link.split('?').next().unwrap(), &[("vers", vers)]).await;
        assert_eq!((entered.status.as_u16(), entered.location()), (303, "/mon-parcours"), "{vers:?}");
        assert_eq!(ada.get("/mon-parcours").await.status, 200, "{vers:?}");
        let back = ada.get(&format!("/connexion?vers={}", kernel::percent::encode(vers))).await;
        assert_eq!((back.status.as_u16(), back.location()), (303, "/mon-parcours"), "{vers:?}");
        app.advance(1);
    }
}

#[tokio::test]
async fn a_proxy_that_nobody_trusts_is_warned_of_once() {
    let process = Process::demo().await;
    let client = reqwest::Client::new();
    let warnings = || process.logs().matches("PARCOURS_TRUSTED_PROXIES is empty").count();
    for _ in 0..60 {
        let request = client.get(format!("{}/healthz", process.base)).header("x-forwarded-for", "192.0.2.7");
        assert!(request.send().await.unwrap().status().is_success());
    }
    until(async || if warnings() == 0 { Err(()) } else { Ok(()) }).await;
    assert_eq!(warnings(), 1);
}

#[tokio::test]
async fn a_password_for_the_mail_server_that_travels_in_clear_is_warned_of_at_the_start() {
    let arguments = ["serve", "--smtp-url", "smtp://ada:secret@127.0.0.1:1"].map(str::to_owned).to_vec();
    let process = Process::start(TestDatabase::create().await, arguments).await;
    until(async || if process.logs().contains("AUTH over smtp://") { Ok(()) } else { Err(process.logs()) }).await;
}

#[tokio::test]
async fn whoever_finds_a_weakness_is_told_whom_to_write_to() {
    let app = TestApp::start_with(|config| config.mail_reply_to = Some("Équipe <equipe@exemple.fr>".into())).await;
    let answer = app.visitor().get("/.well-known/security.txt").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["content-type"]),
        (200, &"text/plain; charset=utf-8".parse().unwrap())
    );
    let field = |name: &str| answer.body.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    assert_eq!(field("Contact: "), "mailto:equipe@exemple.fr");
    assert_eq!(field("Preferred-Languages: "), "fr, en");
    assert_eq!(field("Canonical: "), format!("{}/.well-known/security.txt", app.app.config.base_url));
    let expires: jiff::Timestamp = field("Expires: ").parse().unwrap();
    let now: jiff::Timestamp = app.app.clock.now().to_string().parse().unwrap();
    let days = expires.duration_since(now).as_hours() / 24;
    assert!((1..365).contains(&days), "{days}");

    let set = TestApp::start_with(|config| config.security_contact = Some("https://exemple.fr/securite".into())).await;
    let answer = set.visitor().get("/.well-known/security.txt").await;
    assert!(answer.body.contains("Contact: https://exemple.fr/securite\n"));
}
