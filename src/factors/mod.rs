//! What a human has and an agent has not: proofs that an answer asks for besides a terminal.
//!
//! Takes what was typed, says whether it is right. Keeps a passphrase as a hash and the secret of one-time codes in the
//! user's state folder; knows nothing of terminals.

#[cfg(feature = "pam")]
pub mod pam;
mod passphrase;
mod totp;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::desk::files;
use crate::effect::Effect;
use crate::folders::{self, Folders};

pub use passphrase::SHORTEST;
pub use totp::Secret;

/// How many wrong proofs are free; each one after them doubles the time until the next counts.
const FREE_TRIES: u32 = 5;

/// The longest such time.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// Where the service is described that PAM is asked for (pam.d(5)). Without it PAM would go by what is meant for `other`
/// services, which may let everybody in.
const PAM_SERVICE: [&str; 3] = ["/etc/pam.d/guard", "/usr/local/etc/pam.d/guard", "/usr/lib/pam.d/guard"];

/// Why PAM proves nothing, and what to do.
pub const PAM_UNSET: &str = match cfg!(feature = "pam") {
    true => "there is no /etc/pam.d/guard: root writes it, as docs/desk.md shows",
    false => "this guard is built without it: cargo build --release --features pam",
};

/// A kind of proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Something that its human remembers.
    Passphrase,
    /// A one-time code from another device (RFC 6238).
    Totp,
    /// What the system asks of its users (pam(3)), where guard is built with it.
    Pam,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::Passphrase, Kind::Totp, Kind::Pam];

    /// Its name in the configuration and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Passphrase => "passphrase",
            Kind::Totp => "totp",
            Kind::Pam => "pam",
        }
    }

    /// What a human is asked for.
    pub const fn asked(self) -> &'static str {
        match self {
            Kind::Passphrase => "Passphrase",
            Kind::Totp => "One-time code",
            Kind::Pam => "PAM",
        }
    }
}

/// When proofs are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demands {
    /// Each kind that is asked for, and when.
    pub each: Vec<(Kind, When)>,
}

/// When one proof is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// With every yes.
    Always,
    /// With a yes to one of these effects.
    Effects(Vec<Effect>),
}

impl Demands {
    /// What a yes to these effects needs.
    pub fn of(&self, effects: &[Effect]) -> Vec<Kind> {
        let asks = |when: &When| match when {
            When::Always => true,
            When::Effects(named) => named.iter().any(|effect| effects.contains(effect)),
        };
        self.each.iter().filter(|(_, when)| asks(when)).map(|(kind, _)| *kind).collect()
    }

    /// What is needed where it is not known for which effects a yes is good.
    pub fn all(&self) -> Vec<Kind> {
        self.each.iter().map(|(kind, _)| *kind).collect()
    }
}

/// Why there is no proof.
#[derive(Debug)]
pub enum Failure {
    /// It is asked for, and nobody has set one.
    Unset(Kind),
    /// It was wrong too often.
    TooOften(SignedDuration),
    /// It cannot be looked up.
    Io(io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Unset(Kind::Pam) => write!(f, "the configuration asks for PAM, and {PAM_UNSET}"),
            Failure::Unset(kind) => {
                let kind = kind.as_str();
                write!(f, "the configuration asks for a {kind}, and none is set: guard factor set {kind}")
            }
            Failure::TooOften(left) => write!(f, "wrong too often; wait {} s", left.as_secs().max(1)),
            Failure::Io(error) => write!(f, "the factor cannot be read: {error}"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

/// The proofs of one user.
#[derive(Clone, Debug)]
pub struct Factors {
    folder: PathBuf,
}

/// Wrong proofs, and when the last of them was given.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Misses {
    count: u32,
    last: Timestamp,
}

impl Factors {
    /// Those in the user's state folder.
    pub fn of(folders: &Folders) -> Factors {
        Factors { folder: folders.state.join("factors") }
    }

    /// Whether there is one of a kind.
    pub fn is_set(&self, kind: Kind) -> bool {
        match kind {
            Kind::Pam => cfg!(feature = "pam") && PAM_SERVICE.iter().any(|file| Path::new(file).exists()),
            kind => self.path(kind).exists(),
        }
    }

    /// Whether what was typed is right. A wrong try is counted before that is said, and one code is good once.
    ///
    /// # Errors
    ///
    /// When nothing counts now.
    pub fn is_right(&self, kind: Kind, typed: &str) -> Result<bool, Failure> {
        if !self.is_set(kind) {
            return Err(Failure::Unset(kind));
        }
        let _lock = self.lock()?;
        self.check_pause(Timestamp::now())?;
        let text = fs::read(self.path(kind))?;
        let right = match kind {
            Kind::Passphrase => passphrase::is_right(&serde_json::from_slice(&text).map_err(io::Error::from)?, typed)?,
            Kind::Totp => {
                let secret: Secret = serde_json::from_slice(&text).map_err(io::Error::from)?;
                match secret.used(typed, Timestamp::now()) {
                    Some(used) => {
                        files::replace(&self.path(kind), &serde_json::to_vec(&used).map_err(io::Error::from)?)?;
                        true
                    }
                    None => false,
                }
            }
            // Its modules do not take what was typed, but ask themselves.
            Kind::Pam => false,
        };
        self.count(right)?;
        Ok(right)
    }

    /// Whether a proof counts now that guard does not check itself.
    ///
    /// # Errors
    ///
    /// When none does.
    pub fn check_try(&self) -> Result<(), Failure> {
        self.check_pause(Timestamp::now())
    }

    /// Counts such a proof.
    ///
    /// # Errors
    ///
    /// When it cannot be counted; then it does not count.
    pub fn count_try(&self, right: bool) -> Result<(), Failure> {
        let _lock = self.lock()?;
        Ok(self.count(right)?)
    }

    /// Keeps a passphrase from now on.
    ///
    /// # Errors
    ///
    /// When it cannot be kept.
    pub fn set_passphrase(&self, typed: &str) -> io::Result<()> {
        self.keep(Kind::Passphrase, &serde_json::to_vec(&passphrase::hashed(typed)?)?)
    }

    /// Keeps the secret of one-time codes from now on.
    ///
    /// # Errors
    ///
    /// When it cannot be kept.
    pub fn set_totp(&self, secret: &Secret) -> io::Result<()> {
        self.keep(Kind::Totp, &serde_json::to_vec(secret)?)
    }

    /// Forgets one.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn remove(&self, kind: Kind) -> io::Result<()> {
        fs::remove_file(self.path(kind))
    }

    fn keep(&self, kind: Kind, bytes: &[u8]) -> io::Result<()> {
        folders::make_private(&self.folder)?;
        files::replace(&self.path(kind), bytes)
    }

    fn lock(&self) -> io::Result<fs::File> {
        folders::make_private(&self.folder)?;
        files::lock(&self.folder.join("lock"))
    }

    fn path(&self, kind: Kind) -> PathBuf {
        self.folder.join(format!("{}.json", kind.as_str()))
    }

    fn misses(&self) -> Option<Misses> {
        serde_json::from_slice(&fs::read(self.folder.join("misses.json")).ok()?).ok()
    }

    fn check_pause(&self, now: Timestamp) -> Result<(), Failure> {
        let Some(misses) = self.misses() else { return Ok(()) };
        let left = pause_after(misses.count) - now.duration_since(misses.last).abs();
        if left.is_positive() { Err(Failure::TooOften(left)) } else { Ok(()) }
    }

    fn count(&self, right: bool) -> io::Result<()> {
        let path = self.folder.join("misses.json");
        if right {
            return match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let count = self.misses().map_or(0, |misses| misses.count).saturating_add(1);
        files::replace(&path, &serde_json::to_vec(&Misses { count, last: Timestamp::now() })?)
    }
}

/// How long nothing counts after so many wrong proofs.
fn pause_after(misses: u32) -> SignedDuration {
    match misses.checked_sub(FREE_TRIES) {
        None => SignedDuration::ZERO,
        Some(more) => SignedDuration::from_secs(1_i64 << more.min(20)).min(LONGEST_PAUSE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_guesses_waits_longer_and_longer() {
        let pauses: Vec<i64> = [0, 4, 5, 6, 10, 40].map(|misses| pause_after(misses).as_secs()).to_vec();
        assert_eq!(pauses, [0, 0, 1, 2, 32, 600]);
    }

    #[test]
    fn proofs_are_asked_for_by_effect() {
        let demands = Demands {
            each: vec![
                (Kind::Passphrase, When::Always),
                (Kind::Totp, When::Effects(vec![Effect::Drop, Effect::Device])),
            ],
        };
        assert_eq!(demands.of(&[]), [Kind::Passphrase]);
        assert_eq!(demands.of(&[Effect::Delete]), [Kind::Passphrase]);
        assert_eq!(demands.of(&[Effect::Delete, Effect::Drop]), [Kind::Passphrase, Kind::Totp]);
        assert_eq!(Demands::default().of(&Effect::ALL), []);
    }
}
