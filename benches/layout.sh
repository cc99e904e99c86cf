#!/usr/bin/env bash
# Finds the functions that short calls run, for `layout.ld`: standing together, they are a few pages of the program
# instead of some everywhere in it. Usage: benches/layout.sh GUARD > layout.ld, with a program that was built without
# `strip`. A name that is gone from guard does no harm there; a new one is only missing.
set -euo pipefail

guard=$(realpath "${1:?usage: benches/layout.sh GUARD}")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/home"
cd "$place"
call() {
    # What guard became is not counted: the dump is written when it is about to.
    env -i HOME="$place/home" PATH="$PATH" SHLVL=1 GUARD_WAIT=0 valgrind --tool=callgrind --demangle=no \
        --callgrind-out-file="$place/calls.%p" --dump-before=execve "$guard" "$@" >/dev/null 2>&1 || true
}
for text in true 'echo done' 'ls -la' 'cat no-such-file' 'cd / && ls | head -3' 'ls -la > /dev/null' \
    'git status --short | head -5' 'git log --oneline -5' 'grep -rn word . 2>/dev/null' 'cargo --version 2>&1 | tail -1' \
    'for f in a b c; do echo "$f"; done' 'sed -n 1,5p no-such-file' 'mkdir -p a && touch a/b' 'rm victim'; do
    call -c "$text"
    call -c "$text"
done
call -- /bin/true
call -- ./no-such-program
call check 'ls -la'

cat <<'TEXT'
/* The functions that short calls run, most common first: written by benches/layout.sh, used by install.sh where the
   linker reads scripts. */
SECTIONS
{
  .text.guard :
  {
TEXT
# Each name once for each call, without the hashes that differ from build to build; those that one call alone runs are
# left out.
for calls in "$place"/calls.*; do
    sed -nE 's/^c?fn=\([0-9]+\) ([^ '"'"']+).*/\1/p' "$calls" |
        sed -nE 's/Cs[0-9a-zA-Z]{5,}_/Cs*_/g; s/\.llvm\.[0-9]+$/*/; /^[A-Za-z_][A-Za-z0-9_.$*]*$/p' | sort -u
done | sort | uniq -c | sort -k1,1nr -k2,2 | awk '$1 > 2 { printf "    *(.text.%s)\n", $2 }'
cat <<'TEXT'
  }
}
INSERT BEFORE .text;
TEXT
