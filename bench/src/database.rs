//! The other side of the comparison: PostgreSQL itself, by psql and pgbench.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use crate::failure::Failure;
use crate::load::Outcome;

/// Runs SQL as the superuser of `url`; gives what it printed.
pub(crate) fn psql(url: &str, sql: &str) -> Result<String, Failure> {
    let output = Command::new("psql")
        .args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
            "--command",
            sql,
        ])
        .arg(url)
        .output()?;
    Ok(String::from_utf8(succeeded("psql", output)?.stdout)?
        .trim()
        .to_owned())
}

/// The statement that the origin's role ran last: what pgbench shall run.
pub(crate) fn last_statement(url: &str) -> Result<String, Failure> {
    let statement = psql(
        url,
        "SELECT query FROM pg_stat_activity WHERE usename = 'mindflow_app' ORDER BY query_start DESC LIMIT 1",
    )?;
    if statement.is_empty() {
        Err("the origin ran no statement".into())
    } else {
        Ok(statement)
    }
}

/// Replaces `$1`, `$2`, … by SQL expressions.
pub(crate) fn with_values(statement: &str, values: &[String]) -> Result<String, Failure> {
    let mut script = String::with_capacity(statement.len() * 2);
    let mut used = vec![false; values.len()];
    let mut rest = statement;
    while let Some((before, after)) = rest.split_once('$') {
        script.push_str(before);
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let index: usize = after[..digits].parse()?;
        let value = index.checked_sub(1).and_then(|index| values.get(index));
        script.push_str(value.ok_or_else(|| format!("no value for ${index} in: {statement}"))?);
        used[index - 1] = true;
        rest = &after[digits..];
    }
    script.push_str(rest);
    match used.iter().position(|used| !used) {
        Some(index) => Err(format!("${} is not used in: {statement}", index + 1).into()),
        None => Ok(script),
    }
}

/// Runs a pgbench script for some seconds, prepared, with as many clients as the load has connections.
pub(crate) fn pgbench(
    url: &str,
    folder: &Path,
    script: &str,
    clients: usize,
    seconds: u64,
) -> Result<Outcome, Failure> {
    let (file, log) = (folder.join("script.sql"), folder.join("latency"));
    fs::write(&file, script)?;
    let output = Command::new("pgbench")
        .args([
            "--no-vacuum",
            "--protocol=prepared",
            "--jobs=2",
            "--log",
            "--sampling-rate=0.2",
        ])
        .arg(format!("--client={clients}"))
        .arg(format!("--time={seconds}"))
        .arg(format!("--log-prefix={}", log.display()))
        .arg(format!("--file={}", file.display()))
        .arg(url)
        .output()?;
    let printed = String::from_utf8(succeeded("pgbench", output)?.stdout)?;
    let throughput: f64 = printed
        .lines()
        .find_map(|line| line.strip_prefix("tps = "))
        .and_then(|line| line.split(' ').next())
        .ok_or_else(|| format!("pgbench gave no tps: {printed}"))?
        .parse()?;
    let mut latencies = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("latency."))
        {
            for line in fs::read_to_string(&path)?.lines() {
                let microseconds = line
                    .split(' ')
                    .nth(2)
                    .ok_or("a line of pgbench's log without a latency")?;
                latencies.push(Duration::from_micros(microseconds.parse()?));
            }
            fs::remove_file(path)?;
        }
    }
    latencies.sort_unstable();
    Ok(Outcome {
        throughput,
        latencies,
    })
}

fn succeeded(program: &str, output: Output) -> Result<Output, Failure> {
    if output.status.success() {
        return Ok(output);
    }
    Err(format!(
        "{program} failed: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_is_replaced_and_none_left_over() {
        let values = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(
            with_values("SELECT $2, $1, $2", &values).unwrap(),
            "SELECT b, a, b"
        );
        assert!(with_values("SELECT $3, $1, $2", &values).is_err());
        assert!(with_values("SELECT $1", &values).is_err());
    }
}
