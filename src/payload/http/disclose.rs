//! Secrets that a request takes out of the machine.

use super::{Body, HttpRequest};
use crate::effect::Effect;
use crate::follow::step::{Arg, Source};
use crate::payload::reason::Reason;
use crate::payload::{Outcome, flatten};

use super::url::Url;

const DISCLOSES: Reason = Reason::new("http.disclose", Effect::Disclose, "sends something secret out")
    .instead("send only what the service needs");

/// Headers that carry the key for the service itself.
const CREDENTIALS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "cookie",
    "apikey",
    "api-key",
    "private-token",
    "job-token",
    "deploy-token",
    "token",
];

/// What a variable's name begins with, and the hosts that its secret is for.
const SERVICES: &[(&str, &[&str])] = &[
    ("AWS_SECRET_ACCESS_KEY", &["amazonaws.com"]),
    ("AWS_SESSION_TOKEN", &["amazonaws.com"]),
    ("GITHUB_TOKEN", &["github.com", "githubusercontent.com", "ghcr.io"]),
    ("GH_TOKEN", &["github.com", "githubusercontent.com", "ghcr.io"]),
    ("NPM_TOKEN", &["npmjs.org", "npmjs.com"]),
    ("OPENAI_API_KEY", &["openai.com"]),
    ("ANTHROPIC_API_KEY", &["anthropic.com"]),
    ("STRIPE_SECRET_KEY", &["stripe.com"]),
    ("SLACK_BOT_TOKEN", &["slack.com"]),
    ("CLOUDFLARE_API_TOKEN", &["cloudflare.com"]),
    ("HEROKU_API_KEY", &["heroku.com"]),
    ("DATABASE_URL", &[]),
    ("SSH_PRIVATE_KEY", &[]),
];

/// The first line of a private key.
const PRIVATE_KEY: &str = "PRIVATE KEY-----";

/// Adds what the request discloses.
pub fn judge(request: &HttpRequest<'_>, urls: &[Url], outcome: &mut Outcome) {
    if !urls.is_empty() && urls.iter().all(Url::is_local) {
        return;
    }
    let mut find = |arg: &Arg| outcome.find(&DISCLOSES, arg.span, "");
    for (arg, is_address) in request.urls.iter().map(|url| (url, true)).chain(sent(request).map(|arg| (arg, false))) {
        let is_secret = arg.holes().any(|hole| request.sources.is_secret(hole) || is_foreign(&hole.source, urls));
        if is_secret || (!is_address && flatten(arg).as_str().contains(PRIVATE_KEY)) {
            find(arg);
        }
    }
    for body in request.bodies {
        if let Body::Stdin(input) = body
            && request.sources.is_secret_input(input)
        {
            let span = request.urls.first().map(|url| url.span).unwrap_or_default();
            outcome.find(&DISCLOSES, span, "");
        }
    }
}

/// The arguments whose text is sent, headers for the service's own key aside.
fn sent<'a>(request: &HttpRequest<'a>) -> impl Iterator<Item = &'a Arg> + use<'a> {
    let headers = request.headers.iter().filter(|header| !is_credential(header));
    let bodies = request.bodies.iter().filter_map(|body| match body {
        Body::Data(arg) | Body::Raw(arg) | Body::Json(arg) | Body::Form(arg) => Some(arg),
        Body::Field(arg) | Body::UrlEncoded(arg) | Body::Item(arg) => Some(arg),
        Body::Upload(_) | Body::Stdin(_) => None,
    });
    headers.chain(bodies)
}

fn is_credential(header: &Arg) -> bool {
    let text = flatten(header);
    let name = text.as_str().split(':').next().unwrap_or("").trim().to_ascii_lowercase();
    let plain = name.strip_prefix("x-").unwrap_or(&name);
    CREDENTIALS.contains(&plain) || plain.ends_with("-token") || plain.ends_with("-key")
}

/// Whether a variable holds the key of a service that none of the addresses belongs to.
fn is_foreign(source: &Source, urls: &[Url]) -> bool {
    let Source::Variable(name) = source else { return false };
    let Some((_, hosts)) = SERVICES.iter().find(|(known, _)| known == name) else { return false };
    !urls.iter().any(|url| url.host.is_empty() || hosts.iter().any(|host| url.is_below(host)))
}
