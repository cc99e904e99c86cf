//! Text that runs, and the bounds of following.

use super::*;

const UNKNOWN: &str = "UNREADABLE text is evaluated that is not known before it runs";
const BROKEN: &str = "UNREADABLE text is evaluated that does not parse";

#[test]
fn evaluated_text_is_followed() {
    check(&[
        ("eval 'rm -rf src'", &["rm -rf src"]),
        ("eval rm -rf src", &["rm -rf src"]),
        ("v=src; eval \"rm -rf $v\"", &["v=src", "rm -rf src"]),
        ("eval 'x=a'; c $x", &["x=a", "c a"]),
        ("eval \"$x\"", &[UNKNOWN]),
        ("eval \"c $x\"", &[UNKNOWN]),
        ("eval \"$(a)\"", &["a", "eval <out [0]?>"]),
        ("eval \"c $(mktemp)\"", &["mktemp", "c <fresh>"]),
        ("eval 'c \"'", &[BROKEN]),
        ("if t; then x=a; else x=b; fi; eval \"c $x\"", &["t", "x=a", "x=b", "c a", "c b"]),
        ("source <(echo a)", &["echo a", "a"]),
        (". /dev/stdin <<< 'a b'", &["a b <<'a b\\n'"]),
        ("source f", &["SOURCED f"]),
        ("echo 'rm x' > f; . ./f", &["echo 'rm x' 1>f", "rm x"]),
        ("source <(a)", &["a", "SOURCED <proc [0]>"]),
        ("trap 'rm x' EXIT; a", &["trap 'rm x' EXIT", "a", "rm x"]),
        ("trap - EXIT; trap '' INT", &["trap - EXIT", "trap '' INT"]),
        ("(trap 'rm x' EXIT; a); b", &["trap 'rm x' EXIT", "a", "rm x", "b"]),
        ("alias l='rm x'\nl", &["alias 'l=rm x'", "rm x", "l"]),
        ("shopt -s expand_aliases\nalias l='rm x'\nl y", &["shopt -s expand_aliases", "alias 'l=rm x'", "rm x y"]),
        ("exec rm x; b", &["rm x", "b"]),
        ("command -v rm; command rm x; builtin echo x", &["command -v rm", "rm x", "echo x"]),
    ]);
}

/// POSIX mode expands aliases, looks for special built-ins before functions, and keeps what is assigned in front of them;
/// dash does so too, and any text or environment can turn it on. An alias counts from the next line on.
#[test]
fn what_posix_mode_runs_is_followed() {
    for text in [
        "alias l='rm x'\nl",
        "set -o posix\nalias l='rm x'\nl",
        "shopt -s expand_aliases\nalias rm=echo; rm x",
        "shopt -s expand_aliases\nif t; then\nalias rm=echo\nrm x\nfi",
        "f() { rm x; }\nshopt -s expand_aliases\nalias rm=echo\nf",
        "alias s='rm '; alias l='x'\ns l",
        "eval() { :; }; eval 'rm x'",
        "c=ls; c=rm eval :; $c x",
        "c=ls; c=rm :; $c x",
        "shopt -s xpg_echo; eval \"$(echo '#\\nrm x')\"",
    ] {
        assert!(steps(text).iter().any(|step| step == "rm x"), "{text}: {:?}", steps(text));
    }
}

#[test]
fn subscripts_are_evaluated() {
    for text in [
        "printf -v 'a[$(rm x)]' y",
        "read 'a[$(rm x)]' <<< y",
        "unset 'a[$(rm x)]'",
        "[[ -v 'a[$(rm x)]' ]]",
        "test -v 'a[$(rm x)]'",
        "let 'a[$(rm x)]=1'",
        "declare 'a[$(rm x)]=1'",
        "v='a[$(rm x)]'; (( v ))",
        "v='a[$(rm x)]'; echo ${!v}",
        "[[ 'a[$(rm x)]' -eq 1 ]]",
        "a['$(rm x)']=1",
        "x='$(rm x)'; echo \"${x@P}\"",
        "PS4='$(rm x)'",
        "declare -i n='a[$(rm x)]'",
        "declare -i n; n='a[$(rm x)]' c",
        "declare -i n; read n <<< 'a[$(rm x)]'",
        "declare -i n; for n in 'a[$(rm x)]'; do :; done",
        "declare -i n; : ${n:='a[$(rm x)]'}",
        "declare -ai n; n+=('a[$(rm x)]')",
        "declare -ai n; mapfile n <<< 'a[$(rm x)]'",
        "RANDOM='a[$(rm x)]'",
        "read SECONDS <<< 'a[$(rm x)]'",
        "printf -v OPTIND 'a[$(rm x)]'",
        "x='a[$(rm x)]'; y=x; (( y ))",
        "set -- 'a[$(rm x)]'; echo $(($1))",
        "f() { echo ${a:$1}; }; f 'a[$(rm x)]'",
        "wait -n -p 'a[$(rm x)]'",
        "compgen -W '$(rm x)' a",
        "f() { rm x; }; compgen -F f a",
        "PROMPT_COMMAND=('rm x')",
        "PROMPT_COMMAND+=('rm x')",
        "declare -a 'n=($(rm x))'",
        "env PS4='$(rm x)' c",
        "env 'BASH_FUNC_l%%=() { rm x; }' c",
        "command_not_found_handle() { rm x; }",
    ] {
        assert!(steps(text).iter().any(|step| step == "rm x"), "{text}: {:?}", steps(text));
    }
}

#[test]
fn following_is_bounded() {
    let doubling: String = (1..40).map(|n| format!("f{n}() {{ f{0}; f{0}; }}\n", n - 1)).collect();
    let cases = [
        format!("f0() {{ a; }}\n{doubling}f39"),
        format!("x=aaaaaaaaaaaaaaaa\n{}c $x", "x=$x$x\n".repeat(60)),
        format!("{}c{}", "for a in 1 2; do x=$x$a; ".repeat(30), "; done".repeat(30)),
        format!("{}a", "eval eval ".repeat(500)),
        "f() { eval 'a; f; f'; }; f".to_owned(),
        (0..3000).map(|n| format!("if t; then x{n}=1; fi; ")).collect::<String>() + "c",
        format!("c {}", "$(a) ".repeat(3000)),
        (0..3000).map(|n| format!("export v{n}=x; c; ")).collect(),
        format!("( {} ) | c", "echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; ".repeat(5000)),
    ];
    for text in cases {
        let followed = follow(&Text::request(&text), &Start::default(), &NoFacts, &|_| Vec::new());
        assert!(!followed.steps.is_empty(), "{text:.60}");
        assert!(followed.steps.len() <= limits::STEPS + 1, "{text:.60}");
    }
}

/// A name that stood for its program would hide the function behind it.
#[test]
fn more_functions_than_are_kept_are_given_up() {
    let many: String = (0..limits::VARIABLES).map(|n| format!("f{n}() {{ a; }}\n")).collect();
    let ways: String = (0..limits::COMBINATIONS).map(|n| format!("if t; then ls() {{ c{n}; }}; fi\n")).collect();
    let text = format!("{many}ls() {{ rm x; }}; ls");
    assert!(gives_up(&text) && !gives_up(&many));
    assert!(!gives_up(&format!("{ways}ls")));
    assert!(gives_up(&format!("{ways}if t; then ls() {{ rm x; }}; fi\nls")));
}

/// Arrays, strings and the ways through branches that thousands of commands make larger cost as much as these.
#[test]
fn what_grows_bit_by_bit_is_followed_to_its_end() {
    let cases: &[(&str, &str, &str)] = &[
        ("", "a[NNN]=x; ", "c ${a[1999]}"),
        ("", "a+=(x); ", "c ${a[1999]}"),
        ("declare -A a; ", "a[kNNN]=x; ", "c ${a[k1999]}"),
        ("", "if t; then a[NNN]=x; else a[NNN]=x; fi; ", "c ${a[1999]}"),
        ("x=; ", "x+=\"\"; ", "x+=x; c $x"),
        ("if t; then y=1; ", "elif t; then xNNN=1; ", "fi; c x"),
    ];
    for (head, unit, tail) in cases {
        let many: String = (0..2000).map(|n| unit.replace("NNN", &n.to_string())).collect();
        let text = format!("{head}{many}{tail}");
        assert_eq!(steps(&text).last().map(String::as_str), Some("c x"), "{unit}");
    }
}

/// Unknown parts are copied as text is, and count as much: what doubles without end is given up.
#[test]
fn unknown_parts_are_work() {
    assert!(!gives_up(&"x=$x$x; ".repeat(10)));
    assert!(gives_up(&"x=$x$x; ".repeat(5000)));
    assert!(gives_up(&format!("{}c {}", "x=$x$x; ".repeat(11), "$x".repeat(5000))));
}

fn gives_up(text: &str) -> bool {
    let followed = follow(&Text::request(text), &Start::default(), &NoFacts, &|_| Vec::new());
    followed.steps.iter().any(|step| matches!(step.action, Action::Unreadable { .. }))
}
