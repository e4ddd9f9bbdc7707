//! WhatsApp's emphasis on one line.
//!
//! A pair of signs works only around words: no white space just inside, no letter or digit just outside, no other such sign
//! between. Where a pair would not work there is none, for the customer would read the bare signs.

/// A kind of emphasis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Bold,
    Italic,
    Strike,
    Code,
}

impl Mark {
    const ALL: [Self; 4] = [Self::Bold, Self::Italic, Self::Strike, Self::Code];

    const fn sign(self) -> char {
        match self {
            Self::Bold => '*',
            Self::Italic => '_',
            Self::Strike => '~',
            Self::Code => '`',
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Bold => 1,
            Self::Italic => 2,
            Self::Strike => 4,
            Self::Code => 8,
        }
    }
}

/// The emphasis of one letter. Code has no other: WhatsApp shows signs within it as they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks(u8);

impl Marks {
    fn has(self, mark: Mark) -> bool {
        self.0 & mark.bit() != 0
    }
}

/// How many elements of each kind are open. Counted, not stacked: emphasis outlives the block in which it was opened, as
/// HTML's "active formatting elements" do, and may be closed in any order.
#[derive(Debug, Default)]
pub(super) struct Open {
    bold: usize,
    italic: usize,
    strike: usize,
    code: usize,
}

impl Open {
    pub(super) fn open(&mut self, mark: Mark) {
        let count = self.count(mark);
        *count = count.saturating_add(1);
    }

    pub(super) fn close(&mut self, mark: Mark) {
        let count = self.count(mark);
        *count = count.saturating_sub(1);
    }

    fn count(&mut self, mark: Mark) -> &mut usize {
        match mark {
            Mark::Bold => &mut self.bold,
            Mark::Italic => &mut self.italic,
            Mark::Strike => &mut self.strike,
            Mark::Code => &mut self.code,
        }
    }

    /// What a letter written now has.
    pub(super) fn marks(&self) -> Marks {
        if self.code > 0 {
            return Marks(Mark::Code.bit());
        }
        let open = [(self.bold, Mark::Bold), (self.italic, Mark::Italic), (self.strike, Mark::Strike)];
        Marks(open.into_iter().filter(|(count, _)| *count > 0).fold(0, |marks, (_, mark)| marks | mark.bit()))
    }
}

/// A character and its emphasis.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter {
    pub(super) letter: char,
    pub(super) marks: Marks,
}

/// A line with its signs. `line` holds no line break.
pub(super) fn marked(line: &[Letter]) -> String {
    let mut out = String::with_capacity(line.len());
    write(line, &Mark::ALL, None, &mut out);
    out
}

/// Writes what these letters say, with the signs of `allowed`; `after` is what follows them on the line. The recursion is
/// as deep as there are kinds of emphasis: each step inside has one kind less.
fn write(letters: &[Letter], allowed: &[Mark], after: Option<char>, out: &mut String) {
    let mut rest = letters;
    while let Some((first, others)) = rest.split_first() {
        let reach = |mark: Mark| rest.iter().take_while(|letter| letter.marks.has(mark)).count();
        let open = allowed.iter().rev().copied().filter(|mark| first.marks.has(*mark));
        // The one that reaches furthest goes outside.
        let Some((length, mark)) = open.map(|mark| (reach(mark), mark)).max_by_key(|(length, _)| *length) else {
            out.push(first.letter);
            rest = others;
            continue;
        };
        let (group, later) = rest.split_at(length);
        wrap(group, mark, allowed, later.first().map(|next| next.letter).or(after), out);
        rest = later;
    }
}

/// Writes letters that all have this mark, the signs around what is left without the blanks at both ends.
fn wrap(group: &[Letter], mark: Mark, allowed: &[Mark], after: Option<char>, out: &mut String) {
    let is_blank = |letter: &&Letter| letter.letter.is_whitespace();
    let (before, group) = group.split_at(group.iter().take_while(is_blank).count());
    let (words, behind) = group.split_at(group.len() - group.iter().rev().take_while(is_blank).count());
    let after = behind.first().map(|letter| letter.letter).or(after);
    let inside: Vec<Mark> = allowed.iter().copied().filter(|other| *other != mark).collect();
    out.extend(before.iter().map(|letter| letter.letter));
    if works(words, mark.sign(), [out.chars().next_back(), after]) {
        out.push(mark.sign());
        write(words, &inside, Some(mark.sign()), out);
        out.push(mark.sign());
    } else {
        write(words, &inside, after, out);
    }
    out.extend(behind.iter().map(|letter| letter.letter));
}

/// Whether a pair of signs around these words, between these neighbours, is read as emphasis.
fn works(words: &[Letter], sign: char, neighbours: [Option<char>; 2]) -> bool {
    let is_apart = |neighbour: Option<char>| neighbour.is_none_or(|next| !next.is_alphanumeric() && next != sign);
    !words.is_empty()
        && neighbours.into_iter().all(is_apart)
        && words.iter().all(|letter| letter.letter != sign)
        && !ends_in_link(words)
}

/// A sign right behind a link becomes part of the link.
fn ends_in_link(words: &[Letter]) -> bool {
    let last = words.iter().rev().take_while(|letter| !letter.letter.is_whitespace());
    let last: Vec<char> = last.map(|letter| letter.letter).collect();
    let last: String = last.into_iter().rev().collect();
    last.contains("://") || last.starts_with("www.")
}
