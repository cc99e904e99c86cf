//! Checks the chain of records: nothing changed, nothing missing, nothing moved.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use super::Unwritten;
use super::chain::{self, Files, Head, HeadFile, Link};

/// A line longer than this is no record.
const LINE_LIMIT: u64 = 1 << 20;

/// What a check found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// How many records there are.
    pub records: u64,
    /// What was tampered with or lost, in the order of the file.
    pub problems: Vec<Problem>,
    /// What a crash left behind, which is no problem: the bytes before each record that says so.
    pub torn: Vec<(u64, u64)>,
}

/// Something that is not as it was written.
#[derive(Debug, PartialEq, Eq)]
pub enum Problem {
    /// A record's line does not have the hash that the next record, or the head, carries.
    Changed {
        /// The record's number.
        seq: u64,
    },
    /// Records are not there.
    Missing {
        /// The first one's number.
        from: u64,
        /// The last one's number.
        to: u64,
    },
    /// A record stands behind one that was written later.
    Moved {
        /// The record's number.
        seq: u64,
        /// The later one's number.
        after: u64,
    },
    /// A line is no record.
    Damaged {
        /// The line, counted from one.
        line: u64,
    },
    /// Before a record was written, the head was removed: what it covered is not known to be whole.
    Headless {
        /// The record's number.
        seq: u64,
    },
    /// There is no head, so the end is not known to be whole.
    NoHead,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Changed { seq } => write!(f, "record {seq} was changed"),
            Problem::Missing { from, to } if from == to => write!(f, "record {from} is missing"),
            Problem::Missing { from, to } => write!(f, "records {from} to {to} are missing"),
            Problem::Moved { seq, after } => write!(f, "record {seq} stands behind record {after}"),
            Problem::Damaged { line } => write!(f, "line {line} is no record"),
            Problem::Headless { seq } => {
                write!(f, "journal.head was removed before record {seq}: records before it may be missing")
            }
            Problem::NoHead => f.write_str("journal.head is missing or damaged: the last records may be missing"),
        }
    }
}

/// Checks a journal while no one writes to it. A journal that does not exist is whole and empty unless the head
/// knows of records.
pub fn verify(files: &Files) -> Result<Verification, Unwritten> {
    let fail = |error| Unwritten { place: files.journal.display().to_string(), error };
    let locked = match files.head.exists() || files.journal.exists() {
        true => chain::lock(&files.head)?,
        false => return Ok(Verification::default()),
    };
    let head = chain::read_head(&locked).map_err(fail)?;
    match File::open(&files.journal) {
        Ok(journal) => check(BufReader::new(journal), &head).map_err(fail),
        Err(error) if error.kind() == io::ErrorKind::NotFound => check(io::empty(), &head).map_err(fail),
        Err(error) => Err(fail(error)),
    }
}

/// A check in the middle of a journal.
struct Check {
    found: Verification,
    /// The number and the hash of the last record that was read; 0 and zeros before the first.
    seq: u64,
    hash: String,
    /// The lines since then that are no records, and their length in bytes.
    damaged: Vec<u64>,
    damage: u64,
    head: Option<Head>,
}

fn check(mut journal: impl BufRead, head: &HeadFile) -> io::Result<Verification> {
    let mut check = Check {
        found: Verification::default(),
        seq: 0,
        hash: chain::no_hash(),
        damaged: Vec::new(),
        damage: 0,
        head: match head {
            HeadFile::Whole(head) => Some(head.clone()),
            HeadFile::Empty | HeadFile::Damaged => None,
        },
    };
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if journal.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        check.line(number, &line);
    }
    Ok(check.end())
}

impl Check {
    fn line(&mut self, number: u64, bytes: &[u8]) {
        match bytes.split_last().filter(|(last, _)| **last == b'\n').and_then(|(_, line)| Some((line, Link::of(line)?)))
        {
            Some((line, link)) => self.record(&link, line),
            None => {
                self.damaged.push(number);
                self.damage += bytes.len() as u64;
            }
        }
    }

    fn record(&mut self, link: &Link, line: &[u8]) {
        self.found.records += 1;
        self.settle_damage(link);
        if link.headless {
            self.found.problems.push(Problem::Headless { seq: link.seq });
        }
        if link.seq <= self.seq {
            return self.found.problems.push(Problem::Moved { seq: link.seq, after: self.seq });
        }
        if link.seq > self.seq + 1 {
            self.found.problems.push(Problem::Missing { from: self.seq + 1, to: link.seq - 1 });
        } else if link.prev != self.hash {
            self.found.problems.push(Problem::Changed { seq: self.seq.max(1) });
        }
        (self.seq, self.hash) = (link.seq, chain::hash(line));
        if self.head.as_ref().is_some_and(|head| head.seq == self.seq && head.hash != self.hash) {
            self.found.problems.push(Problem::Changed { seq: self.seq });
        }
    }

    /// Lines that are no records are what a crash left when the next record says that there are so many bytes of them.
    fn settle_damage(&mut self, link: &Link) {
        let damage = std::mem::take(&mut self.damage);
        let lines = std::mem::take(&mut self.damaged);
        if damage == link.torn {
            self.found.torn.extend((damage > 0).then_some((link.seq, damage)));
        } else {
            self.found.problems.extend(lines.into_iter().map(|line| Problem::Damaged { line }));
        }
    }

    fn end(mut self) -> Verification {
        let covered = self.head.as_ref().map_or(0, |head| head.seq);
        if covered > self.seq {
            self.found.problems.push(Problem::Missing { from: self.seq + 1, to: covered });
        }
        // Behind everything that the head covers, a torn line is one that was being written when its writer died.
        match (self.damaged.is_empty(), covered <= self.seq && self.head.is_some()) {
            (true, _) => {}
            (false, true) => self.found.torn.push((self.seq + 1, self.damage)),
            (false, false) => {
                self.found.problems.extend(self.damaged.into_iter().map(|line| Problem::Damaged { line }));
            }
        }
        if self.head.is_none() && self.found.records > 0 {
            self.found.problems.push(Problem::NoHead);
        }
        self.found.problems.dedup();
        self.found
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// A journal of so many records in a folder of its own.
    fn journal(records: usize) -> (tempfile::TempDir, Files) {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::of(folder.path());
        append(&files, records);
        (folder, files)
    }

    fn append(files: &Files, records: usize) {
        for number in 0..records {
            files.append(format!("{{\"text\":\"command {number}\"}}").as_bytes(), false).expect("it is written");
        }
    }

    fn lines(path: &Path) -> Vec<String> {
        fs::read_to_string(path).expect("it is there").split_inclusive('\n').map(str::to_owned).collect()
    }

    fn shown(files: &Files) -> Vec<String> {
        verify(files).expect("it is readable").problems.iter().map(Problem::to_string).collect()
    }

    #[test]
    fn an_untouched_journal_is_whole() {
        for records in [0, 1, 2, 20] {
            let (_folder, files) = journal(records);
            let found = verify(&files).expect("it is readable");
            assert_eq!(found, Verification { records: records as u64, ..Verification::default() });
        }
    }

    #[test]
    fn tampering_is_found_and_stays_found() {
        type Tampering = fn(&mut Vec<String>);
        let cases: [(&str, Tampering, &[&str]); 9] = [
            (
                "a changed record",
                |lines| lines[2] = lines[2].replace("command 2", "command x"),
                &["record 3 was changed"],
            ),
            (
                "a changed last record",
                |lines| lines[4] = lines[4].replace("command", "Command"),
                &["record 5 was changed"],
            ),
            (
                "a changed first record",
                |lines| lines[0] = lines[0].replace("command", "Command"),
                &["record 1 was changed"],
            ),
            ("a missing record", |lines| drop(lines.remove(1)), &["record 2 is missing"]),
            ("a missing first record", |lines| drop(lines.remove(0)), &["record 1 is missing"]),
            ("a missing end", |lines| lines.truncate(2), &["records 3 to 5 are missing"]),
            (
                "records that changed places",
                |lines| lines.swap(1, 2),
                &["record 2 is missing", "record 2 stands behind record 3"],
            ),
            ("a cut line", |lines| lines[4].truncate(20), &["record 5 is missing", "line 5 is no record"]),
            ("no records", Vec::clear, &["records 1 to 5 are missing"]),
        ];
        for (name, tamper, expected) in cases {
            let (_folder, files) = journal(5);
            let mut tampered = lines(&files.journal);
            tamper(&mut tampered);
            fs::write(&files.journal, tampered.concat()).expect("it is written");
            assert_eq!(shown(&files), expected, "{name}");
            append(&files, 2);
            let later = shown(&files);
            assert!(expected.iter().all(|problem| later.iter().any(|other| other == problem)), "{name}: {later:?}");
        }
    }

    #[test]
    fn a_head_that_was_removed_is_noticed() {
        let (_folder, files) = journal(3);
        fs::remove_file(&files.head).expect("it is there");
        assert_eq!(shown(&files), [Problem::NoHead.to_string()]);
        append(&files, 1);
        assert_eq!(verify(&files).expect("it is readable").problems, [Problem::Headless { seq: 4 }]);
        fs::write(&files.head, "x").expect("it is there");
        assert_eq!(verify(&files).expect("it is readable").problems, [Problem::Headless { seq: 4 }, Problem::NoHead]);
    }

    #[test]
    fn a_crash_before_the_head_was_written_is_no_tampering() {
        let (_folder, files) = journal(3);
        let head = fs::read(&files.head).expect("it is there");
        append(&files, 1);
        fs::write(&files.head, head).expect("it is written");
        assert_eq!(shown(&files), [""; 0]);
        append(&files, 1);
        assert_eq!(verify(&files).expect("it is readable"), Verification { records: 5, ..Verification::default() });

        let (_folder, files) = journal(1);
        fs::write(&files.head, "").expect("it is written");
        append(&files, 1);
        assert_eq!(verify(&files).expect("it is readable"), Verification { records: 2, ..Verification::default() });
    }

    #[test]
    fn a_line_torn_by_a_crash_is_recorded_as_such() {
        for torn in ["{\"seq\":4,\"pre", "x", "{\"seq\":4,\n{\"x\"", "\n"] {
            let (_folder, files) = journal(3);
            let text = fs::read_to_string(&files.journal).expect("it is there") + torn;
            fs::write(&files.journal, text).expect("it is written");
            assert_eq!(shown(&files), [""; 0], "{torn:?}");
            append(&files, 2);
            let found = verify(&files).expect("it is readable");
            let length = torn.len() + usize::from(!torn.ends_with('\n'));
            let expected = Verification { records: 5, problems: Vec::new(), torn: vec![(4, length as u64)] };
            assert_eq!(found, expected, "{torn:?}");
        }
    }
}
