//! The program is killed while people ask for seats: what was answered is stored, and each letter is there once.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use parcours::db::Db;
use parcours::on;
use parcours::programme::{self, Slug};
use parcours::registrations::{self, Seat};
use sqlx::types::Uuid;

use crate::harness::process::Process;
use crate::harness::{WORKSHOP, violations};

/// People who ask at once; the program dies when about half have their answer.
const PEOPLE: usize = 120;

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_of_a_race_every_answer_holds_and_every_letter_is_owed_once() {
    let mut process = Process::demo().await;
    let (answered, mut answers) = tokio::sync::mpsc::unbounded_channel();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let asking = (0..PEOPLE).map(|number| {
        let url = format!("{}/evenements/{WORKSHOP}/inscription", process.base);
        let (client, answered) = (client.clone(), answered.clone());
        async move {
            let email = format!("p{number}@exemple.fr");
            let fields = [("name", "P"), ("email", &email), ("organisation", "Ville"), ("buyer", "oui")];
            if client.post(url).form(&fields).send().await.is_ok_and(|answer| answer.status() == 303) {
                let _ = answered.send(email);
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
        while let Some(email) = answers.recv().await {
            told.push(email);
        }
    };
    futures_util::future::join(racing, killing).await;

    let process = process.start_again().await;
    let db = Db::open(&process.database.url, 2).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let event = programme::event(&mut tx, &Slug::parse(WORKSHOP).unwrap()).await.unwrap().unwrap().id;
    let all = registrations::of_event(&mut tx, event).await.unwrap();
    assert_eq!(violations(&all, 60, None), Vec::<String>::new());
    for email in &told {
        assert!(all.iter().any(|one| one.email.as_str() == email), "{email} was told of a seat that is not there");
    }
    let letters: Vec<(Uuid, String)> =
        on!(&mut tx, |conn| sqlx::query_as("select person_id, kind from letter").fetch_all(conn).await).unwrap();
    let mut owed: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    for (person, kind) in letters {
        owed.entry(person).or_default().push(kind);
    }
    assert_eq!(owed.len(), all.len(), "nobody is written to who has no registration");
    for one in &all {
        let expected = if one.seat == Seat::Held { "please-confirm" } else { "waiting" };
        assert_eq!(owed[&one.person_id.0], [expected], "one letter, and the right one");
    }
}
