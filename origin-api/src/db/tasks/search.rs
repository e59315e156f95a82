//! Finding tasks by words.
//!
//! There are two statements. [`RANKED`] finds by the index of words and ranks what it found, which takes time in
//! proportion to that: so it looks at [`MOST_RANKED`] tasks at most. Where more are found, rank says little; then
//! [`NEWEST`] goes over the tasks from the newest on, and has soon met as many as a page takes.
//!
//! Both say whether there are tasks whose words have not been taken yet. Then these are taken first (`index`), and the
//! statement runs again: so every answer is of one snapshot in which nothing was missing.

use jiff::Timestamp;
use shared_types::id::TaskId;
use shared_types::task::Task;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::columns::{Columns, USER_COLUMNS, columns, is_blocked, task_columns, user_columns};
use super::index;
use crate::db::{Caller, Db, DbError, Read, Statement};
use crate::domain::search::{Place, Rank, Sought};

/// A page of what was found, best first, and where the next one goes on.
#[derive(Debug, Default)]
pub struct FoundPage {
    /// The tasks.
    pub tasks: Vec<Task>,
    /// After the last of them, when there are more.
    pub next: Option<Place>,
    /// The instants at which time alone changes how one of them is read.
    pub changes: Vec<Timestamp>,
}

/// How many tasks are ranked.
const MOST_RANKED: i64 = 1000;

/// How often words are taken within a search: enough for twice as many tasks as can be imported at once. For more,
/// the caller has to come again, and finds the work further on.
const MOST_ROUNDS: usize = 80;

/// What is asked for, from `$5` (words) and `$6` (whether each may be a beginning).
///
/// `asked` has each word in its forms; where PostgreSQL knows the stem in the user's language, that counts too. `form!`
/// is the query for one word in places. A word that the language leaves out (English "the") need not be found, unless
/// there are no others; `condition` has the query for all of them, or null without any.
macro_rules! asked {
    () => {
        concat!(
            "given AS MATERIALIZED (
                SELECT given.word, given.is_beginning,
                    CASE
                        WHEN credential.search_language <> 'simple' THEN
                            ts_lexize((credential.search_language || '_stem')::regdictionary, substr(given.word, 9))
                    END AS stems
                FROM credential, unnest($5, $6) AS given (word, is_beginning)
            ), asked AS MATERIALIZED (
                SELECT quote_literal(given.word) AS word,
                    CASE WHEN given.is_beginning THEN '*' ELSE '' END AS beginning,
                    ' | ' || quote_literal(left(given.word, 8) || '~' || given.stems[1]) AS stem,
                    ' | ' || quote_literal(left(given.word, 8) || given.stems[1]) AS as_stem,
                    coalesce(given.stems = '{}', false) AS is_left_out
                FROM given
            ), condition AS MATERIALIZED (
                SELECT string_agg('(' || ",
            form!("ABCD"),
            " || ')', ' & ')::tsquery AS query
                FROM asked
                WHERE NOT asked.is_left_out OR NOT EXISTS (SELECT FROM asked WHERE NOT asked.is_left_out)
            )"
        )
    };
}

/// The text of the query for one word, in places.
macro_rules! form {
    ($places:literal) => {
        concat!(
            "asked.word || ':",
            $places,
            "' || asked.beginning || coalesce(asked.stem || ':",
            $places,
            "' || asked.as_stem || ':",
            $places,
            "', '')"
        )
    };
}

/// Whether all words have been taken: that of some task, or only stems in the user's language. Uses `$1`; from the
/// ends of `tasks_to_index` and `search_words_by_language`, which say it however many tasks there are.
macro_rules! missing {
    () => {
        "CASE
                    WHEN (
                        SELECT max(tasks.version - coalesce(tasks.search_version, 0))
                        FROM tasks
                        WHERE tasks.user_id = $1 AND tasks.deleted_at IS NULL
                    ) > 0 THEN 'words'
                    WHEN (SELECT min(language) FROM search_words WHERE user_id = $1) <> credential.search_language
                        OR (SELECT max(language) FROM search_words WHERE user_id = $1) <> credential.search_language
                        THEN 'stems'
                END"
    };
}

/// The rows of an answer: the user's columns, what is missing, the columns in `$first`, and a task's, if there is one.
macro_rules! select_page {
    ($first:literal, $page:expr, $order:literal) => {
        concat!(
            "SELECT ",
            user_columns!(),
            ", ",
            missing!(),
            ", ",
            $first,
            ", ",
            task_columns!("page"),
            ", ",
            is_blocked!("page"),
            "
            FROM credential
            LEFT JOIN LATERAL (",
            $page,
            ") AS page ON true
            ORDER BY ",
            $order,
            "page.created_at DESC, page.id DESC"
        )
    };
}

/// The best of at most `$7` tasks, of which one more is looked at, after `$9` (points), `$10` (whether open), `$11`
/// (when created) and `$12` (id); at most `$8`. By `search_words_by_word`, and `tasks_pkey` for each.
///
/// The words are looked up apart from whose they are, so that no other index is taken for it; and each task by its key
/// (`LIMIT 1`), as a join would read all of the user's tasks first where few are expected to be found.
///
/// Where more are found, a first page (before it: the highest `integer`) is left empty and costs no ranking.
///
/// Each word counts where it is found: 10 in the title, 5 in a tag or the project, 2 in the description, and a little
/// less where it is the beginning of one or has the stem in common. That is not `ts_rank`, which would let a long
/// description with many words of a beginning win over a title.
const RANKED: Statement = Statement {
    name: "search_ranked",
    sql: concat!(
        "WITH ", crate::credential!(), ", ", asked!(), ", word AS MATERIALIZED (
            SELECT (asked.word || ':A')::tsquery AS in_title, (", form!("A"), ")::tsquery AS like_in_title,
                (asked.word || ':B')::tsquery AS in_label, (", form!("B"), ")::tsquery AS like_in_label,
                (asked.word || ':D')::tsquery AS in_text, (", form!("D"), ")::tsquery AS like_in_text
            FROM asked
        ), found AS MATERIALIZED (
            SELECT task.id, task.created_at, task.is_open, matching.words
            FROM (
                SELECT search_words.user_id, search_words.task_id, search_words.words
                FROM search_words
                WHERE search_words.words @@ (SELECT condition.query FROM condition)
                OFFSET 0
            ) AS matching
            CROSS JOIN LATERAL (
                SELECT tasks.id, tasks.created_at, tasks.status <> 'completed' AS is_open
                FROM tasks
                WHERE tasks.user_id = $1 AND tasks.id = matching.task_id AND tasks.deleted_at IS NULL
                LIMIT 1
            ) AS task
            WHERE matching.user_id = $1
            LIMIT $7 + 1
        ), ranked AS (
            SELECT found.id, found.created_at, found.is_open, (
                SELECT sum(CASE
                    WHEN found.words @@ word.in_title THEN 10
                    WHEN found.words @@ word.like_in_title THEN 8
                    WHEN found.words @@ word.in_label THEN 5
                    WHEN found.words @@ word.like_in_label THEN 4
                    WHEN found.words @@ word.in_text THEN 2
                    WHEN found.words @@ word.like_in_text THEN 1
                    ELSE 0
                END)::integer
                FROM word
            ) AS points
            FROM found
        ), best AS MATERIALIZED (
            SELECT ranked.*
            FROM ranked
            WHERE ((SELECT count(*) FROM found) <= $7 OR $9 < 2147483647)
                AND (ranked.points, ranked.is_open, ranked.created_at, ranked.id) < ($9, $10, $11, $12)
            ORDER BY ranked.points DESC, ranked.is_open DESC, ranked.created_at DESC, ranked.id DESC
            LIMIT $8
        )
        ", select_page!(
            "(SELECT count(*) FROM found), page.points, page.is_open",
            "SELECT best.points, best.is_open, tasks.*
                FROM best
                JOIN tasks ON tasks.user_id = $1 AND tasks.id = best.id",
            "page.points DESC, page.is_open DESC, "
        )
    ),
    types: &[
        Type::UUID, Type::UUID, Type::INT8, Type::TIMESTAMPTZ, Type::TEXT_ARRAY, Type::BOOL_ARRAY, Type::INT8,
        Type::INT8, Type::INT4, Type::BOOL, Type::TIMESTAMPTZ, Type::UUID,
    ],
};

/// The newest that are found, after `$8` (when created) and `$9` (id); at most `$7`. By `tasks_newest`, and
/// `search_words_pkey` for each.
const NEWEST: Statement = Statement {
    name: "search_newest",
    sql: concat!(
        "WITH ",
        crate::credential!(),
        ", ",
        asked!(),
        "
        ",
        select_page!(
            "0::bigint, NULL::integer, NULL::boolean",
            "SELECT tasks.*
                FROM tasks
                WHERE tasks.user_id = $1
                    AND tasks.deleted_at IS NULL
                    AND (tasks.created_at, tasks.id) < ($8, $9)
                    AND (
                        SELECT search_words.words
                        FROM search_words
                        WHERE search_words.user_id = $1 AND search_words.task_id = tasks.id
                    ) @@ (SELECT condition.query FROM condition)
                ORDER BY tasks.created_at DESC, tasks.id DESC
                LIMIT $7",
            ""
        )
    ),
    types: &[
        Type::UUID,
        Type::UUID,
        Type::INT8,
        Type::TIMESTAMPTZ,
        Type::TEXT_ARRAY,
        Type::BOOL_ARRAY,
        Type::INT8,
        Type::TIMESTAMPTZ,
        Type::UUID,
    ],
};

/// Before all that is found.
const FIRST: Rank = Rank {
    points: i32::MAX,
    is_open: true,
};
const NOW_OR_LATER: Timestamp = Timestamp::constant(253_402_207_199, 0);

/// A page of at most `limit` of the caller's tasks in which all that is sought is found, after `after`; `None` when
/// the credential does not hold.
///
/// # Errors
/// See [`DbError`]; [`DbError::Unavailable`] while there are words to be taken of too many tasks.
pub async fn search_tasks(
    db: &Db,
    caller: &Caller,
    sought: &Sought,
    after: Option<Place>,
    limit: u8,
) -> Result<Option<Read<FoundPage>>, DbError> {
    let mut is_ranked = after.is_none_or(|place| place.rank.is_some());
    for round in 0..=MOST_ROUNDS {
        let rows = if is_ranked {
            ranked(db, caller, sought, after, limit).await?
        } else {
            newest(db, caller, sought, after, limit).await?
        };
        let Some(first) = rows.first() else {
            return Ok(None);
        };
        let missing: Option<&str> = first.try_get(USER_COLUMNS)?;
        let found: i64 = first.try_get(USER_COLUMNS + 1)?;
        // Stems alone are worth one round; the clean-up has the rest of them.
        if missing == Some("words") || (missing.is_some() && round == 0) {
            index::take_words(db, caller.user).await?;
        } else if is_ranked && found > MOST_RANKED && after.is_none() {
            is_ranked = false;
        } else {
            let mut read = page(&rows, caller, is_ranked, limit)?;
            if missing.is_some() {
                // Found without some stems, which no version tells of when they are there: nobody may keep it.
                read.found.changes.push(caller.now);
            }
            return Ok(Some(read));
        }
    }
    Err(DbError::Unavailable(
        "too many tasks have to be made searchable first".into(),
    ))
}

async fn ranked(
    db: &Db,
    caller: &Caller,
    sought: &Sought,
    after: Option<Place>,
    limit: u8,
) -> Result<Vec<Row>, DbError> {
    let [user, credential, generation, now] = caller.values();
    let rank = after.and_then(|place| place.rank).unwrap_or(FIRST);
    let (created_at, id) = before(after);
    let rows = i64::from(limit) + 1;
    let values: [&(dyn ToSql + Sync); 12] = [
        user,
        credential,
        generation,
        now,
        &sought.words,
        &sought.is_beginning,
        &MOST_RANKED,
        &rows,
        &rank.points,
        &rank.is_open,
        &created_at,
        &id,
    ];
    db.query(&RANKED, &values).await
}

async fn newest(
    db: &Db,
    caller: &Caller,
    sought: &Sought,
    after: Option<Place>,
    limit: u8,
) -> Result<Vec<Row>, DbError> {
    let [user, credential, generation, now] = caller.values();
    let (created_at, id) = before(after);
    let rows = i64::from(limit) + 1;
    let values: [&(dyn ToSql + Sync); 9] = [
        user,
        credential,
        generation,
        now,
        &sought.words,
        &sought.is_beginning,
        &rows,
        &created_at,
        &id,
    ];
    // In which order it is best read hangs on how many tasks the user has.
    db.query_planned_anew(&NEWEST, &values).await
}

/// Where the rows of a page begin.
fn before(after: Option<Place>) -> (Timestamp, Uuid) {
    let created_at = after.and_then(|place| place.created_at());
    (
        created_at.unwrap_or(NOW_OR_LATER).min(NOW_OR_LATER),
        after.map_or(Uuid::max(), |place| place.id.0),
    )
}

/// Reads the rows of a page; there is at least one.
fn page(
    rows: &[Row],
    caller: &Caller,
    is_ranked: bool,
    limit: u8,
) -> Result<Read<FoundPage>, DbError> {
    let mut columns = Columns::from(&rows[0], 0);
    let version = columns.read()?;
    let time = columns.user_time()?;
    let mut page = FoundPage::default();
    for row in rows.iter().take(limit.into()) {
        // What is missing, and how many were found, are the same in each.
        let mut columns = Columns::from(row, USER_COLUMNS + 2);
        let (points, is_open) = (
            columns.read::<Option<i32>>()?,
            columns.read::<Option<bool>>()?,
        );
        let rank = points.zip(is_open);
        // Without a task there is one row all the same, with nothing in its task columns.
        let Some(task) = columns.task(&time, caller.now)? else {
            break;
        };
        page.next = Some(Place {
            rank: rank
                .filter(|_| is_ranked)
                .map(|(points, is_open)| Rank { points, is_open }),
            created_at: task.created_at.as_microsecond(),
            id: TaskId(task.id.0),
        });
        page.changes.extend(time.changes(&task));
        page.tasks.push(task);
    }
    if rows.len() <= limit.into() {
        page.next = None;
    }
    Ok(Read {
        found: page,
        version,
    })
}
