//! The words of an argument list that are no options: subcommands, operands, and the command that a program carries.

use super::{MAX_FORMS, Reader};
use crate::effect::Class;
use crate::follow::step::Arg;
use crate::payload::words::is_deleting_word;
use crate::rules::remembered::remembered;
use crate::rules::schema::{Form, Role};

impl<'a> Reader<'a> {
    /// Takes `word` as a subcommand or an operand. Gives `false` when the rest of the words is taken with it.
    pub(super) fn operand(&mut self, word: &'a Arg) -> bool {
        let Some(form) = self.reading.form() else { return false };
        let takes_subcommand = !form.subcommands.is_empty() || form.verbs.is_some();
        if self.reading.operands.is_empty() && takes_subcommand {
            if let Some(name) = word.text()
                && let Some(inner) = subcommand(form, name)
                && self.reading.forms.len() < MAX_FORMS
            {
                self.reading.forms.push(inner);
                return true;
            }
            if let Some(changes) = self.hides_subcommand(word, form) {
                // Where nothing but a subcommand may stand here, it may be one that no rule knows, as well.
                self.reading.unknown_option |= !changes;
                return true;
            }
            if form.operands.is_empty() && !self.is_help_word(word, form) {
                if self.hides_options(word, form) {
                    self.reading.unknown_option = true;
                    return true;
                }
                self.reading.unknown_subcommand = Some(word);
            }
        }
        if self.reading.operands.is_empty() && self.reading.forms.len() + usize::from(takes_subcommand) > 1 {
            self.reading.help |= self.is_help_word(word, form);
        }
        if let Some(role) = self.begins_command(word, form) {
            self.reading.command_role = Some(role);
            self.reading.command = self.words.get(self.at - 1..);
            return false;
        }
        if form.style.options_first && form.subcommands.is_empty() {
            self.ended = true;
        }
        self.reading.behind_dashes += usize::from(self.dashes);
        if self.value_at == self.at.checked_sub(1) {
            self.reading.doubtful.push(word);
        }
        self.reading.operands.push(word);
        true
    }

    /// `aws ec2 help`: where no operand has a meaning, this one asks for help.
    fn is_help_word(&self, word: &Arg, form: &Form<'static>) -> bool {
        word.text() == Some("help") && form.operands.is_empty() && !form.style.no_help
    }

    /// `timedatectl -H host set-time`: whether the subcommand changes something that stands behind the word just taken,
    /// where that may be an option's value.
    fn hides_subcommand(&self, word: &Arg, form: &Form<'static>) -> Option<bool> {
        let may_be_value = self.value_at == self.at.checked_sub(1) && !word.text().is_some_and(is_deleting_word);
        let next = self.words.get(self.at).and_then(Arg::text).filter(|_| may_be_value)?;
        let inner = subcommand(form, next)?;
        let changes = inner.base.as_ref().is_some_and(|base| base.class > Class::ReadOnly);
        (changes || form.operands.is_empty()).then_some(changes)
    }

    /// `git $OPTIONS status`: an unquoted unknown word in front of a subcommand stands for options.
    fn hides_options(&self, word: &Arg, form: &Form<'static>) -> bool {
        let next = self.words.get(self.at).and_then(Arg::text);
        word.splits() && next.is_some_and(|name| form.subcommands.iter().any(|sub| sub.names.contains(&name)))
    }

    /// The role of the carried command line that begins with `word`, if one does: all fixed operands in front of it
    /// are there, and it is no assignment where those come first (`env A=1 command`).
    fn begins_command(&self, word: &Arg, form: &Form<'static>) -> Option<Role> {
        let position = form
            .operands
            .iter()
            .position(|spec| matches!(spec.role, Role::Command | Role::ShellWords | Role::Itself | Role::Words(_)))?;
        let (before, rest) = form.operands.split_at(position);
        let takes_variables = before.iter().any(|spec| spec.role == Role::Variable);
        if takes_variables && is_assignment(word.prefix()) {
            return None;
        }
        let fixed = before.iter().filter(|spec| !spec.repeated).count();
        let counted = |operand: &&&Arg| !takes_variables || !is_assignment(operand.prefix());
        let given = self.reading.operands.iter().filter(counted).count();
        (given >= fixed).then(|| rest.first().map(|spec| spec.role)).flatten()
    }
}

/// Whether the text begins with `NAME=`.
pub fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

fn subcommand(form: &Form<'static>, name: &str) -> Option<&'static Form<'static>> {
    let found = form.subcommands.iter().find(|sub| sub.names.contains(&name))?;
    remembered(found.form)
}
