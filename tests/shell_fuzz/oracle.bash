# Answers questions about shell texts. A question is three NUL-terminated strings on standard input: its number,
# its kind and the text. Every NUL-terminated line of an answer begins with the number. The harness starts this with an empty environment, in a folder of its own.
#
#   define  Does bash read the text, as the body of a function? Prints it in canonical form. Runs nothing.
#   words   What do these words, which hold no expansion, stand for?
#   run     Which of the commands Z1 to Z9, which only report their calls, does the text run?

exec 9>&1 >/dev/null 2>&1
PATH=/nonexistent
ulimit -c 0
set +H

# Nothing of a text runs that gets out of the function which it is wrapped in: with extdebug, a DEBUG trap that
# fails skips the command. Only the `eval` itself is let through, and the assignment of `words`.
shopt -s extdebug
skip() {
    [[ $BASH_COMMAND == 'trap - DEBUG' ]] || (( evaluations++ < 0 ))
}

define() {
    unset -f candidate
    evaluations=-1
    trap skip DEBUG
    eval "candidate() {
:
$1
:
}"
    trap - DEBUG
    printf '%s ' "$number" >&9
    declare -f candidate >&9 || printf rejected >&9
    printf '\0' >&9
}

words() {
    local values=() -
    set -f +B
    evaluations=-2
    trap skip DEBUG
    eval "values=($1)"
    trap - DEBUG
    printf "$number %s\0" "${#values[@]}" "${values[@]}" >&9
}

report() {
    printf '%s %s %s\0' "$number" "$#" "$*" >&9
    (( ++calls < 40 )) || exit 1
    return $(( calls % 3 == 2 ))
}
for n in 1 2 3 4 5 6 7 8 9; do
    eval "Z$n() { report $n \"\$@\"; }"
done
unset n

run() {
    (
        shopt -u extdebug
        ulimit -t 1
        calls=0
        unset x y
        a=(1 2) v=abc
        exec </dev/null
        eval "$1"
        wait
    )
    printf '%s end\0' "$number" >&9
}

while IFS= read -r -d '' number && IFS= read -r -d '' question && IFS= read -r -d '' text; do
    "$question" "$text"
done
