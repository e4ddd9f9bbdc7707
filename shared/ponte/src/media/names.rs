//! What kinds of files are called: which names are of one container, which name channels take, and what a file's name ends in.
//!
//! Data. The library's names are those of its table (`infer`, 0.22); the others are registered (IANA, media types), or seen: channels and
//! systems have names of their own for the same bytes. Types that channels declare: WhatsApp and Instagram (Meta's Cloud API, media; Messenger
//! Platform, attachments), Telegram (Bot API), and Blip's own (`voice/ogg`, `sticker/webp`).

/// The library's names of one container, and what else it is called. A name that ends in `*` stands for all that begin so.
const CONTAINERS: [(&[&str], &[&str]); 35] = [
    (
        &["audio/ogg", "audio/opus"],
        &["application/ogg", "video/ogg", "audio/x-ogg", "audio/vorbis", "audio/x-opus+ogg", "audio/speex"],
    ),
    // ISO base media (ISO/IEC 14496-12): sound alone, films, QuickTime's older sibling, telephones' own.
    (
        &["video/mp4", "video/x-m4v", "audio/m4a", "video/quicktime"],
        &[
            "audio/mp4",
            "audio/x-m4a",
            "audio/mp4a-latm",
            "audio/aac",
            "video/3gpp",
            "video/3gpp2",
            "video/3gp",
            "audio/3gpp",
            "audio/3gpp2",
            "video/m4v",
            "video/mov",
            "application/mp4",
            "audio/x-m4b",
        ],
    ),
    (&["image/heif"], &["image/heic", "image/heic-sequence", "image/heif-sequence"]),
    (
        &["video/x-matroska", "video/webm"],
        &["audio/webm", "audio/x-matroska", "video/mkv", "video/x-mkv", "video/matroska"],
    ),
    (&["audio/x-wav"], &["audio/wav", "audio/wave", "audio/vnd.wave", "audio/x-pn-wav"]),
    (&["video/x-msvideo"], &["video/avi", "video/msvideo", "video/vnd.avi"]),
    (
        &["audio/mpeg"],
        &["audio/mp3", "audio/x-mp3", "audio/mpeg3", "audio/x-mpeg", "audio/x-mpeg-3", "audio/mpg", "audio/mpa"],
    ),
    (&["audio/aac"], &["audio/x-aac", "audio/aacp", "audio/x-hx-aac-adts", "audio/vnd.dlna.adts"]),
    (&["audio/amr"], &["audio/amr-wb", "audio/3gpp", "audio/x-amr"]),
    (&["audio/x-flac"], &["audio/flac"]),
    (&["audio/x-aiff"], &["audio/aiff"]),
    (&["audio/midi"], &["audio/x-midi", "audio/mid"]),
    (&["image/jpeg"], &["image/jpg", "image/pjpeg", "image/jfif"]),
    (&["image/png"], &["image/x-png", "image/apng", "image/vnd.mozilla.apng"]),
    (&["image/bmp"], &["image/x-bmp", "image/x-ms-bmp", "image/x-windows-bmp"]),
    (
        &["image/tiff", "image/x-canon-cr2"],
        &["image/tif", "image/x-tiff", "image/x-adobe-dng", "image/x-nikon-nef", "image/x-sony-arw", "image/dng"],
    ),
    (&["image/vnd.microsoft.icon"], &["image/x-icon", "image/ico"]),
    (
        &["image/vnd.adobe.photoshop"],
        &["image/x-photoshop", "application/x-photoshop", "image/psd", "application/photoshop"],
    ),
    (
        &["image/vnd.dwg"],
        &[
            "image/x-dwg",
            "application/acad",
            "application/x-acad",
            "application/dwg",
            "application/x-dwg",
            "drawing/dwg",
        ],
    ),
    (&["image/jp2"], &["image/jpx", "image/jpeg2000"]),
    // Zip: offices, books, packages, maps.
    (
        &[
            "application/zip",
            "application/epub+zip",
            "image/openraster",
            "application/vnd.openxmlformats*",
            "application/vnd.oasis.opendocument*",
        ],
        &[
            "application/x-zip-compressed",
            "application/x-zip",
            "application/vnd.ms-excel.*",
            "application/vnd.ms-word.*",
            "application/vnd.ms-powerpoint.*",
            "application/vnd.android.package-archive",
            "application/java-archive",
            "application/x-java-archive",
            "application/vnd.apple.*",
            "application/x-iwork*",
            "application/vnd.google-earth.kmz",
            "application/vnd.ms-xpsdocument",
            "application/oxps",
            "application/vnd.ms-visio*",
            "application/vnd.ms-excel",
            "application/msword",
            "application/vnd.ms-powerpoint",
        ],
    ),
    // Compound files (MS-CFB); a document of an office with a password is one, too.
    (
        &[
            "application/x-ole-storage",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
        ],
        &[
            "application/vnd.ms-*",
            "application/vnd.visio",
            "application/x-msi",
            "application/x-msexcel",
            "application/excel",
            "application/mspowerpoint",
            "application/x-mspublisher",
            "application/x-hwp",
            "application/haansofthwp",
            "application/cdfv2",
            "application/vnd.openxmlformats*",
        ],
    ),
    (
        &["application/gzip"],
        &[
            "application/x-gzip",
            "application/x-tgsticker",
            "application/x-tgz",
            "application/x-compressed-tar",
            "application/x-gtar",
        ],
    ),
    (&["application/vnd.rar"], &["application/x-rar-compressed", "application/x-rar", "application/rar"]),
    (&["application/x-7z-compressed"], &["application/7z"]),
    (&["application/x-tar"], &["application/tar"]),
    (&["application/x-bzip2"], &["application/x-bzip", "application/bzip2"]),
    // An illustrator's file is a PDF, or PostScript in older versions.
    (
        &["application/pdf"],
        &["application/x-pdf", "application/acrobat", "application/illustrator", "application/vnd.adobe.illustrator"],
    ),
    (
        &["application/postscript"],
        &["application/eps", "application/x-eps", "image/x-eps", "image/eps", "application/illustrator"],
    ),
    (&["application/rtf"], &["text/rtf", "application/x-rtf", "text/richtext"]),
    (&["video/mpeg"], &["video/mpg", "video/x-mpeg", "video/mp2p", "video/mpeg2"]),
    (&["video/x-flv"], &["video/flv"]),
    (&["video/x-ms-wmv"], &["video/x-ms-asf", "audio/x-ms-wma", "application/vnd.ms-asf", "video/wmv", "audio/wma"]),
    // ASN.1: certificates, signatures, what is signed.
    (
        &["application/x-x509-ca-cert"],
        &[
            "application/pkcs*",
            "application/x-pkcs*",
            "application/pkix*",
            "application/x-x509*",
            "application/timestamp-reply",
        ],
    ),
    (&["application/font-woff", "application/font-sfnt"], &["font/*", "application/x-font*", "application/font*"]),
];

/// Names of the library that channels refuse, and what they take (Meta's Cloud API, supported media types, 2025; RFC 7845).
const TAKEN: [(&str, &str); 7] = [
    ("audio/opus", "audio/ogg; codecs=opus"),
    ("audio/m4a", "audio/mp4"),
    ("video/x-m4v", "video/mp4"),
    ("audio/x-wav", "audio/wav"),
    ("audio/x-flac", "audio/flac"),
    ("audio/x-aiff", "audio/aiff"),
    ("image/vnd.microsoft.icon", "image/x-icon"),
];

/// What the name of a file ends in, by its type.
const ENDS: [(&str, &str); 62] = [
    ("application/epub+zip", "epub"),
    ("application/gzip", "gz"),
    ("application/json", "json"),
    ("application/msword", "doc"),
    ("application/ogg", "ogg"),
    ("application/pdf", "pdf"),
    ("application/postscript", "ps"),
    ("application/rtf", "rtf"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.ms-powerpoint", "ppt"),
    ("application/vnd.oasis.opendocument.presentation", "odp"),
    ("application/vnd.oasis.opendocument.spreadsheet", "ods"),
    ("application/vnd.oasis.opendocument.text", "odt"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/vnd.rar", "rar"),
    ("application/x-7z-compressed", "7z"),
    ("application/x-gzip", "gz"),
    ("application/x-rar-compressed", "rar"),
    ("application/x-tgsticker", "tgs"),
    ("application/x-zip-compressed", "zip"),
    ("application/xml", "xml"),
    ("application/zip", "zip"),
    ("audio/3gpp", "3gp"),
    ("audio/aac", "aac"),
    ("audio/aiff", "aiff"),
    ("audio/amr", "amr"),
    ("audio/flac", "flac"),
    ("audio/m4a", "m4a"),
    ("audio/mp3", "mp3"),
    ("audio/mp4", "m4a"),
    ("audio/mpeg", "mp3"),
    ("audio/ogg", "ogg"),
    ("audio/opus", "ogg"),
    ("audio/wav", "wav"),
    ("audio/webm", "webm"),
    ("audio/x-m4a", "m4a"),
    ("audio/x-wav", "wav"),
    ("image/bmp", "bmp"),
    ("image/gif", "gif"),
    ("image/heic", "heic"),
    ("image/heif", "heif"),
    ("image/jpeg", "jpg"),
    ("image/jpg", "jpg"),
    ("image/png", "png"),
    ("image/svg+xml", "svg"),
    ("image/tiff", "tif"),
    ("image/webp", "webp"),
    ("image/x-icon", "ico"),
    ("text/calendar", "ics"),
    ("text/csv", "csv"),
    ("text/html", "html"),
    ("text/plain", "txt"),
    ("text/vcard", "vcf"),
    ("text/x-vcard", "vcf"),
    ("text/xml", "xml"),
    ("video/3gpp", "3gp"),
    ("video/mp4", "mp4"),
    ("video/ogg", "ogv"),
    ("video/quicktime", "mov"),
    ("video/webm", "webm"),
];

/// The type that is meant by a name of a channel's own family (`voice/ogg`, `sticker/webp`), or by one that no channel takes; else the name
/// itself. Lower case, without parameters.
pub(super) fn registered(said: &str) -> String {
    let meant = match said.split_once('/') {
        Some(("voice", kind)) => format!("audio/{kind}"),
        Some(("sticker", kind)) => format!("image/{kind}"),
        _ if said == "audio/opus" || said == "audio/x-opus+ogg" => "audio/ogg".to_owned(),
        _ => return said.to_owned(),
    };
    match meant.as_str() {
        "audio/mp3" | "audio/x-mp3" => "audio/mpeg".to_owned(),
        "audio/m4a" | "audio/x-m4a" => "audio/mp4".to_owned(),
        "audio/opus" => "audio/ogg".to_owned(),
        "image/jpg" => "image/jpeg".to_owned(),
        _ => meant,
    }
}

/// Whether the library's name and the sender's are names of one container. A document of an office that the library knows by what is in it
/// is still a zip or a compound file.
pub(super) fn is_one_container(sniffed: &str, said: &str) -> bool {
    let is = |name: &&str, mime: &str| match name.strip_suffix('*') {
        Some(start) => mime.starts_with(start),
        None => *name == mime,
    };
    let any = |names: &[&str], mime: &str| names.iter().any(|name| is(name, mime));
    let both = |(own, others): &(&[&str], &[&str])| any(own, sniffed) && (any(own, said) || any(others, said));
    sniffed == said || CONTAINERS.iter().any(both) || (is_written(sniffed) && is_markup(said))
}

/// Markup and scripts, which the library tells from other texts.
fn is_written(sniffed: &str) -> bool {
    matches!(sniffed, "text/html" | "text/xml" | "text/x-shellscript")
}

/// What may be written in markup: any text, and what says that it is XML (RFC 7303).
fn is_markup(said: &str) -> bool {
    said.starts_with("text/")
        || said.ends_with("+xml")
        || matches!(said, "application/xml" | "application/json" | "application/javascript")
}

/// The name that channels take for what the library found.
pub(super) fn taken(sniffed: &str) -> &str {
    TAKEN.iter().find(|(name, _)| *name == sniffed).map_or(sniffed, |(_, taken)| taken)
}

/// What the name of a file of this type ends in, where that is known.
pub(super) fn extension_of(mime: &str) -> Option<&'static str> {
    ENDS.iter().find(|(name, _)| *name == mime).map(|(_, end)| *end)
}

/// Whether this is the end of some known kind of file, as the library or this table has it.
pub(super) fn is_end(end: &str) -> bool {
    let others = [
        "jpeg", "jpe", "jfif", "heic", "tiff", "mpeg", "htm", "oga", "ogv", "m4b", "3gp", "3g2", "ai", "eps", "apng",
        "svgz", "mpga",
    ];
    let end = end.to_ascii_lowercase();
    infer::is_supported(&end) || ENDS.iter().any(|(_, known)| *known == end) || others.contains(&end.as_str())
}
