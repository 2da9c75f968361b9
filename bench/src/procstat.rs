//! CPU time and memory of a process, from `/proc`.

use std::fs;

/// A clock tick of `/proc`, in microseconds (`USER_HZ` is 100 on Linux).
const TICK: u64 = 10_000;

/// User and system time of a process so far, in microseconds, to the nearest hundredth of a second.
pub fn cpu_micros(process: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name in parentheses may hold spaces; the fields behind it do not.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|field| field.parse::<u64>().ok())
        .sum::<u64>()
        * TICK
}

/// The most memory that a process has held so far (`VmHWM`), in bytes.
pub fn peak_memory(process: u32) -> u64 {
    bytes_of(process, "VmHWM:")
}

/// What a process holds now (`VmRSS`), in bytes.
pub fn memory(process: u32) -> u64 {
    bytes_of(process, "VmRSS:")
}

fn bytes_of(process: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}

/// Time that all cores together were busy since the machine started, in microseconds.
pub fn machine_busy_micros() -> u64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let first = stat.lines().next().unwrap_or_default();
    let fields = first.split_whitespace().skip(1).enumerate();
    // user, nice, system; irq, softirq, steal: all but idling and waiting for the disk.
    let busy = fields.filter(|(at, _)| matches!(at, 0..=2 | 5..=7));
    let ticks = busy.filter_map(|(_, field)| field.parse::<u64>().ok());
    ticks.sum::<u64>() * TICK
}
