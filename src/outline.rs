//! What a command would run, drawn as a tree: a line each, what is carried below what carries it.

use console::Style;

use crate::effect::Class;
use crate::request::{Node, Report};
use crate::visible;

/// How many columns of a command are shown.
const WIDTH: usize = 72;

/// How deep the tree is drawn.
const DEEPEST: usize = 64;

/// The tree of a report, with each class in its style.
pub fn outline(report: &Report, style: impl Fn(Class) -> Style) -> String {
    let mut lines = Vec::new();
    branches(&report.tree, "", 0, &mut lines);
    let widest = lines.iter().map(|line| line.width).max().unwrap_or_default();
    lines.iter().map(|line| line.render(widest, &style)).collect()
}

/// The colour of a class.
pub fn style(class: Class) -> Style {
    let style = Style::new();
    match class {
        Class::ReadOnly => style.green(),
        Class::Mutating => style.yellow(),
        Class::Destructive => style.red(),
    }
}

/// A line of the tree, before the classes are set in a column.
struct Line<'a> {
    text: String,
    width: usize,
    class: Class,
    because: &'a str,
}

impl Line<'_> {
    fn render(&self, widest: usize, style: impl Fn(Class) -> Style) -> String {
        let class = style(self.class).apply_to(self.class);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    fn node(label: &str, class: Class, because: &str, children: Vec<Node>) -> Node {
        Node { label: label.to_owned(), class, because: because.to_owned(), span: Span::default(), children }
    }

    #[test]
    fn what_is_carried_stands_below_what_carries_it() {
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
            changes: Default::default(),
            direct: None,
        };
        let expected = "\
├─ sudo x  destructive
│  └─ x    destructive: removes data
└─ ls^[    read-only
";
        assert_eq!(outline(&report, |class| style(class).force_styling(false)), expected);
    }
}
