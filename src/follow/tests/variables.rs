//! Variables, parameters and words.

use super::*;

#[test]
fn known_variables_are_filled_in() {
    check(&[
        ("X=rm; $X -rf src", &["X=rm", "rm -rf src"]),
        ("a=r; b=m; $a$b -rf src", &["a=r", "b=m", "rm -rf src"]),
        ("rm${IFS}-rf${IFS}src", &["rm -rf src"]),
        ("D=src/; rm -rf \"${D%/}\"", &["D=src/", "rm -rf src"]),
        ("DIR=build; DIR=src; rm -rf \"$DIR\"", &["DIR=build", "DIR=src", "rm -rf src"]),
        ("x='a b'; c $x \"$x\"", &["x='a b'", "c a b 'a b'"]),
        ("a=(rm -rf src); \"${a[@]}\"", &["a='rm -rf src'", "rm -rf src"]),
        ("a=(x y); a+=(z); c ${a[1]} ${#a[@]} \"${a[*]}\"", &["a='x y'", "a='x y z'", "c y 3 'x y z'"]),
        ("set -- rm -rf src; \"$@\"", &["set -- rm -rf src", "rm -rf src"]),
        ("set -- a b c; shift; c $# $1 \"$*\"", &["set -- a b c", "shift", "c 2 b 'b c'"]),
        ("x=a; x+=b; c $x", &["x=a", "x=ab", "c ab"]),
        ("i=3; c $((i+1)) $((i*0x10)); ((i++)); c $i", &["i=3", "c 4 48", "c 4"]),
        ("x=abc; c ${x:1} ${x:0:1} ${x: -1} ${x/b/-} ${x^^} ${x#a} ${#x}", &["x=abc", "c bc a c a-c ABC bc 3"]),
        ("p=/a/b.tar.gz; c ${p##*/} ${p%.*} ${p%%.*}", &["p=/a/b.tar.gz", "c b.tar.gz /a/b.tar /a/b"]),
        ("x=y y=z; c ${!x}", &["x=y y=z", "c z"]),
        ("declare -n r=t; t=v; c $r", &["declare -n r=t", "t=v", "c v"]),
        ("printf -v x '%s-%s' a b; c $x", &["printf -v x %s-%s a b", "c a-b"]),
        ("read a b <<< 'x y z'; c $a \"$b\"", &["read a b <<'x y z\\n'", "c x 'y z'"]),
        ("unset x; c ${x-d} ${x:+e}", &["unset x", "c d"]),
    ]);
}
