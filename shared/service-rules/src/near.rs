//! The name that was probably meant.

use crate::fold::fold;

/// Of `allowed` the one that is nearest to `written`; `None` when none is near. `team` is near to `ticket.team`, too.
pub(crate) fn nearest<'a>(written: &str, allowed: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = fold(written);
    // Nobody writes a name of this length by mistake, and the distance takes the square of it.
    if written.is_empty() || written.chars().count() > 64 {
        return None;
    }
    let most = (written.chars().count() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for name in allowed {
        let folded = fold(name);
        let last = folded.rsplit('.').next().unwrap_or_default();
        let away = distance(&written, &folded).min(distance(&written, last).saturating_add(1));
        if away <= most.max(usize::from(written == last)) && best.is_none_or(|(least, _)| away < least) {
            best = Some((away, name));
        }
    }
    best.map(|(_, name)| name)
}

/// How many letters must be put, taken away, changed or swapped with their neighbour (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    let mut previous = None;
    for (row, letter) in left.chars().enumerate() {
        let mut line = vec![row.saturating_add(1)];
        for (column, other) in right.iter().enumerate() {
            let at = |of: &[usize], index: usize| of.get(index).copied().unwrap_or(usize::MAX - 1);
            let changed = at(&above, column).saturating_add(usize::from(letter != *other));
            let taken = at(&above, column.saturating_add(1)).saturating_add(1);
            let put = at(&line, column).saturating_add(1);
            let mut least = changed.min(taken).min(put);
            let swapped = column.checked_sub(1).and_then(|left| right.get(left).map(|other| (left, *other)));
            if let Some((left, neighbour)) = swapped
                && previous == Some(*other)
                && letter == neighbour
            {
                least = least.min(at(&before, left).saturating_add(1));
            }
            line.push(least);
        }
        before = std::mem::replace(&mut above, line);
        previous = Some(letter);
    }
    above.last().copied().unwrap_or_default()
}

/// `a, b or c`, each in backticks.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name() {
        let keys = ["queue", "priority", "ticket.team", "extras"];
        assert_eq!(nearest("qeue", keys), Some("queue"));
        assert_eq!(nearest("Priorty", keys), Some("priority"));
        assert_eq!(nearest("team", keys), Some("ticket.team"));
        assert_eq!(nearest("extra", keys), Some("extras"));
        assert_eq!(nearest("hours", keys), None);
        assert_eq!(nearest(&"q".repeat(100_000), keys), None);
        assert_eq!(distance("abcd", "acbd"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn a_list_in_words() {
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(listed(["a"]), "`a`");
    }
}
