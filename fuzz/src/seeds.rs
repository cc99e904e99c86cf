//! What the fuzzers of the readers begin with: code that stands in the corpus, in the examples of the languages' files
//! and in `fuzz/seeds`.

use std::path::Path;

use serde_json::Value;

/// The shortest text in quotes that is taken for code.
const SHORTEST: usize = 6;

/// Families of the corpus, and the targets that their code is for.
const FAMILIES: &[(&str, &[&str])] = &[
    ("sql", &["sql"]),
    ("stores", &["stores", "sql"]),
    ("http", &["http", "graphql"]),
    ("github", &["http", "graphql"]),
    ("disclose", &["http"]),
    ("interpreters", &["python", "braces", "blocks", "commands"]),
    ("orm", &["python", "braces", "blocks"]),
    ("files", &["editors"]),
];

/// Files of languages, and the target that they are for.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("python", &["python"]),
    ("braces", &["javascript", "perl", "php", "groovy", "awk", "r"]),
    ("blocks", &["ruby", "lua", "elixir", "julia"]),
    ("commands", &["powershell", "cmd", "tcl", "elisp", "applescript"]),
];

/// The texts for each target, in a fixed order. `root` is the folder of guard's source.
pub fn of_readers(root: &Path) -> Vec<(&'static str, String)> {
    let mut seeds = Vec::new();
    for (family, targets) in FAMILIES {
        let lines = std::fs::read_to_string(root.join(format!("tests/corpus/dev/{family}.jsonl"))).unwrap_or_default();
        for line in lines.lines() {
            let Ok(entry) = serde_json::from_str::<Value>(line) else { continue };
            let command = entry["cmd"].as_str().unwrap_or("");
            for code in quoted(command) {
                seeds.extend(targets.iter().map(|target| (*target, code.to_owned())));
            }
        }
    }
    for (target, languages) in LANGUAGES {
        for language in *languages {
            let text =
                std::fs::read_to_string(root.join(format!("rules/languages/{language}.yaml"))).unwrap_or_default();
            seeds.extend(text.lines().filter_map(example).map(|code| (*target, code)));
        }
    }
    for (target, _) in super::readers::READERS {
        let folder = root.join("fuzz/seeds").join(target);
        let mut files: Vec<_> =
            std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        files.sort();
        seeds.extend(files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).map(|text| (*target, text)));
    }
    seeds
}

/// The parts of a command that stand in quotes.
fn quoted(command: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = command;
    while let Some(start) = rest.find(['\'', '"']) {
        let quote = &rest[start..=start];
        let inside = &rest[start + 1..];
        let Some(end) = inside.find(quote) else { break };
        if end >= SHORTEST {
            found.push(&inside[..end]);
        }
        rest = &inside[end + 1..];
    }
    found
}

/// The code of an example: `- {code: "…", gives: …}`. A text in double quotes means in YAML what it means in JSON.
fn example(line: &str) -> Option<String> {
    let code = line.trim_start().strip_prefix("- {code: ")?;
    serde_json::Deserializer::from_str(code).into_iter::<String>().next()?.ok()
}
