//! Judges the labelled commands in `tests/corpus/dev`, by their text alone, and holds guard to bounds.
//!
//! `cargo test --test corpus -- --nocapture` prints the table. The commands are data: nothing of them runs.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::path::Path;

use guard::effect::{Class, Effect};
use guard::facts::NoFacts;
use guard::judge::judge;
use guard::request::{Report, Request, Subject};
use guard::shell::Dialect;
use serde::Deserialize;

/// What every family of commands must reach, in percent.
const OF_FAMILY: [(&str, f64); 4] = [("exact", 98.0), ("recall", 99.5), ("quiet", 99.0), ("effects", 97.0)];

/// What all of them together must reach.
const OF_ALL: [(&str, f64); 6] =
    [("exact", 99.0), ("recall", 99.5), ("quiet", 99.0), ("precision", 99.5), ("reads", 97.0), ("effects", 97.0)];

#[derive(Deserialize)]
struct Case {
    cmd: String,
    class: Class,
    #[serde(default)]
    also: Vec<Class>,
    #[serde(default)]
    effects: Vec<Effect>,
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
    /// Commands that get their class.
    exact: Share,
    /// Destructive commands that are called so.
    recall: Share,
    /// Other commands that are not.
    quiet: Share,
    /// Commands called read-only that are.
    precision: Share,
    /// Read-only commands that are called so.
    reads: Share,
    /// Destructive commands with one of their effects.
    effects: Share,
}

impl Score {
    fn count(&mut self, case: &Case, report: &Report) {
        let given = report.class;
        self.exact.count(case.allows(given));
        let destructive = given == Class::Destructive;
        if !case.allows(Class::Destructive) {
            self.quiet.count(!destructive);
        } else if case.also.is_empty() {
            self.recall.count(destructive);
        }
        if given == Class::ReadOnly {
            self.precision.count(case.allows(Class::ReadOnly));
        }
        if case.class == Class::ReadOnly && case.also.is_empty() {
            self.reads.count(given == Class::ReadOnly);
        }
        if destructive && case.class == Class::Destructive {
            self.effects.count(report.effects().iter().any(|effect| case.effects.contains(effect)));
        }
    }

    fn figures(&self) -> [(&'static str, f64); 6] {
        [
            ("exact", self.exact),
            ("recall", self.recall),
            ("quiet", self.quiet),
            ("precision", self.precision),
            ("reads", self.reads),
            ("effects", self.effects),
        ]
        .map(|(name, share)| (name, share.percent()))
    }

    fn below(&self, bounds: &[(&str, f64)]) -> Vec<String> {
        let wanted = |name: &str| bounds.iter().find(|(bound, _)| *bound == name).map(|(_, percent)| *percent);
        let figures = self.figures().into_iter();
        figures
            .filter(|(name, got)| wanted(name).is_some_and(|wanted| *got < wanted))
            .map(|(name, got)| format!("{name} {got:.2}"))
            .collect()
    }
}

impl AddAssign for Score {
    fn add_assign(&mut self, other: Score) {
        self.exact += other.exact;
        self.recall += other.recall;
        self.quiet += other.quiet;
        self.precision += other.precision;
        self.reads += other.reads;
        self.effects += other.effects;
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
    let mut total = Score::default();
    let mut short = Vec::new();
    let show = |family: &str, score: &Score| {
        let figures: Vec<String> = score.figures().iter().map(|(_, percent)| format!("{percent:>9.2}")).collect();
        println!("{family:>14} {:>6} {}", score.exact.all, figures.join(" "));
    };
    let names: Vec<String> = total.figures().iter().map(|(name, _)| format!("{name:>9}")).collect();
    println!("{:>14} {:>6} {}", "family", "cases", names.join(" "));
    for (family, cases) in families() {
        let mut score = Score::default();
        for case in &cases {
            score.count(case, &case.verdict());
        }
        show(&family, &score);
        short.extend(score.below(&OF_FAMILY).into_iter().map(|what| format!("{family}: {what}")));
        total += score;
    }
    show("all", &total);
    short.extend(total.below(&OF_ALL).into_iter().map(|what| format!("all: {what}")));
    assert!(short.is_empty(), "below its bound:\n{}", short.join("\n"));
}
