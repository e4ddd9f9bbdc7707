//! Every pair of what the library tells (`infer`, 0.22: its whole table) and what channels declare.

use super::{kind::named, names::is_one_container};

/// The library's table: name and end.
const TABLE: [(&str, &str); 98] = [
    ("application/wasm", "wasm"),
    ("application/x-executable", "elf"),
    ("application/vnd.microsoft.portable-executable", "exe"),
    ("application/vnd.microsoft.portable-executable", "dll"),
    ("application/java", "class"),
    ("application/x-llvm", "bc"),
    ("application/x-mach-binary", "mach"),
    ("application/vnd.android.dex", "dex"),
    ("application/vnd.android.dey", "dey"),
    ("application/x-x509-ca-cert", "der"),
    ("application/x-executable", "obj"),
    ("application/x-x509-ca-cert", "pem"),
    ("application/x-qemu-disk", "qcow2"),
    ("application/epub+zip", "epub"),
    ("application/x-mobipocket-ebook", "mobi"),
    ("image/jpeg", "jpg"),
    ("image/jp2", "jp2"),
    ("image/png", "png"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("image/x-canon-cr2", "cr2"),
    ("image/tiff", "tif"),
    ("image/bmp", "bmp"),
    ("image/vnd.ms-photo", "jxr"),
    ("image/vnd.adobe.photoshop", "psd"),
    ("image/vnd.microsoft.icon", "ico"),
    ("image/heif", "heif"),
    ("image/avif", "avif"),
    ("image/jxl", "jxl"),
    ("image/openraster", "ora"),
    ("image/vnd.djvu", "djvu"),
    ("image/vnd.dwg", "dwg"),
    ("video/mp4", "mp4"),
    ("video/x-m4v", "m4v"),
    ("video/x-matroska", "mkv"),
    ("video/webm", "webm"),
    ("video/quicktime", "mov"),
    ("video/x-msvideo", "avi"),
    ("video/x-ms-wmv", "wmv"),
    ("video/mpeg", "mpg"),
    ("video/x-flv", "flv"),
    ("audio/midi", "midi"),
    ("audio/mpeg", "mp3"),
    ("audio/m4a", "m4a"),
    ("audio/opus", "opus"),
    ("audio/ogg", "ogg"),
    ("audio/x-flac", "flac"),
    ("audio/x-wav", "wav"),
    ("audio/amr", "amr"),
    ("audio/aac", "aac"),
    ("audio/x-aiff", "aiff"),
    ("audio/x-dsf", "dsf"),
    ("audio/x-ape", "ape"),
    ("application/font-woff", "woff"),
    ("application/font-woff", "woff2"),
    ("application/font-sfnt", "ttf"),
    ("application/font-sfnt", "otf"),
    ("application/msword", "doc"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("application/vnd.ms-powerpoint", "ppt"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
    ("application/vnd.oasis.opendocument.text", "odt"),
    ("application/vnd.oasis.opendocument.spreadsheet", "ods"),
    ("application/vnd.oasis.opendocument.presentation", "odp"),
    ("application/epub+zip", "epub"),
    ("application/zip", "zip"),
    ("application/x-tar", "tar"),
    ("application/x-par2", "par2"),
    ("application/vnd.rar", "rar"),
    ("application/gzip", "gz"),
    ("application/x-bzip2", "bz2"),
    ("application/vnd.bzip3", "bz3"),
    ("application/x-7z-compressed", "7z"),
    ("application/x-xz", "xz"),
    ("application/pdf", "pdf"),
    ("application/x-shockwave-flash", "swf"),
    ("application/rtf", "rtf"),
    ("application/octet-stream", "eot"),
    ("application/postscript", "ps"),
    ("application/vnd.sqlite3", "sqlite"),
    ("application/x-nintendo-nes-rom", "nes"),
    ("application/x-google-chrome-extension", "crx"),
    ("application/vnd.ms-cab-compressed", "cab"),
    ("application/vnd.debian.binary-package", "deb"),
    ("application/x-unix-archive", "ar"),
    ("application/x-compress", "Z"),
    ("application/x-lzip", "lz"),
    ("application/x-rpm", "rpm"),
    ("application/dicom", "dcm"),
    ("application/zstd", "zst"),
    ("application/x-lz4", "lz4"),
    ("application/x-ole-storage", "msi"),
    ("application/x-cpio", "cpio"),
    ("text/html", "html"),
    ("text/xml", "xml"),
    ("text/x-shellscript", "sh"),
];

/// What WhatsApp (Meta's Cloud API, supported media types, 2025), Telegram (Bot API 8), Messenger and Instagram (Messenger Platform,
/// attachments) declare, and what Blip makes of it.
const DECLARED: [&str; 44] = [
    "audio/aac",
    "audio/amr",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "audio/ogg; codecs=opus",
    "text/plain",
    "application/pdf",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/mp4",
    "video/3gpp",
    "application/x-tgsticker",
    "video/webm",
    "video/quicktime",
    "audio/x-m4a",
    "audio/m4a",
    "audio/mp3",
    "audio/x-wav",
    "audio/wav",
    "image/gif",
    "image/heic",
    "video/x-msvideo",
    "video/ogg",
    "audio/webm",
    "audio/opus",
    "application/zip",
    "application/octet-stream",
    "text/csv",
    "text/vcard",
    "application/json",
    "application/xml",
    "voice/ogg",
    "voice/mp4",
    "voice/mpeg",
    "sticker/webp",
    "image/jpg",
];

/// What one container is, by what is written about it, and not by the code's own table: the first of each pair is the library's.
fn are_one(sniffed: &str, said: &str) -> bool {
    let said = said.split(';').next().unwrap();
    let ooxml = said.starts_with("application/vnd.openxmlformats");
    let office = matches!(said, "application/msword" | "application/vnd.ms-excel" | "application/vnd.ms-powerpoint");
    match sniffed {
        _ if sniffed == said => true,
        "audio/ogg" | "audio/opus" => matches!(said, "audio/ogg" | "video/ogg" | "audio/opus" | "voice/ogg"),
        "video/mp4" | "video/x-m4v" | "audio/m4a" | "video/quicktime" => matches!(
            said,
            "audio/mp4"
                | "audio/x-m4a"
                | "audio/m4a"
                | "audio/aac"
                | "video/mp4"
                | "video/3gpp"
                | "video/quicktime"
                | "voice/mp4"
        ),
        "image/heif" => said == "image/heic",
        "video/x-matroska" | "video/webm" => matches!(said, "video/webm" | "audio/webm"),
        "audio/x-wav" => said == "audio/wav",
        "audio/mpeg" => matches!(said, "audio/mp3" | "voice/mpeg"),
        "image/jpeg" => said == "image/jpg",
        "image/webp" => said == "sticker/webp",
        "application/gzip" => said == "application/x-tgsticker",
        // A document with a password is a compound file; an office's old name is declared for its new documents, too.
        zip if is_zip(zip) => said == "application/zip" || ooxml || office,
        "application/x-ole-storage"
        | "application/msword"
        | "application/vnd.ms-excel"
        | "application/vnd.ms-powerpoint" => office || ooxml,
        "text/html" | "text/xml" | "text/x-shellscript" => {
            said.starts_with("text/") || matches!(said, "application/json" | "application/xml")
        }
        _ => false,
    }
}

fn is_zip(name: &str) -> bool {
    [
        "application/vnd.openxmlformats",
        "application/vnd.oasis",
        "application/zip",
        "application/epub+zip",
        "image/openraster",
    ]
    .iter()
    .any(|start| name.starts_with(start))
}

#[test]
fn only_a_lie_is_overruled() {
    let mut pairs = 0;
    for (sniffed, end) in TABLE {
        for declared in DECLARED {
            let (mime, extension) = named(Some((sniffed, end)), Some(declared));
            let own =
                matches!(declared, "audio/opus") || declared.starts_with("voice/") || declared.starts_with("sticker/");
            let pair = format!("{sniffed} as {declared}: {mime}, .{extension}");
            pairs += 1;
            assert!(!mime.starts_with("audio/opus") && extension != "opus", "{pair}");
            assert!(!mime.starts_with("voice/") && !mime.starts_with("sticker/"), "{pair}");
            if are_one(sniffed, declared) && !own {
                assert_eq!(mime, declared, "{pair}");
            } else if are_one(sniffed, declared) {
                // The name that channels take, of the same container.
                let essence = mime.split(';').next().unwrap();
                assert!(is_one_container(sniffed, essence) || essence == "audio/mp4", "{pair}");
                let family = if declared.starts_with("sticker/") { "image/" } else { "audio/" };
                assert!(mime.starts_with(family), "{pair}");
            } else {
                let (alone, _) = named(Some((sniffed, end)), None);
                assert_eq!(mime, alone, "{pair}");
            }
        }
    }
    assert_eq!(pairs, TABLE.len() * DECLARED.len());
}

#[test]
fn what_nobody_knows_is_what_it_is_said_to_be() {
    for declared in DECLARED {
        let (mime, _) = named(None, Some(declared));
        let expected = match declared {
            "voice/ogg" | "audio/opus" => "audio/ogg",
            "voice/mp4" => "audio/mp4",
            "voice/mpeg" => "audio/mpeg",
            "sticker/webp" => "image/webp",
            other => other,
        };
        assert_eq!(mime, expected);
    }
    assert_eq!(named(None, None), ("application/octet-stream".to_owned(), "bin"));
}
