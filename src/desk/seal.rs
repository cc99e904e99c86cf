//! The seal on an answer: that guard wrote it, or a program that was given the key.
//!
//! It keeps a stray or guessed file from being an answer. It is no wall: whoever may read the key can seal.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::digest::hexadecimal;
use super::files;

/// How long a key is that guard makes, in bytes.
const KEY_LENGTH: usize = 32;

/// The letters of a ticket. None is taken for another.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567895";

/// How long a ticket is.
const TICKET_LENGTH: usize = 6;

/// The key of a desk. It is made when there is none.
///
/// # Errors
///
/// When it can be neither read nor made.
pub fn key(path: &Path) -> io::Result<Vec<u8>> {
    match read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            match files::write_new(path, &random::<KEY_LENGTH>()?) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
                _ => read(path),
            }
        }
        result => result,
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut key = Vec::new();
    File::open(path)?.take(4096).read_to_end(&mut key)?;
    if key.len() < KEY_LENGTH { Err(io::Error::other("the desk's key is too short")) } else { Ok(key) }
}

/// The seal on some parts, none of which can pass into the next.
pub fn seal(key: &[u8], parts: &[&str]) -> String {
    hexadecimal(&mac(key, parts).finalize().into_bytes())
}

/// Whether a seal is the right one. How long it takes does not tell how much of it is.
pub fn fits(key: &[u8], parts: &[&str], seal: &str) -> bool {
    let expected = self::seal(key, parts);
    let differences = expected.bytes().zip(seal.bytes()).fold(0, |sum, (one, other)| sum | (one ^ other));
    expected.len() == seal.len() && differences == 0
}

fn mac(key: &[u8], parts: &[&str]) -> Hmac<Sha256> {
    let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        // A key of any length will do, so this does not happen; an empty one fits no seal that was made with the key.
        Err(_) => Hmac::<Sha256>::new(&Default::default()),
    };
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac
}

/// A new ticket.
///
/// # Errors
///
/// When the system gives no random numbers.
pub fn ticket() -> io::Result<String> {
    let bytes = random::<TICKET_LENGTH>()?;
    Ok(bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte % 32))).map(|letter| char::from(*letter)).collect())
}

/// Random bytes.
///
/// # Errors
///
/// When the system gives none.
pub fn random<const LENGTH: usize>() -> io::Result<[u8; LENGTH]> {
    let mut bytes = [0; LENGTH];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_fits_its_parts_alone() {
        let seal = seal(b"key", &["a", "bc"]);
        assert!(fits(b"key", &["a", "bc"], &seal));
        for (key, parts, seal) in [
            (&b"key"[..], &["ab", "c"][..], seal.as_str()),
            (b"kez", &["a", "bc"], &seal),
            (b"key", &["a", "bc", ""], &seal),
            (b"key", &["a", "bc"], &seal[1..]),
            (b"key", &["a", "bc"], ""),
        ] {
            assert!(!fits(key, parts, seal), "{parts:?}");
        }
    }

    #[test]
    fn tickets_have_plain_letters() {
        let ticket = ticket().expect("random numbers");
        assert_eq!(ticket.len(), TICKET_LENGTH);
        assert!(ticket.bytes().all(|letter| LETTERS.contains(&letter)), "{ticket}");
    }
}
