//! What a rule says, in the compiled form that is kept in the binary.
//!
//! Everything borrows from the compiled bytes; the form of a program or subcommand is decoded only when it is
//! looked up. `docs/rules.md` explains every part from a rule author's side.

use serde::{Deserialize, Serialize};

use crate::effect::{Class, Effect};
use crate::payload::language::Language;
use crate::payload::task_file::TaskFile;
use crate::stake::Work;

/// How the command line of a program or subcommand is read, and what it does.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Form<'a> {
    /// The stable name: the program, then the subcommands, joined by dots.
    pub id: &'a str,
    /// What it does when nothing else is known of the command line; `None` when that follows from roles.
    pub base: Option<Verdict<'a>>,
    /// How its arguments are written.
    pub style: Style,
    /// Its options.
    #[serde(borrow)]
    pub options: Vec<OptionSpec<'a>>,
    /// Whether there are more options than are listed; those whose names say so do no harm.
    pub any_options: bool,
    /// Options of which it is not said what follows them. Where a short one is among them, every short one is listed.
    #[serde(borrow)]
    pub known: Vec<&'a str>,
    /// What its operands are.
    pub operands: Vec<OperandSpec>,
    /// Its subcommands: names, and the encoded form of each.
    #[serde(borrow)]
    pub subcommands: Vec<Subcommand<'a>>,
    /// The list of verbs that decides about subcommands that are not listed.
    pub verbs: Option<&'a str>,
    /// Clauses that raise the class.
    #[serde(borrow)]
    pub when: Vec<Clause<'a>>,
    /// Clauses that say that nothing, or less, happens.
    #[serde(borrow)]
    pub lowers: Vec<Lowering<'a>>,
    /// Options that make it work on whole trees.
    #[serde(borrow)]
    pub recursive: Vec<&'a str>,
    /// What its standard input is, when it reads it.
    pub input: Option<Role>,
    /// Where carried code runs, and the least class of carrying it.
    #[serde(borrow)]
    pub carries: Carries<'a>,
    /// What its output is known to be.
    pub prints: Prints,
    /// Whether what it writes comes from elsewhere (a download).
    pub fetches: bool,
    /// When one of these holds, what it writes takes the place of what stood there.
    #[serde(borrow)]
    pub overwrites: Vec<Condition<'a>>,
    /// Which work in a repository its effects throw away.
    pub loses: Option<Work>,
    /// Where the tasks that it runs are kept.
    #[serde(borrow)]
    pub tasks: Option<Tasks<'a>>,
}

/// Where a program keeps the tasks that it runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tasks<'a> {
    /// The form of the file.
    pub of: TaskFile,
    /// Its names; the first that there is counts.
    #[serde(borrow)]
    pub files: Vec<&'a str>,
    /// The option that names another file; empty when there is none.
    pub option: &'a str,
    /// The tasks that run, whatever is asked for; otherwise the operands name them.
    pub names: Vec<&'a str>,
    /// Whether several operands name tasks.
    pub several: bool,
    /// Whether asking for nothing runs a task.
    pub default: bool,
    /// Options that lead elsewhere: with one of them, the file says nothing.
    #[serde(borrow)]
    pub unless: Vec<&'a str>,
    /// Whether it looks in the folders above, too.
    pub above: bool,
    /// Whether it does something besides.
    pub besides: bool,
}

/// A subcommand and its encoded [`Form`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Subcommand<'a> {
    /// Its name and aliases.
    #[serde(borrow)]
    pub names: Vec<&'a str>,
    /// The encoded form.
    pub form: &'a [u8],
}

/// A class with its reason.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verdict<'a> {
    /// The class.
    pub class: Class,
    /// The effect, when destructive.
    pub effect: Option<Effect>,
    /// Why.
    pub because: &'a str,
    /// What to do instead; empty when there is nothing to say.
    pub instead: &'a str,
}

/// How arguments are written. The default is GNU `getopt_long`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Style {
    /// Long options start with one dash (`terraform -auto-approve`); no clusters then.
    pub single_dash: bool,
    /// The first operand ends the options.
    pub options_first: bool,
    /// Long options cannot be abbreviated.
    pub exact: bool,
    /// The first word is a cluster of options even without a dash (`tar xf`).
    pub bare_cluster: bool,
    /// Options also start with `+`.
    pub plus: bool,
    /// `-5` is an option.
    pub numbers: bool,
    /// Operands come first, then an expression of options (`find`).
    pub expression: bool,
    /// Options of the program do not hold behind its subcommand.
    pub own_options: bool,
    /// `name=value` words are options (`dd of=x`); their names are listed with the `=`.
    pub keys: bool,
    /// Options also start with `/` and are read without regard to case (`reg delete /f`).
    pub slash: bool,
    /// `--help` and `--version` are not special here.
    pub no_help: bool,
    /// Only the first `-9` or `-TERM` is an option; later ones are operands (`kill`).
    pub signal: bool,
    /// `:::` ends the command, and what follows are its arguments (`parallel`).
    pub colons: bool,
    /// It is a program of the project itself, run as `./name`.
    pub project: bool,
    /// Its name is an ordinary word: inside the arguments of an unknown program it is no command line.
    pub word: bool,
    /// Files that its options name are taken from where it was started, whatever folder another option leads into (`tar`).
    pub options_here: bool,
    /// What it carries runs once and at once, with nothing before it (`timeout`).
    pub once: bool,
    /// Its words are never options (`echo`).
    pub no_options: bool,
    /// The codes that its options give are the lines of one text (`sed -e A -e B`).
    pub one_text: bool,
}

/// An option: its names and what follows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OptionSpec<'a> {
    /// Its spellings, with their dashes.
    #[serde(borrow)]
    pub names: Vec<&'a str>,
    /// What follows it.
    pub arity: Arity,
    /// What the value is.
    pub role: Role,
}

/// What follows an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arity {
    /// Nothing.
    Flag,
    /// A value, in the same word or the next.
    Value,
    /// A value in the same word, or none.
    Optional,
    /// A number in the same word, or none; other options may follow it (`perl -0777ne`).
    Digits,
    /// Two words.
    Pair,
    /// All words up to `;` or `+`.
    Until,
    /// All words up to the next option.
    Many,
    /// All other words: the first has the role, the others are its arguments.
    Rest,
}

/// Where an operand stands, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperandSpec {
    /// What it is.
    pub role: Role,
    /// Whether any number of operands have this role.
    pub repeated: bool,
}

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

/// A condition with what holds when it is met.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Clause<'a> {
    /// The stable name of the finding.
    pub id: &'a str,
    /// When it holds.
    #[serde(borrow)]
    pub condition: Condition<'a>,
    /// What holds then.
    pub verdict: Option<Verdict<'a>>,
    /// Further roles that hold then.
    #[serde(borrow)]
    pub roles: Roles<'a>,
    /// Which work in a repository its effect throws away, where that is another than the form's.
    pub loses: Option<Work>,
    /// It holds only when the machine says that there is such work.
    pub if_lost: bool,
}

/// Roles that a clause adds to those of its form.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Roles<'a> {
    /// Of the operands.
    pub operands: Vec<OperandSpec>,
    /// Of the values of options.
    #[serde(borrow)]
    pub options: Vec<(&'a str, Role)>,
    /// Of standard input.
    pub input: Option<Role>,
    /// Of the working folder itself.
    pub here: Option<Role>,
    /// What is printed.
    pub prints: Option<Prints>,
}

impl Roles<'_> {
    /// Whether no path gets a role by it.
    pub fn is_empty(&self) -> bool {
        self.operands.is_empty() && self.options.is_empty() && self.here.is_none()
    }
}

/// A condition under which less happens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lowering<'a> {
    /// When it holds.
    #[serde(borrow)]
    pub condition: Condition<'a>,
    /// The highest class that is then left, carried options aside.
    pub to: Class,
}

/// A condition on a command line. Every part that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition<'a> {
    /// One of these options is given.
    #[serde(borrow)]
    pub options: Vec<&'a str>,
    /// All of these options are given.
    #[serde(borrow)]
    pub all_options: Vec<&'a str>,
    /// The value of this option matches one of the patterns.
    #[serde(borrow)]
    pub values: Vec<(&'a str, Vec<&'a str>)>,
    /// One of the operands matches one of the patterns.
    #[serde(borrow)]
    pub operands: Vec<&'a str>,
    /// Every operand matches one of the patterns, and there is one.
    #[serde(borrow)]
    pub all_operands: Vec<&'a str>,
    /// A path comes from a search: there may be many.
    pub found: bool,
    /// The operand at this place (from 0; from the end when negative) matches one of the patterns.
    #[serde(borrow)]
    pub at: Vec<(i8, Vec<&'a str>)>,
    /// At least this many operands.
    pub at_least: Option<u8>,
    /// At most this many operands.
    pub at_most: Option<u8>,
    /// At least this many operands stand behind `--`.
    pub behind_dashes: Option<u8>,
    /// A path that it deletes, writes or modifies lies here.
    pub places: Vec<PlaceName>,
    /// A variable is set for it, to one of the patterns.
    #[serde(borrow)]
    pub variables: Vec<(&'a str, Vec<&'a str>)>,
    /// Its standard input matches one of the patterns.
    #[serde(borrow)]
    pub input: Vec<&'a str>,
    /// None of these hold.
    #[serde(borrow)]
    pub unless: Vec<Condition<'a>>,
}

impl Condition<'_> {
    /// Whether it speaks of the option `name`.
    pub fn names_option(&self, name: &str) -> bool {
        let options = self.options.iter().chain(&self.all_options).chain(self.values.iter().map(|(option, _)| option));
        options.into_iter().any(|option| *option == name) || self.unless.iter().any(|other| other.names_option(name))
    }

    /// Whether it depends on where the paths of a command lie.
    pub fn asks_for_places(&self) -> bool {
        !self.places.is_empty() || self.unless.iter().any(Condition::asks_for_places)
    }
}

/// Names of places for conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceName {
    /// `/`
    Root,
    /// The home folder as a whole.
    Home,
    /// A system folder as a whole.
    System,
    /// Where changes outlast the task.
    Persist,
    /// A device.
    Device,
    /// Below the folder for temporary files.
    Temporary,
    /// What a build, an install or a download makes again.
    Regenerable,
    /// A secret.
    Secret,
}

/// Where carried code runs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Carries<'a> {
    /// Where.
    pub context: Where,
    /// The least class of carrying anything.
    pub at_least: Option<Class>,
    /// When one of these holds, what was throwaway is not.
    #[serde(borrow)]
    pub unless: Vec<Condition<'a>>,
}

/// Where carried code runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Where {
    /// Here.
    #[default]
    Here,
    /// On another machine, or in a container that lives on.
    Elsewhere,
    /// In a container that is thrown away.
    Throwaway,
}

/// What a program prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prints {
    /// Nothing of interest.
    #[default]
    Anything,
    /// The content of the paths that it reads, or of its standard input, in some form.
    Content,
    /// Paths that it found below its operands.
    Found,
    /// Something secret: the environment, a credential.
    Secrets,
    /// Text that sets a shell up when it is evaluated (`ssh-agent -s`).
    Setup,
    /// Text from elsewhere.
    Fetched,
    /// SQL that drops what it makes anew (`pg_dump --clean`).
    Drops,
}

/// Verbs that decide about subcommands that no rule lists.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Verbs<'a> {
    /// Words that may stand in front of a verb (`batch-delete`).
    #[serde(borrow)]
    pub prefixes: Vec<&'a str>,
    /// Verbs that are also names of things: a verb behind them decides (`logs delete`).
    #[serde(borrow)]
    pub nouns: Vec<&'a str>,
    /// Verbs that only read.
    #[serde(borrow)]
    pub read_only: Vec<&'a str>,
    /// Verbs that change something.
    #[serde(borrow)]
    pub mutating: Vec<&'a str>,
    /// Verbs that lose something, with the effect.
    #[serde(borrow)]
    pub destructive: Vec<(Effect, Vec<&'a str>)>,
}

/// Names of long options that select, order or show, whatever the program.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct OptionNames<'a> {
    /// Whole names, in order.
    #[serde(borrow)]
    pub whole: Vec<&'a str>,
    /// First words of names, in order.
    #[serde(borrow)]
    pub first: Vec<&'a str>,
    /// Last words of names, in order.
    #[serde(borrow)]
    pub last: Vec<&'a str>,
    /// Words of which other names are made, in order.
    #[serde(borrow)]
    pub words: Vec<&'a str>,
}

/// What a variable of the environment does to the programs that see it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Variable<'a> {
    /// The stable name of the finding.
    pub id: &'a str,
    /// What its value is.
    pub role: Role,
    /// What setting it does in itself.
    pub verdict: Option<Verdict<'a>>,
}

/// What a rule counts as by the word of a user or project, in place of what it says itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recount<'a> {
    /// The rule's name, or a pattern for names.
    pub rule: &'a str,
    /// The class it counts as.
    pub class: Class,
    /// The effect, when destructive.
    pub effect: Option<Effect>,
    /// Why; empty where the rule's own reason stays.
    pub because: &'a str,
    /// What to do instead; empty where the rule's own advice stays.
    pub instead: &'a str,
}

impl<'a> Recount<'a> {
    /// The verdict of a rule, counted so.
    pub fn of(&self, verdict: &Verdict<'a>) -> Verdict<'a> {
        let or = |own: &'a str, other: &'a str| if own.is_empty() { other } else { own };
        Verdict {
            class: self.class,
            effect: self.effect,
            because: or(self.because, verdict.because),
            instead: or(self.instead, verdict.instead),
        }
    }
}

/// What a setting's key does.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Setting<'a> {
    /// Patterns for the key, in lower case.
    #[serde(borrow)]
    pub keys: Vec<&'a str>,
    /// What its value is.
    pub role: Role,
    /// Only values that start so carry anything; the prefix is taken off.
    pub prefix: &'a str,
}
