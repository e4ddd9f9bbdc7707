//! A copy, from a real server on this machine into a bucket in memory.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{Bucket, FileStore, Meta, Upload};
use crate::{
    fetch::{Fetcher, Policy},
    hash::HashKey,
    message::{CustomerKey, FileId, SourceId},
    relay::{
        Failure,
        ports::{FileBytes, FileProblem, Files, NotCopied, SourceFile, StoredFile, StoredFiles},
    },
};

const MEGABYTE: usize = 1024 * 1024;
const LIMIT: u64 = 25 * 1024 * 1024;

/// Files that lie there, parts of those that are under way, and the largest piece that was held.
#[derive(Default)]
struct Inside {
    files: HashMap<String, (Meta, Vec<u8>)>,
    under_way: HashMap<String, (Meta, Vec<u8>)>,
    pieces: Vec<usize>,
    asked: usize,
}

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Inside>>);

#[async_trait]
impl Bucket for Memory {
    async fn find(&self, key: &str) -> Result<Option<(Meta, u64)>, Failure> {
        let mut inside = self.0.lock().unwrap();
        inside.asked += 1;
        Ok(inside.files.get(key).map(|(meta, bytes)| (meta.clone(), bytes.len().try_into().unwrap())))
    }

    async fn open(&self, key: &str) -> Result<Option<FileBytes>, Failure> {
        let found = self.0.lock().unwrap().files.get(key).cloned();
        Ok(found.map(|(meta, bytes)| {
            let size = bytes.len().try_into().unwrap();
            let bytes = Box::pin(futures_util::stream::iter([Ok(Bytes::from(bytes))]));
            FileBytes { name: meta.name, mime: meta.mime, size, bytes }
        }))
    }

    async fn put(&self, key: &str, meta: &Meta, bytes: Bytes) -> Result<(), Failure> {
        let mut inside = self.0.lock().unwrap();
        inside.pieces.push(bytes.len());
        inside.files.insert(key.to_owned(), (meta.clone(), bytes.to_vec()));
        Ok(())
    }

    async fn begin(&self, key: &str, meta: &Meta) -> Result<Upload, Failure> {
        self.0.lock().unwrap().under_way.insert(key.to_owned(), (meta.clone(), Vec::new()));
        Ok(Upload { key: key.to_owned(), id: "1".to_owned(), parts: Vec::new() })
    }

    async fn add(&self, upload: &mut Upload, bytes: Bytes) -> Result<(), Failure> {
        let mut inside = self.0.lock().unwrap();
        inside.pieces.push(bytes.len());
        inside.under_way.get_mut(&upload.key).unwrap().1.extend_from_slice(&bytes);
        upload.parts.push(String::new());
        Ok(())
    }

    async fn complete(&self, upload: Upload) -> Result<(), Failure> {
        let mut inside = self.0.lock().unwrap();
        let file = inside.under_way.remove(&upload.key).unwrap();
        inside.files.insert(upload.key, file);
        Ok(())
    }

    async fn abort(&self, upload: Upload) {
        self.0.lock().unwrap().under_way.remove(&upload.key);
    }
}

/// Serves `body` to whoever asks, chunked so that its length is not known ahead. Returns the address.
async fn server(body: Vec<u8>, cut: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let body: Arc<[u8]> = body.into();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let body = body.clone();
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let head = "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ntransfer-encoding: chunked\r\n\r\n";
                let _ = stream.write_all(head.as_bytes()).await;
                for chunk in body.chunks(64 * 1024) {
                    let size = format!("{:x}\r\n", chunk.len());
                    let parts: [&[u8]; 3] = [size.as_bytes(), chunk, b"\r\n"];
                    if stream.write_all(&parts.concat()).await.is_err() {
                        break;
                    }
                }
                if !cut {
                    let _ = stream.write_all(b"0\r\n\r\n").await;
                }
            });
        }
    });
    format!("http://{address}")
}

fn store(bucket: &Memory, base: &str) -> FileStore {
    let fetcher = Fetcher::new(Policy::parse(false, base).unwrap(), "").unwrap();
    FileStore::new(fetcher, Box::new(bucket.clone()), "https://api.example/media/")
}

fn file(base: &str, message: &str) -> SourceFile {
    let key = HashKey::new(b"test");
    let conversation = CustomerKey::new("0123456789abcdef0123456789abcdef");
    SourceFile {
        id: FileId::of(&conversation, "customer", &SourceId::new(message), &key),
        url: format!("{base}/a"),
        name: Some("praia.jpg".to_owned()),
        mime: Some("image/jpeg".to_owned()),
        size: None,
        access: None,
    }
}

async fn copied(bucket: &Memory, base: &str, again: bool) -> Result<StoredFile, NotCopied> {
    store(bucket, base).copy(&file(base, "m"), LIMIT, Duration::from_secs(20), again).await
}

fn jpeg(size: usize) -> Vec<u8> {
    let noise = (0..).map(|at: usize| u8::try_from(at * at % 251).unwrap());
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00".iter().copied().chain(noise).take(size).collect()
}

#[tokio::test]
async fn a_file_passes_in_parts_and_is_the_same() {
    for size in [12, 300_000, 5 * MEGABYTE, 12 * MEGABYTE + 7] {
        let (bucket, bytes) = (Memory::default(), jpeg(size));
        let stored = copied(&bucket, &server(bytes.clone(), false).await, false).await.unwrap();
        assert_eq!((stored.size, stored.mime.as_str()), (u64::try_from(size).unwrap(), "image/jpeg"));
        assert!(stored.url.starts_with("https://api.example/media/0123456789abcdef0123456789abcdef-"));
        let inside = bucket.0.lock().unwrap();
        let (meta, there) = inside.files.values().next().unwrap();
        assert!(*there == bytes && inside.under_way.is_empty(), "{size}");
        assert_eq!(meta.disposition, "inline; filename=\"praia.jpg\"; filename*=UTF-8''praia.jpg");
        assert!(inside.pieces.iter().all(|piece| *piece < 6 * MEGABYTE), "{:?}", inside.pieces);
        assert_eq!(inside.asked, 0, "a first try asks for nothing");
    }
}

/// A batch holds up to ten files, of as many hosts.
#[tokio::test]
async fn hosts_that_do_not_answer_hold_up_no_other_file() {
    let bucket = Memory::default();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}", silent.local_addr().unwrap());
    let quick = server(jpeg(1000), false).await;
    let store = store(&bucket, &format!("{silent},{quick}"));
    let mut files: Vec<SourceFile> = (0..9).map(|number| file(&silent, &format!("m{number}"))).collect();
    files.push(file(&quick, "m9"));
    let copies = files.iter().map(|file| store.copy(file, LIMIT, Duration::from_secs(1), false));
    let copies = futures_util::future::join_all(copies).await;
    let had: Vec<bool> = copies.iter().map(Result::is_ok).collect();
    assert_eq!(had, [false, false, false, false, false, false, false, false, false, true]);
}

/// What holds memory is bounded; that a file had to wait for others is no fault of its host.
#[tokio::test]
async fn bodies_take_turns_and_waiting_counts_as_no_try() {
    let bucket = Memory::default();
    let quick = server(jpeg(1000), false).await;
    let store = store(&bucket, &quick);
    let free = store.bodies.available_permits();
    assert_eq!(free, 10, "as the workers' memory is reckoned for");
    let others = store.bodies.acquire_many(10).await.unwrap();
    let limit = Duration::from_millis(300);
    let crowded = store.copy(&file(&quick, "m"), LIMIT, limit, false).await;
    assert!(matches!(crowded, Err(NotCopied::Later(_))), "{crowded:?}");
    drop(others);
    assert!(store.copy(&file(&quick, "m"), LIMIT, Duration::from_secs(20), false).await.is_ok());
    assert_eq!(store.bodies.available_permits(), free, "each gives its place back");
}

#[tokio::test]
async fn a_copy_of_an_earlier_try_is_found() {
    let bucket = Memory::default();
    let base = server(jpeg(1000), false).await;
    let first = copied(&bucket, &base, false).await.unwrap();
    // The server is gone, the copy is not.
    assert_eq!(copied(&bucket, "http://127.0.0.1:1", true).await, Ok(first));
}

#[tokio::test]
async fn what_is_too_large_or_breaks_off_leaves_nothing_behind() {
    let bucket = Memory::default();
    let large = copied(&bucket, &server(jpeg(26 * MEGABYTE), false).await, false).await;
    assert_eq!(large, Err(NotCopied::Never(FileProblem::TooLarge { limit: LIMIT })));
    let broken = copied(&bucket, &server(jpeg(7 * MEGABYTE), true).await, false).await;
    assert!(matches!(broken, Err(NotCopied::Silent(_))), "{broken:?}");
    let program = copied(&bucket, &server(b"MZ\x90\0\x03\0\0\0".to_vec(), false).await, false).await;
    assert_eq!(program, Err(NotCopied::Never(FileProblem::Refused)));
    let inside = bucket.0.lock().unwrap();
    assert!(inside.files.is_empty() && inside.under_way.is_empty());
}

#[tokio::test]
async fn a_copy_is_read_by_its_lasting_link_and_nothing_else_is() {
    let bucket = Memory::default();
    let png = b"\x89PNG\r\n\x1a\n and more".to_vec();
    let base = server(png.clone(), false).await;
    let stored = copied(&bucket, &base, false).await.unwrap();
    let store = store(&bucket, "");

    let FileBytes { name, mime, size, bytes } = store.open(&stored.url).await.unwrap().unwrap();
    let pieces: Vec<_> = futures_util::StreamExt::collect(bytes).await;
    let read = pieces.into_iter().map(|piece| piece.unwrap()).collect::<Vec<_>>().concat();
    assert_eq!((name, mime.as_str(), size), (stored.name, "image/png", png.len().try_into().unwrap()));
    assert_eq!(read, png);

    let id = stored.url.rsplit('/').next().unwrap();
    for elsewhere in [
        format!("https://api.example/{id}"),
        format!("https://other.example/media/{id}"),
        format!("https://api.example/media/../{id}"),
        "https://api.example/media/0123456789abcdef0123456789abcdef-00000000000000000000000000000000".to_owned(),
    ] {
        assert!(store.open(&elsewhere).await.unwrap().is_none(), "{elsewhere}");
    }
}

#[tokio::test]
async fn a_file_that_stands_in_the_message_is_a_file() {
    use base64::Engine;
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06".to_vec();
    let text = base64::engine::general_purpose::STANDARD.encode(&png);
    let url_safe = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&png);
    for (url, expected) in [
        (format!("data:image/png;base64,{text}"), Ok("image/png")),
        (format!("DATA:image/png;charset=x;BASE64,{}", text.replace('=', "%3D")), Ok("image/png;charset=x")),
        (format!("data:;base64,{url_safe}"), Ok("image/png")),
        (format!("data:text/html;base64,{text}"), Ok("image/png")),
        ("data:image/png;base64,!!!!".to_owned(), Err(NotCopied::Never(FileProblem::Unavailable))),
        ("data:image/png;base64,TVqQAAMAAAAEAAAA//8AALg".to_owned(), Err(NotCopied::Never(FileProblem::Refused))),
    ] {
        let bucket = Memory::default();
        let file = SourceFile { url: url.clone(), name: None, mime: None, ..file("", "m") };
        let stored = store(&bucket, "").copy(&file, LIMIT, Duration::from_secs(5), false).await;
        assert_eq!(stored.as_ref().map(|stored| stored.mime.as_str()), expected.as_ref().copied(), "{url}");
        if let Ok(stored) = stored {
            assert_eq!(bucket.0.lock().unwrap().files.values().next().unwrap().1, png);
            assert_eq!(stored.name, "image.png");
        }
    }
    let file = SourceFile { url: format!("data:image/png;base64,{text}"), ..file("", "m") };
    let large = store(&Memory::default(), "").copy(&file, 8, Duration::from_secs(5), false).await;
    assert_eq!(large, Err(NotCopied::Never(FileProblem::TooLarge { limit: 8 })));
}
