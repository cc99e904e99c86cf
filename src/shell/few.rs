//! What a tree is made of, small: a list that most often has one element, and characters that most often stand in the
//! text as they are. Neither needs memory of its own then.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;

/// A list that most often has one element.
#[derive(Clone)]
pub enum Few<T> {
    /// One element.
    One(T),
    /// None or several.
    Many(Vec<T>),
}

impl<T> Few<T> {
    /// The elements.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Few::One(one) => std::slice::from_ref(one),
            Few::Many(many) => many,
        }
    }

    /// The elements, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        match self {
            Few::One(one) => std::slice::from_mut(one),
            Few::Many(many) => many,
        }
    }

    /// Appends an element.
    pub fn push(&mut self, element: T) {
        match self {
            Few::Many(many) if many.is_empty() => *self = Few::One(element),
            Few::Many(many) => many.push(element),
            Few::One(_) => {
                let Few::One(first) = std::mem::take(self) else { return };
                *self = Few::Many(vec![first, element]);
            }
        }
    }
}

impl<T> Extend<T> for Few<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        elements.into_iter().for_each(|element| self.push(element));
    }
}

impl<T> IntoIterator for Few<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        match self {
            Few::One(one) => vec![one].into_iter(),
            Few::Many(many) => many.into_iter(),
        }
    }
}

impl<T> From<Few<T>> for Box<[T]> {
    fn from(few: Few<T>) -> Self {
        match few {
            Few::One(one) => Box::new([one]),
            Few::Many(many) => many.into(),
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Few::Many(Vec::new())
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(mut many: Vec<T>) -> Self {
        match (many.len(), many.pop()) {
            (1, Some(one)) => Few::One(one),
            (_, last) => {
                many.extend(last);
                Few::Many(many)
            }
        }
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.as_mut_slice()
    }
}

impl<'l, T> IntoIterator for &'l Few<T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.as_slice().iter()
    }
}

impl<'l, T> IntoIterator for &'l mut Few<T> {
    type Item = &'l mut T;
    type IntoIter = std::slice::IterMut<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.as_mut_slice().iter_mut()
    }
}

impl<T: PartialEq> PartialEq for Few<T> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl<T: Eq> Eq for Few<T> {}

impl<T: fmt::Debug> fmt::Debug for Few<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

/// Characters, most often as they stand in the text: all of it is shared then.
#[derive(Clone)]
pub struct Characters {
    whole: Rc<String>,
    start: u32,
    end: u32,
}

impl Characters {
    /// What stands between two offsets of a text of at most 4 GiB; nothing where they do not fit it.
    pub(super) fn of(whole: &Rc<String>, start: usize, end: usize) -> Characters {
        let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Characters { whole: whole.clone(), start: offset(start), end: offset(end) }
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        self.whole.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

impl From<String> for Characters {
    fn from(text: String) -> Self {
        let length = text.len();
        Characters::of(&Rc::new(text), 0, length)
    }
}

impl Deref for Characters {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Characters {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Characters {}

impl PartialEq<str> for Characters {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl fmt::Debug for Characters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}
