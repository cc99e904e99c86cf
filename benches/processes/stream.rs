//! `guard check --jsonl --no-facts` over what agents type: how many a second, and in how much memory.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::resource::{UsageWho, getrusage};
use nix::unistd::Pid;

/// Lines that an agent typed, or would: long ones, of two or three commands each.
const REALISTIC: &str = include_str!("../../tests/corpus/dev/realistic.jsonl");

/// The commands whose instructions `benches/instructions.sh` counts, each behind its bound.
const TYPICAL: &str = include_str!("../typical.txt");

/// Prints the table.
pub fn print(guard: &OsString) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut peaks = Vec::new();
    let mut times = Vec::new();
    for count in [10_000, 1_000_000] {
        let input = folder.path().join(format!("{count}.jsonl"));
        write(&input, &realistic(), count);
        times.push((count, time(guard, &input)));
        peaks.push((count, getrusage(UsageWho::RUSAGE_CHILDREN).expect("it is known").max_rss()));
    }
    println!("\na stream\n");
    let named = [("typical commands (aim: 100000)", typical()), ("lines of two or three commands", realistic())];
    for (what, lines) in named {
        let input = folder.path().join("one.jsonl");
        write(&input, &lines, 10_000);
        let one = on_one_core(|| (0..5).map(|_| time(guard, &input)).min().unwrap_or_default());
        println!("one core: {} {what} a second", rate(10_000, one));
    }
    for ((count, time), (_, peak)) in times.iter().zip(&peaks) {
        println!("all cores, {count} lines: {} lines a second, {peak} kB of memory", rate(*count, *time));
    }
    println!();
}

fn realistic() -> Vec<String> {
    REALISTIC.lines().map(str::to_owned).collect()
}

fn typical() -> Vec<String> {
    let commands = TYPICAL.lines().filter_map(|line| line.split_once(' '));
    commands.map(|(_, command)| serde_json::json!({ "cmd": command }).to_string()).collect()
}

fn write(path: &Path, lines: &[String], count: usize) {
    let mut file = std::io::BufWriter::new(File::create(path).expect("a file"));
    for line in lines.iter().cycle().take(count) {
        writeln!(file, "{line}").expect("it is written");
    }
}

fn time(guard: &OsString, input: &Path) -> Duration {
    let input = File::open(input).expect("it was written");
    let mut command = Command::new(guard);
    command.args(["check", "--jsonl", "--no-facts"]).stdin(input).stdout(Stdio::null());
    let start = Instant::now();
    assert!(command.status().expect("it starts").success());
    start.elapsed()
}

/// What `work` starts may use one core.
fn on_one_core<T>(work: impl FnOnce() -> T) -> T {
    let own = Pid::from_raw(0);
    let all = sched_getaffinity(own).expect("it is known");
    let mut one = CpuSet::new();
    let first = (0..CpuSet::count()).find(|core| all.is_set(*core).unwrap_or(false)).expect("there is one");
    one.set(first).expect("it is there");
    sched_setaffinity(own, &one).expect("it may");
    let result = work();
    sched_setaffinity(own, &all).expect("it may");
    result
}

fn rate(count: usize, time: Duration) -> u64 {
    (count as f64 / time.as_secs_f64()) as u64
}
