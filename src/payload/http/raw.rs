//! Reads requests as they go over the wire: `DELETE /x HTTP/1.1`, headers, a blank line, a body.

use super::{Body, HttpRequest, NoSources, judge};
use crate::effect::Class;
use crate::follow::step::Arg;
use crate::payload::{Outcome, argument};
use crate::text::Text;

/// Reads one request; text that is none changes something.
pub fn read(text: &Text) -> Outcome {
    let source = text.as_str();
    let head_end = source.find("\r\n\r\n").or_else(|| source.find("\n\n")).unwrap_or(source.len());
    let mut lines = lines(text, head_end).into_iter();
    let Some(request) = lines.next().filter(|line| line.as_str().contains(" HTTP/")) else {
        let mut outcome = Outcome::read_only();
        outcome.raise(Class::Mutating);
        return outcome;
    };
    let words = crate::payload::stores::words(&request, 0, request.as_str().len());
    let mut words = words.into_iter().map(argument);
    let method = words.next();
    let urls: Vec<Arg> = words.next().into_iter().collect();
    let headers: Vec<Arg> = lines.map(argument).collect();
    let rest = source.get(head_end..).unwrap_or("");
    let body_at = source.len() - rest.trim_start().len();
    let bodies =
        if body_at < source.len() { vec![Body::Raw(argument(text.slice(body_at, source.len())))] } else { Vec::new() };
    judge(&HttpRequest {
        method: method.as_ref(),
        urls: &urls,
        headers: &headers,
        bodies: &bodies,
        ..HttpRequest::new(&NoSources)
    })
}

/// The lines up to `end`.
fn lines(text: &Text, end: usize) -> Vec<Text> {
    let head = text.as_str().get(..end).unwrap_or("");
    let mut lines = Vec::new();
    let mut start = 0;
    for stop in head.match_indices('\n').map(|(at, _)| at).chain([end]) {
        let line = head.get(start..stop).unwrap_or("");
        lines.push(text.slice(start, start + line.trim_end_matches('\r').len()));
        start = stop + 1;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_line_decides() {
        let cases = [
            ("GET /delete HTTP/1.1\r\nHost: a\r\n\r\n", Class::ReadOnly),
            ("POST /x HTTP/1.1\r\nHost: a\r\n\r\na=b", Class::Mutating),
            ("hello", Class::Mutating),
            ("DELETE /x HTTP/1.1\r\nHost: a\r\n\r\n", Class::Destructive),
            ("POST /x/delete HTTP/1.0\n\n", Class::Destructive),
            ("POST /x HTTP/1.1\r\nX-HTTP-Method-Override: DELETE\r\n\r\n", Class::Destructive),
        ];
        for (request, class) in cases {
            assert_eq!(read(&Text::request(request)).class, class, "{request}");
        }
    }
}
