//! Which method a request really has.

use super::HttpRequest;
use super::body::Sent;
use crate::follow::step::Arg;
use crate::payload::{flatten, words};
use crate::span::Span;
use crate::text::Text;

/// What a method does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET, HEAD, OPTIONS and their kin.
    Reads,
    /// POST, PUT, PATCH and methods that are not known by name.
    Changes,
    /// DELETE and methods whose name says the same.
    Deletes,
    /// It is not known which.
    Unknown,
}

/// A method, and where it is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What it does.
    pub method: Method,
    /// As it is written, in capitals; empty when it follows from other options.
    pub name: String,
    /// Where.
    pub span: Span,
}

/// Methods that only read.
const READING: &[&str] =
    &["GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH", "LIST", "QUERY", "CONNECT"];

/// Headers by which a server takes another method.
const OVERRIDES: &[&str] = &["x-http-method-override", "x-http-method", "x-method-override"];

impl Asked {
    /// The method of `request`, which sends `sent`.
    pub fn new(request: &HttpRequest<'_>, sent: &Sent) -> Asked {
        if let Some(asked) = overridden(request, sent) {
            return asked;
        }
        let implied = |method, name: &str| Asked { method, name: name.to_owned(), span: Span::default() };
        match request.method {
            Some(method) => {
                // Where the word itself stands, which may be in the value of a variable.
                let text = flatten(method);
                let span = if method.has_hole() { method.span } else { text.source() };
                named(&text, span)
            }
            None if request.head => implied(Method::Reads, "HEAD"),
            None if request.get => implied(Method::Reads, "GET"),
            None if sent.uploads => implied(Method::Changes, "PUT"),
            None if sent.has_body => implied(Method::Changes, "POST"),
            None => implied(Method::Reads, "GET"),
        }
    }
}

fn named(text: &Text, span: Span) -> Asked {
    let name = text.as_str().trim().to_ascii_uppercase();
    let method = match name.as_str() {
        name if name.contains(crate::payload::HOLE) => Method::Unknown,
        name if READING.contains(&name) => Method::Reads,
        name if words::words(name).any(words::is_deleting_word) || name == "UNLINK" || name == "BAN" => Method::Deletes,
        _ => Method::Changes,
    };
    Asked { method, name, span }
}

/// A method that a header, or a field or parameter `_method`, puts in the place of POST.
fn overridden(request: &HttpRequest<'_>, sent: &Sent) -> Option<Asked> {
    let headers = request.headers.iter().map(|header| (flatten(header), header.span));
    let headers = headers.chain(sent.headers.iter().map(|header| (header.clone(), header.source())));
    for (header, span) in headers {
        let Some((name, value)) = super::header(&header) else { continue };
        if OVERRIDES.contains(&name.as_str()) {
            let asked = named(&value, if value.is_empty() { span } else { value.source() });
            if asked.method != Method::Reads {
                return Some(asked);
            }
        }
    }
    let addresses = request.urls.iter().map(|url: &Arg| super::url::Url::new(&flatten(url)));
    let parameters = addresses.flat_map(|url| url.query).filter_map(|(name, value)| Some((name, value?)));
    let fields = sent.fields.iter().cloned().chain(parameters);
    let posts = sent.has_body
        || request.method.is_some_and(|method| method.text().is_some_and(|name| name.eq_ignore_ascii_case("post")));
    let (_, value) = fields.into_iter().find(|(name, _)| posts && name.as_str() == "_method")?;
    let asked = named(&value, value.source());
    (asked.method != Method::Reads).then_some(asked)
}
