//! Processor time of other processes. On a shared machine it says what a rate cannot: how much work an event is.

use anyhow::Context;

/// The kernel's unit of processor time in `/proc`, fixed for programs on Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// Seconds that a process has used, its threads included.
pub fn of_process(pid: u32) -> anyhow::Result<f64> {
    let fields = fields(pid)?;
    Ok(ticks(&fields, &[UTIME, STIME])? / TICKS_PER_SECOND)
}

/// Seconds that a process, its children, and the children it has outlived have used.
pub fn of_family(parent: u32) -> anyhow::Result<f64> {
    let mut used = ticks(&fields(parent)?, &[UTIME, STIME, CUTIME, CSTIME])?;
    for entry in std::fs::read_dir("/proc")?.filter_map(Result::ok) {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // One that ended meanwhile is counted by its parent next time.
        let Ok(fields) = fields(pid) else { continue };
        if fields.get(PARENT).is_some_and(|of| *of == parent.to_string()) {
            used += ticks(&fields, &[UTIME, STIME])?;
        }
    }
    Ok(used / TICKS_PER_SECOND)
}

// Places in /proc/<pid>/stat after the name, which may itself contain spaces and ends with the last parenthesis.
const PARENT: usize = 1;
const UTIME: usize = 11;
const STIME: usize = 12;
const CUTIME: usize = 13;
const CSTIME: usize = 14;

fn fields(pid: u32) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, after) = text.rsplit_once(')').context("no name")?;
    Ok(after.split_whitespace().map(str::to_owned).collect())
}

fn ticks(fields: &[String], places: &[usize]) -> anyhow::Result<f64> {
    let mut sum = 0.0;
    for place in places {
        sum += fields.get(*place).context("a field is missing")?.parse::<f64>()?;
    }
    Ok(sum)
}
