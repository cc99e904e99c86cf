//! Judges the labelled commands in `tests/corpus/dev`, by their text alone, and holds guard to bounds.
//!
//! `cargo test --test corpus -- --nocapture` prints the table. The commands are data: nothing of them runs.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::path::Path;

use guard::effect::Class;
use guard::facts::NoFacts;
use guard::judge::judge;
use guard::request::{Report, Request, Subject};
use guard::shell::Dialect;
use serde::Deserialize;

/// What a family of commands must reach, in percent.
struct Bound {
    family: &'static str,
    /// Commands that get their class.
    exact: f64,
    /// Destructive commands that are called so.
    recall: f64,
    /// Other commands that are not.
    quiet: f64,
}

const fn bound(family: &'static str, exact: f64, recall: f64, quiet: f64) -> Bound {
    Bound { family, exact, recall, quiet }
}

/// The bounds. A family that is not here has none.
const BOUNDS: [Bound; 14] = [
    bound("files", 90.0, 98.0, 90.0),
    bound("git", 95.0, 98.0, 98.0),
    bound("carriers", 90.0, 95.0, 95.0),
    bound("shell-syntax", 95.0, 98.0, 90.0),
    bound("sql", 98.0, 99.5, 99.0),
    bound("stores", 98.0, 99.5, 99.0),
    bound("http", 98.0, 99.5, 99.0),
    bound("orm", 98.0, 99.5, 99.0),
    bound("interpreters", 98.0, 99.5, 99.0),
    bound("opaque", 98.0, 99.5, 99.0),
    bound("disclose", 98.0, 99.5, 99.0),
    bound("github", 98.0, 99.5, 99.0),
    bound("lookalike", 90.0, 100.0, 90.0),
    bound("all", 90.0, 95.0, 90.0),
];

#[derive(Deserialize)]
struct Case {
    cmd: String,
    class: Class,
    #[serde(default)]
    also: Vec<Class>,
}

impl Case {
    fn allows(&self, class: Class) -> bool {
        self.class == class || self.also.contains(&class)
    }

    fn verdict(&self) -> Report {
        let subject = Subject::Shell { text: self.cmd.clone(), dialect: Dialect::Bash };
        judge(&Request { subject, arguments: vec!["bash".to_owned()] }, &NoFacts)
    }
}

/// How many of how many.
#[derive(Clone, Copy, Default)]
struct Share {
    good: u32,
    all: u32,
}

impl Share {
    fn count(&mut self, good: bool) {
        self.good += u32::from(good);
        self.all += 1;
    }

    fn percent(self) -> f64 {
        if self.all == 0 { 100.0 } else { 100.0 * f64::from(self.good) / f64::from(self.all) }
    }
}

impl AddAssign for Share {
    fn add_assign(&mut self, other: Share) {
        self.good += other.good;
        self.all += other.all;
    }
}

#[derive(Clone, Copy, Default)]
struct Score {
    exact: Share,
    recall: Share,
    quiet: Share,
}

impl Score {
    fn count(&mut self, case: &Case, given: Class) {
        self.exact.count(case.allows(given));
        let destructive = given == Class::Destructive;
        if !case.allows(Class::Destructive) {
            self.quiet.count(!destructive);
        } else if case.also.is_empty() {
            self.recall.count(destructive);
        }
    }
}

impl AddAssign for Score {
    fn add_assign(&mut self, other: Score) {
        self.exact += other.exact;
        self.recall += other.recall;
        self.quiet += other.quiet;
    }
}

fn families() -> BTreeMap<String, Vec<Case>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/dev");
    let files = std::fs::read_dir(&folder).expect("the corpus is there").map(|entry| entry.expect("an entry").path());
    files
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("a corpus file");
            let cases = text.lines().map(|line| serde_json::from_str(line).expect("a case")).collect();
            (name, cases)
        })
        .collect()
}

#[test]
fn every_family_reaches_its_bounds() {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let mut total = Score::default();
    for (family, cases) in families() {
        let mut score = Score::default();
        for case in &cases {
            score.count(case, case.verdict().class);
        }
        total += score;
        scores.insert(family, score);
    }
    scores.insert("all".to_owned(), total);

    println!("{:>14} {:>6} {:>8} {:>8} {:>8}", "family", "cases", "exact", "recall", "quiet");
    for (family, score) in &scores {
        let (exact, recall, quiet) = (score.exact.percent(), score.recall.percent(), score.quiet.percent());
        println!("{family:>14} {:>6} {exact:>8.2} {recall:>8.2} {quiet:>8.2}", score.exact.all);
    }
    let mut short = Vec::new();
    for bound in &BOUNDS {
        let score = scores.get(bound.family).unwrap_or_else(|| panic!("no family is called {}", bound.family));
        for (what, got, wanted) in [
            ("exact", score.exact.percent(), bound.exact),
            ("recall", score.recall.percent(), bound.recall),
            ("quiet", score.quiet.percent(), bound.quiet),
        ] {
            if got < wanted {
                short.push(format!("{}: {what} {got:.2} < {wanted}", bound.family));
            }
        }
    }
    assert!(short.is_empty(), "below its bound:\n{}", short.join("\n"));
}
