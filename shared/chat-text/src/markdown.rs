//! Reads Markdown as a chat shows it: `CommonMark`, but a line break is a line break, and what was typed as it should be read
//! stays as it was typed.
//!
//! Agents write plain text into a Markdown field more often than Markdown. So a text in which Markdown changes nothing but
//! white space passes unchanged, the numbers of a list are those that were typed, HTML is shown as text (but `<br>`), the
//! definition of a link that nothing refers to is a line like any other, and in an address or a file's name nothing is a sign (`guard.rs`).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::Rendered;
use super::guard::{guarded, restored};
use super::marks::Mark;
use super::page::{Gap, Page};

/// Markdown as a customer reads it.
pub(super) fn rendered(source: &str) -> Rendered {
    let guarded = guarded(source);
    let rendered = read(guarded.as_deref().unwrap_or(source), guarded.is_some());
    // A text of signs alone, such as `#`, would leave nothing.
    let is_plain = rendered.text.is_empty() || words(&rendered.text).eq(words(source));
    if is_plain && rendered.images.is_empty() { Rendered { text: source.to_owned(), ..rendered } } else { rendered }
}

/// Reads a source, in which the signs of addresses may be letters.
fn read(source: &str, is_guarded: bool) -> Rendered {
    let parser = Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH).into_offset_iter();
    let mut definitions: Vec<(String, Range<usize>)> =
        parser.reference_definitions().iter().map(|(label, it)| (label.to_lowercase(), it.span.clone())).collect();
    let events: Vec<(Event<'_>, Range<usize>)> = parser.collect();
    let used: BTreeSet<String> = events.iter().filter_map(|(event, _)| reference(event)).collect();
    definitions.retain(|(label, _)| !used.contains(label));
    // The last one is the first in the text.
    definitions.sort_by_key(|(_, span)| std::cmp::Reverse(span.start));

    let mut reader = Reader { source, is_guarded, page: Page::default(), end: 0, lists: Vec::new(), code: None };
    for (event, range) in events {
        while let Some((_, span)) = definitions.pop_if(|(_, span)| span.start < range.start) {
            reader.as_typed(span);
        }
        reader.read(event, range);
    }
    for (_, span) in definitions.into_iter().rev() {
        reader.as_typed(span);
    }
    reader.page.finish()
}

/// The label of the definition that a link or picture refers to.
fn reference(event: &Event<'_>) -> Option<String> {
    match event {
        Event::Start(Tag::Link { id, .. } | Tag::Image { id, .. }) if !id.is_empty() => Some(id.to_lowercase()),
        _ => None,
    }
}

/// A text without its white space.
fn words(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|letter| !letter.is_whitespace())
}

struct Reader<'a> {
    source: &'a str,
    is_guarded: bool,
    page: Page,
    /// Where in the source the last thing that was written ends.
    end: usize,
    lists: Vec<Numbers>,
    code: Option<Code>,
}

/// The code block that is open.
struct Code {
    lines: String,
    /// What is to stand around it.
    fence: &'static str,
    is_read: bool,
}

/// The numbers of a list's entries.
#[derive(Debug, Default)]
struct Numbers {
    first: Option<u64>,
    last: u64,
}

impl<'a> Reader<'a> {
    fn read(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => return self.start(tag, range),
            Event::End(tag) => self.end(tag, &range),
            Event::Text(text) => {
                let text = self.restored(&text);
                match &mut self.code {
                    Some(code) if code.is_read => {}
                    Some(code) => code.lines.push_str(&text),
                    None => self.page.text(&text),
                }
            }
            Event::Code(code) => {
                self.page.open(Mark::Code);
                self.page.text(&self.restored(&code));
                self.page.close(Mark::Code);
            }
            Event::Html(html) | Event::InlineHtml(html) => self.html(&self.restored(&html)),
            Event::SoftBreak | Event::HardBreak => self.page.gap(Gap::Line),
            Event::Rule => {
                self.page.gap(self.typed_gap(range.start));
                self.page.text(&self.restored(self.typed(range.clone()).trim()));
            }
            _ => {}
        }
        let length = self.typed(range.clone()).trim_end().len();
        self.end = self.end.max(range.start.saturating_add(length));
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        if is_block(&tag) {
            let gap = self.typed_gap(range.start);
            self.page.gap(gap);
        }
        match tag {
            Tag::Heading { .. } => self.page.open(Mark::Bold),
            Tag::Strong | Tag::Emphasis | Tag::Strikethrough => match self.signs_in_word(tag.to_end(), &range) {
                Some(signs) => self.page.text(signs),
                None => self.page.open(mark(tag.to_end())),
            },
            Tag::BlockQuote(_) => self.page.open_quote(),
            Tag::CodeBlock(kind) => self.code = Some(self.code(&kind, range)),
            Tag::List(_) => {
                self.lists.push(Numbers::default());
                self.page.open_list();
            }
            Tag::Item => {
                let marker = self.marker(range);
                self.page.item(marker);
            }
            Tag::Link { dest_url, .. } => self.page.open_link(&self.restored(&dest_url)),
            Tag::Image { dest_url, .. } => {
                self.page.space();
                self.page.picture(&self.restored(&dest_url));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Heading(_) => self.page.close(Mark::Bold),
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough => match self.signs_in_word(tag, range) {
                Some(signs) => self.page.text(signs),
                None => self.page.close(mark(tag)),
            },
            TagEnd::BlockQuote(_) => self.page.close_quote(),
            TagEnd::CodeBlock => {
                if let Some(code) = self.code.take() {
                    self.page.verbatim(&code.lines, code.fence);
                }
            }
            // `1.` may be the whole answer.
            TagEnd::Item => self.page.keep_item(),
            TagEnd::List(_) => {
                self.lists.pop();
                self.page.close_list();
            }
            TagEnd::Link => self.page.close_link(),
            TagEnd::Image => self.page.space(),
            _ => {}
        }
    }

    /// The signs of an emphasis that begins or ends inside a word. WhatsApp shows none there, and `2*3*4` must not become `234`:
    /// the signs stay as they were typed. So do those around what nobody would emphasise: `(*) obrigatório, (*)`.
    fn signs_in_word(&self, tag: TagEnd, range: &Range<usize>) -> Option<&'a str> {
        let before = self.typed(0..range.start).chars().next_back();
        let after = self.typed(range.end..self.source.len()).chars().next();
        let is_in_word = [before, after].into_iter().flatten().any(char::is_alphanumeric);
        let typed = self.typed(range.clone());
        let length = match tag {
            TagEnd::Strong => 2,
            TagEnd::Strikethrough if typed.starts_with("~~") => 2,
            _ => 1,
        };
        let inside = typed.get(length..typed.len().saturating_sub(length)).unwrap_or_default();
        let is_odd = inside.starts_with([')', ']', '}', ',', ';']) || inside.ends_with(['(', '[', '{']);
        typed.get(..length).filter(|_| is_in_word || is_odd)
    }

    /// HTML is what the agent typed: `<name>` is more often a gap to fill in than an element.
    fn html(&mut self, html: &str) {
        if matches!(html.trim().to_ascii_lowercase().as_str(), "<br>" | "<br/>" | "<br />") {
            return self.page.line_break();
        }
        for line in html.lines() {
            self.page.text(line);
            if html.ends_with('\n') {
                self.page.gap(Gap::Line);
            }
        }
    }

    fn code(&self, kind: &CodeBlockKind<'_>, range: Range<usize>) -> Code {
        let CodeBlockKind::Fenced(info) = kind else {
            // Four blanks before a line are no reason to show it as code.
            return Code { lines: String::new(), fence: "", is_read: false };
        };
        let typed = self.typed(range).trim();
        let end = typed.lines().skip(1).last().unwrap_or_default();
        let is_closed = end.contains("```") || end.contains("~~~");
        if !is_closed || end.chars().any(char::is_alphanumeric) {
            // WhatsApp's way to write it, with words behind the first and before the last signs.
            return Code { lines: self.restored(typed).into_owned(), fence: "", is_read: true };
        }
        // One word names the language; several are words.
        let lines = if info.contains(' ') { format!("{}\n", self.restored(info)) } else { String::new() };
        Code { lines, fence: "```", is_read: false }
    }

    /// What stands before an entry: its own number and sign. Where all have the first one's number, which Markdown allows, they
    /// are counted.
    fn marker(&mut self, range: Range<usize>) -> String {
        let typed = self.typed(range).trim_start();
        let digits: String = typed.chars().take_while(char::is_ascii_digit).collect();
        let sign = typed.chars().nth(digits.len()).filter(|sign| ".)".contains(*sign));
        let (Ok(number), Some(sign), Some(numbers)) = (digits.parse::<u64>(), sign, self.lists.last_mut()) else {
            // `+ 10` is a sum as often as a list.
            return if typed.starts_with('+') { "+ ".to_owned() } else { "- ".to_owned() };
        };
        let is_repeated = numbers.first == Some(number);
        numbers.first.get_or_insert(number);
        numbers.last = if is_repeated { numbers.last.saturating_add(1) } else { number };
        if is_repeated { format!("{}{sign} ", numbers.last) } else { format!("{digits}{sign} ") }
    }

    /// A piece of the source as a paragraph of its own.
    fn as_typed(&mut self, range: Range<usize>) {
        self.page.gap(self.typed_gap(range.start));
        let text = self.typed(range.clone()).trim_end();
        for line in text.lines() {
            self.page.text(&self.restored(line));
            self.page.gap(Gap::Line);
        }
        self.end = self.end.max(range.start.saturating_add(text.len()));
    }

    /// Text as it was typed.
    fn restored<'b>(&self, text: &'b str) -> Cow<'b, str> {
        if self.is_guarded { restored(text) } else { text.into() }
    }

    /// The gap that was typed between what was last written and this place.
    fn typed_gap(&self, start: usize) -> Gap {
        match self.typed(self.end..start).matches('\n').count() {
            0 => Gap::None,
            1 => Gap::Line,
            _ => Gap::Paragraph,
        }
    }

    fn typed(&self, range: Range<usize>) -> &'a str {
        self.source.get(range).unwrap_or_default()
    }
}

fn mark(tag: TagEnd) -> Mark {
    match tag {
        TagEnd::Emphasis => Mark::Italic,
        TagEnd::Strikethrough => Mark::Strike,
        _ => Mark::Bold,
    }
}

fn is_block(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::BlockQuote(_)
            | Tag::CodeBlock(_)
            | Tag::HtmlBlock
            | Tag::List(_)
            | Tag::Item
    )
}
