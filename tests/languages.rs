//! Every example of `docs/languages.md` gets the class and the effects that the page says.

use std::path::Path;

use guard::effect::Class;
use guard::facts::NoFacts;
use guard::judge::judge;
use guard::request::{Report, Request, Subject};
use guard::shell::Dialect;

/// An example: where it stands, what it is, and what the page says of it.
struct Example {
    setting: String,
    code: String,
    class: &'static str,
    effects: Vec<String>,
}

const CLASSES: [(&str, Class); 3] =
    [("read-only", Class::ReadOnly), ("mutating", Class::Mutating), ("destructive", Class::Destructive)];

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/languages.md")).expect("the page is there")
}

/// The cells of a row of a table.
fn cells(line: &str) -> Vec<String> {
    let inner = line.trim().trim_start_matches('|').trim_end_matches('|').replace("\\|", "\u{1}");
    inner.split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect()
}

/// The texts in backquotes.
fn codes(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The first class that a cell names.
fn class(cell: &str) -> Option<&'static str> {
    let place = |name: &str| cell.find(name);
    CLASSES.iter().map(|(name, _)| *name).filter(|name| place(name).is_some()).min_by_key(|name| place(name))
}

/// What stands in parentheses behind the examples: the language.
fn language(cell: &str) -> Option<String> {
    let (before, _) = cell.strip_suffix(')').map(|rest| (rest, ""))?;
    let open = before.rfind('(')?;
    (!before[open..].contains('`')).then(|| before[open + 1..].to_owned())
}

fn examples() -> Vec<Example> {
    let page = page();
    let mut examples = Vec::new();
    let (mut section, mut heads) = (String::new(), Vec::new());
    for line in page.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            section = name.to_owned();
        }
        if !line.starts_with('|') {
            heads.clear();
            continue;
        }
        let row = cells(line);
        if heads.is_empty() {
            heads = row;
            continue;
        }
        if line.starts_with("|--") {
            continue;
        }
        // A table with a column for each class, or one with the class in the last column.
        if class(&heads[1]).is_some() {
            for (head, cell) in heads.iter().zip(&row).skip(1) {
                let class = class(head).expect("a class");
                let new = codes(cell).into_iter().map(|code| Example {
                    setting: row[0].clone(),
                    code,
                    class,
                    effects: Vec::new(),
                });
                examples.extend(new);
            }
            continue;
        }
        let verdict = row.last().expect("a cell");
        assert!(class(verdict).is_some(), "no class in {line}");
        let class = class(verdict).unwrap_or_default();
        let setting = match heads[0].as_str() {
            "command" | "request" => "shell".to_owned(),
            _ => language(&row[0]).filter(|name| carrier(name, "").is_some()).unwrap_or_else(|| section.clone()),
        };
        let new = codes(&row[0]).into_iter().filter(|code| setting != "shell" || code.contains(' '));
        examples.extend(new.map(|code| Example { setting: setting.clone(), code, class, effects: codes(verdict) }));
    }
    examples
}

/// The command that carries code of a setting.
fn carrier(setting: &str, code: &str) -> Option<String> {
    let program = match setting {
        "shell" => return Some(code.to_owned()),
        "GraphQL" => {
            let body = serde_json::json!({ "query": code });
            return Some(format!("curl --json @- https://api.example.com/graphql <<'E'\n{body}\nE\n"));
        }
        "AWK" => return Some(format!("awk '{code}' a.txt")),
        "SQL" => "psql",
        "redis" => "redis-cli",
        "mongosh" => "mongosh",
        "Cypher" => "cypher-shell",
        "Flux" => "influx query -",
        "memcached" => "nc cache.example.com 11211",
        "Code" => "python3",
        "JavaScript" => "node",
        "Perl" => "perl",
        "Ruby" => "ruby",
        "PHP" => return Some(format!("php <<'E'\n<?php {code}\nE\n")),
        "Lua" => "lua -",
        "R" => "Rscript -",
        "PowerShell" => "pwsh -Command -",
        "AppleScript" => "osascript",
        _ => return None,
    };
    Some(format!("{program} <<'E'\n{code}\nE\n"))
}

fn report(text: &str) -> Report {
    let subject = Subject::Shell { text: text.to_owned(), dialect: Dialect::Bash };
    judge(&Request { subject, arguments: vec!["bash".to_owned()] }, &NoFacts)
}

#[test]
fn every_example_of_the_page_holds() {
    let examples = examples();
    assert!(examples.len() > 120, "{} examples were found", examples.len());
    let mut wrong = Vec::new();
    for Example { setting, code, class, effects } in &examples {
        let text = carrier(setting, code).unwrap_or_else(|| panic!("nothing carries {setting}: {code}"));
        let found = report(&text);
        let named: Vec<String> = found.effects().iter().map(|effect| effect.as_str().to_owned()).collect();
        let expected = CLASSES.iter().find(|(name, _)| name == class).map(|(_, class)| *class);
        // A row with several effects names what its examples do between them.
        let holds =
            Some(found.class) == expected && (effects.is_empty() || named.iter().all(|it| effects.contains(it)));
        if !holds {
            wrong.push(format!("{setting}: {code}: {class} {effects:?}, but {:?} {named:?}", found.class));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
