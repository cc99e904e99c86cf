#!/bin/sh
# Installs guard for one user: builds it, or takes a built one, puts it into ~/.local/bin and shows that it works.
# Safe to run again; never needs root.
set -eu

usage() {
    cat <<'TEXT'
usage: ./install.sh [--prefix DIR] [--binary FILE]
       ./install.sh --uninstall [--prefix DIR]

  --prefix DIR    install to DIR/bin (default: ~/.local)
  --binary FILE   install this built program instead of building one
  --uninstall     remove the program; configuration and journal stay
TEXT
}

fail() {
    printf 'install.sh: %s\n' "$1" >&2
    exit 1
}

wrong() {
    printf 'install.sh: %s\n' "$1" >&2
    usage >&2
    exit 2
}

prefix=
binary=
action=install
while [ $# -gt 0 ]; do
    case $1 in
        --prefix | --binary)
            [ $# -ge 2 ] && [ -n "$2" ] || wrong "$1 needs a value"
            case $1 in
                --prefix) prefix=$2 ;;
                --binary) binary=$2 ;;
            esac
            shift
            ;;
        --prefix=?*) prefix=${1#*=} ;;
        --binary=?*) binary=${1#*=} ;;
        --uninstall) action=uninstall ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) wrong "$1 is not an option" ;;
    esac
    shift
done

if [ -z "$prefix" ]; then
    [ -n "${HOME:-}" ] || fail 'HOME is not set; say where to install with --prefix DIR'
    prefix=$HOME/.local
fi
case $prefix in
    /*) ;;
    *) prefix=$PWD/$prefix ;;
esac
target=$prefix/bin/guard

# Whether the file is a guard, and not something else of that name.
is_guard() {
    case $("$1" --version 2>/dev/null </dev/null) in
        'guard '[0-9]*) return 0 ;;
        *) return 1 ;;
    esac
}

uninstall() {
    if [ ! -e "$target" ] && [ ! -L "$target" ]; then
        echo "guard is not installed in $prefix/bin"
        return
    fi
    is_guard "$target" || fail "$target is another program; it stays"
    rm -f "$target" || fail "$target cannot be removed"
    echo "removed $target"
    config=${XDG_CONFIG_HOME:-${HOME:-}/.config}/guard
    state=${XDG_STATE_HOME:-${HOME:-}/.local/state}/guard
    for left in "$config" "$state"; do
        if [ -d "$left" ]; then
            echo "left in place: $left"
        fi
    done
}

# Says everything that is missing at once.
check_needs() {
    missing=
    if ! command -v cargo >/dev/null 2>&1; then
        missing="$missing
  cargo and rustc $1 or newer: https://rustup.rs"
    elif ! new_enough "$(rustc --version 2>/dev/null | cut -d ' ' -f 2)" "$1"; then
        missing="$missing
  rustc $1 or newer (this is $(rustc --version 2>/dev/null || echo none)): rustup update"
    fi
    if ! command -v cc >/dev/null 2>&1; then
        missing="$missing
  a C compiler for linking (Debian: apt install gcc libc6-dev; Fedora: dnf install gcc glibc-static; macOS: xcode-select --install)"
    fi
    [ -z "$missing" ] || fail "missing, to build guard:$missing
or take a built program with --binary FILE"
}

# Whether version $1 is at least $2, by the first two numbers.
new_enough() {
    have_major=${1%%.*}
    have_rest=${1#*.}
    have_minor=${have_rest%%.*}
    want_major=${2%%.*}
    want_rest=${2#*.}
    want_minor=${want_rest%%.*}
    case $have_major$have_minor in
        '' | *[!0-9]*) return 1 ;;
    esac
    [ "$have_major" -gt "$want_major" ] || { [ "$have_major" -eq "$want_major" ] && [ "$have_minor" -ge "$want_minor" ]; }
}

# Builds a static program, with musl where its target is installed: it starts faster.
build() {
    here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
    [ -f "$here/Cargo.toml" ] || fail "$here holds no source; run install.sh where guard was unpacked"
    check_needs "$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$here/Cargo.toml")"
    triple=$(rustc -vV | sed -n 's/^host: //p')
    flags=${RUSTFLAGS:-}
    case $triple in
        *-linux-gnu)
            musl=${triple%-gnu}-musl
            if [ -d "$(rustc --print sysroot)/lib/rustlib/$musl/lib" ]; then
                triple=$musl
            fi
            # At a fixed address there is nothing to relocate at each start; and asking the processor whether it can hash
            # takes longer than hashing the one record of a call.
            flags="$flags -C target-feature=+crt-static -C relocation-model=static --cfg sha2_backend=\"soft\""
            # What every call runs stands together, so that few pages are touched. The names of functions that the script
            # has are those of this mangling.
            case $(cc -Wl,--version 2>/dev/null) in
                *'GNU ld'* | *LLD*)
                    flags="$flags -C symbol-mangling-version=v0 -C link-arg=-Wl,-T,benches/layout.ld"
                    ;;
            esac
            ;;
    esac
    echo "building guard for $triple"
    # Named even where it is this machine's own: static linking is for guard, not for what runs while it is built.
    (cd "$here" && RUSTFLAGS=$flags cargo build --release --locked --target "$triple" --target-dir "$here/target") ||
        fail 'the build failed; its last lines say why'
    binary=$here/target/$triple/release/guard
}

# Puts the program in place in one step, so that a guard that runs is never half written.
put() {
    [ -f "$binary" ] || fail "$binary: no such file"
    mkdir -p "$prefix/bin" || fail "$prefix/bin cannot be made; choose another place with --prefix DIR"
    [ -w "$prefix/bin" ] || fail "$prefix/bin cannot be written; choose another place with --prefix DIR"
    [ ! -d "$target" ] || fail "$target is a folder"
    fresh=$prefix/bin/.guard.$$
    trap 'rm -f "$fresh"' EXIT
    trap 'exit 1' HUP INT TERM
    cp "$binary" "$fresh" && chmod 755 "$fresh" || fail "$prefix/bin cannot be written"
    is_guard "$fresh" || fail "$binary is not a guard that runs on this machine"
    mv -f "$fresh" "$target" || fail "$target cannot be replaced"
    echo "installed $("$target" --version) as $target"
}

# What an agent once ran against a production database, judged and not run.
show() {
    incident='curl -X POST https://backboard.railway.app/graphql/v2 -H "Authorization: Bearer $T" -d '\''{"query":"mutation { volumeDelete(volumeId: \"3d2c42fb\") }"}'\'
    printf '\n$ guard check %s\n' "'...'  # the command below, which once deleted a production database"
    printf '%s\n\n' "$incident"
    "$target" check "$incident"
    case :${PATH:-}: in
        *":$prefix/bin:"*) ;;
        *) printf '\n%s is not on your PATH yet. Add it:\n  export PATH="%s:$PATH"\n' "$prefix/bin" "$prefix/bin" ;;
    esac
}

case $action in
    uninstall) uninstall ;;
    install)
        [ -n "$binary" ] || build
        put
        show
        ;;
esac
