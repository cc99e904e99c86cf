//! Writes random shell programs whose commands are Z1 to Z9.

use crate::random::Random;

/// A program nested at most `depth` deep.
pub fn program(random: &mut Random, depth: usize) -> String {
    let mut generator = Generator { random, bodies: Vec::new() };
    let mut text = generator.list(depth);
    generator.end_line(&mut text);
    text
}

struct Generator<'r> {
    random: &'r mut Random,
    /// Here-documents announced on the current line, as they will stand below it.
    bodies: Vec<String>,
}

impl Generator<'_> {
    fn pick(&mut self, choices: &[&str]) -> String {
        (*self.random.pick(choices)).to_owned()
    }

    fn end_line(&mut self, text: &mut String) {
        text.push('\n');
        for body in std::mem::take(&mut self.bodies) {
            text.push_str(&body);
        }
    }

    fn list(&mut self, depth: usize) -> String {
        let mut text = self.pipeline(depth);
        for _ in 0..self.random.below(3) {
            match self.random.below(6) {
                0 => text.push_str(" && "),
                1 => text.push_str("||"),
                2 => text.push_str("; "),
                3 => text.push_str(" & "),
                4 => self.end_line(&mut text),
                _ => {
                    text.push_str(" # c ' \" ) }");
                    self.end_line(&mut text);
                }
            }
            text.push_str(&self.pipeline(depth));
        }
        text
    }

    fn pipeline(&mut self, depth: usize) -> String {
        let mut text = self.pick(&["", "", "", "", "", "! ", "time ", "time -p ", "! ! "]);
        text.push_str(&self.command(depth));
        while self.random.once_in(5) {
            text.push_str(&self.pick(&["|", " | ", " |& ", "|&"]));
            if self.random.once_in(4) {
                self.end_line(&mut text);
            }
            text.push_str(&self.command(depth));
        }
        text
    }

    fn command(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.below(5) < 3 {
            return self.simple(depth);
        }
        let depth = depth - 1;
        let mut text = match self.random.below(14) {
            0 => format!("{{ {}; }}", self.list(depth)),
            1 => format!("( {} )", self.list(depth)),
            2 => format!("({})", self.list(depth)),
            3 => format!("if {}; then {}; fi", self.list(depth), self.list(depth)),
            4 => format!(
                "if {}; then {}; elif {}; then {}; else {}; fi",
                self.list(0),
                self.list(0),
                self.list(0),
                self.list(depth),
                self.list(0)
            ),
            5 => format!("while Z1 {}; do {}; done", self.word(0), self.list(depth)),
            6 => format!("for i in {} {}; do {}; done", self.word(depth), self.word(0), self.list(depth)),
            7 => format!("for ((i={};i<2;i++)); do {}; done", self.arithmetic(depth), self.list(depth)),
            8 => format!(
                "case {} in {}) {};; ({}|*) {} ;;& b) {}; esac",
                self.word(depth),
                self.word(0),
                self.list(depth),
                self.word(0),
                self.list(0),
                self.list(0)
            ),
            9 => format!("(({}))", self.arithmetic(depth)),
            10 => format!("[[ {} ]]", self.condition(depth)),
            11 => format!("f() {{ {}; }}; f", self.list(depth)),
            12 => format!("function f {{ {}; }}; f", self.list(depth)),
            _ => format!("(({}); ({}))", self.list(0), self.list(depth)),
        };
        if self.random.once_in(4) {
            text.push_str(&self.redirect(depth));
        }
        text
    }

    fn simple(&mut self, depth: usize) -> String {
        let mut text = String::new();
        if self.random.once_in(8) {
            text.push_str(&self.redirect(depth));
            text.push(' ');
        }
        if self.random.once_in(6) {
            text.push_str(&self.assignment(depth));
            text.push(' ');
            if self.random.once_in(3) {
                return text;
            }
        }
        text.push_str(&self.pick(&[
            "Z1", "Z2", "Z3", "Z4", "Z5", "Z6", "Z7", "Z8", "Z9", "\\Z1", "Z''2", "Z\\\n3", "\"Z4\"", "$'Z5'", "Z{6,7}",
        ]));
        for _ in 0..self.random.below(3) {
            text.push_str(&self.pick(&[" ", " ", "  ", "\t", " \\\n "]));
            text.push_str(&self.word(depth));
        }
        while self.random.once_in(6) {
            text.push_str(&self.redirect(depth));
        }
        text
    }

    fn assignment(&mut self, depth: usize) -> String {
        match self.random.below(6) {
            0 => format!("a=({} {})", self.word(depth), self.word(0)),
            1 => format!("a[{}]={}", self.arithmetic(depth), self.word(0)),
            2 => format!("a=([{}]={} {})", self.arithmetic(depth), self.word(0), self.word(0)),
            3 => format!("v+={}", self.word(depth)),
            4 => "v=".to_owned(),
            _ => format!("v={}", self.word(depth)),
        }
    }

    fn redirect(&mut self, depth: usize) -> String {
        match self.random.below(9) {
            0 => format!(" >{}", self.pick(&["f", " g", "&2", "|h"])),
            1 => " 2>&1".to_owned(),
            2 => format!(" <<<{}", self.word(depth)),
            3 => format!(" > >({})", self.list(depth)),
            4 => format!(" < <({})", self.list(depth)),
            5 => " &>f".to_owned(),
            6 => " {q}<f".to_owned(),
            _ => self.here_document(depth),
        }
    }

    fn here_document(&mut self, depth: usize) -> String {
        let (operator, end) = *self.random.pick(&[
            ("<<E", "E"),
            ("<<-E", "\tE"),
            ("<<'E'", "E"),
            ("<<\\E", "E"),
            ("<<-\"E\"", "\tE"),
            ("<<\"\"E", "E"),
        ]);
        let mut body = String::new();
        for _ in 0..self.random.below(3) {
            body.push_str(&self.pick(&["", "\t", " ", "x"]));
            let text = self.quoted_text(depth, true);
            body.push_str(&text);
            body.push('\n');
        }
        self.bodies.push(format!("{body}{end}\n"));
        format!(" {operator}")
    }

    fn word(&mut self, depth: usize) -> String {
        let mut text = self.word_part(depth);
        while self.random.once_in(3) {
            text.push_str(&self.word_part(depth));
        }
        text
    }

    fn word_part(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.once_in(2) {
            return self.pick(&[
                "a",
                "b",
                "x1",
                "-o",
                "'q q'",
                "'$(Z1)'",
                "\"d d\"",
                "\\ ",
                "\\$",
                "$x",
                "${v}",
                "\"$v\"",
                "$'\\n\\''",
                "a=b",
                "*",
                "?",
                "[a]",
                "{a,b}",
                "{1..3}",
                "~",
                "#x",
                "$$",
                "$#",
                "${#v}",
                "\"\\$(Z2)\"",
                "'`Z3`'",
                "$\"s\"",
                "''",
                "\"\"",
                "a\\\nb",
                "\"a\\\nb\"",
            ]);
        }
        let depth = depth - 1;
        match self.random.below(10) {
            0 | 1 => format!("$({})", self.list(depth)),
            2 => format!("`{}`", self.backquoted(depth)),
            3 => format!("\"{}\"", self.quoted_text(depth, false)),
            4 => format!("$(({}))", self.arithmetic(depth)),
            5 => format!("<({})", self.list(depth)),
            6 => format!("$[{}]", self.arithmetic(depth)),
            7 => format!("$(({}) )", self.list(depth)),
            _ => self.parameter(depth),
        }
    }

    /// Commands for backquotes: their own backquotes, backslashes and dollars are escaped.
    fn backquoted(&mut self, depth: usize) -> String {
        let bodies = std::mem::take(&mut self.bodies);
        let mut text = self.list(depth);
        self.end_line(&mut text);
        self.bodies = bodies;
        let mut escaped = String::new();
        for character in text.chars() {
            if matches!(character, '`' | '\\') || (character == '$' && self.random.once_in(2)) {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        escaped
    }

    fn quoted_text(&mut self, depth: usize, here: bool) -> String {
        let mut text = String::new();
        for _ in 0..=self.random.below(3) {
            let part = match self.random.below(if depth == 0 { 2 } else { 7 }) {
                0 => self.pick(&[
                    "t", " ", "'", "\\$(Z4)", "\\`Z5\\`", "#", ")", "}", "*", "\\\\", "$v", "${v}", "$", "<(Z6)",
                    "\\\n", "E", ";", "$'",
                ]),
                1 if here => self.pick(&["\"", "EE", "E ", " E", "\\\""]),
                1 => self.pick(&["\\\"", "!", "\n"]),
                2 => format!("$({})", self.list(depth - 1)),
                3 => format!("$(({}))", self.arithmetic(depth - 1)),
                4 if !here => format!("`{}`", self.backquoted(depth - 1).replace('"', "\\\"")),
                _ => self.parameter_in_quotes(depth - 1),
            };
            text.push_str(&part);
        }
        text
    }

    fn parameter(&mut self, depth: usize) -> String {
        let operator =
            self.pick(&["x:-", "x-", "x:=", "v:+", "v#", "v##", "v%", "v/b/", "v/", "v//", "v^", "v,,", "x?", "v~"]);
        format!("${{{operator}{}}}", self.operand(depth))
    }

    fn operand(&mut self, depth: usize) -> String {
        match self.random.below(6) {
            0 => self.pick(&["a b", ";", "'}'", "\\}", "\"}\"", "#", "(", "<", "'$(Z1)'", "{a}"]),
            1 => format!("'{}'", self.pick(&["a", "$(Z2)", "`Z3`", "}"])),
            2 => format!("<({})", self.list(depth)),
            _ => self.word(depth),
        }
    }

    fn parameter_in_quotes(&mut self, depth: usize) -> String {
        match self.random.below(4) {
            0 => format!("${{v:{}}}", self.arithmetic(depth)),
            1 => format!("${{a[{}]}}", self.arithmetic(depth)),
            _ => self.parameter(depth),
        }
    }

    fn arithmetic(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.once_in(3) {
            return self.pick(&[
                "1", "v", "1+2", "(1)", "a[0]", "1<<2", "x=3", "1<2", "(1)+(2)", "2#1", "1?2:3", "!0", "$v", "${#v}",
            ]);
        }
        match self.random.below(7) {
            0 => format!("$({})", self.list(depth - 1)),
            1 => format!("'$({})'", self.simple(0).replace('\'', "")),
            2 => format!("\"{}\"", self.arithmetic(depth - 1)),
            3 => format!("({})+1", self.arithmetic(depth - 1)),
            4 => format!("a[{}]", self.arithmetic(depth - 1)),
            5 => format!("${{x:-{}}}", self.arithmetic(depth - 1)),
            _ => format!("$(({}))", self.arithmetic(depth - 1)),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        match self.random.below(9) {
            0 => format!("{} == {}", self.word(depth), self.word(0)),
            1 => format!("-n {}", self.word(depth)),
            2 => format!("{} && {}", self.word(0), self.word(depth)),
            3 => format!("! {} || ( {} )", self.word(0), self.word(depth)),
            4 => format!("a =~ ^({}|b).*{}$", self.word(0), self.word(depth)),
            5 => format!("a == @({}|{})", self.word(0), self.word(depth)),
            6 => format!("{} -eq {}", self.arithmetic(0), self.word(depth)),
            7 => format!("{} < {}", self.word(0), self.word(depth)),
            _ => self.word(depth),
        }
    }
}
