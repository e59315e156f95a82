//! What is measured: four calls, as requests to the origin and as values for pgbench.
//!
//! Ids are counted, so that both sides can name any user and task: user `n` is `0198c5a0-…-<n in hex>`.

use std::fmt::Write as _;

use shared_types::id::{CredentialId, TaskId, UserId};
use uuid::Uuid;

use crate::database::with_values;
use crate::failure::Failure;
use crate::randomness::Randomness;

/// Users; many, because one user's writes wait for each other.
pub(crate) const USERS: u64 = 1000;
/// Tasks that each user has before anything is created.
const TASKS: u64 = 100;

/// One call.
pub(crate) struct Case {
    /// In the table.
    pub(crate) name: &'static str,
    /// The method.
    pub(crate) method: &'static str,
    /// The status of every answer.
    pub(crate) expected: u16,
    kind: Kind,
}

enum Kind {
    Read,
    List,
    Best,
    Create,
    /// A path, called by the user who has many tasks.
    Large(&'static str),
    Import,
}

/// All of them.
pub(crate) const ALL: &[Case] = &[
    Case {
        name: "read one",
        method: "GET",
        expected: 200,
        kind: Kind::Read,
    },
    Case {
        name: "list 100",
        method: "GET",
        expected: 200,
        kind: Kind::List,
    },
    Case {
        name: "best of 100",
        method: "GET",
        expected: 200,
        kind: Kind::Best,
    },
    Case {
        name: "create",
        method: "POST",
        expected: 201,
        kind: Kind::Create,
    },
];

/// What is asked of the user who has many tasks: every route that reads more than one.
pub(crate) const LARGE: &[Case] = &[
    large("best", "/api/tasks/best"),
    large("newest", "/api/tasks?limit=100"),
    large("by due date", "/api/tasks?limit=100&sort=due_date"),
    large("last due first", "/api/tasks?limit=100&sort=-due_date"),
    large("by priority", "/api/tasks?limit=100&sort=-priority"),
    large(
        "last changed first",
        "/api/tasks?limit=100&sort=-updated_at",
    ),
    large("by score", "/api/tasks?limit=100&sort=-score"),
    large("pending", "/api/tasks?limit=100&status=pending"),
    large("blocked", "/api/tasks?limit=100&status=blocked"),
    large("completed", "/api/tasks?limit=100&status=completed"),
    large("of a project", "/api/tasks?limit=100&project=Project%203"),
    large("of a rare project", "/api/tasks?limit=100&project=Rare"),
    large("with a tag", "/api/tasks?limit=100&tag=home"),
    large("with a rare tag", "/api/tasks?limit=100&tag=rare"),
    large(
        "due in a week",
        "/api/tasks?limit=100&sort=due_date&due_after=2030-01-01&due_before=2030-01-08",
    ),
    large("projects", "/api/projects"),
    large(
        "search a word that all have",
        "/api/tasks/search?limit=100&q=landlord",
    ),
    large(
        "search two that all have",
        "/api/tasks/search?limit=100&q=heating+landlord",
    ),
    large(
        "search a word of a quarter",
        "/api/tasks/search?limit=100&q=monday",
    ),
    large(
        "search a word of 1 in 2,000",
        "/api/tasks/search?limit=100&q=rare",
    ),
    large(
        "search what 586 have, in three words",
        "/api/tasks/search?limit=100&q=letters+1+cold",
    ),
    large("search one task", "/api/tasks/search?limit=100&q=77777"),
    large("search one letter", "/api/tasks/search?limit=100&q=l"),
    large("search two letters", "/api/tasks/search?limit=100&q=ra"),
    large("search what nothing has", "/api/tasks/search?q=nothing"),
    large(
        "search a word that all have, and nothing",
        "/api/tasks/search?q=landlord+nothing",
    ),
    large("statistics", "/api/stats"),
    large("history, with an import", "/api/history?limit=100"),
];

/// Everything of one user.
pub(crate) const EXPORT: Case = large("export", "/api/export");

/// As many tasks as one import may bring, each time others.
pub(crate) const IMPORT: Case = Case {
    name: "import of 10,000 tasks",
    method: "POST",
    expected: 200,
    kind: Kind::Import,
};

const fn large(name: &'static str, path: &'static str) -> Case {
    Case {
        name,
        method: "GET",
        expected: 200,
        kind: Kind::Large(path),
    }
}

/// The user who has many tasks: the one after [`USERS`].
pub(crate) const LARGE_USER: u64 = USERS + 1;

const USER: u128 = 0x0198_c5a0_0000_7000_8000_0000_0000_0000;
const CREDENTIAL: u128 = 0x0198_c5a0_0001_7000_8000_0000_0000_0000;

/// User `number`, from 1.
pub(crate) fn user_id(number: u64) -> UserId {
    UserId(Uuid::from_u128(USER + u128::from(number)))
}

/// The credential of user `number`.
pub(crate) fn credential_id(number: u64) -> CredentialId {
    CredentialId(Uuid::from_u128(CREDENTIAL + u128::from(number)))
}

/// Task `index`, from 1, of user `number`.
fn task_id(number: u64, index: u64) -> TaskId {
    TaskId(Uuid::from_u128(
        USER + (u128::from(index) << 80) + u128::from(number),
    ))
}

impl Case {
    /// Path with query, and body, of a call by user `number`.
    pub(crate) fn call(&self, number: u64, randomness: &mut Randomness) -> (String, String) {
        match self.kind {
            Kind::Read => (
                format!("/api/tasks/{}", task_id(number, randomness.number(TASKS))),
                String::new(),
            ),
            Kind::List => ("/api/tasks?limit=100".to_owned(), String::new()),
            Kind::Best => ("/api/tasks/best".to_owned(), String::new()),
            Kind::Create => ("/api/tasks".to_owned(), BODY.to_owned()),
            Kind::Large(path) => (path.to_owned(), String::new()),
            Kind::Import => ("/api/import".to_owned(), import_body(randomness)),
        }
    }

    /// The pgbench script that runs `statement` with values like those of the calls.
    pub(crate) fn script(&self, statement: &str) -> Result<String, Failure> {
        let mut values = vec![
            uuid(USER, ":number"),
            uuid(CREDENTIAL, ":number"),
            "1::bigint".to_owned(),
            "now()".to_owned(),
        ];
        match self.kind {
            Kind::Best => {}
            Kind::Read => values.push(format!(
                "(overlay({} PLACING lpad(to_hex(:task::int), 2, '0') FROM 12 FOR 2))::uuid",
                uuid(USER, ":number").replace("::uuid", "")
            )),
            Kind::List => values.extend(
                [
                    "'infinity'::timestamptz",
                    "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid",
                    "false",
                    "101::bigint",
                ]
                .map(str::to_owned),
            ),
            Kind::Create => values.extend(create_values()),
            Kind::Large(_) | Kind::Import => {
                return Err("it is measured without pgbench".into());
            }
        }
        let mut script = String::new();
        writeln!(script, "\\set number random(1, {USERS})")?;
        writeln!(script, "\\set task random(1, {TASKS})")?;
        writeln!(script, "\\set high random(0, 2000000000)")?;
        writeln!(script, "\\set low random(0, 2000000000)")?;
        writeln!(script, "{};", with_values(statement, &values)?)?;
        Ok(script)
    }
}

const BODY: &str = r#"{"title":"Write to the landlord about the heating","priority":4,"due_date":"2026-12-01","deadline":"2026-12-04","effort_estimate_minutes":30,"tags":["home","letters"],"project":"Flat","preferred_time":"morning"}"#;

/// The document of an export with 10,000 tasks: one in five waits for another, two in a hundred are subtasks.
fn import_body(randomness: &mut Randomness) -> String {
    let ids: Vec<String> = (0..10_000)
        .map(|_| randomness.task_id().to_string())
        .collect();
    let tasks = ids.iter().enumerate().map(|(k, id)| {
        let earlier = &ids[k.saturating_sub(1)];
        serde_json::json!({
            "id": id,
            "title": format!("Task {k}: write to the landlord about the heating"),
            "description": (k % 4 == 0).then(|| "It has been cold since Monday. ".repeat(4)),
            "priority": 1 + k % 5,
            "due_date": (k % 3 > 0).then_some("2030-01-07"),
            "effort_estimate_minutes": (k % 2 == 0).then(|| 15 * (1 + k % 8)),
            "tags": if k % 9 == 0 { vec!["home", "letters"] } else { Vec::new() },
            "project": (k % 4 > 0).then(|| format!("Project {}", k % 30)),
            "depends_on": if k % 5 == 1 { vec![earlier] } else { Vec::new() },
            "parent_id": (k % 50 == 3).then_some(earlier),
            "created_at": "2026-11-01T00:00:00.000Z",
        })
    });
    let tasks: Vec<serde_json::Value> = tasks.collect();
    serde_json::json!({
        "format": "mindflow",
        "document": {"format": "mindflow", "format_version": 1, "tasks": tasks},
    })
    .to_string()
}

/// `$5` and on of the statement that creates: key, request hash, row, whether the id was given, and the change.
fn create_values() -> [String; 5] {
    let id = |kind: &str| {
        format!(
            "'0198c5a0-000{kind}-7000-8' || substr(lpad(to_hex(:high::int), 8, '0'), 1, 3) || '-' || substr(lpad(to_hex(:high::int), 8, '0'), 4, 4) || lpad(to_hex(:low::int), 8, '0')"
        )
    };
    // pgbench takes a colon and what follows it for a variable, unless a space is between.
    let row = r#"","title":"Write to the landlord about the heating","description": null,"status":"pending","priority": 4,"due_date":"2026-12-01","deadline":"2026-12-04","start_date": null,"snoozed_until": null,"effort_estimate_minutes": 30,"tags": ["home","letters"],"project":"Flat","preferred_time":"morning","recurrence": null,"recurrence_from":"schedule","parent_id": null,"depends_on": []}"#;
    [
        "('gate:' || :high::text || ':' || :low::text || ':' || :number::text)".to_owned(),
        "decode('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex')"
            .to_owned(),
        format!("('{{\"id\":\"' || {} || '{row}')::jsonb", id("2")),
        "false".to_owned(),
        format!("({})::uuid", id("3")),
    ]
}

/// SQL for the id that is `base` plus a number.
fn uuid(base: u128, number: &str) -> String {
    let base = Uuid::from_u128(base).to_string();
    format!(
        "('{}' || lpad(to_hex({number}::int), 12, '0'))::uuid",
        &base[..24]
    )
}

/// Users with one session and [`TASKS`] tasks each, and one with 10,000 open and 100,000 completed ones, which the history
/// tells of: each was made by itself, and the open ones were imported once more. One task in five waits for another; two
/// in a hundred are subtasks. The words of that one's tasks are as the origin would take them: what is measured is the
/// search after that.
pub(crate) fn seed_sql() -> String {
    let (user, credential) = (uuid(USER, "n"), uuid(CREDENTIAL, "n"));
    let task = |index: &str| {
        format!(
            "(overlay({} PLACING lpad(to_hex({index}), 2, '0') FROM 12 FOR 2))::uuid",
            user.replace("::uuid", "")
        )
    };
    let own = task("k");
    let earlier = task("k - 1");
    let large = format!("'{}'::uuid", user_id(LARGE_USER));
    let columns = "user_id, id, title, description, status, priority, due_date, deadline, snoozed_until,
                effort_estimate_minutes, tags, project, preferred_time, depends_on, parent_id, completed_at, created_at,
                updated_at, version";
    let content = "'Task ' || k || ': write to the landlord about the heating',
                CASE WHEN k % 4 = 0 THEN repeat('It has been cold since Monday. ', 4) END";
    let details = "1 + k % 5,
                CASE WHEN k % 3 > 0 THEN (now() + (k % 100 - 30) * interval '1 day')::date::text END,
                CASE WHEN k % 7 = 0 THEN (now() + (k % 60) * interval '1 day')::date::text || 'T18:00:00+01:00' END,
                CASE WHEN k % 20 = 0 THEN (now() + interval '1 day')::date::text END,
                CASE WHEN k % 2 = 0 THEN 15 * (1 + k % 8) END";
    format!(
        "INSERT INTO users (user_id, email, password_hash, created_at)
            SELECT {user}, 'bench' || n || '@example.com', 'none', now() FROM generate_series(1, {LARGE_USER}) AS n;
        INSERT INTO sessions (user_id, id, kind, created_at, last_used_on, expires_at)
            SELECT {user}, {credential}, 'token', now(), now()::date, now() + interval '1 day'
            FROM generate_series(1, {LARGE_USER}) AS n;
        INSERT INTO tasks ({columns})
            SELECT {user}, {own}, {content}, CASE WHEN k % 10 = 0 THEN 'in_progress' ELSE 'pending' END, {details},
                '{{home,letters}}', 'Project ' || k % 5, CASE WHEN k % 6 = 0 THEN 'morning' END,
                CASE WHEN k % 5 = 1 AND k > 1 THEN ARRAY[{earlier}] ELSE '{{}}' END,
                CASE WHEN k % 50 = 3 THEN {earlier} END, NULL, now() - k * interval '1 day', now(), 1
            FROM generate_series(1, {USERS}) AS n, generate_series(1, {TASKS}) AS k;
        INSERT INTO tasks ({columns})
            SELECT {large}, md5('task' || k)::uuid, {content},
                CASE WHEN k % 11 > 0 THEN 'completed' WHEN k % 10 = 0 THEN 'in_progress' ELSE 'pending' END, {details},
                CASE WHEN k % 2000 = 11 THEN '{{rare}}'::text[] WHEN k % 9 = 0 THEN '{{home,letters}}' ELSE '{{}}' END,
                CASE WHEN k % 2000 = 11 THEN 'Rare' WHEN k % 4 > 0 THEN 'Project ' || k % 30 END,
                CASE WHEN k % 6 = 0 THEN 'morning' END,
                CASE WHEN k % 55 = 0 THEN ARRAY[md5('task' || (k - 11))::uuid] ELSE '{{}}' END,
                NULL, CASE WHEN k % 11 > 0 THEN now() - k * interval '1 minute' END,
                now() - k * interval '10 minutes', now() - k * interval '5 minutes', 1
            FROM generate_series(1, 110000) AS k;
        INSERT INTO projects (user_id, name, created_at)
            SELECT DISTINCT user_id, project, now() FROM tasks WHERE project IS NOT NULL;
        INSERT INTO history (user_id, change_id, task_id, at, by, action, after, version)
            SELECT user_id, uuidv7(), id, now() - k * interval '10 seconds', 'session', 'create', after, 110001 - k
            FROM (
                SELECT user_id, id, to_jsonb(tasks) AS after, row_number() OVER (ORDER BY created_at DESC) AS k
                FROM tasks
                WHERE user_id = {large}
            ) AS made
            UNION ALL
            SELECT user_id, '0198c5a0-0000-7000-8000-0000000000dd'::uuid, id, now(), 'session', 'import',
                to_jsonb(tasks), 110001
            FROM tasks
            WHERE user_id = {large} AND status <> 'completed';
        UPDATE users SET version = 110001 WHERE user_id = {large};
        UPDATE tasks
            SET due_at = date_passes(due_date, 'UTC', 1020::smallint, 31::smallint),
                overdue_at = date_passes(coalesce(deadline, due_date), 'UTC', 1020::smallint, 31::smallint),
                wakes_at = date_begins(snoozed_until, 'UTC'),
                search_version = version;
        INSERT INTO search_words (user_id, task_id, language, words)
            SELECT user_id, id, 'simple', (
                SELECT string_agg(format('%s%s:%s', right(user_id::text, 8), word, place), ' ')::tsvector
                FROM (
                    SELECT regexp_split_to_table(lower(title), '[^a-z0-9]+') AS word, '1A' AS place
                    UNION ALL
                    SELECT unnest(tags || regexp_split_to_array(lower(project), ' ')), '2B'
                    UNION ALL
                    SELECT regexp_split_to_table(lower(description), '[^a-z]+'), '3'
                ) AS found
                WHERE word <> ''
            )
            FROM tasks
            WHERE user_id = {large};
        INSERT INTO history (user_id, change_id, task_id, at, by, action, before, after)
            SELECT user_id, uuidv7(), id, completed_at - interval '20 minutes', 'token', 'start',
                '{{\"status\": \"pending\"}}', '{{\"status\": \"in_progress\"}}'
            FROM tasks
            WHERE user_id = {large} AND completed_at IS NOT NULL AND priority = 1"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_counted_and_of_version_7() {
        assert_eq!(
            user_id(255).to_string(),
            "0198c5a0-0000-7000-8000-0000000000ff"
        );
        assert_eq!(
            task_id(1, 100).to_string(),
            "0198c5a0-0064-7000-8000-000000000001"
        );
        assert!(uuid(USER, "n").starts_with("('0198c5a0-0000-7000-8000-' || lpad("));
    }
}
