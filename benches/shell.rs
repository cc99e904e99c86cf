//! How long it takes to read shell text, without following it: lines, and scripts of growing length.
//!
//! `cargo bench --bench shell`

mod texts;

use divan::Bencher;
use divan::counter::BytesCount;
use guard::shell::{Dialect, parse};

fn main() {
    divan::main();
}

#[divan::bench(args = texts::LINES)]
fn line(bencher: Bencher, line: &str) {
    bencher.counter(BytesCount::of_str(line)).bench(|| parse(line, Dialect::Bash));
}

#[divan::bench(args = texts::LENGTHS)]
fn script(bencher: Bencher, kib: usize) {
    let text = texts::script(kib);
    assert!(parse(&text, Dialect::Bash).is_ok());
    bencher.counter(BytesCount::of_str(&text)).bench(|| parse(&text, Dialect::Bash));
}
