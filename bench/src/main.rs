//! `bench`: the origin, with every signature checked, against pgbench running the same statements on
//! the same data in the same run; then one user with many tasks, without pgbench. `bench large`: that user alone.
//! `bench edge`: the Worker against one in JavaScript (edge.rs). Started by scripts/bench, which makes the database
//! and starts the origin.
//!
//! The statements are not written down here: each is read from PostgreSQL after the origin ran it.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod cases;
mod database;
mod edge;
mod failure;
mod load;
mod process;
mod randomness;
mod request;
mod token;

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use shared_types::signature::Keys;

use crate::cases::{Case, LARGE_USER, USERS, credential_id, seed_sql, user_id};
use crate::failure::Failure;
use crate::load::{Expected, Outcome, count};
use crate::randomness::Randomness;
use crate::request::{Edge, User};
use crate::token::Issuer;

/// Connections of the load, and clients of pgbench.
const CONNECTIONS: usize = 16;
/// Seconds of each measurement.
const SECONDS: u64 = 6;
/// Measurements of each kind; the one of median throughput is shown.
const ROUNDS: usize = 3;

/// Requests of each call of the user who has many tasks, after a few that warm up.
const LARGE_REQUESTS: usize = 100;

struct Setting {
    origin: SocketAddr,
    origin_pid: u32,
    database_url: String,
    folder: PathBuf,
    edge: Edge,
}

/// One measurement of the origin.
struct Measured {
    outcome: Outcome,
    cpu_per_request: Duration,
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["edge"] => edge::compare(),
        ["edge", "--profile"] => edge::profile("hit"),
        ["edge", "--profile", case] => edge::profile(case),
        [] => origin(false),
        ["large"] => origin(true),
        _ => Err("unknown arguments; run scripts/bench".into()),
    }
}

fn origin(only_large: bool) -> Result<(), Failure> {
    let mut setting = setting()?;
    database::psql(&setting.database_url, &seed_sql())?;
    database::psql(&setting.database_url, "VACUUM ANALYZE")?;
    if !only_large {
        println!(
            "{CONNECTIONS} connections, {USERS} users with 100 tasks each, {SECONDS} s a measurement, median of {ROUNDS}"
        );
        println!(
            "| call | pgbench /s | origin /s | ratio | origin p50 ms | p99 ms | pgbench p50 ms | p99 ms | origin CPU µs a request |"
        );
        println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        for case in cases::ALL {
            measure(&mut setting, case)?;
        }
    }
    println!(
        "\nOne user with 10,000 open and 100,000 completed tasks, one request after the other, {LARGE_REQUESTS} of each:"
    );
    println!("| call | p50 ms | p99 ms |\n| --- | --- | --- |");
    for case in cases::LARGE {
        measure_large(&mut setting, case)?;
    }
    say_memory(&setting)?;
    measure_moves(&mut setting)
}

fn say_memory(setting: &Setting) -> Result<(), Failure> {
    let (now, peak) = process::memory_kib(setting.origin_pid)?;
    println!(
        "\nThe origin's resident memory: {} MiB after the run, {} MiB at its peak.",
        now / 1024,
        peak / 1024
    );
    Ok(())
}

/// What is imported and exported at once, and what the export of many tasks takes in memory beyond that of few.
fn measure_moves(setting: &mut Setting) -> Result<(), Failure> {
    println!(
        "\n| move | times | median s | longest s | origin's peak MiB above what it had |\n| --- | --- | --- | --- | --- |"
    );
    let moves = [
        (&cases::EXPORT, "export of 100 tasks", 1..=1, 5),
        (
            &cases::EXPORT,
            "export of 110,000 tasks",
            LARGE_USER..=LARGE_USER,
            5,
        ),
        (&cases::IMPORT, cases::IMPORT.name, 1..=USERS, 5),
    ];
    for (case, name, users, times) in moves {
        let (before, _) = process::memory_kib(setting.origin_pid)?;
        process::forget_peak(setting.origin_pid)?;
        let outcome = requests_of(setting, case, times, users, 1)?.outcome;
        let (_, peak) = process::memory_kib(setting.origin_pid)?;
        println!(
            "| {name} | {times} | {:.2} | {:.2} | {:.1} |",
            outcome.percentile(0.5).as_secs_f64(),
            outcome.percentile(1.0).as_secs_f64(),
            count(usize::try_from(peak.saturating_sub(before))?) / 1024.0,
        );
    }
    Ok(())
}

fn measure(setting: &mut Setting, case: &Case) -> Result<(), Failure> {
    // One request, to prepare the statement and to learn it; then as many as give a run of about SECONDS.
    load_of(setting, case, 1)?;
    let script = case.script(&database::last_statement(&setting.database_url)?)?;
    let warm_up = load_of(setting, case, 4_000)?.outcome.throughput;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of requests"
    )]
    let requests = (warm_up * count(SECONDS as usize)) as usize;
    let (mut from_pgbench, mut from_origin) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        from_pgbench.push(database::pgbench(
            &setting.database_url,
            &setting.folder,
            &script,
            CONNECTIONS,
            SECONDS,
        )?);
        from_origin.push(load_of(setting, case, requests)?);
    }
    from_pgbench.sort_by(|a, b| a.throughput.total_cmp(&b.throughput));
    from_origin.sort_by(|a, b| a.outcome.throughput.total_cmp(&b.outcome.throughput));
    let (pgbench, origin) = (&from_pgbench[ROUNDS / 2], &from_origin[ROUNDS / 2]);
    let ms = |outcome: &Outcome, share| outcome.percentile(share).as_secs_f64() * 1e3;
    println!(
        "| {} | {:.0} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.0} |",
        case.name,
        pgbench.throughput,
        origin.outcome.throughput,
        origin.outcome.throughput / pgbench.throughput,
        ms(&origin.outcome, 0.5),
        ms(&origin.outcome, 0.99),
        ms(pgbench, 0.5),
        ms(pgbench, 0.99),
        origin.cpu_per_request.as_secs_f64() * 1e6,
    );
    Ok(())
}

fn measure_large(setting: &mut Setting, case: &Case) -> Result<(), Failure> {
    let user = LARGE_USER..=LARGE_USER;
    requests_of(setting, case, 10, user.clone(), 1)?;
    let outcome = requests_of(setting, case, LARGE_REQUESTS, user, 1)?.outcome;
    let ms = |share| outcome.percentile(share).as_secs_f64() * 1e3;
    println!("| {} | {:.1} | {:.1} |", case.name, ms(0.5), ms(0.99));
    Ok(())
}

fn load_of(setting: &mut Setting, case: &Case, requests: usize) -> Result<Measured, Failure> {
    requests_of(
        setting,
        case,
        requests,
        1..=USERS,
        CONNECTIONS.min(requests),
    )
}

/// Signs the requests of a load, then sends them.
fn requests_of(
    setting: &mut Setting,
    case: &Case,
    requests: usize,
    numbers: RangeInclusive<u64>,
    connections: usize,
) -> Result<Measured, Failure> {
    setting.edge.now_ms = now_ms()?;
    let mut randomness = Randomness::new(setting.edge.now_ms.unsigned_abs());
    let users = numbers
        .clone()
        .map(|number| setting.edge.user(user_id(number), credential_id(number)))
        .collect::<Result<Vec<User>, _>>()?;
    let count_of_users = u64::try_from(users.len())?;
    let prepared = (0..connections)
        .map(|_| {
            (0..requests.div_ceil(connections))
                .map(|_| {
                    let index = randomness.number(count_of_users);
                    let (path, body) = case.call(numbers.start() + index - 1, &mut randomness);
                    let user = &users[usize::try_from(index)? - 1];
                    setting
                        .edge
                        .request(user, case.method, &path, &body, &mut randomness)
                })
                .collect::<Result<Vec<_>, Failure>>()
        })
        .collect::<Result<Vec<_>, _>>()?;
    let cpu_before = process::cpu(setting.origin_pid)?;
    let outcome = load::run(setting.origin, &prepared, Expected::status(case.expected))?;
    let cpu = process::cpu(setting.origin_pid)?.saturating_sub(cpu_before);
    let cpu_per_request = cpu.div_f64(count(outcome.latencies.len()));
    Ok(Measured {
        outcome,
        cpu_per_request,
    })
}

fn setting() -> Result<Setting, Failure> {
    let token_keys = std::fs::read_to_string(variable("TOKEN_KEYS_FILE")?)?;
    let (token_key_id, seed) = token_keys
        .trim()
        .split_once('=')
        .ok_or("no key in TOKEN_KEYS_FILE")?;
    let seed: [u8; 32] = STANDARD
        .decode(seed)?
        .try_into()
        .map_err(|_| "a token key is not 32 bytes")?;
    Ok(Setting {
        origin: variable("ORIGIN_ADDRESS")?.parse()?,
        origin_pid: variable("ORIGIN_PID")?.parse()?,
        database_url: variable("SUPERUSER_DATABASE_URL")?,
        folder: variable("BENCH_FOLDER")?.into(),
        edge: Edge {
            authority: variable("ORIGIN_AUTHORITY")?,
            signing_keys: Keys::parse(&std::fs::read_to_string(variable("SIGNING_KEYS_FILE")?)?)?,
            issuer: Issuer {
                url: variable("PUBLIC_URL")?,
                key_id: token_key_id.to_owned(),
                key: SigningKey::from_bytes(&seed),
            },
            now_ms: now_ms()?,
        },
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "scripts/bench hands everything over in the environment"
)]
fn variable(name: &str) -> Result<String, Failure> {
    std::env::var(name).map_err(|_| format!("{name} is not set; run scripts/bench").into())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the origin compares signatures with the real time"
)]
fn now_ms() -> Result<i64, Failure> {
    Ok(i64::try_from(
        SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)?
            .as_millis(),
    )?)
}
