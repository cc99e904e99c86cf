//! Writes random programs over variables, functions, loops, branches and folders. Their only commands are `c` and
//! `r`; every loop ends.

use crate::random::Random;

/// A program.
pub fn program(random: &mut Random) -> String {
    let mut generator = Generator { random, loops: 0, in_function: false, in_loop: false };
    let count = 3 + generator.random.below(6);
    let mut text = String::new();
    if generator.random.below(5) > 0 {
        for name in SCALARS {
            text.push_str(&format!("{name}={}; ", generator.literal()));
        }
        text.push_str("i=1; w=x; p=c; q=(a 'b c'); set -- d 'e f'; f() { c \"$@\"; }\n");
    }
    for _ in 0..count {
        text.push_str(&generator.statement(3));
        text.push_str(&generator.pick(&["; ", "\n", "; ", "\n", " &&\n"]));
    }
    text.push_str(&generator.call(1));
    text.push_str("; ");
    text.push_str(&generator.call(1));
    text.push('\n');
    text
}

struct Generator<'r> {
    random: &'r mut Random,
    /// Loops so far: each has a counter of its own.
    loops: usize,
    in_function: bool,
    in_loop: bool,
}

const SCALARS: [&str; 4] = ["x", "y", "z", "v"];

impl Generator<'_> {
    fn pick(&mut self, choices: &[&str]) -> String {
        (*self.random.pick(choices)).to_owned()
    }

    fn variable(&mut self) -> String {
        self.pick(&SCALARS)
    }

    fn literal(&mut self) -> String {
        self.pick(&[
            "a", "b", "d", "ab", "a/b", "x1", "'p q'", "\"a  b\"", "''", "a:b", "A.c", "-n", "7", "2", "$'m\\tn'",
            "\\$x",
        ])
    }

    /// A word that may expand to any number of words.
    fn word(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.once_in(4) {
            return self.literal();
        }
        let depth = depth - 1;
        let name = self.variable();
        match self.random.below(36) {
            0..=4 => format!("\"${name}\""),
            5..=8 => format!("${name}"),
            9 => format!("${{{name}:-{}}}", self.word(depth)),
            10 => format!("\"${{{name}-{}}}\"", self.plain()),
            11 => format!("${{{name}:+{}}}", self.plain()),
            12 => {
                let operation = self.pick(&[
                    "#a", "%b", "##*/", "%/*", "%%:*", "#*:", "/a/Z", "//a/", "/#a/Q", "/%b/W", "^", "^^", ",,", ":1",
                    ":0:1", ": -1", "@Q",
                ]);
                format!("\"${{{name}{operation}}}\"")
            }
            13 => format!("${{#{name}}}"),
            14 => format!("{}${name}{}", self.plain(), self.pick(&["", "/w", "\" e\""])),
            15 => format!("$(echo {} {})", self.word(depth), self.word(0)),
            16 => format!("\"$(printf '%s,' {} {})\"", self.word(depth), self.word(0)),
            17 => format!("`echo {}`", self.plain()),
            18 => format!("$(({}))", self.arithmetic()),
            19 => format!("{{a,{}}}", self.plain()),
            20 => self.pick(&["\"$@\"", "$@", "\"$*\"", "$*", "$#", "$1", "\"$2\"", "\"${@:2}\""]),
            21 => self.pick(&[
                "\"${q[@]}\"",
                "${q[0]}",
                "${q[1]}",
                "\"${q[*]}\"",
                "${#q[@]}",
                "\"${q[@]:1}\"",
                "\"${q[-1]}\"",
                "${q[i]}",
                "\"${!q[@]}\"",
                "\"${q[@]%b}\"",
            ]),
            22 => self.pick(&["$PWD", "\"$(pwd)\"/w", "\"$PWD/w\"", "~", "~/a", "$OLDPWD"]),
            23 => self.pick(&["*", "a*", "?", "[ab]", "a/*", "n*"]),
            24 => self.pick(&["${!w}", "\"${!w}\"", "$i", "$((i))", "$?"]),
            25 => format!("$(echo {} | {})", self.word(depth), self.filter()),
            26 => format!("\"$({})\"", self.statement(depth.min(1))),
            27 => format!("$(f {})", self.word(depth)),
            28 => format!("\"${{{name}:=u}}\""),
            29 => format!("\"${{{name}}}{}\"", self.pick(&["", "k", "$y"])),
            30 => format!("\"$(cat <<E\n{} ${name}\nE\n)\"", self.plain()),
            31 => self.pick(&["<(echo k)", "\"$(< o)\"", "$(cat o)", "${m[k]}", "\"${m[@]}\"", "${!m[@]}", "$(<o)"]),
            32 => self.pick(&[
                "\"${q[@]/a/Z}\"",
                "${q[@]:0:1}",
                "\"${q[*]^}\"",
                "${x:i:1}",
                "${*:2}",
                "${@: -1}",
                "\"${*%f}\"",
                "${#}",
                "${#*}",
                "$IFS",
                "\"$-\"",
            ]),
            _ => self.literal(),
        }
    }

    /// A word without blanks or quotes.
    fn plain(&mut self) -> String {
        self.pick(&["a", "b", "d", "ab", "k", "x1", "t.c"])
    }

    fn arithmetic(&mut self) -> String {
        self.pick(&["i+1", "i*2", "1+2", "i++", "i", "i>1", "i==2?5:6", "i+=2", "2**3", "7%4"])
    }

    fn filter(&mut self) -> String {
        self.pick(&[
            "rev",
            "tr a-c x-z",
            "tr -d a",
            "cut -c1-2",
            "cut -d' ' -f2",
            "cat",
            "head -c 2",
            "head -n 1",
            "tac",
            "sort",
            "tail -n 1",
            "rev | cat",
            "base64",
            "base64 | base64 -d",
        ])
    }

    fn words(&mut self, depth: usize) -> String {
        let count = self.random.below(3);
        let mut text = String::new();
        for _ in 0..count {
            text.push(' ');
            text.push_str(&self.word(depth));
        }
        text
    }

    fn call(&mut self, depth: usize) -> String {
        let words = self.words(depth);
        let name = self.variable();
        match self.random.below(16) {
            0 => format!("r{words} <<< {}", self.word(depth)),
            1 => format!("{{ r{words} <<E\n{} \"${name}\"\nE\n}}", self.plain()),
            2 => format!("echo {} | r", self.word(depth)),
            3 => format!("printf '%s\\n'{words} | {} | r", self.filter()),
            4 => format!("eval \"c ${name}\"{words}"),
            5 => format!("eval 'c \"${name}\"'{words}"),
            6 => format!("p=c; $p{words}"),
            7 => format!("{name}={} c{words}", self.plain()),
            8 => format!("c{words} > o"),
            9 => format!("f{words}"),
            _ => format!("c{words}"),
        }
    }

    fn condition(&mut self) -> String {
        let name = self.variable();
        match self.random.below(9) {
            0 => format!("[ \"${name}\" = a ]"),
            1 => format!("[[ ${name} == a* ]]"),
            2 => "(( i > 1 ))".to_owned(),
            3 => format!("c t{name}"),
            4 => "true".to_owned(),
            5 => "false".to_owned(),
            6 => format!("! [ -n \"${name}\" ]"),
            7 => format!("cd {}", self.folder()),
            _ => format!("[ -n \"${{{name}:-}}\" ] && c m"),
        }
    }

    fn folder(&mut self) -> String {
        self.pick(&[
            "a",
            "a/b",
            "b",
            "..",
            "nowhere",
            "\"$x\"",
            "~",
            "~/a",
            "- >/dev/null",
            ".",
            "\"$OLDPWD\"",
            "d/../a",
        ])
    }

    fn assignment(&mut self, depth: usize) -> String {
        let name = self.variable();
        match self.random.below(26) {
            0..=5 => format!("{name}={}", self.word(depth)),
            6 => format!("{name}+={}", self.word(depth)),
            7 => format!("q=({})", self.words(depth)),
            8 => format!("q+=({})", self.word(depth)),
            9 => format!("q[{}]={}", self.random.below(3), self.word(depth)),
            10 => format!("export {name}={}", self.plain()),
            11 => format!("unset {name}"),
            12 => format!("read {name} y <<< {}", self.word(depth)),
            13 => format!("read -r {name} <<< {}", self.word(depth)),
            14 => format!("printf -v {name} '%s-%s' {} {}", self.word(0), self.word(depth)),
            15 => format!("mapfile -t q <<< {}", self.word(depth)),
            16 => format!("(({}))", self.arithmetic()),
            17 => format!("i={}", self.random.below(4)),
            18 => format!("w={name}"),
            19 => format!("set --{}", self.words(depth)),
            20 => "shift".to_owned(),
            21 => format!("unset -n n; declare -n n={name}; n={}", self.plain()),
            22 => format!("declare {name}={}", self.word(depth)),
            23 => format!("declare -i i; i={}", self.arithmetic()),
            24 if self.random.once_in(2) => self.pick(&[
                "declare -A m; m[k]=a; m[j]='b c'",
                "m=([k]=a [l]=d)",
                "printf -v 'q[1]' '%s' a",
                "read -a q <<< 'a b'",
                "read -d b x <<< 'abc'",
                "mapfile -t -d : q <<< a:b",
                "read x y z <<< ' a  b c '",
                "unset 'q[0]'",
                "unset q",
                "q=()",
                "q=(\"$@\")",
                "set -- \"${q[@]}\"",
                "x=(a b)",
                "declare -u x",
                "declare -a q=(k 'l m')",
                "x=$y y=$x",
                "x=~",
                "local x 2>/dev/null",
                "readonly ro=1",
                "export x",
                "export -n x",
                "let 'i=i+1'",
                "getopts ab x -b",
                "OPTIND=1",
                "unset x y",
                "x+=$y z+=k",
                ": ${z=a}",
                "q=([2]=a b)",
                "i=$((i+1))",
                "x=$'a\\nb'",
                "x='$y'",
                "x='a;b'",
                "unset -f g",
                "q+=(\"$x\" k)",
                "exec 3<<< 'a b'; read x y <&3",
            ]),
            24 => format!("IFS={}", self.pick(&["':'", "' '", "$' \\t\\n'"])),
            _ => format!("{name}=$({})", self.call(depth)),
        }
    }

    fn block(&mut self, depth: usize) -> String {
        let mut text = self.statement(depth);
        for _ in 0..self.random.below(2) {
            text.push_str(&self.pick(&["; ", "\n"]));
            text.push_str(&self.statement(depth));
        }
        text
    }

    fn body(&mut self, depth: usize) -> String {
        let outer = std::mem::replace(&mut self.in_loop, true);
        let text = self.block(depth);
        self.in_loop = outer;
        text
    }

    fn statement(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.below(3) == 0 {
            return if self.random.once_in(2) { self.call(depth.min(1)) } else { self.assignment(depth.min(1)) };
        }
        let depth = depth - 1;
        match self.random.below(33) {
            0..=3 => self.assignment(2),
            4 | 5 => format!("if {}; then {}; else {}; fi", self.condition(), self.block(depth), self.block(depth)),
            6 => format!("if {}; then {}; fi", self.condition(), self.block(depth)),
            7 => format!("{} && {}", self.condition(), self.statement(depth)),
            8 => format!("{} || {}", self.condition(), self.statement(depth)),
            9 => format!("{{ {}; }}", self.block(depth)),
            10 => format!("( {} )", self.block(depth)),
            11 | 12 => format!("for {} in{}; do {}; done", self.variable(), self.words(1), self.body(depth)),
            13 => format!("for ((i=0; i<2; i++)); do {}; done", self.body(0)),
            14 => {
                self.loops += 1;
                let counter = format!("n{}", self.loops);
                let body = self.body(depth);
                format!("{counter}=0; while [ ${counter} -lt 2 ]; do {counter}=$(({counter}+1)); {body}; done")
            }
            15 => format!(
                "case {} in a|b) {};; a*) {};{} *) {};; esac",
                self.word(1),
                self.block(depth),
                self.block(depth),
                self.pick(&[";", "&", ";&"]),
                self.block(depth)
            ),
            16 => format!(
                "printf '%s\\n'{} | while read {}; do {}; done",
                self.words(1),
                self.variable(),
                self.body(depth)
            ),
            17 => format!("while read -r {}; do {}; done <<< {}", self.variable(), self.body(depth), self.word(1)),
            18 | 19 => {
                let outer =
                    (std::mem::replace(&mut self.in_function, true), std::mem::replace(&mut self.in_loop, false));
                let name = self.pick(&["f", "g"]);
                let local = if self.random.once_in(2) {
                    format!("local {}={}; ", self.variable(), self.word(1))
                } else {
                    String::new()
                };
                let body = self.block(depth);
                (self.in_function, self.in_loop) = outer;
                format!("{name}() {{ {local}{body}; }}")
            }
            20 => format!("f{}", self.words(1)),
            21 => format!("g{}", self.words(1)),
            22 => format!("cd {}", self.folder()),
            23 => format!("cd {} && {}", self.folder(), self.statement(depth)),
            24 => format!("( cd {}; {} )", self.folder(), self.block(depth)),
            25 => self.pick(&[
                "pushd a >/dev/null",
                "popd >/dev/null",
                "pushd b >/dev/null && c u; popd >/dev/null",
                "cd a || cd b",
            ]),
            26 if self.in_loop => self.pick(&["break", "continue", "[ \"$x\" = a ] && break", "c l && continue"]),
            26 if self.in_function => self.pick(&["return", "return 1", "c l || return 1", "[ -n \"$x\" ] && return"]),
            26 => self.pick(&[
                "set -e",
                "set +e",
                "set -f",
                "set +f",
                "trap 'c \"$x\"' EXIT",
                "unset -f f",
                "false || exit",
                "c e || exit 1",
            ]),
            27 => format!("{{ {} & }}", self.call(1)),
            28 => format!("eval {}", quoted(&self.statement(depth))),
            29 => format!("echo {} > o; r < o", self.word(1)),
            30 if self.random.once_in(2) => {
                let inner = self.block(depth);
                let word = self.word(1);
                match self.random.below(12) {
                    0 => format!("until {}; do {inner}; break; done", self.condition()),
                    1 => format!("r < <({inner})"),
                    2 => format!("echo 'c z \"$x\"' > o; . ./o {word}"),
                    3 => format!("h() {{ local -n n=x; n={word}; {inner}; }}; h"),
                    4 => format!("h() ( {inner} ); h {word}"),
                    5 => format!("{{ {inner}; }} > o; r < o"),
                    6 => format!("time {{ {inner}; }}"),
                    7 => format!("h() {{ shift; {inner}; }}; h {word} \"$x\" {word}"),
                    8 => format!("x={word} f {word}"),
                    9 => format!(
                        "set -- {word}; while [ $# -gt 0 ]; do case $1 in a) x=$1; shift;; *) y=$1; shift;; esac; done; {inner}"
                    ),
                    10 => format!("for x; do {}; done", self.body(depth)),
                    _ => format!("shopt -s lastpipe; echo {word} | read y; {inner}"),
                }
            }
            30 => format!("{{ {}; }} | {{ read {}; {}; }}", self.block(depth), self.variable(), self.block(depth)),
            _ => format!("! {}", self.call(1)),
        }
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
