//! The sheet that a customer's text is written on: folds white space, keeps lines apart, and puts in front of each line what it
//! needs.
//!
//! Both readers, HTML's and Markdown's, write on it. A break is only noted, and made before the next word: so a page never
//! begins or ends with one, and there is never more than one empty line in a row (but in code, which stays as it is).

use super::link;
use super::marks::{Letter, Mark, Marks, Open, marked};
use super::{MAX_IMAGES, Rendered};

/// The most `>` before a line, and the most steps that a list is set in: what is nested deeper stands there.
const MAX_STEPS: usize = 4;

/// What lies between two pieces of text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    #[default]
    None,
    /// A line break.
    Line,
    /// An empty line.
    Paragraph,
}

/// Where in a table's row the page is.
#[derive(Debug, Default)]
enum Row {
    #[default]
    Outside,
    /// In a row that has no text so far.
    Empty,
    /// In a row, so many cells after its last text.
    Cells(usize),
}

/// A link whose text is being written.
#[derive(Debug)]
struct Link {
    address: Option<String>,
    text: String,
    is_picture: bool,
}

#[derive(Debug, Default)]
pub(super) struct Page {
    /// The lines that are finished, without the last line break.
    done: String,
    prefix: String,
    line: Vec<Letter>,
    gap: Gap,
    /// White space that was read and not yet written: a blank before the next word, if it has one.
    blank: Option<Marks>,
    /// A no-break space was all that came after the last break: an empty line, as editors write it.
    is_hollow: bool,
    open: Open,
    quotes: usize,
    lists: usize,
    /// What stands before the next text: `- `.
    item: Option<String>,
    row: Row,
    link: Option<Link>,
    images: Vec<String>,
}

impl Page {
    /// Words, their white space folded as HTML does: runs of spaces, tabs and line breaks are one space.
    pub(super) fn text(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                ' ' | '\t' | '\n' | '\r' | '\u{c}' => self.space(),
                '\0' => {}
                _ if letter.is_whitespace() && self.is_at_start() => self.is_hollow = true,
                _ => self.letter(letter),
            }
        }
    }

    /// White space, if what follows is on the same line.
    pub(super) fn space(&mut self) {
        let marks = self.open.marks();
        self.blank.get_or_insert(marks);
    }

    /// The next text begins after this gap, or a larger one that was noted before.
    pub(super) fn gap(&mut self, gap: Gap) {
        if std::mem::take(&mut self.is_hollow) && self.gap == Gap::Line {
            self.gap = Gap::Paragraph;
        }
        // What lies around the first cell's text is no empty line before the row.
        let most = if matches!(self.row, Row::Empty) { Gap::Line } else { Gap::Paragraph };
        self.gap = self.gap.max(gap.min(most));
    }

    /// A line break that stands for itself: two in a row make an empty line.
    pub(super) fn line_break(&mut self) {
        self.gap = if self.gap == Gap::None { Gap::Line } else { Gap::Paragraph };
    }

    pub(super) fn open(&mut self, mark: Mark) {
        self.open.open(mark);
    }

    pub(super) fn close(&mut self, mark: Mark) {
        self.open.close(mark);
    }

    pub(super) fn open_quote(&mut self) {
        self.quotes = self.quotes.saturating_add(1);
    }

    pub(super) fn close_quote(&mut self) {
        self.quotes = self.quotes.saturating_sub(1);
    }

    pub(super) fn open_list(&mut self) {
        self.lists = self.lists.saturating_add(1);
    }

    pub(super) fn close_list(&mut self) {
        self.lists = self.lists.saturating_sub(1);
        self.item = None;
    }

    /// The next text is an entry of a list. An entry without text leaves nothing.
    pub(super) fn item(&mut self, marker: String) {
        self.gap(Gap::Line);
        self.item = Some(marker);
    }

    /// The entry ends: if it had no text, what stands before it does.
    pub(super) fn keep_item(&mut self) {
        if let Some(marker) = self.item.take() {
            self.begin();
            self.push_plain(marker.trim_end());
        }
    }

    /// A row of a table begins.
    pub(super) fn row(&mut self) {
        self.gap(Gap::Line);
        self.row = Row::Empty;
    }

    /// A cell begins. The breaks around a cell's text do not break the row; those between its paragraphs do.
    pub(super) fn cell(&mut self) {
        if let Row::Cells(cells) = &mut self.row {
            *cells = cells.saturating_add(1);
            self.gap = Gap::None;
            self.is_hollow = false;
        }
    }

    pub(super) fn end_row(&mut self) {
        self.row = Row::Outside;
        self.gap(Gap::Line);
    }

    /// A link begins; one that was open ends.
    pub(super) fn open_link(&mut self, href: &str) {
        self.close_link();
        self.link = Some(Link { address: link::shown(href), text: String::new(), is_picture: false });
    }

    /// Writes where the link leads, unless its text said so.
    pub(super) fn close_link(&mut self) {
        let Some(Link { address: Some(address), text, is_picture }) = self.link.take() else { return };
        let has_text = !text.trim().is_empty();
        if link::says(&text, &address) || (is_picture && !has_text && self.images.contains(&address)) {
            return;
        }
        if has_text {
            self.push_plain(&format!(" ({address})"));
        } else {
            self.address(&address);
        }
    }

    /// A web address by itself, never emphasised: a sign beside it would become part of it.
    pub(super) fn address(&mut self, address: &str) {
        self.begin();
        self.push_plain(address);
    }

    /// A picture that is to be sent as a file, if its link can be followed from outside.
    pub(super) fn picture(&mut self, src: &str) {
        let Some(url) = link::web(src) else { return };
        if let Some(link) = &mut self.link {
            link.is_picture = true;
        }
        if self.images.contains(&url) {
            return;
        }
        if self.images.len() < MAX_IMAGES {
            self.images.push(url);
        } else {
            self.gap(Gap::Line);
            self.address(&url);
            self.gap(Gap::Line);
        }
    }

    /// Lines that stay as they are, with this fence at both ends.
    pub(super) fn verbatim(&mut self, text: &str, fence: &str) {
        let text = text.trim_end();
        let text = text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\n')).unwrap_or(text);
        if text.trim().is_empty() {
            return;
        }
        let fence = if text.contains(fence) { "" } else { fence };
        self.gap = self.gap.max(Gap::Line);
        self.begin();
        let text = format!("{fence}{text}{fence}").replace(['\r', '\0'], "");
        let next = format!("\n{}", self.indent(self.lists));
        self.push_plain(&text.replace('\n', &next));
        self.gap = Gap::Line;
    }

    pub(super) fn finish(mut self) -> Rendered {
        self.close_link();
        self.end_line();
        Rendered { text: self.done, images: self.images }
    }

    fn letter(&mut self, letter: char) {
        self.begin();
        let marks = self.open.marks();
        self.line.push(Letter { letter, marks });
        if let Some(link) = &mut self.link {
            link.text.push(letter);
        }
    }

    fn push_plain(&mut self, text: &str) {
        let letters = text.chars().map(|letter| Letter { letter, marks: Marks::default() });
        self.line.extend(letters);
    }

    fn is_at_start(&self) -> bool {
        self.gap != Gap::None || self.line.is_empty() || matches!(self.row, Row::Cells(1..))
    }

    /// Makes the break, the cell's border or the blank that was noted: text follows.
    fn begin(&mut self) {
        self.is_hollow = false;
        match std::mem::take(&mut self.row) {
            Row::Outside => {}
            Row::Empty => self.row = Row::Cells(0),
            Row::Cells(cells) => {
                self.row = Row::Cells(0);
                if cells > 0 {
                    self.gap = Gap::None;
                    self.blank = None;
                    self.push_plain(&" | ".repeat(cells));
                }
            }
        }
        let gap = std::mem::take(&mut self.gap);
        let is_first = self.line.is_empty() && self.prefix.is_empty();
        if gap != Gap::None || is_first {
            self.blank = None;
            self.end_line();
            if gap == Gap::Paragraph && !self.done.is_empty() {
                self.done.push('\n');
            }
            self.begin_line();
        }
        if let Some(marks) = self.blank.take() {
            self.line.push(Letter { letter: ' ', marks });
            if let Some(link) = &mut self.link {
                link.text.push(' ');
            }
        }
    }

    fn begin_line(&mut self) {
        let marker = self.item.take();
        self.prefix = self.indent(self.lists.saturating_sub(usize::from(marker.is_some())));
        self.prefix.push_str(marker.as_deref().unwrap_or_default());
    }

    /// What stands before a line that is so many lists deep.
    fn indent(&self, lists: usize) -> String {
        "> ".repeat(self.quotes.min(MAX_STEPS)) + &"  ".repeat(lists.min(MAX_STEPS))
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let prefix = std::mem::take(&mut self.prefix);
        if line.is_empty() {
            return;
        }
        if !self.done.is_empty() {
            self.done.push('\n');
        }
        self.done.push_str(&prefix);
        let end = line.len() - line.iter().rev().take_while(|letter| letter.letter.is_whitespace()).count();
        let (line, _) = line.split_at(end);
        self.done.push_str(&marked(line));
    }
}
