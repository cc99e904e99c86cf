//! Names the paths that a program works on.

use crate::follow::step::Source;
use crate::payload::{PathRole, PathUse};
use crate::span::Span;

use super::super::value::{self, Value};
use super::Evaluator;

impl Evaluator<'_> {
    /// Files that were opened for writing: written to, or left empty.
    pub(super) fn settle_files(&mut self) {
        for opened in std::mem::take(&mut self.opened) {
            let role = if opened.written { PathRole::Writes } else { PathRole::Empties };
            self.use_path(role, &opened.path, opened.span);
        }
    }

    /// Names a path that the program works on.
    pub(super) fn use_path(&mut self, role: PathRole, path: &Value, span: Span) {
        match path {
            Value::Either(values) | Value::List(values) => {
                values.iter().for_each(|value| self.use_path(role, value, span));
            }
            Value::Many(value) => self.use_path(role, value, span),
            Value::Map(entries) => entries.iter().for_each(|(_, value)| self.use_path(role, value, span)),
            _ => {
                let path = self.in_folder(path.clone(), span).into_arg(self.place(span));
                let rule = self.rule(match role {
                    PathRole::Deletes => "delete",
                    PathRole::Empties => "empty",
                    PathRole::Writes => "write",
                    PathRole::Reads => "read",
                    PathRole::ChangesMode => "mode",
                    PathRole::Sends => "send",
                });
                let path_use = PathUse { role, path, rule };
                // The same path stands at the same place: few are compared whole.
                let same = |known: &PathUse| known.path.span == path_use.path.span && *known == path_use;
                if !self.outcome.paths.iter().rev().any(same) {
                    self.outcome.paths.push(path_use);
                }
            }
        }
    }

    /// A relative path, in the folder that the program changed to.
    pub(super) fn in_folder(&self, path: Value, span: Span) -> Value {
        let Some(folder) = &self.folder else { return path };
        let absolute = match &path {
            Value::Text(arg) => {
                arg.prefix().starts_with(['/', '~'])
                    || (arg.prefix().is_empty() && arg.pieces.first().is_some_and(is_absolute))
            }
            _ => false,
        };
        if absolute {
            return path;
        }
        let place = self.place(span);
        value::join(vec![folder.clone(), Value::computed("/", place), path], place)
    }
}

/// Whether a piece in front of a path makes it absolute.
fn is_absolute(piece: &crate::follow::step::Piece) -> bool {
    use crate::follow::step::Piece;
    match piece {
        Piece::Text(text) => text.as_str().starts_with('/'),
        Piece::Hole(hole) => {
            matches!(
                hole.source,
                Source::Home | Source::StartFolder | Source::FreshTemporary(_) | Source::TemporaryFolder
            )
        }
    }
}
