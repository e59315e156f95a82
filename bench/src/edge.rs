//! `bench edge`: the Worker against one in JavaScript (bench/js-worker) that does the same steps, in the same workerd with
//! the same settings and the same origin, in turns. `bench edge --profile [CASE]`: where the Worker's time goes.
//!
//! A case counts only answers that are what it is named after: a Worker that should answer from its cache and does not
//! ends the bench.

mod calls;
mod stand_in;
mod worker;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use ed25519_dalek::SigningKey;
use shared_types::token::{PublicKey, to_jwks};

use crate::failure::Failure;
use crate::load::{self, Outcome, count};
use crate::randomness::Randomness;
use crate::token::Issuer;
use crate::{now_ms, process, variable};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use calls::{Caller, Case};
use worker::{Kind, Prepared, Running};

/// Connections of the load.
const CONNECTIONS: usize = 16;
/// Seconds of each measurement.
const SECONDS: f64 = 1.5;
/// Measurements of each kind, the Workers in turns: many short ones, because the machine does other work meanwhile.
const ROUNDS: usize = 9;
/// Requests that come before the first measurement, so that the JavaScript is compiled.
const WARM_UP: usize = 4_000;
/// Starts of each Worker.
const STARTS: usize = 7;
/// Users of each table, and the requests a minute that each may make: about what one makes here, so that nobody is refused
/// and a gate writes its limit's state as often as it would with the real limit of somebody who uses it up.
const TABLES: [(u64, u32); 2] = [(64, 3_000), (1, 200_000)];
const PUBLIC_URL: &str = "https://mindflow.test";

struct Setting {
    folder: PathBuf,
    issuer: Issuer,
    variables: Vec<(&'static str, String)>,
    randomness: Randomness,
}

/// One measurement.
struct Measured {
    outcome: Outcome,
    cpu_per_request: Duration,
}

/// Prints the tables.
pub(crate) fn compare() -> Result<(), Failure> {
    let mut setting = Setting::new()?;
    for (users, limit) in TABLES {
        let rust = setting.prepare(Kind::Rust, limit)?;
        let javascript = setting.prepare(Kind::JavaScript, limit)?;
        let first = calls::without_credential();
        let running = [rust.start(&first, &[])?, javascript.start(&first, &[])?];
        println!(
            "\n{CONNECTIONS} connections, {users} user(s), {SECONDS} s a measurement, {ROUNDS} in turns, medians:\n"
        );
        println!(
            "| case | Rust /s | JavaScript /s | ratio | Rust p50 ms | p99 ms | JavaScript p50 ms | p99 ms | Rust CPU µs a request | JavaScript CPU µs |"
        );
        println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        for case in Case::ALL {
            compare_case(&mut setting, &running, case, users)?;
        }
    }
    starts(&mut setting)
}

fn compare_case(
    setting: &mut Setting,
    running: &[Running; 2],
    case: Case,
    users: u64,
) -> Result<(), Failure> {
    let mut requests = [0, 0];
    for (requests, worker) in requests.iter_mut().zip(running) {
        let throughput = measure(setting, worker, case, users, WARM_UP)?
            .outcome
            .throughput;
        *requests = as_number(throughput * SECONDS);
    }
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push([
            measure(setting, &running[0], case, users, requests[0])?,
            measure(setting, &running[1], case, users, requests[1])?,
        ]);
    }
    let [rust, javascript] = [0, 1].map(|index| {
        let of =
            |figure: fn(&Measured) -> f64| median(rounds.iter().map(|round| figure(&round[index])));
        [
            of(|measured| measured.outcome.throughput),
            of(|measured| milliseconds(measured.outcome.percentile(0.5))),
            of(|measured| milliseconds(measured.outcome.percentile(0.99))),
            of(|measured| measured.cpu_per_request.as_secs_f64() * 1e6),
        ]
    });
    let throughput = |measured: &Measured| measured.outcome.throughput;
    let ratio = median(
        rounds
            .iter()
            .map(|[rust, javascript]| throughput(rust) / throughput(javascript)),
    );
    println!(
        "| {} | {:.0} | {:.0} | {ratio:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.0} | {:.0} |",
        case.name(),
        rust[0],
        javascript[0],
        rust[1],
        rust[2],
        javascript[1],
        javascript[2],
        rust[3],
        javascript[3],
    );
    Ok(())
}

/// How long the Workers take to start, and to serve somebody for the first time.
fn starts(setting: &mut Setting) -> Result<(), Failure> {
    println!(
        "\nmedians of {STARTS} starts: from the start of workerd to its first answer (a 401), how much of that is the \
         Worker's own (an empty one answers sooner), then a user's first read (a new gate, which asks the origin) and the next:\n"
    );
    println!(
        "| Worker | first answer ms | its own ms | first read ms | next read ms |\n| --- | --- | --- | --- | --- |"
    );
    let empty = start(setting, Kind::Empty)?;
    for kind in [Kind::Rust, Kind::JavaScript] {
        let [answer, first, next] = start(setting, kind)?;
        println!(
            "| {} | {answer:.1} | {:.1} | {first:.1} | {next:.1} |",
            kind.name(),
            answer - empty[0]
        );
    }
    println!("| {} | {:.1} | | | |", Kind::Empty.name(), empty[0]);
    Ok(())
}

/// The medians of one Worker: first answer, first read, next read.
fn start(setting: &mut Setting, kind: Kind) -> Result<[f64; 3], Failure> {
    let prepared = setting.prepare(kind, TABLES[0].1)?;
    let mut figures = [const { Vec::new() }; 3];
    for _ in 0..STARTS {
        let running = prepared.start(&calls::without_credential(), &[])?;
        figures[0].push(milliseconds(running.started_in));
        let caller = setting.callers(1)?.remove(0);
        for figures in &mut figures[1..] {
            let request = caller.request(Case::Hit, &mut setting.randomness);
            let begun = load::now();
            load::once(running.address, &request)?;
            figures.push(milliseconds(load::now().duration_since(begun)));
        }
    }
    Ok(figures.map(|figures| median(figures.into_iter())))
}

/// Prints where the Worker's time goes while it serves one case.
pub(crate) fn profile(case: &str) -> Result<(), Failure> {
    let case = Case::ALL
        .into_iter()
        .find(|known| known.name() == case)
        .ok_or_else(|| format!("no case is called {case}"))?;
    let mut setting = Setting::new()?;
    let (users, limit) = TABLES[0];
    let worker = setting.prepare(Kind::Rust, limit)?;
    let inspector = worker::free_address()?.to_string();
    let first = calls::without_credential();
    let running = worker.start(&first, &["--inspector-addr", &inspector])?;
    let throughput = measure(&mut setting, &running, case, users, WARM_UP)?
        .outcome
        .throughput;
    let mut profiler = Command::new("node")
        .args(["bench/workerd/profile.ts", &inspector, "5"])
        .spawn()?;
    let measured = measure(
        &mut setting,
        &running,
        case,
        users,
        as_number(throughput * 8.0),
    )?;
    if !profiler.wait()?.success() {
        return Err("the profiler failed".into());
    }
    println!(
        "{}: {:.0} requests/s and {:.0} CPU µs a request while it was profiled",
        case.name(),
        measured.outcome.throughput,
        measured.cpu_per_request.as_secs_f64() * 1e6
    );
    Ok(())
}

/// Brings the Worker into the state that the case needs, then sends this many requests.
fn measure(
    setting: &mut Setting,
    worker: &Running,
    case: Case,
    users: u64,
    requests: usize,
) -> Result<Measured, Failure> {
    let mut callers = setting.callers(users)?;
    for caller in &mut callers {
        // A change ends what is kept, so that nothing gets too old during the measurement.
        for case in [Case::Write, Case::Hit] {
            let head = load::once(
                worker.address,
                &caller.request(case, &mut setting.randomness),
            )?;
            head.find("etag")
                .unwrap_or_default()
                .clone_into(&mut caller.etag);
        }
    }
    let prepared: Vec<Vec<Vec<u8>>> = (0..CONNECTIONS)
        .map(|_| {
            (0..requests.div_ceil(CONNECTIONS))
                .map(|_| {
                    let index = setting.randomness.bits() % users;
                    #[expect(
                        clippy::cast_possible_truncation,
                        reason = "below the number of users"
                    )]
                    let caller = &callers[index as usize];
                    caller.request(case, &mut setting.randomness)
                })
                .collect()
        })
        .collect();
    let cpu_before = process::cpu(worker.pid())?;
    let outcome = load::run(worker.address, &prepared, case.expected()).map_err(|error| {
        format!(
            "the Worker {} in the case {}: {error}",
            worker.kind.name(),
            case.name()
        )
    })?;
    let cpu = process::cpu(worker.pid())?.saturating_sub(cpu_before);
    Ok(Measured {
        cpu_per_request: cpu.div_f64(count(outcome.latencies.len())),
        outcome,
    })
}

impl Setting {
    /// Keys of this run's own, and an origin that answers out of memory.
    fn new() -> Result<Self, Failure> {
        let mut randomness = Randomness::new(now_ms()?.unsigned_abs());
        let mut key = || {
            let mut bytes = [0; 32];
            bytes[..16].copy_from_slice(&randomness.nonce());
            bytes[16..].copy_from_slice(&randomness.nonce());
            bytes
        };
        let issuer = Issuer {
            url: PUBLIC_URL.to_owned(),
            key_id: "bench".to_owned(),
            key: SigningKey::from_bytes(&key()),
        };
        let signing_keys = format!("bench={}", STANDARD.encode(key()));
        let callback_keys = format!("bench={}", STANDARD.encode(key()));
        let key_set = to_jwks(&[PublicKey {
            key_id: issuer.key_id.clone(),
            bytes: issuer.key.verifying_key().to_bytes(),
        }])?;
        let origin = stand_in::start(key_set.clone(), randomness.uuid().to_string())?;
        Ok(Self {
            folder: variable("BENCH_FOLDER")?.into(),
            issuer,
            variables: vec![
                ("PUBLIC_URL", PUBLIC_URL.to_owned()),
                ("ORIGIN_URL", format!("http://{origin}")),
                ("ORIGIN_AUTHORITY", origin.to_string()),
                ("TOKEN_PUBLIC_KEYS", key_set),
                ("SIGNING_KEYS", signing_keys),
                ("CALLBACK_KEYS", callback_keys),
            ],
            randomness,
        })
    }

    /// The configuration of a Worker whose users may make this many requests a minute.
    fn prepare(&self, kind: Kind, limit: u32) -> Result<Prepared, Failure> {
        let mut variables = self.variables.clone();
        variables.push(("USER_REQUESTS_PER_MINUTE", limit.to_string()));
        Prepared::new(kind, &self.folder, &variables)
    }

    fn callers(&self, users: u64) -> Result<Vec<Caller>, Failure> {
        let now_seconds = now_ms()? / 1000;
        (1..=users)
            .map(|number| Caller::new(&self.issuer, number, now_seconds))
            .collect()
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn as_number(requests: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of requests"
    )]
    let number = requests as usize;
    number
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
