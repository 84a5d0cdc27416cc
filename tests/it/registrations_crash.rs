//! Everybody at once at the program itself, over HTTP: at two processes on PostgreSQL, at one on SQLite; and one that is
//! killed meanwhile. What was answered is stored, and each letter is there once.

use std::collections::BTreeMap;

use db::dispatch;
use db::{Db, ReadConn};
use domain::programme::{self, Slug};
use domain::registrations::{self, Registration, RegistrationStatus};
use futures_util::future::{join, join_all};
use kernel::key::{LinkKey, Purpose};
use reqwest::{Client, redirect};
use sqlx::types::Uuid;

use crate::harness::process::{Process, SECRET};
use crate::harness::{WORKSHOP, postgres, violations};

/// People who ask while the program is killed; it dies when about half have their answer.
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

/// Everything requested for the workshop.
async fn all(tx: &mut ReadConn) -> Vec<Registration> {
    let event = programme::event(tx, &Slug::parse(WORKSHOP).unwrap()).await.unwrap().unwrap().id;
    registrations::of_event(tx, event).await.unwrap()
}

/// The kinds of letters that each person is owed.
async fn letters(tx: &mut ReadConn) -> BTreeMap<Uuid, Vec<String>> {
    let rows: Vec<(Uuid, String)> =
        dispatch!(tx, |conn| sqlx::query_as("select person_id, kind from letter order by created_at, id")
            .fetch_all(conn)
            .await)
        .unwrap();
    let mut owed: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    for (person, kind) in rows {
        owed.entry(person).or_default().push(kind);
    }
    owed
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_people_at_the_processes_of_one_database_get_sixty_seats_and_confirm_them() {
    let mut processes = vec![Process::demo().await];
    if postgres().is_some() {
        processes.push(processes[0].beside().await);
    }
    let base = |number: usize| processes[number % processes.len()].base.as_str();
    let client = client();
    let answered = join_all((0..300).map(|number| ask(&client, base(number), number))).await;
    assert!(answered.into_iter().all(|answered| answered));

    let db = Db::open(&processes[0].database.url, 2).await.unwrap();
    let mut tx = db.snapshot().await.unwrap();
    let asked = all(&mut tx).await;
    assert_eq!(violations(&asked, 60, None), Vec::<String>::new());
    let key = LinkKey::new(SECRET);
    let held = asked.iter().filter(|one| one.status == RegistrationStatus::Held);
    let confirming = held.enumerate().map(|(number, one)| {
        let link = key.token(Purpose::Registration, one.id.0, 0);
        let url = format!("{}/inscriptions/{}/confirmer", base(number + 1), link.as_str());
        let client = &client;
        async move { assert_eq!(client.post(url).send().await.unwrap().status(), 303) }
    });
    assert_eq!(join_all(confirming).await.len(), 60);

    drop(tx);
    let mut tx = db.snapshot().await.unwrap();
    let confirmed = all(&mut tx).await;
    assert_eq!(violations(&confirmed, 60, None), Vec::<String>::new());
    assert_eq!(confirmed.iter().filter(|one| one.status == RegistrationStatus::Confirmed).count(), 60);
    assert_eq!(confirmed.iter().filter(|one| one.status == RegistrationStatus::Waiting).count(), 240);
    let owed = letters(&mut tx).await;
    for one in &confirmed {
        let expected: &[&str] =
            if one.status == RegistrationStatus::Confirmed { &["please-confirm", "confirmed"] } else { &["waiting"] };
        assert_eq!(owed[&one.person_id.0], expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_of_a_race_every_answer_holds_and_every_letter_is_owed_once() {
    let mut process = Process::demo().await;
    // On PostgreSQL another process stays, whom half of the people asked.
    let other = if postgres().is_some() { Some(process.beside().await) } else { None };
    let bases = [process.base.clone(), other.as_ref().unwrap_or(&process).base.clone()];
    let (answered, mut answers) = tokio::sync::mpsc::unbounded_channel();
    let client = client();
    let asking = (0..PEOPLE).map(|number| {
        let (client, base, answered) = (&client, &bases[number % 2], answered.clone());
        async move {
            if ask(client, base, number).await {
                let _ = answered.send(number);
            }
        }
    });
    let racing = join_all(asking);
    drop(answered);
    let mut told = Vec::new();
    let killing = async {
        while told.len() < PEOPLE / 2 {
            told.push(answers.recv().await.expect("half of them are answered"));
        }
        process.kill().await;
        while let Some(number) = answers.recv().await {
            told.push(number);
        }
    };
    join(racing, killing).await;

    let process = match other {
        Some(other) => other,
        None => process.start_again().await,
    };
    let db = Db::open(&process.database.url, 2).await.unwrap();
    let mut tx = db.snapshot().await.unwrap();
    let stored = all(&mut tx).await;
    assert_eq!(violations(&stored, 60, None), Vec::<String>::new());
    for number in &told {
        let email = email(*number);
        assert!(stored.iter().any(|one| one.email.as_str() == email), "{email} was told of a seat that is not there");
    }
    // Who had no answer asks again, whether or not the first request was stored.
    let unanswered = (0..PEOPLE).filter(|number| !told.contains(number));
    let again = join_all(unanswered.map(|number| ask(&client, &process.base, number))).await;
    assert!(again.into_iter().all(|answered| answered));
    drop(tx);
    let mut tx = db.snapshot().await.unwrap();
    let stored = all(&mut tx).await;
    assert_eq!(stored.len(), PEOPLE);
    assert_eq!(violations(&stored, 60, None), Vec::<String>::new());
    let owed = letters(&mut tx).await;
    assert_eq!(owed.len(), PEOPLE, "nobody is written to who has no registration");
    for one in &stored {
        let expected = if one.status == RegistrationStatus::Held { "please-confirm" } else { "waiting" };
        let mut owed = owed[&one.person_id.0].clone();
        // Who asked again of a request that was stored is told again how things are.
        owed.dedup();
        assert_eq!(owed, [expected], "one kind of letter, and the right one");
    }
}
