//! Every example in `rules/*.yaml` gets the class that it stands under, judged as text alone.

use guard::facts::NoFacts;
use guard::judge::judge;
use guard::request::{Request, Subject};
use guard::rules::compile::Example;
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
