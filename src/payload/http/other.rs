//! Requests by other protocols that the same clients speak: FTP, mail, and raw lines for a server.

use super::HttpRequest;
use super::url::Url;
use crate::effect::{Class, Effect};
use crate::follow::step::Arg;
use crate::payload::reason::Reason;
use crate::payload::{Outcome, PathRole, PathUse, flatten, stores};
use crate::text::Text;

const DELETES: Reason = Reason::new("http.ftp-delete", Effect::Delete, "tells the server to delete");
const OPAQUE: Reason = Reason::new("http.opaque", Effect::Opaque, "sends a command that is not known");

/// Commands of FTP, SFTP, IMAP and POP3 that delete.
const DELETING: &[&str] = &["DELE", "RMD", "XRMD", "RM", "RMDIR", "DELETE", "EXPUNGE", "DELETEACL", "UNSUBSCRIBE"];
/// Commands that only read.
const READING: &[&str] = &[
    "LIST",
    "NLST",
    "MLSD",
    "MLST",
    "STAT",
    "SIZE",
    "MDTM",
    "PWD",
    "CWD",
    "NOOP",
    "HELP",
    "FEAT",
    "SYST",
    "TYPE",
    "PASV",
    "FETCH",
    "SEARCH",
    "SELECT",
    "EXAMINE",
    "STATUS",
    "LSUB",
    "UIDL",
    "TOP",
    "RETR",
    "CAPABILITY",
    "UID",
    "PWD",
    "LS",
    "VRFY",
];

/// Whether the scheme is one of these protocols.
pub fn is_other(url: &Url) -> bool {
    matches!(
        url.scheme.as_str(),
        "ftp"
            | "ftps"
            | "sftp"
            | "scp"
            | "file"
            | "dict"
            | "gopher"
            | "gophers"
            | "telnet"
            | "imap"
            | "imaps"
            | "pop3"
            | "pop3s"
            | "smtp"
            | "smtps"
            | "ldap"
            | "ldaps"
            | "mqtt"
            | "tftp"
            | "rtsp"
            | "smb"
            | "ws"
            | "wss"
    )
}

/// Judges a request by another protocol.
pub fn judge(url: &Url, request: &HttpRequest<'_>, has_body: bool, outcome: &mut Outcome) {
    match url.scheme.as_str() {
        "file" => {
            if has_body {
                outcome.raise(Class::Mutating);
                let path = Arg::known(url.path.clone(), url.path.source());
                outcome.paths.push(PathUse { role: PathRole::Writes, path, rule: "http.file".into() });
            }
        }
        "dict" | "gopher" | "gophers" => line(url, outcome),
        _ => {
            if has_body {
                outcome.raise(Class::Mutating);
            }
        }
    }
    if let Some(method) = request.method {
        command(method, outcome);
    }
}

/// A command that is sent to the server as it is.
pub fn command(command: &Arg, outcome: &mut Outcome) {
    let text = flatten(command);
    let line = text.as_str().trim_start_matches(['-', '+', '*', ' ']);
    let mut words = line.split_whitespace();
    let verb = words.next().unwrap_or("").to_ascii_uppercase();
    let marks_deleted = verb == "STORE" && line.to_ascii_lowercase().contains("\\deleted");
    let verb = if verb == "UID" { words.next().unwrap_or("").to_ascii_uppercase() } else { verb };
    if verb.contains(crate::payload::HOLE) {
        outcome.find(&OPAQUE, command.span, "");
    } else if DELETING.contains(&verb.as_str()) || marks_deleted {
        outcome.find(&DELETES, command.span, line);
    } else if !READING.contains(&verb.as_str()) {
        outcome.raise(Class::Mutating);
    }
}

/// `dict://host:11211/flush_all`, `gopher://host:6379/_FLUSHALL`: a line for whatever listens there.
fn line(url: &Url, outcome: &mut Outcome) {
    let segments = url.segments();
    let mut text = Text::default();
    for (index, segment) in segments.iter().enumerate() {
        if index > 0 {
            text.push(&Text::derived("/", segment.source()));
        }
        text.push(segment);
    }
    let skipped = usize::from(url.scheme.starts_with("gopher") && !text.is_empty());
    let text = text.slice(skipped, text.as_str().len());
    let words = Text::derived(text.as_str().replace(':', " "), text.source());
    let read = match url.port.as_str() {
        "11211" => stores::memcached::read(&words),
        "6379" => stores::redis::read(&words),
        _ => return outcome.raise(Class::Mutating),
    };
    outcome.merge(read);
}
