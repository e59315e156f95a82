//! What the kernel says of a running process (proc(5)).

use std::fs;
use std::time::Duration;

use crate::failure::Failure;

/// Processor time used so far, in user and kernel mode.
pub(crate) fn cpu(pid: u32) -> Result<Duration, Failure> {
    // `sysconf(_SC_CLK_TCK)` is 100 on every Linux that this runs on.
    const TICK_MILLISECONDS: u64 = 10;
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = stat
        .rsplit_once(')')
        .ok_or("an unreadable /proc/PID/stat")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks: u64 = fields.get(11).ok_or("no utime")?.parse::<u64>()?
        + fields.get(12).ok_or("no stime")?.parse::<u64>()?;
    Ok(Duration::from_millis(ticks * TICK_MILLISECONDS))
}

/// Resident memory now and at its peak, in KiB.
pub(crate) fn memory_kib(pid: u32) -> Result<(u64, u64), Failure> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let field = |name: &str| -> Result<u64, Failure> {
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .ok_or_else(|| format!("no {name}"))?;
        Ok(line.trim_end_matches("kB").trim().parse()?)
    };
    Ok((field("VmRSS:")?, field("VmHWM:")?))
}

/// Lets the peak of resident memory be counted from now on.
pub(crate) fn forget_peak(pid: u32) -> Result<(), Failure> {
    Ok(fs::write(format!("/proc/{pid}/clear_refs"), "5")?)
}
