//! Lists, branches, loops, functions and the working folder.

use super::*;

#[test]
fn plain_commands_are_themselves() {
    check(&[
        ("ls -la", &["ls -la"]),
        ("ls; rm -rf src", &["ls", "rm -rf src"]),
        ("a && b || c; d & e", &["a", "b", "c", "d", "e"]),
        ("r''m \"-rf\" s\\rc", &["rm -rf src"]),
        ("$'\\x72\\x6d' -rf src", &["rm -rf src"]),
        ("(a; b); { c; }", &["a", "b", "c"]),
        ("! a; time b", &["a", "b"]),
        ("if a; then b; elif c; then d; else e; fi", &["a", "b", "c", "d", "e"]),
        ("while a; do b; done; until c; do d; done", &["a", "b", "c", "d"]),
        ("case x in a) b;; *) c;; esac", &["b", "c"]),
        ("# rm -rf src", &[]),
        ("rm \"\"", &["rm ''"]),
        ("[[ -d $(a) ]] && (( $(b) ))", &["a", "b"]),
    ]);
}

#[test]
fn a_branch_may_be_taken_or_not() {
    check(&[
        ("x=a; if t; then x=b; fi; c $x", &["x=a", "t", "x=b", "c b", "c a"]),
        ("if t; then x=a; else x=b; fi; c $x", &["t", "x=a", "x=b", "c a", "c b"]),
        ("t && x=a; c $x", &["t", "x=a", "c <$x?..>", "c a"]),
        ("m && d=x && c $d", &["m", "d=x", "c x"]),
        ("case $1 in a) x=1;; b) x=2;; esac; c $x", &["x=1", "x=2", "c <$x?..>", "c 1", "c 2"]),
        ("t || exit 1; c", &["t", "exit 1", "c"]),
        ("if t; then x=a; exit; fi; c \"$x\"", &["t", "x=a", "exit", "c <$x?>"]),
        ("a=(x); if t; then a+=(y); fi; c \"${a[@]}\"", &["a=x", "t", "a='x y'", "c x y", "c x"]),
    ]);
}

#[test]
fn loops_are_followed_until_nothing_is_new() {
    check(&[
        ("for d in a b; do rm $d; done", &["rm a", "rm b"]),
        ("for f in *.c; do rm \"$f\"; done", &["rm <*>.c"]),
        ("for f in $(ls); do rm \"$f\"; done", &["ls", "rm <out [0]>"]),
        ("for f; do rm \"$f\"; done", &["rm <$@>"]),
        ("i=0; while t; do c $i; i=$((i+1)); done", &["i=0", "t", "c <number>", "i=<number>"]),
        ("x=; for a in b; do x=\"$x $a\"; c \"$x\"; done", &["x=''", "x='<$x?> b'", "c '<$x?> b'"]),
        ("for a in b; do x=$a; c \"$x\"; done", &["x=b", "c b"]),
        ("while read -r l; do rm \"$l\"; done < f", &["0<f", "read -r l <<file f", "rm <file f?> <<file f"]),
        (
            "printf 'a\\nb\\n' | while read l; do rm $l; done",
            &["printf a\\nb\\n", "read l <<'a\\nb\\n'", "rm a <<'a\\nb\\n'", "rm b <<'a\\nb\\n'"],
        ),
        ("for ((i=0;i<3;i++)); do c $i; done", &["c 0", "c 1", "c <number>"]),
        ("while t; do x=a; break; done; c \"$x\"", &["t", "x=a", "break", "c <$x?>", "c a"]),
        ("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do c f$i.txt; done", &["c f<number>.txt"]),
    ]);
}

#[test]
fn the_working_folder_is_followed() {
    check(&[
        ("cd build && rm -rf ./*", &["cd build", "rm -rf ./<*> @build"]),
        ("cd build; rm -rf ./*", &["cd build", "rm -rf ./<*> @?"]),
        ("cd build || exit 1; rm x", &["cd build", "exit 1", "rm x @build"]),
        ("cd build || exit 1\nrm x", &["cd build", "exit 1", "rm x @build"]),
        ("if ! cd build; then exit 1; fi; rm x", &["cd build", "exit 1", "rm x @build"]),
        ("if cd build; then rm x; fi; rm y", &["cd build", "rm x @build", "rm y @?"]),
        ("set -e; cd build; rm x", &["set -e", "cd build", "rm x @build"]),
        ("set -e; cd build && a; rm x", &["set -e", "cd build", "a @build", "rm x @?"]),
        ("set -e; a && cd build; rm x", &["set -e", "a", "cd build", "rm x @?"]),
        ("set -e; ! cd build; rm x", &["set -e", "cd build", "rm x @?"]),
        ("set -e; cd build || true; rm x", &["set -e", "cd build", "true", "rm x @?"]),
        ("(cd build && rm x); rm y", &["cd build", "rm x @build", "rm y"]),
        ("cd a && cd b && c", &["cd a", "cd b @a", "c @a/b"]),
        ("cd a && cd .. && c \"$PWD\" \"$OLDPWD\"", &["cd a", "cd .. @a", "c <start>/a/.. <start>/a @a/.."]),
        ("cd /srv/x && c \"$(pwd)\"", &["cd /srv/x", "pwd @/srv/x", "c /srv/x @/srv/x"]),
        ("cd a && cd - && c", &["cd a", "cd - @a", "c"]),
        ("cd && c", &["cd", "c @<home>"]),
        ("cd ~/x && c", &["cd <home>/x", "c @<home>/x"]),
        ("cd /tmp; c", &["cd /tmp", "c @/tmp"]),
        ("pushd a && b; popd", &["pushd a", "b @a", "popd @?"]),
        ("pushd a && b && popd && c", &["pushd a", "b @a", "popd @a", "c"]),
        ("go() { cd \"$1\" || return 1; }; go build && rm x", &["cd build", "return 1", "rm x @build"]),
        ("for d in a b; do (cd \"$d\" && c); done", &["cd <$d>", "c @<$d>"]),
        ("cd a & c", &["cd a", "c"]),
        ("f() ( cd a && c ); f; d", &["cd a", "c @a", "d"]),
    ]);
}

#[test]
fn functions_run_when_they_are_called() {
    check(&[
        ("f() { rm -rf src; }", &[]),
        ("f() { rm -rf \"$1\"; }; f src", &["rm -rf src"]),
        ("rm() { echo; }; rm -rf src", &["echo"]),
        ("rm() { echo; }; command rm -rf src; \\rm x", &["rm -rf src", "echo"]),
        ("f() { f; a; }; f", &["a", "a"]),
        ("f() { local x=1; c $x; }; x=2; f; c $x", &["x=2", "local x=1", "c 1", "c 2"]),
        ("f() { x=1; }; f; c $x", &["x=1", "c 1"]),
        ("f() { if t; then v=a; return; fi; v=b; }; f; c $v", &["t", "v=a", "return", "v=b", "c a", "c b"]),
        ("if t; then f() { a; }; fi; f", &["t", "a", "f"]),
        ("f() { a; }; export -f f", &["export -f f", "a"]),
        ("f() { a; } > log; f", &["1>log", "a"]),
        ("f() { c \"$@\"; }; f a 'b c'", &["c a 'b c'"]),
        ("f() { g() { a; }; }; f; g", &["a"]),
        ("a() { b; }; b() { c; }; a", &["c"]),
    ]);
}
