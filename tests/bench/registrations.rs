//! 300 people ask for 60 seats at once, over HTTP, against the real program; beside it, raw commits of one row on the
//! same engine. Prints registrations a second and CPU per registration, and both as ratios to the raw commits.
//!
//! `cargo bench --bench registrations`; on PostgreSQL with `TEST_DATABASE_URL=postgres://…`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that fails stops; its result is printed")]

mod measured;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use measured::{Server, engine, scratch_database};
use parcours::db::Db;

/// People in one race.
const PEOPLE: usize = 300;

/// Workshops that are raced for, one after another.
const WORKSHOPS: [&str; 4] = [
    "atelier-1-role-de-l-acheteur",
    "atelier-2-indicateurs",
    "atelier-3-transition-du-territoire",
    "atelier-4-foire-aux-questions",
];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let raw = raw_commits(WORKSHOPS.len() * PEOPLE).await;
    let database = scratch_database().await;
    let server = Server::demo(&database, &["--rate-per-network", "1000000", "--rate-per-email", "1000"]).await;
    let cpu = server.cpu();
    let started = Instant::now();
    for workshop in WORKSHOPS {
        race(&server, workshop).await;
    }
    let elapsed = started.elapsed();
    // Letters are rendered behind the answers; they are part of what a registration costs.
    server.wait_until_idle().await;
    let people = u32::try_from(WORKSHOPS.len() * PEOPLE).unwrap();
    let cost = (server.cpu() - cpu) / people;
    let rate = f64::from(people) / elapsed.as_secs_f64();
    println!("300 people for 60 seats, four times, {}", engine());
    println!("  registrations     {rate:>8.0} /s   {:>6.2} ms of CPU each (letters included)", millis(cost));
    println!("  raw commits       {:>8.0} /s   {:>6.2} ms of CPU each", raw.rate, millis(raw.cpu));
    println!("  ratio             {:>8.2}      {:>6.1}", rate / raw.rate, millis(cost) / millis(raw.cpu));
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

async fn race(server: &Server, workshop: &str) {
    let url = format!("{}/evenements/{workshop}/inscription", server.base);
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let asking = (0..PEOPLE).map(|number| {
        let email = format!("{workshop}-{number}@exemple.fr");
        let fields = [("name", "Ada"), ("email", email.as_str()), ("organisation", "Ville"), ("buyer", "oui")];
        let request = client.post(&url).form(&fields);
        async move { assert_eq!(request.send().await.unwrap().status(), 303) }
    });
    join_all(asking).await;
    let page = client.get(format!("{}/evenements/{workshop}", server.base)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("240 personnes en liste d’attente"), "sixty seats and no more");
}

/// What one durable commit of one row costs.
struct Raw {
    rate: f64,
    cpu: Duration,
}

async fn raw_commits(count: usize) -> Raw {
    let database = scratch_database().await;
    let db = Db::open(&database.url, 16).await.unwrap();
    db.migrate().await.unwrap();
    let cpu = measured::cpu_of(std::process::id());
    let started = Instant::now();
    let writing = (0..count).map(|number| {
        let db = db.clone();
        async move {
            let mut tx = db.write().await.unwrap();
            parcours::on!(&mut tx, |conn| sqlx::query("insert into setting (name, value) values ($1, 'a row')")
                .bind(format!("row {number}"))
                .execute(conn)
                .await
                .map(drop))
            .unwrap();
            tx.commit().await.unwrap();
        }
    });
    join_all(writing).await;
    let people = u32::try_from(count).unwrap();
    let elapsed = started.elapsed();
    Raw { rate: f64::from(people) / elapsed.as_secs_f64(), cpu: (measured::cpu_of(std::process::id()) - cpu) / people }
}
