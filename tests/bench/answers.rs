//! Whether the time of an answer tells whose address is known: a stranger sends the form of the sign-in page and that of a
//! workshop over HTTP, 1,000 times with addresses that are known and 1,000 times with others, interleaved. The figure is the area
//! under the ROC curve (AUC): 0.5 when time tells nothing, 1 when a single try does.
//!
//! `cargo bench --bench answers`; on PostgreSQL with `TEST_DATABASE_URL=postgres://…`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that fails stops; its result is printed")]

mod measured;

use std::time::{Duration, Instant};

use db::Db;
use kernel::id::ProofRequestId;
use kernel::key::{LinkKey, Purpose};
use measured::{Server, engine, scratch_database};
use reqwest::Client;

/// Tries with known addresses, and as many with others.
const TRIES: usize = 1_000;

/// People who are known; each is tried several times.
const KNOWN: usize = 50;

/// The secret that the links of letters are made from.
const SECRET: &str = "a secret that only this measurement knows";

const WORKSHOP: &str = "/evenements/atelier-2-indicateurs/inscription";

/// An address that is known, or is not.
fn address(is_known: bool, number: usize) -> String {
    if is_known { format!("p{:04}@exemple.fr", number % KNOWN) } else { format!("q{number:04}@exemple.fr") }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let database = scratch_database().await;
    let unlimited = ["--rate-per-network", "1000000", "--rate-per-email", "1000000", "--secret", SECRET];
    let more = ["--unproved-letters-per-hour", "1000000"];
    let server = Server::demo(&database, &[&unlimited[..], &more[..]].concat()).await;
    let visitor = Visitor { base: server.base.clone(), client: client() };
    for number in 0..KNOWN {
        visitor.send(WORKSHOP, &address(true, number)).await;
    }
    for path in links(&Db::open(&database.url, 2).await.unwrap()).await {
        visitor.post(&path, &[("", "")]).await;
    }
    server.wait_until_idle().await;
    println!("known against unknown addresses, {TRIES} tries each, {}", engine());
    for path in ["/connexion", WORKSHOP] {
        let (mut known, mut unknown) = (Vec::with_capacity(TRIES), Vec::with_capacity(TRIES));
        for number in 0..2 * TRIES {
            // Which comes first changes, so that nothing else of the pair's place tells them apart.
            let is_known = (number % 2 == 0) == (number / 2 % 2 == 0);
            let time = visitor.send(path, &address(is_known, number)).await;
            if is_known { known.push(time) } else { unknown.push(time) }
        }
        println!("  {path:<48} AUC {:.3}   median {} and {}", auc(&known, &unknown), median(&known), median(&unknown));
    }
}

struct Visitor {
    base: String,
    client: Client,
}

impl Visitor {
    /// Sends a form with an address; how long the answer took.
    async fn send(&self, path: &str, email: &str) -> Duration {
        self.post(path, &[("name", "Ada"), ("email", email), ("organisation", "Ville"), ("buyer", "oui")]).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Duration {
        let request = self.client.post(format!("{}{path}", self.base)).form(fields);
        let sent = Instant::now();
        let answer = request.send().await.unwrap();
        let time = sent.elapsed();
        assert_eq!(answer.status(), 303);
        time
    }
}

fn client() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

/// The paths of the buttons of all requests.
async fn links(db: &Db) -> Vec<String> {
    let key = LinkKey::new(SECRET);
    let ids: Vec<ProofRequestId> =
        db::dispatch!(&mut db.read().await.unwrap(), |conn| sqlx::query_scalar("select id from proof_request")
            .fetch_all(conn)
            .await)
        .unwrap();
    ids.into_iter().map(|id| format!("/demandes/{}", key.token(Purpose::ProofRequest, id.0, 0).as_str())).collect()
}

/// How often an answer about a known address takes longer than one about another, ties counted half; at least one half.
fn auc(known: &[Duration], unknown: &[Duration]) -> f64 {
    let mut longer = 0.0;
    for one in known {
        for other in unknown {
            longer += match one.cmp(other) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    let pairs = f64::from(u32::try_from(known.len() * unknown.len()).unwrap());
    let auc: f64 = longer / pairs;
    auc.max(1.0 - auc)
}

fn median(times: &[Duration]) -> String {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    format!("{:.2} ms", sorted[sorted.len() / 2].as_secs_f64() * 1000.0)
}
