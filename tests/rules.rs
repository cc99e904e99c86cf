//! Every example in `rules/*.yaml` gets the class that it stands under, judged as text alone.

use std::collections::BTreeSet;

use guard::facts::NoFacts;
use guard::judge::judge;
use guard::request::{Request, Subject};
use guard::rules::compile::{Example, Page, RuleEntry};
use guard::rules::library::pages;
use guard::shell::Dialect;

#[test]
fn every_example_gets_its_class() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in pages() {
        for Example { class, text, line } in &page.examples {
            count += 1;
            let subject = Subject::Shell { text: text.clone(), dialect: Dialect::Bash };
            let report = judge(&Request { subject, arguments: Vec::new() }, &NoFacts);
            if report.class != *class {
                wrong.push(format!("rules/{}:{line}: {text}\n    want {class}, got {}", page.file, report.class));
            }
        }
    }
    assert!(count > 0, "no rule file has an example");
    assert!(wrong.is_empty(), "{} of {count} examples are wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_destructive_rule_is_found_by_one_of_its_examples() {
    let mut never = Vec::new();
    let mut found = BTreeSet::new();
    let pages = pages();
    for example in pages.iter().flat_map(|page| &page.examples) {
        let subject = Subject::Shell { text: example.text.clone(), dialect: Dialect::Bash };
        let report = judge(&Request { subject, arguments: Vec::new() }, &NoFacts);
        found.extend(report.findings.into_iter().map(|finding| finding.rule.into_owned()));
    }
    // What several programs share is written once, and shown by one of them.
    let words = |page: &Page, rule: &RuleEntry| {
        let name = rule.id.rsplit('.').next().unwrap_or_default().to_owned();
        (page.file.clone(), name, rule.effect, rule.because.clone())
    };
    let shown: BTreeSet<_> = pages
        .iter()
        .flat_map(|page| page.rules.iter().map(move |rule| (page, rule)))
        .filter(|(_, rule)| found.contains(&rule.id))
        .map(|(page, rule)| words(page, rule))
        .collect();
    for page in &pages {
        for rule in page.rules.iter().filter(|rule| rule.effect.is_some() && !rule.with_others) {
            if !shown.contains(&words(page, rule)) {
                never.push(format!("rules/{}:{}: {}", page.file, rule.line, rule.id));
            }
        }
    }
    assert!(never.is_empty(), "{} rules that no example finds\n{}", never.len(), never.join("\n"));
}
