//! What the fuzzers of the readers of payloads call. Whatever the bytes are, a reader must end, and what it finds must
//! stand in the text that it got.

use guard::effect::Class;
use guard::follow::step::{Arg, Input};
use guard::payload::http::{Body, HttpRequest, NoSources};
use guard::payload::{self, Language, Outcome, http, task_file::TaskFile, tasks};
use guard::span::Span;
use guard::text::Text;

use super::targets::Target;

/// The targets: one for each reader, and for each family of languages that one mechanism reads.
pub const READERS: &[Target] = &[
    ("sql", sql),
    ("stores", stores),
    ("http", http_request),
    ("graphql", graphql),
    ("python", python),
    ("braces", braces),
    ("blocks", blocks),
    ("commands", commands),
    ("editors", editors),
    ("tasks", task_files),
];

/// The dialects of SQL.
fn sql(data: &[u8]) {
    use Language::{Clickhouse, Cql, Duckdb, Influxql, Mysql, Postgres, Sql, Sqlite, Sqlserver};
    read(data, &[Postgres, Mysql, Sqlite, Sqlserver, Clickhouse, Duckdb, Cql, Sql, Influxql]);
}

/// The languages of stores that are no SQL.
fn stores(data: &[u8]) {
    read(data, &[Language::Redis, Language::Mongo, Language::Cypher, Language::Flux, Language::Memcached]);
}

/// GraphQL.
fn graphql(data: &[u8]) {
    read(data, &[Language::Graphql]);
}

/// The language whose blocks are made by indentation.
fn python(data: &[u8]) {
    read(data, &[Language::Python]);
}

/// Languages whose blocks stand in braces.
fn braces(data: &[u8]) {
    use Language::{Awk, Groovy, Javascript, Perl, Php, R};
    read(data, &[Javascript, Perl, Php, Groovy, Awk, R]);
}

/// Languages whose blocks end with a word.
fn blocks(data: &[u8]) {
    read(data, &[Language::Ruby, Language::Lua, Language::Elixir, Language::Julia]);
}

/// Languages of commands, sentences and lists.
fn commands(data: &[u8]) {
    use Language::{Applescript, Cmd, Elisp, Jq, Powershell, PowershellEncoded, Tcl};
    read(data, &[Powershell, PowershellEncoded, Cmd, Tcl, Elisp, Applescript, Jq]);
}

/// The commands of editors and debuggers.
fn editors(data: &[u8]) {
    use Language::{Ed, Ex, Gdb, Make, Sed, SedInPlace};
    read(data, &[Sed, SedInPlace, Ed, Ex, Gdb, Make]);
}

/// A request as it goes over the wire; and one of curl's: the first line is the method, the second the address, the
/// third a header, the rest the body, in every form that a body can have.
fn http_request(data: &[u8]) {
    read(data, &[Language::Http]);
    let Ok(text) = std::str::from_utf8(data) else { return };
    let whole = Text::request(text);
    let mut parts = Vec::new();
    let mut from = 0;
    while parts.len() < 3 {
        let Some(end) = text[from..].find('\n').map(|offset| from + offset) else { break };
        parts.push(argument(&whole, from, end));
        from = end + 1;
    }
    let body = argument(&whole, from, text.len());
    let forms: [fn(Arg) -> Body; 8] =
        [Body::Data, Body::Raw, Body::Json, Body::Form, Body::Field, Body::UrlEncoded, Body::Item, |arg| {
            Body::Stdin(arg.text().map_or(Input::Unknown, |text| Input::Text(Text::request(text))))
        }];
    let urls: Vec<Arg> = parts.get(1).into_iter().cloned().collect();
    let headers: Vec<Arg> = parts.get(2).into_iter().cloned().collect();
    for form in forms {
        let bodies = [form(body.clone())];
        let request = HttpRequest {
            method: parts.first(),
            urls: &urls,
            headers: &headers,
            bodies: &bodies,
            ..HttpRequest::new(&NoSources)
        };
        http::judge(&request);
        http::judge(&HttpRequest { method: None, get: true, ..request });
    }
}

/// The files of tasks: what runs for the default task, and for one that the file names.
fn task_files(data: &[u8]) {
    use TaskFile::{ComposerJson, DenoJson, Justfile, Makefile, PackageJson, Taskfile};
    let Ok(text) = std::str::from_utf8(data) else { return };
    let name = text.split(|c: char| !c.is_alphanumeric()).find(|word| word.len() > 2).unwrap_or("all");
    for file in [PackageJson, DenoJson, ComposerJson, Makefile, Justfile, Taskfile] {
        for names in [&[][..], &[name]] {
            tasks::read(file, text, names, &[("X", "y")], &["argument".to_owned()]);
        }
    }
}

/// Reads the text in each language, as it is and with a part of it unknown.
fn read(data: &[u8], languages: &[Language]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let whole = argument(&Text::request(text), 0, text.len());
    for language in languages {
        check(text, &payload::read(*language, &whole));
    }
    let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
    let mut holed = Text::request(text).slice(0, middle);
    holed.push(&Text::derived(payload::HOLE.to_string(), Span::new(middle, middle)));
    holed.push(&Text::request(text).slice(middle, text.len()));
    for language in languages {
        check(text, &payload::read(*language, &payload::argument(holed.clone())));
    }
}

fn argument(text: &Text, start: usize, end: usize) -> Arg {
    Arg::known(text.slice(start, end), Span::new(start, end))
}

/// What is found stands in the text, and is the reason for the class.
fn check(text: &str, outcome: &Outcome) {
    for finding in &outcome.findings {
        let (start, end) = (finding.span.start as usize, finding.span.end as usize);
        assert!(text.get(start..end).is_some(), "{}: {start}..{end} is no part of {text:?}", finding.rule);
    }
    for used in &outcome.paths {
        let (start, end) = (used.path.span.start as usize, used.path.span.end as usize);
        assert!(text.get(start..end).is_some(), "{}: {start}..{end} is no part of {text:?}", used.rule);
    }
    let has_reason = outcome.findings.iter().any(|finding| finding.class == Class::Destructive);
    assert!(has_reason || outcome.class < Class::Destructive, "destructive without a reason: {text:?}");
}
