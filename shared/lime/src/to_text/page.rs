//! The sheet that words are written on, line by line, until it is full.
//!
//! Blank lines are left out, a text's own line breaks stay. It holds whatever fits into a message; what is hostile ends in `…`.

use serde_json::Value;

use super::MAX_WORDS;
use crate::is_blank;

/// How much of a foreign name is repeated in brackets.
const MAX_NAME_CHARS: usize = 100;

/// Lines of text, at most [`MAX_WORDS`] characters in all.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
    /// How many characters `text` has.
    used: usize,
    is_cut: bool,
}

impl Page {
    /// Adds a line, unless it is blank.
    pub(super) fn line(&mut self, line: &str) {
        if self.is_full() || is_blank(line) {
            return;
        }
        if self.is_blank() {
            self.push(line);
        } else {
            self.push(&format!("\n{line}"));
        }
    }

    /// Adds those lines that are there; a repeated line (a title that is the caption) only once.
    pub(super) fn lines<'a>(&mut self, lines: impl IntoIterator<Item = Option<&'a str>>) {
        let mut written: Vec<&str> = Vec::new();
        for line in lines.into_iter().flatten() {
            if !written.contains(&line) {
                self.line(line);
                written.push(line);
            }
        }
    }

    /// Whether nothing more will fit.
    pub(super) fn is_full(&self) -> bool {
        self.is_cut || self.used >= MAX_WORDS
    }

    /// How many characters have been written.
    pub(super) fn length(&self) -> usize {
        self.used
    }

    /// Whether nothing has been written.
    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn push(&mut self, text: &str) {
        let left = MAX_WORDS.saturating_sub(self.used);
        let cut = cut(text, left);
        self.is_cut = cut != text;
        self.used = self.used.saturating_add(cut.chars().count());
        self.text.push_str(&cut);
    }
}

/// The first so many characters; `…` is the last of them if there was more.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// A foreign name made harmless: one line, short.
pub(super) fn tame(name: &str) -> String {
    let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
    cut(&name, MAX_NAME_CHARS)
}

/// The parts that are not blank, with a space between.
pub(super) fn joined<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.trim().is_empty()).collect();
    parts.join(" ")
}

/// A JSON value as people write it: a text without quotes, `null` as nothing, all else as compact JSON.
pub(super) fn scalar(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
