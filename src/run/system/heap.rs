//! guard's heap.
//!
//! A C library's heap is made for programs that live long. musl's asks the kernel for memory dozens of times in a call
//! that lasts less than a millisecond, and makes the threads that judge a stream wait for each other. This one cuts
//! blocks of a few sizes from one piece of memory that is there from the start; what is freed goes to a list of its
//! size in the thread that freed it, and is what the next request of that size gets. What is large is left to the C
//! library.
//!
//! What one thread keeps getting and another keeps freeing must not pile up there: a list that has grown long is handed
//! on as a whole to whoever needs blocks of its size next.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, UnsafeCell};
use std::ptr::{self, null_mut};
use std::sync::atomic::{AtomicBool, Ordering};

/// The heap. All of its state is the thread's or shared by all, so that there is only one.
pub struct Heap;

/// Larger blocks are the C library's.
const LARGEST: usize = 32 * 1024;

/// Blocks are aligned to this; what wants more is the C library's.
const ALIGNMENT: usize = 16;

/// How many sizes there are: steps of 16 bytes up to 128, then four to each doubling.
const CLASSES: usize = 8 + 8 * 4;

/// How much is asked for when a thread has nothing left.
const PIECE: usize = 256 * 1024;

/// What a list may hold, in bytes, before it is handed on.
const LONGEST_LIST: usize = 128 * 1024;

/// A free block.
struct Block {
    /// The next one in its list.
    next: *mut Block,
    /// In the first of a list that was handed on: the first of another one.
    other: *mut Block,
}

/// The free blocks of one size.
struct List {
    first: Cell<*mut Block>,
    /// About how many they are.
    count: Cell<u32>,
}

/// What a thread has.
struct Local {
    /// The free blocks of each size.
    lists: [List; CLASSES],
    /// The memory that was never used: where it starts and how much it is.
    unused: Cell<*mut u8>,
    left: Cell<usize>,
}

thread_local! {
    // Without a destructor, so that it is there for as long as the thread may free anything.
    static LOCAL: Local = const {
        Local {
            lists: [const { List { first: Cell::new(null_mut()), count: Cell::new(0) } }; CLASSES],
            unused: Cell::new(null_mut()),
            left: Cell::new(0),
        }
    };
}

/// The lists that were handed on, by the first block of each.
struct Shared {
    taken: AtomicBool,
    lists: UnsafeCell<[*mut Block; CLASSES]>,
}

// SAFETY: the lists are touched only by who has set `taken`; the blocks in them belong to nobody.
unsafe impl Sync for Shared {}

static SHARED: Shared = Shared { taken: AtomicBool::new(false), lists: UnsafeCell::new([null_mut(); CLASSES]) };

impl Shared {
    /// What `change` does with the lists; `None` when another thread is at them. Nobody waits.
    fn with<T>(&self, change: impl FnOnce(&mut [*mut Block; CLASSES]) -> T) -> Option<T> {
        if self.taken.swap(true, Ordering::Acquire) {
            return None;
        }
        // SAFETY: whoever finds `taken` set stays away, and `change` does not come back here.
        let result = change(unsafe { &mut *self.lists.get() });
        self.taken.store(false, Ordering::Release);
        Some(result)
    }
}

/// The memory that the first thread begins with.
#[repr(align(4096))]
struct First(UnsafeCell<[u8; PIECE]>);

// SAFETY: given away once, to the thread that sets `FIRST_TAKEN`.
unsafe impl Sync for First {}

static FIRST: First = First(UnsafeCell::new([0; PIECE]));
static FIRST_TAKEN: AtomicBool = AtomicBool::new(false);

/// The class of blocks that hold `size` bytes, which is not 0 and not above [`LARGEST`].
const fn class_of(size: usize) -> usize {
    if size <= 128 {
        return (size - 1) / 16;
    }
    let last = size - 1;
    let doubling = last.ilog2() as usize;
    8 + (doubling - 7) * 4 + ((last >> (doubling - 2)) & 3)
}

/// How many bytes the blocks of a class have.
const fn size_of_class(class: usize) -> usize {
    if class < 8 { (class + 1) * 16 } else { (5 + class % 4) << (5 + (class - 8) / 4) }
}

/// How many blocks of each class a list may hold.
const LONGEST_LISTS: [u32; CLASSES] = {
    let mut most = [0; CLASSES];
    let mut class = 0;
    while class < CLASSES {
        most[class] = (LONGEST_LIST / size_of_class(class)) as u32;
        class += 1;
    }
    most
};

/// Whether a block of this layout is cut from the heap's own pieces.
const fn is_own(layout: Layout) -> bool {
    // Nothing is larger than the largest number, so that this is one comparison for both ends.
    layout.size().wrapping_sub(1) < LARGEST && layout.align() <= ALIGNMENT
}

impl Local {
    fn take(&self, class: usize) -> *mut u8 {
        let Some(list) = self.lists.get(class) else { return null_mut() };
        let first = list.first.get();
        if first.is_null() {
            return self.fetch(class);
        }
        // SAFETY: what is in a list is a free block that was written by `put`.
        list.first.set(unsafe { (*first).next });
        list.count.set(list.count.get().saturating_sub(1));
        first.cast()
    }

    fn put(&self, block: *mut u8, class: usize) {
        let (Some(list), Some(most)) = (self.lists.get(class), LONGEST_LISTS.get(class)) else { return };
        let first = block.cast::<Block>();
        // SAFETY: the block is free, and every class has room and alignment for two pointers.
        unsafe { first.write(Block { next: list.first.get(), other: null_mut() }) };
        list.first.set(first);
        list.count.set(list.count.get() + 1);
        if list.count.get() > *most {
            hand_on(class, list);
        }
    }

    /// A block where the thread has no free one: from a list that was handed on, or from memory that was never used.
    #[cold]
    fn fetch(&self, class: usize) -> *mut u8 {
        let list = SHARED.with(|lists| {
            let list = lists.get_mut(class)?;
            let first = *list;
            if first.is_null() {
                return None;
            }
            // SAFETY: the first block of a list that was handed on, which from here on is this thread's.
            *list = unsafe { (*first).other };
            Some(first)
        });
        if let (Some(Some(first)), Some(own), Some(most)) = (list, self.lists.get(class), LONGEST_LISTS.get(class)) {
            // SAFETY: as above.
            own.first.set(unsafe { (*first).next });
            own.count.set(*most);
            return first.cast();
        }
        self.cut(size_of_class(class))
    }

    fn cut(&self, size: usize) -> *mut u8 {
        if self.left.get() < size {
            let piece = new_piece();
            if piece.is_null() {
                return null_mut();
            }
            self.unused.set(piece);
            self.left.set(PIECE);
        }
        let block = self.unused.get();
        // SAFETY: at least `size` bytes are left behind `block`.
        self.unused.set(unsafe { block.add(size) });
        self.left.set(self.left.get() - size);
        block
    }
}

/// Gives a list that has grown long to whoever needs blocks of its class next.
#[cold]
fn hand_on(class: usize, own: &List) {
    let handed = SHARED.with(|lists| {
        let Some(list) = lists.get_mut(class) else { return };
        // SAFETY: a free block of this thread, which nobody else knows.
        unsafe { (*own.first.get()).other = *list };
        *list = own.first.get();
    });
    if handed.is_some() {
        own.first.set(null_mut());
        own.count.set(0);
    }
}

/// Memory for a thread to cut blocks from.
fn new_piece() -> *mut u8 {
    if !FIRST_TAKEN.swap(true, Ordering::Relaxed) {
        return FIRST.0.get().cast();
    }
    // SAFETY: the size is not 0.
    Layout::from_size_align(PIECE, ALIGNMENT).map_or(null_mut(), |layout| unsafe { System.alloc(layout) })
}

// SAFETY: every block comes from memory that is given away once, is large enough and aligned for its class, and is in
// no list while it is in use. Which of the two heaps a block is from follows from its layout alone.
unsafe impl GlobalAlloc for Heap {
    // Not inlined: there are thousands of places that get or free something, and each would grow by this.
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match is_own(layout) {
            true => LOCAL.with(|local| local.take(class_of(layout.size()))),
            // SAFETY: as the caller promises.
            false => unsafe { System.alloc(layout) },
        }
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match is_own(layout) {
            true => LOCAL.with(|local| local.put(block, class_of(layout.size()))),
            // SAFETY: as the caller promises; it came from there.
            false => unsafe { System.dealloc(block, layout) },
        }
    }

    #[inline(never)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !is_own(layout) {
            // SAFETY: as the caller promises.
            return unsafe { System.alloc_zeroed(layout) };
        }
        // SAFETY: as the caller promises.
        let block = unsafe { self.alloc(layout) };
        if !block.is_null() {
            // SAFETY: the block has that many bytes.
            unsafe { ptr::write_bytes(block, 0, layout.size()) };
        }
        block
    }

    #[inline(never)]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Ok(wanted) = Layout::from_size_align(size, layout.align()) else { return null_mut() };
        match (is_own(layout), is_own(wanted)) {
            (true, true) if class_of(layout.size()) == class_of(size) => return block,
            // SAFETY: as the caller promises; it came from there and stays there.
            (false, false) => return unsafe { System.realloc(block, layout, size) },
            _ => {}
        }
        // SAFETY: as the caller promises; both blocks have the bytes that are copied, and are not the same one.
        unsafe {
            let fresh = self.alloc(wanted);
            if !fresh.is_null() {
                ptr::copy_nonoverlapping(block, fresh, layout.size().min(size));
                self.dealloc(block, layout);
            }
            fresh
        }
    }
}
