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
            Kind::List => values.extend([
                "'infinity'::timestamptz".to_owned(),
                "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid".to_owned(),
                "101::bigint".to_owned(),
            ]),
            Kind::Create => values.extend(CREATE_VALUES.map(str::to_owned)),
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

const BODY: &str = r#"{"title":"Write to the landlord about the heating","priority":4,"due_date":"2026-12-01","effort_estimate_minutes":30,"tags":["home","letters"]}"#;

/// `$5` and on of the statement that creates: key, request hash, id, whether it was given, and [`BODY`].
const CREATE_VALUES: [&str; 11] = [
    "('gate:' || :high::text || ':' || :low::text || ':' || :number::text)",
    "decode('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex')",
    "('0198c5a0-0002-7000-8' || substr(lpad(to_hex(:high::int), 8, '0'), 1, 3) || '-' || substr(lpad(to_hex(:high::int), 8, '0'), 4, 4) || lpad(to_hex(:low::int), 8, '0'))::uuid",
    "false",
    "'Write to the landlord about the heating'::text",
    "NULL::text",
    "'pending'::text",
    "4::smallint",
    "'2026-12-01'::text",
    "30::smallint",
    "'{home,letters}'::text[]",
];

/// SQL for the id that is `base` plus a number.
fn uuid(base: u128, number: &str) -> String {
    let base = Uuid::from_u128(base).to_string();
    format!(
        "('{}' || lpad(to_hex({number}::int), 12, '0'))::uuid",
        &base[..24]
    )
}

/// Users with one session and [`TASKS`] tasks each.
pub(crate) fn seed_sql() -> String {
    let (user, credential) = (uuid(USER, "n"), uuid(CREDENTIAL, "n"));
    let task = format!(
        "(overlay({} PLACING lpad(to_hex(k), 2, '0') FROM 12 FOR 2))::uuid",
        user.replace("::uuid", "")
    );
    format!(
        "INSERT INTO users (user_id, email, password_hash, created_at)
            SELECT {user}, 'bench' || n || '@example.com', 'none', now() FROM generate_series(1, {USERS}) AS n;
        INSERT INTO sessions (user_id, id, kind, created_at, last_used_on, expires_at)
            SELECT {user}, {credential}, 'token', now(), now()::date, now() + interval '1 day'
            FROM generate_series(1, {USERS}) AS n;
        INSERT INTO tasks (user_id, id, title, description, status, priority, due_date, effort_estimate_minutes, tags,
                created_at, updated_at, version)
            SELECT {user}, {task}, 'Task ' || k || ': write to the landlord about the heating',
                CASE WHEN k % 4 = 0 THEN repeat('It has been cold since Monday. ', 4) END,
                CASE WHEN k % 10 = 0 THEN 'in_progress' ELSE 'pending' END, 1 + k % 5,
                CASE WHEN k % 3 > 0 THEN (now() + (k - 30) * interval '1 day')::date::text END,
                CASE WHEN k % 2 = 0 THEN 15 * (1 + k % 8) END, '{{home,letters}}',
                now() - k * interval '1 day', now(), 1
            FROM generate_series(1, {USERS}) AS n, generate_series(1, {TASKS}) AS k;
        ANALYZE"
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
