//! How a command line is written, where it differs from GNU `getopt_long`.

use serde::{Deserialize, Serialize};

/// How arguments are written. The default is GNU `getopt_long`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u32", into = "u32")]
pub struct Style {
    /// Long options start with one dash (`terraform -auto-approve`); no clusters then.
    pub single_dash: bool,
    /// The first operand ends the options.
    pub options_first: bool,
    /// Long options cannot be abbreviated.
    pub exact: bool,
    /// The first word is a cluster of options even without a dash (`tar xf`).
    pub bare_cluster: bool,
    /// Options also start with `+`.
    pub plus: bool,
    /// `-5` is an option.
    pub numbers: bool,
    /// Operands come first, then an expression of options (`find`).
    pub expression: bool,
    /// Options of the program do not hold behind its subcommand.
    pub own_options: bool,
    /// `name=value` words are options (`dd of=x`); their names are listed with the `=`.
    pub keys: bool,
    /// Options also start with `/` and are read without regard to case (`reg delete /f`).
    pub slash: bool,
    /// `--help` and `--version` are not special here.
    pub no_help: bool,
    /// Only the first `-9` or `-TERM` is an option; later ones are operands (`kill`).
    pub signal: bool,
    /// `:::` ends the command, and what follows are its arguments (`parallel`).
    pub colons: bool,
    /// It is a program of the project itself, run as `./name`.
    pub project: bool,
    /// Its name is an ordinary word: inside the arguments of an unknown program it is no command line.
    pub word: bool,
    /// Files that its options name are taken from where it was started, whatever folder another option leads into (`tar`).
    pub options_here: bool,
    /// What it carries runs once and at once, with nothing before it (`timeout`).
    pub once: bool,
    /// Its words are never options (`echo`).
    pub no_options: bool,
    /// The codes that its options give are the lines of one text (`sed -e A -e B`).
    pub one_text: bool,
}

// One number rather than a byte for each: there are thousands of forms.
impl From<Style> for u32 {
    fn from(style: Style) -> u32 {
        let flags = [
            style.single_dash,
            style.options_first,
            style.exact,
            style.bare_cluster,
            style.plus,
            style.numbers,
            style.expression,
            style.own_options,
            style.keys,
            style.slash,
            style.no_help,
            style.signal,
            style.colons,
            style.project,
            style.word,
            style.options_here,
            style.once,
            style.no_options,
            style.one_text,
        ];
        flags.into_iter().rev().fold(0, |bits, flag| (bits << 1) | u32::from(flag))
    }
}

impl From<u32> for Style {
    fn from(bits: u32) -> Style {
        let is = |place: u32| (bits >> place) & 1 == 1;
        Style {
            single_dash: is(0),
            options_first: is(1),
            exact: is(2),
            bare_cluster: is(3),
            plus: is(4),
            numbers: is(5),
            expression: is(6),
            own_options: is(7),
            keys: is(8),
            slash: is(9),
            no_help: is(10),
            signal: is(11),
            colons: is(12),
            project: is(13),
            word: is(14),
            options_here: is(15),
            once: is(16),
            no_options: is(17),
            one_text: is(18),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_kept() {
        for place in 0..19 {
            let style = Style::from(1 << place);
            assert_ne!(style, Style::default(), "{place}");
            assert_eq!(u32::from(style), 1 << place, "{style:?}");
        }
        assert_eq!(Style::from(u32::MAX), Style::from((1 << 19) - 1));
    }
}
