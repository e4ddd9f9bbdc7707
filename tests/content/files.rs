//! What a file is called, by the files in `fixtures/media`: whole files, written by the programs that write them elsewhere.

use ponte::media::{kind_of, safe_name};

fn bytes(file: &str) -> Vec<u8> {
    std::fs::read(format!("{}/fixtures/media/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A file, as it is declared, and what it is called.
#[track_caller]
fn check(file: &str, declared: &str, mime: &str, name: &str) {
    let kind = kind_of(&bytes(file), Some(declared).filter(|declared| !declared.is_empty()), None);
    assert_eq!(
        (kind.mime.as_str(), safe_name(None, &kind).as_str(), kind.refused),
        (mime, name, false),
        "{file} as {declared}"
    );
}

/// WhatsApp, Instagram and Messenger (Meta's supported media types, 2025), Telegram (Bot API) and Blip declare these for such files.
#[test]
fn what_a_channel_declares_for_its_own_files_stays() {
    for (file, declared, name) in [
        ("voice-note.ogg", "audio/ogg; codecs=opus", "audio.ogg"),
        ("voice-note.ogg", "audio/ogg", "audio.ogg"),
        ("sound.m4a", "audio/mp4", "audio.m4a"),
        ("sound.m4a", "audio/x-m4a", "audio.m4a"),
        ("sound.m4a", "audio/aac", "audio.aac"),
        ("sound.mp4", "audio/mp4", "audio.m4a"),
        ("sound.mp4", "video/mp4", "video.mp4"),
        ("sound.mp3", "audio/mpeg", "audio.mp3"),
        ("sound.mp3", "audio/mp3", "audio.mp3"),
        ("sound.aac", "audio/aac", "audio.aac"),
        ("sound.amr", "audio/amr", "audio.amr"),
        ("sound.wav", "audio/wav", "audio.wav"),
        ("sound.webm", "audio/webm", "audio.webm"),
        ("sound.webm", "audio/webm; codecs=opus", "audio.webm"),
        ("sound.3gp", "audio/3gpp", "audio.3gp"),
        ("film.mp4", "video/mp4", "video.mp4"),
        ("film.mov", "video/quicktime", "video.mov"),
        ("film.mov", "video/mp4", "video.mp4"),
        ("film.webm", "video/webm", "video.webm"),
        ("film.mkv", "video/webm", "video.webm"),
        ("film.3gp", "video/3gpp", "video.3gp"),
        ("film.avi", "video/x-msvideo", "video.avi"),
        ("photo.jpg", "image/jpeg", "image.jpg"),
        ("photo.jpg", "image/jpg", "image.jpg"),
        ("photo.png", "image/png", "image.png"),
        ("photo.gif", "image/gif", "image.gif"),
        ("sticker.webp", "image/webp", "image.webp"),
        ("sticker.tgs", "application/x-tgsticker", "file.tgs"),
        ("page.pdf", "application/pdf", "file.pdf"),
        ("pack.zip", "application/zip", "file.zip"),
        ("pack.zip", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "file.docx"),
    ] {
        check(file, declared, declared, name);
    }
}

#[test]
fn what_nobody_declared_is_called_what_channels_take() {
    for declared in ["", "application/octet-stream", "binary", "*/*", "voice/*"] {
        for (file, mime, name) in [
            ("voice-note.ogg", "audio/ogg; codecs=opus", "audio.ogg"),
            ("sound.m4a", "audio/mp4", "audio.m4a"),
            ("sound.mp3", "audio/mpeg", "audio.mp3"),
            ("sound.wav", "audio/wav", "audio.wav"),
            ("sound.aac", "audio/aac", "audio.aac"),
            ("sound.amr", "audio/amr", "audio.amr"),
            ("film.mp4", "video/mp4", "video.mp4"),
            ("photo.jpg", "image/jpeg", "image.jpg"),
            ("photo.bmp", "image/bmp", "image.bmp"),
            ("photo.tif", "image/tiff", "image.tif"),
            ("sticker.webp", "image/webp", "image.webp"),
            ("page.pdf", "application/pdf", "file.pdf"),
        ] {
            check(file, declared, mime, name);
        }
    }
    // Blip's own families are no MIME types.
    for (file, declared, mime, name) in [
        ("voice-note.ogg", "voice/ogg", "audio/ogg; codecs=opus", "audio.ogg"),
        ("voice-note.ogg", "audio/opus", "audio/ogg; codecs=opus", "audio.ogg"),
        ("sound.mp4", "voice/mp4", "audio/mp4", "audio.m4a"),
        ("sound.m4a", "voice/m4a", "audio/mp4", "audio.m4a"),
        ("sound.mp3", "voice/mp3", "audio/mpeg", "audio.mp3"),
        ("sound.amr", "voice/amr", "audio/amr", "audio.amr"),
        ("sticker.webp", "sticker/webp", "image/webp", "image.webp"),
    ] {
        check(file, declared, mime, name);
    }
}

#[test]
fn a_lie_is_overruled() {
    for (file, declared, mime, name) in [
        ("voice-note.ogg", "image/png", "audio/ogg; codecs=opus", "audio.ogg"),
        ("photo.jpg", "text/html", "image/jpeg", "image.jpg"),
        ("photo.png", "image/jpeg", "image/png", "image.png"),
        ("film.webm", "video/mp4", "video/webm", "video.webm"),
        ("sound.mp3", "audio/ogg; codecs=opus", "audio/mpeg", "audio.mp3"),
        ("page.pdf", "image/jpeg", "application/pdf", "file.pdf"),
        ("pack.zip", "application/pdf", "application/zip", "file.zip"),
    ] {
        check(file, declared, mime, name);
    }
}

#[test]
fn a_name_is_a_promise_that_the_bytes_keep() {
    for (file, name, saved) in [
        ("page.pdf", "Proposta minhaloja.com", "Proposta minhaloja.com.pdf"),
        ("page.pdf", "Proposta minhaloja.com.br", "Proposta minhaloja.com.br.pdf"),
        ("page.pdf", "orçamento.exe", "orçamento.exe.pdf"),
        ("photo.jpg", "etiqueta", "etiqueta.jpg"),
        ("photo.jpg", "print do site.com", "print do site.com.jpg"),
        ("voice-note.ogg", "recado.bat", "recado.bat.ogg"),
        ("pack.zip", "planilha lojinha.com", "planilha lojinha.com.zip"),
        ("film.mp4", "IMG_0001.MOV", "IMG_0001.MOV"),
    ] {
        let kind = kind_of(&bytes(file), None, Some(name));
        assert!(!kind.refused, "{name}");
        assert_eq!(safe_name(Some(name), &kind), saved);
    }
    for name in ["jogo.apk", "biblioteca.JAR"] {
        assert!(kind_of(&bytes("pack.zip"), Some("application/zip"), Some(name)).refused, "{name}");
    }
}
