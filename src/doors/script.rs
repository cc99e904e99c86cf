//! Reads programs from files and from standard input, once: what is read here is what is judged and what runs.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::shells;

/// A larger script is not read at all.
pub const LARGEST: usize = 64 * 1024 * 1024;

/// Why a script was not read: what a shell would say, and its exit status.
#[derive(Debug, PartialEq, Eq)]
pub struct Unread {
    /// The exit status.
    pub status: u8,
    /// What is wrong, as half a sentence.
    pub what: String,
}

impl Unread {
    fn new(status: u8, what: impl Into<String>) -> Unread {
        Unread { status, what: what.into() }
    }

    fn from_error(error: &io::Error) -> Unread {
        match error.kind() {
            io::ErrorKind::NotFound => Unread::new(127, "No such file or directory"),
            io::ErrorKind::PermissionDenied => Unread::new(126, "Permission denied"),
            _ => Unread::new(126, error.to_string()),
        }
    }
}

/// The path that a shell reads for the operand `name`: itself, or, when bash finds no such file, one on PATH.
pub fn locate(name: &OsStr, search: bool) -> PathBuf {
    let path = PathBuf::from(name);
    if !search || name.is_empty() || name.as_bytes().contains(&b'/') || path.exists() {
        return path;
    }
    shells::candidates(name, false).into_iter().find(|candidate| candidate.is_file()).unwrap_or(path)
}

/// The bytes of the script at `path`.
///
/// # Errors
///
/// What a shell would say, with its exit status.
pub fn read(path: &Path) -> Result<Vec<u8>, Unread> {
    let file = File::open(path).map_err(|error| Unread::from_error(&error))?;
    let metadata = file.metadata().map_err(|error| Unread::from_error(&error))?;
    if metadata.is_dir() {
        return Err(Unread::new(126, "Is a directory"));
    }
    let bytes = read_all(file, usize::try_from(metadata.len()).unwrap_or(0))?;
    let first_line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if first_line.contains(&0) {
        return Err(Unread::new(126, "cannot execute binary file"));
    }
    Ok(bytes)
}

/// All of standard input.
///
/// # Errors
///
/// When it cannot be read, or is too large.
pub fn read_input() -> Result<Vec<u8>, Unread> {
    read_all(io::stdin().lock(), 0)
}

fn read_all(source: impl Read, expected: usize) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::with_capacity(expected.min(LARGEST));
    source.take(LARGEST as u64 + 1).read_to_end(&mut bytes).map_err(|error| Unread::from_error(&error))?;
    match bytes.len() > LARGEST {
        true => Err(Unread::new(126, format!("larger than {} MiB, which guard does not read", LARGEST >> 20))),
        false => Ok(bytes),
    }
}

/// The arguments that the parent of this process was started with; none where the system does not tell.
pub fn parents_arguments() -> Vec<OsString> {
    let parent = std::os::unix::process::parent_id();
    let bytes = fs::read(format!("/proc/{parent}/cmdline")).unwrap_or_default();
    let words = bytes.strip_suffix(&[0]).unwrap_or_default().split(|byte| *byte == 0);
    words.map(|word| OsString::from_vec(word.to_vec())).collect()
}

/// What the first line of a script asks for, as the kernel reads it: a program, and at most one argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstLine {
    /// The program.
    pub program: PathBuf,
    /// What follows it, as one argument.
    pub argument: Option<OsString>,
}

impl FirstLine {
    /// Reads `#! PROGRAM [ARGUMENT]`; `None` when the script does not begin so.
    pub fn of(script: &[u8]) -> Option<FirstLine> {
        let line = script.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
        let line = trim(line);
        let end = line.iter().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(line.len());
        let (program, argument) = line.split_at(end);
        let argument = trim(argument);
        (!program.is_empty()).then(|| FirstLine {
            program: PathBuf::from(OsString::from_vec(program.to_vec())),
            argument: (!argument.is_empty()).then(|| OsString::from_vec(argument.to_vec())),
        })
    }

    /// The words of the line, split at white space.
    pub fn words(&self) -> Vec<String> {
        let argument = self.argument.as_deref().unwrap_or_default().to_string_lossy().into_owned();
        let program = self.program.to_string_lossy().into_owned();
        std::iter::once(program).chain(argument.split_whitespace().map(str::to_owned)).collect()
    }

    /// The program that reads the script in the end, and its options: past `env` and its own options.
    pub fn interpreter(&self) -> (PathBuf, Vec<OsString>) {
        if self.program.file_name() != Some(OsStr::new("env")) {
            return (self.program.clone(), self.argument.iter().cloned().collect());
        }
        let mut words = self.words().into_iter().skip(1).skip_while(|word| word.starts_with('-'));
        let program = words.next().map(PathBuf::from).unwrap_or_default();
        (program, words.map(OsString::from).collect())
    }
}

/// Without the blanks at both ends; a carriage return is none, for the kernel.
fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// Whether the file at `path` is there. Used to tell a script's name from a command line in one argument.
pub fn exists(path: &OsStr) -> bool {
    fs::symlink_metadata(path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_read_as_the_kernel_does() {
        let cases = [
            ("#!/bin/sh\n", "/bin/sh", None),
            ("#! /bin/bash -eu \necho", "/bin/bash", Some("-eu")),
            ("#!/usr/bin/env -S guard -x", "/usr/bin/env", Some("-S guard -x")),
            ("#!/usr/bin/env\tpython3\r\n", "/usr/bin/env", Some("python3\r")),
        ];
        for (script, program, argument) in cases {
            let expected = FirstLine { program: program.into(), argument: argument.map(OsString::from) };
            assert_eq!(FirstLine::of(script.as_bytes()), Some(expected), "{script:?}");
        }
        for script in ["#!\n", "# !/bin/sh", ""] {
            assert_eq!(FirstLine::of(script.as_bytes()), None, "{script:?}");
        }
    }

    #[test]
    fn the_interpreter_is_found_behind_env() {
        for (script, program, options) in [
            ("#!/bin/bash -eu", "/bin/bash", vec!["-eu"]),
            ("#!/usr/bin/env bash", "bash", vec![]),
            ("#!/usr/bin/env -S python3 -u", "python3", vec!["-u"]),
            ("#!/usr/bin/env", "", vec![]),
        ] {
            let line = FirstLine::of(script.as_bytes()).expect("a first line");
            assert_eq!(
                line.interpreter(),
                (program.into(), options.into_iter().map(OsString::from).collect()),
                "{script}"
            );
        }
    }
}
