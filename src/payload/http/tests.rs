//! Requests and what they do.

use super::*;
use crate::payload::PathRole;

/// A request made of text, with `\u{FFFC}` for holes.
#[derive(Default)]
struct Case {
    method: Option<Arg>,
    get: bool,
    head: bool,
    urls: Vec<Arg>,
    headers: Vec<Arg>,
    bodies: Vec<Body>,
    commands: Vec<Arg>,
}

fn arg(text: &str) -> Arg {
    crate::payload::argument(Text::request(text))
}

impl Case {
    fn to(url: &str) -> Case {
        Case { urls: vec![arg(url)], ..Case::default() }
    }

    fn method(self, method: &str) -> Case {
        Case { method: Some(arg(method)), ..self }
    }

    fn header(mut self, header: &str) -> Case {
        self.headers.push(arg(header));
        self
    }

    fn body(mut self, kind: fn(Arg) -> Body, text: &str) -> Case {
        self.bodies.push(kind(arg(text)));
        self
    }

    fn data(self, text: &str) -> Case {
        self.body(Body::Data, text)
    }

    fn judge(&self) -> Outcome {
        judge(&HttpRequest {
            method: self.method.as_ref(),
            get: self.get,
            head: self.head,
            urls: &self.urls,
            headers: &self.headers,
            bodies: &self.bodies,
            commands: &self.commands,
            sources: &NoSources,
        })
    }

    #[track_caller]
    fn is(self, class: Class, effect: Option<Effect>) {
        let outcome = self.judge();
        assert_eq!(outcome.class, class, "{:?}", outcome.findings);
        let found = outcome.findings.iter().any(|finding| finding.effect == effect);
        assert!(effect.is_none() || found, "{:?}", outcome.findings);
    }

    #[track_caller]
    fn reads(self) {
        self.is(Class::ReadOnly, None);
    }

    #[track_caller]
    fn changes(self) {
        self.is(Class::Mutating, None);
    }

    #[track_caller]
    fn deprovisions(self) {
        self.is(Class::Destructive, Some(Effect::Deprovision));
    }
}

const API: &str = "https://api.example.com";

fn api(path: &str) -> Case {
    Case::to(&format!("{API}{path}"))
}

#[test]
fn methods_decide() {
    api("/v1/users").reads();
    api("/docs/volumes/delete").reads();
    api("/v1/events?action=delete").reads();
    api("/v1/deleted-items").method("GET").reads();
    api("/v1/users").method("OPTIONS").reads();
    Case { get: true, ..api("/search").body(Body::UrlEncoded, "q=drop table") }.reads();
    Case { head: true, ..api("/x") }.reads();
    api("/v1/users").data("name=Ann").changes();
    api("/v1/ping").body(Body::Raw, "").changes();
    api("/v1/users/7").method("PUT").data("{\"plan\":\"pro\"}").changes();
    api("/x.zip").body(Body::Upload, "x.zip").changes();
    api("/v1/users/7").method("DELETE").deprovisions();
    api("/v1/users/7").method("delete").deprovisions();
    Case { get: true, ..api("/v1/items").method("DELETE").data("id=3") }.deprovisions();
    api("/v1/users/7").method("\u{FFFC}").deprovisions();
    api("/v1/users/7").method("POST").header("X-HTTP-Method-Override: DELETE").deprovisions();
    api("/v1/users/7").data("_method=delete&x=1").deprovisions();
    api("/v1/users/7?_method=DELETE").method("POST").deprovisions();
    api("/v1/users").header("X-Intent: DELETE").reads();
}

#[test]
fn last_words_of_the_path_count() {
    for path in [
        "/v1/instances/7/delete",
        "/v1/queues/orders:purge",
        "/api/chat.delete",
        "/v1/databases/main/reset/",
        "/DeleteUser",
        "/users:batchDelete",
        "/user/delete.php?id=3",
        "/a/de%6Cete",
        "/users/delete/7",
        "/?Action=TerminateInstances",
        "/v3/kv/deleterange",
    ] {
        api(path).method("POST").deprovisions();
    }
    for path in [
        "/v1/password-reset-requests",
        "/v1/instances/7/undelete",
        "/v1/deletions/preview",
        "/v1/instances/7/restart",
        "/logs/_flush",
        "/delete/report",
    ] {
        api(path).method("POST").changes();
    }
    api("/files/delete-me.txt").body(Body::Upload, "a.txt").changes();
    Case::to("https://ec2.amazonaws.com/?Action=TerminateInstances&InstanceId.1=i-1").deprovisions();
    Case::to("https://ec2.amazonaws.com/?Action=DescribeInstances").reads();
    Case::to("https://ec2.amazonaws.com/?Action=RunInstances").changes();
}

#[test]
fn bodies_are_data_unless_they_call() {
    api("/v1/notes").data("text=please delete everything").changes();
    api("/notes").body(Body::Json, "{\"action\":\"keep\",\"note\":\"DROP TABLE\"}").changes();
    api("/check").data("sql=DROP TABLE users").changes();
    api("/rpc").data("{\"jsonrpc\":\"2.0\",\"method\":\"deleteUser\",\"id\":1}").deprovisions();
    api("/rpc").data("{\"jsonrpc\":\"2.0\",\"method\":\"getUser\",\"params\":[\"delete\"]}").changes();
    api("/").data("Action=TerminateInstances&InstanceId.1=i-1").deprovisions();
    api("/").header("X-Amz-Target: DynamoDB_20120810.DeleteTable").data("{}").deprovisions();
    api("/soap").header("SOAPAction: \"urn:DeleteUser\"").data("<x/>").deprovisions();
    api("/soap")
        .data("<?xml version=\"1.0\"?><s:Envelope><s:Body><m:DeleteUser/></s:Body></s:Envelope>")
        .deprovisions();
    api("/xmlrpc").data("<methodCall><methodName>system.delete</methodName></methodCall>").deprovisions();
    api("/v1.0/$batch").data("{\"requests\":[{\"method\":\"DELETE\",\"url\":\"/me/messages/1\"}]}").deprovisions();
    api("/_bulk").data("{\"delete\":{\"_index\":\"a\",\"_id\":\"1\"}}\n").is(Class::Destructive, Some(Effect::Drop));
    api("/_bulk").data("{\"index\":{\"_id\":\"1\"}}\n{\"delete\":true}\n").changes();
    api("/v1/projects/x/database/query")
        .data("{\"query\":\"DROP TABLE x\"}")
        .is(Class::Destructive, Some(Effect::Drop));
    api("/apis/apps/v1/namespaces/d/deployments/x")
        .method("PATCH")
        .data("{\"spec\":{\"replicas\":0}}")
        .is(Class::Destructive, Some(Effect::Disrupt));
    api("/v1/users").data("\u{FFFC}").changes();
    api("/v1/users").data("{\"name\":\"\u{FFFC}\"}").changes();
}

#[test]
fn graphql_goes_by_its_operation() {
    let json = |query: &str| format!("{{\"query\":\"{query}\"}}");
    api("/graphql").data(&json("{ viewer { login } }")).reads();
    api("/graphql").data(&json("query deleteCandidates { a }")).reads();
    api("/graphql").data(&json("mutation { userCreate(name: \\\"x\\\") { id } }")).changes();
    api("/graphql").data(&json("mutation { volume\\u0044elete(id: 1) }")).deprovisions();
    api("/graphql").data(&format!("[{}]", json("mutation { dropAll }"))).deprovisions();
    api("/graphql").data("{\"query\":\"query a { x } mutation b { wipe }\",\"operationName\":\"a\"}").reads();
    api("/graphql").data("{\"id\":\"abc\",\"variables\":{}}").changes();
    api("/graphql").data("{\"query\":\"\u{FFFC}\"}").changes();
    api("/graphql").data("{\"query\":\"mutation { \u{FFFC}(id: 1) }\"}").is(Class::Destructive, Some(Effect::Opaque));
    api("/graphql").body(Body::UrlEncoded, "query=mutation { deleteUser(id: 1) { id } }").deprovisions();
    api("/graphql").body(Body::Form, "operations={\"query\":\"mutation { deleteUser(id: 1) }\"}").deprovisions();
    api("/graphql").header("Content-Type: application/graphql").data("mutation { deleteUser }").deprovisions();
    api("/graphql?query=%7Bviewer%7Bid%7D%7D").reads();
    Case::to("graphql").body(Body::Field, "query={ viewer { login } }").reads();
    Case::to("graphql").body(Body::Field, "query=mutation { deleteRef(input: 1) { id } }").deprovisions();
}

#[test]
fn stores_are_known_by_their_addresses() {
    Case::to("http://es:9200/orders/_search").data("{\"size\":1}").reads();
    Case::to("http://es:9200/_search/template").method("POST").data("{}").reads();
    Case::to("http://es:9200/logs/_delete_by_query").method("POST").data("{}").deprovisions();
    Case::to("http://es:9200/_aliases")
        .data("{\"actions\":[{\"remove_index\":{\"index\":\"a\"}}]}")
        .is(Class::Destructive, Some(Effect::Drop));
    Case::to("http://etcd:2379/v3/kv/range").data("{\"key\":\"Zm9v\"}").reads();
    Case::to("http://vault:8200/v1/secret/destroy/db").method("POST").deprovisions();
    Case::to("http://influx:8086/query?db=a")
        .body(Body::UrlEncoded, "q=DROP DATABASE a")
        .is(Class::Destructive, Some(Effect::Drop));
    Case::to("http://ch:8123/").body(Body::Raw, "SELECT 1").reads();
    Case::to("http://ch:8123/?query=DROP+TABLE+x").method("POST").is(Class::Destructive, Some(Effect::Drop));
}

#[test]
fn items_of_httpie() {
    let item = |text: &str| api("/users").body(Body::Item, text);
    item("page==2").reads();
    item("X-A:b").reads();
    item("name=Ann").changes();
    item("active:=true").changes();
    item("X-HTTP-Method-Override:DELETE").body(Body::Item, "a=b").deprovisions();
    api("/graphql").body(Body::Item, "query=mutation { deleteUser }").deprovisions();
    Case::to(":3000/users/7").method("delete").deprovisions();
}

#[test]
fn settings_of_forges() {
    let field = |path: &str, method: &str, field: &str| Case::to(path).method(method).body(Body::Field, field);
    field("repos/me/app", "PATCH", "private=false").is(Class::Destructive, Some(Effect::Disclose));
    field("projects/7", "PUT", "visibility=public").is(Class::Destructive, Some(Effect::Disclose));
    field("repos/me/app/git/refs/heads/main", "PATCH", "force=true").is(Class::Destructive, Some(Effect::Rewrite));
    field("repos/me/app/collaborators/bob", "PUT", "permission=push").is(Class::Destructive, Some(Effect::Persist));
    field("repos/me/app", "PATCH", "private=true").changes();
    field("repos/me/app/dispatches", "POST", "event_type=purge").changes();
}

#[test]
fn other_protocols() {
    Case { commands: vec![arg("DELE backups/db.dump")], ..Case::to("ftp://h/") }
        .is(Class::Destructive, Some(Effect::Delete));
    Case::to("ftp://h/x").body(Body::Upload, "x").changes();
    Case::to("file:///etc/os-release").reads();
    Case::to("telnet://localhost:5432").reads();
    Case::to("imaps://h/INBOX").method("EXPUNGE").is(Class::Destructive, Some(Effect::Delete));
    Case::to("imaps://h/INBOX").method("FETCH 1 BODY").reads();
}

#[test]
fn files_that_are_sent_are_named() {
    let sent = |case: Case| -> Vec<String> {
        let paths = case.judge().paths;
        assert!(paths.iter().all(|path| path.role == PathRole::Sends));
        paths.iter().map(|path| path.path.shown("…")).collect()
    };
    assert_eq!(sent(api("/").data("@.env")), [".env"]);
    assert_eq!(sent(api("/").body(Body::Form, "f=@\u{FFFC}/.aws/credentials;type=text/plain")), ["…/.aws/credentials"]);
    assert_eq!(sent(api("/").body(Body::Form, "f=<a,b")), ["a", "b"]);
    assert_eq!(sent(api("/").body(Body::UrlEncoded, "k@.env")), [".env"]);
    assert_eq!(sent(api("/").body(Body::Upload, "id_rsa")), ["id_rsa"]);
    assert_eq!(sent(api("/").body(Body::Item, "f@.env")), [".env"]);
    assert!(sent(api("/").body(Body::Field, "f=@.env")).is_empty());
    assert!(sent(Case::to("http://localhost:3000/").data("@.env")).is_empty());
}

#[test]
fn the_word_in_the_line_is_marked() {
    let body = "{\"query\":\"mutation { volumeDelete(volumeId: \\\"3d2c42fb\\\") }\"}";
    let outcome = api("/graphql").data(body).judge();
    assert_eq!(outcome.findings.first().map(|finding| finding.span.of(body)), Some("volumeDelete"));
}
