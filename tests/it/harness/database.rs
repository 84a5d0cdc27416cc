//! A fresh database for each test.

use db::Db;
use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::OnceCell;

/// The database on the PostgreSQL server from which those with a schema are copied.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// An SQLite file in a folder of its own, or a PostgreSQL database.
pub struct TestDatabase {
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

/// The PostgreSQL server of this run, if it has one.
#[expect(clippy::disallowed_methods, reason = "how the tests are told which engine to use")]
pub fn postgres() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok()
}

impl TestDatabase {
    /// A database that is somewhere already, and stays there.
    pub fn at(url: String) -> Self {
        Self { url, _folder: None }
    }

    /// An empty database, as an operator's at the first start.
    pub async fn create() -> Self {
        match postgres() {
            None => Self::file(),
            Some(server) => Self { url: create(&server, "template1").await, _folder: None },
        }
    }

    /// A database with the schema of this version. On PostgreSQL applying the migrations takes longer than most tests:
    /// they are applied once, and the result is copied.
    pub async fn migrated() -> Self {
        let Some(server) = postgres() else {
            return Self::file();
        };
        let template = TEMPLATE.get_or_init(|| async {
            let url = create(&server, "template1").await;
            Db::open(&url, 1).await.unwrap().close().await;
            url.rsplit_once('/').unwrap().1.to_owned()
        });
        Self { url: create(&server, template.await).await, _folder: None }
    }

    fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/parcours.db", folder.path().display());
        Self { url, _folder: Some(folder) }
    }
}

/// Creates a database on the server, a copy of `template`; its URL.
async fn create(server: &str, template: &str) -> String {
    let name = format!("test_{}", uuid::Uuid::new_v4().simple());
    let mut connection = PgConnection::connect(server).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("create database {name} template {template}"));
    connection.execute(sqlx::raw_sql(create)).await.unwrap();
    connection.close().await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}
