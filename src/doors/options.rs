//! Reads a shell's own argument list as that shell does: options, then where its program comes from.
//!
//! Takes the arguments after the name, gives a [`Call`]. Which option means what is data about the shell, in the
//! tables at the end; nothing here knows what the program does.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use crate::shell::Dialect;

/// How a shell was called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// Where its program comes from.
    pub source: Source,
    /// The arguments in front of this one are options.
    pub options_end: usize,
    /// The first argument that is neither an option nor the end of options.
    pub operands: usize,
    /// It reads the program and runs nothing of it.
    pub only_reads: bool,
    /// It was called as for a person at a terminal.
    pub interactive: bool,
    /// An option that guard does not know was met: which argument is the program is not certain.
    pub unclear: bool,
}

/// Where a shell's program comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The argument with this index; what follows it is `$0` and the arguments.
    Text(usize),
    /// The file that the argument with this index names; what follows it are the arguments.
    Script(usize),
    /// Standard input; the operands are the arguments.
    #[default]
    Input,
    /// There is none: the shell only prints something, or says what is wrong with the call.
    None,
}

/// What the letters seen so far ask for.
#[derive(Default)]
struct Asked {
    text: bool,
    input: bool,
    /// The call ends before anything runs, whatever follows.
    ends: bool,
    incomplete: bool,
    named: bool,
}

/// Reads `arguments` as a shell of `dialect` does.
pub fn read(arguments: &[OsString], dialect: Dialect) -> Call {
    let grammar = Grammar::of(dialect);
    let mut call = Call::default();
    let mut asked = Asked::default();
    let mut next = grammar.read_long(arguments, &mut call, &mut asked);
    while let Some(argument) = arguments.get(next).map(|argument| argument.as_bytes()) {
        let [sign @ (b'-' | b'+'), letters @ ..] = argument else { break };
        if matches!(argument, b"-" | b"--") {
            call.options_end = next;
            next += 1;
            return finish(call, &asked, next, arguments.len(), dialect);
        }
        next += 1;
        if letters.is_empty() {
            continue;
        }
        next = grammar.read_letters(*sign, letters, next, &mut call, &mut asked);
        // A shell shows its settings then, and goes on to read its program.
        call.unclear |= next > arguments.len() && !asked.text;
    }
    call.options_end = next.min(arguments.len());
    finish(call, &asked, next, arguments.len(), dialect)
}

/// Whether a word is a long option of one of the shells.
pub fn is_long(word: &[u8]) -> bool {
    let known =
        |grammar: &Grammar| grammar.long.iter().any(|(name, _)| word.strip_prefix(b"--") == Some(name.as_bytes()));
    [BASH, POSIX, ZSH].iter().any(known)
}

fn finish(mut call: Call, asked: &Asked, operands: usize, count: usize, dialect: Dialect) -> Call {
    call.operands = operands.min(count);
    // Asked for both, dash runs the text and then reads standard input.
    let both = dialect != Dialect::Bash && asked.text && asked.input;
    call.unclear |= both;
    call.unclear &= !asked.ends;
    // `+o noexec` would take `-n` back.
    call.only_reads &= !asked.named && dialect != Dialect::Zsh;
    call.source = match (asked.text, operands < count) {
        _ if asked.ends || asked.incomplete => Source::None,
        _ if both => Source::Input,
        (true, true) => Source::Text(operands),
        (true, false) => Source::None,
        (false, true) if !asked.input => Source::Script(operands),
        (false, _) => Source::Input,
    };
    call
}

/// The options of one kind of shell.
struct Grammar {
    /// Letters that stand alone.
    flags: &'static [u8],
    /// Letters that take an argument of their own: the next one.
    valued: &'static [u8],
    /// Long options, which stand in front of all others.
    long: &'static [(&'static str, Long)],
    /// Whether a long option may be written with one dash.
    one_dash: bool,
    /// Whether any letter is accepted, and an option's argument may be joined to its letter.
    lenient: bool,
}

/// What a long option does to the call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Long {
    Flag,
    Value,
    Prints,
}

impl Grammar {
    const fn of(dialect: Dialect) -> &'static Grammar {
        match dialect {
            Dialect::Bash => &BASH,
            Dialect::Posix => &POSIX,
            Dialect::Zsh => &ZSH,
        }
    }

    /// Reads the long options at the front; gives the index of the first argument that is none.
    fn read_long(&self, arguments: &[OsString], call: &mut Call, asked: &mut Asked) -> usize {
        let mut next = 0;
        while let Some(argument) = arguments.get(next).map(|argument| argument.as_bytes()) {
            let (name, certain) = match argument {
                [b'-', b'-', name @ ..] if !name.is_empty() => (name, true),
                [b'-', name @ ..] if !name.is_empty() && self.one_dash => (name, false),
                _ => break,
            };
            let found = self.long.iter().find(|(long, _)| long.as_bytes() == name);
            match found {
                None if certain && self.lenient => {}
                None if certain => call.unclear = true,
                None => break,
                Some((_, Long::Flag)) => {}
                // After an option that is not known, this may be its value.
                Some((_, Long::Prints)) => asked.ends |= !call.unclear,
                Some((_, Long::Value)) => {
                    next += 1;
                    asked.incomplete |= next >= arguments.len();
                }
            }
            next += 1;
        }
        next
    }

    /// Reads the letters of one argument; gives the index of the argument after it and its values.
    fn read_letters(&self, sign: u8, letters: &[u8], mut next: usize, call: &mut Call, asked: &mut Asked) -> usize {
        for (index, letter) in letters.iter().enumerate() {
            match letter {
                b'c' => asked.text = true,
                b's' => asked.input = true,
                b'i' => call.interactive = true,
                // No shell has this letter; a long option in the wrong place ends the call.
                b'-' if !self.lenient => asked.ends |= !call.unclear,
                b'n' => call.only_reads = sign == b'-',
                letter if self.valued.contains(letter) => {
                    asked.named = true;
                    if self.lenient && index + 1 < letters.len() {
                        return next;
                    }
                    next += 1;
                }
                letter if self.flags.contains(letter) => {}
                letter if self.lenient && letter.is_ascii_alphanumeric() && *letter != b'b' => {}
                _ => call.unclear = true,
            }
        }
        next
    }
}

const BASH: Grammar = Grammar {
    flags: b"abefhklmprtuvxBCDEHPT",
    valued: b"oO",
    long: &[
        ("debug", Long::Flag),
        ("debugger", Long::Flag),
        ("dump-po-strings", Long::Flag),
        ("dump-strings", Long::Flag),
        ("help", Long::Prints),
        ("init-file", Long::Value),
        ("login", Long::Flag),
        ("noediting", Long::Flag),
        ("noprofile", Long::Flag),
        ("norc", Long::Flag),
        ("posix", Long::Flag),
        ("pretty-print", Long::Flag),
        ("rcfile", Long::Value),
        ("restricted", Long::Flag),
        ("verbose", Long::Flag),
        ("version", Long::Prints),
    ],
    one_dash: true,
    lenient: false,
};

const POSIX: Grammar = Grammar { flags: b"abefhlmpuvxCEIV", valued: b"o", long: &[], one_dash: false, lenient: false };

const ZSH: Grammar = Grammar {
    flags: b"",
    valued: b"o",
    long: &[("emulate", Long::Value), ("help", Long::Prints), ("version", Long::Prints)],
    one_dash: false,
    lenient: true,
};

#[cfg(test)]
mod tests {
    use super::*;

    fn call(line: &str, dialect: Dialect) -> Call {
        let arguments: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        read(&arguments, dialect)
    }

    #[test]
    fn the_text_is_found_as_bash_finds_it() {
        let cases = [
            ("-c T", Source::Text(1)),
            ("-lc T n a", Source::Text(1)),
            ("-ic T", Source::Text(1)),
            ("-euc T", Source::Text(1)),
            ("-l -c T", Source::Text(2)),
            ("-c -l T", Source::Text(2)),
            ("-o pipefail -c T", Source::Text(3)),
            ("-oc pipefail T", Source::Text(2)),
            ("-ooc pipefail errexit T", Source::Text(3)),
            ("-O extglob -c T", Source::Text(3)),
            ("+O extglob +x -c T", Source::Text(4)),
            ("+c T", Source::Text(1)),
            ("-c -- T n", Source::Text(2)),
            ("-c - T n", Source::Text(2)),
            ("--login --norc -c T", Source::Text(3)),
            ("-norc -c T", Source::Text(2)),
            ("--rcfile F -ic T", Source::Text(3)),
            ("--init-file F -c T", Source::Text(3)),
            ("-c -s T a", Source::Text(2)),
            ("-c", Source::None),
            ("-c -o", Source::None),
            ("-o -c", Source::Input),
            ("--rcfile", Source::None),
            ("--version", Source::None),
            ("--help x", Source::None),
            ("-x --login -c T", Source::None),
            ("-c --login T", Source::None),
            ("", Source::Input),
            ("-s", Source::Input),
            ("-s a b", Source::Input),
            ("-", Source::Input),
            ("-i", Source::Input),
            ("S a", Source::Script(0)),
            ("-x S -c a", Source::Script(1)),
            ("-- -c a", Source::Script(1)),
            ("- -c a", Source::Script(1)),
        ];
        for (line, source) in cases {
            let call = call(line, Dialect::Bash);
            assert_eq!(call.source, source, "{line}");
            assert!(!call.unclear, "{line}");
        }
    }

    #[test]
    fn what_is_not_known_is_unclear() {
        for line in [
            "-Z -c T",
            "-Z --login -c T",
            "--frob --version -c T",
            "-o",
            "-x +O",
            "-so",
            "--frob -c T",
            "--rcfile=F -c T",
        ] {
            assert!(call(line, Dialect::Bash).unclear, "{line}");
        }
        for line in ["--login -c T", "-q -c T", "-O extglob -c T", "-sc T"] {
            assert!(call(line, Dialect::Posix).unclear, "{line}");
        }
    }

    #[test]
    fn a_shell_that_only_reads_is_told_from_one_that_runs() {
        for (line, only_reads) in [
            ("-n S", true),
            ("-n -c T", true),
            ("+n -n S", true),
            ("-n +n S", false),
            ("-x S", false),
            ("-no noexec S", false),
        ] {
            assert_eq!(call(line, Dialect::Bash).only_reads, only_reads, "{line}");
        }
    }

    #[test]
    fn options_end_before_the_terminator() {
        for (line, end, operands) in
            [("-s a b", 1, 1), ("--norc -s -- a", 2, 3), ("-x S", 1, 1), ("", 0, 0), ("-", 0, 1)]
        {
            let call = call(line, Dialect::Bash);
            assert_eq!((call.options_end, call.operands), (end, operands), "{line}");
        }
    }

    #[test]
    fn zsh_joins_and_takes_any_letter() {
        assert_eq!(call("-oextendedglob -fc T", Dialect::Zsh).source, Source::Text(2));
        assert_eq!(call("--emulate sh -c T", Dialect::Zsh).source, Source::Text(3));
        assert_eq!(call("--no-rcs -c T", Dialect::Zsh).source, Source::Text(2));
    }
}
