//! The cost of judging a text grows with its length, whatever it is made of.
//!
//! What is counted is memory that is asked for, in bytes: it is the same on every run, and what copies all that came
//! before for each thing that comes asks for ever more. One line of `constructs.txt` is what a text begins with, what
//! it repeats and what it ends with; `NNN` is a number that counts, `MMM` the next one.

#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use guard::doors::text_request;
use guard::facts::NoFacts;
use guard::judge::judge;

thread_local! {
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

/// The system's heap, with a count for each thread.
struct Counting;

// SAFETY: everything is left to the system's heap.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as the caller says.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as the caller says.
        unsafe { System.dealloc(block, layout) }
    }
}

fn count(bytes: usize) {
    let _ = BYTES.try_with(|counted| counted.set(counted.get() + bytes));
}

#[global_allocator]
static HEAP: Counting = Counting;

/// How many bytes judging a text asks for.
fn cost(text: &str) -> usize {
    let request = text_request(text.as_ref());
    let before = BYTES.get();
    let _ = judge(&request, &NoFacts);
    BYTES.get() - before
}

/// A text of about so many bytes.
fn text(line: &str, length: usize) -> String {
    let fields: Vec<String> = line
        .split('\t')
        .map(|field| field.replace("\\\\", "\0").replace("\\n", "\n").replace("\\t", "\t").replace('\0', "\\"))
        .collect();
    let [head, unit, tail]: [String; 3] = fields.try_into().expect("a line has three fields");
    let mut text = head;
    for number in 0.. {
        if text.len() + unit.len() + tail.len() > length {
            break;
        }
        text.push_str(&unit.replace("NNN", &number.to_string()).replace("MMM", &(number + 1).to_string()));
    }
    text + &tail
}

/// The lines whose texts cost more than their length tells.
fn check(lines: &[&str]) -> Vec<String> {
    let mut failed = Vec::new();
    for line in lines {
        let [short, middle, long] = [1 << 12, 1 << 13, 1 << 14].map(|length| cost(&text(line, length)));
        let (first, second) = (middle.saturating_sub(short), long.saturating_sub(middle));
        // Twice as much for twice the length; four times as much would be quadratic.
        if second > first * 3 + (1 << 17) {
            failed.push(format!("{line}: {short}, {middle}, {long} bytes"));
        }
    }
    failed
}

#[test]
fn the_cost_of_a_text_grows_with_its_length() {
    let lines: Vec<&str> = include_str!("constructs.txt").lines().collect();
    let halves = lines.chunks(lines.len().div_ceil(2));
    let failed: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = halves.map(|half| scope.spawn(|| check(half))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("judging ends")).collect()
    });
    assert!(failed.is_empty(), "{} grow faster than their length:\n{}", failed.len(), failed.join("\n"));
}
