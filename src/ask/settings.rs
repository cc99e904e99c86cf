//! The settings of a terminal: the ones it had, and the ones for asking.

use std::fs::File;

use nix::sys::termios::{
    self, FlushArg, InputFlags, LocalFlags, OutputFlags, SetArg, SpecialCharacterIndices as Key, Termios,
};

/// How keys arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Each at once and unseen.
    Unseen,
    /// A line at a time, echoed.
    Lines,
    /// A line at a time, of which only the end is seen.
    Hidden,
}

/// What a terminal was set to.
pub struct Settings {
    before: Termios,
}

impl Settings {
    /// Remembers what a terminal is set to.
    pub fn save(file: &File) -> nix::Result<Settings> {
        termios::tcgetattr(file).map(|before| Settings { before })
    }

    /// Sets a terminal up for asking. It does not wait for what is still being drawn: that may be stopped (Ctrl-S).
    pub fn set(&self, file: &File, keys: Keys) -> nix::Result<()> {
        termios::tcsetattr(file, SetArg::TCSANOW, &self.asking(keys))
    }

    /// Discards what was typed and not read.
    pub fn discard(&self, file: &File) -> nix::Result<()> {
        termios::tcflush(file, FlushArg::TCIFLUSH)
    }

    /// Puts the settings back, unless the terminal has gone to another job that made its own.
    pub fn restore(&self, file: &File, in_foreground: bool) {
        let ours =
            |now: &Termios| [Keys::Unseen, Keys::Lines, Keys::Hidden].iter().any(|keys| same(now, &self.asking(*keys)));
        if in_foreground || termios::tcgetattr(file).is_ok_and(|now| ours(&now)) {
            let _ = termios::tcsetattr(file, SetArg::TCSANOW, &self.before);
        }
    }

    /// A plain terminal, whatever a full-screen program had made of it: lines end with Enter, Ctrl-C and Ctrl-D work,
    /// and control characters are echoed by name.
    fn asking(&self, keys: Keys) -> Termios {
        let mut settings = self.before.clone();
        settings.input_flags.insert(InputFlags::ICRNL | InputFlags::BRKINT);
        settings.input_flags.remove(InputFlags::IGNCR | InputFlags::INLCR);
        settings.output_flags.insert(OutputFlags::OPOST | OutputFlags::ONLCR);
        let echo = LocalFlags::ECHO | LocalFlags::ECHOE | LocalFlags::ECHOK | LocalFlags::ECHOCTL;
        settings.local_flags.insert(LocalFlags::ISIG);
        settings.local_flags.remove(LocalFlags::NOFLSH | LocalFlags::TOSTOP);
        match keys {
            Keys::Unseen => settings.local_flags.remove(echo | LocalFlags::ICANON | LocalFlags::ECHONL),
            Keys::Lines => settings.local_flags.insert(echo | LocalFlags::ICANON),
            Keys::Hidden => {
                settings.local_flags.remove(echo);
                settings.local_flags.insert(LocalFlags::ICANON | LocalFlags::ECHONL);
            }
        }
        for (key, character) in characters(keys) {
            if let Some(slot) = settings.control_chars.get_mut(key as usize) {
                *slot = character;
            }
        }
        settings
    }
}

/// The control characters that asking relies on.
fn characters(keys: Keys) -> [(Key, u8); 6] {
    const fn control(letter: u8) -> u8 {
        letter & 0x1f
    }
    let [one, other] = match keys {
        Keys::Unseen => [(Key::VMIN, 1), (Key::VTIME, 0)],
        Keys::Lines | Keys::Hidden => [(Key::VEOF, control(b'D')), (Key::VEOL, 0)],
    };
    [
        (Key::VINTR, control(b'C')),
        (Key::VQUIT, control(b'\\')),
        (Key::VERASE, 0x7f),
        (Key::VKILL, control(b'U')),
        one,
        other,
    ]
}

fn same(one: &Termios, other: &Termios) -> bool {
    (one.input_flags, one.output_flags, one.local_flags) == (other.input_flags, other.output_flags, other.local_flags)
        && one.control_chars == other.control_chars
}
