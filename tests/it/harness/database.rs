//! A fresh database for each test, dropped afterwards.

use sqlx::{Connection, Executor, PgConnection};

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

    pub async fn create() -> Self {
        let Some(server) = postgres() else {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite://{}/parcours.db", folder.path().display());
            return Self { url, _folder: Some(folder) };
        };
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        let mut connection = PgConnection::connect(&server).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("create database {name}"));
        connection.execute(sqlx::raw_sql(create)).await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        Self { url: format!("{base}/{name}"), _folder: None }
    }
}
