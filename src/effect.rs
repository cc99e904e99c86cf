//! The vocabulary of danger: what a command can do, in the words of `docs/classes.md`.
//!
//! Every other room speaks in these types. This one knows nothing of any of them.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// How far a command can reach. The order is the order of severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Everything that outlives the process is as it was.
    ReadOnly,
    /// Something changes that an ordinary command brings back.
    Mutating,
    /// Something can be lost that no ordinary command brings back.
    Destructive,
}

impl Class {
    /// The word used in output, rules and the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Class::ReadOnly => "read-only",
            Class::Mutating => "mutating",
            Class::Destructive => "destructive",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What makes a command destructive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Data is removed or emptied.
    Delete,
    /// Uncommitted or unreachable work is lost.
    Discard,
    /// Shared history or a shared artefact is replaced or withdrawn.
    Rewrite,
    /// Rows, tables, databases, queues, buckets or indexes go.
    Drop,
    /// Infrastructure or its state is removed or replaced.
    Deprovision,
    /// A machine, a shared service or other people's processes go down.
    Disrupt,
    /// A disk, a partition table, a filesystem or firmware is written raw.
    Device,
    /// What runs, or who may do what, is changed beyond the task.
    Persist,
    /// Something secret, or unpublishable once out, leaves the machine.
    Disclose,
    /// Code runs that cannot be read before it runs.
    Opaque,
}

impl Effect {
    /// Every effect, in the order of the contract.
    pub const ALL: [Effect; 10] = [
        Effect::Delete,
        Effect::Discard,
        Effect::Rewrite,
        Effect::Drop,
        Effect::Deprovision,
        Effect::Disrupt,
        Effect::Device,
        Effect::Persist,
        Effect::Disclose,
        Effect::Opaque,
    ];

    /// The word used in output, rules and the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Effect::Delete => "delete",
            Effect::Discard => "discard",
            Effect::Rewrite => "rewrite",
            Effect::Drop => "drop",
            Effect::Deprovision => "deprovision",
            Effect::Disrupt => "disrupt",
            Effect::Device => "device",
            Effect::Persist => "persist",
            Effect::Disclose => "disclose",
            Effect::Opaque => "opaque",
        }
    }

    /// What the effect means for a person who is asked, as the end of "this …".
    pub const fn meaning(self) -> &'static str {
        match self {
            Effect::Delete => "removes or empties data",
            Effect::Discard => "loses uncommitted or unreachable work",
            Effect::Rewrite => "replaces or withdraws what others share",
            Effect::Drop => "drops rows, tables, databases or queues",
            Effect::Deprovision => "removes or replaces infrastructure",
            Effect::Disrupt => "takes a machine or a shared service down",
            Effect::Device => "writes a disk or filesystem raw",
            Effect::Persist => "changes what runs, or who may do what, beyond the task",
            Effect::Disclose => "sends something out that cannot be called back",
            Effect::Opaque => "runs code that cannot be read first",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One reason for a class: what was found where, and which rule says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The stable name of the rule, such as `git.push.force`.
    pub rule: Cow<'static, str>,
    /// The class that this finding alone gives the command.
    pub class: Class,
    /// The effect, for destructive findings.
    pub effect: Option<Effect>,
    /// The part of the request's own text that does it, in bytes.
    pub span: Span,
    /// What it is done to: a path, a table, a host; empty when nothing can be named.
    pub subject: String,
    /// Why, as half a sentence without a full stop.
    pub because: Cow<'static, str>,
    /// What to do instead, where there is a safer way.
    pub instead: Option<Cow<'static, str>>,
}
