//! Ending words, rating and reopening.

use super::{
    MAX_NAME, name, queue_exists,
    silence::{SHORT, TOO_SHORT},
};
use crate::{AskedBy, ServiceRules, path::Path, problem::Faults, replies::can_be_thanks};

/// Words of one list.
const MAX_WORDS: usize = 100;

pub(super) fn check(rules: &ServiceRules, faults: &mut Faults) {
    words(&rules.leaving.words, &Path::of(&["leaving", "words"]), faults);
    words(rules.reopening.thanks.as_deref().unwrap_or_default(), &Path::of(&["reopening", "thanks"]), faults);
    if rules.leaving.words.is_empty() && rules.leaving.ask_back.is_some() {
        faults.warn(&Path::of(&["leaving", "ask_back"]), "is never used, as there are no `words`");
    }
    rating(rules, faults);
    for (index, entry) in rules.reopening.thanks.iter().flatten().enumerate() {
        // An empty one is an error already.
        if !entry.trim().is_empty() && !can_be_thanks(entry) {
            let right = "is never found: a word of thanks has a letter, a digit or an emoji, and counts in a message of less than 20 characters";
            faults.warn(&Path::of(&["reopening", "thanks"]).index(index), right);
        }
    }
}

fn rating(rules: &ServiceRules, faults: &mut Faults) {
    let (rating, path) = (&rules.rating, Path::of(&["rating"]));
    if let Some(field) = &rating.field {
        let path = path.key("field");
        name(field, MAX_NAME, &path, faults);
        if !rating.has(AskedBy::Bridge) {
            faults.warn(&path, "is never used, as Ponte asks for no rating (`asked_by: bridge`)");
        }
    }
    if rating.wait.is_some_and(|wait| wait < SHORT) {
        faults.warn(&path.key("wait"), TOO_SHORT);
    }
    for queue in rating.by_queue.keys() {
        queue_exists(rules, queue, &path.key("by_queue").key(queue), faults);
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
