//! Whether somebody is there, of the states of those who could be.

/// `Some(true)`: that one is there. `None`: nobody knows. That nobody is there is said to customers, so that it is only said where there is
/// somebody, and the state of each is known.
pub(super) fn is_anyone_there(people: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let states: Vec<Option<bool>> = people.into_iter().collect();
    if states.contains(&Some(true)) {
        return Some(true);
    }
    (!states.is_empty() && !states.contains(&None)).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_there_only_where_each_state_is_known() {
        let (there, away) = (Some(true), Some(false));
        for (people, expected) in [
            ([away, there].as_slice(), Some(true)),
            (&[None, there], Some(true)),
            (&[away, away], Some(false)),
            (&[away, None], None),
            (&[None, away], None),
            (&[None], None),
            (&[], None),
        ] {
            assert_eq!(is_anyone_there(people.iter().copied()), expected, "{people:?}");
        }
    }
}
