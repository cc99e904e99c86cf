//! Judges an HTTP request by its method, address, headers and bodies.
//!
//! Takes an [`HttpRequest`], put together from the options of curl, wget, HTTPie and their kin; gives an
//! [`Outcome`]. Knows HTTP and the conventions of APIs; knows no program and no option. What is done with the answer
//! (saved, piped) is judged elsewhere.

mod body;
pub mod config;
mod disclose;
mod endpoint;
mod method;
mod other;
pub mod raw;
mod rpc;
#[cfg(test)]
mod tests;
mod url;

use crate::effect::{Class, Effect};
use crate::follow::step::{Arg, Hole, Input};
use crate::payload::json::{self, Value};
use crate::payload::reason::Reason;
use crate::payload::{Outcome, flatten, graphql, words};
use crate::span::Span;
use crate::text::Text;
use body::Sent;
use method::{Asked, Method};
use rpc::Target;
use url::Url;

const DELETE: Reason = Reason::new("http.delete", Effect::Deprovision, "asks the server to delete")
    .instead("read it first, and let a human delete it");
const UNKNOWN_METHOD: Reason =
    Reason::new("http.unknown-method", Effect::Deprovision, "uses a method that is not known");

/// A request as a client would send it. Several addresses get the same method, headers and bodies.
#[derive(Clone, Copy)]
pub struct HttpRequest<'a> {
    /// The method that is asked for by name (`-X`, `--method`); it wins over everything else.
    pub method: Option<&'a Arg>,
    /// Bodies go into the address (`curl -G`).
    pub get: bool,
    /// Only the head is asked for (`curl -I`, `wget --spider`).
    pub head: bool,
    /// The addresses, with or without a scheme; for an RPC, `HOST/SERVICE/METHOD`.
    pub urls: &'a [Arg],
    /// Headers, as `Name: value`.
    pub headers: &'a [Arg],
    /// What is sent. A body makes it a POST where no method is named, an upload a PUT.
    pub bodies: &'a [Body],
    /// Commands for the server of another protocol (`curl -Q 'DELE f'`).
    pub commands: &'a [Arg],
    /// What is known of the holes and files that the request names.
    pub sources: &'a dyn Sources,
}

/// A part of what is sent, by the way in which the client reads it.
#[derive(Clone, Debug)]
pub enum Body {
    /// `curl -d`: text, or `@file`.
    Data(Arg),
    /// Text, whatever it starts with (`--data-raw`, `wget --post-data`).
    Raw(Arg),
    /// `curl --json`: JSON, or `@file`.
    Json(Arg),
    /// `curl -F`, `gh api -F`: `name=value`, `name=@file` or `name=<file`.
    Form(Arg),
    /// `gh api -f`, `curl --form-string`: `name=value`, where the value is text.
    Field(Arg),
    /// `curl --data-urlencode`: `value`, `=value`, `name=value`, `@file` or `name@file`.
    UrlEncoded(Arg),
    /// A file that is the body (`curl -T`, `wget --post-file`, `gh api --input`).
    Upload(Arg),
    /// An item of HTTPie: `name=value`, `name:=json`, `name@file`, `name==query`, `name:header`.
    Item(Arg),
    /// Standard input is the body (`-d @-`, `-T -`, HTTPie with its input redirected).
    Stdin(Input),
}

/// What the judge of the whole request knows of the things that an HTTP request only names.
pub trait Sources {
    /// The content of a file, where it may be read.
    fn file(&self, path: &Arg) -> Option<Text>;

    /// Whether what fills a hole is secret: the text of a key, of the environment, of a credential store.
    fn is_secret(&self, hole: &Hole) -> bool;

    /// Whether standard input brings something secret.
    fn is_secret_input(&self, input: &Input) -> bool;

    /// Texts that standard input may bring, among others.
    fn texts(&self, input: &Input) -> Vec<Text>;
}

/// Knows nothing: no file can be read, no hole is known to be secret.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSources;

impl Sources for NoSources {
    fn file(&self, _: &Arg) -> Option<Text> {
        None
    }

    fn is_secret(&self, _: &Hole) -> bool {
        false
    }

    fn is_secret_input(&self, _: &Input) -> bool {
        false
    }

    fn texts(&self, _: &Input) -> Vec<Text> {
        Vec::new()
    }
}

impl<'a> HttpRequest<'a> {
    /// A request without anything.
    pub fn new(sources: &'a dyn Sources) -> HttpRequest<'a> {
        HttpRequest {
            method: None,
            get: false,
            head: false,
            urls: &[],
            headers: &[],
            bodies: &[],
            commands: &[],
            sources,
        }
    }
}

/// Judges several requests of one command (`curl --next`).
pub fn judge_all<'a>(requests: impl IntoIterator<Item = HttpRequest<'a>>) -> Outcome {
    let mut outcome = Outcome::read_only();
    for request in requests {
        outcome.merge(judge(&request));
    }
    outcome
}

/// Judges a request.
pub fn judge(request: &HttpRequest<'_>) -> Outcome {
    let mut outcome = Outcome::read_only();
    let sent = Sent::new(request);
    let urls: Vec<Url> = request.urls.iter().map(|url| Url::new(&flatten(url))).collect();
    let asked = Asked::new(request, &sent);
    disclose::judge(request, &urls, &mut outcome);
    for command in request.commands {
        other::command(command, &mut outcome);
    }
    let unknown = Url::default();
    let targets = if urls.is_empty() { std::slice::from_ref(&unknown) } else { urls.as_slice() };
    for url in targets {
        if other::is_other(url) {
            other::judge(url, request, sent.has_body, &mut outcome);
        } else {
            outcome.merge(judge_one(url, request, &asked, &sent));
        }
    }
    let stays_here = !urls.is_empty() && urls.iter().all(Url::is_local);
    if !stays_here && asked.method != Method::Reads {
        outcome.paths.extend(sent.files);
    }
    outcome
}

/// Judges a request to one address.
fn judge_one(url: &Url, request: &HttpRequest<'_>, asked: &Asked, sent: &Sent) -> Outcome {
    let mut outcome = Outcome::read_only();
    match asked.method {
        Method::Deletes => outcome.find(&DELETE, marked(asked, url), &subject(url)),
        Method::Unknown => outcome.find(&UNKNOWN_METHOD, asked.span, &subject(url)),
        Method::Reads => read(url, sent, &mut outcome),
        Method::Changes => change(url, request, asked, sent, &mut outcome),
    }
    outcome
}

/// A request that reads, unless the address is one that acts on reading.
fn read(url: &Url, sent: &Sent, outcome: &mut Outcome) {
    if let Some(document) = query(url, sent).filter(|document| is_graphql(url, document)) {
        outcome.merge(graphql::read(document));
    }
    if endpoint::acts_on_get(url) {
        outcome.raise(Class::Mutating);
        endpoint::judge(url, "GET", false, outcome);
    }
    if let Some(statements) = rpc::parameters(url, sent) {
        outcome.merge(statements);
    }
}

/// A request that may change something.
fn change(url: &Url, request: &HttpRequest<'_>, asked: &Asked, sent: &Sent, outcome: &mut Outcome) {
    let headers: Vec<(String, Text)> = request
        .headers
        .iter()
        .map(flatten)
        .chain(sent.headers.iter().cloned())
        .filter_map(|text| header(&text))
        .collect();
    if let Some(operations) = graphql_operations(url, &headers, sent) {
        outcome.merge(operations);
        return;
    }
    let target = Target { url, method: &asked.name, headers: &headers };
    let reads = endpoint::judge(url, &asked.name, sent.uploads, outcome);
    match rpc::judge(&target, sent, outcome).or_else(|| rpc::parameters(url, sent)) {
        Some(statements) => outcome.merge(statements),
        None if reads => {}
        None => outcome.raise(Class::Mutating),
    }
}

/// What the operations of a GraphQL request do; `None` when it is no such request.
fn graphql_operations(url: &Url, headers: &[(String, Text)], sent: &Sent) -> Option<Outcome> {
    let mut found: Option<Outcome> = None;
    let mut add = |outcome: Outcome| match &mut found {
        Some(found) => found.merge(outcome),
        None => found = Some(outcome),
    };
    let is_plain =
        headers.iter().any(|(name, value)| name == "content-type" && value.as_str().contains("application/graphql"));
    for document in sent.documents.iter().chain(sent.value("operations")) {
        let values = json::read_all(document);
        for object in values.iter().flat_map(Value::objects) {
            let Some(query) = object.get("query").and_then(|query| query.text(document)) else { continue };
            if is_graphql(url, &query) {
                let name = object.get("operationName").and_then(|name| name.text(document));
                add(graphql::read_operation(&query, name.as_ref().map(Text::as_str)));
            }
        }
        let is_document = is_plain || (names_graphql(url) && graphql::looks_like_document(document.as_str()));
        if is_document && values.iter().all(|value| !matches!(value, Value::Object(_))) {
            add(graphql::read(document));
        }
    }
    if let Some(document) = query(url, sent).filter(|document| is_graphql(url, document)) {
        let name = sent.value("operationName");
        add(graphql::read_operation(document, name.map(Text::as_str)));
    }
    found
}

/// The document in a field or parameter `query`.
fn query<'a>(url: &'a Url, sent: &'a Sent) -> Option<&'a Text> {
    let parameter =
        || sent.query.iter().find(|(name, _)| name.as_str() == "query").and_then(|(_, value)| value.as_ref());
    sent.value("query").or_else(|| url.parameter("query")).or_else(parameter)
}

/// Whether a text that is sent as `query` is a GraphQL document: by the address, or by how it starts.
fn is_graphql(url: &Url, document: &Text) -> bool {
    names_graphql(url) || graphql::looks_like_document(document.as_str())
}

fn names_graphql(url: &Url) -> bool {
    let is_name = |word: &str| ["graphql", "gql", "ql"].iter().any(|name| word.eq_ignore_ascii_case(name));
    url.segments().iter().any(|segment| words::words(segment.as_str()).any(is_name))
}

/// A header's name in small letters, and its value.
fn header(text: &Text) -> Option<(String, Text)> {
    let colon = text.as_str().find(':')?;
    let name = text.as_str().get(..colon)?.trim().to_ascii_lowercase();
    let value = text.as_str().get(colon + 1..)?;
    let start = colon + 1 + (value.len() - value.trim_start().len());
    Some((name, text.slice(start, start + value.trim().len())))
}

fn marked(asked: &Asked, url: &Url) -> Span {
    if asked.span == Span::default() { url.path.source() } else { asked.span }
}

fn subject(url: &Url) -> String {
    format!("{}{}", url.host, url.path.as_str())
}
