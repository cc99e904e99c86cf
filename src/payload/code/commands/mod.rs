//! Reads languages whose statements are commands: PowerShell, cmd, Tcl, AppleScript and Lisp.
//!
//! Takes a [`Source`], gives the same tree as [`super::parser`], so that what follows is one for all languages. Each
//! notation is a small reader of its own over one [`Cursor`]; what the commands do is data, as everywhere.

mod applescript;
mod batch;
mod cursor;
mod lisp;
mod powershell;
mod tcl;

use std::collections::HashSet;

use super::ast::Node;
use super::library::Library;
use super::parser::Program;
use super::schema::Form;
use super::source::Source;
use cursor::Cursor;

/// Reads a program; `None` when it cannot be one, or nests too deep.
pub fn parse(source: &Source, form: Form, library: &Library) -> Option<Program> {
    let mut cursor = Cursor::new(source);
    let statements = match form {
        Form::Expressions => return None,
        Form::Cmdlets => powershell::read(&mut cursor, library),
        Form::Batch => batch::read(&mut cursor),
        Form::Tcl => tcl::read(&mut cursor),
        Form::Sentences => applescript::read(&mut cursor, library),
        Form::Lisp => lisp::read(&mut cursor),
    };
    let names: HashSet<String> = cursor.names;
    (!cursor.broken).then_some(Program { statements, understood: cursor.understood, names })
}

/// What a reader gives for its statements.
type Statements = Vec<Node>;
