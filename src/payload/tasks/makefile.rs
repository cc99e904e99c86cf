//! Makefiles: rules, what they need, and their recipes.

use std::collections::{HashMap, HashSet};

use super::{Line, MAX_DEPTH, UNKNOWN};

/// How long one line may grow when its variables are put in.
const MAX_LINE: usize = 16 * 1024;

/// A rule: what it makes, what it needs, its recipe.
#[derive(Default)]
struct Rule<'a> {
    targets: Vec<String>,
    needs: Vec<String>,
    recipe: Vec<&'a str>,
}

struct Makefile<'a> {
    variables: HashMap<String, String>,
    rules: Vec<Rule<'a>>,
    default: Option<String>,
    /// Whether another file is brought in, which is not read.
    includes: bool,
}

/// The lines that run when `targets` are made.
pub fn recipes(text: &str, targets: &[&str], values: &[(&str, &str)]) -> Option<Vec<Line>> {
    let joined = text.replace("\\\r\n", " ").replace("\\\n\t", " ").replace("\\\n", " ");
    let mut makefile = Makefile { variables: HashMap::new(), rules: Vec::new(), default: None, includes: false };
    makefile.read(&joined);
    for (name, value) in values {
        makefile.variables.insert((*name).to_owned(), (*value).to_owned());
    }
    let targets: Vec<String> = match targets {
        [] => vec![makefile.default.clone()?],
        targets => targets.iter().map(|target| (*target).to_owned()).collect(),
    };
    let mut lines = Vec::new();
    let mut made = HashSet::new();
    for target in &targets {
        if !makefile.has(target) {
            return None;
        }
        makefile.make(target, &mut made, &mut lines, 0);
    }
    if makefile.includes {
        lines.push(Line::Unknown);
    }
    Some(lines)
}

impl<'a> Makefile<'a> {
    fn read(&mut self, text: &'a str) {
        let mut defined: Option<String> = None;
        for line in text.lines() {
            if let Some(name) = &defined {
                if line.trim() == "endef" {
                    defined = None;
                } else {
                    let value = self.variables.entry(name.clone()).or_default();
                    value.push_str(line);
                    value.push('\n');
                }
                continue;
            }
            if let Some(recipe) = line.strip_prefix('\t') {
                if let Some(rule) = self.rules.last_mut() {
                    rule.recipe.push(recipe);
                }
                continue;
            }
            let line = line.split_once(" #").map_or(line, |(line, _)| line).trim();
            let first = line.split_whitespace().next().unwrap_or("");
            match first {
                "" => {}
                "define" => defined = line.split_whitespace().nth(1).map(str::to_owned),
                "include" | "-include" | "sinclude" => self.includes = true,
                "ifeq" | "ifneq" | "ifdef" | "ifndef" | "else" | "endif" | "vpath" | "unexport" => {}
                _ if first.starts_with('#') => {}
                _ => self.statement(line),
            }
        }
    }

    /// An assignment or a rule.
    fn statement(&mut self, line: &'a str) {
        let line = line.strip_prefix("export ").or_else(|| line.strip_prefix("override ")).unwrap_or(line);
        let equals = line.find('=');
        let colon = line.find(':');
        let assigns = match (equals, colon) {
            (Some(equals), Some(colon)) => {
                equals < colon || line.get(colon..equals).is_some_and(|between| between.chars().all(|c| c == ':'))
            }
            (Some(_), None) => true,
            _ => false,
        };
        if let (true, Some(equals)) = (assigns, equals) {
            let name = line.get(..equals).unwrap_or("").trim_end_matches([':', '?', '+', '!', ' ']).trim();
            let operator = line.get(..equals).unwrap_or("").trim_start_matches(name).trim();
            let value = line.get(equals + 1..).unwrap_or("").trim();
            match operator {
                "+" => {
                    let before = self.variables.entry(name.to_owned()).or_default();
                    before.push(' ');
                    before.push_str(value);
                }
                // The environment may have set it.
                "?" => {
                    self.variables.entry(name.to_owned()).or_insert_with(|| value.to_owned());
                }
                "!" => {
                    self.variables.insert(name.to_owned(), UNKNOWN.to_owned());
                }
                _ => {
                    if name == ".DEFAULT_GOAL" {
                        self.default = Some(value.to_owned());
                    }
                    self.variables.insert(name.to_owned(), value.to_owned());
                }
            }
            return;
        }
        let Some(colon) = colon else { return };
        let targets = self.expanded(line.get(..colon).unwrap_or(""), &[], 0);
        let behind = line.get(colon + 1..).unwrap_or("").trim_start_matches(':');
        let (needs, recipe) = match behind.split_once(';') {
            Some((needs, recipe)) => (needs, Some(recipe.trim())),
            None => (behind, None),
        };
        // `target: VARIABLE = value`
        if needs.contains('=') {
            return;
        }
        let needs = self.expanded(needs, &[], 0);
        let words = |text: &str| text.split_whitespace().filter(|word| *word != "|").map(str::to_owned).collect();
        let rule = Rule { targets: words(&targets), needs: words(&needs), recipe: recipe.into_iter().collect() };
        let first = rule.targets.first().filter(|target| !target.starts_with('.') && !target.contains('%'));
        if self.default.is_none() {
            self.default = first.cloned();
        }
        self.rules.push(rule);
    }

    fn has(&self, target: &str) -> bool {
        self.rules.iter().any(|rule| rule.targets.iter().any(|made| stem(made, target).is_some()))
    }

    fn make(&self, target: &str, made: &mut HashSet<String>, lines: &mut Vec<Line>, depth: usize) {
        if !made.insert(target.to_owned()) {
            return;
        }
        if depth > MAX_DEPTH || lines.len() > super::MAX_LINES {
            lines.push(Line::Unknown);
            return;
        }
        // A rule that names the target comes before a pattern.
        let exact = self.rules.iter().any(|rule| !rule.recipe.is_empty() && rule.targets.iter().any(|t| t == target));
        for rule in &self.rules {
            let Some(stem) = rule.targets.iter().find_map(|made| stem(made, target)) else { continue };
            let pattern = !rule.targets.iter().any(|made| made == target);
            if pattern && exact {
                continue;
            }
            for need in &rule.needs {
                self.make(&need.replace('%', stem), made, lines, depth + 1);
            }
            for line in &rule.recipe {
                let line = line.trim_start_matches(['@', '-', '+', ' ', '\t']);
                let automatic = [("@", target), ("*", stem)];
                lines.push(Line::Shell(self.expanded(line, &automatic, 0)));
            }
        }
    }

    /// Text with the values of its variables; what is not known is a variable that nobody has set.
    fn expanded(&self, text: &str, automatic: &[(&str, &str)], depth: usize) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(dollar) = rest.find('$') {
            out.push_str(rest.get(..dollar).unwrap_or(""));
            let behind = rest.get(dollar + 1..).unwrap_or("");
            let Some(open) = behind.chars().next() else { break };
            let (name, width) = match open {
                '$' => ("$", 1),
                '(' | '{' => {
                    let length = closing(behind);
                    (behind.get(1..length.saturating_sub(1)).unwrap_or(""), length)
                }
                other => (behind.get(..other.len_utf8()).unwrap_or(""), other.len_utf8()),
            };
            rest = behind.get(width..).unwrap_or("");
            let known = automatic.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            let value = match name {
                "$" => "$".to_owned(),
                "RM" if !self.variables.contains_key(name) => "rm -f".to_owned(),
                "MAKE" => "make".to_owned(),
                "CURDIR" | "PWD" => "${PWD}".to_owned(),
                "HOME" => "${HOME}".to_owned(),
                _ => match (known, self.variables.get(name)) {
                    (Some(value), _) => value,
                    (None, Some(value)) if depth < 12 => self.expanded(value, automatic, depth + 1),
                    _ => UNKNOWN.to_owned(),
                },
            };
            out.push_str(&value);
            if out.len() > MAX_LINE {
                return UNKNOWN.to_owned();
            }
        }
        out.push_str(rest);
        out
    }
}

/// The length of the bracket that `text` starts with.
fn closing(text: &str) -> usize {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// What `%` stands for when `pattern` makes `target`; empty when they are the same.
fn stem<'t>(pattern: &str, target: &'t str) -> Option<&'t str> {
    if pattern == target {
        return Some("");
    }
    let (before, after) = pattern.split_once('%')?;
    target.strip_prefix(before)?.strip_suffix(after).filter(|stem| !stem.is_empty())
}
