//! A heap of little code: blocks come in fixed sizes, and of each size those that are free stand in a list.
//!
//! For the modules that a page loads before anything runs; Rust's own heap is ten times as much code. What is freed
//! serves blocks of the same size alone, so memory is as much as each size had at its most, and no more.

use std::{
    alloc::{GlobalAlloc, Layout},
    arch::wasm32,
    cell::UnsafeCell,
    mem, ptr,
};

/// All blocks are at multiples of this, and nothing asks for more.
const ALIGN: usize = 16;
const PAGE: usize = 0x1_0000;
/// So much is taken from the host at a time.
const LEAST_PAGES: usize = 16;

#[global_allocator]
static HEAP: Heap = Heap(UnsafeCell::new(Blocks { free: [ptr::null_mut(); Size::COUNT], next: 0, end: 0 }));

struct Heap(UnsafeCell<Blocks>);

// SAFETY: a module has one thread.
unsafe impl Sync for Heap {}

struct Blocks {
    /// Of each size the first free block, which holds the address of the next.
    free: [*mut u8; Size::COUNT],
    /// What has never been a block: from here to `end`.
    next: usize,
    end: usize,
}

/// The size of a block: between two powers of two there are four.
#[derive(PartialEq, Eq)]
struct Size {
    step: usize,
    steps: usize,
}

impl Size {
    /// More than the place of the largest that a layout can have.
    const COUNT: usize = 128;

    fn holding(bytes: usize) -> Self {
        // No layout is so large that the next power of two would be none.
        let step = (bytes.next_power_of_two() / 8).max(ALIGN);
        Self { step, steps: bytes.div_ceil(step) }
    }

    const fn bytes(&self) -> usize {
        self.step * self.steps
    }

    /// There are eight steps of 16 bytes; of every larger step there are those from the fifth to the eighth.
    const fn place(&self) -> usize {
        self.step.trailing_zeros() as usize * 4 + self.steps
    }
}

impl Blocks {
    fn take(&mut self, size: &Size) -> *mut u8 {
        let Some(first) = self.free.get_mut(size.place()) else { return ptr::null_mut() };
        if first.is_null() {
            return self.cut(size.bytes());
        }
        // SAFETY: what is in a list is a free block of this size, and holds the address of another or null.
        let rest = unsafe { first.cast::<*mut u8>().read() };
        mem::replace(first, rest)
    }

    /// A block that has never been one; null if the host has no more memory.
    fn cut(&mut self, bytes: usize) -> *mut u8 {
        if self.end.wrapping_sub(self.next) < bytes {
            let pages = bytes.div_ceil(PAGE).max(LEAST_PAGES);
            let before = wasm32::memory_grow::<0>(pages);
            if before == usize::MAX {
                return ptr::null_mut();
            }
            // Somebody else may have taken memory meanwhile.
            if before * PAGE != self.end {
                self.next = before * PAGE;
            }
            self.end = (before + pages).wrapping_mul(PAGE);
        }
        let block = self.next;
        self.next = block.wrapping_add(bytes);
        ptr::with_exposed_provenance_mut(block)
    }

    /// # Safety
    ///
    /// It is a block of this size that nobody uses any more.
    unsafe fn give_back(&mut self, block: *mut u8, size: &Size) {
        if let Some(first) = self.free.get_mut(size.place()) {
            // SAFETY: every block has room for an address, and is aligned for one.
            unsafe { block.cast::<*mut u8>().write(*first) };
            *first = block;
        }
    }
}

// SAFETY: a block is as large as its layout asks for or larger, aligned to 16 bytes, and nobody else's until it is
// given back. There is one thread, and nothing here calls anything that allocates, so each borrow is the only one.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > ALIGN {
            return ptr::null_mut();
        }
        unsafe { &mut *self.0.get() }.take(&Size::holding(layout.size()))
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { (*self.0.get()).give_back(block, &Size::holding(layout.size())) };
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        let (before, after) = (Size::holding(layout.size()), Size::holding(bytes));
        if before == after {
            return block;
        }
        let blocks = unsafe { &mut *self.0.get() };
        let moved = blocks.take(&after);
        if !moved.is_null() {
            unsafe {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(bytes));
                blocks.give_back(block, &before);
            }
        }
        moved
    }
}
