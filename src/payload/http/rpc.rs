//! What the body of a request says: names of procedures, batches, statements for a database, settings of a service.

use super::body::Sent;
use super::url::Url;
use crate::effect::Effect;
use crate::payload::json::{self, Value};
use crate::payload::reason::Reason;
use crate::payload::{Outcome, sql, stores, words};
use crate::span::Span;
use crate::text::Text;

const CALL: Reason = Reason::new("http.rpc", Effect::Deprovision, "calls a procedure whose name says that it deletes");
const BATCH: Reason = Reason::new("http.batch", Effect::Deprovision, "sends a batch that deletes");
const BULK: Reason = Reason::new("http.bulk-delete", Effect::Drop, "deletes documents in bulk");
const SCALE: Reason = Reason::new("http.scale-to-zero", Effect::Disrupt, "leaves no instance running");
const PUBLIC: Reason =
    Reason::new("http.make-public", Effect::Disclose, "makes something public").instead("keep it private");
const FORCE: Reason = Reason::new("http.force-update", Effect::Rewrite, "moves a branch by force");

/// Last words of addresses that run statements which they are given as strings.
const STATEMENT_PATHS: &[&str] = &[
    "sql",
    "_sql",
    "query",
    "execute",
    "exec",
    "statement",
    "statements",
    "run",
    "batch",
    "pipeline",
    "commit",
    "tx",
    "rpc",
];

/// What is known of a request besides its body.
pub struct Target<'a> {
    /// Its address.
    pub url: &'a Url,
    /// Its method in capitals.
    pub method: &'a str,
    /// Its headers: names in small letters, and values.
    pub headers: &'a [(String, Text)],
}

/// Adds what the body says. Gives the class of a body whose meaning is known to be harmless.
pub fn judge(target: &Target<'_>, sent: &Sent, outcome: &mut Outcome) -> Option<Outcome> {
    headers(target, outcome);
    fields(target, sent, outcome);
    let mut known = None;
    for document in &sent.documents {
        let start = document.as_str().trim_start();
        if start.starts_with('<') {
            xml(document, outcome);
        } else if start.starts_with(['{', '[']) {
            let values = json::read_all(document);
            for value in &values {
                self::document(target, document, value, outcome);
            }
        }
        if let Some(store) = store(target.url, document) {
            known = Some(store);
        }
    }
    known
}

/// `X-Amz-Target: Service.DeleteTable`, `SOAPAction: "urn:DeleteUser"`.
fn headers(target: &Target<'_>, outcome: &mut Outcome) {
    for (name, value) in target.headers {
        if matches!(name.as_str(), "x-amz-target" | "soapaction") {
            let text = value.as_str().trim_matches(|c: char| c.is_whitespace() || c == '"');
            let call = text.rsplit(['.', '/', '#', ':']).next().unwrap_or("");
            if words::leading_or_trailing_verb(call).is_some() {
                outcome.find(&CALL, value.source(), call);
            }
        }
    }
}

/// `Action=TerminateInstances`, and settings that make something public or move it by force.
fn fields(target: &Target<'_>, sent: &Sent, outcome: &mut Outcome) {
    for (name, value) in &sent.fields {
        match name.as_str() {
            "Action" if words::leading_or_trailing_verb(value.as_str()).is_some() => {
                outcome.find(&CALL, value.source(), value.as_str());
            }
            name => setting(target, name, value.as_str(), value.source(), outcome),
        }
    }
}

/// A setting of GitHub or GitLab that publishes, or that moves a branch by force.
fn setting(target: &Target<'_>, name: &str, value: &str, span: Span, outcome: &mut Outcome) {
    let segments = target.url.segments();
    let first = segments.first().map_or("", |segment| segment.as_str());
    let changes = matches!(target.method, "PATCH" | "PUT");
    let is_repository = matches!(first, "repos" | "projects" | "groups" | "orgs")
        || (first == "api" && target.url.host.contains("git"));
    match (name, value) {
        ("private", "false") | ("visibility", "public") if changes && is_repository => outcome.find(&PUBLIC, span, ""),
        ("public", "true") if segments.last().is_some_and(|last| last.as_str() == "gists") => {
            outcome.find(&PUBLIC, span, "")
        }
        ("force", "true") if segments.iter().any(|segment| segment.as_str() == "refs") => {
            outcome.find(&FORCE, span, "")
        }
        _ => {}
    }
}

/// A JSON body.
fn document(target: &Target<'_>, text: &Text, value: &Value, outcome: &mut Outcome) {
    for object in value.objects() {
        call(text, object, outcome);
        top_level(target, text, object, outcome);
    }
    let segments = target.url.segments();
    let runs_statements = segments.last().is_some_and(|last| STATEMENT_PATHS.contains(&last.as_str()));
    for inner in value.walk() {
        let Value::Object(entries) = inner else {
            if runs_statements && let Value::String(_) = inner {
                statement(text, inner, outcome);
            }
            continue;
        };
        batch_entry(text, inner, outcome);
        for (key, value) in entries {
            if key == "replicas" && value.is_literal(text, "0") && matches!(target.method, "PATCH" | "PUT") {
                outcome.find(&SCALE, literal_span(text, value), "");
            }
        }
    }
}

/// JSON-RPC: `{"method": "deleteUser", "params": …}`.
fn call(text: &Text, object: &Value, outcome: &mut Outcome) {
    let is_call = ["jsonrpc", "params", "id", "args"].iter().any(|key| object.get(key).is_some());
    let Some(name) = object.get("method").filter(|_| is_call).and_then(|name| name.text(text)) else { return };
    if words::leading_or_trailing_verb(name.as_str()).is_some() {
        outcome.find(&CALL, name.source(), name.as_str());
    }
}

/// An entry of a batch: `{"method": "DELETE", "url": …}`, `{"delete": {"_id": …}}`, `{"remove_index": …}`.
fn batch_entry(text: &Text, object: &Value, outcome: &mut Outcome) {
    let Value::Object(entries) = object else { return };
    let has_address = ["url", "path", "relative_url", "uri"].iter().any(|key| object.get(key).is_some());
    let method = object.get("method").and_then(|method| method.text(text));
    if has_address && let Some(method) = method.filter(|method| method.as_str().eq_ignore_ascii_case("delete")) {
        outcome.find(&BATCH, method.source(), "");
    }
    for (key, value) in entries {
        let is_bulk = match (key.as_str(), value) {
            ("delete", Value::Object(inner)) => {
                inner.iter().any(|(key, _)| matches!(key.as_str(), "_id" | "_index" | "query" | "id"))
            }
            ("remove_index", Value::Object(_)) | ("requestDeleteRange" | "request_delete_range", _) => true,
            ("_deleted", value) => value.is_literal(text, "true"),
            ("Verb", value) => value.text(text).is_some_and(|verb| verb.as_str().starts_with("delete")),
            _ => false,
        };
        if is_bulk {
            outcome.find(&BULK, literal_span(text, value), key);
        }
    }
}

/// Settings at the top of the object.
fn top_level(target: &Target<'_>, text: &Text, object: &Value, outcome: &mut Outcome) {
    let Value::Object(entries) = object else { return };
    for (key, value) in entries {
        if let Some(value) = value.text(text) {
            setting(target, key, value.as_str(), value.source(), outcome);
        }
    }
}

/// A string in a body that an address runs as a statement.
fn statement(text: &Text, value: &Value, outcome: &mut Outcome) {
    let Some(statement) = value.text(text) else { return };
    let verb = statement.as_str().split_whitespace().next().unwrap_or("").to_ascii_uppercase();
    let is_statement = statement.as_str().trim().contains(char::is_whitespace);
    if !is_statement {
        return;
    }
    let found = match verb.as_str() {
        "MATCH" | "CALL" | "UNWIND" | "OPTIONAL" => stores::cypher::read(&statement),
        "DROP" | "DELETE" | "TRUNCATE" | "ALTER" | "UPDATE" | "WITH" | "GRANT" | "REVOKE" | "CREATE" | "MERGE" => {
            sql::read(sql::Dialect::Generic, &statement)
        }
        _ => return,
    };
    outcome.merge(found);
}

/// SOAP, XML-RPC, and Solr's `<delete>`.
fn xml(text: &Text, outcome: &mut Outcome) {
    let source = text.as_str();
    if let Some(start) = source.find("<methodName>") {
        let from = start + "<methodName>".len();
        let length = source.get(from..).and_then(|rest| rest.find('<')).unwrap_or(0);
        name(text, from, from + length, outcome);
        return;
    }
    let body = source.find("Body>").or_else(|| source.find("Body ")).map(|at| at + "Body".len());
    let mut from = body.unwrap_or(0);
    // The first element that is neither a declaration nor a comment.
    while let Some(offset) = source.get(from..).and_then(|rest| rest.find('<')) {
        let start = from + offset + 1;
        let rest = source.get(start..).unwrap_or("");
        if rest.starts_with(['?', '!', '/']) {
            from = start;
            continue;
        }
        let length = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(rest.len());
        let local = rest.get(..length).and_then(|name| name.rfind(':')).map_or(0, |colon| colon + 1);
        name(text, start + local, start + length, outcome);
        return;
    }
}

fn name(text: &Text, from: usize, to: usize, outcome: &mut Outcome) {
    let name = text.as_str().get(from..to).unwrap_or("");
    if words::leading_or_trailing_verb(name).is_some() {
        outcome.find(&CALL, text.locate(Span::new(from, to)), name);
    }
}

/// The body of a request to a database that takes statements as they are.
fn store(url: &Url, body: &Text) -> Option<Outcome> {
    let last = url.segments().last().map(|last| last.as_str().to_owned()).unwrap_or_default();
    match (url.port.as_str(), last.as_str()) {
        ("8123" | "8443", _) => Some(sql::read(sql::Dialect::Clickhouse, body)),
        (_, "statement") => Some(sql::read(sql::Dialect::Generic, body)),
        _ => None,
    }
}

/// Statements in the parameters and fields of databases that take them there: InfluxDB, ClickHouse, QuestDB.
pub fn parameters(url: &Url, sent: &Sent) -> Option<Outcome> {
    let last = url.segments().last().map(|last| last.as_str().to_owned()).unwrap_or_default();
    let parameter = |name: &str| url.parameter(name).or_else(|| sent.value(name)).cloned();
    match (url.port.as_str(), last.as_str()) {
        ("8086", "query") => parameter("q").map(|text| sql::read(sql::Dialect::Influx, &text)),
        (_, "query") if url.parameter("db").is_some() => {
            parameter("q").map(|text| sql::read(sql::Dialect::Influx, &text))
        }
        ("8123" | "8443", _) => parameter("query").map(|text| sql::read(sql::Dialect::Clickhouse, &text)),
        (_, "exec") => parameter("query").map(|text| sql::read(sql::Dialect::Generic, &text)),
        _ => None,
    }
}

fn literal_span(text: &Text, value: &Value) -> Span {
    match value {
        Value::String(span) | Value::Literal(span) | Value::Unknown(span) => text.locate(*span),
        Value::Object(_) | Value::Array(_) => text.source(),
    }
}
