//! Authors in SQL.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

use sqlx::QueryBuilder;

use super::{Author, BoardTrace};
use db::{ReadConn, dispatch, push_list};
use kernel::id::PersonId;

/// Values of one statement at most; both engines take more.
const MAX_VALUES: usize = 1_000;

/// The names of these people, in alphabetical order.
pub async fn names(tx: &mut ReadConn, people: &[PersonId]) -> sqlx::Result<Vec<Author>> {
    let mut names = Vec::with_capacity(people.len());
    // A statement takes only so many values.
    for some in people.chunks(MAX_VALUES) {
        let some: Vec<Author> = dispatch!(tx, |conn| {
            let mut query = QueryBuilder::new("select id, name from person where id in ");
            push_list(&mut query, some);
            query.build_query_as().fetch_all(conn).await
        })?;
        names.extend(some);
    }
    names.sort_by(|a: &Author, b: &Author| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(names)
}

/// How much a person wrote on which boards.
pub async fn written_by(tx: &mut ReadConn, person: PersonId) -> sqlx::Result<Vec<BoardTrace>> {
    dispatch!(tx, |conn| sqlx::query_as(
        "select board.title, cast(count(*) as bigint) as edits
         from board_edit join board on board.id = board_edit.board_id
         where board_edit.author_id = $1 group by board.id, board.title order by board.title",
    )
    .bind(person)
    .fetch_all(conn)
    .await)
}
