//! Scripts of growing length, and texts that are made to be hard: the time of whole processes that judge them.

use std::ffi::OsString;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::beside::median;
use super::texts;

/// Openings that nest, repeated up to the length of an argument.
const NESTS: [&str; 14] =
    ["( ", "{ ", "$(", "\"$(", "`", "$((", "<(", "${x:-", "if ", "a[", "cat <<E\n$(", "a && ", "{a,", "[[ a == @("];

/// Texts that once were slow, or could be, repeated up to the same length.
const REPEATED: [&str; 8] = [
    "{a,b}",
    "x=$x$x;",
    "eval \"$x\";",
    "f() { f; }; f;",
    "for i in a b; do ",
    "bash -c 'bash -c \"",
    "$'\\x41'",
    "echo ${a/b/${c/d/",
];

const LONGEST: usize = 100 * 1024;

/// Prints the tables.
pub fn print(guard: &OsString, runs: usize) {
    println!("\nscripts: medians of {runs} rounds\n");
    println!("{:>8} {:>12} {:>16}", "KB", "ms", "us for each KB");
    for kib in [1, 10, 100, 1000] {
        let took = time(guard, &texts::script(kib), runs);
        let milliseconds = took.as_secs_f64() * 1000.0;
        println!("{kib:>8} {milliseconds:>12.2} {:>16.1}", milliseconds * 1000.0 / kib as f64);
    }
    println!("\nhard texts of 100 KB, the slowest ones, and what a fuzzer found (aim: 100 ms)\n");
    let mut hard: Vec<(Duration, String)> = NESTS
        .iter()
        .chain(&REPEATED)
        .map(|text| (text.repeat(LONGEST / text.len()), format!("{text:?} again and again")))
        .chain(found())
        .map(|(text, what)| (time(guard, &text, 3), what))
        .collect();
    hard.sort();
    for (took, what) in hard.iter().rev().take(6) {
        println!("{:>8.1} ms  {what}", took.as_secs_f64() * 1000.0);
    }
}

/// What fuzzing found, as far as it is text.
fn found() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/regressions");
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .filter_map(|file| {
            let text = std::fs::read_to_string(file.path()).ok()?;
            Some((text, file.file_name().to_string_lossy().into_owned()))
        })
        .collect()
}

fn time(guard: &OsString, text: &str, runs: usize) -> Duration {
    let line = serde_json::json!({ "cmd": text }).to_string();
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let mut command = Command::new(guard);
            command.args(["check", "--jsonl", "--no-facts"]).stdin(Stdio::piped()).stdout(Stdio::null());
            let start = Instant::now();
            let mut child = command.spawn().expect("it starts");
            child.stdin.take().expect("a pipe").write_all(line.as_bytes()).expect("it reads");
            assert!(child.wait().expect("it ends").success());
            start.elapsed()
        })
        .collect();
    median(&mut times)
}
