//! Names of files: safe on every system, and as a header. Pure.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::LONGEST_NAME;
use crate::fetch::is_unseen;

/// What RFC 5987 does not allow bare in `filename*`.
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b'\'')
    .add(b'(')
    .add(b')')
    .add(b'*')
    .add(b',')
    .add(b'/')
    .add(b':')
    .add(b';')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'@')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'{')
    .add(b'}')
    .add(b'|');

/// The name as a person may save it: letters of any script stay, what a path, a shell or the reading direction could be
/// tricked with goes. One that is missing is made from what the file is. Never empty, at most [`LONGEST_NAME`] characters.
pub fn safe_name(name: Option<&str>, mime: &str, extension: &str) -> String {
    let name: String = name.unwrap_or_default().chars().map(|c| if is_safe(c) { c } else { '_' }).collect();
    let name = name.trim_matches(|c: char| c == '.' || c == '_' || c.is_whitespace());
    if name.is_empty() {
        let family = mime.split('/').next().unwrap_or_default();
        let family = if matches!(family, "image" | "audio" | "video") { family } else { "file" };
        return format!("{family}.{extension}");
    }
    let length = name.chars().count();
    if length <= LONGEST_NAME {
        return name.to_owned();
    }
    // The end of a long name says what opens it.
    let end: String = match name.rsplit_once('.') {
        Some((_, end)) if end.chars().count() <= 8 => format!(".{end}"),
        _ => String::new(),
    };
    name.chars().take(LONGEST_NAME - end.chars().count()).chain(end.chars()).collect()
}

fn is_safe(c: char) -> bool {
    let path = matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    // Marks that turn the reading direction around make `gpj.exe` of `exe.jpg`; zero-width ones hide in a name.
    !path && !is_unseen(c) && !c.is_control()
}

/// The header `Content-Disposition` (RFC 6266): a name in ASCII for old programs, and the real one.
pub fn disposition(inline: bool, name: &str) -> String {
    let kind = if inline { "inline" } else { "attachment" };
    let plain: String = name.chars().map(|c| if c.is_ascii() && c != '"' && c != '\\' { c } else { '_' }).collect();
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, UNSAFE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_safe_and_stays_readable() {
        let check =
            |name: Option<&str>, expected: &str| assert_eq!(safe_name(name, "application/pdf", "pdf"), expected);
        check(Some("Certidão – João.pdf"), "Certidão – João.pdf");
        check(Some("../../etc/passwd"), "etc_passwd");
        check(Some("C:\\temp\\a.pdf"), "C__temp_a.pdf");
        check(Some("gpj.\u{202e}exe.pdf"), "gpj._exe.pdf");
        for hidden in ['\u{ad}', '\u{61c}', '\u{180e}', '\u{200b}', '\u{2028}', '\u{202e}', '\u{2066}', '\u{feff}'] {
            check(Some(&format!("gpj.{hidden}exe.pdf")), "gpj._exe.pdf");
            check(Some(&hidden.to_string()), "file.pdf");
        }
        check(Some(" .. "), "file.pdf");
        check(None, "file.pdf");
        check(Some("a\r\nb\"c.pdf"), "a__b_c.pdf");
        assert_eq!(safe_name(None, "audio/ogg; codecs=opus", "ogg"), "audio.ogg");
        let long = safe_name(Some(&format!("{}.docx", "é".repeat(300))), "x/y", "bin");
        assert!(long.ends_with("é.docx") && long.chars().count() == LONGEST_NAME);
    }

    #[test]
    fn a_disposition_holds_both_names() {
        assert_eq!(
            disposition(false, "Certidão 1.pdf"),
            "attachment; filename=\"Certid_o 1.pdf\"; filename*=UTF-8''Certid%C3%A3o%201.pdf"
        );
        assert!(disposition(true, "a.jpg").starts_with("inline; "));
    }
}
