//! One-time codes by time (RFC 6238): HMAC-SHA-1, six digits, half a minute each, as every authenticator makes them.

use std::io;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha1::Sha1;

use crate::desk::random;

/// How long a code is good, in seconds.
const STEP: i64 = 30;

/// How many digits it has.
const DIGITS: u32 = 6;

/// How many steps a device's clock may be off.
const DRIFT: i64 = 1;

/// What RFC 4226 recommends.
const LENGTH: usize = 20;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What the device and guard share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    key: [u8; LENGTH],
    /// The step of the last code that was used; that and earlier ones are used up.
    last: i64,
}

impl Secret {
    /// A new one.
    ///
    /// # Errors
    ///
    /// When the system gives no random numbers.
    pub fn new() -> io::Result<Secret> {
        Ok(Secret { key: random()?, last: i64::MIN })
    }

    /// As people type it into an authenticator.
    pub fn base32(&self) -> String {
        let mut text = String::new();
        let (mut bits, mut count) = (0_u32, 0);
        for byte in self.key {
            bits = (bits << 8) | u32::from(byte);
            count += 8;
            while count >= 5 {
                count -= 5;
                let letter = BASE32.get((bits >> count) as usize & 31).copied().unwrap_or_default();
                text.push(char::from(letter));
            }
        }
        text
    }

    /// As authenticators read it from a link or a picture.
    pub fn address(&self, account: &str) -> String {
        let account: String = account.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.@".contains(*c)).collect();
        format!("otpauth://totp/guard:{account}?secret={}&issuer=guard", self.base32())
    }

    /// The secret with a code used up, when that is one of this moment and not used before.
    pub fn used(&self, typed: &str, now: Timestamp) -> Option<Secret> {
        let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
        let step = now.as_second().div_euclid(STEP);
        let fits = |step: &i64| *step > self.last && same(&self.code(*step), &typed);
        (step - DRIFT..=step + DRIFT).find(fits).map(|last| Secret { last, ..self.clone() })
    }

    fn code(&self, step: i64) -> String {
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&self.key) else { return String::new() };
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let offset = hash.last().map_or(0, |byte| usize::from(byte & 15));
        let part = hash.get(offset..offset + 4).unwrap_or_default();
        let number = part.iter().fold(0_u32, |number, byte| (number << 8) | u32::from(*byte)) & 0x7fff_ffff;
        format!("{:0width$}", number % 10_u32.pow(DIGITS), width = DIGITS as usize)
    }
}

/// Compares without telling by time how much is the same. No text fits an empty code.
fn same(code: &str, typed: &str) -> bool {
    let differences = code.bytes().zip(typed.bytes()).fold(0, |sum, (one, other)| sum | (one ^ other));
    !code.is_empty() && code.len() == typed.len() && differences == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_the_standard() -> Secret {
        Secret { key: *b"12345678901234567890", last: i64::MIN }
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of its eight digits.
        for (time, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(of_the_standard().code(time / STEP), code, "{time}");
        }
        assert_eq!(of_the_standard().base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn a_code_is_good_in_its_time_and_once() {
        let at = |second| Timestamp::from_second(second).expect("a time");
        let secret = of_the_standard();
        let used = secret.used("081 804", at(1_111_111_109)).expect("it fits");
        assert_eq!(used.used("081804", at(1_111_111_109)), None, "used before");
        assert!(secret.used("081804", at(1_111_111_109 + 30)).is_some(), "a slow clock");
        assert_eq!(secret.used("081804", at(1_111_111_109 + 90)), None, "too old");
        for typed in ["", "81804", "0818040", "081805"] {
            assert_eq!(secret.used(typed, at(1_111_111_109)), None, "{typed}");
        }
    }
}
