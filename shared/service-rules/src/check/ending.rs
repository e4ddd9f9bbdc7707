//! Ending words, rating and reopening.

use super::{MAX_NAME, name, queue_exists};
use crate::{ServiceRules, path::Path, problem::Faults};

/// Words of one list.
const MAX_WORDS: usize = 100;

pub(super) fn check(rules: &ServiceRules, faults: &mut Faults) {
    words(&rules.leaving.words, &Path::of(&["leaving", "words"]), faults);
    words(rules.reopening.thanks.as_deref().unwrap_or_default(), &Path::of(&["reopening", "thanks"]), faults);
    if rules.leaving.words.is_empty() && rules.leaving.ask_back.is_some() {
        faults.warn(&Path::of(&["leaving", "ask_back"]), "is never used, as there are no `words`");
    }
    for queue in rules.rating.by_queue.keys() {
        queue_exists(rules, queue, &Path::of(&["rating", "by_queue"]).key(queue), faults);
    }
}

fn words(words: &[String], path: &Path, faults: &mut Faults) {
    if words.len() > MAX_WORDS {
        faults.error(path, format!("has more than {MAX_WORDS} words"));
    }
    for (index, word) in words.iter().enumerate() {
        name(word, MAX_NAME, &path.index(index), faults);
    }
}
