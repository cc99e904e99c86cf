//! The files in which projects keep their tasks, by the names that rule files use.

use serde::{Deserialize, Serialize};

/// The forms of such files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskFile {
    /// The `scripts` of `package.json`, each with the ones before and after it.
    PackageJson,
    /// The `tasks` of `deno.json`.
    DenoJson,
    /// The `scripts` of `composer.json`.
    ComposerJson,
    /// A makefile: the recipes of the targets and of what they need.
    Makefile,
    /// A justfile.
    Justfile,
    /// A Taskfile.
    Taskfile,
}
