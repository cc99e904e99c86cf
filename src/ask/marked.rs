//! A command's text with its dangerous parts marked, folded to a width and cut to a height.
//!
//! Takes the text and where the parts stand, worst first; gives rows. What is left out is said in a row of its own, and
//! the worst part is never left out.

use std::ops::Range;

use crate::visible;

/// A row of the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A piece of one line of the text.
    Text {
        /// The line's number, where the text has several and the row is the line's first.
        number: Option<usize>,
        /// What is shown, in runs that are marked or not.
        runs: Vec<Run>,
    },
    /// What is left out here.
    Gap(String),
}

/// Characters beside each other that are all marked, or all not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The characters, as they may be sent to a terminal.
    pub shown: String,
    /// The columns they take.
    pub columns: usize,
    /// Whether they are part of what is dangerous.
    pub marked: bool,
}

/// How much room there is.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// The columns of a row, at least one.
    pub columns: usize,
    /// How many rows there should be at most. The worst part may take a few more.
    pub rows: usize,
}

/// How many rows a part takes at most from its beginning, and from its end when it is longer.
const HEAD_ROWS: usize = 4;
const TAIL_ROWS: usize = 2;

/// The rows, and how many of the marked parts are not in them.
pub fn picture(text: &str, marks: &[Range<usize>], room: Room) -> (Vec<Row>, usize) {
    let text = Marked { text, marks: marks.iter().filter_map(|mark| clipped(text, mark)).collect(), room };
    let (rows, end) = text.rows(0..text.text.len(), room.rows + 1);
    if rows.len() <= room.rows && end == text.text.len() {
        return (rows, 0);
    }
    let (windows, left_out) = text.windows();
    (text.through(&windows), left_out)
}

/// A range moved to character boundaries, without blank ends; `None` when nothing is left.
fn clipped(text: &str, mark: &Range<usize>) -> Option<Range<usize>> {
    let start = floor(text, mark.start);
    let end = ceil(text, mark.end);
    let part = text.get(start..end)?;
    let start = start + (part.len() - part.trim_start().len());
    let end = start + part.trim().len();
    (start < end).then_some(start..end)
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn ceil(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

struct Marked<'t> {
    text: &'t str,
    marks: Vec<Range<usize>>,
    room: Room,
}

#[expect(clippy::single_range_in_vec_init, reason = "a list with one range is meant")]
impl Marked<'_> {
    /// Which ranges of the text are shown when not all of it can be, in order, and how many marks are in none.
    fn windows(&self) -> (Vec<Range<usize>>, usize) {
        if self.marks.is_empty() {
            return (vec![0..self.rows(0..self.text.len(), self.room.rows.max(1)).1], 0);
        }
        let mut chosen: Vec<Range<usize>> = Vec::new();
        let mut left_out = 0;
        for (number, mark) in self.marks.iter().enumerate() {
            let mut more = chosen.clone();
            more.extend(self.around(mark));
            let more = merged(more);
            if number == 0 || self.through(&more).len() <= self.room.rows {
                chosen = more;
            } else {
                left_out += 1;
            }
        }
        (chosen, left_out)
    }

    /// What is shown of a mark: the line it begins in, from not too far before it; and its end.
    fn around(&self, mark: &Range<usize>) -> Vec<Range<usize>> {
        let line_start = self.text.get(..mark.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let start = floor(self.text, line_start.max(mark.start.saturating_sub(self.room.columns)));
        let line_end = self.line_end(mark.end);
        let (_, head) = self.rows(start..line_end, HEAD_ROWS);
        if head >= mark.end {
            return vec![start..head];
        }
        let tail = floor(self.text, head.max(mark.end.saturating_sub(self.room.columns / 2)));
        let (_, end) = self.rows(tail..line_end, TAIL_ROWS);
        vec![start..head, tail..end]
    }

    fn line_end(&self, at: usize) -> usize {
        self.text.get(at..).and_then(|rest| rest.find('\n')).map_or(self.text.len(), |length| at + length)
    }

    /// The rows of some ranges, with a row for each gap.
    fn through(&self, windows: &[Range<usize>]) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut done = 0;
        for window in windows {
            rows.extend(self.gap(done..window.start));
            rows.extend(self.rows(window.clone(), usize::MAX).0);
            done = window.end;
        }
        rows.extend(self.gap(done..self.text.len()));
        rows
    }

    fn gap(&self, range: Range<usize>) -> Option<Row> {
        let left_out = self.text.get(range).filter(|text| !text.trim().is_empty())?;
        let lines = left_out.trim_matches('\n').lines().count();
        Some(Row::Gap(match lines {
            0 | 1 => format!("[... {} characters ...]", left_out.chars().count()),
            _ => format!("[... {lines} lines ...]"),
        }))
    }

    /// The rows of a range, at most `limit`, and where they end.
    fn rows(&self, range: Range<usize>, limit: usize) -> (Vec<Row>, usize) {
        let mut rows = Vec::new();
        let several = self.text.trim_end_matches('\n').contains('\n');
        let mut number = self.text.get(..range.start).map_or(0, |before| before.matches('\n').count()) + 1;
        let mut fresh = range.start == 0 || self.text.as_bytes().get(range.start - 1) == Some(&b'\n');
        let mut at = range.start;
        while at < range.end && rows.len() < limit {
            let (runs, end) = self.row(at..range.end);
            let ends_line = self.text.as_bytes().get(end) == Some(&b'\n') && end < range.end;
            rows.push(Row::Text { number: (several && fresh).then_some(number), runs });
            at = end + usize::from(ends_line);
            number += usize::from(ends_line);
            fresh = ends_line;
        }
        (rows, at)
    }

    /// One row: as much of the range as fits, up to the end of the line.
    fn row(&self, range: Range<usize>) -> (Vec<Run>, usize) {
        let end = self.row_end(&range);
        let mut runs: Vec<Run> = Vec::new();
        for (offset, c) in self.text.get(range.start..end).unwrap_or_default().char_indices() {
            let (shown, width) = visible::character(c);
            let marked = self.marks.iter().any(|mark| mark.contains(&(range.start + offset)));
            match runs.last_mut().filter(|run| run.marked == marked) {
                Some(run) => {
                    run.shown.push_str(&shown);
                    run.columns += width;
                }
                None => runs.push(Run { shown: shown.into_owned(), columns: width, marked }),
            }
        }
        (runs, end)
    }

    /// Where the row that begins with the range ends: before a newline, or where it is full; after a space, where one
    /// is near.
    fn row_end(&self, range: &Range<usize>) -> usize {
        let mut columns = 0;
        let mut space = None;
        for (offset, c) in self.text.get(range.clone()).unwrap_or_default().char_indices() {
            let at = range.start + offset;
            columns += visible::character(c).1;
            if c == '\n' {
                return at;
            }
            if columns > self.room.columns && at > range.start {
                return space.unwrap_or(at);
            }
            if c == ' ' && columns * 3 > self.room.columns * 2 {
                space = Some(at + 1);
            }
        }
        range.end
    }
}

/// Ranges in order, those that touch or overlap as one.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut().filter(|last| range.start <= last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The picture as plain text: marks are shown as brackets.
    fn drawn(text: &str, parts: &[&str], columns: usize, rows: usize) -> (Vec<String>, usize) {
        let mark = |part: &&str| {
            let start = text.find(part).expect("the part is in the text");
            start..start + part.len()
        };
        let marks: Vec<_> = parts.iter().map(mark).collect();
        let (rows, left_out) = picture(text, &marks, Room { columns, rows });
        let drawn = rows.iter().map(|row| match row {
            Row::Gap(text) => text.clone(),
            Row::Text { number, runs } => {
                let number = number.map(|number| format!("{number}| ")).unwrap_or_default();
                let run = |run: &Run| if run.marked { format!("<{}>", run.shown) } else { run.shown.clone() };
                number + &runs.iter().map(run).collect::<String>()
            }
        });
        (drawn.collect(), left_out)
    }

    #[test]
    fn short_texts_are_shown_whole() {
        let cases: [(&str, &[&str], usize, &[&str]); 7] = [
            ("rm -rf src", &["rm -rf src"], 80, &["<rm -rf src>"]),
            ("ls && rm x; ls", &["rm x"], 80, &["ls && <rm x>; ls"]),
            ("ls\nrm x\n", &["rm x"], 80, &["1| ls", "2| <rm x>"]),
            ("abcdefgh", &["def"], 4, &["abc<d>", "<ef>gh"]),
            ("a\x1b[2Jb", &["[2"], 80, &["a^[<[2>Jb"]),
            ("日本語 rm", &["rm"], 5, &["日本", "語 <rm>"]),
            ("echo one && rm x", &["rm x"], 10, &["echo one ", "&& <rm x>"]),
        ];
        for (text, parts, columns, expected) in cases {
            assert_eq!(drawn(text, parts, columns, 20).0, expected, "{text:?}");
        }
    }

    #[test]
    fn the_dangerous_part_of_a_long_text_is_shown() {
        let text = format!("{}rm -rf src{}", "echo a; ".repeat(500), "; echo b".repeat(500));
        let (rows, left_out) = drawn(&text, &["rm -rf src"], 40, 8);
        assert_eq!(left_out, 0);
        assert_eq!(rows[0], "[... 3960 characters ...]");
        assert_eq!(rows[1], "echo a; echo a; echo a; echo a; echo a; ");
        assert_eq!(rows[2], "<rm -rf src>; echo b; echo b; echo b; ");
        assert!(rows.last().expect("a row").ends_with(" characters ...]"), "{rows:?}");
    }

    #[test]
    fn the_dangerous_line_of_a_long_script_is_shown() {
        let text = format!("{}rm -rf src\n{}", "echo a\n".repeat(100), "echo b\n".repeat(100));
        let expected = ["[... 100 lines ...]", "101| <rm -rf src>", "[... 100 lines ...]"];
        assert_eq!(drawn(&text, &["rm -rf src"], 40, 8), (expected.map(str::to_owned).to_vec(), 0));
    }

    #[test]
    fn a_long_dangerous_part_shows_its_beginning_and_its_end() {
        let part = format!("rm {}last", "x".repeat(1000));
        let (rows, _) = drawn(&format!("ls; {part}"), &[&part], 20, 8);
        assert_eq!(rows[0], "ls; <rm xxxxxxxxxxxxx>");
        assert!(rows[4].ends_with(" characters ...]"), "{rows:?}");
        assert_eq!(rows.last().expect("a row"), "<xxxxxxlast>");
    }

    #[test]
    fn more_parts_than_fit_are_counted() {
        let text: String = (0..100).map(|number| format!("rm file{number:03}\n{}", "echo\n".repeat(10))).collect();
        let parts: Vec<String> = (0..100).map(|number| format!("rm file{number:03}")).collect();
        let parts: Vec<&str> = parts.iter().rev().map(String::as_str).collect();
        let (rows, left_out) = drawn(&text, &parts, 40, 9);
        assert!(rows.iter().any(|row| row.ends_with("<rm file099>")), "{rows:?}");
        assert!(rows.len() <= 9);
        assert_eq!(left_out, 96);
    }

    #[test]
    fn ranges_that_fit_no_character_do_no_harm() {
        let text = "é rm é";
        for mark in [0..1, 1..5, 5..99, 99..100, 3..3] {
            let (rows, _) = picture(text, std::slice::from_ref(&mark), Room { columns: 10, rows: 5 });
            assert_eq!(rows.len(), 1, "{mark:?}");
        }
        assert_eq!(picture("", &[], Room { columns: 10, rows: 5 }), (Vec::new(), 0));
    }

    #[test]
    fn a_very_long_line_is_drawn_at_once() {
        let text = "x".repeat(5 << 20);
        let mark = 4 << 20..(4 << 20) + 10;
        let (rows, left_out) = picture(&text, std::slice::from_ref(&mark), Room { columns: 80, rows: 20 });
        assert!(rows.len() <= 20 && left_out == 0);
    }
}
