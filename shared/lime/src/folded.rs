//! Comparing text without case, for addresses.
//!
//! LIME compares nodes ignoring case (takenet/lime-csharp, `Identity.Equals`). Never used to change what is sent: the original
//! spelling goes back over the wire.

use std::hash::{Hash, Hasher};

/// The characters of the lower-case form.
fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

/// Whether two texts differ in case only.
pub(super) fn same(left: &str, right: &str) -> bool {
    folded(left).eq(folded(right))
}

/// Hashes so that texts which are the [`same`] have the same hash.
pub(super) fn hash<H: Hasher>(text: &str, state: &mut H) {
    folded(text).for_each(|letter| letter.hash(state));
}

/// The lower-case form, for keys.
pub(super) fn key(text: &str) -> String {
    folded(text).collect()
}
