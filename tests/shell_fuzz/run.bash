# Runs the program in $1, whose commands Z1 to Z9 only report their calls: each is a NUL-terminated line. The
# harness starts this with an empty environment, in a folder and a process group of its own.

exec 9>&1 >/dev/null 2>&1
PATH=/nonexistent
ulimit -c 0 -t 1
set +H

report() {
    printf '%s %s\0' "$#" "$*" >&9
    (( ++calls < 40 )) || exit 1
    return $(( calls % 3 == 2 ))
}
for n in 1 2 3 4 5 6 7 8 9; do
    eval "Z$n() { report $n \"\$@\"; }"
done
unset n

calls=0
a=(1 2) v=abc
eval "$1"
wait
