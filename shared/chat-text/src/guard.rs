//! What of a Markdown text is no Markdown: addresses, names of files, paths.
//!
//! Agents paste them, and every sign in them is a letter: `https://wiki.example/Guia_-_Peca_(completo)`, `__init__.py`,
//! `_ana_@x.example`, `\\\\servidor\\pasta`. Before the text is read as Markdown those signs become letters that no parser knows (private use), and are
//! put back in what comes out. Pure.

use std::borrow::Cow;

/// The signs of Markdown that may stand in an address or a name.
const SIGNS: [char; 15] = ['*', '_', '~', '`', '[', ']', '(', ')', '<', '>', '&', '\\', '!', '#', '|'];
/// The letter that stands for the first of them: the beginning of a plane of private use (Unicode, plane 15).
const FIRST: u32 = 0xF_0000;
/// Signs of emphasis and code.
const EMPHASIS: [char; 4] = ['*', '_', '~', '`'];
/// What ends a sentence that an address stands in.
const PUNCTUATION: [char; 8] = ['.', ',', ';', ':', '!', '?', '"', '\''];
/// The longest end of a file's name, its dot not counted.
const MAX_END: usize = 5;

/// The text with its guarded signs. `None` where there is nothing to guard, or where it has such letters itself.
pub(super) fn guarded(source: &str) -> Option<String> {
    if source.chars().any(|letter| sign_of(letter).is_some()) {
        return None;
    }
    let mut out = String::with_capacity(source.len());
    let mut is_any = false;
    for line in source.split_inclusive('\n') {
        let mut before = 0;
        let mut last = "";
        for token in line.split_inclusive(char::is_whitespace) {
            let word = token.trim_end();
            let line_before = line.get(..before).unwrap_or_default();
            before = before.saturating_add(token.len());
            // Where a definition leads is Markdown's own: `[nota]: https://x.example`.
            let spans = if last.ends_with("]:") { Vec::new() } else { spans(word, line_before) };
            let mut from = 0;
            for (start, end) in spans {
                out.push_str(word.get(from..start).unwrap_or_default());
                out.extend(word.get(start..end).unwrap_or_default().chars().map(letter_of));
                is_any = true;
                from = end;
            }
            out.push_str(token.get(from..).unwrap_or_default());
            if !word.is_empty() {
                last = word;
            }
        }
    }
    is_any.then_some(out)
}

/// The text with its signs again.
pub(super) fn restored(text: &str) -> Cow<'_, str> {
    if text.chars().any(|letter| sign_of(letter).is_some()) {
        text.chars().map(|letter| sign_of(letter).unwrap_or(letter)).collect::<String>().into()
    } else {
        text.into()
    }
}

fn letter_of(sign: char) -> char {
    let at = SIGNS.iter().position(|known| *known == sign).and_then(|at| u32::try_from(at).ok());
    at.and_then(|at| char::from_u32(FIRST.saturating_add(at))).unwrap_or(sign)
}

fn sign_of(letter: char) -> Option<char> {
    let at = u32::from(letter).checked_sub(FIRST)?;
    SIGNS.get(usize::try_from(at).ok()?).copied()
}

/// What is guarded of a word, `before` being what stands before it on its line.
fn spans(word: &str, before: &str) -> Vec<(usize, usize)> {
    if !word.contains(SIGNS) {
        return Vec::new();
    }
    let mut spans = Vec::new();
    let mut from = 0;
    let mut is_address = false;
    while let Some(start) = address_start(word, from) {
        is_address = true;
        let end = address_end(word, start, before);
        let around = word.get(..start).unwrap_or_default();
        // A link's target, and what stands in `<…>`, are Markdown's own.
        if !around.ends_with("](") && !around.ends_with('<') {
            spans.push((start, end));
        }
        from = end.max(start.saturating_add(1));
    }
    if !is_address {
        match mail(word) {
            Some(span) => spans.push(span),
            None => spans.extend(named(word)),
        }
    }
    spans
}

/// Where the next web address begins.
fn address_start(word: &str, from: usize) -> Option<usize> {
    let lower = word.to_ascii_lowercase();
    let rest = lower.get(from..)?;
    let starts = ["http://", "https://", "www."].iter().filter_map(|scheme| {
        let at = from.saturating_add(rest.find(scheme)?);
        let before = word.get(..at)?.chars().next_back();
        before.is_none_or(|before| !before.is_alphanumeric()).then_some(at)
    });
    starts.min()
}

/// Where an address ends: at a blank, or before what closes around it and what ends the sentence.
fn address_end(word: &str, start: usize, before: &str) -> usize {
    let around = word.get(..start).unwrap_or_default();
    let mut address = word.get(start..).unwrap_or_default();
    let cut = |address: &mut &str, at: Option<usize>| {
        if let Some(cut) = at.and_then(|at| address.get(..at)) {
            *address = cut;
        }
    };
    let at = address.find(['<', '>', '"']);
    cut(&mut address, at);
    let at = address.find("](");
    cut(&mut address, at);
    if around.ends_with('[') {
        let at = address.find(']');
        cut(&mut address, at);
    }
    while let Some(last) = address.chars().next_back() {
        let count = |sign: char| address.chars().filter(|letter| *letter == sign).count();
        let is_apart = match last {
            ')' => count(')') > count('('),
            ']' => count(']') > count('['),
            // A sign that was opened before the address is closed behind it.
            sign if EMPHASIS.contains(&sign) => before.contains(sign) || around.contains(sign),
            other => PUNCTUATION.contains(&other),
        };
        if !is_apart {
            break;
        }
        address = address.get(..address.len().saturating_sub(last.len_utf8())).unwrap_or_default();
    }
    start.saturating_add(address.len())
}

/// A mail address, but one in `<…>`.
fn mail(word: &str) -> Option<(usize, usize)> {
    let at = word.find('@')?;
    let is_local = |letter: char| letter.is_alphanumeric() || "._%+*~&'-".contains(letter);
    let is_domain = |letter: char| letter.is_alphanumeric() || letter == '.' || letter == '-';
    let (local, rest) = word.split_at(at);
    let mut local = local.get(local.trim_end_matches(is_local).len()..)?;
    let behind = rest.get(1..)?;
    let domain =
        behind.get(..behind.find(|letter| !is_domain(letter)).unwrap_or(behind.len()))?.trim_end_matches(['.', '-']);
    // What is emphasised has the same sign behind it.
    let behind = behind.get(domain.len()..)?;
    if let Some(sign) = behind.chars().next().filter(|sign| EMPHASIS.contains(sign)) {
        local = local.trim_start_matches(sign);
    }
    let start = at.checked_sub(local.len())?;
    let is_one = !local.is_empty() && domain.contains('.') && !word.get(..start)?.ends_with('<');
    is_one.then(|| (start, at.saturating_add(1).saturating_add(domain.len())))
}

/// The names of files that have signs in them, or a path of Windows.
fn named(word: &str) -> Vec<(usize, usize)> {
    let mut core = word.trim_start_matches(['(', '[', '{', '"', '\'']);
    let mut start = word.len().saturating_sub(core.len());
    core = core.trim_end_matches([')', ']', '}', '"', '\'', '.', ',', ';', ':', '!', '?']);
    // Signs at both ends are emphasis.
    while let Some(sign) = core.chars().next().filter(|sign| EMPHASIS.contains(sign)) {
        let Some(inside) = core.strip_prefix(sign).and_then(|core| core.strip_suffix(sign)) else { break };
        core = inside;
        start = start.saturating_add(1);
    }
    let is_path = {
        let mut letters = core.chars();
        match (letters.next(), letters.next(), letters.next()) {
            (Some('\\'), Some('\\'), Some(name)) => name.is_alphanumeric(),
            (Some(drive), Some(':'), Some('\\')) => drive.is_ascii_alphabetic(),
            _ => false,
        }
    };
    if is_path {
        return vec![(start, start.saturating_add(core.len()))];
    }
    let mut spans = Vec::new();
    for part in core.split_inclusive([',', ';', '/', '|']) {
        let name = part.trim_end_matches([',', ';', '/', '|']);
        if is_file_name(name) {
            spans.push((start, start.saturating_add(name.len())));
        }
        start = start.saturating_add(part.len());
    }
    spans
}

fn is_file_name(name: &str) -> bool {
    let Some((stem, end)) = name.rsplit_once('.') else { return false };
    let is_letter = |letter: char| letter.is_alphanumeric() || "_-.*~%+()".contains(letter);
    let is_end = (1..=MAX_END).contains(&end.len())
        && end.bytes().all(|letter| letter.is_ascii_alphanumeric())
        && end.bytes().any(|letter| letter.is_ascii_alphabetic())
        // `*Sim*.Ok` is two sentences.
        && (end.bytes().all(|letter| !letter.is_ascii_uppercase()) || end.bytes().all(|letter| !letter.is_ascii_lowercase()));
    is_end && !stem.is_empty() && stem.contains(EMPHASIS) && stem.chars().all(is_letter)
}
