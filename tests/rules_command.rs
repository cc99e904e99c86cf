//! `guard rules` shows what is known, tests it, and says what is wrong with a rule file.

#[path = "support/compare.rs"]
mod compare;
#[path = "support/home.rs"]
mod home;

use compare::{output, shown};
use guard::rules::compile::{Layer, compile};
use home::{Home, text};
use serde_json::Value;

fn json(home: &Home, arguments: &[&str]) -> Value {
    let run = output(&mut home.guard(arguments));
    let value = serde_json::from_slice(&run.stdout);
    assert!(value.is_ok(), "{}", shown(&run));
    value.expect("JSON")
}

#[test]
fn every_program_and_every_rule_is_shown() {
    let home = Home::new();
    let programs = json(&home, &["rules", "list", "--json"]);
    let names =
        |program: &Value| program["names"].as_array().expect("names").iter().map(Value::to_string).collect::<Vec<_>>();
    assert!(
        programs.as_array().expect("programs").iter().any(|program| names(program).contains(&"\"git\"".to_owned()))
    );
    let rules = json(&home, &["rules", "list", "--program", "git", "--json"]);
    let force = rules.as_array().expect("rules").iter().find(|rule| rule["id"] == "git.push.force").expect("the rule");
    assert_eq!((&force["class"], &force["effect"]), (&"destructive".into(), &"rewrite".into()));

    let shown_rule = json(&home, &["rules", "show", "git.push.force", "--json"]);
    assert_eq!(shown_rule[0]["effect"], "rewrite");
    for field in ["because", "instead", "file", "line", "programs", "whose"] {
        assert!(!shown_rule[0][field].is_null(), "{field}");
    }
    let examples = shown_rule[0]["examples"].as_array().expect("examples");
    assert!(!examples.is_empty() && examples.iter().all(|example| example["class"] == "destructive"));
    let run = output(&mut home.guard(&["rules", "show", "git.push.force"]));
    for part in ["destructive (rewrite)", "why: ", "instead: ", "examples:", "from: rules/git.yaml:"] {
        assert!(text(&run.stdout).contains(part), "{part}: {}", shown(&run));
    }
}

#[test]
fn whatever_a_finding_names_can_be_looked_up() {
    let home = Home::new();
    for command in [
        "git push -f",
        "rm x",
        "psql -c 'DROP TABLE x'",
        "rm -rf /",
        "./x destroy",
        "eval $x",
        "kubectl frobnicate-delete x",
    ] {
        let verdict = json(&home, &["check", "--json", command]);
        for finding in verdict["findings"].as_array().expect("findings") {
            let id = finding["rule"].as_str().expect("a name");
            let run = output(&mut home.guard(&["rules", "show", id]));
            assert!(run.status.success(), "{command}: {id}: {}", shown(&run));
        }
    }
}

#[test]
fn what_is_not_known_gets_a_close_match() {
    let home = Home::new();
    for (arguments, told) in [
        (
            ["rules", "show", "git.push.froce"],
            "guard: rules: no rule and no program is named `git.push.froce`; did you mean `git.push.force`?\n",
        ),
        (["rules", "list", "--program=kubectk"], "guard: rules: no rule knows `kubectk`; did you mean `kubectl`?\n"),
    ] {
        let run = output(&mut home.guard(&arguments));
        assert_eq!((run.status.code(), text(&run.stderr)), (Some(1), told.to_owned()));
    }
}

#[test]
fn examples_are_tests() {
    let home = Home::new();
    let good =
        home.file("good.yaml", "- program: x\n  effect: drop\n  because: y\n  examples: {destructive: [x, sudo x]}\n");
    let run = output(&mut home.guard(&["rules", "test", good.to_str().expect("UTF-8")]));
    assert_eq!((run.status.code(), text(&run.stdout)), (Some(0), "2 examples hold\n".to_owned()), "{}", shown(&run));

    let bad = home.file(
        "bad.yaml",
        "- program: x\n  effect: drop\n  examples:\n    destructive: [x]\n    mutating:\n      - x y\n",
    );
    let bad = bad.to_str().expect("UTF-8");
    let run = output(&mut home.guard(&["rules", "test", bad]));
    let told = format!("{bad}:6: x y: expected mutating, found destructive\n1 of 2 examples fail\n");
    assert_eq!((run.status.code(), text(&run.stdout)), (Some(1), told));
    let verdict = json(&home, &["rules", "test", "--json", bad]);
    assert_eq!((&verdict["examples"], &verdict["failures"][0]["line"]), (&2.into(), &6.into()));
}

/// Files with something wrong, and where it is. The same check stops guard's own build.
const WRONG: &[(&str, &str)] = &[
    ("- program: x\n  clas: mutating\n", "2:3: `clas:` is no key here; did you mean `class`? (expected one of "),
    ("- program: x\n  subcommands:\n    a: {effct: drop}\n", "3:9: `effct:` is no key here; did you mean `effect`?"),
    ("- program: x\n  options:\n    flags: [-a]\n    values: [-b, -a]\n", "4:18: option `-a` has two meanings"),
    ("- program: x\n  options:\n    flags: [-a]\n    known: [-b, -a]\n", "4:17: option `-a` is listed twice"),
    (
        "- program: x\n  options: {known: [a]}\n",
        "2:21: expected the name of an option, such as `-f` or `--force`, not `a`",
    ),
    (
        "- program: x\n  options: {flags: [-a]}\n  when:\n    - {option: -b, class: mutating}\n",
        "4:16: no option `-b` is listed here, so this can never hold",
    ),
    (
        "- program: x\n  options: {flags: [-a]}\n  when:\n    - value: {-a: y}\n      class: mutating\n",
        "4:19: option `-a` has no value, so this can never hold",
    ),
    (
        "- program: x\n  when:\n    - {at-least: 2, at-most: 1, class: mutating}\n",
        "3:7: at most 1 operands, but at least 2: this can never hold",
    ),
    (
        "- program: x\n  when:\n    - {third: a, at-most: 2, class: mutating}\n",
        "3:7: at most 2 operands, but at least 3: this can never hold",
    ),
    (
        "- program: x\n  when:\n    - {place: persist, effect: persist}\n",
        "3:7: nothing here is a path, so that `place:` can never hold",
    ),
    (
        "- program: x\n  when:\n    - {operand: '[a*', class: mutating}\n",
        "3:7: the pattern `[a*` has a `[` that no `]` closes, so it can never match",
    ),
    (
        "- program: x\n  options: {flags: [-a]}\n  when:\n    - {option: -a, unless: {option: -a}, class: mutating}\n",
        "4:7: `unless:` excludes everything that the clause is about, so it can never hold",
    ),
    (
        "- program: x\n  class: mutating\n  when:\n    - {first: a, class: mutating}\n",
        "4:7: this is mutating in any case, so that the clause raises nothing",
    ),
    (
        "- program: x\n  options: {flags: [-a]}\n  lowers:\n    - {option: -a, to: destructive}\n",
        "4:7: `to: destructive` lowers nothing",
    ),
    ("- program: x\n  subcommands:\n    a:\n      verbs: nothing\n", "4:14: there is no `verb-list: nothing`"),
    ("- program: x\n  operands: [deltes]\n", "2:13: `deltes` is no role"),
    ("- program: x\n  style: [exat]\n", "2:10: `exat` is no style"),
    (
        "- program: x\n  class: mutating\n- program: y\n  effect: drop\n  examples: {destructive: [y]}\n",
        "1:3: `x` can be mutating but has no example for it",
    ),
    (
        "- program: x\n  operands: [deletes]\n  examples: {mutating: [x /tmp/a]}\n",
        "1:3: `x` can be destructive but has no example for it",
    ),
    (
        "- program: x\n  subcommands:\n    a: mutating\n    b: mutating\n  examples: {mutating: [x a]}\n",
        "4:8: `x.b` can be mutating but has no example for it",
    ),
    (
        "- program: x\n  options: {flags: [-f --force, -g]}\n  class: mutating\n  when:\n    - {option: -f, effect: drop}\n    \
         - {id: z, first: 'z*', effect: drop}\n  examples: {mutating: [x], destructive: [x -g, x zoo]}\n",
        "5:7: `x.force` can be destructive but has no example for it",
    ),
    (
        "- program: x\n  when:\n    - {first: a, effect: drop}\n    - {first: b, effect: drop}\n",
        "4:7: two rules are named `x.drop` (the other: ",
    ),
    ("- program: x\n  subcommands:\n    a b: mutating\n    c b: mutating\n", "4:10: subcommand `b` is described twice"),
    ("- program: x\n- program: x\n", "2:3: `x` is described twice"),
    ("- program: x\n  class: destructive\n", "1:3: a destructive rule names its effect"),
    ("- program: x\n  effect: los\n", "2:11: "),
    ("- program: x\n  keys: [a]\n", "1:3: `keys:` says nothing in an entry of `program:`"),
    ("- about: x\n", "1:3: an entry begins with `program:`"),
    ("program: x\n", "1:1: expected a list of entries"),
    ("- program: x\n  about: y\n  about: z\n", "3:3: expected each key once"),
    ("- program: [x\n", "1:12: unclosed bracket"),
];

/// What stops guard's own build alone.
const WRONG_HERE: &[(&str, &str)] = &[
    (
        "- program: x\n  options: {any: true, flags: [--force]}\n  when:\n    - {option: --froce, effect: drop}\n",
        "4:16: no option `--froce` is listed here; did you mean `--force`?",
    ),
    (
        "- program: x\n  options: any\n  when:\n    - {option: [-a, -b], effect: drop}\n- short-options:\n    x: b:c\n",
        "4:16: no option `-a` is listed here",
    ),
    ("- program: x\n- short-options:\n    y: a\n", "3:8: no program is named `y`"),
    ("- program: x\n- short-options:\n    x: aba\n", "3:8: `a` of `x` is listed twice, or is no letter of an option"),
    ("- program: x\n- short-options:\n    x: a\n    x x: b\n", "4:10: the short options of `x` are listed twice"),
];

#[test]
fn the_build_stops_at_options_that_no_program_has() {
    for (rules, told) in WRONG_HERE {
        let built = compile(&[("x.yaml".to_owned(), (*rules).to_owned())], Layer::BuiltIn, &[]);
        let problems: Vec<String> = built.expect_err(rules).iter().map(ToString::to_string).collect();
        let expected = format!("x.yaml:{told}");
        assert!(problems.iter().any(|problem| problem.starts_with(&expected)), "{rules}\n{problems:#?}");
        assert!(!problems.iter().any(|problem| problem.contains("`-b`")), "{rules}\n{problems:#?}");
    }
    let users = compile(&[("x.yaml".to_owned(), "- short-options:\n    x: a\n".to_owned())], Layer::User, &[]);
    let problems = users.expect_err("short options are guard's own");
    assert!(problems[0].message.starts_with("`short-options:` is guard's own"), "{problems:?}");
}

#[test]
fn lint_says_where_and_what_was_expected() {
    let home = Home::new();
    for (rules, told) in WRONG {
        let file = home.file("x.yaml", rules);
        let file = file.to_str().expect("UTF-8");
        let run = output(&mut home.guard(&["rules", "lint", file]));
        assert_eq!(run.status.code(), Some(1), "{rules}: {}", shown(&run));
        let said = text(&run.stdout);
        assert!(
            said.lines().any(|line| line.starts_with(&format!("{file}:{told}"))),
            "{rules}\nexpected {told}\nfound {said}"
        );
        let built = compile(&[(file.to_owned(), (*rules).to_owned())], Layer::BuiltIn, &[]);
        let stops = built.is_err_and(|problems| problems.iter().any(|problem| problem.to_string().contains(told)));
        assert!(stops, "the build would go on with this:\n{rules}");
        let problems = json(&home, &["rules", "lint", "--json", file]);
        for field in ["file", "line", "column", "message", "weight"] {
            assert!(!problems[0][field].is_null(), "{field}");
        }
    }
    let file = home.file("x.yaml", "- {program: x, class: mutating, examples: {mutating: [x]}}\n");
    let run = output(&mut home.guard(&["rules", "lint", file.to_str().expect("UTF-8")]));
    assert_eq!((run.status.code(), text(&run.stdout)), (Some(0), String::new()), "{}", shown(&run));
}

#[test]
#[ignore = "every change of a rule changes the page: it is checked once, by .ci/run"]
fn the_page_of_all_programs_is_up_to_date() {
    let home = Home::new();
    let run = output(&mut home.guard(&["rules", "list", "--markdown"]));
    let page = include_str!("../docs/programs.md");
    assert!(text(&run.stdout) == page, "run: guard rules list --markdown > docs/programs.md");
}

#[test]
fn the_worked_example_of_the_documentation_holds() {
    let home = Home::new();
    let documentation = include_str!("../docs/rules.md");
    let blocks =
        documentation.split("```yaml\n").skip(1).filter_map(|rest| rest.split_once("```").map(|(block, _)| block));
    let mut tested = 0;
    for block in blocks.filter(|block| block.contains("examples:")) {
        let file = home.file("documented.yaml", block);
        for action in ["lint", "test"] {
            let run = output(&mut home.guard(&["rules", action, file.to_str().expect("UTF-8")]));
            assert!(run.status.success(), "{block}\n{}", shown(&run));
        }
        tested += 1;
    }
    assert!(tested >= 2, "{tested}");
}
