//! Compares guard's reading of one text with bash's.

use std::collections::BTreeMap;

use guard::shell::ast::{CommandKind, Part, Word};
use guard::shell::steps::{Listing, SimpleCommand, list};
use guard::shell::{Dialect, Script, parse};

use crate::oracle::{self, Oracle};

const RESERVED: [&str; 24] = [
    "-p", "--", "!", "{", "}", "[[", "]]", "if", "then", "elif", "else", "fi", "case", "esac", "for", "select",
    "while", "until", "do", "done", "in", "function", "time", "coproc",
];

/// Longer texts are shown as they are when they are read differently.
const MAX_SHORTENED: usize = 100_000;

/// Reasons for which guard may refuse what bash prints, because it looks like what bash reads in two ways: it moves
/// redirections behind words, and prints no quotes of `${$' x'}`, which then looks like the commands of bash 5.3.
const OF_PRINTED_TEXT: [&str; 10] = [
    "`time` behind a line in a pipeline",
    "this ends in two different places",
    "brackets in the second word of a coprocess",
    "commands in braces have no end",
    "an element that bash prints in another form in a substitution",
    "an array element stands too late",
    "a pattern that begins with a brace",
    "a comment in text that bash reads again",
    "a command behind a here-document in a substitution",
    "a subscript is not closed",
];

/// What begins the commands in braces of bash 5.3.
const COMMANDS_IN_BRACES: [&str; 5] = ["${ ", "${\t", "${\n", "${|", "${("];

/// Marks that bash uses itself and at times shows, and what stands for bytes that are no text.
const MARKS: [char; 3] = ['\u{1}', '\u{7f}', '\u{fffd}'];

/// How many shorter texts are tried for a finding.
const MAX_ATTEMPTS: usize = 3000;

/// How the readings of a text differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    BashRejects,
    CanonicalFormRejected,
    SubstitutionRejected,
    ReadDifferently,
    WordsDiffer,
    HiddenSubstitution,
    HiddenCommand,
}

/// What was compared.
#[derive(Debug, Default)]
struct Counts {
    texts: usize,
    accepted: usize,
    rejected_by_guard_alone: usize,
    words: usize,
    programs: usize,
    calls: usize,
    substitutions: usize,
    timeouts: usize,
}

/// Compares, counts and remembers what differs.
pub struct Checker {
    oracle: Oracle,
    counts: Counts,
    /// The shortest text found for each description of a difference.
    pub findings: BTreeMap<(Kind, String), String>,
    /// How often guard alone rejects for a reason, and the shortest text.
    rejections: BTreeMap<&'static str, (usize, String)>,
    /// How many shorter texts may still be tried for the present finding.
    attempts: usize,
}

impl Checker {
    /// A checker; `None` where there is no bash to compare with.
    pub fn start() -> Option<Checker> {
        Some(Checker {
            oracle: Oracle::start()?,
            counts: Counts::default(),
            findings: BTreeMap::new(),
            rejections: BTreeMap::new(),
            attempts: 0,
        })
    }

    /// How many texts that bash accepts were rejected.
    pub fn rejected_by_guard_alone(&self) -> usize {
        self.counts.rejected_by_guard_alone
    }

    /// The counts, and an example of every reason for which guard alone rejects.
    pub fn summary(&self) -> String {
        let mut summary = format!("{:?}, {} findings", self.counts, self.findings.len());
        for (reason, (count, example)) in &self.rejections {
            summary.push_str(&format!("\n  {count} times: {reason}: {example:?}"));
        }
        summary
    }

    /// Compares the readings of many texts.
    pub fn check_all(&mut self, texts: &[String]) {
        self.prepare(texts);
        texts.iter().for_each(|text| self.check(text, false));
    }

    /// Asks ahead what will be asked about these texts.
    fn prepare(&mut self, texts: &[String]) {
        let mut questions = Vec::new();
        for text in texts {
            questions.push((b'c', text.clone()));
            let Ok(script) = parse(text, Dialect::Bash) else { continue };
            if has_expansions(text) {
                questions.push((b'x', text.clone()));
            }
            let (sources, _) = static_words(text, &script);
            if !sources.is_empty() {
                questions.push((b'w', format!(": {}", sources.join(" "))));
            }
        }
        self.oracle.prepare(questions);
    }

    /// Compares the readings of a text and, if `run` is set, what runs.
    pub fn check(&mut self, text: &str, run: bool) {
        // At its very end a backslash means different things to different ways of handing a text to bash.
        if text.contains(MARKS) {
            return;
        }
        if text.trim_end_matches('\\').len() % 2 != text.len() % 2 {
            return;
        }
        self.counts.texts += 1;
        let Some((kind, _)) = self.difference(text, run) else { return };
        let mut shortest = text.to_owned();
        if text.len() < MAX_SHORTENED {
            self.attempts = if run { MAX_ATTEMPTS / 20 } else { MAX_ATTEMPTS };
            self.shorten(&mut shortest, kind, run);
        }
        if let Some((kind, description)) = self.difference(&shortest, run) {
            self.findings.insert((kind, shortest), description);
        }
    }

    /// Takes pieces out of a text for as long as it is still read differently.
    fn shorten(&mut self, text: &mut String, kind: Kind, run: bool) {
        self.shorten_lines(text, kind, run);
        let mut size = text.chars().count() / 2;
        while size > 0 {
            let mut at = 0;
            while at < text.chars().count() {
                let shorter: String = text
                    .chars()
                    .enumerate()
                    .filter(|(index, _)| !(at..at + size).contains(index))
                    .map(|(_, c)| c)
                    .collect();
                if self.still_differs(&shorter, kind, run) {
                    *text = shorter;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
    }

    /// The same with whole lines.
    fn shorten_lines(&mut self, text: &mut String, kind: Kind, run: bool) {
        let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        let mut size = lines.len() / 2;
        while size > 0 {
            let mut at = 0;
            while at < lines.len() {
                let mut fewer = lines.clone();
                fewer.drain(at..(at + size).min(lines.len()));
                if self.still_differs(&fewer.concat(), kind, run) {
                    lines = fewer;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
        *text = lines.concat();
    }

    fn still_differs(&mut self, text: &str, kind: Kind, run: bool) -> bool {
        let Some(left) = self.attempts.checked_sub(1) else { return false };
        self.attempts = left;
        self.difference(text, run).is_some_and(|(found, _)| found == kind)
    }

    fn difference(&mut self, text: &str, run: bool) -> Option<(Kind, String)> {
        let script = match parse(text, Dialect::Bash) {
            Ok(script) => script,
            Err(error) => {
                self.count_rejection(text, error.reason);
                return None;
            }
        };
        let Some(canonical) = self.oracle.canonical(text) else {
            // A bash that has read many broken texts may have kept something of them.
            return (!oracle::accepts(text)).then(|| (Kind::BashRejects, String::new()));
        };
        self.counts.accepted += 1;
        let listing = list(&script);
        self.compare_canonical(text, &listing, &canonical)
            .or_else(|| self.compare_substitutions(text, &listing))
            .or_else(|| self.compare_words(text, &script))
            .or_else(|| if run { self.hidden_command(text, &listing) } else { None })
    }

    fn count_rejection(&mut self, text: &str, reason: &'static str) {
        if self.oracle.canonical(text).is_none() {
            return;
        }
        self.counts.rejected_by_guard_alone += 1;
        let (count, example) = self.rejections.entry(reason).or_insert_with(|| (0, text.to_owned()));
        *count += 1;
        if text.len() < example.len() {
            text.clone_into(example);
        }
    }

    /// Compares the commands of a text with those of its canonical form.
    fn compare_canonical(&mut self, text: &str, listing: &Listing, canonical: &str) -> Option<(Kind, String)> {
        // Bash prints a name that was not written.
        let canonical = without_made_names(canonical, false);
        let reread = match parse(&canonical, Dialect::Bash) {
            Ok(script) => list(&script),
            // Bash prints some texts in a form that it would not read again.
            Err(_) if self.oracle.canonical(&canonical).is_none() => return None,
            // It prints no body for a here-document in a pattern, which then takes the closing brace of the function.
            Err(_) if canonical.contains("<<") && canonical.contains("[[ ") => return None,
            Err(error) if OF_PRINTED_TEXT.contains(&error.reason) => return None,
            // What bash refuses when it runs it is accepted in one line, and not in the several that bash prints.
            Err(error) if error.certain && canonical.contains("$((") => return None,
            Err(_) if canonical.contains("<<") && canonical.contains("time") => return None,
            Err(_) if COMMANDS_IN_BRACES.iter().any(|braces| canonical.contains(braces)) => return None,
            Err(error) => return Some((Kind::CanonicalFormRejected, format!("{}: {canonical}", error.reason))),
        };
        // Redirections are printed behind the words, after which a word may be a reserved one.
        let is_reserved = |command: &SimpleCommand| {
            command.argv.first().is_some_and(|word| word.as_deref().is_some_and(|word| RESERVED.contains(&word)))
        };
        // The same goes for the options of `time`. And a here-document in a condition is printed in the wrong place.
        let in_condition =
            canonical.contains("<<") && ["if ", "while ", "until "].iter().any(|word| canonical.contains(word));
        // The quotes of `${ $''}` are not printed, and then it is one for bash 5.3.
        if COMMANDS_IN_BRACES.iter().any(|braces| canonical.contains(braces)) {
            return None;
        }
        // A delimiter that begins with a dash is printed as if it belonged to the operator.
        let dashed = text.contains("<<") && canonical.contains("<<-");
        let has_mark = |command: &SimpleCommand| {
            command.argv.iter().chain(&command.assignments).flatten().any(|word| word.contains(MARKS))
        };
        let odd_target = listing.redirects.iter().filter_map(|redirect| redirect.target.as_deref());
        if listing.commands.iter().any(has_mark) || odd_target.into_iter().any(|target| target.contains(MARKS)) {
            return None;
        }
        if listing.commands.iter().any(is_reserved) || in_condition || dashed && has_dashed_delimiter(text) {
            return None;
        }
        let (original, reread) = (lines(listing), lines(&reread));
        if original == reread || has_delimiter_of_lines(text) {
            return None;
        }
        let missing: Vec<&String> = reread.iter().filter(|line| !original.contains(line)).collect();
        let added: Vec<&String> = original.iter().filter(|line| !reread.contains(line)).collect();
        Some((Kind::ReadDifferently, format!("bash adds {missing:?}, guard adds {added:?}: {canonical}")))
    }

    /// Looks for commands, in substitutions that bash would run, which were not listed.
    fn compare_substitutions(&mut self, text: &str, listing: &Listing) -> Option<(Kind, String)> {
        if !has_expansions(text) {
            return None;
        }
        let substitutions = self.oracle.substitutions(text)?;
        let mut listed = None;
        for substitution in substitutions {
            self.counts.substitutions += 1;
            if substitution.contains(MARKS) {
                continue;
            }
            let substitution = without_made_names(&substitution, true);
            let found = match parse(&substitution, Dialect::Bash) {
                Ok(script) => list(&script),
                Err(error) if OF_PRINTED_TEXT.contains(&error.reason) => continue,
                Err(_) if COMMANDS_IN_BRACES.iter().any(|braces| substitution.contains(braces)) => continue,
                Err(_) if self.oracle.canonical(&substitution).is_none() => continue,
                Err(error) => return Some((Kind::SubstitutionRejected, format!("{}: {substitution}", error.reason))),
            };
            let listed = listed.get_or_insert_with(|| lines(listing));
            if let Some(line) = lines(&found).into_iter().find(|line| !listed.contains(line)) {
                return Some((Kind::HiddenSubstitution, format!("{line} of {substitution}")));
            }
        }
        None
    }

    /// Asks bash what the words stand for that hold no expansion.
    fn compare_words(&mut self, text: &str, script: &Script) -> Option<(Kind, String)> {
        let (sources, values) = static_words(text, script);
        if sources.is_empty() {
            return None;
        }
        self.counts.words += sources.len();
        let answer = self.oracle.words(&sources.join(" "))?;
        (answer != values).then(|| (Kind::WordsDiffer, format!("guard {values:?} bash {answer:?}")))
    }

    /// Runs a program and looks for a command that was not listed.
    fn hidden_command(&mut self, text: &str, listing: &Listing) -> Option<(Kind, String)> {
        let Some(calls) = oracle::run(text) else {
            self.counts.timeouts += 1;
            return None;
        };
        self.counts.programs += 1;
        self.counts.calls += calls.len();
        let hidden = calls.iter().find(|call| !listing.commands.iter().any(|command| could_call(command, call)))?;
        Some((Kind::HiddenCommand, format!("Z{hidden:?}")))
    }
}

/// Whether a newline stands in the quotes of a here-document's delimiter, which bash does not find again in what it
/// prints.
fn has_delimiter_of_lines(text: &str) -> bool {
    text.split("<<").skip(1).any(|after| {
        let quoted = after.split(['\'', '"']).nth(1).unwrap_or_default();
        after.trim_start_matches(['-', ' ', '\t']).starts_with(['\'', '"', '$']) && quoted.contains('\n')
    })
}

/// A text without the names of coprocesses that bash prints and nobody wrote; what it printed more than once has several.
fn without_made_names(text: &str, several: bool) -> String {
    let (mut kept, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("coproc COPROC ") {
        let (before, found) = rest.split_at(at);
        kept.push_str(before);
        let is_word = kept.ends_with(|c: char| !c.is_ascii_whitespace() && !"(;|&{!)".contains(c));
        kept.push_str(if is_word { "coproc COPROC " } else { "coproc " });
        rest = found.strip_prefix("coproc COPROC ").unwrap_or_default();
        while several
            && !is_word
            && let Some(more) = rest.strip_prefix("COPROC ")
        {
            rest = more;
        }
    }
    kept + rest
}

/// Whether a here-document's delimiter begins with a dash that is not part of the operator.
pub fn has_dashed_delimiter(text: &str) -> bool {
    text.split("<<").skip(1).any(|after| {
        let delimiter =
            after.strip_prefix('-').unwrap_or(after).trim_start_matches([' ', '\t', '\n', '\\', '\'', '"', '$']);
        delimiter.starts_with('-')
    })
}

/// The commands and redirections of a text, as sorted lines.
pub fn lines(listing: &Listing) -> Vec<String> {
    // In substitutions, bash prints arrays with other blanks.
    let squeezed = |text: &Option<String>| text.as_ref().map(|text| text.replace([' ', '\n', '\t', '$'], ""));
    let commands = listing.commands.iter().map(|command| {
        let assignments: Vec<_> = command.assignments.iter().map(squeezed).collect();
        format!("{assignments:?} {:?}", command.argv)
    });
    let redirects = listing.redirects.iter().map(|redirect| match (redirect.operator, redirect.target.as_deref()) {
        // Closing has only one form.
        (">&" | "<&", Some("-")) => format!("{} close", redirect.descriptor),
        (">&" | "<&", Some(target)) if target.starts_with(|digit: char| digit.is_ascii_digit()) => {
            format!("{} {} {:?}", redirect.descriptor, redirect.operator, target.trim_start_matches('0'))
        }
        // Bash forgets to print a 1 in front of it.
        ("<>", target) => format!("<> {target:?}"),
        ("<<" | "<<-", None) => format!("{} here", redirect.descriptor),
        // Bash ends the body of a here-document that ends with the text, behind a backslash with its mark for the end.
        ("<<" | "<<-", Some(body)) => {
            format!("{} here {:?}", redirect.descriptor, body.trim_end_matches(['\n', '\u{FFFD}']))
        }
        (operator, target) => format!("{} {operator} {target:?}", redirect.descriptor),
    });
    // A lone `!` is not printed.
    let mut lines: Vec<String> = commands.filter(|line| line != "[] []").chain(redirects).collect();
    lines.sort();
    lines
}

/// Whether substitutions are looked for. What stands behind an expansion that fails is expanded by the builtin, but not
/// by bash itself.
fn has_expansions(text: &str) -> bool {
    text.contains(['$', '`']) && !text.contains("$${") && !text.contains("$$(")
}

/// The words that hold no expansion, as written and by value.
fn static_words<'t>(text: &'t str, script: &Script) -> (Vec<&'t str>, Vec<String>) {
    let mut words = Vec::new();
    collect_words(script, &mut words);
    let (mut sources, mut values) = (Vec::new(), Vec::new());
    for word in words {
        let source = word.span.of(text);
        // In an array, a bracket may enclose a key. Tildes expand.
        if let Some(value) = word.literal()
            && !source.contains('~')
            && !source.contains('[')
            && !value.contains('\u{fffd}')
            && source.contains(['\'', '"', '\\', '$'])
        {
            sources.push(source);
            values.push(value.into_owned());
        }
    }
    (sources, values)
}

/// Whether a listed command could have made a call, given as `COUNT NAME ARGUMENTS`.
pub fn could_call(command: &SimpleCommand, call: &str) -> bool {
    let fixed: Option<Vec<&str>> = command.argv.iter().map(|word| word.as_deref()).collect();
    let mut fields = call.splitn(3, ' ');
    let (count, name) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
    match command.argv.first() {
        None => return false,
        Some(Some(first)) if first.contains('{') => return true,
        Some(Some(first)) if first.strip_prefix('Z') != Some(name) => return false,
        _ => {}
    }
    let Some(fixed) = fixed else { return true };
    if fixed.iter().any(|word| word.contains(['{', '~', '*', '?', '['])) {
        return true;
    }
    let arguments = fields.next().unwrap_or_default();
    fixed.len().to_string() == count && fixed.get(1..).unwrap_or_default().join(" ") == arguments
}

/// The words of the simple commands of a script, but for those inside words and compound commands.
fn collect_words<'s>(script: &'s Script, words: &mut Vec<&'s Word>) {
    let pipelines =
        script.items.iter().flat_map(|item| std::iter::once(&item.first).chain(item.rest.iter().map(|(_, p)| p)));
    for command in pipelines.flat_map(|pipeline| &pipeline.commands) {
        match &command.kind {
            CommandKind::Simple(simple) => {
                let has_array = |word: &Word| word.parts.iter().any(|part| matches!(part, Part::Array { .. }));
                words.extend(simple.words.iter().filter(|word| !has_array(word)));
            }
            CommandKind::Group(script) | CommandKind::Subshell(script) => collect_words(script, words),
            _ => {}
        }
    }
}
