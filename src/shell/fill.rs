//! Puts the bodies of here-documents into the tree: they are read after the redirections they belong to.

use super::ast::*;

/// Fills in the body of every here-document in a script.
pub(super) fn fill(script: &mut Script, bodies: &mut [Word]) {
    if !bodies.is_empty() {
        Filler { bodies }.script(script);
    }
}

struct Filler<'b> {
    bodies: &'b mut [Word],
}

impl Filler<'_> {
    fn script(&mut self, script: &mut Script) {
        for item in &mut script.items {
            self.pipeline(&mut item.first);
            for (_, pipeline) in &mut item.rest {
                self.pipeline(pipeline);
            }
        }
    }

    fn pipeline(&mut self, pipeline: &mut Pipeline) {
        for command in &mut pipeline.commands {
            self.command(command);
        }
    }

    fn command(&mut self, command: &mut Command) {
        self.kind(&mut command.kind);
        for redirect in &mut command.redirects {
            match &mut redirect.target {
                RedirectTarget::Word(word) => self.word(word),
                RedirectTarget::Here { body, .. } => self.body(body),
            }
        }
    }

    fn body(&mut self, body: &mut Word) {
        if let Some(read) = self.bodies.get_mut(body.span.start as usize) {
            *body = std::mem::take(read);
        }
        self.word(body);
    }

    fn kind(&mut self, kind: &mut CommandKind) {
        match kind {
            CommandKind::Simple(simple) => {
                simple.assignments.iter_mut().for_each(|assignment| self.assignment(assignment));
                self.words(&mut simple.words);
            }
            CommandKind::Group(script) | CommandKind::Subshell(script) => self.script(script),
            CommandKind::If { branches, otherwise } => {
                for (condition, body) in branches {
                    self.script(condition);
                    self.script(body);
                }
                otherwise.iter_mut().for_each(|body| self.script(body));
            }
            CommandKind::While { condition, body, .. } => {
                self.script(condition);
                self.script(body);
            }
            CommandKind::For { words, body, .. } => {
                words.iter_mut().for_each(|words| self.words(words));
                self.script(body);
            }
            CommandKind::ArithmeticFor { init, condition, update, body } => {
                for arithmetic in [init, condition, update] {
                    self.parts(&mut arithmetic.parts);
                }
                self.script(body);
            }
            CommandKind::Case { subject, arms } => {
                self.word(subject);
                for arm in arms {
                    self.words(&mut arm.patterns);
                    self.script(&mut arm.body);
                }
            }
            CommandKind::Arithmetic(arithmetic) => self.parts(&mut arithmetic.parts),
            CommandKind::Conditional(condition) => self.condition(condition),
            CommandKind::Function { body, .. } | CommandKind::Coprocess { body, .. } => self.command(body),
        }
    }

    fn assignment(&mut self, assignment: &mut Assignment) {
        assignment.subscript.iter_mut().for_each(|subscript| self.parts(&mut subscript.parts));
        self.word(&mut assignment.value);
    }

    fn condition(&mut self, condition: &mut Condition) {
        match condition {
            Condition::Not(inner) => self.condition(inner),
            Condition::And(left, right) | Condition::Or(left, right) => {
                self.condition(left);
                self.condition(right);
            }
            Condition::Unary { operand, .. } => self.word(operand),
            Condition::Binary { left, right, .. } => {
                self.word(left);
                self.word(right);
            }
            Condition::Word(word) => self.word(word),
        }
    }

    fn words(&mut self, words: &mut [Word]) {
        words.iter_mut().for_each(|word| self.word(word));
    }

    fn word(&mut self, word: &mut Word) {
        self.parts(&mut word.parts);
    }

    fn parts(&mut self, parts: &mut [Part]) {
        for part in parts {
            match part {
                Part::Literal { .. } | Part::Quoted { .. } => {}
                Part::DoubleQuoted { parts, .. } => self.parts(parts),
                Part::ExtendedGlob(glob) => self.parts(&mut glob.parts),
                Part::Parameter(parameter) => self.parameter(parameter),
                Part::CommandSubstitution { script, .. } | Part::ProcessSubstitution { script, .. } => {
                    self.script(script);
                }
                Part::Arithmetic(arithmetic) => self.parts(&mut arithmetic.parts),
                Part::Array { elements, .. } => {
                    for element in elements {
                        element.subscript.iter_mut().for_each(|subscript| self.parts(&mut subscript.parts));
                        self.word(&mut element.value);
                    }
                }
            }
        }
    }

    fn parameter(&mut self, parameter: &mut Parameter) {
        parameter.subscript.iter_mut().for_each(|subscript| self.parts(&mut subscript.parts));
        match &mut parameter.operation {
            Operation::None | Operation::Length | Operation::Transform(_) | Operation::Names | Operation::Keys => {}
            Operation::Default { word, .. }
            | Operation::Assign { word, .. }
            | Operation::Error { word, .. }
            | Operation::Alternative { word, .. }
            | Operation::Invalid { word } => self.word(word),
            Operation::TrimPrefix { pattern, .. } | Operation::TrimSuffix { pattern, .. } => self.word(pattern),
            Operation::Replace { pattern, replacement, .. } => {
                self.word(pattern);
                replacement.iter_mut().for_each(|word| self.word(word));
            }
            Operation::Substring { offset, length } => {
                self.parts(&mut offset.parts);
                length.iter_mut().for_each(|length| self.parts(&mut length.parts));
            }
            Operation::Case { pattern, .. } => pattern.iter_mut().for_each(|pattern| self.word(pattern)),
        }
    }
}
