//! What a file is, by its bytes. What its sender says counts only where the bytes do not speak.
//!
//! Pure. A browser that opens a link shows pictures, sound, films and PDF, and saves all else, since a page or a drawing
//! with a script in it would run. Programs are not passed on at all, as mail services have it.

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
    /// It is a program.
    pub refused: bool,
    /// The usual end of its name, without the dot.
    pub extension: &'static str,
}

const UNKNOWN: &str = "application/octet-stream";

/// Containers that look alike from outside: the sender's word for what is in them is taken.
const CONTAINERS: [(&str, &[&str]); 4] = [
    (
        "application/zip",
        &["application/vnd.openxmlformats", "application/vnd.oasis.opendocument", "application/epub+zip"],
    ),
    ("application/x-ole-storage", &["application/msword", "application/vnd.ms-", "application/x-ole-storage"]),
    ("audio/ogg", &["audio/opus", "application/ogg", "video/ogg"]),
    ("video/mp4", &["audio/mp4", "audio/m4a", "audio/x-m4a", "audio/aac"]),
];

/// Ends of names that some system runs when it is told to open the file.
const PROGRAMS: [&str; 27] = [
    "ade", "apk", "app", "bat", "cab", "chm", "cmd", "com", "cpl", "dll", "dmg", "exe", "hta", "iso", "jar", "js",
    "jse", "lnk", "msc", "msi", "pif", "ps1", "scr", "sh", "vbe", "vbs", "wsf",
];

/// What a file is that begins with `head` ([`HEAD`] bytes are enough).
pub fn kind_of(head: &[u8], declared: Option<&str>, name: Option<&str>) -> Kind {
    let end = name.and_then(|name| name.rsplit_once('.')).map(|(_, end)| end.trim().to_ascii_lowercase());
    let program = infer::is_app(head) || end.as_deref().is_some_and(|end| PROGRAMS.contains(&end));
    let declared = declared.map(str::trim).filter(|mime| is_mime(mime));
    let said = declared.map(essence).unwrap_or_default();
    let sniffed = infer::get(head);
    let mime = match sniffed.map(|kind| kind.mime_type()) {
        Some(sniffed) if same(sniffed, &said) => canonical(declared.unwrap_or(sniffed)),
        Some(sniffed) => sniffed.to_owned(),
        None => canonical(declared.unwrap_or(UNKNOWN)),
    };
    Kind {
        // Markup is recognised late in a file or never, and would run in a window.
        inline: sniffed.is_some() && shows(&essence(&mime)),
        refused: program,
        extension: sniffed.map_or_else(|| extension_of(&said), |kind| kind.extension()),
        mime,
    }
}

/// Whether what the bytes say and what the sender says are one kind.
fn same(sniffed: &str, said: &str) -> bool {
    let inside =
        |(container, kinds): &(&str, &[&str])| *container == sniffed && kinds.iter().any(|kind| said.starts_with(kind));
    sniffed == said || CONTAINERS.iter().any(inside)
}

fn shows(mime: &str) -> bool {
    let family = mime.split('/').next().unwrap_or_default();
    (matches!(family, "image" | "audio" | "video") && mime != "image/svg+xml") || mime == "application/pdf"
}

fn extension_of(said: &str) -> &'static str {
    match said {
        "text/plain" => "txt",
        "text/csv" => "csv",
        "text/html" => "html",
        "application/json" => "json",
        "application/xml" | "text/xml" => "xml",
        _ => "bin",
    }
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
    const OGG: &[u8] = b"OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00OpusHead";
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
        check(OGG, "voice/*", "", ("audio/ogg", true, false));
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
    }
}
