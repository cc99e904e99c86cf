#!/usr/bin/env bash
# Counts the user instructions of whole `guard check` calls with callgrind: repeatable, whatever else the machine does.
# Usage: benches/instructions.sh GUARD. Prints a table; ends with 1 when a call costs more than its bound.
set -euo pipefail

guard=$(realpath "${1:?usage: benches/instructions.sh GUARD}")
commands=(
    'git status --short | head -5'
    'ls -la'
    'cargo test --locked 2>&1 | tail -20'
    'git add -A && git commit -m "a message"'
    'grep -rn "fn main" src --include=*.rs'
    'find . -name "*.rs" -not -path "./target/*" | xargs wc -l'
    'sed -n 1,40p src/main.rs'
    'for f in a b c; do echo "$f"; done'
    'curl -s https://example.org/v1/items | jq .'
    'rm -rf src'
)
# In thousands, for each.
bound=1000
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
# In a folder of its own: what is looked up about the files around has no bound in instructions.
cd "$home"
worst=0
printf '%12s  %s\n' instructions command
for command in "${commands[@]}"; do
    count=$(env -i HOME="$home" PATH="$PATH" TERM=dumb valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        "$guard" check "$command" 2>&1 >/dev/null | sed -n 's/.*Collected : //p')
    [[ $count ]] || { echo "callgrind counted nothing for: $command" >&2; exit 1; }
    printf '%12d  %s\n' "$count" "$command"
    ((count <= worst)) || worst=$count
done
if ((worst > bound * 1000)); then
    echo "more than $bound thousand instructions" >&2
    exit 1
fi
