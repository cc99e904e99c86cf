//! An answer from off the machine: whose key signed it, and for which request.
//!
//! What is signed is a text of lines, so that any tool can make it. It names the request by a hash that no other request
//! ever has, and the time until which it is good.

use ed25519_compact::{PublicKey, Signature};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Verdict;
use super::request::Request;
use crate::payload::code::decode;

/// What stands before an Ed25519 key in the form that openssl writes (RFC 8410, section 10.1).
const WRAPPING: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The first line of what is signed.
const TITLE: &str = "guard answer 1";

/// The public half of the key that signs answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key([u8; 32]);

impl Key {
    /// Reads a key: its 32 bytes in base64, or what `openssl pkey -pubout` writes, with or without the lines around it.
    pub fn of(text: &str) -> Option<Key> {
        let lines: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
        let bytes = decode::base64(&lines)?;
        let key: [u8; 32] = bytes.strip_prefix(&WRAPPING).unwrap_or(&bytes).try_into().ok()?;
        Some(Key(key))
    }
}

/// An answer as the program prints it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// The hash of the request.
    pub request: String,
    /// What is said.
    pub answer: Verdict,
    /// Until when it is good, in seconds since 1970.
    pub expires: i64,
    /// What the human wants the sender to know.
    #[serde(default)]
    pub because: String,
    /// The signature in base64.
    pub signature: String,
}

impl Signed {
    /// The text that is signed.
    fn text(&self) -> String {
        let Signed { request, answer, expires, because, .. } = self;
        format!("{TITLE}\n{request}\n{}\n{expires}\n{because}\n", answer.as_str())
    }

    /// What the human wants the sender to know, if anything.
    pub fn because(&self) -> Option<&str> {
        Some(self.because.as_str()).filter(|because| !because.is_empty())
    }

    /// Checks that it is an answer to this request by who has the key.
    ///
    /// # Errors
    ///
    /// Why it is not.
    pub fn check(&self, key: Key, request: &Request, now: Timestamp) -> Result<(), &'static str> {
        let signature = decode::base64(&self.signature).and_then(|bytes| Signature::from_slice(&bytes).ok());
        let signature = signature.ok_or("its signature is none")?;
        let key = PublicKey::from_slice(&key.0).map_err(|_| "the key is none")?;
        key.verify(self.text(), &signature).map_err(|_| "it is not signed with the configured key")?;
        if self.request != request.hash() {
            return Err("it answers another request");
        }
        if self.because.contains('\n') {
            return Err("what it says has more than one line");
        }
        if now.as_second() > self.expires { Err("it has expired") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_openssl_writes_them() {
        let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
        let key = Key::of(pem);
        assert!(key.is_some());
        assert_eq!(key, Key::of("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="));
        assert_eq!(key, Key::of("Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="));
        for text in ["", "Gb9E", "no key", "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZg=="] {
            assert_eq!(Key::of(text), None, "{text}");
        }
    }
}
