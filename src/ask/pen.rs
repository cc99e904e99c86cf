//! How things are drawn on the screen: styles, marks under the text, words folded to the width.

use console::Style;

use super::marked::{Row, Run};
use crate::visible;

/// The columns that stay free on the left.
pub const INDENT: &str = "  ";

/// Lines of prose are no longer than this.
pub const PROSE: usize = 100;

/// The width of the column in which effects are named.
const LABEL: usize = 13;

/// Draws on a screen of so many columns, with colours or without.
pub struct Pen {
    /// Whether colours are wanted.
    pub colour: bool,
    /// The columns of the screen.
    pub columns: usize,
}

impl Pen {
    /// What must be seen first.
    pub fn strong(&self, text: &str) -> String {
        self.styled(Style::new().bold(), text)
    }

    /// What may be overlooked.
    pub fn faint(&self, text: &str) -> String {
        self.styled(Style::new().dim(), text)
    }

    fn danger(&self, text: &str) -> String {
        self.styled(Style::new().red().bold(), text)
    }

    fn styled(&self, style: Style, text: &str) -> String {
        match text.trim().is_empty() {
            true => text.to_owned(),
            false => style.force_styling(self.colour).apply_to(text).to_string(),
        }
    }

    /// A row of the command behind a gutter for line numbers, and under it the marks.
    pub fn row(&self, row: &Row, gutter: usize) -> String {
        match row {
            Row::Gap(text) => {
                let text = visible::short(text, self.columns.saturating_sub(INDENT.len() + gutter + 1));
                format!("{INDENT}{}{}\n", " ".repeat(gutter), self.faint(&text))
            }
            Row::Text { number, runs } => {
                let number = match (gutter.checked_sub(3), number) {
                    (None, _) => String::new(),
                    (Some(width), Some(number)) => format!("{number:width$} | "),
                    (Some(width), None) => format!("{:width$} | ", ""),
                };
                let text: String = runs.iter().map(|run| self.run(run)).collect();
                let mark = |run: &Run| if run.marked { "^" } else { " " }.repeat(run.columns);
                let marks: String = runs.iter().map(mark).collect();
                let line = format!("{INDENT}{}{text}\n", self.faint(&number));
                match marks.trim_end() {
                    "" => line,
                    marks => format!("{line}{INDENT}{}{}\n", " ".repeat(gutter), self.danger(marks)),
                }
            }
        }
    }

    fn run(&self, run: &Run) -> String {
        if run.marked { self.danger(&run.shown) } else { run.shown.clone() }
    }

    /// A text behind a name. On a narrow screen the text gets the whole width.
    pub fn labelled(&self, label: &str, text: &str) -> String {
        if self.columns <= 3 * LABEL {
            let text = if label.is_empty() { text.to_owned() } else { format!("{label}: {text}") };
            return self.fold(INDENT, &text, INDENT);
        }
        let label = format!("{label:LABEL$}");
        let blank = " ".repeat(LABEL);
        self.fold(&format!("{INDENT}{}", self.strong(&label)), text, &format!("{INDENT}{blank}"))
    }

    /// Lines behind a name, each folded by itself.
    pub fn listed(&self, label: &str, lines: &[String]) -> String {
        let mut text = String::new();
        for (number, line) in lines.iter().enumerate() {
            let label = if number == 0 { label } else { "" };
            text.push_str(&self.labelled(label, line));
        }
        text
    }

    /// Plain words in lines that fit the screen, with what stands before the first line and before the others. A word
    /// that is too long for a line is broken.
    pub fn fold(&self, first: &str, text: &str, other: &str) -> String {
        let width = self.columns.min(PROSE).saturating_sub(1);
        let (first_column, other_column) = (console::measure_text_width(first), console::measure_text_width(other));
        let mut folded = first.to_owned();
        let mut column = first_column;
        for (number, word) in text.split(' ').enumerate() {
            let room = visible::width(word);
            if number > 0 && column + 1 + room > width && column > other_column {
                folded.push('\n');
                folded.push_str(other);
                column = other_column;
            } else if number > 0 {
                folded.push(' ');
                column += 1;
            }
            for c in word.chars() {
                let room = visible::width(c.encode_utf8(&mut [0; 4]));
                if column + room > width && column > other_column {
                    folded.push('\n');
                    folded.push_str(other);
                    column = other_column;
                }
                folded.push(c);
                column += room;
            }
        }
        folded.push('\n');
        folded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_to_the_width() {
        let cases = [
            ("a bc def", 80, "> a bc def\n"),
            ("a bc def", 8, "> a bc\n  def\n"),
            ("abcdefgh", 6, "> abc\n  def\n  gh\n"),
            ("a bcdefgh", 6, "> a\n  bcd\n  efg\n  h\n"),
            ("", 8, "> \n"),
        ];
        for (text, columns, expected) in cases {
            assert_eq!(Pen { colour: false, columns }.fold("> ", text, "  "), expected, "{text} {columns}");
        }
    }
}
