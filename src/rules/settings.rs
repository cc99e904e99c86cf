//! Settings given as `key=value`, and variables: which of them carry code.

use super::library::Library;
use super::pattern;
use super::read::without_prefix;
use super::schema::{Role, Setting, SettingTable};
use crate::follow::step::Arg;

/// The role that a setting's value has, and the value, when the key carries code.
pub fn carried_value(table: SettingTable, setting: &Arg, library: &Library) -> Option<(Role, Arg)> {
    let text = setting.prefix();
    let split = text.find(['=', ' ', ':'])?;
    let key = text[..split].trim().to_ascii_lowercase();
    let found = find(&key, table, library)?;
    let start = split + 1 + text[split + 1..].len() - text[split + 1..].trim_start_matches([' ', '"']).len();
    value_of(found, &without_prefix(setting, start))
}

/// The value that a setting found by its key carries, when it does.
pub fn value_of(found: &Setting<'_>, value: &Arg) -> Option<(Role, Arg)> {
    let rest = value.prefix().strip_prefix(found.prefix)?;
    let skipped = value.prefix().len() - rest.len();
    Some((found.role, without_prefix(value, skipped)))
}

/// What a key carries, if anything. `key` is in lower case.
pub fn find(key: &str, table: SettingTable, library: &Library) -> Option<&'static Setting<'static>> {
    library.settings(table).find(|setting| setting.keys.iter().any(|known| pattern::matches(known, key)))
}
