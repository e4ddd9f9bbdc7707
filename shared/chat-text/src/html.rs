//! Reads HTML as a browser would show it.
//!
//! Token by token, without a tree: so nesting costs no stack, and what is never closed is as good as what is. Tags that are
//! not known leave their text. `html5gum` follows the WHATWG standard: it decodes entities and finds the ends of scripts.

use std::borrow::Cow;

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use super::Rendered;
use super::elements::{is_block, is_emoji, is_heading, is_hidden, mark};
use super::link;
use super::marks::Mark;
use super::page::{Gap, Page};

/// HTML as a customer reads it.
pub(super) fn rendered(html: &str) -> Rendered {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut reader = Reader::default();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        reader.read(&token);
    }
    reader.finish()
}

#[derive(Debug, Default)]
struct Reader {
    page: Page,
    /// For each open list the number of its next entry, if they are numbered.
    lists: Vec<Option<u64>>,
    /// The element whose content is not shown, and how often it is open.
    hidden: Option<(String, usize)>,
    /// The `<pre>` that is open.
    preformatted: Option<Preformatted>,
    /// A paragraph without margins is open.
    is_tight: bool,
}

impl Reader {
    fn read(&mut self, token: &Token) {
        match token {
            Token::StartTag(tag) => {
                let name = utf8(&tag.name);
                if self.may_start(&name, tag) {
                    self.start(&name, tag);
                }
            }
            Token::EndTag(tag) => {
                let name = utf8(&tag.name);
                if self.may_end(&name) {
                    self.end(&name);
                }
            }
            Token::String(text) if self.hidden.is_none() => match &mut self.preformatted {
                Some(preformatted) => preformatted.lines.push_str(&utf8(text)),
                None => self.page.text(&utf8(text)),
            },
            _ => {}
        }
    }

    fn finish(mut self) -> Rendered {
        self.end_preformatted();
        self.page.finish()
    }

    /// Whether the element is shown as what it is: it is not within what is hidden, nor within `<pre>`.
    fn may_start(&mut self, name: &str, tag: &StartTag<()>) -> bool {
        let is_closed = tag.self_closing;
        if let Some((hidden, times)) = &mut self.hidden {
            *times = times.saturating_add(usize::from(hidden == name && !is_closed));
            return false;
        }
        if is_hidden(name) && !(is_closed && name == "svg") {
            self.hidden = Some((name.to_owned(), 1));
        }
        match &mut self.preformatted {
            Some(preformatted) => preformatted.start(name, tag),
            None => return true,
        }
        name == "img"
    }

    fn may_end(&mut self, name: &str) -> bool {
        if let Some((hidden, times)) = &mut self.hidden {
            *times = times.saturating_sub(usize::from(hidden == name));
            if *times == 0 {
                self.hidden = None;
            }
            return false;
        }
        let Some(preformatted) = &mut self.preformatted else { return true };
        if preformatted.end(name) {
            self.end_preformatted();
        }
        false
    }

    fn end_preformatted(&mut self) {
        if let Some(preformatted) = self.preformatted.take() {
            self.page.verbatim(&preformatted.lines, "```");
            self.page.gap(self.paragraph());
        }
    }

    fn start(&mut self, name: &str, tag: &StartTag<()>) {
        if let Some(mark) = mark(name) {
            // Google Docs wraps what is copied from it in a `<b>` that is not bold.
            if !attribute(tag, "style").contains("font-weight:normal") {
                self.page.open(mark);
            }
            return;
        }
        match name {
            "p" => {
                // Intercom's paragraphs that are lines (its OpenAPI file, 2.15, articles).
                self.is_tight = attribute(tag, "class").contains("no-margin");
                self.page.gap(self.paragraph());
            }
            "br" => self.page.line_break(),
            "hr" => {
                self.page.gap(Gap::Paragraph);
                self.page.text("---");
                self.page.gap(Gap::Paragraph);
            }
            "a" => self.page.open_link(&attribute(tag, "href")),
            "img" => self.picture(tag),
            "ul" | "menu" | "dir" => self.open_list(None),
            "ol" => self.open_list(Some(attribute(tag, "start").trim().parse().unwrap_or(1))),
            "li" => self.item(),
            "blockquote" => {
                self.page.gap(self.paragraph());
                self.page.open_quote();
            }
            "pre" => {
                self.page.gap(self.paragraph());
                self.preformatted = Some(Preformatted::default());
            }
            "tr" => self.page.row(),
            "td" | "th" => self.page.cell(),
            "q" => self.page.text("\""),
            // What is shown inside cannot be shown in a chat, but it can be opened from there.
            "iframe" | "video" | "audio" | "embed" => {
                if let Some(url) = link::web(&attribute(tag, "src")) {
                    self.page.gap(Gap::Line);
                    self.page.address(&url);
                    self.page.gap(Gap::Line);
                }
            }
            _ => self.page.gap(self.around(name)),
        }
        if is_heading(name) {
            self.page.open(Mark::Bold);
        }
    }

    fn end(&mut self, name: &str) {
        if let Some(mark) = mark(name) {
            return self.page.close(mark);
        }
        match name {
            "p" => {
                self.page.gap(self.paragraph());
                self.is_tight = false;
            }
            "a" => self.page.close_link(),
            "br" => self.page.line_break(),
            "ul" | "ol" | "menu" | "dir" => {
                if self.lists.pop().is_some() {
                    self.page.close_list();
                }
                self.page.gap(self.paragraph());
            }
            "blockquote" => {
                self.page.close_quote();
                self.page.gap(self.paragraph());
            }
            "tr" => self.page.end_row(),
            "td" | "th" => {}
            "q" => self.page.text("\""),
            "table" => {
                self.page.end_row();
                self.page.gap(self.paragraph());
            }
            _ => self.page.gap(self.around(name)),
        }
        if is_heading(name) {
            self.page.close(Mark::Bold);
        }
    }

    /// What lies around an element that has nothing else to it.
    fn around(&self, name: &str) -> Gap {
        if is_heading(name) || matches!(name, "table" | "dl" | "figure" | "fieldset" | "form") {
            return self.paragraph();
        }
        if is_block(name) { Gap::Line } else { Gap::None }
    }

    /// What lies around a paragraph: in a list, only a line break.
    fn paragraph(&self) -> Gap {
        if self.is_tight || !self.lists.is_empty() { Gap::Line } else { Gap::Paragraph }
    }

    fn open_list(&mut self, number: Option<u64>) {
        self.page.gap(self.paragraph());
        self.lists.push(number);
        self.page.open_list();
    }

    fn item(&mut self) {
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                let marker = format!("{number}. ");
                *number = number.saturating_add(1);
                marker
            }
            _ => "- ".to_owned(),
        };
        self.page.item(marker);
    }

    fn picture(&mut self, tag: &StartTag<()>) {
        // A pixel that tells the sender that a mail was opened.
        if attribute(tag, "width") == "1" || attribute(tag, "height") == "1" {
            return;
        }
        let words = attribute(tag, "alt");
        if is_emoji(&words) {
            return self.page.text(&words);
        }
        self.page.space();
        self.page.text(&words);
        self.page.space();
        self.page.picture(&attribute(tag, "src"));
    }
}

/// The text of `<pre>`, as it stands.
#[derive(Debug, Default)]
struct Preformatted {
    lines: String,
    /// How many more are open inside.
    inside: usize,
    /// Where a link leads, and where its text begins.
    link: Option<(String, usize)>,
}

impl Preformatted {
    fn start(&mut self, name: &str, tag: &StartTag<()>) {
        match name {
            "pre" => self.inside = self.inside.saturating_add(1),
            "br" => self.lines.push('\n'),
            "a" => self.link = link::shown(&attribute(tag, "href")).map(|address| (address, self.lines.len())),
            _ => {}
        }
    }

    /// Whether this was its end.
    fn end(&mut self, name: &str) -> bool {
        match name {
            "pre" => match self.inside.checked_sub(1) {
                Some(inside) => self.inside = inside,
                None => return true,
            },
            "a" => {
                if let Some((address, start)) = self.link.take()
                    && !link::says(self.lines.get(start..).unwrap_or_default(), &address)
                {
                    self.lines.extend([" (", &address, ")"]);
                }
            }
            _ => {}
        }
        false
    }
}

fn attribute<'a>(tag: &'a StartTag<()>, name: &str) -> Cow<'a, str> {
    tag.attributes.get(name.as_bytes()).map(|value| utf8(value)).unwrap_or_default()
}

fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
