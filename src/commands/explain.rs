//! `guard explain`: draws the tree of what would run, with each part's class and the reason.

use std::io::{self, Write};
use std::process::ExitCode;

use super::look::{self, Look};
use crate::cli::Explain;
use crate::effect::Class;
use crate::request::{Node, Report};
use crate::visible;

/// How many columns of a command are shown.
const WIDTH: usize = 72;

/// How deep the tree is drawn.
const DEEPEST: usize = 64;

/// Runs the subcommand.
pub fn run(explain: &Explain) -> ExitCode {
    let look = Look::new(!explain.no_facts);
    let report = look.judge(&look::request(&explain.asked), None);
    let headline = look::style(report.class).apply_to(look::headline(&report, look.decide(&report)));
    let text = format!("{headline}\n{}{}", tree(&report), remedies(&report));
    match io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("guard: explain: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Everything that would run, a line each, what is carried below what carries it.
fn tree(report: &Report) -> String {
    let mut lines = Vec::new();
    branches(&report.tree, "", 0, &mut lines);
    let widest = lines.iter().map(|line| line.width).max().unwrap_or_default();
    lines.iter().map(|line| line.render(widest)).collect()
}

/// A line of the tree, before the classes are set in a column.
struct Line<'a> {
    text: String,
    width: usize,
    class: Class,
    because: &'a str,
}

impl Line<'_> {
    fn render(&self, widest: usize) -> String {
        let class = look::style(self.class).apply_to(self.class);
        let gap = " ".repeat(widest.saturating_sub(self.width) + 2);
        let because =
            if self.because.is_empty() { String::new() } else { format!(": {}", visible::line(self.because)) };
        format!("{}{gap}{class}{because}\n", self.text)
    }
}

fn branches<'a>(nodes: &'a [Node], indent: &str, depth: usize, lines: &mut Vec<Line<'a>>) {
    if depth > DEEPEST {
        return;
    }
    for (index, node) in nodes.iter().enumerate() {
        let last = index + 1 == nodes.len();
        let (branch, below) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let text = format!("{indent}{branch}{}", visible::short(&node.label, WIDTH));
        let width = visible::width(&text);
        lines.push(Line { text, width, class: node.class, because: &node.because });
        branches(&node.children, &format!("{indent}{below}"), depth + 1, lines);
    }
}

/// What to do instead, for each destructive finding that knows.
fn remedies(report: &Report) -> String {
    let known = report.findings.iter().filter(|finding| finding.class == Class::Destructive);
    known
        .filter_map(|finding| {
            let part = visible::short(finding.span.of(&report.text), WIDTH);
            finding.instead.as_ref().map(|instead| format!("instead of {part}: {instead}\n"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    fn node(label: &str, class: Class, because: &str, children: Vec<Node>) -> Node {
        Node { label: label.to_owned(), class, because: because.to_owned(), span: Span::default(), children }
    }

    #[test]
    fn what_is_carried_stands_below_what_carries_it() {
        console::set_colors_enabled(false);
        let report = Report {
            text: String::new(),
            class: Class::Destructive,
            findings: Vec::new(),
            parsed: true,
            unrecognised: false,
            tree: vec![
                node("sudo x", Class::Destructive, "", vec![node("x", Class::Destructive, "removes data", vec![])]),
                node("ls\u{1b}", Class::ReadOnly, "", vec![]),
            ],
            stakes: Vec::new(),
            direct: None,
        };
        let expected = "\
├─ sudo x  destructive
│  └─ x    destructive: removes data
└─ ls^[    read-only
";
        assert_eq!(tree(&report), expected);
    }
}
