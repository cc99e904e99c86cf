//! The words that rule files use for roles, styles and classes.

use serde::Deserialize;
use serde::de::value::{Error as ValueError, StrDeserializer};

use crate::effect::{Class, Effect};
use crate::payload::language::Language;
use crate::rules::schema::{OperandSpec, Prints, Role, SettingTable, Style, Verdict};

/// The roles that are one word.
const ROLES: &[(&str, Role)] = &[
    ("skip", Role::Skip),
    ("reads", Role::Reads),
    ("writes", Role::Writes),
    ("appends", Role::Appends),
    ("deletes", Role::Deletes),
    ("empties", Role::Empties),
    ("moves", Role::Moves),
    ("modifies", Role::Modifies),
    ("creates", Role::Creates),
    ("formats", Role::Formats),
    ("path", Role::Path),
    ("folder", Role::Folder),
    ("sends", Role::Sends),
    ("stages", Role::Stages),
    ("discloses", Role::Discloses),
    ("task", Role::Task),
    ("found-name", Role::FoundName),
    ("found-path", Role::FoundPath),
    ("deletes-found", Role::DeletesFound),
    ("negates-next", Role::Negates),
    ("alternates", Role::Alternates),
    ("in-place", Role::InPlace),
    ("quiet", Role::Quiet),
    ("later", Role::Later),
    ("command", Role::Command),
    ("program", Role::Program),
    ("program-on-path", Role::ProgramOnPath),
    ("shell", Role::Shell),
    ("shell-words", Role::ShellWords),
    ("split", Role::Split),
    ("variable", Role::Variable),
    ("shell-list", Role::ShellList),
    ("itself", Role::Itself),
    ("arguments", Role::Arguments),
    ("arguments-file", Role::ArgumentsFile),
    ("placeholder", Role::Placeholder),
    ("url", Role::Url),
    ("http-method", Role::HttpMethod),
    ("http-header", Role::HttpHeader),
    ("http-data", Role::HttpData),
    ("http-raw", Role::HttpRaw),
    ("http-json", Role::HttpJson),
    ("http-form", Role::HttpForm),
    ("http-urlencode", Role::HttpUrlencode),
    ("http-upload", Role::HttpUpload),
    ("http-field", Role::HttpField),
    ("http-item", Role::HttpItem),
    ("http-get", Role::HttpGet),
    ("http-head", Role::HttpHead),
    ("http-config", Role::HttpConfig),
    ("http-command", Role::HttpCommand),
    ("http-next", Role::HttpNext),
];

/// Reads a role: one of [`ROLES`], `code:LANGUAGE` or `file:LANGUAGE`.
pub fn parse_role(name: &str) -> Result<Role, String> {
    if let Some((_, role)) = ROLES.iter().find(|(word, _)| *word == name) {
        return Ok(*role);
    }
    let (kind, language) = name.split_once(':').unwrap_or((name, ""));
    if let Some(table) = SettingTable::by_name(language) {
        match kind {
            "setting" => return Ok(Role::Setting(table)),
            "setting-key" => return Ok(Role::SettingKey(table)),
            "setting-value" => return Ok(Role::SettingValue(table)),
            _ => {}
        }
    }
    let language = Language::deserialize(StrDeserializer::<ValueError>::new(language));
    match (kind, language) {
        ("code", Ok(Language::Shell)) => Ok(Role::Shell),
        ("code", Ok(language)) => Ok(Role::Code(language)),
        ("file", Ok(language)) => Ok(Role::File(language)),
        ("words", Ok(language)) => Ok(Role::Words(language)),
        ("code" | "file" | "words", Err(error)) => Err(format!("`{name}`: {error}")),
        _ => Err(format!("`{name}` is no role; `docs/rules.md` lists them")),
    }
}

/// Reads an operand: a role, with `...` behind it when any number of operands have it.
pub fn parse_operand(word: &str) -> Result<OperandSpec, String> {
    let (name, dots) = word.strip_suffix("...").map_or((word, false), |name| (name, true));
    let role = parse_role(name)?;
    let whole_rest = matches!(role, Role::Command | Role::ShellWords | Role::Itself | Role::Words(_));
    Ok(OperandSpec { role, repeated: dots || whole_rest })
}

/// Reads the words of `style:`.
pub fn parse_style(words: &[String]) -> Result<Style, String> {
    let mut style = Style::default();
    for word in words {
        let field = match word.as_str() {
            "single-dash" => &mut style.single_dash,
            "one-text" => &mut style.one_text,
            "options-first" => &mut style.options_first,
            "exact" => &mut style.exact,
            "bare-cluster" => &mut style.bare_cluster,
            "plus" => &mut style.plus,
            "numbers" => &mut style.numbers,
            "expression" => &mut style.expression,
            "own-options" => &mut style.own_options,
            "keys" => &mut style.keys,
            "slash" => &mut style.slash,
            "no-help" => &mut style.no_help,
            "signal" => &mut style.signal,
            "colons" => &mut style.colons,
            "project" => &mut style.project,
            "word" => &mut style.word,
            "options-here" => &mut style.options_here,
            "once" => &mut style.once,
            "no-options" => &mut style.no_options,
            _ => return Err(format!("`{word}` is no style; `docs/rules.md` lists them")),
        };
        *field = true;
    }
    Ok(style)
}

/// Reads a subcommand that is one word: a class, or an effect.
pub fn parse_word_verdict(word: &str) -> Result<Verdict<'static>, String> {
    if let Some(class) = [Class::ReadOnly, Class::Mutating].into_iter().find(|class| class.as_str() == word) {
        return Ok(Verdict { class, effect: None, because: "", instead: "" });
    }
    match Effect::ALL.into_iter().find(|effect| effect.as_str() == word) {
        Some(effect) => Ok(Verdict { class: Class::Destructive, effect: Some(effect), because: "", instead: "" }),
        None => Err(format!("`{word}` is neither read-only, mutating nor an effect")),
    }
}

/// Reads what a program prints.
pub fn parse_prints(word: &str) -> Result<Prints, String> {
    Prints::deserialize(StrDeserializer::<ValueError>::new(word)).map_err(|error| format!("`{word}`: {error}"))
}
