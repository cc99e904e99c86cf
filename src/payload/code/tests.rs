//! The examples of the language files, and what holds for all languages.

use crate::effect::{Class, Effect};
use crate::follow::step::{Arg, Hole, Piece, Source};
use crate::payload::{Carried, Language, Outcome, PathRole};
use crate::span::Span;
use crate::text::Text;

use super::{compile, read};

fn known(code: &str) -> Arg {
    let span = Span::new(0, code.len());
    Arg::known(Text::verbatim(code, span), span)
}

/// An argument with a sign for each hole.
fn shown(arg: &Arg) -> String {
    arg.pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.as_str().to_owned(),
            Piece::Hole(hole) => match &hole.source {
                Source::Home => "~".to_owned(),
                Source::StartFolder => "PWD".to_owned(),
                Source::TemporaryFolder => "TMP".to_owned(),
                Source::FreshTemporary(_) => "FRESH".to_owned(),
                Source::Glob(pattern) => pattern.clone(),
                _ => "?".to_owned(),
            },
        })
        .collect()
}

/// What an outcome says, in few words: `deletes src; runs git push`, or the class when there is nothing else.
fn rendered(outcome: &Outcome) -> String {
    let mut said = Vec::new();
    for used in &outcome.paths {
        let role = match used.role {
            PathRole::Deletes => "deletes",
            PathRole::Empties => "empties",
            PathRole::Writes => "writes",
            PathRole::ChangesMode => "mode of",
            PathRole::Sends => "sends",
            PathRole::Reads => continue,
        };
        said.push(format!("{role} {}", shown(&used.path)));
    }
    for carried in &outcome.carried {
        said.push(match carried {
            Carried::Shell { text, .. } => format!("shell {}", shown(text)),
            Carried::Arguments(words) => format!("runs {}", words.iter().map(shown).collect::<Vec<_>>().join(" ")),
            Carried::Code { language, text } => format!("{} {}", language.name(), shown(text)),
            Carried::File { path, .. } => format!("file {}", shown(path)),
        });
    }
    said.extend(outcome.findings.iter().filter_map(|finding| finding.effect.map(|effect| effect.as_str().to_owned())));
    if said.is_empty() {
        return outcome.class.to_string();
    }
    said.join("; ")
}

#[test]
fn the_examples_of_every_language_hold() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir("rules/languages").expect("the folder of languages") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a language file");
        let (language, examples) = compile::examples(&text).expect("a valid language file");
        for (code, gives) in examples {
            count += 1;
            let got = rendered(&read(language, &known(&code)));
            if got != gives {
                wrong.push(format!("{language:?}: {code}\n  expected {gives}\n  got      {got}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_mistake_in_a_language_file_is_named() {
    let compile = |text: &str| compile::compile(&[("x.yaml".to_owned(), format!("language: python\n{text}"))]);
    assert!(compile("functions: {pure: print}").is_ok());
    for (text, problem) in [
        ("functions: {pure: [a, a]}", "`a` is listed twice"),
        (
            "functions: {calls: [{call: a, deletes: 0}, {call: a, writes: 0}]}",
            "`a` has a meaning that is never reached",
        ),
        ("functions: {calls: [{call: a, class: destructive}]}", "a destructive call names its effect"),
        ("functions: {calls: [{call: a}]}", "says nothing"),
        ("functions: {calls: [{call: a, deletes: 0x}]}", "no place of an argument"),
        ("functions: {calls: [{call: a, delets: 0}]}", "delets"),
        ("functions: {calls: [{call: a, code: 0, language: cobol}]}", "`cobol` is no language"),
    ] {
        let problems = compile(text).expect_err(text).join("\n");
        assert!(problems.contains(problem), "{text}: {problems}");
    }
}

#[test]
fn findings_point_into_the_request() {
    let text = "python3 -c 'import redis; redis.Redis().flushall()'";
    let start = text.find("import").expect("the code");
    let code = Text::request(text).slice(start, text.len() - 1);
    let outcome = read(Language::Python, &Arg::known(code, Span::default()));
    let finding = outcome.findings.first().expect("a finding");
    assert_eq!(finding.span.of(text), "redis.Redis().flushall");
    assert_eq!(finding.rule, "python.drop");
}

#[test]
fn a_hole_where_code_stands_is_opaque_and_in_a_string_is_unknown() {
    let hole = |source| Piece::Hole(Hole { source, splits: false, may_be_empty: true });
    let text = |text: &str| Piece::Text(Text::derived(text, Span::default()));
    let read_pieces = |pieces| rendered(&read(Language::Python, &Arg { pieces, span: Span::default() }));
    assert_eq!(read_pieces(vec![hole(Source::Other)]), "opaque");
    assert_eq!(read_pieces(vec![text("x = 1\n"), hole(Source::Other)]), "opaque");
    let remove = |source| vec![text("import os; os.remove('"), hole(source), text("/x')")];
    assert_eq!(read_pieces(remove(Source::Other)), "deletes ?/x");
    assert_eq!(read_pieces(remove(Source::Home)), "deletes ~/x");
}

#[test]
fn what_does_not_end_or_goes_too_deep_is_opaque() {
    for code in ["print('", "print(", "f(]", "x = '''a"] {
        assert_eq!(rendered(&read(Language::Python, &known(code))), "opaque", "{code}");
    }
    for open in ["(", "[", "-", "f(", "not ", "a.b(", "{1:", "lambda: "] {
        let code = open.repeat(5000);
        let outcome = read(Language::Python, &known(&code));
        assert!(outcome.class >= Class::Mutating, "{open}");
    }
    let long = format!("x = 0{}", " + a.b".repeat(5000));
    assert_eq!(read(Language::Python, &known(&long)).class, Class::ReadOnly);
    let mixed = format!("x = 0{}", " + a - b".repeat(5000));
    assert!(read(Language::Python, &known(&mixed)).findings.iter().any(|f| f.effect == Some(Effect::Opaque)));
}

/// Pieces of programs in many languages, put together at random.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "`",
    "\\",
    "\n",
    " ",
    "  ",
    "\t",
    ";",
    ":",
    ",",
    ".",
    "->",
    "=>",
    "::",
    "|",
    "||",
    "&",
    "<<",
    "<<~A",
    "A\n",
    "=",
    "+=",
    "+",
    "-",
    "*",
    "/",
    "//",
    "#",
    "#{",
    "${",
    "$",
    "@",
    "%",
    "%w[",
    "q(",
    "qw{",
    "s/",
    "tr/",
    "m{",
    "/*",
    "*/",
    "--",
    "[[",
    "]]",
    "~",
    "?",
    "!",
    "<",
    ">",
    "<?php",
    "=begin",
    "=cut",
    "\u{fffc}",
    "é",
    "日",
    "\u{0}",
    "0x",
    "1",
    "9",
    "f",
    "x",
    "def ",
    "do ",
    "end",
    "if ",
    "for ",
    "in ",
    "import ",
    "from ",
    "lambda ",
    "class ",
    "function ",
    "sub ",
    "my ",
    "let ",
    "return ",
    "os",
    "fs",
    "unlink",
    "system",
    "eval ",
    "print ",
    "getline",
    "f\"",
    "r'",
    "b'''",
    "\"\"\"",
    "EOF",
    "BEGIN",
    "__END__",
    "say",
    "\r\n",
    "...",
    "|>",
    "fn ",
    "puts ",
    "`rm x`",
];

#[test]
fn no_input_makes_it_panic() {
    let languages = [
        Language::Python,
        Language::Javascript,
        Language::Perl,
        Language::Ruby,
        Language::Php,
        Language::Lua,
        Language::Awk,
        Language::Sed,
        Language::Jq,
        Language::Applescript,
        Language::Powershell,
        Language::Cmd,
        Language::Tcl,
        Language::R,
        Language::Elisp,
        Language::Ex,
        Language::Ed,
        Language::Gdb,
        Language::Groovy,
        Language::Elixir,
        Language::Julia,
    ];
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for round in 0..1500 {
        let mut code = String::new();
        for _ in 0..random(40) {
            code.push_str(PIECES[random(PIECES.len())]);
        }
        let language = languages[round % languages.len()];
        let _ = read(language, &known(&code));
    }
}
