//! Puts an HTTP request together from the options and operands of a client.

use super::World;
use super::schema::{Form, Role};
use crate::effect::Class;
use crate::facts::Facts;
use crate::follow::step::{Arg, Hole, Input};
use crate::payload::http::{self, Body, HttpRequest, Sources};
use crate::payload::{Outcome, PathRole, PathUse, argument, flatten};
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
    commands: Vec<Arg>,
    /// Files that the answer is written to, by settings of a configuration file.
    writes: Vec<Arg>,
}

/// Judges the requests that a command line makes, whose options `form` describes; `None` when it has no part of one.
pub fn judge<'a>(
    uses: impl Iterator<Item = (Role, Option<&'a Arg>)> + Clone,
    form: &Form<'_>,
    input: &Input,
    world: &World<'_>,
) -> Option<Outcome> {
    if !uses.clone().any(|(role, _)| role.is_request_part()) {
        return None;
    }
    let mut requests = Requests { list: vec![Parts::default()], input, unread: false };
    let mut any = false;
    for (role, value) in uses {
        any |= match (role, value) {
            (Role::HttpConfig, Some(path)) => requests.configure(path, form, world),
            _ => requests.add(role, value),
        };
    }
    if !any {
        return None;
    }
    let sources = WorldSources { world };
    let built = requests.list.iter().filter(|parts| parts.is_request()).map(|parts| HttpRequest {
        method: parts.method.as_ref(),
        get: parts.get,
        head: parts.head,
        urls: &parts.urls,
        headers: &parts.headers,
        bodies: &parts.bodies,
        commands: &parts.commands,
        sources: &sources,
    });
    let mut outcome = http::judge_all(built);
    if requests.unread {
        outcome.raise(Class::Mutating);
    }
    let written = requests.list.into_iter().flat_map(|parts| parts.writes);
    outcome.paths.extend(written.map(|path| PathUse { role: PathRole::Writes, path, rule: "http.saves".into() }));
    Some(outcome)
}

impl Parts {
    fn is_request(&self) -> bool {
        !(self.urls.is_empty() && self.bodies.is_empty() && self.commands.is_empty())
    }
}

/// The requests of a command line, the last of which is being put together.
struct Requests<'a> {
    list: Vec<Parts>,
    input: &'a Input,
    /// Whether a configuration file could not be read.
    unread: bool,
}

impl Requests<'_> {
    /// Adds a part; whether the role is one of a request.
    fn add(&mut self, role: Role, value: Option<&Arg>) -> bool {
        if role == Role::HttpNext {
            self.list.push(Parts::default());
            return false;
        }
        let Some(parts) = self.list.last_mut() else { return false };
        match (role, value) {
            (Role::HttpGet, _) => parts.get = true,
            (Role::HttpHead, _) => parts.head = true,
            (_, Some(value)) => return add_value(parts, role, value, self.input),
            _ => return false,
        }
        true
    }

    /// Adds the options that a configuration file holds, as if they stood on the command line.
    fn configure(&mut self, path: &Arg, form: &Form<'_>, world: &World<'_>) -> bool {
        let text = match (path.text(), self.input) {
            (Some("-"), Input::Text(text)) => Some(text.clone()),
            (Some("-"), Input::Mixed(arg)) => Some(flatten(arg)),
            (Some("-"), _) => None,
            _ => WorldSources { world }.file(path),
        };
        let Some(text) = text else {
            self.unread = true;
            return true;
        };
        for (name, value) in http::config::settings(&text) {
            let spec = form.options.iter().find(|spec| spec.names.contains(&name.as_str()));
            let value = value.map(argument);
            match spec.map(|spec| spec.role) {
                Some(Role::Writes) => {
                    if let (Some(parts), Some(path)) = (self.list.last_mut(), value) {
                        parts.writes.push(path);
                    }
                }
                Some(role) => {
                    self.add(role, value.as_ref());
                }
                None => self.unread = true,
            }
        }
        true
    }
}

fn add_value(parts: &mut Parts, role: Role, value: &Arg, input: &Input) -> bool {
    let list = match role {
        Role::Url => &mut parts.urls,
        Role::HttpHeader => &mut parts.headers,
        Role::HttpCommand => &mut parts.commands,
        Role::HttpMethod => {
            parts.method = Some(value.clone());
            return true;
        }
        _ => {
            let Some(body) = body(role, value, input) else { return false };
            parts.bodies.push(body);
            // A field may take its value from standard input.
            let takes_input = matches!(role, Role::HttpForm | Role::HttpUrlencode | Role::HttpItem)
                && value.text().is_some_and(|text| text.ends_with("@-") || text.contains("@-;"));
            if takes_input {
                parts.bodies.push(stdin_body(input));
            }
            return true;
        }
    };
    list.push(value.clone());
    true
}

fn body(role: Role, value: &Arg, input: &Input) -> Option<Body> {
    Some(match role {
        Role::HttpData | Role::HttpJson if value.text() == Some("@-") => stdin_body(input),
        Role::HttpUpload if matches!(value.text(), Some("-" | ".")) => stdin_body(input),
        Role::HttpData => Body::Data(value.clone()),
        Role::HttpRaw => Body::Raw(value.clone()),
        Role::HttpJson => Body::Json(value.clone()),
        Role::HttpForm => Body::Form(value.clone()),
        Role::HttpField => Body::Field(value.clone()),
        Role::HttpUrlencode => Body::UrlEncoded(value.clone()),
        Role::HttpUpload => Body::Upload(value.clone()),
        Role::HttpItem => Body::Item(value.clone()),
        _ => return None,
    })
}

/// Standard input as a body: its text where that is known.
fn stdin_body(input: &Input) -> Body {
    match input {
        Input::Text(text) => Body::Raw(Arg::known(text.clone(), text.source())),
        Input::Mixed(arg) => Body::Raw(arg.clone()),
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

    fn texts(&self, input: &Input) -> Vec<Text> {
        self.world.printed_texts(input).map(crate::payload::flatten).collect()
    }
}

/// The content of a file that a command names, where facts can tell.
pub fn read_file(path: &Arg, world: &World<'_>, limit: usize) -> Option<String> {
    let knows_folders = world.facts.folder().is_some() || world.facts.home().is_some();
    if !knows_folders && !path.prefix().starts_with('/') {
        return None;
    }
    let normal = crate::place::normal_form(path, world.folder)?;
    let absolute = match normal.strip_prefix("~/") {
        Some(rest) => format!("{}/{rest}", world.facts.home()?),
        None if normal.starts_with('/') => normal,
        None => format!("{}/{normal}", world.facts.folder()?),
    };
    Facts::read(world.facts, &absolute, limit)
}
