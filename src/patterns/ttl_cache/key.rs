//! Keys of the index, which can be searched for by a borrowed form.

use std::{
    borrow::Borrow,
    hash::{Hash, Hasher},
    sync::Arc,
};

/// A key that is shared by the index and by its value or fetch.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct SharedKey<K>(pub(super) Arc<K>);

impl<K> Borrow<K> for SharedKey<K> {
    fn borrow(&self) -> &K {
        &self.0
    }
}

/// A key or its borrowed form, as a trait object: `Borrow<Q>` for every `Q` that `K` can be borrowed as would conflict
/// with the implementation of `Borrow` for every type by itself.
pub(super) trait BorrowedAs<Q: ?Sized> {
    fn borrowed(&self) -> &Q;
}

impl<K: Borrow<Q>, Q: ?Sized> BorrowedAs<Q> for SharedKey<K> {
    fn borrowed(&self) -> &Q {
        (*self.0).borrow()
    }
}

impl<Q: ?Sized> BorrowedAs<Q> for &Q {
    fn borrowed(&self) -> &Q {
        self
    }
}

impl<'a, K: Borrow<Q> + 'a, Q: ?Sized + 'a> Borrow<dyn BorrowedAs<Q> + 'a> for SharedKey<K> {
    fn borrow(&self) -> &(dyn BorrowedAs<Q> + 'a) {
        self
    }
}

impl<Q: Hash + ?Sized> Hash for dyn BorrowedAs<Q> + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.borrowed().hash(state);
    }
}

impl<Q: Eq + ?Sized> PartialEq for dyn BorrowedAs<Q> + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.borrowed() == other.borrowed()
    }
}

impl<Q: Eq + ?Sized> Eq for dyn BorrowedAs<Q> + '_ {}
