//! Everybody at once at the program itself, over HTTP: at two processes on PostgreSQL, at one on SQLite; and one that is
//! killed meanwhile. What was answered is stored, and each letter is there once.

use std::collections::{BTreeMap, BTreeSet};

use db::dispatch;
use db::{Db, ReadConn};
use domain::programme::{self, Slug};
use domain::registrations::{self, Registration, RegistrationStatus};
use futures_util::future::{join, join_all};
use kernel::key::LinkKey;
use reqwest::{Client, redirect};

use crate::harness::process::{Process, SECRET, request_links};
use crate::harness::{WORKSHOP, postgres, until};

/// People who act while the program is killed; it dies when about half have their answer.
const PEOPLE: usize = 120;

fn client() -> Client {
    Client::builder().redirect(redirect::Policy::none()).build().unwrap()
}

fn email(number: usize) -> String {
    format!("p{number}@exemple.fr")
}

/// Asks for a seat; whether there was an answer.
async fn ask(client: &Client, base: &str, number: usize) -> bool {
    let (url, email) = (format!("{base}/evenements/{WORKSHOP}/inscription"), email(number));
    let fields = [("name", "P"), ("email", &email), ("organisation", "Ville"), ("buyer", "oui")];
    client.post(url).form(&fields).send().await.is_ok_and(|answer| answer.status() == 303)
}

/// Presses the button of a request; whether there was an answer.
async fn press(client: &Client, base: &str, path: &str) -> bool {
    let sent = client.post(format!("{base}{path}")).form(&[("", "")]).send().await;
    sent.is_ok_and(|answer| answer.status() == 303)
}

/// Everybody registered for the workshop.
async fn all(tx: &mut ReadConn) -> Vec<Registration> {
    let event = programme::event(tx, &Slug::parse(WORKSHOP).unwrap()).await.unwrap().unwrap().id;
    registrations::of_event(tx, event).await.unwrap()
}

/// The kinds of letters that each address is owed.
async fn letters(db: &Db) -> BTreeMap<String, Vec<String>> {
    let mut conn = db.read().await.unwrap();
    let rows: Vec<(String, String)> =
        dispatch!(&mut conn, |conn| sqlx::query_as("select recipient, kind from letter order by kind")
            .fetch_all(conn)
            .await)
        .unwrap();
    let mut owed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (person, kind) in rows {
        owed.entry(person).or_default().push(kind);
    }
    owed
}

/// Waits until each of these requests has its letter.
async fn letters_are_written(db: &Db, requests: usize) {
    until(async || {
        let written = letters(db).await.into_values().flatten().filter(|kind| kind == "please-confirm").count();
        if written == requests { Ok(()) } else { Err(written) }
    })
    .await;
}

/// Checks the sixty seats, the waiting list and the letters of so many people who have all pressed their button.
async fn everybody_is_there_once(db: &Db, people: usize) {
    let stored = all(&mut db.snapshot().await.unwrap()).await;
    assert_eq!(stored.len(), people);
    assert_eq!(stored.iter().map(|one| &one.email).collect::<BTreeSet<_>>().len(), people);
    let with = |status| stored.iter().filter(move |one| one.status == status).count();
    assert_eq!((with(RegistrationStatus::Confirmed), with(RegistrationStatus::Waiting)), (60, people - 60));
    let owed = letters(db).await;
    for one in &stored {
        let expected = if one.status == RegistrationStatus::Confirmed { "confirmed" } else { "waiting" };
        let kinds = owed[one.email.as_str()].iter().filter(|kind| *kind != "please-confirm");
        assert_eq!(kinds.collect::<Vec<_>>(), [expected], "one letter, and the right one");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_people_at_the_processes_of_one_database_ask_in_one_order_and_press_in_another() {
    let mut processes = vec![Process::demo().await];
    if postgres().is_some() {
        processes.push(processes[0].beside().await);
    }
    let base = |number: usize| processes[number % processes.len()].base.as_str();
    let client = client();
    let answered = join_all((0..300).map(|number| ask(&client, base(number), number))).await;
    assert!(answered.into_iter().all(|answered| answered));

    let db = Db::open(&processes[0].database.url, 2).await.unwrap();
    let mut links = request_links(&db, &LinkKey::new(SECRET)).await;
    assert_eq!(links.len(), 300);
    assert!(all(&mut db.snapshot().await.unwrap()).await.is_empty(), "nothing counts before it is proved");
    letters_are_written(&db, 300).await;
    // By a number that has nothing to do with who came first.
    links.sort_by_key(|(_, path)| path.clone());
    let pressing = links.iter().enumerate().map(|(number, (_, path))| press(&client, base(number + 1), path));
    assert!(join_all(pressing).await.into_iter().all(|answered| answered));
    everybody_is_there_once(&db, 300).await;
}

/// Everybody acts at once at these processes, of which the first is killed when half are answered; who was answered.
async fn killed_meanwhile(
    process: &mut Process,
    bases: &[String; 2],
    act: impl AsyncFn(&str, usize) -> bool,
) -> BTreeSet<usize> {
    let (answered, mut answers) = tokio::sync::mpsc::unbounded_channel();
    let (act, told) = (&act, &answered);
    let acting = (0..PEOPLE).map(|number| async move {
        if act(&bases[number % 2], number).await {
            let _ = told.send(number);
        }
    });
    let acting = async {
        join_all(acting).await;
    };
    let mut told = BTreeSet::new();
    let killing = async {
        while told.len() < PEOPLE / 2 {
            told.insert(answers.recv().await.expect("half of them are answered"));
        }
        process.kill().await;
    };
    join(acting, killing).await;
    drop(answered);
    while let Some(number) = answers.recv().await {
        told.insert(number);
    }
    told
}

/// The process, killed before, that serves from now on, and where the two of them are.
async fn back(process: Process, other: Option<&Process>) -> (Process, [String; 2]) {
    let process = process.start_again().await;
    let bases = [process.base.clone(), other.unwrap_or(&process).base.clone()];
    (process, bases)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_of_a_race_every_answer_holds_and_every_letter_is_owed_once() {
    let mut process = Process::demo().await;
    // On PostgreSQL another process stays, whom half of the people asked.
    let other = if postgres().is_some() { Some(process.beside().await) } else { None };
    let bases = [process.base.clone(), other.as_ref().unwrap_or(&process).base.clone()];
    let client = client();
    let told = killed_meanwhile(&mut process, &bases, async |base, number| ask(&client, base, number).await).await;

    let (mut process, bases) = back(process, other.as_ref()).await;
    let db = Db::open(&process.database.url, 2).await.unwrap();
    let key = LinkKey::new(SECRET);
    let stored: BTreeSet<String> = request_links(&db, &key).await.into_iter().map(|(email, _)| email).collect();
    for number in &told {
        assert!(stored.contains(&email(*number)), "{number} was told of a request that is not there");
    }
    // Who had no answer asks again, whether or not the first request was stored.
    let unanswered = (0..PEOPLE).filter(|number| !told.contains(number));
    let again = join_all(unanswered.map(|number| ask(&client, &bases[0], number))).await;
    assert!(again.into_iter().all(|answered| answered));
    let links = request_links(&db, &key).await;
    letters_are_written(&db, links.len()).await;

    // Now everybody presses the button of their last letter, and it is killed once more.
    let last: BTreeMap<String, String> = links.into_iter().collect();
    assert_eq!(last.len(), PEOPLE);
    let path = |number: usize| last[&email(number)].as_str();
    let told =
        killed_meanwhile(&mut process, &bases, async |base, number| press(&client, base, path(number)).await).await;
    let (_process, bases) = back(process, other.as_ref()).await;
    let stored = all(&mut db.snapshot().await.unwrap()).await;
    for number in &told {
        let email = email(*number);
        assert!(stored.iter().any(|one| one.email.as_str() == email), "{email} was told of a seat that is not there");
    }
    let again = (0..PEOPLE).map(|number| press(&client, &bases[number % 2], path(number)));
    assert!(join_all(again).await.into_iter().all(|answered| answered));
    everybody_is_there_once(&db, PEOPLE).await;
}
