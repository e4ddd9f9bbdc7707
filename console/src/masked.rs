//! Who is in a conversation, as far as a page may say it.

use operations::plain;
use ponte::{
    conversation::{CustomerRecord, EntryPoint},
    message::channel_name,
};

/// How many digits of a telephone are shown: enough to tell two rows apart with the customer on the line.
const SHOWN: usize = 2;

/// The customer without a name: of a telephone its last two digits, else the beginning of the key, which is a keyed hash.
pub(crate) fn customer(record: &CustomerRecord) -> String {
    let name = record.address.name();
    let is_number = name.len() >= 8 && name.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && matches!(EntryPoint::of(&record.address), EntryPoint::Bot) {
        let last: String = name.chars().skip(name.len().saturating_sub(SHOWN)).collect();
        return format!("•••• {last}");
    }
    record.key.as_str().chars().take(8).collect()
}

/// The agent's initials.
pub(crate) fn agent(name: &str) -> String {
    let initials: Vec<String> = plain(name)
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
        .map(|first| first.to_uppercase().collect())
        .collect();
    match initials.as_slice() {
        [] => "?".to_owned(),
        [one] => one.clone(),
        [first, .., last] => format!("{first}{last}"),
    }
}

/// The channel's name.
pub(crate) fn channel(record: &CustomerRecord) -> String {
    channel_name(&record.channel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_initials() {
        for (name, expected) in [
            ("Ana Maria Souza", "AS"),
            ("joão", "J"),
            ("<img onerror=x>", "IO"),
            ("\u{202e}Ana", "U"),
            ("", "?"),
            ("…", "?"),
        ] {
            assert_eq!(agent(name), expected, "{name}");
        }
        assert!(agent(&"a ".repeat(10_000)).len() <= 2);
    }
}
