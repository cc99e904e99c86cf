//! How long it takes to read shell text and to follow it to the commands that it runs: lines, and scripts of growing
//! length.
//!
//! `cargo bench --bench follow`

mod texts;

use divan::Bencher;
use divan::counter::BytesCount;
use guard::facts::NoFacts;
use guard::follow::{Start, follow};
use guard::text::Text;

fn main() {
    divan::main();
}

#[divan::bench(args = texts::LINES)]
fn line(bencher: Bencher, line: &str) {
    let start = Start::default();
    bencher
        .counter(BytesCount::of_str(line))
        .bench_local(|| follow(&Text::request(line), &start, &NoFacts, &|_| Vec::new()));
}

#[divan::bench(args = texts::LENGTHS)]
fn script(bencher: Bencher, kib: usize) {
    let text = texts::script(kib);
    let start = Start::default();
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| follow(&Text::request(&text), &start, &NoFacts, &|_| Vec::new()));
}
