//! Reads the lines of the memcached protocol.

use super::split;
use crate::effect::{Class, Effect};
use crate::payload::reason::Reason;
use crate::payload::{HOLE, Outcome};
use crate::text::Text;

const FLUSH: Reason = Reason::new("memcached.flush", Effect::Drop, "empties the whole cache");
const DELETE: Reason = Reason::new("memcached.delete", Effect::Drop, "deletes a key");
const DISRUPT: Reason = Reason::new("memcached.shutdown", Effect::Disrupt, "takes the server down");
const OPAQUE: Reason = Reason::new("memcached.opaque", Effect::Opaque, "sends a command that is not known");

/// Reads the lines of `text`. Behind a command that stores, the next line is the value.
pub fn read(text: &Text) -> Outcome {
    let mut outcome = Outcome::read_only();
    let mut is_value = false;
    for line in text.as_str().split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, start + line.trim_end_matches(['\r', '\n']).len()))
    }) {
        if !std::mem::take(&mut is_value) {
            is_value = command(text, line, &mut outcome);
        }
    }
    outcome
}

/// Judges the command in a line; tells whether a value follows it.
fn command(text: &Text, (start, end): (usize, usize), outcome: &mut Outcome) -> bool {
    let words = split::words(text, start, end);
    let Some(verb) = words.first() else { return false };
    let span = words.last().map_or(verb.source(), |last| verb.source().to(last.source()));
    let key = words.get(1).map_or("", |word| word.as_str());
    match verb.as_str().to_ascii_lowercase().as_str() {
        name if name.contains(HOLE) => outcome.find(&OPAQUE, span, ""),
        "flush_all" => outcome.find(&FLUSH, span, ""),
        "delete" | "md" => outcome.find(&DELETE, span, key),
        "shutdown" => outcome.find(&DISRUPT, span, ""),
        "get" | "gets" | "mg" | "me" | "mn" | "version" | "quit" | "verbosity" | "watch" | "lru_crawler" | "gat"
        | "gats" => {}
        "stats" if key != "reset" => {}
        "set" | "add" | "replace" | "append" | "prepend" | "cas" | "ms" => {
            outcome.raise(Class::Mutating);
            return true;
        }
        _ => outcome.raise(Class::Mutating),
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_decide() {
        let cases = [
            ("stats\r\n", Class::ReadOnly),
            ("get flush_all", Class::ReadOnly),
            ("set a 0 0 9\r\nflush_all\r\n", Class::Mutating),
            ("stats reset", Class::Mutating),
            ("flush_all", Class::Destructive),
            ("get a\r\ndelete b\r\n", Class::Destructive),
            ("set a 0 0 1\r\nx\r\nflush_all 10\r\n", Class::Destructive),
            ("\u{FFFC}", Class::Destructive),
        ];
        for (lines, class) in cases {
            assert_eq!(read(&Text::request(lines)).class, class, "{lines}");
        }
    }
}
