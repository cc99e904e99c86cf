//! Lists the simple commands of a tree as they were parsed, nested ones too, so that a reading can be compared
//! with bash's own. Nothing is expanded.

use super::ast::*;
use crate::span::Span;

/// A simple command as it was parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimpleCommand {
    /// The words after quote removal; `None` where something expands.
    pub argv: Vec<Option<String>>,
    /// The assignments in front of it, as `name=value`; `None` where something expands.
    pub assignments: Vec<Option<String>>,
    /// Its redirections.
    pub redirects: Vec<ListedRedirect>,
    /// Where it stands.
    pub span: Span,
}

/// A redirection as it was parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRedirect {
    /// The descriptor, as a number or, for `{name}>`, the name in braces.
    pub descriptor: String,
    /// The operator as written.
    pub operator: &'static str,
    /// The target, or the body of a here-document; `None` where something expands.
    pub target: Option<String>,
}

/// Everything in a tree that runs or redirects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Every simple command, the outer one before those in its words.
    pub commands: Vec<SimpleCommand>,
    /// Every redirection, those of compound commands too.
    pub redirects: Vec<ListedRedirect>,
}

/// Every simple command of a script, nested ones too.
pub fn simple_commands(script: &Script) -> Vec<SimpleCommand> {
    list(script).commands
}

/// Every simple command and every redirection of a script, nested ones too.
pub fn list(script: &Script) -> Listing {
    let mut listing = Listing::default();
    listing.script(script);
    listing
}

impl Listing {
    fn script(&mut self, script: &Script) {
        for item in &script.items {
            self.pipeline(&item.first);
            item.rest.iter().for_each(|(_, pipeline)| self.pipeline(pipeline));
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        if pipeline.commands.is_empty() {
            self.simple(&Simple::default(), &[], pipeline.span);
        }
        pipeline.commands.iter().for_each(|command| self.command(command));
    }

    fn command(&mut self, command: &Command) {
        if let CommandKind::Simple(simple) = &command.kind {
            self.simple(simple, &command.redirects, command.span);
        } else {
            self.compound(&command.kind);
        }
        for redirect in &command.redirects {
            self.redirects.push(listed(redirect));
            match &redirect.target {
                RedirectTarget::Word(word) | RedirectTarget::Here { body: word, .. } => self.word(word),
            }
        }
    }

    fn simple(&mut self, simple: &Simple, redirects: &[Redirect], span: Span) {
        self.commands.push(SimpleCommand {
            argv: simple.words.iter().map(|word| text(&word.parts)).collect(),
            assignments: simple.assignments.iter().map(assignment_text).collect(),
            redirects: redirects.iter().map(listed).collect(),
            span,
        });
        for assignment in &simple.assignments {
            self.optional_arithmetic(assignment.subscript.as_ref());
            self.word(&assignment.value);
        }
        self.words(&simple.words);
    }

    fn compound(&mut self, kind: &CommandKind) {
        match kind {
            CommandKind::Simple(_) => {}
            CommandKind::Group(script) | CommandKind::Subshell(script) => self.script(script),
            CommandKind::If { branches, otherwise } => {
                for (condition, body) in branches {
                    self.script(condition);
                    self.script(body);
                }
                otherwise.iter().for_each(|body| self.script(body));
            }
            CommandKind::While { condition, body, .. } => {
                self.script(condition);
                self.script(body);
            }
            CommandKind::For { words, body, .. } => {
                words.iter().for_each(|words| self.words(words));
                self.script(body);
            }
            CommandKind::ArithmeticFor { init, condition, update, body } => {
                [init, condition, update].into_iter().for_each(|arithmetic| self.parts(&arithmetic.parts));
                self.script(body);
            }
            CommandKind::Case { subject, arms } => {
                self.word(subject);
                for arm in arms {
                    self.words(&arm.patterns);
                    self.script(&arm.body);
                }
            }
            CommandKind::Arithmetic(arithmetic) => self.parts(&arithmetic.parts),
            CommandKind::Conditional(condition) => self.condition(condition),
            CommandKind::Function { body, .. } | CommandKind::Coprocess { body, .. } => self.command(body),
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Not(inner) => self.condition(inner),
            Condition::And(left, right) | Condition::Or(left, right) => {
                self.condition(left);
                self.condition(right);
            }
            Condition::Unary { operand: word, .. } | Condition::Word(word) => self.word(word),
            Condition::Binary { left, right, .. } => {
                self.word(left);
                self.word(right);
            }
        }
    }

    fn words(&mut self, words: &[Word]) {
        words.iter().for_each(|word| self.word(word));
    }

    fn word(&mut self, word: &Word) {
        self.parts(&word.parts);
    }

    fn optional_arithmetic(&mut self, arithmetic: Option<&Arithmetic>) {
        arithmetic.into_iter().for_each(|arithmetic| self.parts(&arithmetic.parts));
    }

    fn parts(&mut self, parts: &[Part]) {
        for part in parts {
            match part {
                Part::Literal { .. } | Part::Quoted { .. } => {}
                Part::DoubleQuoted { parts, .. } => self.parts(parts),
                Part::ExtendedGlob(glob) => self.parts(&glob.parts),
                Part::Parameter(parameter) => self.parameter(parameter),
                Part::CommandSubstitution { script, .. } | Part::ProcessSubstitution { script, .. } => {
                    self.script(script);
                }
                Part::Arithmetic(arithmetic) => self.parts(&arithmetic.parts),
                Part::Array { elements, .. } => {
                    for element in elements {
                        self.optional_arithmetic(element.subscript.as_ref());
                        self.word(&element.value);
                    }
                }
            }
        }
    }

    fn parameter(&mut self, parameter: &Parameter) {
        self.optional_arithmetic(parameter.subscript.as_ref());
        match &parameter.operation {
            Operation::None | Operation::Length | Operation::Transform(_) | Operation::Names | Operation::Keys => {}
            Operation::Default { word, .. }
            | Operation::Assign { word, .. }
            | Operation::Error { word, .. }
            | Operation::Alternative { word, .. }
            | Operation::Invalid { word } => self.word(word),
            Operation::TrimPrefix { pattern, .. } | Operation::TrimSuffix { pattern, .. } => self.word(pattern),
            Operation::Replace { pattern, replacement, .. } => {
                self.word(pattern);
                replacement.iter().for_each(|word| self.word(word));
            }
            Operation::Substring { offset, length } => {
                self.parts(&offset.parts);
                self.optional_arithmetic(length.as_ref());
            }
            Operation::Case { pattern, .. } => pattern.iter().for_each(|pattern| self.word(pattern)),
        }
    }
}

/// The characters of a word; unlike [`Word::literal`] it shows arrays.
fn text(parts: &[Part]) -> Option<String> {
    let mut shown = String::new();
    for part in parts {
        match part {
            Part::Literal { text, .. } | Part::Quoted { text, .. } => shown.push_str(text),
            Part::DoubleQuoted { parts, .. } => shown.push_str(&text(parts)?),
            Part::Array { elements, .. } => {
                let elements: Option<Vec<String>> = elements.iter().map(element_text).collect();
                shown.push_str(&format!("({})", elements?.join(" ")));
            }
            _ => return None,
        }
    }
    Some(shown)
}

fn element_text(element: &ArrayElement) -> Option<String> {
    let value = text(&element.value.parts)?;
    match &element.subscript {
        Some(subscript) => Some(format!("[{}]={value}", subscript_text(subscript)?)),
        None => Some(value),
    }
}

fn assignment_text(assignment: &Assignment) -> Option<String> {
    let mut shown = assignment.name.clone();
    if let Some(subscript) = &assignment.subscript {
        shown.push_str(&format!("[{}]", subscript_text(subscript)?));
    }
    shown.push_str(if assignment.append { "+=" } else { "=" });
    shown.push_str(&text(&assignment.value.parts)?);
    Some(shown)
}

/// A subscript after quote removal.
fn subscript_text(subscript: &Arithmetic) -> Option<String> {
    let raw = text(&subscript.parts)?;
    let mut shown = String::with_capacity(raw.len());
    let mut quote = None;
    let mut characters = raw.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            ('\\', None | Some('"')) => shown.extend(characters.next()),
            (_, Some(open)) if open == character => quote = None,
            ('\'' | '"', None) => quote = Some(character),
            _ => shown.push(character),
        }
    }
    Some(shown)
}

fn listed(redirect: &Redirect) -> ListedRedirect {
    let descriptor = match &redirect.descriptor {
        Descriptor::Number(number) => number.to_string(),
        Descriptor::Variable(name) => format!("{{{name}}}"),
        Descriptor::Default => default_descriptor(redirect.operator).to_owned(),
    };
    let target = match &redirect.target {
        RedirectTarget::Word(word) | RedirectTarget::Here { body: word, .. } => text(&word.parts),
    };
    ListedRedirect { descriptor, operator: redirect.operator.as_str(), target }
}

const fn default_descriptor(operator: RedirectOperator) -> &'static str {
    match operator {
        RedirectOperator::Read
        | RedirectOperator::ReadWrite
        | RedirectOperator::DuplicateInput
        | RedirectOperator::HereDocument
        | RedirectOperator::HereDocumentStripped
        | RedirectOperator::HereString => "0",
        RedirectOperator::Write
        | RedirectOperator::Clobber
        | RedirectOperator::Append
        | RedirectOperator::DuplicateOutput
        | RedirectOperator::WriteBoth
        | RedirectOperator::AppendBoth => "1",
    }
}
