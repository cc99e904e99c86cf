//! What is so on the machine changes the class of a command, in real repositories and with real files.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use guard::doors::text_request;
use guard::effect::Class;
use guard::facts::loss::GitLoss;
use guard::facts::{Facts, Kind};
use guard::judge::judge;
use guard::stake::WorkStake;

/// A home with a project in it, outside the folders for temporary files, where everything may go.
struct Place(tempfile::TempDir);

impl Place {
    /// The project `app` has `README`, `src/a.rs` and `src/b.rs` in one commit, and ignores `*.log`.
    fn new() -> Place {
        let place = Place(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder"));
        place.write("README", "read me\n");
        place.write("src/a.rs", "a\n");
        place.write("src/b.rs", "b\n");
        place.write(".gitignore", "*.log\n");
        // The home is a repository too, so that whatever is around it says nothing.
        place.git(&["init", "-q", ".."]);
        place.git(&["init", "-q", "-b", "main"]);
        place.git(&["add", "-A"]);
        place.git(&["commit", "-q", "-m", "first"]);
        place
    }

    fn home(&self) -> PathBuf {
        self.0.path().canonicalize().expect("it is there")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home().join("app").join(name)
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, content).expect("it is written");
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.home()).current_dir(self.path(""));
        command
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = self.command("git");
        git.args(["-c", "user.name=me", "-c", "user.email=me@example.com"]).args(arguments);
        let output = git.output().expect("git starts");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn check(&self, options: &[&str], text: &str) -> String {
        let mut guard = self.command(Path::new(env!("CARGO_BIN_EXE_guard")));
        let output = guard.arg("check").args(options).arg(text).output().expect("guard starts");
        let text = String::from_utf8(output.stdout).expect("text");
        text.split([' ', ':']).next().unwrap_or_default().to_owned()
    }

    fn assert_classes(&self, expected: &str, texts: &[&str]) {
        for text in texts {
            assert_eq!(self.check(&[], text), expected, "{text}");
        }
    }
}

/// Commands that lose nothing in a clean tree.
const NOTHING_LOST: [&str; 13] = [
    "git reset --hard",
    "git reset --hard HEAD",
    "git checkout -- .",
    "git checkout .",
    "git checkout HEAD -- src",
    "git checkout -f",
    "git restore .",
    "git restore -SW src/a.rs",
    "git clean -fd",
    "git clean -fdx",
    "git reset --hard && git clean -fdx",
    "git status; cd src && git checkout -- a.rs",
    "git -C src checkout -- a.rs",
];

#[test]
fn in_a_clean_tree_there_is_nothing_to_throw_away() {
    let place = Place::new();
    place.assert_classes("mutating", &NOTHING_LOST);
    for text in NOTHING_LOST {
        assert_eq!(place.check(&["--no-facts"], text), "destructive", "{text}");
    }
}

#[test]
fn changes_and_files_that_are_not_tracked_are_work() {
    let place = Place::new();
    place.write("src/a.rs", "changed\n");
    place.write("notes", "mine\n");
    place.assert_classes(
        "destructive",
        &["git reset --hard", "git checkout -- .", "git restore src", "git checkout -f", "git clean -f", "rm src/a.rs"],
    );
    place.assert_classes("destructive", &["git checkout src", "git checkout -q src"]);
    place.git(&["branch", "topic"]);
    place.assert_classes("mutating", &["git checkout README", "git checkout topic", "git checkout nothing"]);
    place.assert_classes(
        "mutating",
        &["git checkout -- README", "git restore src/b.rs", "git clean -fX", "rm src/b.rs"],
    );
    place.git(&["add", "-A"]);
    place.assert_classes("destructive", &["git reset --hard", "git checkout HEAD -- .", "git restore -SW src/a.rs"]);
    place.assert_classes("mutating", &["git checkout -- .", "git clean -fd"]);
    // The index has it, until git takes it out of there.
    place.assert_classes("destructive", &["rm notes", "git rm -f notes"]);
    place.assert_classes("mutating", &["echo x > notes"]);
}

#[test]
fn what_git_holds_can_be_deleted() {
    let place = Place::new();
    place.assert_classes(
        "mutating",
        &[
            "rm src/a.rs",
            "rm -rf src",
            "rm -f src/*.rs README",
            "cd src && rm a.rs",
            "git rm -f src/a.rs",
            ": > README",
        ],
    );
    place.write("src/x.log", "ignored, but nobody keeps it");
    place.assert_classes(
        "destructive",
        &[
            "rm -rf src",
            "rm -rf *",
            "rm src/[ab].rs",
            "rm -rf .git",
            "rm -rf ../app",
            "rm -rf \"$X\"/src",
            "rm src/x.log",
        ],
    );
    place.assert_classes("mutating", &["rm -rf src/*.rs"]);
    place.write("src/__pycache__/a.pyc", "made again");
    fs::remove_file(place.path("src/x.log")).expect("it was there");
    place.assert_classes("mutating", &["rm -rf src"]);
}

#[test]
fn a_step_before_can_change_what_was_looked_up() {
    let place = Place::new();
    place.assert_classes(
        "destructive",
        &[
            "echo x > src/a.rs && rm src/a.rs",
            "echo x > src/a.rs; git reset --hard",
            "make && git checkout -- .",
            "git commit -am x && git reset --hard",
            "ls | tee src/a.rs; git checkout -- src",
            "for i in 1 2; do git reset --hard; echo x > src/a.rs; done",
            "f() { rm src/a.rs; }; echo x > src/a.rs; f",
            "(sleep 60; git reset --hard) &",
            "trap 'git reset --hard' EXIT; echo x > src/a.rs",
            "echo x > src/a.rs & rm src/a.rs",
            "eval 'echo x > src/a.rs'; rm src/a.rs",
            "shopt -s dotglob; rm -rf *",
            ". ./nothing-here; git reset --hard",
            "eval \"$X\"; git reset --hard",
            "trap 'echo x > src/a.rs' DEBUG; git reset --hard",
            "coproc { sleep 9; git reset --hard; }; echo x > src/a.rs",
            "echo y > >(sleep 9; git reset --hard); echo x > src/a.rs",
            "while sleep 60; do git checkout -- .; done",
            "watch -n 60 git checkout -- .",
            "bash -c 'echo x > README'; git reset --hard",
            "bash -c 'echo x > README; rm README'",
            "python3 -c \"open('README', 'w').write('x')\"; git reset --hard",
            "xargs rm < list",
            "GIT_DIR=/elsewhere git reset --hard",
            "export GIT_INDEX_FILE=x; git reset --hard",
            "git --git-dir=../other reset --hard",
            "git -c core.worktree=/etc checkout -- .",
            "ssh host 'git reset --hard'",
            "rm src/a.rs && git checkout -- .",
        ],
    );
}

#[test]
fn what_runs_once_here_and_now_is_looked_up_whoever_carries_it() {
    let place = Place::new();
    place.assert_classes(
        "mutating",
        &[
            "bash -c 'git reset --hard'",
            "bash -lc 'cd src && rm a.rs'",
            "sudo git checkout -- .",
            "sudo -u me timeout 5 bash -c 'rm -rf src'",
            "env A=1 nice -n 5 rm README",
            "time git reset --hard",
            "stdbuf -oL rm README",
        ],
    );
    place.write("notes", "nobody keeps it");
    place.assert_classes(
        "destructive",
        &[
            "bash -c 'rm notes'",
            "sudo rm notes",
            "sudo -i rm README",
            "sudo -R /other rm README",
            "sudo --host=other rm README",
            "sudo -b rm README",
            "env GIT_DIR=/elsewhere git reset --hard",
            "for x in 1 2; do bash -c 'git reset --hard; echo x > README'; done",
            "watch 'git reset --hard'",
            "find . -exec git reset --hard ';'",
            "make; bash -c 'rm README'",
            "bash -c make; rm README",
            "bash -c 'rm README' & echo x > README",
        ],
    );
}

#[test]
fn a_change_elsewhere_leaves_what_was_looked_up_as_it_was() {
    let place = Place::new();
    place.write("notes", "nobody keeps it");
    place.assert_classes(
        "mutating",
        &[
            "touch x; rm README",
            "mkdir -p out && cp README out && rm src/a.rs",
            "mv notes notes2; rm -rf src",
            "mv notes notes2; rm src/*.rs",
            "rm src/a.rs; rm src/b.rs",
            "bash -c 'touch x'; rm README",
        ],
    );
    place.assert_classes(
        "destructive",
        &[
            "touch README; rm README",
            "touch src/x; rm -rf src",
            "touch src/x; rm src/*.rs",
            "mv notes README; rm README",
            "mv notes src/c.rs && rm -rf src",
            "rm -rf src; mv notes src; rm src",
            "ln -sfn . src; rm src/notes",
            "touch .gitignore; rm README",
            "touch .git/index; rm README",
            "git config core.fileMode false; rm README",
            "touch x; git reset --hard",
            "touch $X; rm README",
        ],
    );
}

#[test]
fn what_a_client_puts_around_a_command_does_not_matter() {
    let place = Place::new();
    fs::write(
        place.home().join("snapshot.sh"),
        "shopt -s expand_aliases\nhelp () { for x in 1 2; do echo $x; done; }\n",
    )
    .expect("it is written");
    for (command, class) in [("git checkout -- .", "mutating"), ("echo x > README; git reset --hard", "destructive")] {
        let text = format!(
            "source {}/snapshot.sh 2>/dev/null || true && \\builtin shopt -u extglob 2>/dev/null || true && \
             eval '{command}' < /dev/null && pwd -P >| /tmp/guard-test-cwd",
            place.home().display()
        );
        assert_eq!(place.check(&[], &text), class, "{text}");
    }
}

#[test]
fn a_repository_elsewhere_by_the_environment_is_not_looked_at() {
    let place = Place::new();
    let mut guard = place.command(Path::new(env!("CARGO_BIN_EXE_guard")));
    let output = guard.env("GIT_DIR", "/elsewhere").args(["check", "git reset --hard"]).output().expect("guard starts");
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("destructive"));
}

#[test]
fn a_branch_that_another_one_holds_can_be_deleted() {
    let place = Place::new();
    place.git(&["branch", "same"]);
    place.git(&["checkout", "-q", "-b", "topic"]);
    place.write("src/a.rs", "topic\n");
    place.git(&["commit", "-q", "-am", "topic"]);
    place.git(&["checkout", "-q", "main"]);
    place.assert_classes("mutating", &["git branch -D same"]);
    place.assert_classes(
        "destructive",
        &["git branch -D topic", "git branch -D same topic", "git reset --hard topic~1^{}"],
    );
    place.git(&["checkout", "-q", "topic"]);
    place.assert_classes("destructive", &["git reset --hard main", "git push --force"]);
    place.git(&["branch", "holder"]);
    place.assert_classes("mutating", &["git reset --hard main", "git branch -D holder"]);
}

#[test]
fn a_file_that_nothing_keeps_is_not_overwritten_unasked() {
    let place = Place::new();
    place.write("notes", "mine\n");
    place.write("empty", "");
    place.write("kept/notes", "mine too\n");
    place.write("dist/notes", "made again\n");
    place.assert_classes(
        "destructive",
        &[
            "echo x > notes",
            "cat < notes; echo x > notes",
            "echo x >| notes",
            "cp README notes",
            "cp README ./src/../notes",
            "mv README notes",
            "ls | tee notes",
            "ln -sf README notes",
            "install -m 644 README notes",
            "cp notes kept",
            "mv notes kept/",
            "cp -t kept notes",
            "bash -c 'echo x > notes'",
        ],
    );
    place.assert_classes(
        "mutating",
        &[
            "echo x >> notes",
            "echo x > new",
            "echo x > empty",
            "echo x > README",
            "cp notes dist",
            "cp -n README notes",
            "cp -b README notes",
            "ln -s README notes",
            "ls | tee -a notes",
            "cp README kept",
            "mv notes notes.bak && echo x > notes",
            "cp notes notes.bak && echo x > notes",
            "cp README /tmp/guard-test-nothing",
        ],
    );
    assert_eq!(place.check(&["--no-facts"], "echo x > notes"), "mutating");
}

#[test]
fn a_link_is_judged_by_where_it_leads() {
    let place = Place::new();
    place.write("../precious/data", "x");
    fs::create_dir_all(place.path("node_modules/x")).expect("a folder");
    symlink(place.home().join("precious"), place.path("build")).expect("it is new");
    symlink("/etc", place.path("out")).expect("it is new");
    symlink("/etc/guard-test-nothing", place.path("dangling")).expect("it is new");
    symlink("node_modules", place.path("modules")).expect("it is new");
    place.assert_classes(
        "destructive",
        &["rm -rf build/data", "rm -rf build/*", "rm -rf build/../precious", "echo x > out/x", "echo x > dangling"],
    );
    // The link itself goes, not what it leads to.
    place.assert_classes("mutating", &["rm build", "rm -rf modules/x", "rm -rf node_modules/x"]);
    assert_eq!(place.check(&["--no-facts"], "rm -rf build/data"), "mutating");
}

#[test]
fn the_answer_does_not_depend_on_when_it_is_asked() {
    let place = Place::new();
    place.write("src/a.rs", "x\n");
    let ask = |text: &str| (0..5).map(|_| place.check(&["--json"], text)).collect::<Vec<_>>();
    for text in ["git reset --hard", "rm -rf src", "git clean -fdx"] {
        let answers = ask(text);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{text}: {answers:?}");
    }
}

/// A machine that counts how often it is looked at.
#[derive(Default)]
struct Counted(std::cell::Cell<usize>);

impl Counted {
    fn looked<T>(&self) -> Option<T> {
        self.0.set(self.0.get() + 1);
        None
    }
}

impl Facts for Counted {
    fn read(&self, _: &str, _: usize) -> Option<String> {
        None
    }

    fn folder(&self) -> Option<&str> {
        Some("/home/me/app")
    }

    fn home(&self) -> Option<&str> {
        Some("/home/me")
    }

    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn kind(&self, _: &str) -> Option<Kind> {
        self.looked()
    }

    fn is_git_branch(&self, _: &str, _: &str) -> Option<bool> {
        self.looked()
    }

    fn real(&self, _: &str) -> Option<String> {
        self.looked()
    }

    fn is_committed(&self, _: &str) -> Option<bool> {
        self.looked()
    }

    fn is_staged(&self, _: &str) -> Option<bool> {
        self.looked()
    }

    fn work(&self, _: &WorkStake) -> Option<GitLoss> {
        self.looked()
    }
}

#[test]
fn a_command_that_only_reads_is_looked_up_nothing_for() {
    let looks = |text: &str| {
        let machine = Counted::default();
        let report = judge(&text_request(text.as_ref()), &machine);
        (report.class, machine.0.get())
    };
    for text in [
        "ls -la",
        "git status",
        "git diff HEAD~1 -- src",
        "grep -r x . | head",
        "find . -name '*.rs'",
        "ls > /dev/null 2>&1",
    ] {
        assert_eq!(looks(text), (Class::ReadOnly, 0), "{text}");
    }
    assert!(looks("git reset --hard").1 > 0 && looks("rm src/a.rs").1 > 0);
}

#[test]
fn where_guard_may_not_look_something_may_stand() {
    let place = Place::new();
    place.write("src/locked/notes", "mine\n");
    place.assert_classes("destructive", &["sudo rm -f src/*/notes README"]);
    let shut = |mode| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(place.path("src/locked"), fs::Permissions::from_mode(mode)).expect("it is set");
    };
    place.write("src/kept/notes", "kept\n");
    place.git(&["add", "src/kept"]);
    place.git(&["commit", "-q", "-m", "kept"]);
    shut(0);
    let class = place.check(&[], "sudo rm -f src/*/notes");
    shut(0o755);
    assert_eq!(class, "destructive");
}
