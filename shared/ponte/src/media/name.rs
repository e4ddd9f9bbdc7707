//! Names of files: safe on every system, and as a header. Pure.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{
    kind::{Kind, ends_as_program},
    names::is_end,
};
use crate::fetch::is_unseen;

/// The longest name of a file, in characters. With every one of them percent-encoded it still fits into a header.
pub const MAX_NAME: usize = 120;
/// What stands behind the last dot of a name is an end up to this many characters.
const MAX_END: usize = 8;

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
/// tricked with goes. One that is missing is made from what the file is; one that ends in nothing a system opens, or in what a system would
/// run, gets the end of what the bytes are (`Proposta minhaloja.com` is a PDF). Never empty, at most [`MAX_NAME`] characters.
pub fn safe_name(name: Option<&str>, kind: &Kind) -> String {
    let name: String = name.unwrap_or_default().chars().map(|c| if is_safe(c) { c } else { '_' }).collect();
    let name = name.trim_matches(|c: char| c == '.' || c == '_' || c.is_whitespace());
    if name.is_empty() {
        let family = kind.mime.split('/').next().unwrap_or_default();
        let family = if matches!(family, "image" | "audio" | "video") { family } else { "file" };
        return format!("{family}.{}", kind.extension);
    }
    let (stem, end) = match end_of(name, kind) {
        Some(end) => (name.get(..name.len().saturating_sub(end.len())).unwrap_or(name), end.to_owned()),
        None if kind.extension == "bin" => (name, String::new()),
        None => (name, format!(".{}", kind.extension)),
    };
    let room = MAX_NAME.saturating_sub(end.chars().count());
    stem.chars().take(room).chain(end.chars()).collect()
}

/// The end of a name, its dot included, where it says what opens the file. Where the bytes do not say themselves what they are, any end may.
fn end_of<'a>(name: &'a str, kind: &Kind) -> Option<&'a str> {
    let (_, end) = name.rsplit_once('.')?;
    let is_one = (1..=MAX_END).contains(&end.chars().count()) && end.chars().all(char::is_alphanumeric);
    let is_known = is_end(end) && !ends_as_program(end);
    let says = is_known || (!kind.known && !ends_as_program(end) && end.chars().any(char::is_alphabetic));
    // Programs whose bytes agree are refused before; what is left with such an end is no program, and must not become one.
    (is_one && says).then(|| name.get(name.len().saturating_sub(end.len().saturating_add(1))..))?
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

    fn kind(mime: &str, extension: &'static str, known: bool) -> Kind {
        Kind { mime: mime.to_owned(), extension, known, inline: known, refused: false }
    }

    #[test]
    fn a_name_is_safe_and_stays_readable() {
        let check = |name: Option<&str>, expected: &str| {
            assert_eq!(safe_name(name, &kind("application/pdf", "pdf", true)), expected);
        };
        check(Some("Certidão – João.pdf"), "Certidão – João.pdf");
        check(Some("../../etc/passwd"), "etc_passwd.pdf");
        check(Some("C:\\temp\\a.pdf"), "C__temp_a.pdf");
        check(Some("gpj.\u{202e}exe.pdf"), "gpj._exe.pdf");
        for hidden in ['\u{ad}', '\u{61c}', '\u{180e}', '\u{200b}', '\u{2028}', '\u{202e}', '\u{2066}', '\u{feff}'] {
            check(Some(&format!("gpj.{hidden}exe.pdf")), "gpj._exe.pdf");
            check(Some(&hidden.to_string()), "file.pdf");
        }
        check(Some(" .. "), "file.pdf");
        check(None, "file.pdf");
        check(Some("a\r\nb\"c.pdf"), "a__b_c.pdf");
        assert_eq!(safe_name(None, &kind("audio/ogg; codecs=opus", "ogg", true)), "audio.ogg");
        let long = safe_name(Some(&format!("{}.docx", "é".repeat(300))), &kind("x/y", "bin", false));
        assert!(long.ends_with("é.docx") && long.chars().count() == MAX_NAME);
    }

    #[test]
    fn a_name_ends_in_what_the_bytes_are() {
        let pdf = kind("application/pdf", "pdf", true);
        let jpeg = kind("image/jpeg", "jpg", true);
        let table = kind("text/csv", "csv", false);
        let package = kind("application/zip", "zip", false);
        for (name, kind, expected) in [
            ("Proposta minhaloja.com", &pdf, "Proposta minhaloja.com.pdf"),
            ("Proposta minhaloja.com.br", &pdf, "Proposta minhaloja.com.br.pdf"),
            ("Relatório v1.2", &pdf, "Relatório v1.2.pdf"),
            ("Contrato Dr. Silva", &pdf, "Contrato Dr. Silva.pdf"),
            ("etiqueta", &jpeg, "etiqueta.jpg"),
            ("foto.JPEG", &jpeg, "foto.JPEG"),
            ("foto.exe", &jpeg, "foto.exe.jpg"),
            // A wrong end of a known kind is the sender's affair.
            ("foto.png", &jpeg, "foto.png"),
            ("movimento", &table, "movimento.csv"),
            ("retorno.ret", &table, "retorno.ret"),
            ("painel.pbix", &package, "painel.pbix"),
            ("planilha lojinha.com", &package, "planilha lojinha.com.zip"),
        ] {
            assert_eq!(safe_name(Some(name), kind), expected);
        }
        assert_eq!(safe_name(Some("dados"), &kind("application/octet-stream", "bin", false)), "dados");
        let long = safe_name(Some(&format!("{}.com", "é".repeat(300))), &pdf);
        assert!(long.ends_with("é.pdf") && long.chars().count() == MAX_NAME, "{long}");
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
