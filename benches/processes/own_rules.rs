//! What a user's own rules add to a call: 500 of them, compiled by the first call and kept.

use std::ffi::OsString;
use std::fmt::Write;
use std::time::Duration;

use super::beside::{Place, median};

const RULES: usize = 500;

/// Prints the difference.
pub fn print(guard: &OsString, runs: usize) {
    let [without, with] = [0, RULES].map(|count| {
        let home = tempfile::tempdir().expect("a folder");
        let rules = home.path().join(".config/guard/rules");
        std::fs::create_dir_all(&rules).expect("a folder");
        std::fs::write(rules.join("own.yaml"), text(count)).expect("a file");
        home
    });
    let call = ["guard", "-c", "true"];
    let mut times: [Vec<Duration>; 2] = Default::default();
    for _ in 0..=runs {
        for (home, times) in [&without, &with].into_iter().zip(&mut times) {
            times.push(Place { guard, home: home.path() }.time(&call, 0));
        }
    }
    // The first call compiled them.
    let [without, with] =
        times.map(|times| median(&mut times.get(1..).unwrap_or_default().to_vec()).as_secs_f64() * 1e6);
    println!(
        "\n{RULES} rules of a user's own: {without:.0} us without, {with:.0} us with them: {:.0} us (aim: 200)",
        with - without
    );
}

fn text(count: usize) -> String {
    let mut text = String::new();
    for number in 0..count.max(1) {
        let _ = writeln!(text, "- program: own-tool-{number}");
        text.push_str("  class: mutating\n  options: {flags: [-f, --force]}\n  when:\n    - {id: forced, option: --force, effect: delete, because: it does}\n");
        let _ = writeln!(text, "  examples: {{mutating: [own-tool-{number} x]}}");
    }
    text
}
