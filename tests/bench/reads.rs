//! The pages that everybody opens, and the feeds as calendar apps poll them, beside a handler that says hello: requests
//! a second, and the server's CPU for each. Feeds: 200 with and without compression, 304, one event.
//!
//! `cargo bench --bench reads`; on PostgreSQL with `TEST_DATABASE_URL=postgres://…`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that fails stops; its result is printed")]

mod hello;
mod measured;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use measured::{Server, cpu_of, engine, scratch_database};
use reqwest::header::{ACCEPT_ENCODING, ETAG, HeaderMap, IF_NONE_MATCH};

/// Pages that are asked for.
const PAGES: [&str; 3] = ["/", "/evenements/atelier-2-indicateurs", "/evenements/atelier-2-indicateurs/inscription"];
/// Apps that poll at once, each over one connection.
const APPS: usize = 16;
/// How long each kind of poll is measured.
const LENGTH: Duration = Duration::from_secs(4);

#[tokio::main]
async fn main() {
    if hello::serve_if_asked().await {
        return;
    }
    let hello = hello::Hello::start();
    let database = scratch_database().await;
    let server = Server::demo(&database, &[]).await;
    server.wait_until_idle().await;
    println!("pages and feeds, {}", engine());
    let least = measure(&format!("{}/", hello.base), hello.pid(), HeaderMap::new(), 200).await;
    println!("  {:<48} {:>7.0} /s {:>7.1} µs of CPU each", "hello", least.rate, least.micros);
    for page in PAGES {
        let cost = measure(&format!("{}{page}", server.base), server.pid(), HeaderMap::new(), 200).await;
        cost.print(page, &least);
    }
    for path in ["/calendrier.ics", "/evenements/atelier-2-indicateurs.ics"] {
        let url = format!("{}{path}", server.base);
        let tag = reqwest::get(&url).await.unwrap().headers()[ETAG].clone();
        let with = |name, value| HeaderMap::from_iter([(name, value)]);
        let polls = [
            ("304", with(IF_NONE_MATCH, tag), 304),
            ("200", HeaderMap::new(), 200),
            ("200, gzip", with(ACCEPT_ENCODING, "gzip".parse().unwrap()), 200),
        ];
        for (name, headers, status) in polls {
            let cost = measure(&url, server.pid(), headers, status).await;
            cost.print(&format!("{} {name}", path.rsplit('/').next().unwrap()), &least);
        }
    }
}

/// What a request costs.
struct Cost {
    rate: f64,
    micros: f64,
}

impl Cost {
    fn print(&self, what: &str, least: &Self) {
        let ratio = self.micros / least.micros;
        println!("  {what:<48} {:>7.0} /s {:>7.1} µs of CPU each, {ratio:.1} × hello", self.rate, self.micros);
    }
}

async fn measure(url: &str, pid: u32, headers: HeaderMap, status: u16) -> Cost {
    poll(url, &headers, status, Duration::from_millis(300)).await;
    let (cpu, started) = (cpu_of(pid), Instant::now());
    let answers = poll(url, &headers, status, LENGTH).await;
    let (cpu, elapsed) = (cpu_of(pid) - cpu, started.elapsed());
    let answers = f64::from(answers);
    Cost { rate: answers / elapsed.as_secs_f64(), micros: cpu.as_secs_f64() * 1e6 / answers }
}

/// Polls for as long as this, and counts the answers.
async fn poll(url: &str, headers: &HeaderMap, status: u16, length: Duration) -> u32 {
    let deadline = Instant::now() + length;
    let apps = (0..APPS).map(|_| async {
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(1).build().unwrap();
        let mut answers = 0;
        while Instant::now() < deadline {
            let answer = client.get(url).headers(headers.clone()).send().await.unwrap();
            assert_eq!(answer.status(), status);
            answer.bytes().await.unwrap();
            answers += 1;
        }
        answers
    });
    join_all(apps).await.into_iter().sum()
}
