//! Nobody manages their own permissions: every way to change guard's own places, and the files that lead agents to guard
//! or say what they may do, is `persist`. Everything is judged as text; nothing runs.

use guard::agents::HOOKS;
use guard::doors::text_request;
use guard::effect::{Class, Effect};
use guard::facts::NoFacts;
use guard::grants::offers;
use guard::judge::judge;
use guard::policy::{self, Configuration, Decision};

/// Guard's own below a home folder, and in a project.
const OWN: [&str; 14] = [
    "~/.config/guard",
    "~/.config/guard/config.yaml",
    "~/.config/guard/rules/mine.yaml",
    "~/.config/guard/notify",
    "~/.local/state/guard/journal.jsonl",
    "~/.local/state/guard/journal.head",
    "~/.local/state/guard/grants/k3f9q2.json",
    "~/.local/state/guard/sessions/12-34",
    "~/.local/state/guard/factors/passphrase.json",
    "~/.local/state/guard/desk/answers/k3f9q2",
    "~/.local/state/guard/roots/12-34",
    "/run/user/1000/guard/desk/key",
    "/usr/local/bin/guard",
    ".guard/rules/project.yaml",
];

/// What clients keep of hooks and permissions besides what guard writes.
const PERMISSIONS: [&str; 5] = [
    "~/.claude/settings.json",
    ".claude/settings.local.json",
    "~/.codex/config.toml",
    "~/.codex/rules",
    "~/.copilot/config.json",
];

/// Ways to change a file, with `@` for its path.
const WAYS: [&str; 15] = [
    "echo x > @",
    "echo x >> @",
    "echo x | tee @",
    "cat <<E > @\nx\nE",
    "rm -f @",
    "mv @ /tmp/away",
    "mv new @",
    "cp new @",
    "ln -sf new @",
    "chmod 777 @",
    "sed -i s/a/b/ @",
    "truncate -s 0 @",
    "python3 -c \"import os; open(os.path.expanduser('@'), 'w').write('x')\"",
    "python3 -c \"import os; os.remove(os.path.expanduser('@'))\"",
    "sh -c 'rm -f @'",
];

#[test]
fn every_change_of_own_places_and_of_agents_permissions_is_persist_and_never_allowed_ahead() {
    let below_home = |path: &&str| !path.is_empty();
    let files = || HOOKS.iter().flat_map(|hook| hook.files);
    let users = files().map(|file| file.user).filter(below_home).map(|path| format!("~/{path}"));
    let projects = files().map(|file| file.project).filter(below_home).map(str::to_owned);
    let fixed = OWN.iter().chain(&PERMISSIONS).map(|path| (*path).to_owned());
    let configuration = Ok(Configuration::default());
    let mut missed = Vec::new();
    let mut cells = 0;
    for path in fixed.chain(users).chain(projects) {
        for way in WAYS {
            let text = way.replace('@', &path);
            let report = judge(&text_request(text.as_ref()), &NoFacts);
            let persists = report.findings.iter().any(|finding| finding.effect == Some(Effect::Persist));
            let offered = match policy::decide(&report, &configuration) {
                Decision::Ask(held) => !offers(&held, Some("/".as_ref())).is_empty(),
                Decision::Refuse(_) => false,
                Decision::Run => true,
            };
            cells += 1;
            if !persists || report.class != Class::Destructive || offered {
                missed.push(text);
            }
        }
    }
    assert!(cells > 600, "{cells}");
    assert!(missed.is_empty(), "{} of {cells}:\n{}", missed.len(), missed.join("\n"));
}
