//! Taking the words by which tasks are found.
//!
//! A change of a task leaves its words as they were. They are taken when the user next searches, or with the clean-up:
//! the texts are read, the application cuts them into words, and a second statement stores them for every task that
//! still has the version that was read. It locks the user's row first, as every change does, so no two of them store
//! words of the same tasks at one time; and it raises no version, since nothing that a caller sees has changed.

use shared_types::id::UserId;
use tokio_postgres::types::Type;
use uuid::Uuid;

use crate::db::{Db, DbError, Statement};
use crate::domain::search::{Texts, vector};

/// Tasks in a batch, at most.
const BATCH: i64 = 250;
/// Bytes of their words after which a batch is full: long descriptions would make a statement of seconds.
const BATCH_BYTES: usize = 300_000;
/// Users in a batch of those who may have tasks to take words of.
const USERS: i64 = 500;

/// Up to `$2` tasks of the user `$1` whose words are not those of their version, or whose stems are not in the user's
/// language; of these also deleted ones, or they would turn up again and again. By the ends of `tasks_to_index` and
/// `search_words_by_language`.
const LIST: Statement = Statement {
    name: "list_tasks_to_index",
    sql: "SELECT users.search_language, task.id, task.version, task.title, task.tags, task.project, task.description
            FROM users
            CROSS JOIN LATERAL (
                (SELECT tasks.*
                FROM tasks
                WHERE tasks.user_id = $1
                    AND tasks.deleted_at IS NULL
                    AND tasks.version - coalesce(tasks.search_version, 0) > 0
                ORDER BY tasks.version - coalesce(tasks.search_version, 0) DESC
                LIMIT $2)
                UNION ALL
                (SELECT tasks.*
                FROM (
                    SELECT search_words.task_id
                    FROM search_words
                    WHERE search_words.user_id = $1 AND search_words.language < users.search_language
                    ORDER BY search_words.language
                    LIMIT $2
                ) AS other
                JOIN tasks ON tasks.user_id = $1 AND tasks.id = other.task_id)
                UNION ALL
                (SELECT tasks.*
                FROM (
                    SELECT search_words.task_id
                    FROM search_words
                    WHERE search_words.user_id = $1 AND search_words.language > users.search_language
                    ORDER BY search_words.language DESC
                    LIMIT $2
                ) AS other
                JOIN tasks ON tasks.user_id = $1 AND tasks.id = other.task_id)
            ) AS task
            WHERE users.user_id = $1
            LIMIT $2",
    types: &[Type::UUID, Type::INT8],
};

/// Stores the words `$4` of the tasks `$2` with the versions `$3` of the user `$1`, with their stems in the language
/// `$5`, if it is still the user's. A stem stands behind a sign that no word has; one that is the word itself is left
/// out.
const STORE: Statement = Statement {
    name: "store_words",
    sql: "WITH locked AS (
                SELECT users.user_id
                FROM users
                WHERE users.user_id = $1 AND users.search_language = $5
                FOR NO KEY UPDATE
            ), current AS (
                SELECT tasks.id, given.words
                FROM locked
                CROSS JOIN unnest($2, $3, $4::text[]) AS given (task_id, version, words)
                JOIN tasks ON tasks.user_id = $1 AND tasks.id = given.task_id AND tasks.version = given.version
                FOR NO KEY UPDATE OF tasks
            ), stamped AS (
                UPDATE tasks
                SET search_version = tasks.version
                FROM current
                WHERE tasks.user_id = $1
                    AND tasks.id = current.id
                    AND tasks.search_version IS DISTINCT FROM tasks.version
            ), stored AS (
                INSERT INTO search_words (user_id, task_id, language, words)
                SELECT $1, current.id, $5, current.words::tsvector || coalesce(stemmed.words, '')
                FROM current
                CROSS JOIN LATERAL (
                    SELECT string_agg(
                        quote_literal(left(word.lexeme, 8) || '~' || stem.stems[1]) || ':' || place.places, ' '
                    )::tsvector AS words
                    FROM unnest(current.words::tsvector) AS word
                    CROSS JOIN LATERAL (
                        SELECT CASE
                            WHEN $5 <> 'simple' THEN ts_lexize(($5 || '_stem')::regdictionary, substr(word.lexeme, 9))
                        END AS stems
                    ) AS stem
                    CROSS JOIN LATERAL (
                        SELECT string_agg(at.position || at.weight, ',') AS places
                        FROM unnest(word.positions, word.weights) AS at (position, weight)
                    ) AS place
                    WHERE stem.stems[1] <> substr(word.lexeme, 9)
                ) AS stemmed
                ON CONFLICT (user_id, task_id) DO UPDATE SET language = excluded.language, words = excluded.words
                RETURNING 1
            )
            SELECT count(*) FROM stored",
    types: &[
        Type::UUID,
        Type::UUID_ARRAY,
        Type::INT8_ARRAY,
        Type::TEXT_ARRAY,
        Type::TEXT,
    ],
};

/// Up to `$2` users after `$1`, each with whether there are words or stems of theirs to be taken.
const USERS_TO_INDEX: Statement = Statement {
    name: "list_users_to_index",
    sql: "SELECT users.user_id,
                coalesce(
                    (
                        SELECT max(tasks.version - coalesce(tasks.search_version, 0))
                        FROM tasks
                        WHERE tasks.user_id = users.user_id AND tasks.deleted_at IS NULL
                    ) > 0
                    OR (SELECT min(language) FROM search_words WHERE user_id = users.user_id) <> users.search_language
                    OR (SELECT max(language) FROM search_words WHERE user_id = users.user_id) <> users.search_language,
                    false
                )
            FROM users
            WHERE users.user_id > $1
            ORDER BY users.user_id
            LIMIT $2",
    types: &[Type::UUID, Type::INT8],
};

/// Takes the words of some of the user's tasks that need it; says of how many.
///
/// # Errors
/// See [`DbError`].
pub(super) async fn take_words(db: &Db, user: UserId) -> Result<i64, DbError> {
    let rows = db.query(&LIST, &[&user.0, &BATCH]).await?;
    let Some(first) = rows.first() else {
        return Ok(0);
    };
    let language: &str = first.try_get(0)?;
    let (mut ids, mut versions, mut words) = (Vec::new(), Vec::new(), Vec::<String>::new());
    let mut bytes = 0;
    for row in &rows {
        if bytes > BATCH_BYTES {
            break;
        }
        let tags: Vec<&str> = row.try_get(4)?;
        let texts = Texts {
            title: row.try_get(3)?,
            tags: &tags,
            project: row.try_get(5)?,
            description: row.try_get(6)?,
        };
        // One whose version and whose language are both of former times is listed for each.
        let id = row.try_get::<_, Uuid>(1)?;
        if ids.contains(&id) {
            continue;
        }
        ids.push(id);
        versions.push(row.try_get::<_, i64>(2)?);
        let vector = vector(user, &texts);
        bytes += vector.len();
        words.push(vector);
    }
    let stored = db
        .query_one(&STORE, &[&user.0, &ids, &versions, &words, &language])
        .await?;
    Ok(stored.try_get(0)?)
}

/// Takes the words of all tasks that need it, of all users, in small batches; says of how many. With it, nobody's
/// first search waits for a year of tasks.
///
/// # Errors
/// See [`DbError`]; words that were taken before stay.
pub async fn take_all_words(db: &Db) -> Result<i64, DbError> {
    let (mut total, mut after) = (0, Uuid::nil());
    loop {
        let users = db.query(&USERS_TO_INDEX, &[&after, &USERS]).await?;
        let Some(last) = users.last() else {
            return Ok(total);
        };
        after = last.try_get(0)?;
        for row in &users {
            let user = UserId(row.try_get(0)?);
            let mut is_left = row.try_get(1)?;
            while is_left {
                let taken = take_words(db, user).await?;
                // None, where others changed all of them meanwhile: the next clean-up has them.
                is_left = taken > 0;
                total += taken;
            }
        }
    }
}
