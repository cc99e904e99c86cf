//! What an operand, an option's value or standard input is.

use serde::{Deserialize, Serialize};

use crate::payload::language::Language;

/// What an operand, an option's value or standard input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Data that does nothing.
    Skip,
    /// A path that is read.
    Reads,
    /// A path that is written: created, or its content replaced.
    Writes,
    /// A path that is added to.
    Appends,
    /// A path that is deleted.
    Deletes,
    /// A path whose content is removed.
    Empties,
    /// A path that is moved away.
    Moves,
    /// A path whose mode or owner is changed.
    Modifies,
    /// A folder that is created.
    Creates,
    /// A disk, partition or filesystem that is written raw.
    Formats,
    /// A path or address, of which nothing more is known.
    Path,
    /// The folder in which the rest happens.
    Folder,
    /// A path whose content leaves the machine.
    Sends,
    /// A path whose content leaves the machine when a later command sends this folder.
    Stages,
    /// Text that leaves the machine.
    Discloses,
    /// The name of a task of a runner: a deleting verb in it counts.
    Task,
    /// A pattern for the names of what is found.
    FoundName,
    /// A pattern for the paths of what is found.
    FoundPath,
    /// Deletes what is found.
    DeletesFound,
    /// Turns the next test of an expression round.
    Negates,
    /// Separates alternatives of an expression.
    Alternates,
    /// The code in the other arguments edits the files that it reads.
    InPlace,
    /// What it carries does not run here and now.
    Later,
    /// The code in the other arguments prints only what it says that it prints.
    Quiet,
    /// A program and its arguments.
    Command,
    /// A program, with arguments that it gets from the carrier.
    Program,
    /// A program that is started with a path as its last argument.
    ProgramOnPath,
    /// A line for a shell.
    Shell,
    /// Words that are joined by blanks into a line for a shell.
    ShellWords,
    /// A line that is split into words, in front of the words behind it (`env -S`).
    Split,
    /// The words of another command line of the same program.
    Itself,
    /// `NAME=value` in front of a command.
    Variable,
    /// A list of lines for a shell, as JSON or `key=[…]`.
    ShellList,
    /// `key=value`, where some keys carry code; the list of keys.
    Setting(SettingTable),
    /// The key of a setting that is kept.
    SettingKey(SettingTable),
    /// The value of the setting whose key stands before it.
    SettingValue(SettingTable),
    /// Code in a language.
    Code(Language),
    /// Words that are joined by blanks into code.
    Words(Language),
    /// A file of code.
    File(Language),
    /// Words of which each is an argument of the carried command, one line each (`xargs`).
    Arguments,
    /// A file of such lines.
    ArgumentsFile,
    /// What stands for such an argument in the carried command (`xargs -I`).
    Placeholder,
    /// An HTTP address.
    Url,
    /// An HTTP method.
    HttpMethod,
    /// An HTTP header.
    HttpHeader,
    /// A body as `curl -d` reads it: `@file`, or text.
    HttpData,
    /// A body that is text whatever it starts with.
    HttpRaw,
    /// A JSON body as `curl --json` reads it.
    HttpJson,
    /// A form field `name=value` or `name=@file`.
    HttpForm,
    /// A field that is encoded into the body.
    HttpUrlencode,
    /// A file that is sent as the body.
    HttpUpload,
    /// A field as `gh api -f` reads it.
    HttpField,
    /// An item as HTTPie reads it.
    HttpItem,
    /// `-G`: data goes into the address.
    HttpGet,
    /// `-I`: only the head is asked for.
    HttpHead,
    /// A file of further options (`curl -K`).
    HttpConfig,
    /// A command for the server of another protocol (`curl -Q`).
    HttpCommand,
    /// Ends one request and begins the next (`curl --next`).
    HttpNext,
}

impl Role {
    /// Whether it is a part of an HTTP request.
    pub const fn is_request_part(self) -> bool {
        matches!(
            self,
            Role::Url
                | Role::HttpMethod
                | Role::HttpHeader
                | Role::HttpData
                | Role::HttpRaw
                | Role::HttpJson
                | Role::HttpForm
                | Role::HttpUrlencode
                | Role::HttpUpload
                | Role::HttpField
                | Role::HttpItem
                | Role::HttpGet
                | Role::HttpHead
                | Role::HttpConfig
                | Role::HttpCommand
                | Role::HttpNext
        )
    }

    /// Whether it says what happens to a path.
    pub const fn is_path(self) -> bool {
        matches!(
            self,
            Role::Reads
                | Role::Writes
                | Role::Appends
                | Role::Deletes
                | Role::Empties
                | Role::Moves
                | Role::Modifies
                | Role::Creates
                | Role::Formats
                | Role::Sends
                | Role::Stages
                | Role::Path
        )
    }
}

/// A table of settings that carry code, in `rules/settings.yaml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SettingTable {
    /// git's configuration keys.
    Git,
    /// ssh's options.
    Ssh,
    /// tar's checkpoint actions.
    Tar,
    /// Properties of systemd units.
    Systemd,
    /// socat's addresses.
    Socat,
    /// Mercurial's configuration keys.
    Mercurial,
}

impl SettingTable {
    /// The name that rule files use.
    pub const fn name(self) -> &'static str {
        match self {
            SettingTable::Git => "git",
            SettingTable::Ssh => "ssh",
            SettingTable::Tar => "tar",
            SettingTable::Systemd => "systemd",
            SettingTable::Socat => "socat",
            SettingTable::Mercurial => "hg",
        }
    }

    /// The table of a name.
    pub fn by_name(name: &str) -> Option<SettingTable> {
        let all = [
            SettingTable::Git,
            SettingTable::Ssh,
            SettingTable::Tar,
            SettingTable::Systemd,
            SettingTable::Socat,
            SettingTable::Mercurial,
        ];
        all.into_iter().find(|table| table.name() == name)
    }
}
