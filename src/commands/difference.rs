//! Shows how a file would change, as people read it: the lines that go and the lines that come, with a few around them.

use std::path::Path;

/// How many lines are shown around a change.
const AROUND: usize = 3;

/// The difference between two texts; `None` stands for a file that is not there.
pub fn show(path: &Path, before: Option<&str>, after: Option<&str>) -> String {
    let name = |text: Option<&str>| text.map_or("/dev/null".to_owned(), |_| path.display().to_string());
    let lines = |text: Option<&str>| text.unwrap_or_default().lines().map(str::to_owned).collect::<Vec<_>>();
    let (old, new) = (lines(before), lines(after));
    let start = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let most = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(old, new)| old == new).count();
    let from = start.saturating_sub(AROUND);
    let [old_end, new_end] = [&old, &new].map(|lines| lines.len() - end);
    let tail = AROUND.min(end);

    let mut shown = format!("--- {}\n+++ {}\n", name(before), name(after));
    let range = |to: usize, lines: usize| {
        let count = (to + tail) - from;
        format!("{},{count}", if lines == 0 { 0 } else { from + 1 })
    };
    shown.push_str(&format!("@@ -{} +{} @@\n", range(old_end, old.len()), range(new_end, new.len())));
    let part = |lines: &[String], from: usize, to: usize| lines.get(from..to).unwrap_or_default().to_vec();
    let groups = [
        (' ', part(&old, from, start)),
        ('-', part(&old, start, old_end)),
        ('+', part(&new, start, new_end)),
        (' ', part(&old, old_end, old_end + tail)),
    ];
    for (sign, lines) in groups {
        for line in lines {
            shown.push_str(&format!("{sign}{line}\n"));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changes_is_shown() {
        let path = Path::new("f");
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n";
        let after = "1\n2\n3\n4\nx\ny\n6\n7\n8\n";
        let shown = show(path, Some(before), Some(after));
        assert_eq!(shown, "--- f\n+++ f\n@@ -2,7 +2,8 @@\n 2\n 3\n 4\n-5\n+x\n+y\n 6\n 7\n 8\n");
        assert_eq!(show(path, None, Some("a\n")), "--- /dev/null\n+++ f\n@@ -0,0 +1,1 @@\n+a\n");
        assert_eq!(show(path, Some("a\n"), None), "--- f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n");
    }
}
