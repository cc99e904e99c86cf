//! `guard config show`: every key, with the place that its value comes from.

#[path = "support/home.rs"]
mod home;

use home::{Home, text};

/// The settings that `guard config show --json` prints, as key, value and source.
fn settings(home: &Home, variables: &[(&str, &str)]) -> Vec<(String, String, String)> {
    let mut command = home.guard(&["config", "show", "--json"]);
    let output = command.envs(variables.iter().copied()).output().expect("guard starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let word = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    shown.iter().map(|setting| (word(&setting["key"]), word(&setting["value"]), word(&setting["from"]))).collect()
}

fn of<'a>(settings: &'a [(String, String, String)], key: &str) -> (&'a str, &'a str) {
    let (_, value, from) = settings.iter().find(|(known, ..)| known == key).expect("the key is shown");
    (value, from)
}

#[test]
fn each_value_says_where_it_comes_from() {
    let home = Home::with("# mine\nmode: standard\nprompt-timeout: 2m\nmay-write: [/srv/app]\n");
    let settings = settings(&home, &[("GUARD_MODE", "read-only"), ("GUARD_WAIT", "3")]);
    let (timeout, from) = of(&settings, "prompt-timeout");
    assert_eq!(timeout, "2m");
    assert!(from.ends_with("/guard/config.yaml:3"), "{from}");
    assert_eq!(of(&settings, "may-write").0, r#"["/srv/app"]"#);
    assert_eq!(of(&settings, "mode"), ("read-only", "GUARD_MODE"));
    assert_eq!(of(&settings, "desk-wait"), ("3s", "GUARD_WAIT"));
    assert_eq!(of(&settings, "ask"), ("none", "default"));
}

#[test]
fn a_looser_environment_is_no_source() {
    let home = Home::with("mode: read-only\n");
    let settings = settings(&home, &[("GUARD_MODE", "standard")]);
    let (mode, from) = of(&settings, "mode");
    assert_eq!(mode, "read-only");
    assert!(from.ends_with("config.yaml:1"), "{from}");
}

#[test]
fn every_key_that_a_file_may_have_is_shown() {
    let home = Home::new();
    let shown = settings(&home, &[("GUARD_WAIT", "")]);
    // A wrong key makes guard say which there are.
    let wrong = Home::with("no-such-key: 1\n").run(&["config", "show"]);
    assert_eq!(wrong.status.code(), Some(1));
    let said = text(&wrong.stderr);
    let known = said.split("expected one of ").nth(1).and_then(|rest| rest.split(", found").next()).expect("the keys");
    for key in known.split(", ") {
        assert_eq!(of(&shown, key).1, "default", "{key}");
    }
}
