//! Reads the commands of redis and its kin, one a line, as `redis-cli` and the protocol take them.
//!
//! Takes lines, gives an [`Outcome`]; the Lua that `EVAL` carries is read by [`super::lua`].

#[rustfmt::skip]
mod names;

use super::lua;
use super::split::{self, Word};
use crate::effect::{Class, Effect};
use crate::payload::reason::Reason;
use crate::payload::{HOLE, Outcome, words};
use crate::text::Text;
use names::{DELETING, EXPIRING, PERSISTING, READING, READING_PAIRS};

const FLUSH: Reason = Reason::new("redis.flush", Effect::Drop, "empties a whole database")
    .instead("delete the keys that should go, by name");
const DELETE: Reason = Reason::new("redis.delete", Effect::Drop, "deletes keys or what they hold");
const REPLACE: Reason = Reason::new("redis.replace", Effect::Drop, "replaces all data by another server's");
const CLUSTER: Reason =
    Reason::new("redis.cluster", Effect::Deprovision, "takes a node or its slots out of the cluster");
const DISRUPT: Reason = Reason::new("redis.disrupt", Effect::Disrupt, "takes the server or its connections down");
const ACCESS: Reason =
    Reason::new("redis.access", Effect::Persist, "changes who may do what, or what the server runs and writes");
const OPAQUE: Reason = Reason::new("redis.opaque", Effect::Opaque, "runs a command that is not known");

/// Commands of two words that lose something or take something down.
const LOSING_PAIRS: &[(&str, &[&str], &Reason)] = &[
    ("CLUSTER", &["RESET", "FORGET", "FLUSHSLOTS", "DELSLOTS", "DELSLOTSRANGE"], &CLUSTER),
    ("CLUSTER", &["FAILOVER"], &DISRUPT),
    ("CLIENT", &["KILL", "PAUSE"], &DISRUPT),
    ("DEBUG", &["SEGFAULT", "PANIC", "RESTART", "CRASH-AND-RECOVER", "SLEEP", "OOM"], &DISRUPT),
    ("FUNCTION", &["FLUSH", "DELETE"], &DELETE),
    ("XGROUP", &["DESTROY", "DELCONSUMER"], &DELETE),
    ("ACL", &["SETUSER", "DELUSER", "LOAD", "SAVE"], &ACCESS),
    ("MODULE", &["LOAD", "LOADEX", "UNLOAD"], &ACCESS),
    ("SENTINEL", &["REMOVE", "RESET"], &CLUSTER),
    ("SENTINEL", &["FAILOVER"], &DISRUPT),
];

/// Reads the lines of `text`.
pub fn read(text: &Text) -> Outcome {
    let mut outcome = Outcome::read_only();
    let mut protocol: Option<Protocol> = None;
    for (start, end) in split::lines(text.as_str()) {
        let words = split::words(text, start, end);
        let Some(first) = words.first() else { continue };
        if let Some(count) = first.as_str().strip_prefix('*').and_then(|count| count.parse().ok()) {
            protocol = Some(Protocol { count, words: Vec::new() });
            continue;
        }
        if let Some(open) = &mut protocol {
            if !first.as_str().starts_with('$') {
                open.words.push(text.slice(start, end));
            }
            if open.words.len() >= open.count {
                let words = std::mem::take(&mut open.words);
                protocol = None;
                command(&words, &mut outcome);
            }
            continue;
        }
        // A number in front repeats the command.
        let is_count = words.len() > 1 && first.as_str().bytes().all(|byte| byte.is_ascii_digit());
        command(words.get(usize::from(is_count)..).unwrap_or(&[]), &mut outcome);
    }
    if let Some(open) = protocol.filter(|open| !open.words.is_empty()) {
        command(&open.words, &mut outcome);
    }
    outcome
}

/// A command in the protocol's own form: `*1`, `$8`, `FLUSHALL`, each in its line.
struct Protocol {
    count: usize,
    words: Vec<Word>,
}

/// Judges one command.
pub fn command(words: &[Word], outcome: &mut Outcome) {
    let Some(verb) = words.first() else { return };
    let name = verb.as_str().to_ascii_uppercase();
    let second = words.get(1).map(|word| word.as_str().to_ascii_uppercase()).unwrap_or_default();
    let span = words.last().map_or(verb.source(), |last| verb.source().to(last.source()));
    let subject = words.get(1).map_or("", |word| word.as_str());
    match name.as_str() {
        _ if name.contains(HOLE) => outcome.find(&OPAQUE, verb.source(), ""),
        "FLUSHALL" | "FLUSHDB" => outcome.find(&FLUSH, span, ""),
        "SHUTDOWN" | "FAILOVER" => outcome.find(&DISRUPT, span, ""),
        "REPLICAOF" | "SLAVEOF" if second == "NO" => outcome.find(&DISRUPT, span, ""),
        "REPLICAOF" | "SLAVEOF" | "SYNC" | "PSYNC" => outcome.find(&REPLACE, span, subject),
        "EVAL" | "EVAL_RO" => eval(words, outcome),
        "SORT" | "GEORADIUS" | "GEORADIUSBYMEMBER" => {
            if words.iter().any(|word| word.as_str().to_ascii_uppercase().starts_with("STORE")) {
                outcome.raise(Class::Mutating);
            }
        }
        name if DELETING.contains(&name) => outcome.find(&DELETE, span, subject),
        name if EXPIRING.contains(&name) => expire(words, outcome),
        name => pair(name, &second, words, outcome),
    }
}

/// A command that goes by its first two words, or by its first one alone.
fn pair(name: &str, second: &str, words: &[Word], outcome: &mut Outcome) {
    let span = words.first().zip(words.get(1)).map(|(one, other)| one.source().to(other.source())).unwrap_or_default();
    let losing = LOSING_PAIRS.iter().find(|(first, seconds, _)| *first == name && seconds.contains(&second));
    if let Some((_, _, reason)) = losing {
        outcome.find(reason, span, words.get(2).map_or("", |word| word.as_str()));
        return;
    }
    if name == "CONFIG" && second == "SET" {
        outcome.raise(Class::Mutating);
        let persists = |word: &Word| PERSISTING.contains(&word.as_str().to_ascii_lowercase().as_str());
        if words.iter().skip(2).step_by(2).any(persists) {
            outcome.find(&ACCESS, span, words.get(2).map_or("", |word| word.as_str()));
        }
        return;
    }
    let is_pair = READING_PAIRS.iter().find(|(first, _)| *first == name);
    let reads = match is_pair {
        Some((_, seconds)) => second.is_empty() || seconds.contains(&second),
        None => READING.contains(&name) || is_reading_module(name),
    };
    if reads {
        return;
    }
    outcome.raise(Class::Mutating);
    // Commands of modules say what they do: `JSON.DEL`, `FT.DROPINDEX`, `TS.DELETERULE`.
    let action = name.split_once('.').map_or("", |(_, action)| action);
    let is_losing = ["DEL", "DROP", "FORGET", "REM", "TRIM", "CLEAR"].iter().any(|verb| action.starts_with(verb));
    if is_losing || words::leading_or_trailing_verb(action).is_some() {
        outcome.find(
            &DELETE,
            words.first().map(Text::source).unwrap_or_default(),
            words.get(1).map_or("", |word| word.as_str()),
        );
    }
}

/// Commands of modules that read: `JSON.GET`, `FT.SEARCH`, `TS.RANGE`.
fn is_reading_module(name: &str) -> bool {
    const ACTIONS: &[&str] = &[
        "GET",
        "MGET",
        "TYPE",
        "STRLEN",
        "ARRLEN",
        "ARRINDEX",
        "OBJKEYS",
        "OBJLEN",
        "RESP",
        "DEBUG",
        "SEARCH",
        "AGGREGATE",
        "INFO",
        "EXPLAIN",
        "EXPLAINCLI",
        "PROFILE",
        "TAGVALS",
        "SPELLCHECK",
        "SUGGET",
        "SUGLEN",
        "SYNDUMP",
        "DICTDUMP",
        "_LIST",
        "RANGE",
        "REVRANGE",
        "MRANGE",
        "MREVRANGE",
        "QUERYINDEX",
        "EXISTS",
        "MEXISTS",
        "CARD",
        "COUNT",
        "QUERY",
        "LIST",
        "RO_QUERY",
        "SCANDUMP",
        "VSIM",
        "CDF",
        "QUANTILE",
        "MIN",
        "MAX",
        "RANK",
    ];
    name.split_once('.').is_some_and(|(_, action)| ACTIONS.contains(&action))
}

/// `EXPIRE key 0` deletes at once.
fn expire(words: &[Word], outcome: &mut Outcome) {
    outcome.raise(Class::Mutating);
    let is_past = |time: &Word| time.as_str().parse::<i64>().is_ok_and(|time| time <= 0);
    if let (Some(verb), Some(time)) = (words.first(), words.get(2))
        && is_past(time)
    {
        outcome.find(&DELETE, verb.source().to(time.source()), words.get(1).map_or("", |word| word.as_str()));
    }
}

/// `EVAL script …`: the commands that the Lua calls.
fn eval(words: &[Word], outcome: &mut Outcome) {
    let Some(script) = words.get(1) else { return };
    for call in lua::redis_calls(script) {
        match call {
            lua::Call::Known(words) => command(&words, outcome),
            lua::Call::Unknown(span) => outcome.find(&OPAQUE, span, ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_go_by_their_names() {
        let cases = [
            ("GET session:42", Class::ReadOnly),
            ("get flushall", Class::ReadOnly),
            ("INFO memory", Class::ReadOnly),
            ("CONFIG GET maxmemory", Class::ReadOnly),
            ("COMMAND INFO flushdb", Class::ReadOnly),
            ("SORT list", Class::ReadOnly),
            ("JSON.GET doc", Class::ReadOnly),
            ("FT.SEARCH idx delete", Class::ReadOnly),
            ("SET note flushall", Class::Mutating),
            ("SET note \"a b\nFLUSHALL\"", Class::Mutating),
            ("RENAME del:a del:b", Class::Mutating),
            ("EXPIRE k 60", Class::Mutating),
            ("LPOP q", Class::Mutating),
            ("CONFIG SET maxmemory 1gb", Class::Mutating),
            ("SET \u{FFFC} \u{FFFC}", Class::Mutating),
            ("EVAL \"return redis.call('SET', KEYS[1], 'flushdb')\" 1 note", Class::Mutating),
            ("EVAL \"return 1\" 0", Class::ReadOnly),
            ("FLUSHALL", Class::Destructive),
            ("flushdb async", Class::Destructive),
            ("3 DEL a", Class::Destructive),
            ("GET a\r\nDEL b\r\n", Class::Destructive),
            ("MULTI\nUNLINK a\nEXEC", Class::Destructive),
            ("EXPIRE k 0", Class::Destructive),
            ("SHUTDOWN NOSAVE", Class::Destructive),
            ("CONFIG SET dir /var/spool/cron", Class::Destructive),
            ("ACL SETUSER bob on", Class::Destructive),
            ("FT.DROPINDEX idx", Class::Destructive),
            ("JSON.DEL doc", Class::Destructive),
            ("REPLICAOF other 6379", Class::Destructive),
            ("\u{FFFC} k", Class::Destructive),
            ("*1\r\n$8\r\nFLUSHALL\r\n", Class::Destructive),
            ("*2\r\n$3\r\nGET\r\n$8\r\nFLUSHALL\r\n", Class::ReadOnly),
            ("EVAL \"return redis.call('FLUSH' .. 'ALL')\" 0", Class::Destructive),
            ("EVAL \"for _,k in ipairs(redis.call('KEYS','*')) do redis.pcall('DEL',k) end\" 0", Class::Destructive),
            ("EVAL \"return redis.call(ARGV[1])\" 0", Class::Destructive),
            ("EVAL \"local c = redis.call; return c('DEL', 'a')\" 0", Class::Destructive),
            ("EVAL \u{FFFC} 0", Class::Destructive),
        ];
        for (line, class) in cases {
            let outcome = read(&Text::request(line));
            assert_eq!(outcome.class, class, "{line}\n{:?}", outcome.findings);
        }
    }
}
