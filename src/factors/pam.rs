//! Proof by what the system itself asks of its users, through PAM (pam(3)): a password, a key that is touched, a
//! fingerprint. What is asked says the service's file, which only root can write.
//!
//! The modules run in a thread of their own, since none of them says how long it takes; what they ask comes out as
//! [`Turn`]s, which whoever has the terminal takes one by one.

use std::cell::Cell;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use nix::unistd::{User, getuid};
use nonstick::conv::Exchange;
use nonstick::{AuthnFlags, Conversation, ErrorCode, Transaction, TransactionBuilder};

/// The service by whose file PAM knows what to ask: `/etc/pam.d/guard`.
const SERVICE: &str = "guard";

/// What the modules want next.
pub enum Turn {
    /// Something typed.
    Ask {
        /// The question.
        question: String,
        /// Whether what is typed is shown.
        shown: bool,
        /// Takes it. Dropped unused, it ends the proof.
        typed: Sender<String>,
    },
    /// A line to be shown.
    Say(String),
    /// They have ended: whether it is the user, or why that cannot be told.
    End(Result<bool, String>),
}

/// A proof that is under way.
pub struct Proving {
    turns: Receiver<Turn>,
    bell: UnixStream,
}

impl Proving {
    /// Starts it, for the user of this process.
    ///
    /// # Errors
    ///
    /// When the system says nothing of this user, or has no thread left.
    pub fn start() -> io::Result<Proving> {
        let user = User::from_uid(getuid())?.ok_or_else(|| io::Error::other("this user has no name"))?;
        let (sender, turns) = mpsc::channel();
        let (bell, rings) = UnixStream::pair()?;
        let talk = Talk { turns: sender, rings };
        thread::Builder::new().spawn(move || {
            let ended = authenticate(&user.name, &talk);
            talk.turn(Turn::End(ended));
        })?;
        Ok(Proving { turns, bell })
    }

    /// The next turn, once [`Proving::as_fd`] can be read.
    pub fn turn(&mut self) -> Turn {
        let _ = self.bell.read(&mut [0]);
        self.turns.recv().unwrap_or_else(|_| Turn::End(Err("PAM ended early".to_owned())))
    }
}

impl AsFd for Proving {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }
}

/// The modules' side of it.
struct Talk {
    turns: Sender<Turn>,
    rings: UnixStream,
}

impl Talk {
    fn turn(&self, turn: Turn) {
        // When nobody listens any more, the proof has been given up.
        if self.turns.send(turn).is_ok() {
            let _ = (&self.rings).write_all(&[0]);
        }
    }

    fn ask(&self, question: &OsStr, shown: bool) -> Result<OsString, ErrorCode> {
        let (typed, answer) = mpsc::channel();
        self.turn(Turn::Ask { question: question.to_string_lossy().into_owned(), shown, typed });
        answer.recv().map(OsString::from).map_err(|_| ErrorCode::ConversationError)
    }
}

/// What PAM is given to speak with. It remembers whether something was asked that no terminal can answer.
struct Speaker<'t> {
    talk: &'t Talk,
    unknown: &'t Cell<bool>,
}

impl Conversation for Speaker<'_> {
    fn communicate(&self, messages: &[Exchange<'_>]) {
        let say = |text: &OsStr| self.talk.turn(Turn::Say(text.to_string_lossy().into_owned()));
        for message in messages {
            match message {
                Exchange::Prompt(asked) => asked.set_answer(self.talk.ask(asked.question(), true)),
                Exchange::MaskedPrompt(asked) => asked.set_answer(self.talk.ask(asked.question(), false)),
                Exchange::Info(told) => {
                    say(told.question());
                    told.set_answer(Ok(()));
                }
                Exchange::Error(told) => {
                    say(told.question());
                    told.set_answer(Ok(()));
                }
                other => {
                    self.unknown.set(true);
                    other.set_error(ErrorCode::ConversationError);
                }
            }
        }
    }
}

/// Whether the modules take who answers for the user, and the account may be used now.
fn authenticate(user: &str, talk: &Talk) -> Result<bool, String> {
    let unknown = Cell::new(false);
    let started =
        TransactionBuilder::new_with_service(SERVICE).username(user).build(Speaker { talk, unknown: &unknown });
    let result = started.and_then(|mut transaction| {
        // A user without a password has proven nothing.
        transaction.authenticate(AuthnFlags::DISALLOW_NULL_AUTHTOK)?;
        transaction.account_management(AuthnFlags::DISALLOW_NULL_AUTHTOK)
    });
    match result {
        Ok(()) => Ok(true),
        Err(ErrorCode::AuthenticationError | ErrorCode::MaxTries | ErrorCode::PermissionDenied) => Ok(false),
        Err(_) if unknown.get() => Err("PAM asks for what cannot be typed".to_owned()),
        Err(error) => Err(format!("PAM: {error}")),
    }
}
