//! Justfiles.

use std::collections::HashMap;

use super::{Line, Lines, UNKNOWN, filled};

struct Recipe<'a> {
    name: &'a str,
    /// Parameters with their defaults.
    parameters: Vec<(&'a str, Option<String>)>,
    needs: Vec<&'a str>,
    body: Vec<&'a str>,
    /// Whether the last parameter takes all that is left.
    variadic: bool,
}

impl Recipe<'_> {
    /// How many arguments it takes.
    fn takes(&self) -> usize {
        if self.variadic { usize::MAX } else { self.parameters.len() }
    }
}

/// The lines of the recipes of these names, or of the first recipe.
pub fn recipes(text: &str, names: &[&str], values: &[(&str, &str)], arguments: &[String]) -> Option<Vec<Line>> {
    let (recipes, mut variables) = read(text);
    for (name, value) in values {
        variables.insert((*name).to_owned(), (*value).to_owned());
    }
    let first = recipes.iter().find(|recipe| recipe.name == "default").or(recipes.first());
    let names: Vec<&str> = if names.is_empty() { vec![first?.name] } else { names.to_vec() };
    let mut lines = Lines::default();
    for name in names {
        run(&recipes, name, arguments, &variables, &mut lines, 0)?;
        // What a recipe does not take names the next recipe.
        let takes = recipes.iter().find(|recipe| recipe.name == name).map_or(0, |recipe| recipe.takes());
        let mut rest = arguments.get(takes..).unwrap_or(&[]);
        while let Some((next, behind)) = rest.split_first() {
            run(&recipes, next, behind, &variables, &mut lines, 0)?;
            let takes = recipes.iter().find(|recipe| recipe.name == next).map_or(0, |recipe| recipe.takes());
            rest = behind.get(takes..).unwrap_or(&[]);
        }
    }
    Some(lines.lines)
}

fn read(text: &str) -> (Vec<Recipe<'_>>, HashMap<String, String>) {
    let mut recipes: Vec<Recipe<'_>> = Vec::new();
    let mut variables = HashMap::new();
    let mut open = false;
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            if let (true, Some(recipe)) = (open, recipes.last_mut()) {
                recipe.body.push(line);
            }
            continue;
        }
        let line = line.trim_end();
        if line.is_empty() {
            continue;
        }
        open = false;
        if line.starts_with(['#', '['])
            || line.starts_with("set ")
            || line.starts_with("import ")
            || line.starts_with("mod ")
        {
            continue;
        }
        if let Some((name, value)) = line.split_once(":=") {
            let name = name.trim().trim_start_matches("export ").trim();
            if !name.starts_with("alias ") {
                variables.insert(name.to_owned(), literal(value.trim()).unwrap_or_else(|| UNKNOWN.to_owned()));
            }
            continue;
        }
        let Some((head, needs)) = split_head(line) else { continue };
        let mut words = head.split_whitespace();
        let Some(name) = words.next() else { continue };
        let variadic = head.split_whitespace().any(|word| word.starts_with(['+', '*']));
        let parameters = words
            .map(|word| {
                let word = word.trim_start_matches(['+', '*', '$']);
                match word.split_once('=') {
                    Some((name, default)) => (name, literal(default)),
                    None => (word, None),
                }
            })
            .collect();
        let needs =
            needs.split_whitespace().filter(|word| *word != "&&").map(|word| word.trim_matches(['(', ')'])).collect();
        recipes.push(Recipe { name: name.trim_start_matches('@'), parameters, needs, body: Vec::new(), variadic });
        open = true;
    }
    (recipes, variables)
}

/// The head of a recipe and what stands behind its colon, which is none in quotes.
fn split_head(line: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, ':') => return Some((line.get(..at)?, line.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

fn literal(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inner.contains(quote)).then(|| inner.to_owned())
}

fn run(
    recipes: &[Recipe<'_>],
    name: &str,
    arguments: &[String],
    variables: &HashMap<String, String>,
    lines: &mut Lines,
    depth: usize,
) -> Option<()> {
    if !lines.enter(depth) {
        return Some(());
    }
    let recipe = recipes.iter().find(|recipe| recipe.name == name)?;
    for need in &recipe.needs {
        if run(recipes, need, &[], variables, lines, depth + 1).is_none() {
            lines.push(Line::Unknown);
        }
    }
    let mut known = variables.clone();
    for (index, (name, default)) in recipe.parameters.iter().enumerate() {
        let value = arguments.get(index).cloned().or_else(|| default.clone());
        known.insert((*name).to_owned(), value.unwrap_or_else(|| UNKNOWN.to_owned()));
    }
    let first = recipe.body.first().map_or("", |line| line.trim_start());
    if let Some(interpreter) = first.strip_prefix("#!") {
        let shell = interpreter.split(['/', ' ']).any(|word| matches!(word, "sh" | "bash" | "zsh" | "dash"));
        if !shell {
            lines.push(Line::Unknown);
            return Some(());
        }
        let indent = recipe.body.first().map_or(0, |line| line.len() - line.trim_start().len());
        let body: String =
            recipe.body.iter().skip(1).map(|line| format!("{}\n", line.get(indent..).unwrap_or(""))).collect();
        lines.push(Line::Shell(filled(&body, |name| known.get(name))));
        return Some(());
    }
    let mut whole = String::new();
    for line in &recipe.body {
        let line = line.trim_start();
        let plain = if whole.is_empty() { line.trim_start_matches(['@', '-']) } else { line };
        match plain.strip_suffix('\\') {
            Some(part) => whole.push_str(part),
            None => {
                whole.push_str(plain);
                lines.push(Line::Shell(filled(&std::mem::take(&mut whole), |name| known.get(name))));
            }
        }
    }
    Some(())
}
