//! A passphrase, kept as a hash that takes time and memory to compute (argon2id, RFC 9106).

use std::io;

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};

use crate::desk::random;

/// Fewer characters than this are no passphrase.
pub const SHORTEST: usize = 8;

/// What RFC 9106 recommends where memory is short, section 4: 64 MiB, three passes; one lane, since there is one thread.
const MEMORY: u32 = 64 * 1024;
const PASSES: u32 = 3;

const SALT: usize = 16;
const HASH: usize = 32;

/// A hash, with all that it takes to compute it again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hashed {
    salt: [u8; SALT],
    memory: u32,
    passes: u32,
    hash: [u8; HASH],
}

/// The hash of a passphrase, with a new salt.
pub fn hashed(typed: &str) -> io::Result<Hashed> {
    let mut hashed = Hashed { salt: random()?, memory: MEMORY, passes: PASSES, hash: [0; HASH] };
    hashed.hash = compute(&hashed, typed)?;
    Ok(hashed)
}

/// Whether a passphrase has the hash. How long it takes does not tell how much of it is right.
pub fn is_right(kept: &Hashed, typed: &str) -> io::Result<bool> {
    let hash = compute(kept, typed)?;
    Ok(hash.iter().zip(kept.hash).fold(0, |sum, (one, other)| sum | (one ^ other)) == 0)
}

fn compute(parameters: &Hashed, typed: &str) -> io::Result<[u8; HASH]> {
    let failed = |error: argon2::Error| io::Error::other(error.to_string());
    let memory = parameters.memory.min(16 * MEMORY);
    let settings = Params::new(memory, parameters.passes.min(64), 1, Some(HASH)).map_err(failed)?;
    let mut hash = [0; HASH];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, settings)
        .hash_password_into(typed.as_bytes(), &parameters.salt, &mut hash)
        .map_err(failed)?;
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_fits_its_own_hash_alone() {
        let kept = Hashed { memory: 64, passes: 1, ..hashed("x").expect("random numbers") };
        let kept = Hashed { hash: compute(&kept, "correct horse").expect("it is computed"), ..kept };
        for (typed, right) in [("correct horse", true), ("correct hors", false), ("", false), ("Correct horse", false)]
        {
            assert_eq!(is_right(&kept, typed).expect("it is computed"), right, "{typed}");
        }
    }
}
