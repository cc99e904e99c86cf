//! The desk's folder: requests, and the answers to them.
//!
//! A request is a file that is named by its ticket and its hash; an answer is a file that is named by the ticket. Both
//! appear whole. An answer is written once and taken once, whoever else tries at the same time and whoever dies.

use std::fmt;
use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};

use super::digest::hexadecimal;
use super::files::{self, UNFINISHED};
use super::request::{Answer, Request, Verdict, Waiter};
use super::{notify, seal};
use crate::folders::{self, Folders};

/// How long an answer is good for.
pub const ANSWER_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// How long a request can be answered after its sender stopped waiting.
pub const REQUEST_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// How often is looked for what is too old.
const CLEANING: Duration = Duration::from_secs(60);

/// How much of a hash is in a file's name.
const HASH_IN_NAME: usize = 32;

/// How long a request's challenge is, in bytes.
const CHALLENGE_LENGTH: usize = 16;

/// More bytes than this no request has.
const REQUEST_LIMIT: u64 = 16 << 20;

/// A desk on the disk.
#[derive(Clone, Debug)]
pub struct Spool {
    folder: PathBuf,
}

/// What came of bringing a request.
#[derive(Debug)]
pub enum Brought {
    /// It was answered before, and the answer is taken now.
    Answered(Answer),
    /// It lies there.
    Lies(Box<Request>),
    /// It lay there before, and nobody answered.
    LiesAgain(Box<Request>),
}

/// Why an answer was not given.
#[derive(Debug)]
pub enum Unanswerable {
    /// No request has this ticket.
    Unknown,
    /// It was answered before.
    Answered(Option<Box<Answer>>),
    /// The desk cannot be used.
    Io(io::Error),
}

impl fmt::Display for Unanswerable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unanswerable::Unknown => {
                f.write_str("no request with this ticket waits; it may have been answered or be too old")
            }
            Unanswerable::Answered(Some(answer)) => {
                write!(f, "it is answered already: {}, from {}", answer.verdict.as_str(), answer.from)
            }
            Unanswerable::Answered(None) => f.write_str("it is answered already"),
            Unanswerable::Io(error) => write!(f, "the desk cannot be used: {error}"),
        }
    }
}

impl From<io::Error> for Unanswerable {
    fn from(error: io::Error) -> Unanswerable {
        Unanswerable::Io(error)
    }
}

impl Spool {
    /// The user's desk, made when it is not there: where the system keeps what lasts until the user logs out, else in
    /// the state folder.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    pub fn open(folders: Option<&Folders>) -> io::Result<Spool> {
        let mut failure = io::Error::new(ErrorKind::NotFound, "there is no folder for it: HOME is not set");
        for spool in Spool::all(folders) {
            let make = |name: &str| folders::make_private(&spool.folder.join(name));
            match make("").and_then(|()| make("requests")).and_then(|()| make("answers")) {
                Ok(()) => return Ok(spool),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// Every place where the user's requests may lie.
    pub fn all(folders: Option<&Folders>) -> Vec<Spool> {
        let state = folders.map(|folders| folders.state.clone());
        let first = folders::runtime().into_iter().next();
        first.into_iter().chain(state).map(|folder| Spool { folder: folder.join("desk") }).collect()
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Tries whether a request and its answer can be laid down and taken away again. Nobody sees the two that it tries
    /// with: their names are those of unfinished files.
    ///
    /// # Errors
    ///
    /// What cannot be done.
    pub fn check(&self) -> io::Result<()> {
        let _lock = self.lock()?;
        let content = self.key()?;
        for folder in [self.requests(), self.answers()] {
            let path = folder.join(format!("{UNFINISHED}check.{}", std::process::id()));
            files::write_new(&path, &content)?;
            let kept = fs::read(&path);
            fs::remove_file(&path)?;
            if kept? != content {
                return Err(io::Error::new(ErrorKind::InvalidData, "what is written there is not what is read"));
            }
        }
        Ok(())
    }

    /// The folder in which answers appear.
    pub fn answers(&self) -> PathBuf {
        self.folder.join("answers")
    }

    /// The folder in which requests appear.
    pub fn requests(&self) -> PathBuf {
        self.folder.join("requests")
    }

    /// Brings a request: takes the answer that one like it was given, or takes the place of one like it that nobody
    /// waits for any more, or lays it down under a new ticket.
    ///
    /// # Errors
    ///
    /// When it cannot be written whole. Then nothing of it is left.
    pub fn bring(&self, mut request: Request) -> io::Result<Brought> {
        let _lock = self.lock()?;
        self.clean();
        for path in self.paths().into_iter().filter(|path| digest_of(path) == in_name(&request.digest)) {
            let Some(earlier) = read::<Request>(&path).filter(|earlier| earlier.digest == request.digest) else {
                continue;
            };
            if earlier.is_awaited(request.time) {
                continue;
            }
            if let Some(answer) = self.take(&earlier, &path)? {
                return Ok(Brought::Answered(answer));
            }
            request.id = earlier.id;
            request.challenge = earlier.challenge;
            files::replace(&path, &serde_json::to_vec(&request)?)?;
            return Ok(Brought::LiesAgain(Box::new(request)));
        }
        request.challenge = hexadecimal(&seal::random::<CHALLENGE_LENGTH>()?);
        loop {
            request.id = seal::ticket()?;
            match files::write_new(&self.path(&request), &serde_json::to_vec(&request)?) {
                Ok(()) => return Ok(Brought::Lies(Box::new(request))),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// A file without a name that holds some bytes.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn nameless(&self, bytes: &[u8]) -> io::Result<File> {
        notify::nameless(&self.folder.join(format!("{UNFINISHED}told.{}", std::process::id())), bytes)
    }

    /// Whether an answer to a request may be there. Looks without waiting for anybody.
    pub fn has_answer(&self, request: &Request) -> bool {
        self.answers().join(&request.id).exists()
    }

    /// Takes the answer to a request, when there is one. Nobody else gets it then.
    ///
    /// # Errors
    ///
    /// When the desk cannot be used.
    pub fn collect(&self, request: &Request) -> io::Result<Option<Answer>> {
        let _lock = self.lock()?;
        let path = self.path(request);
        // It may have passed to another process, which took this one for dead.
        let own = read::<Request>(&path).is_some_and(|now| now.waiter == Waiter::own());
        if own { self.take(request, &path) } else { Ok(None) }
    }

    /// Takes a request away that nobody is to answer.
    ///
    /// # Errors
    ///
    /// When the desk cannot be used.
    pub fn withdraw(&self, request: &Request) -> io::Result<()> {
        let _lock = self.lock()?;
        fs::remove_file(self.path(request))
    }

    fn take(&self, request: &Request, path: &Path) -> io::Result<Option<Answer>> {
        let file = self.answers().join(&request.id);
        let Some(answer) = read::<Answer>(&file) else { return Ok(None) };
        let good = self.is_sealed(&answer)? && answer.digest == request.digest && is_fresh(&answer, Timestamp::now());
        // The request goes first: an answer alone is worth nothing, so whatever ends here, it is not taken twice.
        fs::remove_file(path)?;
        fs::remove_file(&file)?;
        Ok(good.then_some(answer))
    }

    /// Answers a request. The first answer counts.
    ///
    /// # Errors
    ///
    /// Why it is not answered.
    pub fn answer(
        &self,
        id: &str,
        verdict: Verdict,
        from: &str,
        because: Option<&str>,
    ) -> Result<Request, Unanswerable> {
        let _lock = self.lock()?;
        let request = self.find(id).ok_or(Unanswerable::Unknown)?;
        let mut answer = Answer {
            id: request.id.clone(),
            digest: request.digest.clone(),
            verdict,
            time: Timestamp::now(),
            from: from.to_owned(),
            because: because.map(str::to_owned),
            seal: String::new(),
        };
        answer.seal = seal::seal(&self.key()?, &sealed_parts(&answer, &answer.time.to_string()));
        let path = self.answers().join(&request.id);
        match files::write_new(&path, &serde_json::to_vec(&answer).map_err(io::Error::from)?) {
            Ok(()) => {
                // Wakes the one who waits for it, and nobody else.
                let _ = fs::set_permissions(self.path(&request), Permissions::from_mode(0o600));
                Ok(request)
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err(Unanswerable::Answered(read(&path).map(Box::new)))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The request with a ticket, when it can still be answered.
    pub fn find(&self, id: &str) -> Option<Request> {
        let now = Timestamp::now();
        let named = |path: &PathBuf| ticket_of(path).as_deref() == Some(id);
        let request: Request = self.paths().iter().find(|path| named(path)).and_then(|path| read(path))?;
        (!is_old(&request, now)).then_some(request)
    }

    /// The requests that can still be answered, or were and nobody has taken the answer yet.
    pub fn answerable(&self) -> Vec<Request> {
        let now = Timestamp::now();
        let mut requests: Vec<Request> = self.paths().iter().filter_map(|path| read(path)).collect();
        requests.retain(|request| !is_old(request, now));
        requests
    }

    /// The requests that nobody answered yet, oldest first.
    pub fn pending(&self) -> Vec<Request> {
        let mut requests = self.answerable();
        // One whose answer is being taken is looked for once more, since it goes before its answer does.
        let lies = |request: &Request| !self.has_answer(request) && self.path(request).exists();
        requests.retain(lies);
        requests.sort_by(|one, other| one.time.cmp(&other.time).then_with(|| one.id.cmp(&other.id)));
        requests
    }

    /// The files of all requests.
    fn paths(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.requests()) else { return Vec::new() };
        let is_finished = |path: &PathBuf| ticket_of(path).is_some_and(|ticket| !ticket.starts_with(UNFINISHED));
        entries.flatten().map(|entry| entry.path()).filter(is_finished).collect()
    }

    /// The file of a request.
    pub fn path(&self, request: &Request) -> PathBuf {
        self.requests().join(format!("{}.{}.json", request.id, in_name(&request.digest).unwrap_or_default()))
    }

    fn lock(&self) -> io::Result<File> {
        files::lock(&self.folder.join("lock"))
    }

    fn key(&self) -> io::Result<Vec<u8>> {
        seal::key(&self.folder.join("key"))
    }

    fn is_sealed(&self, answer: &Answer) -> io::Result<bool> {
        Ok(seal::fits(&self.key()?, &sealed_parts(answer, &answer.time.to_string()), &answer.seal))
    }

    /// Clears away what is too old to matter, now and then. What a killed process left unfinished goes, too.
    fn clean(&self) {
        let mark = self.folder.join("cleaned");
        let age = |path: &Path| {
            let time = fs::metadata(path).and_then(|metadata| metadata.modified()).ok()?;
            SystemTime::now().duration_since(time).ok()
        };
        if age(&mark).is_some_and(|age| age < CLEANING) {
            return;
        }
        let _ = File::create(&mark);
        let too_old = Duration::try_from(REQUEST_LIFE).unwrap_or_default();
        for folder in [self.requests(), self.answers()] {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                let unfinished = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
                let limit = if unfinished { CLEANING } else { too_old };
                let awaited = || read::<Request>(&path).is_some_and(|request| request.is_awaited(Timestamp::now()));
                if age(&path).is_some_and(|age| age > limit) && (unfinished || !awaited()) {
                    let _ = fs::remove_file(path);
                }
            }
        }
    }
}

fn is_old(request: &Request, now: Timestamp) -> bool {
    now.duration_since(request.until) > REQUEST_LIFE
}

/// Whether an answer is still good. One from the future is as bad as one that is too old: the clock was changed.
fn is_fresh(answer: &Answer, now: Timestamp) -> bool {
    let age = now.duration_since(answer.time);
    age <= ANSWER_LIFE && age >= -SignedDuration::from_secs(60)
}

fn sealed_parts<'a>(answer: &'a Answer, time: &'a str) -> [&'a str; 6] {
    let because = answer.because.as_deref().unwrap_or_default();
    [&answer.id, &answer.digest, answer.verdict.as_str(), time, &answer.from, because]
}

fn in_name(digest: &str) -> Option<&str> {
    digest.get(..HASH_IN_NAME)
}

fn ticket_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?.strip_suffix(".json")?;
    if name.starts_with(UNFINISHED) { None } else { name.split('.').next().map(str::to_owned) }
}

fn digest_of(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()?.strip_suffix(".json")?.split('.').nth(1)
}

/// What a file holds, when it is all there.
fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Option<T> {
    let file = File::open(path).ok()?;
    if file.metadata().ok()?.len() > REQUEST_LIMIT {
        return None;
    }
    serde_json::from_reader(io::BufReader::new(file)).ok()
}
