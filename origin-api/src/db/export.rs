//! Everything that a user has, as of one instant, piece by piece.

use std::pin::pin;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use shared_types::preferences::Preferences;
use shared_types::transfer::{MovedAccount, MovedProject, MovedTask};
use tokio::sync::mpsc::Sender;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::preferences::{preference_columns, preferences};
use super::tasks::moved;
use super::{Caller, Db, DbError, Statement};

/// How long an export may take in all, whoever reads it.
const LIMIT: Duration = Duration::from_mins(2);

/// How long a piece may wait to be taken; after that nobody reads any more, or as good as nobody.
const PATIENCE: Duration = Duration::from_secs(15);

/// A piece of an export, in the order in which they come.
#[derive(Debug)]
pub enum Piece {
    /// First, unless the credential does not hold.
    Head(Box<Head>),
    /// Every project by name.
    Project(MovedProject),
    /// Every task by id.
    Task(Box<MovedTask>),
    /// Last: without it the export is not whole.
    End,
}

/// What is said before all else.
#[derive(Debug)]
pub struct Head {
    /// `Mindflow-Version`, of the instant that everything is as of.
    pub version: i64,
    /// Whose it is.
    pub account: MovedAccount,
    /// The preferences.
    pub preferences: Preferences,
    /// Whether the working hours were ever chosen.
    pub hours_are_chosen: bool,
}

const HEAD: Statement = Statement {
    name: "export_account",
    sql: concat!(
        "WITH ",
        crate::credential!(),
        "
        SELECT ",
        preference_columns!("users"),
        ", users.version, users.hours_are_chosen, users.email, users.full_name, users.created_at
        FROM credential
        JOIN users ON users.user_id = credential.user_id
        WHERE users.user_id = $1"
    ),
    types: &[Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ],
};

const PROJECTS: Statement = Statement {
    name: "export_projects",
    sql: "SELECT projects.name, projects.archived
        FROM projects
        WHERE projects.user_id = $1
        ORDER BY projects.name",
    types: &[Type::UUID],
};

/// Gives the pieces of the caller's export to `pieces`, as fast as they are taken and no faster; none when the
/// credential does not hold. It ends early when nobody takes them.
///
/// # Errors
/// See [`DbError`].
pub async fn export(
    db: &Db,
    caller: &Caller,
    pieces: &Sender<Result<Piece, DbError>>,
) -> Result<(), DbError> {
    let transaction = db.begin_snapshot(LIMIT).await?;
    let Some(row) = transaction.query_opt(&HEAD, &caller.values()).await? else {
        return Ok(());
    };
    give(pieces, Piece::Head(Box::new(head(&row)?))).await?;
    let user = [&caller.user.0 as &(dyn ToSql + Sync)];
    let mut rows = pin!(transaction.stream(&PROJECTS, &user).await?);
    while let Some(row) = rows.try_next().await? {
        let project = MovedProject {
            name: row.try_get(0)?,
            archived: row.try_get(1)?,
        };
        give(pieces, Piece::Project(project)).await?;
    }
    let mut rows = pin!(transaction.stream(&moved::EXPORT, &user).await?);
    while let Some(row) = rows.try_next().await? {
        give(pieces, Piece::Task(Box::new(moved::read(&row)?))).await?;
    }
    give(pieces, Piece::End).await?;
    transaction.commit().await
}

fn head(row: &Row) -> Result<Head, DbError> {
    Ok(Head {
        version: row.try_get("version")?,
        account: MovedAccount {
            email: row.try_get("email")?,
            full_name: row.try_get("full_name")?,
            created_at: row.try_get("created_at")?,
        },
        preferences: preferences(row, 0)?,
        hours_are_chosen: row.try_get("hours_are_chosen")?,
    })
}

async fn give(pieces: &Sender<Result<Piece, DbError>>, piece: Piece) -> Result<(), DbError> {
    let given = pieces.send_timeout(Ok(piece), PATIENCE).await;
    given.map_err(|_| DbError::Unavailable("nobody reads the export any more".into()))
}
