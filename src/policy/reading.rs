//! Reads the text of a configuration: exactly the keys there are, or a mistake with its line and column.

use std::collections::BTreeMap;
use std::path::{Component, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde_yaml::{Error, Location, MessageFormatter, Spanned, UserMessageFormatter};

use super::configuration::{Configuration, Mode};
use super::never::{Entry, Pattern};
use crate::desk::Key;
use crate::desk::notify::Notify;
use crate::effect::Effect;
use crate::factors::{Demands, Kind, When};
use crate::facts::loss::Severity;

/// Where the mistake is, and what it is.
type Located = (Option<(u64, u64)>, String);

/// The shortest and the longest time that a prompt may wait.
const TIMEOUTS: std::ops::RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(3600);

/// Reads a configuration. An empty text is one: it says nothing.
pub fn read(text: &str) -> Result<Configuration, Located> {
    let written: Written = serde_yaml::from_str(text).map_err(|error| located(&error))?;
    let defaults = Configuration::default();
    Ok(Configuration {
        mode: written.mode.map_or(Ok(defaults.mode), |mode| value(&mode, Mode::EXPECTED, Mode::of))?,
        ask: written.ask.iter().map(entry).collect::<Result<_, _>>()?,
        never: written.never.iter().map(entry).collect::<Result<_, _>>()?,
        may_write: written
            .may_write
            .iter()
            .map(|path| value(path, "an absolute path", scope))
            .collect::<Result<_, _>>()?,
        severe: severity(&written.severe)?,
        factors: demands(&written.factors)?,
        notify: written.notify.as_ref().map(notify).transpose()?,
        prompt_timeout: written.prompt_timeout.map_or(Ok(defaults.prompt_timeout), |time| {
            value(&time, "a time from 1s to 1h, such as 25s or 2m", timeout)
        })?,
        desk_wait: written
            .desk_wait
            .map(|time| value(&time, "a time from 0s to 1h, such as 25s or 2m", wait))
            .transpose()?,
        shell: written.shell.map(|shell| value(&shell, "an absolute path", absolute)).transpose()?,
    })
}

/// A key of the file, with its value as it stands there.
#[derive(Debug, PartialEq)]
pub struct WrittenValue {
    /// The key.
    pub key: String,
    /// The value.
    pub value: serde_json::Value,
    /// The line in which the value begins, counted from one.
    pub line: Option<u64>,
}

/// The keys of a text that [`read`] accepts; none of another.
pub fn written_values(text: &str) -> Vec<WrittenValue> {
    let values: BTreeMap<String, Spanned<serde_json::Value>> = serde_yaml::from_str(text).unwrap_or_default();
    let line = |location| position(location).map(|(line, _)| line);
    let value = |(key, written): (String, Spanned<serde_json::Value>)| WrittenValue {
        key,
        line: line(written.referenced),
        value: written.value,
    };
    values.into_iter().map(value).collect()
}

/// The file as it is written, before its values are understood.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Written {
    #[serde(deserialize_with = "some")]
    mode: Option<Spanned<String>>,
    ask: Vec<Spanned<WrittenEntry>>,
    never: Vec<Spanned<WrittenEntry>>,
    may_write: Vec<Spanned<String>>,
    severe: WrittenSeverity,
    factors: WrittenFactors,
    #[serde(deserialize_with = "some")]
    notify: Option<WrittenNotify>,
    #[serde(deserialize_with = "some")]
    prompt_timeout: Option<Spanned<String>>,
    #[serde(deserialize_with = "some")]
    desk_wait: Option<Spanned<String>>,
    #[serde(deserialize_with = "some")]
    shell: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct WrittenSeverity {
    #[serde(deserialize_with = "some")]
    files: Option<Spanned<String>>,
    #[serde(deserialize_with = "some")]
    bytes: Option<Spanned<String>>,
    production: Vec<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct WrittenFactors {
    passphrase: Option<WrittenWhen>,
    totp: Option<WrittenWhen>,
    pam: Option<WrittenWhen>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenNotify {
    program: Spanned<String>,
    #[serde(default, deserialize_with = "some")]
    key: Option<Spanned<String>>,
}

/// `always`, or a list of effects.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenWhen {
    Word(Spanned<String>),
    Effects(Vec<Spanned<String>>),
}

/// A key without a value is a mistake, not the default: somebody meant to say something.
fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// An entry of the never-list: the name of a rule alone, or fields.
struct WrittenEntry(Fields);

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Fields {
    #[serde(deserialize_with = "some")]
    rule: Option<String>,
    #[serde(deserialize_with = "some")]
    effect: Option<Spanned<String>>,
    #[serde(deserialize_with = "some")]
    subject: Option<String>,
    #[serde(deserialize_with = "some")]
    command: Option<String>,
    #[serde(deserialize_with = "some")]
    because: Option<String>,
}

impl<'de> Deserialize<'de> for WrittenEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<WrittenEntry, D::Error> {
        deserializer.deserialize_any(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = WrittenEntry;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the name of a rule, or a mapping with rule, effect, subject, command, because")
    }

    fn visit_str<E: de::Error>(self, rule: &str) -> Result<WrittenEntry, E> {
        Ok(WrittenEntry(Fields { rule: Some(rule.to_owned()), ..Fields::default() }))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WrittenEntry, A::Error> {
        Fields::deserialize(MapAccessDeserializer::new(map)).map(WrittenEntry)
    }
}

fn entry(written: &Spanned<WrittenEntry>) -> Result<Entry, Located> {
    let WrittenEntry(Fields { rule, effect, subject, command, because }) = &written.value;
    if rule.is_none() && effect.is_none() && subject.is_none() && command.is_none() {
        let what = "expected at least one of rule, effect, subject, command".to_owned();
        return Err((position(written.referenced), what));
    }
    let pattern = |text: &Option<String>| text.as_deref().map(Pattern::new);
    let effect = effect.as_ref().map(|effect| value(effect, &effects(), effect_of)).transpose()?;
    Ok(Entry {
        rule: pattern(rule),
        effect,
        subject: pattern(subject),
        command: pattern(command),
        because: because.clone(),
    })
}

fn demands(written: &WrittenFactors) -> Result<Demands, Located> {
    let each = [(Kind::Passphrase, &written.passphrase), (Kind::Totp, &written.totp), (Kind::Pam, &written.pam)];
    let each = each.into_iter().filter_map(|(kind, when)| Some((kind, when.as_ref()?)));
    let when = |when: &WrittenWhen| match when {
        WrittenWhen::Word(word) => {
            value(word, "always, or a list of effects", |word| (word == "always").then_some(When::Always))
        }
        WrittenWhen::Effects(named) => {
            let effects = named.iter().map(|effect| value(effect, &effects(), effect_of));
            effects.collect::<Result<_, _>>().map(When::Effects)
        }
    };
    Ok(Demands { each: each.map(|(kind, written)| Ok((kind, when(written)?))).collect::<Result<_, _>>()? })
}

fn notify(written: &WrittenNotify) -> Result<Notify, Located> {
    let key = written.key.as_ref();
    Ok(Notify {
        program: value(&written.program, "an absolute path", absolute)?,
        key: key
            .map(|key| value(key, "an Ed25519 public key, in base64 or as openssl writes it", Key::of))
            .transpose()?,
    })
}

fn severity(written: &WrittenSeverity) -> Result<Severity, Located> {
    let defaults = Severity::default();
    let number = |text: &str| text.parse().ok();
    Ok(Severity {
        files: written.files.as_ref().map_or(Ok(defaults.files), |files| value(files, "a number of files", number))?,
        bytes: written
            .bytes
            .as_ref()
            .map(|bytes| value(bytes, "a number of bytes, such as 500MB or 2GB", amount))
            .transpose()?,
        production: written
            .production
            .iter()
            .map(|word| value(word, "a word of letters and digits", name_part))
            .collect::<Result<_, _>>()?,
    })
}

/// The meaning of a written word, or what was expected in its place.
fn value<T>(written: &Spanned<String>, expected: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, Located> {
    read(&written.value).ok_or_else(|| {
        let found = written.value.escape_debug();
        (position(written.referenced), format!("expected {expected}, found \"{found}\""))
    })
}

fn timeout(text: &str) -> Option<Duration> {
    time(text).filter(|time| TIMEOUTS.contains(time))
}

/// A time that may also be none at all.
fn wait(text: &str) -> Option<Duration> {
    time(text).filter(|time| time.is_zero() || TIMEOUTS.contains(time))
}

fn time(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let seconds = match text.get(digits.len()..)? {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return None,
    };
    Some(Duration::from_secs(digits.parse::<u64>().ok()?.checked_mul(seconds)?))
}

/// A number of bytes, in the units in which losses are told.
fn amount(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match text.get(digits.len()..)?.trim_start() {
        "" => 1,
        "kB" | "KB" => 1000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

/// A word as names are split into.
fn name_part(text: &str) -> Option<String> {
    Some(text.to_lowercase()).filter(|word| !word.is_empty() && word.chars().all(char::is_alphanumeric))
}

fn absolute(text: &str) -> Option<PathBuf> {
    Some(PathBuf::from(text)).filter(|path| path.is_absolute())
}

/// A path as the judge gives one: plain, so that what lies below it begins with it.
fn scope(text: &str) -> Option<PathBuf> {
    absolute(text).filter(|path| !path.components().any(|part| part == Component::ParentDir))
}

fn effect_of(name: &str) -> Option<Effect> {
    Effect::ALL.into_iter().find(|effect| effect.as_str() == name)
}

fn effects() -> String {
    format!("one of {}", Effect::ALL.map(Effect::as_str).join(", "))
}

fn position(location: Location) -> Option<(u64, u64)> {
    (location != Location::UNKNOWN).then(|| (location.line(), location.column()))
}

/// The library's errors in guard's words, where a better word is known.
fn located(error: &Error) -> Located {
    let at = error.location().and_then(position);
    let what = match error.without_snippet() {
        Error::SerdeUnknownField { field, expected, .. } => {
            format!("expected one of {}, found \"{}\"", expected.join(", "), field.escape_debug())
        }
        Error::DuplicateMappingKey { .. } => "expected each key once".to_owned(),
        Error::MultipleDocuments { .. } => "expected one document".to_owned(),
        Error::Unexpected { expected: "mapping start", .. } => {
            "expected keys with values, such as mode: standard".to_owned()
        }
        Error::Unexpected { expected: "sequence start", .. } => "expected a list".to_owned(),
        Error::Unexpected { expected: "string scalar", .. } => "expected one word".to_owned(),
        Error::NullIntoString { .. } => "expected a value".to_owned(),
        other => UserMessageFormatter.format_message(other).into_owned(),
    };
    (at, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match read(text) {
            Ok(configuration) => format!("{configuration:?}"),
            Err((Some((line, column)), what)) => format!("{line}:{column}: {what}"),
            Err((None, what)) => what,
        }
    }

    #[test]
    fn reads_every_key() {
        let text = "\
mode: read-only
prompt-timeout: 2m
desk-wait: 0s
shell: /bin/bash
never:
  - git.push.force
  - effect: drop
    because: the database is shared
  - {command: 'terraform destroy*', subject: x}
";
        let configuration = read(text).expect("it is right");
        assert_eq!(configuration.mode, Mode::ReadOnly);
        assert_eq!(configuration.prompt_timeout, Duration::from_secs(120));
        assert_eq!(configuration.desk_wait, Some(Duration::ZERO));
        assert_eq!(configuration.shell, Some(PathBuf::from("/bin/bash")));
        assert_eq!(configuration.never.len(), 3);
        assert_eq!(configuration.never[1].effect, Some(Effect::Drop));
        assert_eq!(configuration.never[1].because.as_deref(), Some("the database is shared"));
    }

    #[test]
    fn says_nothing_when_nothing_is_said() {
        for text in ["", "# only a comment\n", "---\n{}\n", "{}"] {
            assert_eq!(read(text), Ok(Configuration::default()), "{text:?}");
        }
    }

    #[test]
    fn times() {
        for (text, seconds) in [("7", Some(7)), ("25s", Some(25)), ("2m", Some(120)), ("1h", Some(3600))] {
            assert_eq!(timeout(text), seconds.map(Duration::from_secs), "{text}");
        }
        for text in ["", "s", "0", "0s", "2h", "-5s", "5 s", "1d", "99999999999999999999", "1m30s", "٣s"] {
            assert_eq!(timeout(text), None, "{text}");
        }
    }

    #[test]
    fn mistakes_say_where_and_what_was_expected() {
        let cases = [
            ("mode: loose\n", "1:7: expected \"standard\" or \"read-only\", found \"loose\""),
            ("mode:\n", "1:5: expected a value"),
            ("mode: [a]\n", "1:7: expected one word"),
            (
                "x: 1\n",
                "1:1: expected one of mode, ask, never, may-write, severe, factors, notify, prompt-timeout, desk-wait, shell, found \"x\"",
            ),
            ("mode: standard\nmode: read-only\n", "2:1: expected each key once"),
            ("- a\n", "1:1: expected keys with values, such as mode: standard"),
            ("null\n", "1:1: expected keys with values, such as mode: standard"),
            ("---\nmode: standard\n---\nmode: read-only\n", "4:1: expected one document"),
            ("prompt-timeout: 5x\n", "1:17: expected a time from 1s to 1h, such as 25s or 2m, found \"5x\""),
            ("prompt-timeout: 0\n", "1:17: expected a time from 1s to 1h, such as 25s or 2m, found \"0\""),
            ("severe: {files: many}\n", "1:17: expected a number of files, found \"many\""),
            ("severe: {bytes: 5XB}\n", "1:17: expected a number of bytes, such as 500MB or 2GB, found \"5XB\""),
            ("severe: {production: [a-b]}\n", "1:23: expected a word of letters and digits, found \"a-b\""),
            ("severe: {file: 3}\n", "1:10: expected one of files, bytes, production, found \"file\""),
            ("may-write: [src]\n", "1:13: expected an absolute path, found \"src\""),
            ("may-write: [/a/../b]\n", "1:13: expected an absolute path, found \"/a/../b\""),
            ("notify: {program: x}\n", "1:19: expected an absolute path, found \"x\""),
            (
                "notify: {program: /x, key: y}\n",
                "1:28: expected an Ed25519 public key, in base64 or as openssl writes it, found \"y\"",
            ),
            ("notify: /x\n", "1:9: expected keys with values, such as mode: standard"),
            ("shell: bash\n", "1:8: expected an absolute path, found \"bash\""),
            ("never: x\n", "1:8: expected a list"),
            ("never:\n", "1:6: expected a list"),
            (
                "never:\n  - effect: loss\n",
                "2:13: expected one of delete, discard, rewrite, drop, deprovision, disrupt, device, persist, disclose, opaque, found \"loss\"",
            ),
            (
                "never:\n  - rule: a\n    efect: b\n",
                "3:5: expected one of rule, effect, subject, command, because, found \"efect\"",
            ),
            ("never:\n  - because: x\n", "2:5: expected at least one of rule, effect, subject, command"),
            (
                "never: [[a]]\n",
                "1:9: invalid type: sequence, expected the name of a rule, or a mapping with rule, effect, subject, command, because",
            ),
            (
                "never: [3]\n",
                "1:9: invalid type: integer `3`, expected the name of a rule, or a mapping with rule, effect, subject, command, because",
            ),
            ("never:\n  - rule:\n    effect: drop\n", "2:9: expected a value"),
            ("mode: \"read-only\n", "1:7: unclosed quote"),
            ("mode: standard\n  bad: [\n", "2:6: mapping values are not allowed in this context"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }
}
