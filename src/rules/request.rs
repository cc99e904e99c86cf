//! Puts an HTTP request together from the options and operands of a client.

use super::World;
use super::schema::Role;
use crate::facts::Facts;
use crate::follow::step::{Arg, Hole, Input};
use crate::payload::Outcome;
use crate::payload::http::{self, Body, HttpRequest, Sources};
use crate::text::Text;

/// How much of a file is read as a body.
const BODY_LIMIT: usize = 256 * 1024;

/// The parts of one request.
#[derive(Debug, Default)]
struct Parts {
    method: Option<Arg>,
    get: bool,
    head: bool,
    urls: Vec<Arg>,
    headers: Vec<Arg>,
    bodies: Vec<Body>,
}

/// Judges the requests that a command line makes; `None` when it has no part of one.
pub fn judge<'a>(
    uses: impl Iterator<Item = (Role, Option<&'a Arg>)>,
    input: &Input,
    world: &World<'_>,
) -> Option<Outcome> {
    let mut requests = vec![Parts::default()];
    let mut any = false;
    for (role, value) in uses {
        if role == Role::HttpNext {
            requests.push(Parts::default());
        } else if let Some(parts) = requests.last_mut() {
            any |= add(parts, role, value, input);
        }
    }
    if !any {
        return None;
    }
    let sources = WorldSources { world };
    let built =
        requests.iter().filter(|parts| !parts.urls.is_empty() || !parts.bodies.is_empty()).map(|parts| HttpRequest {
            method: parts.method.as_ref(),
            get: parts.get,
            head: parts.head,
            urls: &parts.urls,
            headers: &parts.headers,
            bodies: &parts.bodies,
            ..HttpRequest::new(&sources)
        });
    Some(http::judge_all(built))
}

/// Adds a part; whether the role is one of a request.
fn add(parts: &mut Parts, role: Role, value: Option<&Arg>, input: &Input) -> bool {
    match role {
        Role::HttpGet => parts.get = true,
        Role::HttpHead => parts.head = true,
        _ => {
            let Some(value) = value else { return false };
            return add_value(parts, role, value, input);
        }
    }
    true
}

fn add_value(parts: &mut Parts, role: Role, value: &Arg, input: &Input) -> bool {
    let from_input = |body: fn(Arg) -> Body| match value.text() {
        Some("@-") => stdin_body(input, body),
        _ => body(value.clone()),
    };
    let body = match role {
        Role::Url => {
            parts.urls.push(value.clone());
            return true;
        }
        Role::HttpMethod => {
            parts.method = Some(value.clone());
            return true;
        }
        Role::HttpHeader => {
            parts.headers.push(value.clone());
            return true;
        }
        Role::HttpData => from_input(Body::Data),
        Role::HttpRaw => Body::Raw(value.clone()),
        Role::HttpJson => from_input(Body::Json),
        Role::HttpForm => Body::Form(value.clone()),
        Role::HttpField => Body::Field(value.clone()),
        Role::HttpUrlencode => Body::UrlEncoded(value.clone()),
        Role::HttpUpload if matches!(value.text(), Some("-" | ".")) => stdin_body(input, Body::Raw),
        Role::HttpUpload => Body::Upload(value.clone()),
        Role::HttpItem => Body::Item(value.clone()),
        _ => return false,
    };
    parts.bodies.push(body);
    true
}

/// Standard input as a body: its text where that is known.
fn stdin_body(input: &Input, body: fn(Arg) -> Body) -> Body {
    match input {
        Input::Text(text) => body(Arg::known(text.clone(), text.source())),
        Input::Mixed(arg) => body(arg.clone()),
        Input::File(path) => Body::Upload(path.clone()),
        other => Body::Stdin(other.clone()),
    }
}

struct WorldSources<'a> {
    world: &'a World<'a>,
}

impl Sources for WorldSources<'_> {
    fn file(&self, path: &Arg) -> Option<Text> {
        if let Some(super::Left::Text(text)) = self.world.earlier.left_at(path, self.world.folder) {
            return Some(text);
        }
        let text = read_file(path, self.world, BODY_LIMIT)?;
        Some(Text::derived(text, path.span))
    }

    fn is_secret(&self, hole: &Hole) -> bool {
        self.world.is_secret_hole(hole)
    }

    fn is_secret_input(&self, input: &Input) -> bool {
        self.world.is_secret_input(input)
    }
}

/// The content of a file that a command names, where facts can tell.
pub fn read_file(path: &Arg, world: &World<'_>, limit: usize) -> Option<String> {
    let normal = crate::place::normal_form(path, world.folder)?;
    let absolute = match normal.strip_prefix("~/") {
        Some(rest) => format!("{}/{rest}", world.facts.home()?),
        None if normal.starts_with('/') => normal,
        None => format!("{}/{normal}", world.facts.folder()?),
    };
    Facts::read(world.facts, &absolute, limit)
}
