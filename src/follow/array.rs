//! Arrays as variables hold them. The elements stand in blocks that copies share: an array that grows element by
//! element, on every way through a program, costs as much as its elements.

use std::rc::Rc;

use super::limits;
use super::step::Arg;

/// How many elements a block has at the most.
const BLOCK: usize = 64;

/// An array.
#[derive(Clone, Debug, Default)]
pub(super) struct Array {
    /// The elements in order. An element with an unquoted hole may stand for several.
    blocks: Vec<Rc<Block>>,
    len: usize,
    size: usize,
    /// Whether the keys are known, and there are no elements but these.
    pub exact: bool,
}

type Block = Vec<(Key, Arg)>;

/// The key of an element.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// Of an indexed array.
    Index(i64),
    /// Of an associative array.
    Name(String),
}

impl Array {
    /// An array that certainly has no elements.
    pub(super) fn empty() -> Array {
        Array { exact: true, ..Array::default() }
    }

    /// An array of which one element is known.
    pub(super) fn of_one(value: Arg, exact: bool) -> Array {
        let mut array = Array { exact, ..Array::default() };
        array.append(Key::Index(0), value);
        array
    }

    /// An indexed array with these elements.
    pub(super) fn of(words: Vec<Arg>) -> Array {
        let mut array = Array { exact: !words.iter().any(Arg::splits), ..Array::default() };
        for (index, word) in words.into_iter().enumerate() {
            array.append(Key::Index(index as i64), word);
        }
        array
    }

    /// How many elements there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// How large they are, in bytes.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// What it costs to change a copy of it, in work.
    pub(super) fn work(&self) -> usize {
        self.size.min(BLOCK * 64) + self.blocks.len() * size_of::<Rc<Block>>()
    }

    /// Whether there are no elements.
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The elements in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(Key, Arg)> {
        self.blocks.iter().flat_map(|block| block.iter())
    }

    /// The first element.
    pub(super) fn first(&self) -> Option<&(Key, Arg)> {
        self.blocks.first().and_then(|block| block.first())
    }

    /// The element with this number.
    pub(super) fn nth(&self, index: usize) -> Option<&(Key, Arg)> {
        self.iter().nth(index)
    }

    /// The element at `key`.
    pub(super) fn get(&self, key: &Key) -> Option<&Arg> {
        if !self.exact {
            return self.iter().find(|(other, _)| other == key).map(|(_, value)| value);
        }
        let (block, index) = self.find(key).ok()?;
        self.blocks.get(block)?.get(index).map(|(_, value)| value)
    }

    /// Puts an element in its place.
    pub(super) fn set(&mut self, key: Key, value: Arg) {
        let blocks = self.blocks.len();
        match self.find(&key) {
            Ok((block, index)) => {
                if let Some(element) = self.blocks.get_mut(block).and_then(|block| Rc::make_mut(block).get_mut(index)) {
                    self.size = self.size - weight(&element.1) + weight(&value);
                    element.1 = value;
                }
            }
            Err((block, index)) => match self.blocks.get_mut(block) {
                Some(known) if index < known.len() || block + 1 < blocks => {
                    self.len += 1;
                    self.size += weight(&value);
                    let elements = Rc::make_mut(known);
                    elements.insert(index, (key, value));
                    if elements.len() > BLOCK {
                        let rest = elements.split_off(BLOCK / 2);
                        self.blocks.insert(block + 1, Rc::new(rest));
                    }
                }
                _ => self.append(key, value),
            },
        }
        self.exact &= self.len <= limits::WORDS;
    }

    /// Appends an element.
    pub(super) fn push(&mut self, value: Arg) {
        let next = self.next_index();
        self.exact &= !value.splits() && self.len < limits::WORDS;
        self.append(Key::Index(next), value);
    }

    fn append(&mut self, key: Key, value: Arg) {
        self.len += 1;
        self.size += weight(&value);
        match self.blocks.last_mut().filter(|block| block.len() < BLOCK) {
            Some(block) => Rc::make_mut(block).push((key, value)),
            None => self.blocks.push(Rc::new(vec![(key, value)])),
        }
    }

    /// Where the element at `key` stands, or would stand: its block, and its number there.
    fn find(&self, key: &Key) -> Result<(usize, usize), (usize, usize)> {
        let behind = self.blocks.partition_point(|block| block.first().is_some_and(|(first, _)| first <= key));
        let block = behind.saturating_sub(1);
        let elements = self.blocks.get(block).map_or(&[][..], |block| block.as_slice());
        match elements.binary_search_by(|(other, _)| other.cmp(key)) {
            Ok(index) => Ok((block, index)),
            Err(index) => Err((block, index)),
        }
    }

    /// Changes every value.
    pub(super) fn change(&mut self, change: impl Fn(&mut Arg)) {
        for block in &mut self.blocks {
            Rc::make_mut(block).iter_mut().for_each(|(_, value)| change(value));
        }
        self.size = self.iter().map(|(_, value)| weight(value)).sum();
    }

    /// The index behind the last.
    pub(super) fn next_index(&self) -> i64 {
        match self.blocks.last().and_then(|block| block.last()) {
            Some((Key::Index(last), _)) => last.saturating_add(1),
            _ => 0,
        }
    }

    /// The key that `text` is for this array.
    pub(super) fn key(&self, text: &str) -> Key {
        let named = matches!(self.first(), Some((Key::Name(_), _)));
        match text.parse::<i64>() {
            Ok(index) if !named && index < 0 => Key::Index(self.next_index().saturating_add(index)),
            Ok(index) if !named => Key::Index(index),
            _ => Key::Name(text.to_owned()),
        }
    }

    /// Whether both say the same, wherever their elements stand.
    pub(super) fn says_the_same(&self, other: &Array) -> bool {
        let alike = |((key, value), (other_key, other_value)): (&(Key, Arg), &(Key, Arg))| {
            key == other_key && value.says_the_same(other_value)
        };
        self.exact == other.exact
            && self.len == other.len
            && (self.shares_all_with(other) || self.iter().zip(other.iter()).all(alike))
    }

    fn shares_all_with(&self, other: &Array) -> bool {
        let shared = |(one, other): (&Rc<Block>, &Rc<Block>)| Rc::ptr_eq(one, other);
        self.blocks.len() == other.blocks.len() && self.blocks.iter().zip(&other.blocks).all(shared)
    }
}

/// What an element counts for in the size of an array.
fn weight(value: &Arg) -> usize {
    value.size() + 1
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Key::Index(index) => write!(f, "{index}"),
            Key::Name(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    fn made(text: impl Into<String>) -> Arg {
        Arg::made(text, Span::default())
    }

    #[test]
    fn elements_stand_in_the_order_of_their_keys() {
        let mut array = Array::empty();
        // 7 and 1000 have no common divisor: every key comes once, out of order.
        for number in 0..1000_i64 {
            let key = number * 7 % 1000;
            array.set(Key::Index(key), made(key.to_string()));
        }
        array.set(Key::Index(500), made("x"));
        assert_eq!(array.len(), 1000);
        assert!(array.iter().map(|(key, _)| key).eq((0..1000).map(Key::Index).collect::<Vec<_>>().iter()));
        assert_eq!(array.get(&Key::Index(500)).and_then(Arg::text), Some("x"));
        assert_eq!(array.get(&Key::Index(7)).and_then(Arg::text), Some("7"));
        assert_eq!(array.get(&Key::Index(1000)), None);
        assert_eq!(array.size(), array.iter().map(|(_, value)| weight(value)).sum::<usize>());
        assert_eq!(array.next_index(), 1000);
    }

    #[test]
    fn a_copy_keeps_what_it_held() {
        let before = Array::of((0..200).map(|number| made(number.to_string())).collect());
        let mut after = before.clone();
        after.set(Key::Index(3), made("x"));
        after.push(made("y"));
        assert_eq!(before.get(&Key::Index(3)).and_then(Arg::text), Some("3"));
        assert_eq!((before.len(), after.len()), (200, 201));
        assert!(!before.says_the_same(&after));
    }
}
