//! Compares guard's reading of random shell text with that of a live bash. See README.md beside this file.

mod check;
mod generate;
mod mutate;
mod oracle;
mod random;
mod zsh;

use check::Checker;
use guard::shell::steps::list;
use guard::shell::{Dialect, parse};
use random::Random;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// The texts that mutations begin with.
fn seeds() -> Vec<String> {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/parse")];
    folders.extend(std::env::var_os("GUARD_PARSE_CORPUS").map(std::path::PathBuf::from));
    let mut seeds = Vec::new();
    for folder in folders {
        for name in ["adversarial.jsonl", "parable.jsonl", "nl2bash.jsonl"] {
            let Ok(text) = std::fs::read_to_string(folder.join(name)) else { continue };
            let lines = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
            let sources = lines.filter_map(|line| line["src"].as_str().map(str::to_owned));
            seeds.extend(sources.filter(|source| source.len() < 400 && !source.contains('\0')));
        }
    }
    seeds
}

fn report(checker: &Checker) {
    println!("{}", checker.summary());
    for ((kind, text), description) in checker.findings.iter().take(200) {
        println!("{kind:?} {text:?}\n    {description}");
    }
    assert!(checker.findings.is_empty(), "guard and bash read texts differently");
}

/// Counts the rounds of a run: a fixed number, `GUARD_FUZZ_ROUNDS`, or as many as fit into `GUARD_FUZZ_SECONDS`.
fn rounds(number_of_rounds: u64) -> impl Iterator<Item = u64> {
    let seconds = number("GUARD_FUZZ_SECONDS", 0);
    let number_of_rounds = number("GUARD_FUZZ_ROUNDS", number_of_rounds);
    let start = std::time::Instant::now();
    (0..).take_while(
        move |&round| if seconds > 0 { start.elapsed().as_secs() < seconds } else { round < number_of_rounds },
    )
}

#[test]
fn mutated_texts_are_read_as_bash_reads_them() {
    let Some(mut checker) = Checker::start() else { return println!("there is no bash 5.2 to compare with") };
    let seeds = seeds();
    let mut random = Random::new(number("GUARD_FUZZ_SEED", 1));
    let mut texts = Vec::new();
    for round in rounds(2000) {
        let base = if round % 4 == 0 { generate::program(&mut random, 2) } else { random.pick(&seeds).clone() };
        let other = random.pick(&seeds).clone();
        texts.push(mutate::mutate(&mut random, &base, &other));
        if texts.len() == 500 {
            checker.check_all(&std::mem::take(&mut texts));
        }
        if round % 1_000_000 == 999_999 {
            println!("{}", checker.summary().lines().next().unwrap_or_default());
        }
    }
    checker.check_all(&texts);
    report(&checker);
}

/// What is known to trip parsers, each text compared as the random ones are; those that bash accepts are accepted.
#[test]
fn tricky_texts_are_read_as_bash_reads_them() {
    let Some(mut checker) = Checker::start() else { return println!("there is no bash 5.2 to compare with") };
    for line in include_str!("tricky.jsonl").lines() {
        let text: String = serde_json::from_str(line).expect("a line is a JSON string");
        checker.check(&text, false);
    }
    assert_eq!(checker.rejected_by_guard_alone(), 0, "{}", checker.summary());
    report(&checker);
}

/// What random texts found that guard read otherwise than bash: it is refused, or read as bash reads it.
#[test]
fn strange_texts_are_refused_or_read_as_bash_reads_them() {
    let Some(mut checker) = Checker::start() else { return println!("there is no bash 5.2 to compare with") };
    for line in include_str!("strange.jsonl").lines() {
        let text: String = serde_json::from_str(line).expect("a line is a JSON string");
        checker.check(&text, false);
    }
    report(&checker);
}

#[test]
fn generated_programs_run_no_hidden_command() {
    let Some(mut checker) = Checker::start() else { return println!("there is no bash 5.2 to compare with") };
    let mut random = Random::new(number("GUARD_FUZZ_SEED", 1) ^ 0x5eed);
    for round in rounds(600) {
        let mut program = generate::program(&mut random, 2);
        if round % 3 > 0 {
            let other = generate::program(&mut random, 1);
            program = mutate::mutate(&mut random, &program, &other);
        }
        checker.check(&program, true);
    }
    report(&checker);
}

#[test]
fn mutated_texts_for_zsh_are_read_as_zsh_reads_them() {
    if !zsh::Zsh::is_there() {
        return println!("there is no zsh to compare with");
    }
    let mut seeds = seeds();
    seeds.extend(ZSH.iter().map(|text| (*text).to_owned()));
    let mut random = Random::new(number("GUARD_FUZZ_SEED", 1) ^ 0x25a);
    let mut zsh = zsh::Zsh::default();
    for round in rounds(3000) {
        let base = if round % 8 == 0 { (*random.pick(ZSH)).to_owned() } else { random.pick(&seeds).clone() };
        let other = random.pick(&seeds).clone();
        zsh.check(&mutate::mutate(&mut random, &base, &other));
    }
    println!("{}", zsh.summary());
    for (text, description) in zsh.findings.iter().take(100) {
        println!("Differs {text:?}\n    {description}");
    }
    assert!(zsh.findings.is_empty(), "guard and zsh read texts differently");
}

/// Programs of which guard thinks that dash runs them.
#[test]
fn programs_for_dash_run_no_hidden_command() {
    if oracle::run_in_dash("Z1").is_none_or(|calls| calls.len() != 1) {
        return println!("there is no dash to compare with");
    }
    let seeds: Vec<String> = seeds().iter().map(|text| text.replace("rm", "Z1").replace("cat", "Z2")).collect();
    let mut random = Random::new(number("GUARD_FUZZ_SEED", 1) ^ 0xda5);
    let (mut read, mut calls, mut hidden) = (0, 0, Vec::new());
    for round in rounds(600) {
        let base = match round % 3 {
            0 => generate::program(&mut random, 1),
            1 => (*random.pick(DASH)).to_owned(),
            _ => random.pick(&seeds).clone(),
        };
        let other = random.pick(&seeds).clone();
        let program = if round % 3 == 0 { base } else { mutate::mutate(&mut random, &base, &other) };
        // What is evaluated or trapped is not listed.
        if ["eval", "trap", "alias", "IFS"].iter().any(|word| program.contains(word)) {
            continue;
        }
        let Ok(script) = parse(&program, Dialect::Posix) else { continue };
        let listing = list(&script);
        read += 1;
        let Some(seen) = oracle::run_in_dash(&program) else { continue };
        calls += seen.len();
        if let Some(call) = seen.iter().find(|call| !listing.commands.iter().any(|one| check::could_call(one, call))) {
            hidden.push(format!("Z{call} of {program:?}"));
        }
    }
    println!("{read} programs, {calls} calls, {} findings", hidden.len());
    hidden.sort_by_key(String::len);
    assert!(hidden.is_empty(), "guard and dash read programs differently:\n{}", hidden.join("\n"));
}

/// What dash reads in its own way.
#[rustfmt::skip]
const DASH: &[&str] = &[
    "Z1 \"${x:-'}\"; Z2 y; Z3 \"'}\"", "Z1 \"${x:-it's}\"; Z2 \"it's\"", "Z1 \"${x:-'$(Z2)'}\" \"${x#'$(Z3)'}\"",
    "Z1 \"${v%'}'}\" ${x:-'}'} ${x:-\"}\"}", "Z1 $(( ')' )) $(( 1 + 2 )) $((Z2) )", "((Z1))", "( (Z1); Z2 )", "[[ a || Z1 ]]",
    "Z1 $'a\\'b' ; Z2 '", "Z1 $\"a\" {a,b} ~ &> f; Z2", "Z1 <<E\n${x:-'$(Z2)'} $(Z3) `Z4`\nE\nZ5", "Z1 <<-'E'\n\t$(Z2)\n\tE\nZ3",
    "Z1 `Z2 \\`Z3\\` \"\\$(Z4)\"` \"`Z5 \\\"a\\\"`\"", "case x in (a|b) Z1;; *) Z2;; esac", "f() { Z1; }; f; Z2 | Z3 && Z4 || Z5 &",
    "for i in a b; do Z1 $i; done", "while Z1; do Z2; break; done", "if Z1; then Z2; else Z3; fi", "Z1 $v ${v} ${v:-$(Z2)} ${x:+$(Z3)}",
    "Z1 a#b # Z2\nZ3", "Z1 \\\n a; Z\\\n2", "! Z1; { Z2; }; (Z3)", "Z1 2>&1 >f 3<&- <f; Z2 >&2", "a=$(Z1) b=`Z2` Z3", "Z1 \"$(Z2 \"$(Z3 'x)')\")\"",
    "Z1 <<A <<B\n$(Z2)\nA\n$(Z3)\nB\nZ4", "Z1 ${x:=$(Z2)} \"${x:-\"$(Z3)\"}\" ${x:-a}b}", "function f { Z1; }", "select i in a; do Z1; done", "Z1 <(Z2) >(Z3)",
    "Z1 ${v/a/$(Z2)} ${v:1} ${v^}", "a[$(Z1)]=1", "Z1 |& Z2", "time Z1", "coproc Z1", "Z1 <<<$(Z2)", "export a=$(Z1) b='$(Z2)'", "until Z1; do Z2; done",
];

/// What zsh reads in its own way.
#[rustfmt::skip]
const ZSH: &[&str] = &[
    "=rm x", "repeat 3 rm x", "noglob rm *", "echo a >! f", "echo a >>| f", "nocorrect rm x", "rm x &!", "rm x &|",
    "if (cond) rm x", "if [[ a ]] { rm x } else { rm y }", "for x (a b) rm $x", "for x in a b; rm $x",
    "ls *(e:'rm x':)", "ls <1-9>", "rm <1-5> x", "diff =(rm x) =(rm y)", "echo a > x > y", "- rm x",
    "while (a) rm x", "foreach x (a b); rm $x; end", "case x { (a) rm y ;; }", "{ a } always { rm x }", "() { rm $1 } x",
    "echo ${(e)x} ${x:h} $x:t ${=x} $=x $~x ${^x} $^x ${+x} $+x $#x ${#x}", "echo $x[1] ${x[1]} ${x[$(rm y)]}",
    "function f g { rm x }", "f() rm x", "echo 12>f", "a[1]=x", "a=(*(.N))", "echo a}", "{ echo a }", "echo { a }",
    "[[ -f x ]] && rm x", "echo $'a\\db'", "alias -g X='; rm x'\necho X", "print -r -- ${${x#a}%b}", "coproc f { a; }",
    "setopt rcquotes; echo 'a''b'", "echo \"${x:-'$(a)'}\" \"${x#'$(a)'}\"", "x=~/y z=a:~/b", "cat <<E | b\n$x\nE\n",
];

/// Compares whole scripts: those whose paths stand in the file that `GUARD_FUZZ_SCRIPTS` names.
#[test]
fn scripts_are_read_as_bash_reads_them() {
    let Some(list) = std::env::var_os("GUARD_FUZZ_SCRIPTS") else { return };
    let Some(mut checker) = Checker::start() else { return };
    for path in std::fs::read_to_string(list).expect("the list can be read").lines() {
        if let Some(text) = std::fs::read_to_string(path).ok().filter(|text| !text.contains('\0')) {
            checker.check(&text, false);
        }
    }
    report(&checker);
}
