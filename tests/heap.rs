//! guard's heap gives every block to one owner at a time, whole and aligned, and takes back what other threads free.

#![allow(unsafe_code)]

#[path = "../src/run/system/heap.rs"]
mod heap;

use std::alloc::{GlobalAlloc, Layout};
use std::collections::BTreeMap;
use std::sync::mpsc::sync_channel;
use std::thread;

use heap::Heap;

/// Everything in this test is on it as well.
#[global_allocator]
static HEAP: Heap = Heap;

/// Sizes around every border between classes, and beyond the largest.
fn sizes() -> Vec<usize> {
    let borders = (1..=16).map(|step| step * 16).chain((8..=16).flat_map(|bit| {
        let base = 1_usize << bit;
        [base, base + base / 4, base + base / 2, base + base / 4 * 3]
    }));
    borders.flat_map(|size| [size - 1, size, size + 1]).filter(|size| *size > 0).collect()
}

#[test]
fn blocks_in_use_do_not_overlap() {
    let mut used: BTreeMap<usize, usize> = BTreeMap::new();
    let mut blocks = Vec::new();
    for round in 0..3 {
        for size in sizes() {
            for align in [1, 8, 16, 64] {
                let layout = Layout::from_size_align(size, align).expect("a layout");
                // SAFETY: the size is not 0.
                let block = unsafe { HEAP.alloc(layout) };
                assert!(!block.is_null() && block.addr() % align == 0, "{layout:?}");
                let before = used.range(..=block.addr()).next_back();
                assert!(before.is_none_or(|(start, length)| start + length <= block.addr()), "{layout:?}");
                let after = used.range(block.addr()..).next();
                assert!(after.is_none_or(|(start, _)| block.addr() + size <= *start), "{layout:?}");
                used.insert(block.addr(), size);
                blocks.push((block, layout));
            }
        }
        // Every other one goes back, and is what the next round gets.
        let mut keep = round % 2 == 0;
        blocks.retain(|(block, layout)| {
            keep = !keep;
            if !keep {
                used.remove(&block.addr());
                // SAFETY: got above with this layout.
                unsafe { HEAP.dealloc(*block, *layout) };
            }
            keep
        });
    }
}

#[test]
fn what_grows_and_shrinks_keeps_its_bytes() {
    let sizes = sizes();
    for (from, to) in sizes.iter().zip(sizes.iter().rev()) {
        let layout = Layout::from_size_align(*from, 1).expect("a layout");
        // SAFETY: the sizes are not 0, the block is written before it is read, and freed with the layout that it has.
        unsafe {
            let block = HEAP.alloc(layout);
            (0..*from).for_each(|at| block.add(at).write(at as u8));
            let block = HEAP.realloc(block, layout, *to);
            assert!((0..*from.min(to)).all(|at| block.add(at).read() == at as u8), "{from} to {to}");
            HEAP.dealloc(block, Layout::from_size_align(*to, 1).expect("a layout"));
        }
    }
}

#[test]
fn what_is_asked_for_as_zero_is_zero() {
    for size in sizes() {
        drop(vec![0xff_u8; size]);
        assert!(vec![0_u8; size].iter().all(|byte| *byte == 0), "{size}");
    }
}

/// One thread gets, another frees. Were nothing handed back, this would take gigabytes.
#[test]
fn what_another_thread_frees_is_used_again() {
    const COUNT: usize = 100_000;
    let (send, receive) = sync_channel::<Vec<u8>>(64);
    let freeing = thread::spawn(move || receive.iter().filter(|block| block.first() == block.last()).count());
    for _ in 0..COUNT {
        send.send(vec![7; 8000]).expect("the other thread is there");
    }
    drop(send);
    assert_eq!(freeing.join().expect("it ends"), COUNT);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
    assert!(most.is_none_or(|kilobytes: usize| kilobytes < 200_000), "{most:?} kB");
}
