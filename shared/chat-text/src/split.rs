//! Cuts a long text where a reader would.

use unicode_segmentation::UnicodeSegmentation as _;

/// What lies at a cut, the better the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cut {
    Letter,
    Word,
    Sentence,
    Line,
    Paragraph,
}

/// In what a side counts the length of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unit {
    /// Unicode scalar values.
    #[default]
    Characters,
    /// Bytes of UTF-8: an `ã` is two, an emoji four or more.
    Bytes,
}

impl Unit {
    /// How long a text is.
    pub fn length(self, text: &str) -> usize {
        match self {
            Self::Characters => text.chars().count(),
            Self::Bytes => text.len(),
        }
    }

    /// Where the longest beginning of at most `limit` ends, in bytes; after one character at least.
    fn end(self, text: &str, limit: usize) -> usize {
        let mut used = 0_usize;
        let mut end = 0;
        for (at, letter) in text.char_indices() {
            let length = match self {
                Self::Characters => 1,
                Self::Bytes => letter.len_utf8(),
            };
            used = used.saturating_add(length);
            if used > limit && at > 0 {
                break;
            }
            end = at.saturating_add(letter.len_utf8());
        }
        end
    }
}

/// What cannot be cut again: what a reader sees as one letter, and its length in the unit that counts.
type Piece<'a> = (&'a str, usize);

/// A text as parts of at most `limit` characters (Unicode scalar values) each, none empty; a `limit` of 0 is taken as 1.
///
/// Joined with nothing between, the parts are the text again: each character is kept, white space at a cut stays at the end
/// of the part before it, or begins the next where it no longer fits. So only a text that ends in white space, or has more
/// than `limit` of it in a row, can have a part of nothing else: who shows the parts trims them and leaves out what is blank.
///
/// A part ends at the last end of a paragraph within reach, else of a line, else of a sentence, else of a word. A word, and
/// so a web address, is cut only when it is longer than a part with the white space before it; then between graphemes. A
/// grapheme that is itself longer than the limit, such as a letter under a hundred accents, is cut after each `limit`
/// characters. An emphasis of more than one sentence, or code of several lines, may be cut: its signs are then read as they
/// stand.
pub fn split(text: &str, limit: usize) -> Vec<String> {
    split_in(text, limit, Unit::Characters)
}

/// The same where a side counts in `unit`. A single character that is longer than the limit is a part of its own.
pub fn split_in(text: &str, limit: usize, unit: Unit) -> Vec<String> {
    let limit = limit.max(1);
    let pieces = pieces(text, limit, unit);
    let mut rest = pieces.as_slice();
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let (part, later) = rest.split_at(length(rest, limit));
        parts.push(part.iter().map(|(piece, _)| *piece).collect());
        rest = later;
    }
    parts
}

fn pieces(text: &str, limit: usize, unit: Unit) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for mut grapheme in text.graphemes(true) {
        while unit.length(grapheme) > limit {
            let (piece, later) = grapheme.split_at(unit.end(grapheme, limit));
            pieces.push((piece, unit.length(piece)));
            grapheme = later;
        }
        if !grapheme.is_empty() {
            pieces.push((grapheme, unit.length(grapheme)));
        }
    }
    pieces
}

/// How many pieces the next part has: at least one.
fn length(pieces: &[Piece<'_>], limit: usize) -> usize {
    let mut used = 0_usize;
    let mut best = (Cut::Letter, 1);
    let mut place = Place::default();
    for (before, (piece, length)) in pieces.iter().enumerate() {
        let is_blank = piece.chars().all(char::is_whitespace);
        used = used.saturating_add(*length);
        if used > limit {
            if is_blank {
                // The white space that no longer fits still tells what ends here.
                let behind = pieces.iter().skip(before).map(|(piece, _)| *piece);
                behind.take_while(|piece| piece.chars().all(char::is_whitespace)).for_each(|piece| place.blank(piece));
            }
            // A first piece that is longer than a part is one by itself.
            return best.max((place.cut(), before)).1.max(1);
        }
        if is_blank {
            place.blank(piece);
        } else {
            place.word(piece);
        }
        best = best.max((place.cut(), before.saturating_add(1)));
    }
    pieces.len()
}

/// What was read up to some place in a part.
#[derive(Debug, Default)]
struct Place {
    has_words: bool,
    is_sentence_end: bool,
    is_after_blank: bool,
    /// Line breaks since the last word.
    breaks: usize,
}

impl Place {
    fn word(&mut self, piece: &str) {
        let last = piece.chars().next().unwrap_or_default();
        // A quotation mark or bracket behind the full stop belongs to the sentence.
        let is_closing = "\"')]}”’»*_~".contains(last);
        let is_end = ".!?…。！？".contains(last) || (is_closing && self.is_sentence_end && !self.is_after_blank);
        *self = Self { has_words: true, is_sentence_end: is_end, is_after_blank: false, breaks: 0 };
    }

    fn blank(&mut self, piece: &str) {
        self.is_after_blank = true;
        self.breaks = self.breaks.saturating_add(usize::from(piece.contains('\n')));
    }

    /// What a cut here would be. White space before the first word is no end of anything.
    fn cut(&self) -> Cut {
        match self.breaks {
            _ if !self.has_words || !self.is_after_blank => Cut::Letter,
            0 if self.is_sentence_end => Cut::Sentence,
            0 => Cut::Word,
            1 => Cut::Line,
            _ => Cut::Paragraph,
        }
    }
}
