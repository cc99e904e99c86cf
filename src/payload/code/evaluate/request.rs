//! Requests over HTTP that a program sends.

use crate::follow::step::Arg;
use crate::payload::http::{self, Body, HttpRequest, NoSources};

use super::super::schema::{Http, HttpMethod};
use super::super::value::Value;
use super::Evaluator;
use super::call::Site;

/// Names under which libraries take what is sent.
const BODIES: &[&str] = &["data", "json", "body", "content", "payload", "form"];

impl Evaluator<'_> {
    /// Judges a request, and names the files whose content goes out with it.
    pub(super) fn request(&mut self, request: &Http, site: &Site<'_>) {
        let method = match &request.method {
            HttpMethod::Fixed(method) => Some(Value::computed(method.clone(), self.place(site.span))),
            HttpMethod::Given(slot, default) => {
                let given = site.slot(slot).into_iter().next();
                Some(given.unwrap_or_else(|| Value::computed(default.clone(), self.place(site.span))))
            }
            HttpMethod::Posts(slot) => {
                let posts = site.slot(slot).iter().any(|value| !value.is_false());
                posts.then(|| Value::computed("POST", self.place(site.span)))
            }
        };
        let method = method.map(|method| self.upper(method, site));
        let urls: Vec<Arg> = site.slot(&request.url).into_iter().map(|url| self.arg(url, site.span)).collect();
        let bodies = self.bodies(site);
        let judged = http::judge(&HttpRequest {
            method: method.as_ref(),
            urls: &urls,
            bodies: &bodies,
            ..HttpRequest::new(&NoSources)
        });
        self.outcome.merge(judged);
        self.sends_arguments(site);
    }

    fn upper(&self, method: Value, site: &Site<'_>) -> Arg {
        let upper = method.as_text().map(str::to_uppercase);
        let value = match upper {
            Some(text) => Value::computed(text, self.place(site.span)),
            None => method,
        };
        self.arg(value, site.span)
    }

    fn bodies(&self, site: &Site<'_>) -> Vec<Body> {
        let mut bodies = Vec::new();
        for name in BODIES {
            let named = site.named.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone());
            let entries = site.positional.iter().filter_map(|value| value.entry(name));
            for value in named.chain(entries) {
                bodies.extend(self.body(value, site));
            }
        }
        bodies
    }

    fn body(&self, value: Value, site: &Site<'_>) -> Option<Body> {
        match value {
            Value::Nothing => None,
            // GraphQL and RPC name what they do in a text of the body.
            Value::Map(entries) => {
                let fields: Vec<String> = entries
                    .iter()
                    .filter_map(|(key, value)| value.as_text().map(|text| format!("{}:{}", quoted(key), quoted(text))))
                    .collect();
                let place = self.place(site.span);
                Some(Body::Json(self.arg(Value::computed(format!("{{{}}}", fields.join(",")), place), site.span)))
            }
            other => Some(Body::Raw(self.arg(other, site.span))),
        }
    }
}

/// A text as JSON writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
