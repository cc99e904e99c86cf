//! What a payload does with a path.

use serde::{Deserialize, Serialize};

/// What a payload does with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathRole {
    /// It is removed, with everything below it.
    Deletes,
    /// Its content is dropped and nothing takes its place.
    Empties,
    /// It is created, changed, renamed or overwritten.
    Writes,
    /// It is only read.
    Reads,
    /// Its mode or owner is changed.
    ChangesMode,
    /// Its content leaves the machine.
    Sends,
}
