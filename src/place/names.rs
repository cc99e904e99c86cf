//! The names by which places are known: what a build makes again, what the system and start-up files are, and what is
//! guard's own or an agent's.

/// Folders and files that a build, an install or a download makes again.
pub(super) const REGENERABLE: &[&str] = &[
    "node_modules",
    "bower_components",
    "target",
    "build",
    "dist",
    "out",
    ".next",
    ".nuxt",
    ".turbo",
    ".parcel-cache",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".tox",
    ".nox",
    ".venv",
    "venv",
    "coverage",
    ".coverage",
    "htmlcov",
    ".nyc_output",
    "DerivedData",
];

/// The same, but only inside the project.
pub(super) const REGENERABLE_IN_PROJECT: &[&str] = &[".cache", ".gradle"];

/// Endings of file names that can be made again.
pub(super) const REGENERABLE_ENDINGS: &[&str] = &[".pyc", ".pyo", ".o", ".obj", ".class", ".tmp", ".egg-info"];

/// Folders of the system: deleting or re-owning one as a whole takes the machine down.
pub(super) const SYSTEM: &[&str] = &[
    "bin",
    "boot",
    "dev",
    "etc",
    "home",
    "lib",
    "lib32",
    "lib64",
    "libx32",
    "media",
    "mnt",
    "opt",
    "proc",
    "root",
    "run",
    "sbin",
    "srv",
    "sys",
    "usr",
    "var",
    "Applications",
    "Library",
    "System",
    "Users",
    "private",
];

/// Folders below `/` in which every change outlasts the task.
pub(super) const PERSIST_ROOTS: &[&str] =
    &["bin", "boot", "etc", "lib", "lib32", "lib64", "libx32", "sbin", "sys", "usr", "Library", "System"];

/// Paths below `/` with the same effect.
pub(super) const PERSIST_PATHS: &[&[&str]] =
    &[&["proc", "sys"], &["proc", "sysrq-trigger"], &["var", "spool", "cron"], &["var", "spool", "at"]];

/// Files below a home folder that are read at start-up or decide who may do what.
pub(super) const PERSIST_HOME: &[&[&str]] = &[
    &[".bashrc"],
    &[".bash_profile"],
    &[".bash_login"],
    &[".bash_logout"],
    &[".bash_aliases"],
    &[".profile"],
    &[".zshrc"],
    &[".zshenv"],
    &[".zprofile"],
    &[".zlogin"],
    &[".zlogout"],
    &[".kshrc"],
    &[".cshrc"],
    &[".tcshrc"],
    &[".inputrc"],
    &[".xprofile"],
    &[".xinitrc"],
    &[".xsession"],
    &[".pam_environment"],
    &[".rhosts"],
    &[".forward"],
    &[".gnupg"],
    &[".config", "fish"],
    &[".config", "autostart"],
    &[".config", "systemd"],
    &[".config", "environment.d"],
    &[".local", "share", "systemd"],
    &["Library", "LaunchAgents"],
    &["Library", "LaunchDaemons"],
    &[".codex"],
];

/// What is guard's own below a home folder: configuration and rules, journal and cache, the program.
pub(super) const GUARD_HOME: &[&[&str]] = &[
    &[".config", "guard"],
    &[".local", "state", "guard"],
    &[".local", "share", "guard"],
    &[".cache", "guard"],
    &[".local", "bin", "guard"],
    &[".cargo", "bin", "guard"],
];

/// A project's rules, wherever the project stands.
pub(super) const GUARD_PROJECT: &str = ".guard";

/// The same wherever they stand; `*` at the end of a name stands for any ending.
pub(super) const PERSIST_ANYWHERE: &[&[&str]] = &[
    &[".git", "hooks"],
    &[".git", "config"],
    &[".ssh"],
    &[".claude", "settings*"],
    &[".claude", "hooks"],
    &[".cursor", "hooks*"],
    &[".codex", "config*"],
    &[".codex", "hooks*"],
    &[".codex", "rules"],
    &[".gemini", "settings*"],
    &[".qwen", "settings*"],
    &[".copilot", "hooks"],
    &[".copilot", "config*"],
    &[".github", "hooks"],
    &[".cline", "hooks"],
    &[".clinerules", "hooks"],
    &[".config", "opencode", "plugin*"],
    &[".config", "opencode", "opencode.json*"],
    &[".opencode", "plugin*"],
    &[".pi", "agent", "extensions"],
    &[".pi", "agent", "settings*"],
    &[".pi", "extensions"],
    &[".codeium", "windsurf", "hooks*"],
    &[".windsurf", "hooks*"],
    &[".config", "amp"],
    &[".amp", "settings*"],
    &[".amp", "guard-hook"],
    &[".kiro", "agents"],
    &[".openhands", "hooks*"],
    &["LaunchAgents"],
    &["LaunchDaemons"],
];

/// The hooks that git runs: githooks(5).
pub(super) const GIT_HOOKS: &[&str] = &[
    "applypatch-msg",
    "commit-msg",
    "fsmonitor-watchman",
    "post-applypatch",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-receive",
    "post-rewrite",
    "post-update",
    "pre-applypatch",
    "pre-auto-gc",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "pre-rebase",
    "pre-receive",
    "prepare-commit-msg",
    "proc-receive",
    "push-to-checkout",
    "reference-transaction",
    "sendemail-validate",
    "update",
];

/// Below `~/.ssh`, what only remembers hosts.
pub(super) const HARMLESS_SSH: &[&str] = &["known_hosts", "known_hosts.old"];
