//! The pages that everybody opens, beside a handler that says hello: requests a second, and the server's CPU for each.
//!
//! `cargo bench --bench pages`; on PostgreSQL with `TEST_DATABASE_URL=postgres://…`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that fails stops; its result is printed")]

mod hello;
mod measured;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use measured::{Server, cpu_of, engine, scratch_database};

/// Browsers that ask at once, each over one connection.
const BROWSERS: usize = 16;
/// How long each address is asked.
const LENGTH: Duration = Duration::from_secs(4);
/// What is asked.
const PAGES: [&str; 3] = ["/", "/evenements/atelier-2-indicateurs", "/evenements/atelier-2-indicateurs/inscription"];

#[tokio::main]
async fn main() {
    if hello::serve_if_asked().await {
        return;
    }
    let hello = hello::Hello::start();
    let database = scratch_database().await;
    let server = Server::demo(&database, &[]).await;
    server.wait_until_idle().await;
    println!("pages, {}", engine());
    let least = measure(&hello.base, "/", hello.pid()).await;
    println!("  {:<48} {:>7.0} /s {:>7.1} µs of CPU each", "hello", least.rate, least.micros);
    for page in PAGES {
        let cost = measure(&server.base, page, server.pid()).await;
        let ratio = cost.micros / least.micros;
        println!("  {page:<48} {:>7.0} /s {:>7.1} µs of CPU each, {ratio:.1} × hello", cost.rate, cost.micros);
    }
}

/// What a request costs.
struct Cost {
    rate: f64,
    micros: f64,
}

async fn measure(base: &str, path: &str, pid: u32) -> Cost {
    let url = format!("{base}{path}");
    ask(&url, Duration::from_millis(300)).await;
    let (cpu, started) = (cpu_of(pid), Instant::now());
    let answers = ask(&url, LENGTH).await;
    let (cpu, elapsed) = (cpu_of(pid) - cpu, started.elapsed());
    let answers = f64::from(answers);
    Cost { rate: answers / elapsed.as_secs_f64(), micros: cpu.as_secs_f64() * 1e6 / answers }
}

/// Asks for as long as this, and counts the answers.
async fn ask(url: &str, length: Duration) -> u32 {
    let deadline = Instant::now() + length;
    let browsers = (0..BROWSERS).map(|_| async {
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(1).build().unwrap();
        let mut answers = 0;
        while Instant::now() < deadline {
            let answer = client.get(url).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            answer.bytes().await.unwrap();
            answers += 1;
        }
        answers
    });
    join_all(browsers).await.into_iter().sum()
}
