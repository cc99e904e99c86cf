//! The parts of an address, each knowing where it stands in the request.

use crate::payload::HOLE;
use crate::span::Span;
use crate::text::Text;

/// An address as a client takes it: with a scheme or without, a host or only a path.
#[derive(Clone, Debug, Default)]
pub struct Url {
    /// `https`, in small letters; empty when it is not given.
    pub scheme: String,
    /// Host without port and user, in small letters; empty when there is none.
    pub host: String,
    /// The port, when it is given.
    pub port: String,
    /// The path without query and fragment.
    pub path: Text,
    /// The pairs of the query, decoded; a name without `=` has no value.
    pub query: Vec<(Text, Option<Text>)>,
}

impl Url {
    /// Takes an address apart.
    pub fn new(address: &Text) -> Url {
        let source = address.as_str();
        let (scheme, start) = match source.find("://") {
            Some(end) if source.get(..end).is_some_and(is_scheme) => (source.get(..end).unwrap_or(""), end + 3),
            _ => ("", 0),
        };
        let rest = source.get(start..).unwrap_or("");
        let authority_length = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = rest.get(..authority_length).unwrap_or("");
        // Without a scheme, a first part that is no host name belongs to the path (`gh api repos/x/y`).
        let has_host = !scheme.is_empty() || is_host(authority);
        let path_start = if has_host { start + authority_length } else { start };
        let (host, port) = host_and_port(if has_host { authority } else { "" });
        let tail = source.get(path_start..).unwrap_or("");
        let end = path_start + tail.find('#').unwrap_or(tail.len());
        let target = source.get(path_start..end).unwrap_or("");
        let path_end = path_start + target.find('?').unwrap_or(target.len());
        let query = if path_end < end { pairs(&address.slice(path_end + 1, end)) } else { Vec::new() };
        Url { scheme: scheme.to_ascii_lowercase(), host, port, path: address.slice(path_start, path_end), query }
    }

    /// The parts of the path between slashes, from the first, without empty ones; decoded.
    pub fn segments(&self) -> Vec<Text> {
        let source = self.path.as_str();
        let mut segments = Vec::new();
        let mut start = 0;
        for end in source.match_indices('/').map(|(at, _)| at).chain([source.len()]) {
            if start < end {
                segments.push(decode(&self.path.slice(start, end), false));
            }
            start = end + 1;
        }
        segments
    }

    /// The first value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&Text> {
        self.query.iter().find(|(known, _)| known.as_str() == name).and_then(|(_, value)| value.as_ref())
    }

    /// Whether it is this machine.
    pub fn is_local(&self) -> bool {
        matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "::1" | "0.0.0.0" | "host.docker.internal")
            || self.host.ends_with(".localhost")
    }

    /// Whether the host is this domain or lies below it.
    pub fn is_below(&self, domain: &str) -> bool {
        self.host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

fn is_scheme(scheme: &str) -> bool {
    !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

/// Whether the first part of an address without a scheme names a host.
fn is_host(part: &str) -> bool {
    part == "localhost" || part.contains(['.', ':', '@']) || part.contains(HOLE)
}

fn host_and_port(authority: &str) -> (String, String) {
    let address = authority.rsplit('@').next().unwrap_or("");
    let (host, port) = match address.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':').unwrap_or("")),
        None => address.split_once(':').unwrap_or((address, "")),
    };
    // HTTPie's short form: `:3000/path`.
    let host = if host.is_empty() && !port.is_empty() { "localhost" } else { host };
    (host.to_ascii_lowercase(), port.to_owned())
}

/// The pairs of a query or of a form's body, decoded.
pub fn pairs(text: &Text) -> Vec<(Text, Option<Text>)> {
    let source = text.as_str();
    let mut pairs = Vec::new();
    let mut start = 0;
    for end in source.match_indices('&').map(|(at, _)| at).chain([source.len()]) {
        let pair = source.get(start..end).unwrap_or("");
        if !pair.is_empty() {
            let (name, value) = match pair.find('=') {
                Some(sign) => (text.slice(start, start + sign), Some(text.slice(start + sign + 1, end))),
                None => (text.slice(start, end), None),
            };
            pairs.push((decode(&name, true), value.map(|value| decode(&value, true))));
        }
        start = end + 1;
    }
    pairs
}

/// Undoes `%41`, and `+` where it stands for a blank.
fn decode(text: &Text, plus: bool) -> Text {
    let bytes = text.as_str().as_bytes();
    if !bytes.iter().any(|byte| *byte == b'%' || (plus && *byte == b'+')) {
        return text.clone();
    }
    let mut result = Text::default();
    let (mut from, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        let (decoded, length) = match byte {
            b'+' if plus => (vec![b' '], 1),
            b'%' => escaped(bytes, at),
            _ => (Vec::new(), 1),
        };
        if !decoded.is_empty() {
            result.push(&text.slice(from, at));
            result.push(&Text::derived(String::from_utf8_lossy(&decoded), text.locate(Span::new(at, at + length))));
            from = at + length;
        }
        at += length;
    }
    result.push(&text.slice(from, bytes.len()));
    result
}

/// The bytes that a run of `%41%42` stands for, and its length.
fn escaped(bytes: &[u8], at: usize) -> (Vec<u8>, usize) {
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::new();
    let mut length = 0;
    while bytes.get(at + length) == Some(&b'%')
        && let (Some(high), Some(low)) = (digit(at + length + 1), digit(at + length + 2))
    {
        decoded.push((high * 16 + low) as u8);
        length += 3;
        // One character at a time keeps the marks narrow.
        if std::str::from_utf8(&decoded).is_ok() {
            break;
        }
    }
    (decoded, length.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_fall_into_parts() {
        let cases = [
            (
                "https://u:p@API.example.com:8080/v1/a%2fb/?q=a+b&x#f",
                "https",
                "api.example.com",
                "8080",
                "v1 a/b",
                "q=a b x",
            ),
            ("example.com/x", "", "example.com", "", "x", ""),
            (":3000/users/7", "", "localhost", "3000", "users 7", ""),
            ("repos/me/app?per_page=3", "", "", "", "repos me app", "per_page=3"),
            ("graphql", "", "", "", "graphql", ""),
            ("/v1/x", "", "", "", "v1 x", ""),
            ("http://[::1]:80", "http", "::1", "80", "", ""),
            ("", "", "", "", "", ""),
        ];
        for (address, scheme, host, port, segments, query) in cases {
            let url = Url::new(&Text::request(address));
            let joined: Vec<String> = url.segments().iter().map(|segment| segment.as_str().to_owned()).collect();
            let pairs: Vec<String> = url
                .query
                .iter()
                .map(|(name, value)| match value {
                    Some(value) => format!("{}={}", name.as_str(), value.as_str()),
                    None => name.as_str().to_owned(),
                })
                .collect();
            let found = (url.scheme.as_str(), url.host.as_str(), url.port.as_str(), joined.join(" "), pairs.join(" "));
            assert_eq!(found, (scheme, host, port, segments.to_owned(), query.to_owned()), "{address}");
        }
    }
}
