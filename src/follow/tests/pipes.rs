//! Pipes, substitutions, redirections, and text that is computed.

use super::*;

#[test]
fn a_pipe_carries_what_is_known() {
    check(&[
        ("echo hi | sh", &["echo hi", "sh <<'hi\\n'"]),
        ("a | b", &["a", "b <<[0]"]),
        ("a | cat | b", &["a", "cat <<[0]", "b <<[1]"]),
        ("(echo a; echo b) | c", &["echo a", "echo b", "c <<'a\\nb\\n'"]),
        ("echo a && echo b | c", &["echo a", "echo b", "c <<'b\\n'"]),
        ("{ echo a && echo b; } | c", &["echo a", "echo b", "c <<'a\\nb\\n'"]),
        ("(echo a; date) | c", &["echo a", "date", "c <<'a\\n<out [1]?>'"]),
        ("if [ t ]; then echo a; else echo b; fi | c", &["[ t ]", "echo a", "echo b", "c <<'a\\n'", "c <<'b\\n'"]),
        ("echo a > f | c", &["echo a 1>f", "c <<nothing"]),
        ("echo a 2>&1 | c", &["echo a", "c <<'a\\n'"]),
        ("echo a >&2 | c", &["echo a", "c <<nothing"]),
        ("a 2>&1 >/dev/null | c", &["a 1>/dev/null", "c <<[0]"]),
        ("{ echo a >&3; } 3>&1 | c", &["echo a", "c <<'a\\n'"]),
        (": | c", &[":", "c <<nothing"]),
    ]);
}

#[test]
fn substitutions_give_what_they_print() {
    check(&[
        ("c $(echo a b)", &["echo a b", "c a b"]),
        ("c \"$(printf '%s-' a b)\"", &["printf %s- a b", "c a-b-"]),
        ("c $(date)/x", &["date", "c <out [0]?..>/x"]),
        ("c $(pwd)/x", &["pwd", "c <start>/x"]),
        ("d=$(mktemp -d); rm -rf \"$d\" $d/x", &["mktemp -d", "d=<fresh>", "rm -rf <fresh> <fresh>/x"]),
        ("c $(basename /a/b.c .c) $(dirname /a/b.c)", &["basename /a/b.c .c", "dirname /a/b.c", "c b /a"]),
        ("c \"$(< f)\"", &["c <file f?>"]),
        ("echo x > f; c \"$(< f)\" \"$(cat f)\"", &["echo x 1>f", "cat f", "c x x"]),
        ("c <(a) >(b)", &["a", "b <<unknown", "c <proc [0]> <proc [1]>"]),
        ("c $(a; b)", &["a", "b", "c <out [0, 1]?..>"]),
    ]);
}

#[test]
fn redirections_of_several_commands_are_steps() {
    check(&[
        ("{ a; } > f", &["1>f", "a"]),
        ("while read x; do c; done < f", &["0<f", "read x <<file f", "c <<file f"]),
        ("exec > f; a", &["1>f", "a"]),
        ("{ a; } < /dev/null", &["0</dev/null", "a <<nothing"]),
        ("a < f > g 2>> h", &["a 0<f 1>g 2>>h <<file f"]),
        ("a &> f", &["a &>f"]),
        ("a >& f", &["a >&f"]),
        ("> f", &["1>f"]),
        ("a <<< \"$x\"", &["a <<'<$x?>\\n'"]),
        ("{ read a; read b; } <<< $'x\\ny'; c $a $b", &["read a <<'x\\ny\\n'", "read b <<'x\\ny\\n'", "c x y"]),
    ]);
}

#[test]
fn what_is_written_is_known_to_be_nothing_or_not() {
    let output = |text: &str, index: usize| {
        let followed = follow(&Text::request(text), &Start::default(), &NoFacts, &|_| Vec::new());
        match followed.steps.get(index).map(|step| &step.action) {
            Some(Action::Command(command)) => command.output.as_ref().map(|text| text.as_str().to_owned()),
            _ => panic!("{text} has no command {index}"),
        }
    };
    let cases = [
        ("> f", 0, Some("")),
        (": > f", 0, Some("")),
        ("true > f", 0, Some("")),
        ("printf '' > f", 0, Some("")),
        ("echo -n > f", 0, Some("")),
        ("cat /dev/null > f", 0, Some("")),
        ("cat < /dev/null > f", 0, Some("")),
        ("echo > f", 0, Some("\n")),
        ("ls > f", 0, None),
        ("{ ls; } > f", 0, None),
        ("{ :; } > f", 0, Some("")),
        ("{ ls; } 3> f", 0, Some("")),
        ("{ ls >&3; } 3> f", 0, None),
        ("exec 3> f", 0, Some("")),
        ("exec 3> f; ls >&3", 0, None),
        ("exec > f; echo a", 0, Some("a\n")),
        ("{ echo a; } 2> f", 0, None),
        ("cd x > f", 0, Some("")),
    ];
    for (text, index, expected) in cases {
        assert_eq!(output(text, index).as_deref(), expected, "{text}");
    }
}
