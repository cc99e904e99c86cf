//! Single calls, beside the shells that guard stands for. Every round starts each command once, so that a machine that
//! changes its speed changes it for all.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A row of the table: guard's command, and the ones it is compared with, each with the ratio that is aimed at.
struct Row {
    what: &'static str,
    guard: &'static [&'static str],
    others: &'static [(&'static [&'static str], f64)],
    /// The exit status that guard's command ends with.
    status: i32,
    /// How many microseconds are aimed at, where nothing stands beside it.
    most: u32,
}

const SIMPLE: &str = "ls -la";
const LIST: &str = "cd / && ls | head -3";
const REDIRECTED: &str = "ls -la > /dev/null";

const ROWS: [Row; 7] = [
    Row {
        what: "one simple command",
        guard: &["guard", "-c", SIMPLE],
        others: &[(&["bash", "-c", SIMPLE], 0.75), (&["dash", "-c", SIMPLE], 1.1)],
        ..BESIDE
    },
    Row {
        what: "a list with a pipeline",
        guard: &["guard", "-c", LIST],
        others: &[(&["bash", "-c", LIST], 1.25)],
        ..BESIDE
    },
    Row {
        what: "a redirection",
        guard: &["guard", "-c", REDIRECTED],
        others: &[(&["bash", "-c", REDIRECTED], 1.25)],
        ..BESIDE
    },
    Row { what: "a built-in", guard: &["guard", "-c", "true"], others: &[(&["bash", "-c", "true"], 1.25)], ..BESIDE },
    Row { what: "an argument list", guard: &["guard", "--", "/bin/true"], others: &[(&["/bin/true"], 1.5)], ..BESIDE },
    Row { what: "judged and held", guard: &["guard", "-c", "rm victim"], status: 126, most: 3000, ..BESIDE },
    Row { what: "an agent's start and end", guard: &["guard", "run", "--", "/bin/true"], most: 20_000, ..BESIDE },
];

const BESIDE: Row = Row { what: "", guard: &[], others: &[], status: 0, most: 0 };

/// Prints the table.
pub fn print(guard: &OsString, runs: usize) {
    let home = tempfile::tempdir().expect("a folder");
    println!("single calls: medians of {runs} rounds, in microseconds\n");
    println!("{:<24} {:>8}   {:<34} {:>8} {:>7} {:>7}", "", "guard", "beside", "", "ratio", "aim");
    for row in &ROWS {
        let place = Place { guard, home: home.path() };
        let mut own = Vec::with_capacity(runs);
        let mut others = vec![Vec::with_capacity(runs); row.others.len()];
        place.time(row.guard, row.status);
        for _ in 0..runs {
            own.push(place.time(row.guard, row.status));
            for ((argv, _), times) in row.others.iter().zip(&mut others) {
                times.push(place.time(argv, 0));
            }
        }
        let own = median(&mut own);
        if row.others.is_empty() {
            let aim = format!("{} us", row.most);
            println!("{:<24} {:>8}   {:<34} {:>8} {:>7} {:>7}", row.what, own.as_micros(), "", "", "", aim);
        }
        for (index, ((argv, aim), times)) in row.others.iter().zip(&mut others).enumerate() {
            let other = median(times);
            let what = if index == 0 { row.what } else { "" };
            let ratio = own.as_secs_f64() / other.as_secs_f64();
            let beside = argv.join(" ");
            println!(
                "{what:<24} {:>8}   {beside:<34} {:>8} {ratio:>7.2} {aim:>7.2}",
                own.as_micros(),
                other.as_micros()
            );
        }
    }
}

/// Where the commands run: a home of their own, so that nobody's journal grows.
pub struct Place<'a> {
    pub guard: &'a OsString,
    pub home: &'a Path,
}

impl Place<'_> {
    /// Runs a command to its end, with nothing on its standard streams.
    pub fn time(&self, argv: &[&str], status: i32) -> Duration {
        let (name, arguments) = argv.split_first().expect("a program");
        let program = if *name == "guard" { PathBuf::from(self.guard) } else { PathBuf::from(name) };
        let mut command = Command::new(program);
        command.args(arguments).current_dir("/usr").env("HOME", self.home).env("SHLVL", "1").env("GUARD_WAIT", "0");
        command.env_remove("BASH_ENV").env_remove("XDG_CONFIG_HOME").env_remove("XDG_STATE_HOME").env_remove("LC_ALL");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let ended = command.status().expect("it starts");
        let took = start.elapsed();
        assert_eq!(ended.code(), Some(status), "{argv:?}");
        took
    }
}

/// The median.
pub fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
