//! The real binary as a process of its own, on a free port with a database of its own.

use std::process::{Output, Stdio};
use std::sync::Arc;

use db::{Db, dispatch};
use kernel::id::ProofRequestId;
use kernel::key::{LinkKey, Purpose};
use tokio::process::{Child, Command};

use super::{TestDatabase, until};

/// What links in letters are made from.
pub const SECRET: &str = "a secret of the tests";

/// A running `parcours`.
pub struct Process {
    pub base: String,
    pub database: Arc<TestDatabase>,
    arguments: Vec<String>,
    child: Child,
    logs: tempfile::NamedTempFile,
}

/// Every request whose address is to be proved, oldest first: the address, and the path of its button.
pub async fn request_links(db: &Db, key: &LinkKey) -> Vec<(String, String)> {
    let mut conn = db.read().await.unwrap();
    let rows: Vec<(ProofRequestId, String)> = dispatch!(&mut conn, |conn| sqlx::query_as(
        "select id, email from proof_request where purpose = 'registration' order by created_at, id"
    )
    .fetch_all(conn)
    .await)
    .unwrap();
    let path = |id: ProofRequestId| format!("/demandes/{}", key.token(Purpose::ProofRequest, id.0, 0).as_str());
    rows.into_iter().map(|(id, email)| (email, path(id))).collect()
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Runs a command of the program on a database, to its end: whether it succeeded, and what it said.
pub async fn run(url: &str, arguments: &[&str]) -> (bool, String) {
    let command = Command::new(env!("CARGO_BIN_EXE_parcours"))
        .args(arguments)
        .args(["--database-url", url, "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let Output { status, stdout, stderr } = command.await.unwrap();
    (status.success(), [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat())
}

impl Process {
    /// `parcours demo` with a fresh database.
    pub async fn demo() -> Self {
        Self::start(TestDatabase::create().await, vec!["demo".into(), "--empty".into()]).await
    }

    /// The program with these arguments, on this database.
    pub async fn start(database: impl Into<Arc<TestDatabase>>, arguments: Vec<String>) -> Self {
        let process = Self::spawn(database, arguments);
        process.wait_until_ready().await;
        process
    }

    /// The same, as soon as its process exists.
    pub fn spawn(database: impl Into<Arc<TestDatabase>>, arguments: Vec<String>) -> Self {
        Self::spawn_as(Command::new(env!("CARGO_BIN_EXE_parcours")), database.into(), arguments)
    }

    /// `parcours demo` that may have so many files open.
    pub async fn demo_with_open_files(most: u32) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -n {most}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_parcours")]);
        let process =
            Self::spawn_as(command, TestDatabase::create().await.into(), vec!["demo".into(), "--empty".into()]);
        process.wait_until_ready().await;
        process
    }

    fn spawn_as(mut command: Command, database: Arc<TestDatabase>, arguments: Vec<String>) -> Self {
        let port = free_port();
        let base = format!("http://127.0.0.1:{port}");
        let logs = tempfile::NamedTempFile::new().unwrap();
        let child = command
            .args(&arguments)
            .args(["--database-url", &database.url, "--base-url", &base, "--listen", &format!("127.0.0.1:{port}")])
            .args(["--secret", SECRET])
            .stdout(Stdio::null())
            .stderr(std::fs::OpenOptions::new().append(true).create(true).open(logs.path()).unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self { base, database, arguments, child, logs }
    }

    async fn wait_until_ready(&self) {
        until(async || reqwest::get(format!("{}/readyz", self.base)).await).await;
    }

    /// The same again, on the same database.
    pub async fn start_again(self) -> Self {
        Self::start(self.database, self.arguments).await
    }

    /// One more beside it, on the same database.
    pub async fn beside(&self) -> Self {
        Self::start(Arc::clone(&self.database), self.arguments.clone()).await
    }

    /// What it has written to its log.
    pub fn logs(&self) -> String {
        std::fs::read_to_string(self.logs.path()).unwrap()
    }

    pub async fn get(&self, path: &str) -> String {
        reqwest::get(format!("{}{path}", self.base)).await.unwrap().text().await.unwrap()
    }

    /// Asks for a seat, and presses the letter's button.
    pub async fn register(&self, event: &str, email: &str) {
        let fields = [("name", "Ada"), ("email", email), ("organisation", "Ville"), ("buyer", "oui")];
        let url = format!("{}/evenements/{event}/inscription", self.base);
        let client = reqwest::Client::new();
        assert!(client.post(url).form(&fields).send().await.unwrap().status().is_success());
        let db = Db::open(&self.database.url, 1).await.unwrap();
        let links = request_links(&db, &LinkKey::new(SECRET)).await;
        let (_, link) = links.iter().rfind(|(to, _)| to == email).unwrap();
        assert!(
            client.post(format!("{}{link}", self.base)).form(&[("", "")]).send().await.unwrap().status().is_success()
        );
    }

    /// `kill -9`.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Sends a signal.
    pub async fn signal(&self, name: &str) {
        let pid = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().await.unwrap().success());
    }

    /// Waits for its end; whether it ended with success.
    pub async fn ended_well(&mut self) -> bool {
        self.child.wait().await.unwrap().success()
    }

    /// SIGTERM; whether it ended with success.
    pub async fn terminate(&mut self) -> bool {
        self.signal("TERM").await;
        self.ended_well().await
    }
}
