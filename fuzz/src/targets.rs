//! What the fuzzers call. No bytes may make these panic, overflow the stack, hang, or fail their assertions.

use guard::effect::Class;
use guard::facts::NoFacts;
use guard::judge;
use guard::request::{Request, Subject};
use guard::shell::{Dialect, parse, steps};

/// The name of a target, and what it does with its input.
pub type Target = (&'static str, fn(&[u8]));

/// The targets.
pub const TARGETS: &[Target] = &[("parse", parse_text), ("judge", judge_text), ("argv", judge_arguments)];

/// Every dialect of the shell.
const DIALECTS: [Dialect; 3] = [Dialect::Bash, Dialect::Posix, Dialect::Zsh];

/// Reads a text for every shell; spans lie inside the text.
pub fn parse_text(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for dialect in DIALECTS {
        match parse(text, dialect) {
            Ok(script) => {
                let listing = steps::list(&script);
                let spans = listing.commands.iter().map(|command| command.span);
                for span in spans {
                    assert!(text.get(span.start as usize..span.end as usize).is_some(), "a command outside the text");
                }
            }
            Err(error) => assert!(error.span.end as usize <= text.len(), "an error outside the text"),
        }
    }
}

/// Judges a text for every shell; what is not understood is not read-only.
pub fn judge_text(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for dialect in DIALECTS {
        let subject = Subject::Shell { text: text.to_owned(), dialect };
        let report = judge::judge(&Request { subject, arguments: Vec::new() }, &NoFacts);
        let read = parse(text, dialect).is_ok();
        assert!(read || report.class == Class::Destructive, "a text that is not understood passes");
    }
}

/// Judges an argument list, whose words are ended by NULs.
pub fn judge_arguments(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let words: Vec<String> = text.split('\0').map(str::to_owned).collect();
    judge::judge(&Request { subject: Subject::Arguments(words), arguments: Vec::new() }, &NoFacts);
}
