//! 300 people ask for 60 seats at once, over HTTP, against the real program: each opens the form, sends it, reads the
//! answer; then each opens the letter's link, in another order than they asked in, presses its button, and reads where that
//! leads. Beside it raw commits of one row on the same engine, and a handler that says hello.
//!
//! `cargo bench --bench registrations`; on PostgreSQL with `TEST_DATABASE_URL=postgres://…`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that fails stops; its result is printed")]

mod hello;
mod measured;

use std::time::{Duration, Instant};

use db::Db;
use futures_util::future::join_all;
use kernel::id::ProofRequestId;
use kernel::key::{LinkKey, Purpose};
use measured::{Server, cpu_of, engine, scratch_database};
use reqwest::{Client, Response};

/// People in one race.
const PEOPLE: usize = 300;

/// The secret that the links of letters are made from.
const SECRET: &str = "a secret that only this measurement knows";

/// Workshops that are raced for, one after another.
const WORKSHOPS: [&str; 4] = [
    "atelier-1-role-de-l-acheteur",
    "atelier-2-indicateurs",
    "atelier-3-transition-du-territoire",
    "atelier-4-foire-aux-questions",
];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if hello::serve_if_asked().await {
        return;
    }
    let raw = raw_commits(WORKSHOPS.len() * PEOPLE).await;
    let hello = hello().await;
    let database = scratch_database().await;
    let unlimited = ["--rate-per-network", "1000000", "--rate-per-email", "1000", "--secret", SECRET];
    let server = Server::demo(&database, &unlimited).await;
    let db = Db::open(&database.url, 2).await.unwrap();
    server.wait_until_idle().await;
    let (mut asked_cpu, mut proved_cpu) = (Duration::ZERO, Duration::ZERO);
    let mut race = Race { base: server.base.clone(), client: client(), asking: vec![], confirming: vec![] };
    let (mut asking, mut confirming) = (Duration::ZERO, Duration::ZERO);
    for workshop in WORKSHOPS {
        let (started, cpu) = (Instant::now(), server.cpu());
        race.ask(workshop).await;
        asking += started.elapsed();
        // Letters are written within a second, and rendered behind the answers; they are part of what it costs, and are read
        // before a button is pressed.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        server.wait_until_idle().await;
        asked_cpu += server.cpu() - cpu;
        let links = links(&db, workshop).await;
        let (started, cpu) = (Instant::now(), server.cpu());
        race.confirm(&links).await;
        confirming += started.elapsed();
        server.wait_until_idle().await;
        proved_cpu += server.cpu() - cpu;
        race.check(workshop).await;
    }
    let people = u32::try_from(WORKSHOPS.len() * PEOPLE).unwrap();
    let (asked_cpu, proved_cpu) = (asked_cpu / people, proved_cpu / people);
    let cpu = asked_cpu + proved_cpu;
    println!("300 people for 60 seats, four times, {}", engine());
    let rate = f64::from(people) / asking.as_secs_f64();
    println!("  asked             {rate:>8.0} /s   the last had their answer after {}", last(&race.asking));
    let confirmed = f64::from(people) / confirming.as_secs_f64();
    println!("  proved            {confirmed:>8.0} /s   the last had their answer after {}", last(&race.confirming));
    println!("  a person                       {:>6.2} ms of CPU, six pages and the letters included", millis(cpu));
    println!("    asks                         {:>6.2} ms", millis(asked_cpu));
    println!("    proves                       {:>6.2} ms", millis(proved_cpu));
    println!("  raw commits       {:>8.0} /s   {:>6.2} ms of CPU each", raw.rate, millis(raw.cpu));
    println!("  hello             {:>8.0} /s   {:>6.2} ms of CPU each", hello.rate, millis(hello.cpu));
    let ratio = |cost: &Cost| millis(cpu) / millis(cost.cpu);
    println!("  a person is worth {:.1} raw commits, {:.0} hellos", ratio(&raw), ratio(&hello));
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn last(times: &[Duration]) -> String {
    format!("{:.0} ms", millis(times.iter().copied().max().unwrap()))
}

fn client() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

/// The people, and how long each waited.
struct Race {
    base: String,
    client: Client,
    asking: Vec<Duration>,
    confirming: Vec<Duration>,
}

impl Race {
    async fn open(&self, path: &str) {
        assert_eq!(self.client.get(format!("{}{path}", self.base)).send().await.unwrap().status(), 200);
    }

    /// Sends a form and reads the page it leads to.
    async fn send(&self, path: &str, fields: &[(&str, &str)]) {
        let answer: Response = self.client.post(format!("{}{path}", self.base)).form(fields).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        self.open(answer.headers()["location"].to_str().unwrap()).await;
    }

    async fn ask(&mut self, workshop: &str) {
        let path = format!("/evenements/{workshop}/inscription");
        let this = &*self;
        let asking = (0..PEOPLE).map(|number| {
            let (path, email) = (&path, format!("{workshop}-{number}@exemple.fr"));
            let organisation = format!("Ville {}", number % 40);
            async move {
                this.open(path).await;
                let fields = [("name", "Ada"), ("email", &*email), ("organisation", &*organisation), ("buyer", "oui")];
                let sent = Instant::now();
                this.send(path, &fields).await;
                sent.elapsed()
            }
        });
        let times = join_all(asking).await;
        self.asking.extend(times);
    }

    async fn confirm(&mut self, links: &[String]) {
        let this = &*self;
        let confirming = links.iter().map(|link| async move {
            this.open(link).await;
            let sent = Instant::now();
            this.send(link, &[("", "")]).await;
            sent.elapsed()
        });
        let times = join_all(confirming).await;
        self.confirming.extend(times);
    }

    async fn check(&self, workshop: &str) {
        let url = format!("{}/evenements/{workshop}", self.base);
        let page = self.client.get(url).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("240 personnes en liste d’attente"), "sixty seats and no more");
    }
}

/// The paths of the buttons that prove the requests for a workshop, by a number that has nothing to do with who came first.
async fn links(db: &Db, workshop: &str) -> Vec<String> {
    let key = LinkKey::new(SECRET);
    let ids: Vec<ProofRequestId> = db::dispatch!(&mut db.read().await.unwrap(), |conn| sqlx::query_scalar(
        "select proof_request_id from registration_request join event on event.id = registration_request.event_id
         where event.slug = $1"
    )
    .bind(workshop)
    .fetch_all(conn)
    .await)
    .unwrap();
    let path = |id: ProofRequestId| format!("/demandes/{}", key.token(Purpose::ProofRequest, id.0, 0).as_str());
    let mut links: Vec<_> = ids.into_iter().map(path).collect();
    links.sort_unstable();
    assert_eq!(links.len(), PEOPLE);
    links
}

/// What one thing costs.
struct Cost {
    rate: f64,
    cpu: Duration,
}

impl Cost {
    fn of(count: usize, elapsed: Duration, cpu: Duration) -> Self {
        let count = u32::try_from(count).unwrap();
        Self { rate: f64::from(count) / elapsed.as_secs_f64(), cpu: cpu / count }
    }
}

/// What saying hello costs, to as many at once.
async fn hello() -> Cost {
    const TURNS: usize = 20;
    let hello = hello::Hello::start();
    let client = client();
    let (cpu, started) = (cpu_of(hello.pid()), Instant::now());
    for _ in 0..TURNS {
        let asking = (0..PEOPLE).map(|_| client.get(format!("{}/", hello.base)).send());
        assert!(join_all(asking).await.into_iter().all(|answer| answer.unwrap().status() == 200));
    }
    Cost::of(TURNS * PEOPLE, started.elapsed(), cpu_of(hello.pid()) - cpu)
}

/// What one durable commit of one row costs.
async fn raw_commits(count: usize) -> Cost {
    let database = scratch_database().await;
    let db = Db::open(&database.url, 16).await.unwrap();
    let (cpu, started) = (cpu_of(std::process::id()), Instant::now());
    let writing = (0..count).map(|number| {
        let db = db.clone();
        async move {
            let mut tx = db.write().await.unwrap();
            db::dispatch!(&mut tx, |conn| sqlx::query("insert into setting (name, value) values ($1, 'a row')")
                .bind(format!("row {number}"))
                .execute(conn)
                .await
                .map(drop))
            .unwrap();
            tx.commit().await.unwrap();
        }
    });
    join_all(writing).await;
    Cost::of(count, started.elapsed(), cpu_of(std::process::id()) - cpu)
}
