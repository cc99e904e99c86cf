//! A user's own rules may raise and lower, a project's only raise, and neither touches what always counts.

#[path = "support/compare.rs"]
mod compare;
#[path = "support/home.rs"]
mod home;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use compare::{feed, output, shown};
use home::{Home, text};

/// A home whose user has these rules.
fn user(rules: &str) -> Home {
    let home = Home::new();
    write(&home.path("config/guard/rules/mine.yaml"), rules);
    home
}

fn write(path: &Path, content: &str) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, content).expect("it is written");
}

/// The class of a command in the working folder, or below it.
fn class_in(home: &Home, folder: &str, command: &str) -> String {
    let mut guard = home.guard(&["check", "--json", command]);
    let run = output(guard.current_dir(home.path("work").join(folder)));
    let verdict: serde_json::Result<serde_json::Value> = serde_json::from_slice(&run.stdout);
    assert!(verdict.is_ok(), "{}", shown(&run));
    let verdict = verdict.expect("JSON");
    verdict["class"].as_str().expect("a class").to_owned()
}

fn class(home: &Home, command: &str) -> String {
    class_in(home, "", command)
}

const MINE: &str = "
- program: mytool
  subcommands: {wipe-cache: mutating, ls: read-only}
  examples: {read-only: [mytool ls], mutating: [mytool wipe-cache]}
- program: deploy
  effect: deprovision
  because: replaces production
  examples: {destructive: [./deploy]}
- extends: kubectl
  subcommands:
    delete:
      lowers: [{first: [pod, po], to: mutating}]
  examples: {mutating: [kubectl delete pod x], destructive: [kubectl delete ns x]}
- extends: terraform
  subcommands:
    plan: {effect: disclose, because: plans are shown to everybody}
  examples: {destructive: [terraform plan]}
- rule: 'terraform.apply*'
  class: mutating
  examples: {mutating: [terraform apply -auto-approve]}
- rule: sql.delete
  class: mutating
  examples: {mutating: ['psql -c \"DELETE FROM t WHERE id = 1\"']}
- rule: git.fetch
  effect: persist
  examples: {destructive: [git fetch]}
";

#[test]
fn a_user_raises_and_lowers() {
    let home = user(MINE);
    for (command, expected) in [
        ("mytool wipe-cache", "mutating"),
        ("mytool ls", "read-only"),
        ("mytool destroy", "destructive"),
        ("./deploy", "destructive"),
        ("sudo ./deploy now", "destructive"),
        ("kubectl delete pod x", "mutating"),
        ("kubectl -n y delete po x", "mutating"),
        ("kubectl delete ns x", "destructive"),
        ("kubectl get pods", "read-only"),
        ("terraform apply -auto-approve", "mutating"),
        ("terraform destroy", "destructive"),
        ("terraform plan", "destructive"),
        ("tofu plan", "destructive"),
        ("psql -c 'DELETE FROM t WHERE id = 1'", "mutating"),
        ("psql -c 'DROP TABLE t'", "destructive"),
        ("git fetch", "destructive"),
        ("git status", "read-only"),
    ] {
        assert_eq!(class(&home, command), expected, "{command}");
    }
    let run = output(&mut home.guard(&["rules", "test"]));
    assert!(run.status.success(), "{}", shown(&run));
}

#[test]
fn without_facts_only_what_comes_with_guard_counts() {
    let home = user(MINE);
    let run = output(&mut home.guard(&["check", "--no-facts", "--exit-code", "mytool wipe-cache"]));
    assert_eq!(run.status.code(), Some(20), "{}", shown(&run));
}

#[test]
fn nobody_takes_back_what_always_counts() {
    let home = user(
        "
- program: [rm, sudo, chmod, deploy]
  class: read-only
  options: any
  examples: {read-only: [rm x]}
- extends: dd
  lowers: [{to: read-only}]
  examples: {read-only: [dd if=x]}
- extends: cp
  class: read-only
  options: any
  operands: [skip...]
  examples: {read-only: [cp a b]}
- variables: PAGER
  role: skip
",
    );
    let guard_folder = home.path("config/guard/rules/x.yaml");
    for (command, status) in [
        ("rm x", 0),
        ("sudo rm x", 0),
        ("rm -rf /", 126),
        ("sudo rm -rf /", 126),
        ("sudo sudo rm -rf ~", 126),
        ("deploy rm -rf /", 126),
        ("chmod -R 777 /etc", 126),
        ("dd if=x of=/dev/sda", 126),
        ("PAGER='rm -rf /' man ls", 126),
        (&format!("rm {}", guard_folder.display()), 126),
        (&format!("cp x {}", guard_folder.display()), 126),
        ("rm -r .guard", 126),
    ] {
        home.stub("dd", "exit 0");
        home.stub("sudo", "exit 0");
        let judged = output(&mut home.guard(&["check", command]));
        let said = text(&judged.stdout);
        let runs = said.starts_with("read-only") || said.starts_with("mutating");
        assert_eq!(runs, status == 0, "{command}: {said}");
        if status != 0 {
            assert!(said.contains("place."), "{command}: {said}");
        }
    }
    for wrong in ["place.root.delete", "place.guard.write", "'place.*'"] {
        let home = user(&format!("- {{rule: {wrong}, class: mutating}}\n"));
        let run = home.run(&["-c", "touch made"]);
        assert_eq!(run.status.code(), Some(126), "{wrong}: {}", shown(&run));
    }
}

#[test]
fn a_project_only_raises_and_is_told_so() {
    let home = Home::new();
    fs::create_dir_all(home.path("work/repo/.git")).expect("a repository");
    fs::create_dir_all(home.path("work/repo/a/b")).expect("a folder");
    let rules = home.path("work/repo/.guard/rules/team.yaml");
    write(
        &rules,
        "
- extends: npm
  subcommands:
    run:
      when:
        - {id: seed, first: seed, effect: drop, because: seeding replaces the shared database}
  examples: {destructive: [npm run seed]}
- extends: git
  subcommands:
    push:
      lowers: [{to: read-only}]
- rule: git.push.force
  class: mutating
- program: rm
  class: read-only
- program: tool
  subcommands: {ls: read-only, deploy: {effect: deprovision}}
  examples: {destructive: [tool deploy]}
- {variables: PAGER, role: skip}
",
    );
    for (command, expected) in [
        ("npm run seed", "destructive"),
        ("npm run test", "mutating"),
        ("git push --force", "destructive"),
        ("rm x", "destructive"),
        ("tool deploy", "destructive"),
        ("tool ls", "mutating"),
        ("PAGER='rm -rf x' man ls", "destructive"),
        ("ls", "read-only"),
    ] {
        assert_eq!(class_in(&home, "repo/a/b", command), expected, "{command}");
    }
    // Not above the repository, and not beside it.
    write(&home.path("work/.guard/rules/x.yaml"), "- {program: uname, effect: drop}\n");
    assert_eq!(class_in(&home, "repo/a/b", "uname"), "read-only");
    assert_eq!(class_in(&home, "", "npm run seed"), "mutating");

    let mut guard = home.guard(&["-c", "touch made"]);
    let run = output(guard.current_dir(home.path("work/repo")));
    assert_eq!(run.status.code(), Some(0), "{}", shown(&run));
    let said = text(&run.stderr);
    for line in [11, 12, 14, 17, 19] {
        assert!(said.contains(&format!("{}:{line}:", rules.display())), "line {line}: {said}");
    }
    let run = output(home.guard(&["-c", "echo x"]).current_dir(home.path("work/repo")));
    assert_eq!(text(&run.stderr), "", "reading is not disturbed");
}

#[test]
fn each_line_of_a_stream_is_judged_where_it_says() {
    let home = Home::new();
    let folder = home.path("work/p");
    write(&folder.join(".guard/rules/x.yaml"), "- {program: uname, effect: drop, because: x}\n");
    let input = format!(
        "{{\"cmd\": \"uname\"}}\n{{\"cmd\": \"uname\", \"cwd\": \"{}\"}}\n{{\"cmd\": \"uname\", \"cwd\": \"/\"}}\n",
        folder.display()
    );
    let run = feed(&mut home.guard(&["check", "--jsonl"]), input);
    let classes: Vec<String> = text(&run.stdout)
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["class"].to_string())
        .collect();
    assert_eq!(classes, ["\"read-only\"", "\"destructive\"", "\"read-only\""], "{}", shown(&run));
}

#[test]
fn a_broken_rule_file_is_told_on_every_call_until_it_is_mended() {
    for (place, rules, told) in [
        (
            "config/guard/rules/a.yaml",
            "- program: x\n  clas: mutating\n",
            ":2:3: `clas:` is no key here; did you mean `class`?",
        ),
        (
            "config/guard/rules/a.yaml",
            "- program: x\n  when: [{option: -z, class: mutating}]\n",
            ":2:19: no option `-z` is listed here",
        ),
        (
            "config/guard/rules/a.yaml",
            "- extends: kubectk\n",
            ":1:3: `extends:` a program that is not known: `kubectk`; did you mean `kubectl`?",
        ),
        (
            "config/guard/rules/a.yaml",
            "- {rule: git.push.froce, class: mutating}\n",
            ":1:3: no rule is named `git.push.froce`; did you mean `git.push.force`?",
        ),
        ("work/.guard/rules/a.yaml", "- program: [\n", ":"),
    ] {
        let home = Home::new();
        let path = home.path(place);
        write(&path, rules);
        for (command, status) in [("true", 0), ("touch made", 126)] {
            let run = home.run(&["-c", command]);
            assert_eq!(run.status.code(), Some(status), "{rules}: {}", shown(&run));
            let first = text(&run.stderr).lines().next().unwrap_or_default().to_owned();
            assert!(first.starts_with(&format!("guard: {}{told}", path.display())), "{first}");
        }
        assert!(!home.path("work/made").exists());
        fs::write(&path, "").expect("it is mended");
        assert_eq!(home.run(&["-c", "touch made"]).status.code(), Some(0));
    }
}

#[test]
fn rules_that_others_can_write_are_not_a_users_own() {
    let home = user("- {program: mytool, class: read-only}\n");
    let path = home.path("config/guard/rules/mine.yaml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).expect("it is its own");
    let run = home.run(&["-c", "touch made"]);
    assert_eq!(run.status.code(), Some(126), "{}", shown(&run));
    assert!(text(&run.stderr).contains("everybody can write it"), "{}", shown(&run));
}

fn kept(home: &Home) -> Vec<PathBuf> {
    let entries = fs::read_dir(home.path("state/guard/cache")).into_iter().flatten();
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

#[test]
fn compiled_rules_are_kept_for_their_content_alone() {
    let home = user("- {program: mytool, class: read-only, options: any, examples: {read-only: [mytool]}}\n");
    assert_eq!(class(&home, "mytool"), "read-only");
    let first = kept(&home);
    assert_eq!(first.len(), 1);
    let mode = |path: &Path| fs::symlink_metadata(path).expect("it is there").permissions().mode() & 0o7777;
    assert_eq!((mode(&first[0]), mode(&home.path("state/guard/cache"))), (0o600, 0o700));
    let written = fs::metadata(&first[0]).expect("it is there").modified().expect("a time");
    assert_eq!(class(&home, "mytool"), "read-only");
    assert_eq!(fs::metadata(&first[0]).expect("it is there").modified().expect("a time"), written, "it is used");

    write(
        &home.path("config/guard/rules/mine.yaml"),
        "- {program: mytool, effect: drop, because: x, examples: {destructive: [mytool]}}\n",
    );
    assert_eq!(class(&home, "mytool"), "destructive");
    assert_eq!(kept(&home).len(), 2);
}

#[test]
fn a_kept_file_in_doubt_is_thrown_away() {
    let loose = "- {program: mytool, class: read-only, options: any, examples: {read-only: [mytool]}}\n";
    let strict = "- {program: mytool, effect: drop, because: x, examples: {destructive: [mytool]}}\n";
    let home = user(strict);
    assert_eq!(class(&home, "mytool"), "destructive");
    let honest = kept(&home).remove(0);
    let content = fs::read(&honest).expect("it is there");
    // What was compiled from other rules, under the name of these.
    let other = user(loose);
    assert_eq!(class(&other, "mytool"), "read-only");
    let foreign = fs::read(kept(&other).remove(0)).expect("it is there");
    let mut bent = content.clone();
    let last = bent.len() - 1;
    bent[last] ^= 1;
    for (what, forged) in
        [("foreign", foreign), ("bent", bent), ("cut", content[..content.len() / 2].to_vec()), ("empty", Vec::new())]
    {
        fs::write(&honest, &forged).expect("it is written");
        assert_eq!(class(&home, "mytool"), "destructive", "{what}");
        assert_eq!(fs::read(&honest).expect("it is there"), content, "{what}: it is made anew");
    }
    // A whole file that somebody else could have written counts as little.
    fs::set_permissions(&honest, fs::Permissions::from_mode(0o644)).expect("it is its own");
    assert_eq!(class(&home, "mytool"), "destructive");
    assert_eq!(fs::metadata(&honest).expect("it is there").permissions().mode() & 0o777, 0o600, "it is made anew");
    let aside = home.path("aside");
    fs::rename(&honest, &aside).expect("it is moved");
    std::os::unix::fs::symlink(&aside, &honest).expect("a link");
    assert_eq!(class(&home, "mytool"), "destructive");
    assert!(fs::symlink_metadata(&honest).expect("it is there").is_file(), "a link is not followed");
}

#[test]
fn the_cache_is_one_of_guards_own_places() {
    let home = Home::new();
    let file = home.path("state/guard/cache/x");
    let run = output(&mut home.guard(&["check", "--json", &format!("cp forged {}", file.display())]));
    let verdict: serde_json::Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!(verdict["findings"][0]["rule"], "place.guard.write", "{verdict}");
    assert_eq!(verdict["effects"], serde_json::json!(["persist"]));
}
