//! No statement that a caller waits for passes over a table, with many users, and one who has 10,000 open and
//! 100,000 completed tasks.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::{Value, json};
use tokio_postgres::Client as Database;

use crate::support::{Client, TestApp};

/// Other users with a session each, so that passing over them costs something.
const OTHERS: &str = "INSERT INTO users (user_id, email, password_hash, created_at)
        SELECT ('0198c5a0-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, n || '@example.com', 'none', now()
        FROM generate_series(1, 3000) AS n;
    INSERT INTO sessions (user_id, id, kind, created_at, last_used_on, expires_at)
        SELECT user_id, uuidv7(), 'token', now(), '2026-11-22', now() + interval '1 year' FROM users;
    INSERT INTO idempotency_keys (user_id, key, request_hash, answered_at)
        SELECT user_id, 'k', sha256(''), now() FROM users;
    INSERT INTO projects (user_id, name, created_at)
        SELECT user_id, 'Project ' || n, now() FROM users, generate_series(1, 5) AS n;
    INSERT INTO throttles (subject, arrival) SELECT sha256(email::bytea), now() FROM users";

/// The tasks of the user `$1`: one in eleven is open.
pub const TASKS: &str = "INSERT INTO tasks (user_id, id, title, status, priority, due_date, tags, project, depends_on,
            completed_at, created_at, updated_at, version, due_at, overdue_at, wakes_at)
        SELECT $1, md5('task' || k)::uuid, 'Task ' || k,
            CASE WHEN k % 11 > 0 THEN 'completed' ELSE 'pending' END, 1 + k % 5, '2026-12-01',
            CASE WHEN k % 2000 = 11 THEN '{rare}'::text[] WHEN k % 9 = 0 THEN '{home,letters}'::text[] ELSE '{}' END,
            CASE WHEN k % 2000 = 11 THEN 'Rare' WHEN k % 4 > 0 THEN 'Project ' || k % 30 END,
            CASE WHEN k % 55 = 0 THEN ARRAY[md5('task' || (k - 11))::uuid] ELSE '{}' END,
            CASE WHEN k % 11 > 0 THEN now() END, now() - k * interval '10 minutes', now() - k * interval '5 minutes',
            1, CASE WHEN k % 3 > 0 THEN now() + k * interval '1 minute' END, now() + k * interval '1 minute', NULL
        FROM generate_series(1, 110000) AS k";

/// Changes of theirs, one of fifty a start.
const CHANGES: &str = "INSERT INTO history (user_id, change_id, task_id, at, by, action, before, after)
        SELECT $1, uuidv7(), md5('task' || k)::uuid, now() - k * interval '1 minute', 'token', 'update',
            '{\"status\": \"pending\"}',
            jsonb_build_object('status', CASE WHEN k % 50 = 0 THEN 'in_progress' ELSE 'pending' END)
        FROM generate_series(1, 30000) AS k";

/// Tasks of three hundred others: what PostgreSQL expects of a user is little, then, and the large one has much.
const OTHERS_TASKS: &str = "INSERT INTO tasks (user_id, id, title, status, priority, tags, created_at, updated_at, version)
        SELECT other.user_id, uuidv7(), 'Theirs', 'pending', 3, '{}', now(), now(), 1
        FROM (SELECT users.user_id FROM users WHERE users.user_id <> $1 LIMIT 300) AS other, generate_series(1, 100)";

/// Their words, as a search would take them.
const WORDS: &str = "INSERT INTO search_words (user_id, task_id, language, words)
        SELECT tasks.user_id, tasks.id, 'simple', format(
            '%1$stask:1A %1$s%2$s:1A %1$sheating:3', right(tasks.user_id::text, 8), substr(tasks.title, 6)
        )::tsvector
        FROM tasks
        WHERE tasks.user_id = $1";
/// What was done to them: to each once, and to ten thousand in one change; a change for each of the others.
const HISTORY: &str = "INSERT INTO history (user_id, change_id, task_id, at, by, action, after, version)
        SELECT user_id, uuidv7(), id, timestamptz '2026-11-22 12:00Z' - k * interval '10 seconds', 'session', 'create',
            after, 110001 - k
        FROM (
            SELECT user_id, id, to_jsonb(tasks) AS after, row_number() OVER (ORDER BY created_at DESC) AS k
            FROM tasks
            WHERE user_id = $1
        ) AS made
        UNION ALL
        SELECT user_id, '0198c5a0-0000-7000-8000-0000000000dd'::uuid, id, '2026-11-22 12:00Z', 'session', 'import',
            to_jsonb(tasks), 110001
        FROM tasks
        WHERE user_id = $1 AND priority = 1 AND status = 'completed'
        UNION ALL
        SELECT user_id, uuidv7(), uuidv7(), '2026-11-22 12:00Z', 'session', 'update', NULL, 2
        FROM users
        WHERE user_id <> $1";

/// A key of the user `$1`.
const KEY: &str = "0198c5a0-0000-7000-8000-0000000000cc";

/// What logins and refreshes look at, for each of the others.
const SESSIONS: &str = "INSERT INTO user_emails (email, user_id) SELECT email, user_id FROM users ON CONFLICT DO NOTHING;
    INSERT INTO refresh_tokens (token_hash, user_id, session_id, created_at, expires_at)
        SELECT sha256(id::text::bytea), user_id, id, now(), now() + interval '1 year' FROM sessions;
    INSERT INTO known_addresses (user_id, address_hash, last_login_at)
        SELECT user_id, sha256(email::bytea), now() FROM users";

/// What of a plan passes over a whole table.
fn sequential_scans(plan: &Value) -> Vec<String> {
    let mut found = Vec::new();
    match plan {
        Value::Array(parts) => found.extend(parts.iter().flat_map(sequential_scans)),
        Value::Object(fields) => {
            if fields.get("Node Type") == Some(&json!("Seq Scan")) {
                found.push(fields["Relation Name"].as_str().unwrap().to_owned());
            }
            found.extend(fields.values().flat_map(sequential_scans));
        }
        _ => {}
    }
    found
}

/// The plan of a statement: for any values where it is prepared, and for these.
async fn plans(database: &Database, statement: &(String, Vec<u32>), values: &str) -> Value {
    if values.is_empty() {
        let nulls = vec!["NULL"; statement.1.len()].join(", ");
        explain(database, statement, "force_generic_plan", "", &nulls).await
    } else {
        explain(database, statement, "force_custom_plan", "", values).await
    }
}

/// What PostgreSQL says of a statement, planned by `mode`, with these values.
async fn explain(
    database: &Database,
    (statement, types): &(String, Vec<u32>),
    mode: &str,
    option: &str,
    values: &str,
) -> Value {
    let names = database
        .query_one(
            "SELECT array_agg(format_type(id, NULL)) FROM unnest($1::oid[]) AS id",
            &[types],
        )
        .await;
    let names: Vec<String> = names.unwrap().get(0);
    database
        .batch_execute(&format!(
            "DEALLOCATE ALL; PREPARE probe ({}) AS {statement}; SET plan_cache_mode = {mode}",
            names.join(", ")
        ))
        .await
        .unwrap();
    let rows = database
        .simple_query(&format!(
            "EXPLAIN (FORMAT JSON{option}) EXECUTE probe ({values})"
        ))
        .await
        .unwrap();
    let text: String = rows
        .iter()
        .filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        })
        .collect();
    serde_json::from_str(&text).unwrap()
}

/// How many pages of 8 KiB a plan that was run has looked at.
fn pages(ran: &Value) -> i64 {
    let plan = &ran[0]["Plan"];
    ["Shared Hit Blocks", "Shared Read Blocks"]
        .iter()
        .map(|name| plan[name].as_i64().unwrap())
        .sum()
}

/// Every route that reads or changes tasks, and bodies that make it do all it can.
fn calls(task: &str, other: &str) -> Vec<(Method, String, Value)> {
    let get = |target: &str| (Method::GET, target.to_owned(), Value::Null);
    let mut calls = vec![
        get("/api/tasks/best"),
        get(&format!("/api/tasks/{task}")),
        get("/api/projects"),
        get("/api/projects/Rare"),
        get("/api/preferences"),
        get("/api/stats"),
        get("/api/keys"),
        get("/internal/gate-state"),
        (
            Method::POST,
            "/api/keys".to_owned(),
            json!({"name": "New", "scopes": ["tasks:read"]}),
        ),
        (Method::DELETE, format!("/api/keys/{KEY}"), json!({})),
        (
            Method::PUT,
            "/api/preferences".to_owned(),
            json!({"time_zone": "Asia/Tokyo"}),
        ),
        (
            Method::POST,
            "/api/preferences/preview".to_owned(),
            json!({"weights": "quick-wins"}),
        ),
        (
            Method::POST,
            "/api/tasks".to_owned(),
            json!({"title": "New", "parent_id": other, "project": "Rare"}),
        ),
        (
            Method::PATCH,
            format!("/api/tasks/{task}"),
            json!({"depends_on": [other], "title": "Changed"}),
        ),
        (
            Method::PATCH,
            "/api/projects/Rare".to_owned(),
            json!({"name": "Rarer"}),
        ),
    ];
    for sort in ["created_at", "updated_at", "priority", "due_date"] {
        calls.push(get(&format!("/api/tasks?sort={sort}")));
        calls.push(get(&format!("/api/tasks?sort=-{sort}")));
    }
    calls
}

/// The indexes of a plan.
fn indexes(plan: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    match plan {
        Value::Array(parts) => found.extend(parts.iter().flat_map(indexes)),
        Value::Object(fields) => {
            found.extend(
                fields
                    .get("Index Name")
                    .map(|name| name.as_str().unwrap().to_owned()),
            );
            found.extend(fields.values().flat_map(indexes));
        }
        _ => {}
    }
    found
}

async fn large_user(app: &TestApp) -> (Client, Database) {
    let ada = app.user("ada").await;
    let database = app.database.connect().await;
    database.batch_execute(OTHERS).await.unwrap();
    database
        .execute(TASKS, &[&ada.identity().user.0])
        .await
        .unwrap();
    database
        .execute(CHANGES, &[&ada.identity().user.0])
        .await
        .unwrap();
    database
        .execute(HISTORY, &[&ada.identity().user.0])
        .await
        .unwrap();
    database
        .execute(
            "UPDATE users SET version = 110001 WHERE user_id = $1",
            &[&ada.identity().user.0],
        )
        .await
        .unwrap();
    database
        .execute(
            "INSERT INTO sessions (user_id, id, kind, name, created_at, expires_at)
                SELECT $1, $2::text::uuid, 'key', 'Key', now(), now() + interval '1 year'",
            &[&ada.identity().user.0, &KEY],
        )
        .await
        .unwrap();
    database
        .batch_execute(
            "INSERT INTO projects (user_id, name, created_at)
                SELECT DISTINCT user_id, project, now() FROM tasks WHERE project IS NOT NULL
                ON CONFLICT DO NOTHING",
        )
        .await
        .unwrap();
    database.batch_execute("VACUUM ANALYZE").await.unwrap();
    (ada, database)
}

#[tokio::test]
async fn no_statement_passes_over_a_table() {
    // One connection, and statements parsed at each use: the last one parsed is the one of the call.
    let app = TestApp::with(&[
        ("DATABASE_STATEMENTS", "unnamed"),
        ("DATABASE_POOL_SIZE", "1"),
    ])
    .await;
    let (ada, database) = large_user(&app).await;
    let id = |number: u32| format!("md5('task{number}')::uuid");
    let ids = database
        .query_one(&format!("SELECT {}::text, {}::text", id(22), id(44)), &[])
        .await
        .unwrap();
    let (task, other): (String, String) = (ids.get(0), ids.get(1));
    for (method, target, body) in calls(&task, &other) {
        let response = ada.call(method.clone(), &target).json(&body).send().await;
        assert!(
            response.status < 300,
            "{method} {target}: {}",
            response.text()
        );
        let plan = plans(&database, &app.proxy.last_parsed(), "").await;
        assert_eq!(
            sequential_scans(&plan),
            Vec::<String>::new(),
            "{method} {target}: {plan}"
        );
    }
}

#[tokio::test]
async fn no_statement_of_batch_history_and_undo_passes_over_a_table() {
    let app = TestApp::with(&[
        ("DATABASE_STATEMENTS", "unnamed"),
        ("DATABASE_POOL_SIZE", "1"),
    ])
    .await;
    let (ada, database) = large_user(&app).await;
    let row = database
        .query_one("SELECT md5('task22')::uuid::text", &[])
        .await;
    let task: String = row.unwrap().get(0);
    let id = "0198c5a0-0000-7000-8000-0000000000aa";
    let batch = json!({"client_token": "batch", "items": [
        {"op": "create", "id": id, "title": "New", "project": "New"},
        {"op": "update", "id": task, "depends_on": [id], "parent_id": null},
    ]});
    let mut looked_at = 0;
    let mut undone = Value::Null;
    for (what, method, target, body, status) in [
        ("list", Method::GET, "/api/history", Value::Null, 200),
        ("batch", Method::POST, "/api/tasks/batch", batch, 200),
        ("undo", Method::POST, "/api/undo", json!({}), 200),
        ("redo", Method::POST, "/api/undo", json!({}), 200),
        ("again", Method::POST, "/api/undo", json!({}), 409),
        (
            "conflict",
            Method::POST,
            "/api/undo",
            json!({"change_id": "0198c5a0-0000-7000-8000-0000000000dd"}),
            409,
        ),
    ] {
        let mut body = body;
        if matches!(what, "redo" | "again") {
            body["change_id"] = undone.clone();
        }
        if what == "conflict" {
            database
                .batch_execute("UPDATE tasks SET title = 'Changed' WHERE priority = 1")
                .await
                .unwrap();
        }
        let count = app.proxy.parsed_count();
        let answer = ada.call(method, target).json(&body).send().await;
        assert_eq!(answer.status, status, "{what}: {}", answer.text());
        if what == "undo" {
            undone = answer.json()["change_id"].clone();
        }
        for statement in app.proxy.parsed_after(count) {
            looked_at += 1;
            let plan = plans(&database, &statement, "").await;
            assert_eq!(
                sequential_scans(&plan),
                Vec::<String>::new(),
                "{what}: {}: {plan}",
                statement.0
            );
        }
    }
    assert!(looked_at > 20, "{looked_at} statements");
}

#[tokio::test]
async fn no_statement_of_sessions_passes_over_a_table() {
    let app = TestApp::with(&[
        ("DATABASE_STATEMENTS", "unnamed"),
        ("DATABASE_POOL_SIZE", "1"),
    ])
    .await;
    let (ada, anonymous) = (app.user("ada").await, app.anonymous());
    let account = json!({"email": "bob@example.com", "password": "correct horse battery"});
    let registered = anonymous.post("/api/auth/register", &account).await;
    registered.expect(201);
    let database = app.database.connect().await;
    database.batch_execute(OTHERS).await.unwrap();
    database.batch_execute(SESSIONS).await.unwrap();
    database.batch_execute("VACUUM ANALYZE").await.unwrap();
    let mut wrong = account.clone();
    wrong["password"] = json!("wrong");
    let session = format!("/api/sessions/{}", ada.identity().credential);
    for (client, method, target, body, status) in [
        (&anonymous, Method::POST, "/api/auth/login", wrong, 401),
        (&anonymous, Method::POST, "/api/auth/login", account, 200),
        (
            &anonymous,
            Method::POST,
            "/api/auth/refresh",
            json!({"refresh_token": "mfr_x"}),
            401,
        ),
        (&ada, Method::GET, "/api/sessions", Value::Null, 200),
        (&ada, Method::DELETE, &session, json!({}), 204),
    ] {
        let answer = client.call(method, target).json(&body).send().await;
        answer.expect(status);
        let plan = plans(&database, &app.proxy.last_parsed(), "").await;
        assert_eq!(
            sequential_scans(&plan),
            Vec::<String>::new(),
            "{target}: {plan}"
        );
    }
}

#[tokio::test]
async fn no_list_with_filters_passes_over_a_table() {
    let app = TestApp::with(&[("DATABASE_POOL_SIZE", "1")]).await;
    let (ada, database) = large_user(&app).await;
    let identity = ada.identity();
    let caller = format!(
        "'{}', '{}', 1, '2026-11-22T12:00Z'",
        identity.user.0, identity.credential.0
    );
    let places = [
        (
            "-created_at",
            "'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'",
        ),
        (
            "due_date",
            "'-infinity', '00000000-0000-0000-0000-000000000000'",
        ),
    ];
    for (sort, place) in places {
        for (query, filters) in [
            (
                "status=pending",
                "'{pending}', true, NULL, NULL, NULL, NULL, NULL, NULL, false",
            ),
            (
                "status=completed",
                "'{completed}', false, NULL, NULL, NULL, NULL, NULL, NULL, false",
            ),
            (
                "status=blocked",
                "'{blocked}', true, NULL, NULL, NULL, NULL, NULL, NULL, false",
            ),
            (
                "tag=home",
                "NULL, false, 'home', NULL, NULL, NULL, NULL, NULL, false",
            ),
            (
                "tag=rare",
                "NULL, false, 'rare', NULL, NULL, NULL, NULL, NULL, false",
            ),
            (
                "project=Rare",
                "NULL, false, NULL, 'Rare', NULL, NULL, NULL, NULL, false",
            ),
            (
                "priority_min=5",
                "NULL, false, NULL, NULL, NULL, 5, NULL, NULL, false",
            ),
            (
                "due_before=2026-11-23",
                "NULL, false, NULL, NULL, NULL, NULL, '2026-11-23', NULL, false",
            ),
            (
                "due_after=2026-11-23",
                "NULL, false, NULL, NULL, NULL, NULL, NULL, '2026-11-24', true",
            ),
        ] {
            ada.get(&format!("/api/tasks?sort={sort}&{query}"))
                .await
                .expect(200);
            let values = format!("{caller}, {place}, false, 21, {filters}");
            let plan = plans(&database, &app.proxy.last_parsed(), &values).await;
            assert_eq!(
                sequential_scans(&plan),
                Vec::<String>::new(),
                "{sort} {query}: {plan}"
            );
        }
    }
}

#[tokio::test]
async fn no_search_passes_over_a_table_or_all_tasks() {
    let app = TestApp::with(&[
        ("DATABASE_STATEMENTS", "unnamed"),
        ("DATABASE_POOL_SIZE", "1"),
    ])
    .await;
    let (ada, database) = large_user(&app).await;
    let identity = ada.identity();
    let user = identity.user.0;
    database.execute(WORDS, &[&user]).await.unwrap();
    database.execute(OTHERS_TASKS, &[&user]).await.unwrap();
    database
        .batch_execute("UPDATE tasks SET search_version = version")
        .await
        .unwrap();
    database.batch_execute("VACUUM ANALYZE").await.unwrap();
    let caller = format!(
        "'{user}', '{}', 1, '2026-11-22T12:00Z'",
        identity.credential.0
    );
    let owner = &user.to_string()[28..];
    let last = "'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'";
    for (q, found, index) in [
        ("77777", 1, "search_words_by_word"),
        ("7777", 11, "search_words_by_word"),
        ("nowhere", 0, "search_words_by_word"),
        ("task", 20, "tasks_newest"),
        ("t", 20, "tasks_newest"),
        ("heating task", 20, "tasks_newest"),
    ] {
        let page = ada
            .get(&format!("/api/tasks/search?q={}", q.replace(' ', "+")))
            .await;
        let page = page.expect(200);
        assert_eq!(page["items"].as_array().unwrap().len(), found, "{q}");
        let words = q.split(' ').map(|word| format!("{owner}{word}"));
        let words = words.collect::<Vec<_>>().join(",");
        let are_beginnings = q.split(' ').map(|_| "true").collect::<Vec<_>>().join(",");
        let sought = format!("'{{{words}}}', '{{{are_beginnings}}}'");
        let values = match index {
            "tasks_newest" => format!("{caller}, {sought}, 21, {last}"),
            _ => format!("{caller}, {sought}, 1000, 21, 2147483647, true, {last}"),
        };
        let statement = app.proxy.last_parsed();
        // Prepared statements are planned for any values; what goes by age, always for these.
        let prepared = if index == "tasks_newest" { &values } else { "" };
        for values in [&values, prepared] {
            let plan = plans(&database, &statement, values).await;
            assert_eq!(sequential_scans(&plan), Vec::<String>::new(), "{q}: {plan}");
            let indexes = indexes(&plan);
            for index in [index, "tasks_to_index", "search_words_by_language"] {
                assert!(indexes.contains(index), "{q} without {index}: {plan}");
            }
        }
        let mode = match index {
            "tasks_newest" => "force_custom_plan",
            _ => "force_generic_plan",
        };
        let ran = explain(&database, &statement, mode, ", ANALYZE", &values).await;
        assert!(pages(&ran) < 500, "{q} reads too much: {ran}");
    }
}
