//! What a request sends: documents, fields and files, whichever way the client was told.

use super::{Body, HttpRequest};
use crate::follow::step::{Arg, Input};
use crate::payload::{PathRole, PathUse, flatten, part};
use crate::text::Text;

use super::url::pairs;

/// Everything that a request sends.
#[derive(Debug, Default)]
pub struct Sent {
    /// Whole bodies, as far as their text is known.
    pub documents: Vec<Text>,
    /// Fields of forms, or of the JSON object that a client builds.
    pub fields: Vec<(Text, Text)>,
    /// Headers that stand among the bodies (HTTPie).
    pub headers: Vec<Text>,
    /// Pairs that go into the address.
    pub query: Vec<(Text, Option<Text>)>,
    /// Files whose content is sent.
    pub files: Vec<PathUse>,
    /// Whether there is a body at all, which makes a request a POST.
    pub has_body: bool,
    /// Whether a file is sent as the body itself, which makes a request a PUT.
    pub uploads: bool,
    /// Whether a part of the body is not known.
    pub has_unknown: bool,
}

impl Sent {
    /// Collects what the bodies of `request` send.
    pub fn new(request: &HttpRequest<'_>) -> Sent {
        let mut sent = Sent::default();
        for body in request.bodies {
            sent.add(body, request);
        }
        let forms: Vec<Text> = sent.documents.iter().filter(|document| !is_structured(document)).cloned().collect();
        for form in forms {
            let fields = pairs(&form).into_iter().filter_map(|(name, value)| Some((name, value?)));
            sent.fields.extend(fields);
        }
        sent
    }

    fn add(&mut self, body: &Body, request: &HttpRequest<'_>) {
        self.has_body |= !matches!(body, Body::Item(_));
        match body {
            Body::Data(arg) | Body::Json(arg) => match arg.prefix().starts_with('@') {
                true => self.file(part(arg, 1, usize::MAX), request),
                false => self.documents.push(flatten(arg)),
            },
            Body::Raw(arg) => self.documents.push(flatten(arg)),
            Body::Form(arg) => self.form(arg, request),
            Body::Field(arg) => self.field(arg),
            Body::UrlEncoded(arg) => self.encoded(arg, request),
            Body::Upload(arg) => {
                self.uploads = true;
                self.file(arg.clone(), request);
            }
            Body::Item(arg) => self.item(arg, request),
            Body::Stdin(input) => self.input(input, request),
        }
    }

    /// A file that is a body.
    fn file(&mut self, path: Arg, request: &HttpRequest<'_>) {
        match request.sources.file(&path) {
            Some(text) => self.documents.push(text),
            None => self.has_unknown = true,
        }
        self.sends(path);
    }

    fn sends(&mut self, path: Arg) {
        self.files.push(PathUse { role: PathRole::Sends, path, rule: "http.upload".into() });
    }

    fn input(&mut self, input: &Input, request: &HttpRequest<'_>) {
        match input {
            Input::Text(text) => self.documents.push(text.clone()),
            Input::Mixed(arg) => self.documents.push(flatten(arg)),
            Input::File(path) => self.file(path.clone(), request),
            Input::Nothing => {}
            Input::Inherited | Input::Pipe(_) | Input::Unknown => {
                self.has_unknown = true;
                self.documents.extend(request.sources.texts(input));
            }
        }
    }

    /// `name=value`, `name=@file;type=…`, `name=<file`.
    fn form(&mut self, arg: &Arg, request: &HttpRequest<'_>) {
        let text = flatten(arg);
        let source = text.as_str();
        let Some(sign) = source.find('=') else { return };
        let value = source.get(sign + 1..).unwrap_or("");
        if !value.starts_with(['@', '<']) {
            return self.field(arg);
        }
        let files = value.get(1..).unwrap_or("");
        let files_end = files.find(';').unwrap_or(files.len());
        let mut start = sign + 2;
        for name in files.get(..files_end).unwrap_or("").split(',') {
            let quoted = name.len() >= 2 && name.starts_with('"') && name.ends_with('"');
            let (from, to) = if quoted { (start + 1, start + name.len() - 1) } else { (start, start + name.len()) };
            let path = part(arg, from, to);
            if let Some(content) = request.sources.file(&path) {
                self.fields.push((text.slice(0, sign), content));
            }
            self.sends(path);
            start += name.len() + 1;
        }
    }

    /// `name=value`, where the value is text.
    fn field(&mut self, arg: &Arg) {
        let text = flatten(arg);
        if let Some(sign) = text.as_str().find('=') {
            self.fields.push((text.slice(0, sign), text.slice(sign + 1, text.as_str().len())));
        }
    }

    /// `value`, `=value`, `name=value`, `@file`, `name@file`.
    fn encoded(&mut self, arg: &Arg, request: &HttpRequest<'_>) {
        let text = flatten(arg);
        let source = text.as_str();
        match source.find(['=', '@']) {
            Some(sign) if source.get(sign..).is_some_and(|rest| rest.starts_with('=')) => {
                self.fields.push((text.slice(0, sign), text.slice(sign + 1, source.len())));
            }
            Some(sign) => {
                let path = part(arg, sign + 1, usize::MAX);
                match request.sources.file(&path) {
                    Some(content) => self.fields.push((text.slice(0, sign), content)),
                    None => self.has_unknown = true,
                }
                self.sends(path);
            }
            None => self.documents.push(text),
        }
    }

    /// An item of HTTPie, by the first separator in it.
    fn item(&mut self, arg: &Arg, request: &HttpRequest<'_>) {
        let text = flatten(arg);
        let source = text.as_str();
        let Some((at, separator)) = separator(source) else { return };
        let name = text.slice(0, at);
        let value_at = at + separator.len();
        let value = text.slice(value_at, source.len());
        match separator {
            "==" => self.query.push((name, Some(value))),
            ":" => self.headers.push(text),
            "=" | ":=" => {
                self.has_body = true;
                self.fields.push((name, value));
            }
            _ => {
                self.has_body = true;
                let path = part(arg, value_at, usize::MAX);
                if let Some(content) = request.sources.file(&path) {
                    self.fields.push((name, content));
                }
                self.sends(path);
            }
        }
    }

    /// The value of a field.
    pub fn value(&self, name: &str) -> Option<&Text> {
        self.fields.iter().find(|(known, _)| known.as_str() == name).map(|(_, value)| value)
    }
}

/// The separator of an HTTPie item that comes first, the longest where several start at one place.
fn separator(item: &str) -> Option<(usize, &'static str)> {
    const SEPARATORS: &[&str] = &[":=@", "=@", "==", ":=", "@", "=", ":"];
    let mut is_escaped = false;
    for (at, character) in item.char_indices() {
        if is_escaped || character == '\\' {
            is_escaped = !is_escaped;
            continue;
        }
        let rest = item.get(at..).unwrap_or("");
        if let Some(found) = SEPARATORS.iter().find(|separator| rest.starts_with(**separator)) {
            return Some((at, found));
        }
    }
    None
}

/// Whether a body is JSON, XML or a GraphQL document and not a form.
fn is_structured(document: &Text) -> bool {
    document.as_str().trim_start().starts_with(['{', '[', '<', '"'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_cut_at_the_first_separator() {
        let cases = [
            ("name=Ann", Some((4, "="))),
            ("page==2", Some((4, "=="))),
            ("active:=true", Some((6, ":="))),
            ("X-A:b=c", Some((3, ":"))),
            ("file@a=b", Some((4, "@"))),
            ("data=@f", Some((4, "=@"))),
            ("data:=@f", Some((4, ":=@"))),
            ("a\\:b=c", Some((4, "="))),
            ("plain", None),
        ];
        for (item, expected) in cases {
            assert_eq!(separator(item), expected, "{item}");
        }
    }
}
