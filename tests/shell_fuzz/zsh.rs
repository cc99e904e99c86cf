//! Compares guard's reading of texts for zsh with zsh's own canonical form of them. Nothing of a text runs.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use guard::shell::steps::list;
use guard::shell::{Dialect, parse};

use crate::check::{has_dashed_delimiter, lines};

/// How many questions one zsh answers.
const QUESTIONS: usize = 5000;

/// A zsh that answers questions, what was asked, and what differed.
#[derive(Default)]
pub struct Zsh {
    process: Option<(Child, ChildStdin, BufReader<ChildStdout>)>,
    counts: Counts,
    /// Texts that are read differently.
    pub findings: BTreeMap<String, String>,
}

#[derive(Debug, Default)]
struct Counts {
    texts: usize,
    read_by_guard: usize,
    refused_by_zsh: usize,
    not_reread: usize,
    compared: usize,
}

impl Zsh {
    /// Whether there is a zsh.
    pub fn is_there() -> bool {
        let output = Command::new("zsh").args(["-fc", "print $ZSH_VERSION"]).output();
        output.is_ok_and(|output| output.stdout.starts_with(b"5."))
    }

    pub fn summary(&self) -> String {
        format!("{:?}, {} findings", self.counts, self.findings.len())
    }

    pub fn check(&mut self, text: &str) {
        // Of these, the canonical form is no text for zsh to read again.
        if text.trim_end_matches('\\').len() % 2 != text.len() % 2
            || has_dashed_delimiter(text)
            || !text.is_ascii()
            || text.contains("<>")
        {
            return;
        }
        self.counts.texts += 1;
        let text = &format!("{text}\n");
        let Some(description) = self.difference(text) else { return };
        let mut shortest = text.to_owned();
        let mut size = text.chars().count() / 2;
        while size > 0 {
            let mut at = 0;
            while at < shortest.chars().count() {
                let kept = shortest.chars().enumerate().filter(|(index, _)| !(at..at + size).contains(index));
                let shorter: String = kept.map(|(_, character)| character).collect();
                if shorter.ends_with('\n') && self.difference(&shorter).is_some() {
                    shortest = shorter;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
        let description = self.difference(&shortest).unwrap_or(description);
        self.findings.insert(shortest, description);
    }

    fn difference(&mut self, text: &str) -> Option<String> {
        let script = parse(text, Dialect::Zsh).ok()?;
        self.counts.read_by_guard += 1;
        let Some(canonical) = self.canonical(text) else {
            self.counts.refused_by_zsh += 1;
            return None;
        };
        let Ok(reread) = parse(&canonical, Dialect::Zsh) else {
            self.counts.not_reread += 1;
            return None;
        };
        self.counts.compared += 1;
        let (original, reread) = (lines(&list(&script)), lines(&list(&reread)));
        let missing: Vec<&String> = reread.iter().filter(|line| !original.contains(line)).collect();
        let added: Vec<&String> = original.iter().filter(|line| !reread.contains(line)).collect();
        let same = missing.is_empty() && added.is_empty();
        (!same).then(|| format!("zsh adds {missing:?}, guard adds {added:?}: {canonical}"))
    }

    fn canonical(&mut self, text: &str) -> Option<String> {
        if self.counts.read_by_guard.is_multiple_of(QUESTIONS) {
            self.stop();
        }
        let answer = self.exchange(text);
        if answer.is_none() {
            self.stop();
        }
        answer?.strip_prefix('y').map(str::to_owned)
    }

    fn exchange(&mut self, text: &str) -> Option<String> {
        let (_, questions, answers) = self.process.get_or_insert_with(start);
        questions.write_all(text.as_bytes()).ok()?;
        questions.write_all(&[0]).ok()?;
        let mut answer = Vec::new();
        answers.read_until(0, &mut answer).ok()?;
        (answer.pop() == Some(0)).then(|| String::from_utf8_lossy(&answer).into_owned())
    }

    fn stop(&mut self) {
        if let Some((mut child, ..)) = self.process.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Zsh {
    fn drop(&mut self) {
        self.stop();
    }
}

fn start() -> (Child, ChildStdin, BufReader<ChildStdout>) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shell_fuzz/oracle.zsh");
    // A text that zsh never finishes to read ends with the processor time.
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -t 60; exec zsh -f \"$0\""])
        .arg(script)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("zsh starts");
    let questions = child.stdin.take().expect("standard input is a pipe");
    let answers = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
    (child, questions, answers)
}
