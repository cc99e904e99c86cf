//! The pages of all rules in force: those that come with guard, the user's and the project's.

use std::io;
use std::path::PathBuf;

use super::read;
use crate::folders::Folders;
use crate::in_force::{self, InForce};
use crate::rules::compile::{Layer, Page, compile};
use crate::rules::library::{Library, pages};

/// A page, and whose it is.
pub struct Shelved {
    pub layer: Layer,
    pub page: Page,
}

impl Shelved {
    /// The file, as a person would look for it.
    pub fn file(&self) -> String {
        match self.layer {
            Layer::BuiltIn => format!("rules/{}", self.page.file),
            Layer::User | Layer::Project => self.page.file.clone(),
        }
    }

    /// Whose rules they are, in a word.
    pub fn whose(&self) -> &'static str {
        match self.layer {
            Layer::BuiltIn => "guard",
            Layer::User => "user",
            Layer::Project => "project",
        }
    }
}

/// All pages, and the rules that they describe.
pub struct Shelf {
    pub in_force: InForce,
    /// The rules of the user without the project's.
    pub users: Library,
    pub pages: Vec<Shelved>,
}

impl Shelf {
    /// What is in force in the working folder. What is wrong with a file is told, and the rest is shown.
    pub fn here() -> io::Result<Shelf> {
        let folders = Folders::of_user();
        let user = in_force::User::load(folders.as_ref());
        let in_force = user.for_folder(in_force::here().as_deref());
        if let Err(mistake) = &in_force.configuration {
            eprintln!("guard: {mistake}");
        }
        for note in &in_force.notes {
            eprintln!("guard: {note}");
        }
        let mut shelf = Shelf { users: user.rules(), in_force, pages: Vec::new() };
        let users = shelf.users;
        for (layer, below) in [(Layer::Project, users), (Layer::User, Library::default())] {
            let own = shelf.in_force.files.iter().filter(|(of, _)| *of == layer).map(|(_, path)| path.clone());
            let files = read(&own.collect::<Vec<PathBuf>>())?;
            if let Ok(compiled) = compile(&files, layer, &below.layers()) {
                shelf.pages.extend(compiled.pages.into_iter().map(|page| Shelved { layer, page }));
            }
        }
        shelf.pages.extend(pages().into_iter().map(|page| Shelved { layer: Layer::BuiltIn, page }));
        Ok(shelf)
    }
}
