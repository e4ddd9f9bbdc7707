//! A YAML document as a tree, with the place of each key and value.

use std::collections::BTreeMap;

use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError};

use super::whole;
use crate::{
    path::{Path, Step},
    problem::Problem,
};

/// How deep a document may be. The deepest rule is at 8.
const MAX_DEPTH: usize = 32;

/// Line and column, both from 1.
pub(super) type Place = (usize, usize);

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// A text as written. `plain`: without quotes, so it may be a number or a switch.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Tree>),
    /// Keys in their order, each once.
    Map(Vec<(String, Place, Tree)>),
}

/// A value and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tree {
    pub(super) node: Node,
    pub(super) place: Place,
}

impl Tree {
    /// The one document of a text.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let mut builder = Builder::default();
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| syntax(text, &error))?;
            builder.take(event, place(&span.start))?;
        }
        match builder.done {
            Some(Self { node: Node::Scalar { text, plain: true }, .. }) if text.is_empty() || text == "~" => {
                Err(empty())
            }
            Some(tree) => Ok(tree),
            None => Err(empty()),
        }
    }

    /// Where a path leads, as far as the document goes.
    pub(super) fn place(&self, path: &Path) -> Place {
        let (mut tree, mut place) = (self, self.place);
        for step in &path.0 {
            let next = match (&tree.node, step) {
                (Node::Map(entries), Step::Key(key)) => {
                    entries.iter().find(|(name, ..)| name == key).map(|(_, at, value)| (value, *at))
                }
                (Node::List(items), Step::Index(index)) => items.get(*index).map(|item| (item, item.place)),
                _ => None,
            };
            let Some(next) = next else { break };
            (tree, place) = next;
        }
        place
    }
}

fn empty() -> Problem {
    whole(1, 1, "the file is empty; the shortest document is `version: 1`")
}

fn place(marker: &Marker) -> Place {
    (marker.line(), marker.col().saturating_add(1))
}

/// What the parser says, or what is meant by it.
fn syntax(text: &str, error: &ScanError) -> Problem {
    let (line, column) = place(error.marker());
    let of_line = |number: usize| number.checked_sub(1).and_then(|index| text.lines().nth(index)).unwrap_or_default();
    // The parser tells a tab of indentation in several ways, some of them a line later.
    let has_tab = |number: usize| {
        of_line(number).chars().take_while(|letter| letter.is_whitespace()).any(|letter| letter == '\t')
    };
    if let Some(line) = [line, line.saturating_sub(1)].into_iter().find(|line| has_tab(*line)) {
        return whole(line, 1, "the line begins with a tab; YAML takes only blanks there");
    }
    let message = match error.kind() {
        ErrorKind::RecursionLimitExceeded => format!("the document is deeper than {MAX_DEPTH} levels"),
        ErrorKind::UnknownAnchor => NO_ANCHORS.to_owned(),
        _ => {
            format!(
                "this is not YAML: {}; a text with `:`, `#`, `{{`, `[`, `*`, `&` or a quote in it stands in quotes",
                error.info()
            )
        }
    };
    whole(line, column, &message)
}

const NO_ANCHORS: &str = "anchors (&name) and aliases (*name) are not read; write the value again";

/// What is still open while events come.
enum Open {
    List(Vec<Tree>, Place),
    Map {
        entries: Vec<(String, Place, Tree)>,
        known: BTreeMap<String, usize>,
        key: Option<(String, Place)>,
        place: Place,
    },
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    done: Option<Tree>,
    documents: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, place: Place) -> Result<(), Problem> {
        let (line, column) = place;
        let fail = |message: &str| Err(whole(line, column, message));
        match event {
            Event::DocumentStart(..) => {
                self.documents = self.documents.saturating_add(1);
                if self.documents > 1 { fail("a second document begins here; a file holds one") } else { Ok(()) }
            }
            Event::Scalar(_, _, anchor, tag) if anchor > 0 || tag.is_some() => {
                fail(if anchor > 0 { NO_ANCHORS } else { NO_TAGS })
            }
            Event::SequenceStart(_, anchor, tag) | Event::MappingStart(_, anchor, tag)
                if anchor > 0 || tag.is_some() =>
            {
                fail(if anchor > 0 { NO_ANCHORS } else { NO_TAGS })
            }
            Event::Alias(_) => fail(NO_ANCHORS),
            Event::Scalar(text, style, ..) => self.put(Tree {
                node: Node::Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain },
                place,
            }),
            Event::SequenceStart(..) => self.open(Open::List(Vec::new(), place), place),
            Event::MappingStart(..) => {
                self.open(Open::Map { entries: Vec::new(), known: BTreeMap::new(), key: None, place }, place)
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(items, place)) => self.put(Tree { node: Node::List(items), place }),
                Some(Open::Map { entries, place, .. }) => self.put(Tree { node: Node::Map(entries), place }),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn open(&mut self, open: Open, (line, column): Place) -> Result<(), Problem> {
        if let Some(Open::Map { key: None, .. }) = self.open.last() {
            return Err(whole(line, column, "a key must be a text"));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(whole(line, column, &format!("the document is deeper than {MAX_DEPTH} levels")));
        }
        self.open.push(open);
        Ok(())
    }

    fn put(&mut self, tree: Tree) -> Result<(), Problem> {
        match self.open.last_mut() {
            None => self.done = Some(tree),
            Some(Open::List(items, _)) => items.push(tree),
            Some(Open::Map { entries, known, key, .. }) => {
                if let Some((name, at)) = key.take() {
                    entries.push((name, at, tree));
                    return Ok(());
                }
                let Tree { node: Node::Scalar { text, .. }, place } = tree else { return Ok(()) };
                let (line, column) = place;
                if text == "<<" {
                    return Err(whole(line, column, NO_ANCHORS));
                }
                if let Some(first) = known.insert(text.clone(), line) {
                    return Err(whole(
                        line,
                        column,
                        &format!("the key `{text}` stands twice; the first is in line {first}"),
                    ));
                }
                *key = Some((text, place));
            }
        }
        Ok(())
    }
}

const NO_TAGS: &str = "tags (!name) are not read; write the value without one";
