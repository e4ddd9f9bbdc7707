//! Reads from a source which paths it names: the trees of its `use` items, and the paths in its code.

/// One path of a `use` item: `use a::{b as c}` is the path `[a, b]` under the name `c`.
#[derive(Debug, PartialEq)]
pub(super) struct Import {
    pub path: Vec<String>,
    pub name: String,
    /// Whether others may take the name from here.
    pub public: bool,
}

/// What a source names.
#[derive(Debug, Default)]
pub(super) struct Paths {
    pub imports: Vec<Import>,
    /// Paths in the code, as they stand there: `crate::a::f`, `super::g`, `b::h`.
    pub inline: Vec<Vec<String>>,
    /// Every other word of the code, without that of `use` items.
    pub words: Vec<String>,
    /// Modules that only tests have: `#[cfg(test)] mod x;`.
    pub test_modules: Vec<String>,
}

/// Reads a source as `rustfmt` leaves it.
pub(super) fn paths(source: &str) -> Paths {
    let (code, test_modules) = without_tests(source);
    let mut found = Paths { test_modules, ..Paths::default() };
    let mut rest = String::new();
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let item = line.trim_start();
        let visible = item.strip_prefix("pub").map(str::trim_start);
        let visible = visible
            .map(|item| if item.starts_with('(') { item.split_once(") ").map_or("", |(_, item)| item) } else { item });
        if visible.unwrap_or(item).starts_with("mod ") && item.ends_with(';') {
            continue;
        }
        let Some(tree) = visible.unwrap_or(item).strip_prefix("use ") else {
            rest.push_str(line);
            rest.push('\n');
            continue;
        };
        let mut tree = tree.to_owned();
        while !tree.contains(';') {
            let Some(line) = lines.next() else { break };
            tree.push_str(line.trim());
        }
        let tree = tree.split(';').next().unwrap_or_default();
        for (path, name) in leaves(tree) {
            found.imports.push(Import { path, name, public: visible.is_some() });
        }
    }
    let mut path = Vec::new();
    let words = words(&rest);
    for (at, word) in words.iter().enumerate() {
        if word == "::" {
            continue;
        }
        path.push(word.clone());
        if words.get(at + 1).is_none_or(|next| next != "::") {
            let path = std::mem::take(&mut path);
            if path.len() > 1 {
                found.inline.push(path);
            } else {
                found.words.extend(path);
            }
        }
    }
    found.words.extend(found.inline.iter().filter_map(|path| path.first().cloned()));
    found
}

/// The code without comments and without what only tests have, and the modules that only tests have.
pub(crate) fn without_tests(source: &str) -> (String, Vec<String>) {
    let (mut code, mut modules) = (String::new(), Vec::new());
    let mut lines = source.lines().map(without_comment);
    while let Some(line) = lines.next() {
        if !line.trim_start().starts_with("#[cfg(test)]") {
            code.push_str(line);
            code.push('\n');
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let item = lines.by_ref().find(|line| !line.trim_start().starts_with("#[")).unwrap_or_default();
        if let Some(module) = item.trim().strip_suffix(';').and_then(|item| item.split("mod ").nth(1)) {
            modules.push(module.to_owned());
        } else if !item.ends_with(';') && !item.ends_with('}') {
            let ends = |line: &&str| line.len() > indent && matches!(line[indent..].trim_end(), "}" | "};" | ");");
            lines.by_ref().find(ends);
        }
    }
    (code, modules)
}

/// `//` in a string literal is no comment.
fn without_comment(line: &str) -> &str {
    let ends = |at: &usize| line[..*at].matches('"').count().is_multiple_of(2);
    line.match_indices("//").map(|(at, _)| at).find(ends).map_or(line, |at| &line[..at])
}

/// The paths of a tree: `a::{b, c::{d, self}}`. The last name of `x::*` is `*`.
fn leaves(tree: &str) -> Vec<(Vec<String>, String)> {
    let tree = tree.trim();
    let Some((head, group)) = tree.split_once('{') else {
        let (path, alias) = tree.split_once(" as ").map_or((tree, None), |(path, alias)| (path, Some(alias)));
        let mut path: Vec<String> = path.split("::").map(|part| part.trim().to_owned()).collect();
        if path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let name = alias.map_or_else(|| path.last().cloned().unwrap_or_default(), |alias| alias.trim().to_owned());
        return if name.is_empty() { Vec::new() } else { vec![(path, name)] };
    };
    let group = group.rsplit_once('}').map_or(group, |(group, _)| group);
    let (mut depth, mut items) = (0, vec![String::new()]);
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match items.last_mut() {
            Some(_) if letter == ',' && depth == 0 => items.push(String::new()),
            Some(item) => item.push(letter),
            None => {}
        }
    }
    items
        .iter()
        .filter(|item| !item.trim().is_empty())
        .flat_map(|item| leaves(&format!("{head}{}", item.trim())))
        .collect()
}

/// The names of the code and the `::` between them; literals are left out.
fn words(code: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            'r' | 'b' if raw(rest).is_some() => raw(rest).unwrap_or(rest.len()),
            _ if first.is_ascii_alphanumeric() || first == '_' => {
                let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                words.push(rest[..length].to_owned());
                length
            }
            ':' if rest.starts_with("::") => {
                words.push("::".to_owned());
                2
            }
            '"' => string(rest),
            '\'' if rest.starts_with("'\"'") => 3,
            '\'' if rest.starts_with("'\\\"'") => 4,
            _ => {
                // Whatever stands between two names ends a path.
                if !first.is_whitespace() {
                    words.push(String::new());
                }
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The length of the raw string literal that begins here, if one does.
fn raw(code: &str) -> Option<usize> {
    let quote = code.strip_prefix('b').unwrap_or(code).strip_prefix('r')?;
    let hashes = quote.len() - quote.trim_start_matches('#').len();
    let text = quote[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let before = code.len() - text.len();
    Some(text.find(&end).map_or(code.len(), |at| before + at + end.len()))
}

/// The length of the string literal that begins here.
fn string(code: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in code.char_indices().skip(1) {
        match letter {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return at + 1,
            _ => escaped = false,
        }
    }
    code.len()
}
