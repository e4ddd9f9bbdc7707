//! What a file is, by its bytes. What its sender says counts where the bytes do not speak, and where both name one container: a voice note is
//! Opus in Ogg, and `audio/ogg`, `audio/opus` and `voice/ogg` are names of that. The bytes overrule only a lie.
//!
//! Pure. A browser that opens a link shows pictures, sound, films and PDF, and saves all else, since a page or a drawing
//! with a script in it would run. Programs are not passed on at all, as mail services have it.

use super::names::{extension_of, is_one_container, registered, taken};

/// The essence of a MIME type: lower case, without parameters.
fn essence(mime: &str) -> String {
    mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A type as it is passed on: itself in lower case, since it is compared with others, its parameters as they came.
fn canonical(mime: &str) -> String {
    match mime.split_once(';') {
        Some((_, parameters)) => format!("{};{parameters}", essence(mime)),
        None => essence(mime),
    }
}

/// How many bytes of the beginning tell.
pub(super) const HEAD: usize = 8 * 1024;

/// What a file is, and what is done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// A MIME type of visible ASCII, with the sender's parameters where they fit (`audio/ogg; codecs=opus` is a voice note).
    pub mime: String,
    /// A browser may show it in its window.
    pub inline: bool,
    /// Whether files of this kind are refused, because they are programs.
    pub refused: bool,
    /// The usual end of its name, without the dot.
    pub extension: &'static str,
    /// Whether the bytes themselves say what it is, and not a container that many kinds share.
    pub known: bool,
}

const UNKNOWN: &str = "application/octet-stream";

/// Ends of names that some system runs when it is told to open the file.
const PROGRAMS: [&str; 27] = [
    "ade", "apk", "app", "bat", "cab", "chm", "cmd", "com", "cpl", "dll", "dmg", "exe", "hta", "iso", "jar", "js",
    "jse", "lnk", "msc", "msi", "pif", "ps1", "scr", "sh", "vbe", "vbs", "wsf",
];

/// What bytes of a program with such an end may look like, where they look like anything; all others look like nothing that is known, or
/// like a program in any case.
const AGREEING: [(&str, &[&str]); 4] = [
    ("application/zip", &["apk", "jar", "app"]),
    ("application/x-ole-storage", &["msi"]),
    ("application/vnd.ms-cab-compressed", &["cab"]),
    ("text/", &["bat", "cmd", "hta", "js", "jse", "msc", "ps1", "sh", "vbe", "vbs", "wsf"]),
];

/// What the library counts among programs, and no system runs: certificates, a machine's disk, and objects, which it tells by two bytes.
const NO_PROGRAMS: [&str; 5] = ["der", "pem", "qcow2", "obj", "bc"];

/// What the library tells by a few letters that a text may begin with (`BM`, `MZ`, `ID3`).
const LIKE_TEXT: [&str; 9] = [
    "image/bmp",
    "application/vnd.microsoft.portable-executable",
    "application/x-bzip2",
    "audio/x-ape",
    "audio/x-dsf",
    "audio/mpeg",
    "application/x-cpio",
    "image/vnd.dwg",
    "application/x-par2",
];

/// Whether a system runs what has such a name, whatever it is.
pub(super) fn ends_as_program(end: &str) -> bool {
    PROGRAMS.contains(&end.to_ascii_lowercase().as_str())
}

/// What a file is that begins with `head` ([`HEAD`] bytes are enough).
pub fn kind_of(head: &[u8], declared: Option<&str>, name: Option<&str>) -> Kind {
    let end = name.and_then(|name| name.rsplit_once('.')).map(|(_, end)| end.trim().to_ascii_lowercase());
    let declared = declared.map(str::trim).filter(|mime| is_mime(mime));
    let sniffed = sniff(head);
    let (mime, extension) = named(sniffed, declared);
    let is_program = |(_, extension): (&str, &str)| infer::is_app(head) && !NO_PROGRAMS.contains(&extension);
    let agrees = |end: &String| {
        let agrees = |sniffed: &str| {
            AGREEING.iter().any(|(kind, ends)| sniffed.starts_with(kind) && ends.contains(&end.as_str()))
        };
        sniffed.is_none_or(|(sniffed, _)| agrees(sniffed))
    };
    let by_name = end.as_ref().is_some_and(|end| ends_as_program(end) && agrees(end));
    Kind {
        // Markup is recognised late in a file or never, and would run in a window.
        inline: sniffed.is_some_and(|(sniffed, _)| shows(sniffed)) && shows(&essence(&mime)),
        refused: sniffed.is_some_and(is_program) || by_name,
        known: sniffed.is_some_and(|(sniffed, _)| shows(sniffed)),
        extension,
        mime,
    }
}

/// What the bytes say: the library's name and end. `None` where they say nothing, or no more than a text says by chance.
fn sniff(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let found = infer::get(head).map(|kind| (kind.mime_type(), kind.extension()));
    found.filter(|(mime, _)| *mime != UNKNOWN && !(LIKE_TEXT.contains(mime) && is_text(head)))
}

/// Whether all of it is written in UTF-8 without control characters. The last character may be cut.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            head.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{C}'))
}

/// How a file is called, and what its name ends in, by what the bytes say (the library's name and end) and what its sender says.
pub(super) fn named(sniffed: Option<(&'static str, &'static str)>, declared: Option<&str>) -> (String, &'static str) {
    let said = declared.map(essence).filter(|said| said != UNKNOWN);
    // A family of the channels' own is no MIME type: what it means is taken.
    let meant = said.as_deref().map(registered);
    let mime = match (sniffed, declared, &said, &meant) {
        (Some((sniffed, _)), Some(declared), Some(said), Some(meant)) if is_one_container(sniffed, meant) => {
            if meant == said { canonical(declared) } else { settled(sniffed, meant) }
        }
        (Some((sniffed, _)), ..) => taken(sniffed).to_owned(),
        (None, Some(declared), Some(said), Some(meant)) => {
            if meant == said {
                canonical(declared)
            } else {
                meant.clone()
            }
        }
        (None, ..) => UNKNOWN.to_owned(),
    };
    let extension =
        extension_of(&essence(&mime)).or_else(|| sniffed.map(|(_, end)| end).filter(|end| !ends_as_program(end)));
    (mime, extension.unwrap_or("bin"))
}

/// The name that channels take for a container of which the sender named the family only: sound in it is sound.
fn settled(sniffed: &str, meant: &str) -> String {
    let taken = taken(sniffed);
    let family = |mime: &str| mime.split('/').next().unwrap_or_default().to_owned();
    if family(taken) == family(meant) { taken.to_owned() } else { meant.to_owned() }
}

fn shows(mime: &str) -> bool {
    let family = mime.split('/').next().unwrap_or_default();
    (matches!(family, "image" | "audio" | "video") && mime != "image/svg+xml") || mime == "application/pdf"
}

/// A type and a subtype, and nothing that would break a header.
fn is_mime(mime: &str) -> bool {
    let visible = mime.len() <= 100 && mime.bytes().all(|b| matches!(b, b' '..=b'~'));
    let wild = mime.contains('*');
    visible && !wild && mime.split_once('/').is_some_and(|(family, kind)| !family.is_empty() && !kind.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00";
    /// The first page of a voice note: twenty bytes after its flags, one segment of nineteen bytes, and the head of Opus (RFC 3533, RFC 7845).
    const OGG: &[u8] = b"OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x2a\xf3\x51\x0b\x00\x00\x00\x00\x9c\x1f\x5e\x77\x01\x13OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00";
    const ZIP: &[u8] = b"PK\x03\x04\x14\x00\x00\x00\x08\x00";
    const EXE: &[u8] = b"MZ\x90\x00\x03\x00\x00\x00";
    const ELF: &[u8] = b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";

    #[track_caller]
    fn check(head: &[u8], declared: &str, name: &str, expected: (&str, bool, bool)) {
        let declared = Some(declared).filter(|mime| !mime.is_empty());
        let kind = kind_of(head, declared, Some(name).filter(|name| !name.is_empty()));
        assert_eq!((kind.mime.as_str(), kind.inline, kind.refused), expected, "{declared:?} {name}");
    }

    #[test]
    fn the_bytes_say_what_it_is() {
        check(JPEG, "image/jpeg", "foto.jpg", ("image/jpeg", true, false));
        check(JPEG, "text/html", "page.html", ("image/jpeg", true, false));
        check(b"%PDF-1.7\n", "", "", ("application/pdf", true, false));
        check(OGG, "audio/ogg; codecs=opus", "", ("audio/ogg; codecs=opus", true, false));
        check(OGG, "voice/*", "", ("audio/ogg; codecs=opus", true, false));
        // Whoever looks at a type compares it in lower case; a parameter's value may mean its own.
        check(JPEG, "Image/JPEG", "", ("image/jpeg", true, false));
        check(OGG, " Audio/Ogg ;Codecs=OPUS", "", ("audio/ogg;Codecs=OPUS", true, false));
        check(
            ZIP,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "a.docx",
            ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", false, false),
        );
        check(ZIP, "image/png", "a.png", ("application/zip", false, false));
    }

    #[test]
    fn where_they_do_not_speak_the_sender_is_believed_and_nothing_is_shown() {
        check(b"a;b\n1;2\n", "text/csv", "a.csv", ("text/csv", false, false));
        check(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "a.svg", ("image/svg+xml", false, false));
        check(b"a;b\n1;2\n", "Text/CSV", "a.csv", ("text/csv", false, false));
        check(b"alert(1)", "image/png", "a.png", ("image/png", false, false));
        check(b"", "", "", ("application/octet-stream", false, false));
        check(b"x", "text/plain\r\nset-cookie: a", "", ("application/octet-stream", false, false));
        assert_eq!(kind_of(b"x", Some("text/plain"), None).extension, "txt");
    }

    #[test]
    fn programs_are_refused_whatever_they_are_called() {
        check(EXE, "image/png", "foto.png", (kind_of(EXE, None, None).mime.as_str(), false, true));
        assert!(kind_of(ELF, None, None).refused);
        check(b"rem", "text/plain", "fatura.PDF.bat", ("text/plain", false, true));
        check(ZIP, "", "app.APK", ("application/zip", false, true));
        check(b"<script>", "", "nota.hta", ("text/html", false, true));
        check(b"@echo off\r\n", "", "boleto.cmd", ("application/octet-stream", false, true));
    }

    #[test]
    fn an_ending_decides_only_where_the_bytes_agree_or_say_nothing() {
        for (head, name, mime) in [
            (&b"%PDF-1.7\n"[..], "Proposta minhaloja.com", "application/pdf"),
            (JPEG, "print do site loja.com", "image/jpeg"),
            (ZIP, "planilha lojinha.com", "application/zip"),
            (OGG, "recado.scr", "audio/ogg; codecs=opus"),
            (b"\x89PNG\r\n\x1a\n", "logo.app", "image/png"),
            (b"GIF89a\x01\x00", "a.js", "image/gif"),
        ] {
            check(head, "", name, (mime, shows(mime), false));
        }
        // A table that begins as a program does, or a picture.
        check(b"MZ;Manaus;12\nBM;Belem;3\n", "text/csv", "lojas.csv", ("text/csv", false, false));
        check(b"BM;Belem;3\n", "text/csv", "lojas.csv", ("text/csv", false, false));
        // A certificate is none.
        let certificate = [&b"\x30\x82\x05\xe3\x02\x01\x03\x30\x82"[..], &[0x55; 40]].concat();
        assert!(!kind_of(&certificate, Some("application/x-pkcs12"), Some("empresa.pfx")).refused);
    }

    #[test]
    fn a_voice_note_is_called_what_channels_take() {
        for (declared, mime) in [
            ("audio/ogg; codecs=opus", "audio/ogg; codecs=opus"),
            ("audio/ogg", "audio/ogg"),
            ("application/ogg", "application/ogg"),
            ("voice/ogg", "audio/ogg; codecs=opus"),
            ("Voice/Ogg; codecs=opus", "audio/ogg; codecs=opus"),
            ("voice/opus", "audio/ogg; codecs=opus"),
            ("audio/opus", "audio/ogg; codecs=opus"),
            ("application/octet-stream", "audio/ogg; codecs=opus"),
            ("", "audio/ogg; codecs=opus"),
            ("image/png", "audio/ogg; codecs=opus"),
        ] {
            check(OGG, declared, "", (mime, shows(&essence(mime)), false));
            let declared = Some(declared).filter(|mime| !mime.is_empty());
            assert_eq!(kind_of(OGG, declared, None).extension, "ogg", "{declared:?}");
        }
    }
}
