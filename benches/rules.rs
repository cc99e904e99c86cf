//! How long the look-up of a program takes, how that grows with the library, and how long it takes to judge a line.
//!
//! `cargo bench --bench rules`

mod texts;

use std::collections::BTreeMap;

use divan::{Bencher, black_box};
use guard::doors::text_request;
use guard::facts::NoFacts;
use guard::judge::judge;
use guard::rules::archive::{self, Archive};
use guard::rules::library::Library;

fn main() {
    divan::main();
}

#[divan::bench(args = ["ls", "git", "kubectl", "no-such-program"])]
fn look_up(bencher: Bencher, name: &str) {
    let library = Library::default();
    bencher.bench(|| black_box(&library).knows(black_box(name)));
}

/// Looking a program up and decoding its form; subcommands stay encoded.
#[divan::bench(args = ["ls", "git", "kubectl", "aws"])]
fn look_up_and_decode(bencher: Bencher, name: &str) {
    let library = Library::default();
    bencher.bench(|| black_box(&library).program(black_box(name)));
}

#[divan::bench(args = [100, 1_000, 10_000, 100_000])]
fn look_up_among(bencher: Bencher, programs: usize) {
    let values: BTreeMap<String, Vec<u8>> =
        (0..programs).map(|number| (format!("program-{number}"), archive::encode(&number))).collect();
    let bytes = archive::write(&values);
    let archive = Archive::new(&bytes);
    bencher.bench(|| black_box(&archive).get(black_box("program-42")).is_some());
}

#[divan::bench(args = texts::LINES)]
fn judge_line(bencher: Bencher, line: &str) {
    let request = text_request(line.as_ref());
    bencher.bench(|| judge(black_box(&request), &NoFacts).class);
}
