//! Turns `rules/languages/*.yaml` into the bytes that [`super::library`] reads, and checks them on the way.
//!
//! Used by `build.rs`, and by the tests for the examples. Takes file names and texts; gives the compiled bytes, or
//! every mistake with its file.

mod written;

use std::collections::BTreeMap;

use crate::effect::Class;
use crate::payload::language::Language;
use crate::payload::role::PathRole;
use crate::rules::archive;

use super::schema::{self, Guard, Http, HttpMethod, Meaning, Runs, Slot};
use written::{Call, Calls, File, Words};

/// Compiles language files, given by name and text.
///
/// # Errors
///
/// Returns every mistake found, each with its file.
pub fn compile(files: &[(String, String)]) -> Result<Vec<u8>, Vec<String>> {
    let mut problems = Vec::new();
    let mut read: BTreeMap<String, File> = BTreeMap::new();
    for (name, text) in files {
        match serde_yaml::from_str::<File>(text) {
            Ok(file) => {
                read.insert(file.language.clone(), file);
            }
            Err(error) => problems.push(format!("{name}: {error}")),
        }
    }
    let mut languages = BTreeMap::new();
    for (name, file) in &read {
        let mut compiler = Compiler { language: name, values: BTreeMap::new(), problems: Vec::new() };
        if let Some(base) = file.base.as_ref().and_then(|base| read.get(base)) {
            compiler.file(base);
        }
        compiler.file(file);
        problems.extend(compiler.problems.into_iter().map(|problem| format!("{name}.yaml: {problem}")));
        languages.insert(name.clone(), archive::write(&compiler.values));
    }
    if problems.is_empty() { Ok(archive::write(&languages)) } else { Err(problems) }
}

/// The examples of a language file: code, and what reading it gives.
///
/// # Errors
///
/// Returns what is wrong with the file.
#[cfg(test)]
pub fn examples(text: &str) -> Result<(Language, Vec<(String, String)>), String> {
    let file: File = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    let language = written::language(&file.language)?;
    Ok((language, file.examples.into_iter().map(|example| (example.code, example.gives)).collect()))
}

struct Compiler<'a> {
    language: &'a str,
    values: BTreeMap<String, Vec<u8>>,
    problems: Vec<String>,
}

impl Compiler<'_> {
    fn file(&mut self, file: &File) {
        if let Some(syntax) = &file.syntax {
            let mut syntax = syntax.clone();
            for form in &mut syntax.strings {
                if form.close.is_empty() {
                    form.close.clone_from(&form.open);
                }
            }
            self.values.insert(schema::SYNTAX.to_owned(), archive::encode(&syntax));
        }
        if let Some(traits) = &file.traits {
            let traits = schema::Traits { language: self.language.to_owned(), ..traits.clone() };
            self.values.insert(schema::TRAITS.to_owned(), archive::encode(&traits));
        }
        for (name, target) in &file.aliases {
            self.values.insert(format!("{}{name}", schema::ALIAS), archive::encode(target));
        }
        for (known, names) in &file.values {
            for name in &names.0 {
                self.values.insert(format!("{}{name}", schema::VALUE), archive::encode(known));
            }
        }
        self.calls(schema::CALL, &file.functions);
        self.calls(schema::METHOD, &file.methods);
        for (name, calls) in &file.types {
            self.calls(&format!("{}{name}.", schema::TYPE), calls);
        }
    }

    fn calls(&mut self, prefix: &str, calls: &Calls) {
        let mut meanings: BTreeMap<String, Vec<Meaning>> = BTreeMap::new();
        for name in &calls.pure.0 {
            if meanings.insert(self.key(prefix, name), Vec::new()).is_some() {
                self.problems.push(format!("`{name}` is listed twice"));
            }
        }
        for call in &calls.calls {
            let meaning = match self.meaning(call) {
                Ok(meaning) => meaning,
                Err(problem) => {
                    self.problems.push(format!("`{}`: {problem}", call.call.0.join(" ")));
                    continue;
                }
            };
            for name in &call.call.0 {
                let entry = meanings.entry(self.key(prefix, name)).or_default();
                if calls.pure.0.contains(name) {
                    self.problems.push(format!("`{name}` is pure and has a meaning"));
                }
                if entry.last().is_some_and(|last| last.guard.is_none()) {
                    self.problems.push(format!("`{name}` has a meaning that is never reached"));
                }
                entry.push(meaning.clone());
            }
        }
        for (key, meanings) in meanings {
            self.values.insert(key, archive::encode(&meanings));
        }
    }

    /// The key of a name: `json.*` stands for what is below a module.
    fn key(&self, prefix: &str, name: &str) -> String {
        match name.strip_suffix(".*") {
            Some(module) if prefix == schema::CALL => format!("{}{module}", schema::MODULE),
            _ => format!("{prefix}{name}"),
        }
    }

    fn meaning(&self, call: &Call) -> Result<Meaning, String> {
        let mut meaning = Meaning {
            class: call.class,
            effect: call.effect,
            content: call.content.first()?,
            shell_when: call.shell_when.first()?,
            input: call.input.first()?,
            transmits: call.transmits,
            invokes: call.invokes.slots()?,
            elements: call.elements.first()?,
            passes: call.passes,
            does: call.does,
            computes: call.computes,
            gives: call.gives.clone(),
            ..Meaning::default()
        };
        if let Some(guard) = &call.when {
            meaning.guard = Some(Guard {
                at_least: guard.at_least,
                at_most: guard.at_most,
                given: guard.given.first()?,
                starts: guard.starts.pair()?,
                holds: guard.holds.pair()?,
                named: guard.named,
                template: guard.template,
                of_class: guard.of_class,
            });
        }
        let paths = [
            (PathRole::Deletes, &call.deletes),
            (PathRole::Empties, &call.empties),
            (PathRole::Writes, &call.writes),
            (PathRole::Reads, &call.reads),
            (PathRole::ChangesMode, &call.changes_mode),
            (PathRole::Sends, &call.sends),
        ];
        for (role, slots) in paths {
            meaning.paths.extend(slots.slots()?.into_iter().map(|slot| (role, slot)));
        }
        let language = match &call.language {
            Some(name) => written::language(name)?,
            None => written::language(self.language)?,
        };
        let statement = if call.language.is_some() { language } else { Language::Sql };
        let runs = [
            (Runs::Shell, &call.shell),
            (Runs::Program, &call.program),
            (Runs::Line, &call.line),
            (Runs::Code(language), &call.code),
            (Runs::Statement(statement), &call.statement),
            (Runs::File(language), &call.file),
        ];
        for (runs, slots) in runs {
            meaning.runs.extend(slots.slots()?.into_iter().map(|slot| (runs, slot)));
        }
        if let Some(http) = &call.http {
            let method = match (&http.method, http.posts_with.first()?, http.method_at.first()?) {
                (_, Some(slot), None) => HttpMethod::Posts(slot),
                (default, None, Some(slot)) => HttpMethod::Given(slot, default.clone().unwrap_or("GET".to_owned())),
                (Some(method), None, None) => HttpMethod::Fixed(method.clone()),
                _ => return Err("`http` needs one of method, method-at and posts-with".to_owned()),
            };
            meaning.http = Some(Http { method, url: http.url.first()?.unwrap_or(Slot::At(0)) });
        }
        if meaning.class == Some(Class::Destructive) && meaning.effect.is_none() {
            return Err("a destructive call names its effect".to_owned());
        }
        if meaning == Meaning::default() {
            return Err("says nothing; list it under `pure`".to_owned());
        }
        Ok(meaning)
    }
}

impl Words {
    /// The slots that the words name.
    fn slots(&self) -> Result<Vec<Slot>, String> {
        self.0.iter().map(|word| slot(word)).collect()
    }

    fn first(&self) -> Result<Option<Slot>, String> {
        match self.0.as_slice() {
            [] => Ok(None),
            [one] => slot(one).map(Some),
            _ => Err("only one argument can be named here".to_owned()),
        }
    }

    /// A slot and the words behind it.
    fn pair(&self) -> Result<Option<(Slot, Vec<String>)>, String> {
        match self.0.split_first() {
            None => Ok(None),
            Some((first, rest)) => Ok(Some((slot(first)?, rest.to_vec()))),
        }
    }
}

/// Reads a slot: `0`, `1..`, `last`, `self`, `topic`, or the name of an argument.
fn slot(word: &str) -> Result<Slot, String> {
    let number = |digits: &str| digits.parse::<u8>().map_err(|_| format!("`{word}` is no place of an argument"));
    match word {
        "self" => Ok(Slot::Receiver),
        "last" => Ok(Slot::Last),
        "topic" => Ok(Slot::Topic),
        _ if word.starts_with(|first: char| first.is_ascii_digit()) => match word.strip_suffix("..") {
            Some(digits) => Ok(Slot::From(number(digits)?)),
            None => Ok(Slot::At(number(word)?)),
        },
        _ => Ok(Slot::Named(word.to_owned())),
    }
}
