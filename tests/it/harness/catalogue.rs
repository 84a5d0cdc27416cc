//! What a database holds, read from its own catalogue: tables, columns, keys, and every row as text.

use std::collections::{BTreeMap, BTreeSet};

use db::sqlite_options;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, SqliteConnection};

/// The driver's own table, which every migration changes.
const OF_THE_DRIVER: &str = "_sqlx_migrations";

/// A column's name and its value as text.
pub type Row = BTreeMap<String, String>;

/// A table.
#[derive(Debug, Default)]
pub struct Table {
    pub key: Vec<String>,
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
}

/// A foreign key: table and columns, and what they refer to.
pub type ForeignKey = (String, String, String);

/// Everything in a database.
#[derive(Debug, Default)]
pub struct Contents {
    pub tables: BTreeMap<String, Table>,
    pub foreign_keys: BTreeSet<ForeignKey>,
    /// Rows that refer to missing rows.
    pub dangling: usize,
}

/// A bare connection, on which nothing was migrated.
pub enum Bare {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Bare {
    pub async fn open(url: &str) -> Self {
        if url.starts_with("postgres") {
            return Self::Postgres(PgConnection::connect(url).await.unwrap());
        }
        Self::Sqlite(sqlite_options(url).unwrap().foreign_keys(true).connect().await.unwrap())
    }

    pub async fn execute(&mut self, sql: &str) {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Sqlite(connection) => sql.execute(connection).await.map(drop).unwrap(),
            Self::Postgres(connection) => sql.execute(connection).await.map(drop).unwrap(),
        }
    }

    pub async fn close(self) {
        match self {
            Self::Sqlite(connection) => connection.close().await.unwrap(),
            Self::Postgres(connection) => connection.close().await.unwrap(),
        }
    }

    async fn texts(&mut self, sql: String) -> Vec<String> {
        let sql = AssertSqlSafe(sql);
        match self {
            Self::Sqlite(connection) => sqlx::query_scalar(sql).fetch_all(connection).await.unwrap(),
            // The same text asked for again after a migration has other columns.
            Self::Postgres(connection) => {
                sqlx::query_scalar(sql).persistent(false).fetch_all(connection).await.unwrap()
            }
        }
    }

    /// The tables of the program.
    pub async fn tables(&mut self) -> Vec<String> {
        let all = match self {
            Self::Sqlite(_) => "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
            Self::Postgres(_) => "select tablename::text from pg_tables where schemaname = 'public'",
        };
        let mut tables = self.texts(all.into()).await;
        tables.retain(|name| name != OF_THE_DRIVER);
        tables.sort();
        tables
    }

    /// The columns of the program's tables that hold texts or JSON: `table.column`.
    pub async fn columns_of_words(&mut self) -> Vec<String> {
        let all = match self {
            Self::Sqlite(_) => {
                "select one.name || '.' || field.name from sqlite_schema one, pragma_table_info(one.name) field
                 where one.type = 'table' and one.name not like 'sqlite_%' and lower(field.type) in ('text', 'jsonb')"
            }
            Self::Postgres(_) => {
                "select table_name || '.' || column_name from information_schema.columns
                 where table_schema = 'public' and data_type in ('text', 'jsonb')"
            }
        };
        let mut columns = self.texts(all.into()).await;
        columns.retain(|name| !name.starts_with(OF_THE_DRIVER));
        columns.sort();
        columns
    }

    /// Replaces a word wherever it stands in the JSON of a column.
    pub async fn replace_in_json(&mut self, table: &str, column: &str, (old, new): (&str, &str)) {
        let replaced = format!("replace(cast({column} as text), '{old}', '{new}')");
        let value = match self {
            // Text is what the program stores there; a cast to a type that SQLite does not know makes a number of it.
            Self::Sqlite(_) => replaced,
            Self::Postgres(_) => format!("cast({replaced} as jsonb)"),
        };
        self.execute(&format!("update {table} set {column} = {value}")).await;
    }

    async fn table(&mut self, name: &str) -> Table {
        let (columns, key) = match self {
            Self::Sqlite(_) => (
                format!("select name from pragma_table_info('{name}') order by cid"),
                format!("select name from pragma_table_info('{name}') where pk > 0 order by pk"),
            ),
            Self::Postgres(_) => (
                format!(
                    "select column_name::text from information_schema.columns
                     where table_schema = 'public' and table_name = '{name}' order by ordinal_position"
                ),
                format!(
                    "select attname::text from pg_index
                     join pg_attribute on attrelid = indrelid and attnum = any (indkey)
                     where indisprimary and indrelid = '{name}'::regclass order by attnum"
                ),
            ),
        };
        let (columns, key) = (self.texts(columns).await, self.texts(key).await);
        assert!(!key.is_empty(), "{name} has a primary key");
        let pairs = |value: &dyn Fn(&str) -> String| {
            columns.iter().map(|name| format!("'{name}', {}", value(name))).collect::<Vec<_>>().join(", ")
        };
        let rows = match self {
            Self::Sqlite(_) => format!("json_object({})", pairs(&|name| format!("quote(\"{name}\")"))),
            Self::Postgres(_) => format!("jsonb_build_object({})::text", pairs(&|name| format!("\"{name}\"::text"))),
        };
        let rows = self.texts(format!("select {rows} from {name}")).await;
        let read = |row: String| serde_json::from_str::<BTreeMap<String, Option<String>>>(&row).unwrap();
        let or_null = |(name, value): (String, Option<String>)| (name, value.unwrap_or_else(|| "NULL".into()));
        let rows = rows.into_iter().map(|row| read(row).into_iter().map(or_null).collect()).collect();
        Table { key, columns, rows }
    }

    async fn foreign_keys(&mut self, tables: &[String]) -> BTreeSet<ForeignKey> {
        let mut found = BTreeSet::new();
        for table in tables {
            let keys = match self {
                Self::Sqlite(_) => {
                    format!("select \"from\" || ' → ' || \"table\" from pragma_foreign_key_list('{table}')")
                }
                Self::Postgres(_) => format!(
                    "select attname || ' → ' || confrelid::regclass from pg_constraint
                     join pg_attribute on attrelid = conrelid and attnum = any (conkey)
                     where contype = 'f' and convalidated and conrelid = '{table}'::regclass"
                ),
            };
            for key in self.texts(keys).await {
                let (column, parent) = key.split_once(" → ").unwrap();
                found.insert((table.clone(), column.to_owned(), parent.to_owned()));
            }
        }
        found
    }

    /// Rows whose foreign key refers to nothing, by asking each key: also where the engine would not check it.
    async fn dangling(&mut self, keys: &BTreeSet<ForeignKey>) -> usize {
        let mut found = 0;
        for (table, column, parent) in keys {
            let orphans = format!(
                "select cast(count(*) as text) from {table}
                 where {column} is not null and not exists (select 1 from {parent} parent where parent.id = {table}.{column})"
            );
            found += self.texts(orphans).await[0].parse::<usize>().unwrap();
        }
        if let Self::Sqlite(_) = self {
            found += self.texts("select \"table\" from pragma_foreign_key_check".into()).await.len();
        }
        found
    }

    pub async fn contents(&mut self) -> Contents {
        let names = self.tables().await;
        let foreign_keys = self.foreign_keys(&names).await;
        let dangling = self.dangling(&foreign_keys).await;
        let mut tables = BTreeMap::new();
        for name in names {
            let table = self.table(&name).await;
            tables.insert(name, table);
        }
        Contents { tables, foreign_keys, dangling }
    }
}

/// What is in the database at `url`.
pub async fn contents(url: &str) -> Contents {
    let mut connection = Bare::open(url).await;
    let contents = connection.contents().await;
    connection.close().await;
    contents
}

impl Table {
    fn key_of(&self, key: &[String], row: &Row) -> Vec<String> {
        key.iter().map(|column| row[column].clone()).collect()
    }

    fn by_key(&self, key: &[String]) -> BTreeMap<Vec<String>, &Row> {
        self.rows.iter().map(|row| (self.key_of(key, row), row)).collect()
    }
}

/// What a migration lost: tables, rows, values of columns that are still there, and foreign keys.
pub fn lost(before: &Contents, after: &Contents) -> Vec<String> {
    let mut lost = Vec::new();
    for (name, old) in &before.tables {
        let Some(new) = after.tables.get(name) else {
            lost.push(format!("the table {name}"));
            continue;
        };
        if new.rows.len() != old.rows.len() {
            lost.push(format!("{name}: {} rows are {}", old.rows.len(), new.rows.len()));
        }
        let there = new.by_key(&old.key);
        for (key, row) in old.by_key(&old.key) {
            let Some(migrated) = there.get(&key) else {
                lost.push(format!("{name}: the row {key:?}"));
                continue;
            };
            let both = old.columns.iter().filter(|column| new.columns.contains(column));
            let changed = both.filter(|column| row[*column] != migrated[*column]);
            lost.extend(changed.map(|column| format!("{name}.{column} of {key:?}")));
        }
    }
    lost.extend(before.foreign_keys.difference(&after.foreign_keys).map(|key| format!("the foreign key {key:?}")));
    if after.dangling > 0 {
        lost.push(format!("{} rows refer to missing rows", after.dangling));
    }
    lost
}
