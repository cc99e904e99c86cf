//! Judges an HTTP request by its method, address, headers and bodies.
//!
//! Takes an [`HttpRequest`], put together from the options of curl, wget, HTTPie and their kin; gives an
//! [`Outcome`]. Knows HTTP and the conventions of APIs; knows no program and no option. What is done with the answer
//! (saved, piped) is judged elsewhere.

use crate::follow::step::{Arg, Hole, Input};
use crate::payload::Outcome;
use crate::text::Text;

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
    let _ = request;
    let mut outcome = Outcome::read_only();
    outcome.raise(crate::effect::Class::Mutating);
    outcome
}
