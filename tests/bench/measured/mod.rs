//! What every benchmark stands on: the real program as a process, its CPU time, and a database of its own.

use std::process::Stdio;
use std::time::Duration;

use sqlx::{Connection, Executor, PgConnection};
use tokio::process::{Child, Command};

/// A database that is forgotten after the measurement.
pub struct Scratch {
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

#[expect(clippy::disallowed_methods, reason = "how a benchmark is told which engine to use")]
fn postgres() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok()
}

/// The engine that is measured.
pub fn engine() -> &'static str {
    if postgres().is_some() { "PostgreSQL" } else { "SQLite" }
}

/// A fresh database on that engine.
pub async fn scratch_database() -> Scratch {
    let Some(server) = postgres() else {
        let folder = tempfile::tempdir().unwrap();
        return Scratch { url: format!("sqlite://{}/parcours.db", folder.path().display()), _folder: Some(folder) };
    };
    let name = format!("bench_{}", uuid::Uuid::new_v4().simple());
    let mut connection = PgConnection::connect(&server).await.unwrap();
    connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(format!("create database {name}")))).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    Scratch { url: format!("{base}/{name}"), _folder: None }
}

/// User and system time of a process so far, from `/proc/PID/stat` (ticks of 10 ms on Linux).
pub fn cpu_of(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // The name in parentheses may hold blanks: count fields after it; utime and stime are the 12th and 13th.
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

/// The real program.
pub struct Server {
    pub base: String,
    child: Child,
}

impl Server {
    /// `parcours demo` on a free port.
    pub async fn demo(database: &Scratch, arguments: &[&str]) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let base = format!("http://127.0.0.1:{port}");
        let child = Command::new(env!("CARGO_BIN_EXE_parcours"))
            .args(["demo", "--empty"])
            .args(["--database-url", &database.url, "--base-url", &base, "--listen", &format!("127.0.0.1:{port}")])
            .args(["--log", "warn"])
            .args(arguments)
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let server = Self { base, child };
        while reqwest::get(format!("{}/readyz", server.base)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server
    }

    /// The program's process.
    pub fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// The program's CPU time so far.
    pub fn cpu(&self) -> Duration {
        cpu_of(self.pid())
    }

    /// Returns once the program has used next to no CPU for half a second.
    pub async fn wait_until_idle(&self) {
        let mut before = self.cpu();
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let now = self.cpu();
            if now - before <= Duration::from_millis(20) {
                return;
            }
            before = now;
        }
    }
}
