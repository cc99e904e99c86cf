//! A human allows something narrow ahead of time, and nothing beside it runs unasked.

#[path = "support/desk.rs"]
mod desk;
#[path = "support/home.rs"]
mod home;
#[path = "support/pty.rs"]
mod pty;

use desk::without_terminal;
use home::{DANGEROUS, Home, VICTIM, text};
use pty::{Ended, Pty, Streams};

/// What a human does in a terminal of their own.
fn human(home: &Home, arguments: &[&str]) -> Ended {
    Pty::new(30, 100).start(&home.guard(arguments), Streams::Piped).end()
}

/// Allows something, and gives the grant's name.
fn allow(home: &Home, arguments: &[&str]) -> String {
    let ended = human(home, &[&["grant"], arguments].concat());
    assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
    ended.output.split_whitespace().next().expect("a name").to_owned()
}

fn status(home: &Home, command: &str) -> Option<i32> {
    without_terminal(home, &["-c", command], "0").output().expect("guard starts").status.code()
}

#[test]
fn a_grant_allows_what_it_names_and_nothing_else() {
    let other = format!("{DANGEROUS}-2");
    let cases: [(&[&str], &str, bool); 12] = [
        (&["--path", VICTIM], DANGEROUS, true),
        (&["--path", VICTIM], &other, false),
        (&["--path", "/srv/guard-test/x/../victim"], DANGEROUS, true),
        (&["--path", "/srv/guard-test"], DANGEROUS, false),
        (&["--effect", "delete", "--path", VICTIM], DANGEROUS, true),
        (&["--effect", "drop", "--path", VICTIM], DANGEROUS, false),
        (&["--command", DANGEROUS], DANGEROUS, true),
        (&["--command", DANGEROUS], &other, false),
        (&["--program", "rm"], &other, true),
        (&["--program", "shred"], DANGEROUS, false),
        (&["--rule", "rm"], DANGEROUS, true),
        (&["--rule", "git.*"], DANGEROUS, false),
    ];
    for (arguments, command, runs) in cases {
        let home = Home::new();
        allow(&home, arguments);
        assert_eq!(status(&home, command), Some(if runs { 3 } else { 126 }), "{arguments:?} {command}");
        assert_eq!(home.runs(), usize::from(runs), "{arguments:?} {command}");
        if runs {
            let record = &home.journal()[0];
            assert!(record["terminal"].as_str().is_some_and(|from| from.starts_with("grant ")), "{record}");
        }
    }
}

#[test]
fn every_part_of_a_command_must_be_allowed() {
    let home = Home::new();
    allow(&home, &["--path", VICTIM]);
    assert_eq!(status(&home, &format!("{DANGEROUS} /srv/guard-test/other")), Some(126));
    assert_eq!(status(&home, &format!("{DANGEROUS}; git push --force")), Some(126));
    assert_eq!(home.runs(), 0);
}

#[test]
fn a_grant_is_used_so_often_and_for_so_long() {
    let home = Home::new();
    allow(&home, &["--path", VICTIM, "--uses", "2"]);
    let statuses: Vec<_> = (0..3).map(|_| status(&home, DANGEROUS)).collect();
    assert_eq!(statuses, [Some(3), Some(3), Some(126)]);
    allow(&home, &["--path", VICTIM, "--for", "0s"]);
    assert_eq!(status(&home, DANGEROUS), Some(126));
    assert_eq!(text(&home.run(&["grants"]).stdout), "");
}

#[test]
fn a_grant_holds_in_its_project() {
    let home = Home::new();
    std::fs::create_dir_all(home.path("work/inner/deep")).expect("a folder");
    allow(&home, &["--path", VICTIM, "--project", "inner"]);
    assert_eq!(status(&home, DANGEROUS), Some(126));
    for folder in ["work/inner", "work/inner/deep"] {
        let mut command = without_terminal(&home, &["-c", DANGEROUS], "0");
        command.current_dir(home.path(folder));
        assert_eq!(command.output().expect("guard starts").status.code(), Some(3), "{folder}");
    }
}

#[test]
fn what_decides_who_may_do_what_is_never_allowed_ahead() {
    let home = Home::new();
    let refused = human(&home, &["grant", "--effect", "persist", "--program", "rm"]);
    assert_eq!(refused.status.code(), Some(2), "{}", refused.output);
    allow(&home, &["--program", "rm"]);
    let configuration = home.path("config/guard/config.yaml");
    std::fs::write(&configuration, "").expect("it is written");
    for command in ["rm ~/.ssh/authorized_keys", "rm ~/.config/guard/config.yaml", "rm .git/hooks/pre-commit"] {
        assert_eq!(status(&home, command), Some(126), "{command}");
    }
    allow(&home, &["--command", "rm -rf /"]);
    assert_eq!(status(&home, "rm -rf /"), Some(126));
    assert_eq!(home.runs(), 0);
}

#[test]
fn grants_are_listed_and_taken_back() {
    let home = Home::new();
    let id = allow(&home, &["--effect", "delete", "--path", VICTIM]);
    let list = text(&home.run(&["grants"]).stdout);
    assert!(list.contains(&id) && list.contains("delete, on /srv/guard-test/victim, in "), "{list}");
    let json: serde_json::Value = serde_json::from_slice(&home.run(&["grants", "--json"]).stdout).expect("one grant");
    assert_eq!((&json["id"], &json["effect"]), (&id.as_str().into(), &"delete".into()));
    assert_eq!(home.run(&["grants", "revoke", &id]).status.code(), Some(1), "without a terminal");
    assert_eq!(human(&home, &["grants", "revoke", &id]).status.code(), Some(0));
    assert_eq!(human(&home, &["grants", "revoke", &id]).status.code(), Some(1));
    assert_eq!(status(&home, DANGEROUS), Some(126));
}

#[test]
fn only_a_human_allows() {
    let home = Home::new();
    let output = home.run(&["grant", "--path", VICTIM]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("there is no terminal"), "{}", text(&output.stderr));
    assert_eq!(home.journal()[0]["decision"], "refused");
    assert_eq!(status(&home, DANGEROUS), Some(126));
}

#[test]
fn a_path_is_the_one_that_the_command_reaches() {
    let home = Home::new();
    std::fs::create_dir_all(home.path("work/sub")).expect("a folder");
    home.file("data", "x");
    home.file("sub/data", "x");
    allow(&home, &["--path", "data"]);
    // The same word, in another folder.
    for command in ["cd sub && rm data", "(cd sub; rm data)", "f() { rm \"$1\"; }; f data; cd sub; f data"] {
        assert_eq!(status(&home, command), Some(126), "{command}");
    }
    assert_eq!(status(&home, "rm *ata"), Some(126), "a pattern names no exact path");
    for command in ["cd sub && rm ../data", "rm data", "rm ./sub/../data"] {
        assert_eq!(status(&home, command), Some(3), "{command}");
    }
    assert_eq!(home.runs(), 3);
}

#[test]
fn in_read_only_mode_a_grant_is_a_place_to_write() {
    let home = Home::with("mode: read-only\n");
    allow(&home, &["--path", "made"]);
    allow(&home, &["--command", "touch whole", "--uses", "1"]);
    for (command, expected) in [
        ("touch made", 0),
        ("echo x > made", 0),
        ("touch made other", 126),
        ("mkdir sub && cd sub && touch made", 126),
        ("touch whole", 0),
        ("touch whole", 126),
        ("make made", 126),
    ] {
        assert_eq!(status(&home, command), Some(expected), "{command}");
    }
    assert!(!home.path("work/other").exists());
}
