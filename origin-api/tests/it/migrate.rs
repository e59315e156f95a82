//! Migrations: from nothing, twice, at once, and what the application's role may then do.

use origin_api::db::migrate::migrate;

use crate::support::database::{TestDatabase, connect, server, settings};

/// How many migrations there are.
fn files() -> usize {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    std::fs::read_dir(folder).unwrap().count()
}

#[tokio::test]
async fn from_nothing_then_again_changes_nothing() {
    let database = TestDatabase::empty("twice").await;
    let applied = migrate(&settings(&database.config)).await.unwrap();
    assert_eq!(applied, files());
    assert_eq!(migrate(&settings(&database.config)).await.unwrap(), 0);
}

#[tokio::test]
async fn two_at_once_wait_for_each_other() {
    let database = TestDatabase::empty("at_once").await;
    let settings = settings(&database.config);
    let (one, other) = tokio::join!(migrate(&settings), migrate(&settings));
    assert_eq!(one.unwrap() + other.unwrap(), files());
}

#[tokio::test]
async fn an_undone_release_leaves_its_successors_schema_alone() {
    let database = TestDatabase::new().await;
    let client = database.connect().await;
    let later = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
        SELECT max(version) + 1, 'later', '2026-11-22T00:00:00Z', '1' FROM refinery_schema_history";
    client.execute(later, &[]).await.unwrap();
    assert_eq!(migrate(&settings(&database.config)).await.unwrap(), 0);
}

#[tokio::test]
async fn the_applications_role_has_the_rows_but_not_the_schema() {
    let database = TestDatabase::empty("grants").await;
    let role = format!("mf_it_app_{}", std::process::id());
    let admin = connect(&server()).await;
    admin
        .batch_execute(&format!(
            "DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN PASSWORD 'for one test'"
        ))
        .await
        .unwrap();
    let mut settings = settings(&database.config);
    settings.app.user(&role).password("for one test");
    migrate(&settings).await.unwrap();

    let client = connect(&settings.app).await;
    client
        .execute(
            "INSERT INTO user_emails VALUES ('a@b.c', '0198c5a0-0000-7000-8000-0000000000aa')",
            &[],
        )
        .await
        .unwrap();
    client
        .query("SELECT version FROM refinery_schema_history", &[])
        .await
        .unwrap();
    for refused in [
        "DELETE FROM refinery_schema_history",
        "DROP TABLE users",
        "ALTER TABLE users ADD COLUMN hacked text",
        "CREATE TABLE hacked ()",
    ] {
        let error = client.batch_execute(refused).await.unwrap_err();
        assert_eq!(error.code().unwrap().code(), "42501", "{refused}");
    }
    drop(database);
    admin
        .batch_execute(&format!("DROP ROLE {role}"))
        .await
        .unwrap();
}

/// The rules that let the schema move to a distributed engine (architecture.md), for every table.
#[tokio::test]
async fn every_table_of_users_leads_its_keys_with_the_user() {
    const GLOBAL: [&str; 10] = [
        "refinery_schema_history",
        "user_emails",
        "refresh_tokens",
        "anonymous_keys",
        "email_tokens",
        "mails",
        "throttles",
        "data_set",
        "oauth_clients",
        "oauth_codes",
    ];
    let database = TestDatabase::new().await;
    let client = database.connect().await;
    let keys = "SELECT conrelid::regclass::text AS on_table, conname::text AS name, attname::text AS first_column
        FROM pg_constraint
        JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE contype IN ('p', 'u', 'f') AND connamespace = 'public'::regnamespace";
    let mut seen = 0;
    for row in client.query(keys, &[]).await.unwrap() {
        let [table, name, first]: [String; 3] =
            ["on_table", "name", "first_column"].map(|column| row.get(column));
        if !GLOBAL.contains(&table.as_str()) {
            assert_eq!(first, "user_id", "{table}: {name}");
            seen += 1;
        }
    }
    assert!(seen > 0);
    let unnamed = "SELECT conname::text FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conname LIKE '%\\_check%'";
    assert!(
        client.query(unnamed, &[]).await.unwrap().is_empty(),
        "every CHECK has a name of its own"
    );
    let forbidden = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
        UNION ALL SELECT typname::text FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
        UNION ALL SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql'";
    assert!(
        client.query(forbidden, &[]).await.unwrap().is_empty(),
        "no sequences, enums, domains or extensions"
    );
}
