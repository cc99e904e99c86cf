//! What the last words of an address say about a request that is no plain read.

use super::url::Url;
use crate::effect::Effect;
use crate::payload::reason::Reason;
use crate::payload::{Outcome, words};
use crate::text::Text;

const VERB: Reason =
    Reason::new("http.verb-in-path", Effect::Deprovision, "calls an address whose last words say that it deletes")
        .instead("ask a human to do it where the service asks for confirmation");
const STOPS: Reason = Reason::new("http.stop", Effect::Disrupt, "takes a machine or a service down");
const ACCESS: Reason = Reason::new("http.access", Effect::Persist, "changes who has access");

/// Endings of the last segment that name a kind of file, not an action.
const EXTENSIONS: &[&str] =
    &[".php", ".json", ".do", ".action", ".aspx", ".ashx", ".asp", ".jsp", ".xml", ".cgi", ".html"];

/// Last segments of requests that only read, although they are sent by POST: Elasticsearch, CouchDB, etcd.
const READING: &[&str] = &[
    "_search",
    "_count",
    "_msearch",
    "_mget",
    "_explain",
    "_analyze",
    "_field_caps",
    "_termvectors",
    "_mtermvectors",
    "_rank_eval",
    "_terms_enum",
    "_search_shards",
    "_async_search",
    "_knn_search",
    "_find",
    "_all_docs",
    "_bulk_get",
];

/// The same by their last two segments.
const READING_PAIRS: &[(&str, &str)] = &[
    ("_search", "template"),
    ("_search", "scroll"),
    ("_msearch", "template"),
    ("_validate", "query"),
    ("_render", "template"),
    ("_eql", "search"),
    ("kv", "range"),
    ("maintenance", "status"),
];

/// Last segments that hold a deleting verb and lose nothing: they write what is in memory to disk.
const HARMLESS: &[&str] = &["_flush", "_refresh", "_forcemerge"];

/// Segments that delete or take down, wherever they stand in the addresses of services that are known by them.
const KNOWN: &[(&str, &Reason)] = &[
    ("deleterange", &VERB),
    ("deregister", &VERB),
    ("force-leave", &STOPS),
    ("step-down", &STOPS),
    ("seal", &STOPS),
    ("_shutdown", &STOPS),
];

/// Providers whose machines are on the other side, and the last segments that stop them.
const PROVIDERS: &[&str] = &[
    "googleapis.com",
    "management.azure.com",
    "hetzner.cloud",
    "digitalocean.com",
    "linode.com",
    "vultr.com",
    "scaleway.com",
];
const STOPPING: &[&str] = &["stop", "poweroff", "powerOff", "deallocate", "shutdown", "suspend", "halt"];

/// Adds what the address says; tells whether the request only reads.
pub fn judge(url: &Url, method: &str, uploads: bool, outcome: &mut Outcome) -> bool {
    let segments = url.segments();
    let Some(last) = segments.last() else { return query(url, outcome) };
    let before =
        segments.len().checked_sub(2).and_then(|index| segments.get(index)).map_or("", |segment| segment.as_str());
    if READING.contains(&last.as_str()) || READING_PAIRS.contains(&(before, last.as_str())) {
        return true;
    }
    if HARMLESS.contains(&last.as_str()) {
        return false;
    }
    for segment in &segments {
        if let Some((_, reason)) = KNOWN.iter().find(|(known, _)| *known == segment.as_str()) {
            outcome.find(reason, segment.source(), segment.as_str());
        }
    }
    if PROVIDERS.iter().any(|provider| url.is_below(provider)) && STOPPING.contains(&last.as_str()) {
        outcome.find(&STOPS, last.source(), last.as_str());
    }
    if is_access(&segments, method) {
        outcome.find(&ACCESS, last.source(), "");
    }
    // A PUT or PATCH says what shall be there, whatever its name.
    if !uploads && !matches!(method, "PUT" | "PATCH") {
        verb(url, &segments, outcome);
    }
    query(url, outcome)
}

/// The deleting verb at either end of the last segment, or in front of the last segment when that is an identifier.
fn verb(url: &Url, segments: &[Text], outcome: &mut Outcome) {
    let Some(last) = segments.last() else { return };
    let name = last.as_str();
    let stem = EXTENSIONS.iter().find_map(|extension| name.strip_suffix(extension)).unwrap_or(name);
    if words::leading_or_trailing_verb(stem).is_some() {
        outcome.find(&VERB, last.source(), url.path.as_str());
        return;
    }
    let Some(before) = segments.len().checked_sub(2).and_then(|index| segments.get(index)) else { return };
    let keeps_secrets = url.port == "8200";
    if words::is_deleting_word(before.as_str()) && (is_identifier(name) || keeps_secrets) {
        outcome.find(&VERB, before.source(), url.path.as_str());
    }
}

/// A number, a UUID, something with a digit, or a part that is not known.
fn is_identifier(segment: &str) -> bool {
    segment.chars().any(|c| c.is_ascii_digit() || c == crate::payload::HOLE || c == '{')
}

/// `?Action=TerminateInstances`, `?delete`, `?method=user.delete`.
fn query(url: &Url, outcome: &mut Outcome) -> bool {
    for (name, value) in &url.query {
        let is_call = matches!(name.as_str(), "Action" | "action" | "method" | "operation" | "cmd" | "do");
        match value {
            Some(value) if is_call && words::leading_or_trailing_verb(value.as_str()).is_some() => {
                outcome.find(&VERB, value.source(), value.as_str());
            }
            None if words::is_deleting_word(name.as_str()) => outcome.find(&VERB, name.source(), name.as_str()),
            _ => {}
        }
    }
    false
}

/// GitHub's and GitLab's addresses for keys and members.
fn is_access(segments: &[Text], method: &str) -> bool {
    let names: Vec<&str> = segments.iter().map(Text::as_str).collect();
    match names.as_slice() {
        ["user", "keys" | "ssh_keys" | "gpg_keys"] | ["repos", _, _, "keys"] => method == "POST",
        ["repos", _, _, "collaborators", _] | ["orgs", _, "memberships", _] => method == "PUT",
        ["projects" | "groups", _, "members"] | ["projects", _, "deploy_keys"] => method == "POST",
        _ => false,
    }
}

/// Whether a GET of this address acts: the query interfaces of clouds take their actions that way.
pub fn acts_on_get(url: &Url) -> bool {
    let action = url.parameter("Action").filter(|_| url.is_below("amazonaws.com") || url.is_below("aliyuncs.com"));
    action.is_some_and(|action| !["Describe", "List", "Get"].iter().any(|verb| action.as_str().starts_with(verb)))
}
