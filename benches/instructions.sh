#!/usr/bin/env bash
# Counts the user instructions of whole calls with callgrind: repeatable, whatever else the machine does.
# Usage: benches/instructions.sh GUARD. Prints a table; ends with 1 when a call costs more than its bound, which is about
# a twelfth above what was measured with the musl target. Another C library starts in more.
set -euo pipefail

guard=$(realpath "${1:?usage: benches/instructions.sh GUARD}")
# Lines of a bound in thousands and a command.
mapfile -t checks <"$(dirname "${BASH_SOURCE[0]}")/typical.txt"
# What guard runs by itself is counted whole: reading, judging, recording, running.
runs=(
    '122 true'
    '157 echo "one line"'
)
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
# In a folder of its own: what is looked up about the files around has no bound in instructions.
cd "$home"
failed=0
start=0
if grep -q GLIBC_TUNABLES "$guard"; then start=50; fi

# Counts a call of guard's: bound, what is shown, arguments.
count() {
    local bound=$(($1 + start)) shown=$2 count
    shift 2
    count=$(env -i HOME="$home" PATH=/usr/local/bin:/usr/bin:/bin TERM=dumb SHLVL=1 valgrind --tool=callgrind \
        --callgrind-out-file=/dev/null "$guard" "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : //p')
    [[ $count ]] || { echo "callgrind counted nothing for: $shown" >&2; exit 1; }
    printf '%12d %12d  %s\n' "$count" $((bound * 1000)) "$shown"
    ((count <= bound * 1000)) || failed=1
}

# The first call makes the journal.
HOME=$home "$guard" -c true
printf '%12s %12s  %s\n' instructions bound call
for run in "${runs[@]}"; do
    count "${run%% *}" "guard -c '${run#* }'" -c "${run#* }"
done
for check in "${checks[@]}"; do
    count "${check%% *}" "guard check '${check#* }'" check "${check#* }"
done
if ((failed)); then
    echo "a call costs more than its bound" >&2
    exit 1
fi
