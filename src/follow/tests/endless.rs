//! Processes without end, and what only looks like them.

use super::*;

fn is_endless(text: &str) -> bool {
    let followed = follow(&Text::request(text), &Start::default(), &NoFacts, &|_| Vec::new());
    followed.steps.iter().any(|step| matches!(step.action, Action::Endless { .. }))
}

#[test]
fn what_starts_processes_without_end_is_found() {
    for text in [
        ":(){ :|:& };:",
        ":() { : | : & }; :",
        "bomb() { bomb | bomb & }; bomb",
        "function b { b | b & }; b",
        "f(){ f& f& }; f",
        "f() { f & f; }; f",
        "f() { f | f; }; f",
        "f() { (f) & (f) & }; f",
        "f() { ( f ); }; f",
        "f() { x=$(f); }; f",
        "f() { { f & } 2>/dev/null; f & }; f",
        "f() { if true; then f | f & fi; }; f",
        "f() { true && f & f & }; f",
        "f() { false || f & f & }; f",
        "f() { sleep 1 && f & f & }; f",
        "f() { while :; do f & done; }; f",
        "f() { for i in 1 2; do f & done; }; f",
        "f() { case x in *) f & f & ;; esac; }; f",
        "f() { g & g & }; g() { f; }; f",
        "f() { eval 'f | f &'; }; f",
        "f() { \"$FUNCNAME\" & }; f() { f & f & }; f",
        "n=f; f() { $n | $n & }; f",
        "f() { command true; f | f & }; export -f f",
        "f() { ( exit ); f | f & }; f",
        "f() { [ 1 ] && f | f & }; f",
        "f() { ((1)) && f | f & }; f",
        "trap 'f' EXIT; f() { f | f & }",
        "x='f() { f | f & }; f'; eval \"$x\"",
        "set -e; f() { f | f & }; f",
        "while :; do x & done",
        "while true; do x & done",
        "while true; do x & disown; done",
        "until false; do x & done",
        "while ! false; do x & done",
        "for ((;;)); do x & done",
        "for ((;1;)); do x & done",
        "while ((1)); do x & done",
        "while [ 1 ]; do x & done",
        "while [[ 1 ]]; do x & done",
        "while echo; do x & done",
        "while :; do (x) & sleep 0; done",
        "while :; do { x & }; done",
        "while :; do coproc x; done",
        "f() { x & }; while :; do f; done",
        "while :; do echo go; x & done",
        "while :; do (x &); done",
        "(while :; do x & done)",
    ] {
        assert!(is_endless(text), "{text}");
    }
}

#[test]
fn what_ends_or_waits_is_not_endless() {
    for text in [
        "fact() { if (( $1 <= 1 )); then echo 1; else echo $(( $1 * $(fact $(( $1 - 1 ))) )); fi; }; fact 5",
        "fact() { (( $1 < 2 )) && { echo 1; return; }; echo $(( $1 * $(fact $(($1-1))) )); }; fact 5",
        "fib() { local n=$1; [ $n -lt 2 ] && echo $n && return; echo $(( $(fib $((n-1))) + $(fib $((n-2))) )); }; fib 9",
        "count() { [ \"$1\" -gt 0 ] && count $(( $1 - 1 )) | cat; }; count 5",
        "walk() { for f in \"$1\"/*; do [ -d \"$f\" ] && walk \"$f\" | sed 's/^/ /'; done; }; walk .",
        "walk() { ls \"$1\" | while read -r f; do walk \"$1/$f\" & done; wait; }; walk .",
        "retry() { \"$@\" || (sleep 1; retry \"$@\"); }; retry make",
        "f() { case $1 in 0) ;; *) f $(( $1 - 1 )) & ;; esac; }; f 3",
        "f() { [ -n \"$1\" ] || return 0; shift; f \"$@\" & }; f a b",
        "f() { [ -n \"$1\" ] || exit 0; shift; ( f \"$@\" ); }; f a b",
        "f() { f; }; f",
        "f() { g; }; g() { h; }; f | f &",
        "f() { x | y & }; f; f",
        "f() { f | f & }",
        "while true; do sleep 1; done",
        "while true; do sleep 1; done &",
        "while :; do x; done",
        "while :; do x & sleep 5; done",
        "while :; do x & wait; done",
        "while :; do x & wait $!; done",
        "while :; do x & break; done",
        "while :; do if t; then break; fi; x & done",
        "while :; do x & [ $((i++)) -gt 5 ] && exit; done",
        "while :; do read -r c; handle \"$c\" & done",
        "while true; do nc -l 80 | serve & wait; done",
        "while read -r l; do x \"$l\" & done < f; wait",
        "for i in 1 2 3; do x & done; wait",
        "for f in *; do x \"$f\" & done",
        "for ((i=0; i<8; i++)); do x & done",
        "until curl -sf localhost; do sleep 1; done",
        "i=0; while [ $i -lt 4 ]; do x & i=$((i+1)); done; wait",
        "f() { while true; do date; sleep 60; done; }; f & f &",
        "echo ':(){ :|:& };:'",
        ":() { echo; }; :",
    ] {
        assert!(!is_endless(text), "{text}");
    }
}
