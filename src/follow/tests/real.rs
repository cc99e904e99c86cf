//! What a real bash passes to a command, beside what following says it gets.
//!
//! The programs only call `c`, which is a function that prints its arguments.

use std::process::Command as Process;

use super::*;

/// Programs of which everything is known.
const PROGRAMS: &[&str] = &[
    // Splitting and quoting.
    "x='a  b'; c $x \"$x\" '$x' \\$x x$x\"y\"",
    "x=' a b '; c -$x- \"-$x-\"",
    "IFS=:; x=a:b::c:; c $x \"$x\" -$x-",
    "IFS=' :'; x='a : b:c '; c $x",
    "IFS=; x='a b'; c $x",
    "x=; c $x \"$x\" ''$x",
    "x='*'; set -f; c $x",
    "c a\"b\"'c'\\d$'\\x65' \"\" '' $'a\\tb'",
    "x=1; c $x$x ${x}2 \"${x}\"3 $x'4'",
    "c \"a\nb\" a\\\nb",
    "x='\"a b\"'; c $x",
    "c a~ \"~\"; HOME=/h; c ~ ~/x x=~/y a:~ \\~ '~'/x",
    "HOME=/h; x=~/a:~/b; c $x; export y=~/z; c $y",
    // Defaults and the other operators.
    "unset x; c ${x-d} ${x:-e} ${x+f} \"${x:+g}\"",
    "x=; c ${x-d} ${x:-e} \"${x+f}\" \"${x:+g}\"",
    "x=v; c ${x-d} ${x:-e} ${x+f} ${x:+g}",
    "unset x; c ${x:=a b}; c $x \"$x\"",
    "unset x; c ${x-a b} \"${x-a b}\" ${x-\"a b\"} ${x-'a b'} \"${x-'a'}\"",
    "set --; c ${1-d} $# \"$@\" \"x$@y\" $*",
    "set -- 'a b' c; c $@ \"$@\" $* \"$*\" x\"$@\"y",
    "set -- a b c d; c ${@:2} ${@:2:2} ${*:1:1} ${#} ${#@} ${@: -1}",
    "IFS=-; set -- a b; c \"$*\" $*",
    "set -- a b c d e f g h i j k; c $1 $10 ${10} ${11}; shift 9; c $@",
    "x=abcdef; c ${#x} ${x:2} ${x:1:3} ${x: -2} ${x:0:-1} ${x:9}",
    "x=/a/b/c.t.gz; c ${x#*/} ${x##*/} ${x%/*} ${x%%/*} ${x%.*} ${x%%.*} ${x#/a}",
    "x=aXbXc; c ${x/X/-} ${x//X/-} ${x/#a/-} ${x/%c/-} ${x//X} ${x/[A-Z]/_} ${x//?/.}",
    "x=hello; c ${x^} ${x^^} ${x^^[el]}; y=ABC; c ${y,} ${y,,} ${y~~}",
    "x='a b'; c \"${x// /_}\" \"${x/ */}\"",
    "p='a*'; x='a*b'; c \"${x#\"$p\"}\" \"${x#$p}\"",
    "x=a; y=x; c ${!y}; z=(1 2); w='z[1]'; c ${!w}; v='z[@]'; c \"${!v}\"",
    "x=\"it's\"; eval \"c ${x@Q}\"; c ${x@U} ${x@u}",
    // Arrays.
    "a=(x 'y z' w); c ${a[0]} \"${a[1]}\" ${a[@]} \"${a[@]}\" \"${a[*]}\" ${#a[@]} ${#a[1]} $a",
    "a=(x y); a+=(z); a[5]=v; c \"${a[@]}\" \"${!a[@]}\" ${a[-1]} ${#a[@]}",
    "a=([2]=x [0]=y z); c \"${a[@]}\" \"${!a[@]}\"",
    "a=(a.c b.c); c \"${a[@]%.c}\" \"${a[@]/#/x}\" \"${a[@]:1}\" \"${a[@]^^}\"",
    "declare -A m; m[k]=v; m['k l']=w; c \"${m[k]}\" \"${m[k l]}\" ${#m[@]}",
    "declare -A m=([a]=1 [b]=2); k=b; c ${m[$k]} ${m[a]}",
    "a=(x y z); unset 'a[1]'; a=(); c \"${a[@]}\" ${#a[@]}",
    "i=1; a=(x y z); c ${a[i]} ${a[i+1]} ${a[$i]} ${a[$((i-1))]}",
    "a=(1 2); b=(\"${a[@]}\" 3); c \"${b[@]}\"",
    "x=s; x[2]=t; c \"${x[@]}\"",
    // Arithmetic.
    "c $((1+2*3)) $(( (1+2)*3 )) $((7/2)) $((7%3)) $((2**10)) $((1<<4)) $((0x1f)) $((017)) $((2#101))",
    "x=3; c $((x+1)) $(($x*2)) $((x==3)) $((x>4)) $((x>2&&x<5)) $((!x)) $((-x)) $((~x)) $((x?1:2))",
    "x=3; ((x++)); c $x; ((x+=5)); c $x; c $((x--)) $x; let x=1+1; c $x; c $((y=4)) $y",
    "declare -i n=2+3; c $n; n+=4; c $n; n=n*2; c $n",
    "x=y y=5; c $((x)) $((x*2))",
    // What built-ins fill in.
    "read a b <<< '  x y  z '; c \"$a\" \"$b\"",
    "read -r a <<< '  x y  '; c \"$a\"; IFS= read -r a <<< '  x y  '; c \"$a\"",
    "IFS=, read a b d <<< 'x,,z'; c \"$a\" \"$b\" \"$d\"; c a,b",
    "read -a a <<< 'x y z'; c \"${a[@]}\" ${#a[@]}",
    "read <<< ' a b '; c \"$REPLY\"",
    "mapfile -t a <<< $'x\\ny z'; c \"${a[@]}\" ${#a[@]}",
    "printf -v x '%s-%03d' a 7; c $x; printf -v a[1] b; c ${a[1]}",
    "x=1; unset x; c ${x-unset}; x=(1 2); unset x; c ${x-unset}",
    "declare -u x=abc; c $x; declare -l y; y=ABC; c $y",
    "declare -n r=x; r=5; c $x $r",
    "x=a; x+=b; x+=c; c $x",
    // Substitutions.
    "c $(echo a b) \"$(echo a b)\" `echo x` $(echo \"$(echo n)\")",
    "c \"$(printf 'a\\n\\n')\" \"$(echo)\" x$(printf '')y",
    "x=$(echo a; echo b); c \"$x\" $x",
    "c $(cat <<E\na b\nE\n) \"$(cat <<'E'\n$x\nE\n)\"",
    "echo hi > /dev/null; c $(echo a > /dev/null) \"$(echo e >&2)\"",
    "c $(for i in 1 2; do :; done; echo d)",
    // Computed text.
    "c \"$(echo -n a; echo -e 'b\\tc'; echo -E 'd\\n')\" \"$(echo -x)\" \"$(echo -ne 'a\\x41')\"",
    "c \"$(printf '%s,' a b c)\" \"$(printf '%5s|%-5s|%.2s' a b cde)\" \"$(printf '%d %x %o %c' 10 255 8 xyz)\"",
    "c \"$(printf '%b' 'a\\tb')\" \"$(printf '%%')\" \"$(printf '%s %s\\n' a b c)\" \"$(printf '\\x41\\102')\"",
    "c \"$(printf %q 'a b')\" | cat; eval \"c $(printf '%q ' 'a b' c)\"",
    "c $(echo aGk= | base64 -d) $(echo hi | base64) $(echo 6869 | xxd -r -p) $(echo hi | rev)",
    "c $(echo abc | tr a-c x-z) $(echo hello | tr -d l) $(echo aabb | tr -s a) $(echo hi | tr '[:lower:]' '[:upper:]')",
    "c $(echo 'a b c' | cut -d' ' -f2) $(echo abcdef | cut -c2-4) $(echo a:b:c | cut -d: -f1,3)",
    "c $(echo abc | sed 's/b/X/') $(echo aXbX | sed 's/X/-/g;y/ab/cd/') $(echo abc | sed -e s/^a/z/)",
    "c $(printf '1\\n2\\n3\\n' | head -n 2) $(printf '1\\n2\\n3\\n' | tail -1) $(printf '1\\n2\\n3\\n' | tail -n +2)",
    "c $(printf '1\\n2\\n3\\n' | tac) $(seq 3) $(seq 2 2 6) $(printf 'b\\na\\n' | sort) $(printf 'a\\na\\n' | uniq)",
    "c $(echo 'a b c' | awk '{print $2}') $(echo a:b | awk -F: '{print $2, $1}')",
    "c $(basename /a/b/c.txt) $(basename c.txt .txt) $(basename /a/) $(dirname /a/b/c) $(dirname x) $(dirname /a)",
    "c $(expr 1 + 2) $(echo abcdefg | fold -w 3)",
    "c $(head -c 3 <<< abcdef) $(cat - <<< x) $(echo a | cat | cat)",
    // Functions and scopes.
    "f() { c \"$@\" $#; }; f a 'b c'; f",
    "f() { local x=1; g; c $x; }; g() { c $x; x=2; }; x=0; f; c $x",
    "f() { set -- z; c $1; }; set -- a; f b; c $1",
    "x=1; (x=2; c $x); c $x; { x=3; }; c $x",
    "x=1; f() { x=5; }; f; c $x; y=$(x=9; echo $x); c $x $y",
    "f() { echo out; }; c $(f) \"$(f | rev)\"",
    "x=a f() { c $x; }; f",
    "X=1 c a; f() { c $X; }; X=2 f",
    "eval 'x=a; c $x'; eval c '$x' \"b\"; c $x",
    "c() { printf '%s,' \"$@\"; }; :",
    "shopt -s expand_aliases\nalias d='c a'\nd b\nalias e='d x;c'\ne y",
    "x=(a b); for i in \"${x[@]:0:1}\"; do c $i; done",
    "exec 3<<< 'l m'; read a b <&3; c $a $b",
    "{ read a; read b; } <<< $'1\\n2'; c $a $b",
    "unset x y; c \"${x:-$(echo d)}\" \"${x:-${y:-z}}\"",
    "x='a;b|c&d'; c $x \"$x\"",
    "x=-n; c $x; c -- -x",
    "case a in a) c yes;; esac; if true; then c then; fi",
    "printf '%s\\n' 'c p' | while read a b; do :; done; c q",
    "unset x; c ${x:+a} ${x:+\"\"} \"${x:+}\" e",
    "c \\a \\\\ \\\" \"\\$x \\` \\\\ \\a\"",
    "c $'\\u00e9' $'\\'' $'\\101' $\"t\"",
    "c {a,b}{1,2} x{1..3} {a,b c} {x} {} {a..c} \"{a,b}\" {1..10..4} a{,b} \\{a,b}",
    "x=1; c {$x,2} {a,$(echo b)}",
];

/// The arguments of every call of `c` in each program, as bash passes them.
fn by_bash(programs: &[&str]) -> Option<Vec<Vec<Vec<String>>>> {
    let mut script =
        String::from("c() { printf '\\1c'; for _a; do printf '\\2%s' \"$_a\"; done; }; _c=$(declare -f c)\n");
    for program in programs {
        let quoted = program.replace('\'', "'\\''");
        script.push_str(&format!("printf '\\3'; (unset x y a m; eval '{quoted}') 2>/dev/null\n"));
    }
    let folder = std::env::temp_dir().join(format!("follow-{}", std::process::id()));
    std::fs::create_dir_all(&folder).ok()?;
    let output = Process::new("bash")
        .args(["--norc", "--noprofile", "-c", &script])
        .env_clear()
        .env("PATH", std::env::var_os("PATH")?)
        .env("LC_ALL", "C.UTF-8")
        .current_dir(&folder)
        .output();
    std::fs::remove_dir_all(&folder).ok();
    let printed = String::from_utf8(output.ok()?.stdout).ok()?;
    let calls = |program: &str| program.split('\u{1}').skip(1).map(arguments).collect();
    Some(printed.split('\u{3}').skip(1).map(calls).collect())
}

fn arguments(call: &str) -> Vec<String> {
    call.split('\u{2}').skip(1).map(str::to_owned).collect()
}

/// The same, as following says.
fn by_following(program: &str) -> Vec<Vec<String>> {
    let followed = follow(&Text::request(program), &Start::default(), &NoFacts, &|_| Vec::new());
    let mut calls = Vec::new();
    for step in &followed.steps {
        if let Action::Command(command) = &step.action
            && command.argv.first().and_then(Arg::text) == Some("c")
        {
            calls.push(command.argv.iter().skip(1).map(arg_or_hole).collect());
        }
    }
    calls
}

fn arg_or_hole(arg: &Arg) -> String {
    arg.text().map_or_else(|| format!("HOLE {}", super::arg(arg)), str::to_owned)
}

#[test]
fn arguments_are_those_that_bash_passes() {
    let Some(real) = by_bash(PROGRAMS) else { return };
    assert_eq!(real.len(), PROGRAMS.len());
    let mut wrong = Vec::new();
    for (program, expected) in PROGRAMS.iter().zip(real) {
        let got = by_following(program);
        if got != expected {
            wrong.push(format!("{program}\n   bash {expected:?}\n   here {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
