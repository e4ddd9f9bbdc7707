//! Copies one file from a link into the bucket, a part at a time.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use bytes::{Bytes, BytesMut};
use tokio::sync::Semaphore;

use super::{
    kind::{HEAD, kind_of},
    name::{disposition, safe_name},
};
use crate::{
    fetch::{Download, FetchError, Fetcher, Limits, name_in},
    message::{CustomerKey, FileId},
    relay::{
        Failure,
        ports::{FileBytes, FileProblem, Files, NotCopied, SourceFile, StoredFile, StoredFiles},
    },
};

/// The least that S3 takes as a part that is not the last (docs.aws.amazon.com, S3 limits), and so what is held of a file.
const PART: usize = 5 * 1024 * 1024;
/// The room for a part and the piece that makes it whole, taken at once: a buffer that doubles would come to more than twice a part. A
/// batch may bring ten files, and the workers have 128 MB.
const ROOM: usize = PART + 512 * 1024;

/// How many files' bytes are taken in at once: as many as a batch has records, and as a worker's memory is reckoned for. Hosts that say
/// nothing yet are not among them.
const BODIES: usize = 10;

/// What is kept beside the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// The MIME type that the file is served with.
    pub mime: String,
    /// The value of the header `Content-Disposition` that the file is served with.
    pub disposition: String,
    /// The safe name.
    pub name: String,
}

/// An upload in parts that has begun.
#[derive(Debug, Clone)]
pub struct Upload {
    pub key: String,
    pub id: String,
    /// What the bucket said of each part, in order.
    pub parts: Vec<String>,
}

/// Where the copies lie. Every failure is one that may pass.
#[async_trait]
pub trait Bucket: Send + Sync {
    /// A copy that is there already: what is kept beside it, and its size in bytes.
    async fn find(&self, key: &str) -> Result<Option<(Meta, u64)>, Failure>;
    /// What lies there, piece by piece. `None` when nothing does.
    async fn open(&self, key: &str) -> Result<Option<FileBytes>, Failure>;
    /// Stores a file whole.
    async fn put(&self, key: &str, meta: &Meta, bytes: Bytes) -> Result<(), Failure>;
    /// Begins one in parts.
    async fn begin(&self, key: &str, meta: &Meta) -> Result<Upload, Failure>;
    /// Adds a part.
    async fn add(&self, upload: &mut Upload, bytes: Bytes) -> Result<(), Failure>;
    /// Makes the parts a file. Before, nobody sees it.
    async fn complete(&self, upload: Upload) -> Result<(), Failure>;
    /// Gives an upload up. Best effort: the bucket's lifecycle does the same, a day later.
    async fn abort(&self, upload: Upload);
}

/// The store of files.
pub struct FileStore {
    fetcher: Fetcher,
    bucket: Box<dyn Bucket>,
    /// The address of the function `media`.
    base: String,
    pub(super) bodies: Semaphore,
}

impl std::fmt::Debug for FileStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileStore")
    }
}

/// The folder of a conversation in the bucket: all its files, and nothing else.
pub fn folder_of(conversation: &CustomerKey) -> String {
    format!("media/{}/", conversation.as_str())
}

/// What the copy of a file is called in the bucket: a folder for each conversation.
pub(super) fn key_of(id: &FileId) -> String {
    format!("media/{}", id.as_str().replace('-', "/"))
}

impl FileStore {
    /// `base` is the address of the function `media`, to which the ids are added.
    pub fn new(fetcher: Fetcher, bucket: Box<dyn Bucket>, base: &str) -> Self {
        Self { fetcher, bucket, base: base.trim_end_matches('/').to_owned(), bodies: Semaphore::new(BODIES) }
    }

    fn stored(&self, id: &FileId, meta: Meta, size: u64) -> StoredFile {
        StoredFile { url: format!("{}/{}", self.base, id.as_str()), name: meta.name, mime: meta.mime, size }
    }

    /// Stores a file that stands in the message itself.
    async fn store(&self, key: &str, file: &SourceFile, inside: &Inside, limit: u64) -> Result<StoredFile, NotCopied> {
        let size = u64::try_from(inside.bytes.len()).unwrap_or(u64::MAX);
        if size > limit {
            return Err(NotCopied::Never(FileProblem::TooLarge { limit }));
        }
        let declared = file.mime.as_deref().or(Some(inside.mime.as_str()).filter(|mime| !mime.is_empty()));
        let meta = meta_of(&inside.bytes, declared, file.name.as_deref())?;
        self.bucket.put(key, &meta, inside.bytes.clone()).await.map_err(NotCopied::Later)?;
        Ok(self.stored(&file.id, meta, size))
    }

    async fn upload(&self, key: &str, meta: &Meta, head: BytesMut, rest: &mut Download) -> Result<u64, NotCopied> {
        let mut size = u64::try_from(head.len()).unwrap_or(u64::MAX);
        let mut buffer = head;
        let mut upload: Option<Upload> = None;
        let outcome: Result<(), NotCopied> = async {
            while let Some(chunk) = rest.chunk().await.map_err(not_copied)? {
                size = size.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
                if buffer.capacity() - buffer.len() < chunk.len() {
                    buffer.reserve(ROOM.saturating_sub(buffer.len()).max(chunk.len()));
                }
                buffer.extend_from_slice(&chunk);
                if buffer.len() >= PART {
                    let part = buffer.split().freeze();
                    let upload = match &mut upload {
                        Some(upload) => upload,
                        none => none.insert(self.bucket.begin(key, meta).await.map_err(NotCopied::Later)?),
                    };
                    self.bucket.add(upload, part).await.map_err(NotCopied::Later)?;
                }
            }
            Ok(())
        }
        .await;
        match (outcome, upload) {
            (Ok(()), None) => self.bucket.put(key, meta, buffer.freeze()).await.map_err(NotCopied::Later)?,
            (Ok(()), Some(mut upload)) => {
                if !buffer.is_empty() {
                    self.bucket.add(&mut upload, buffer.freeze()).await.map_err(NotCopied::Later)?;
                }
                self.bucket.complete(upload).await.map_err(NotCopied::Later)?;
            }
            (Err(why), upload) => {
                if let Some(upload) = upload {
                    self.bucket.abort(upload).await;
                }
                return Err(why);
            }
        }
        Ok(size)
    }
}

/// What is kept beside the bytes that begin so; a program is not kept.
fn meta_of(head: &[u8], declared: Option<&str>, name: Option<&str>) -> Result<Meta, NotCopied> {
    let kind = kind_of(head.get(..HEAD).unwrap_or(head), declared, name);
    if kind.refused {
        return Err(NotCopied::Never(FileProblem::Refused));
    }
    let name = safe_name(name, &kind);
    Ok(Meta { disposition: disposition(kind.inline, &name), mime: kind.mime, name })
}

/// A file that stands in the message itself, as a `data:` link (RFC 2397).
struct Inside {
    mime: String,
    bytes: Bytes,
}

impl Inside {
    /// `None` where the link is none of these. What it holds is no more than a message may have.
    fn of(url: &str) -> Option<Result<Self, NotCopied>> {
        let scheme = url.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("data:"))?;
        let (head, text) = url.get(scheme.len()..)?.split_once(',')?;
        let mime = head.get(..head.len().saturating_sub(";base64".len())).unwrap_or_default().to_owned();
        let text = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
        let letters = text.bytes().filter(|letter| !letter.is_ascii_whitespace());
        // Both alphabets of RFC 4648 are one here, and padding is not asked for.
        let letters = letters.map(|letter| match letter {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        });
        let letters: Vec<u8> = letters.filter(|letter| *letter != b'=').collect();
        let read = BASE64.decode(&letters);
        Some(
            read.map_or(Err(NotCopied::Never(FileProblem::Unavailable)), |bytes| {
                Ok(Self { mime, bytes: bytes.into() })
            }),
        )
    }
}

#[async_trait]
impl Files for FileStore {
    async fn copy(&self, file: &SourceFile, limit: u64, time: Duration, again: bool) -> Result<StoredFile, NotCopied> {
        let started = Instant::now();
        let crowded = AtomicBool::new(false);
        let key = key_of(&file.id);
        if again && let Some((meta, size)) = self.bucket.find(&key).await.map_err(NotCopied::Later)? {
            return Ok(self.stored(&file.id, meta, size));
        }
        if file.size.is_some_and(|size| size > limit) {
            return Err(NotCopied::Never(FileProblem::TooLarge { limit }));
        }
        if time.is_zero() {
            return Err(NotCopied::Silent(Failure::later("a file's host is not asked again")));
        }
        let copied = async {
            let limits = Limits { bytes: limit, time };
            if let Some(inside) = Inside::of(&file.url) {
                return self.store(&key, file, &inside?, limit).await;
            }
            let mut download = self.fetcher.get(&file.url, file.access.as_ref(), limits).await.map_err(not_copied)?;
            let _body = if let Ok(body) = self.bodies.try_acquire() {
                Some(body)
            } else {
                crowded.store(true, Ordering::Relaxed);
                self.bodies.acquire().await.ok()
            };
            let mut head = BytesMut::new();
            while head.len() < HEAD
                && let Some(chunk) = download.chunk().await.map_err(not_copied)?
            {
                head.extend_from_slice(&chunk);
            }
            let given = file.name.clone().filter(|name| !name.trim().is_empty());
            let name = given.or_else(|| download.name.clone()).or_else(|| name_in(&file.url));
            let declared = file
                .mime
                .as_deref()
                .filter(|mime| !mime.contains('*'))
                .or(Some(download.mime.as_str()).filter(|mime| !mime.is_empty()));
            let meta = meta_of(&head, declared, name.as_deref())?;
            let size = self.upload(&key, &meta, head, &mut download).await?;
            Ok(self.stored(&file.id, meta, size))
        };
        // The fetch has its own limit; this one is for the store, too.
        let copied = tokio::time::timeout(time, copied).await;
        let copied = copied.unwrap_or_else(|_| Err(NotCopied::Silent(Failure::later("a file takes too long"))));
        let copied = copied.map_err(|why| match why {
            // It waited for others: its host is not to blame.
            NotCopied::Silent(failure) if crowded.load(Ordering::Relaxed) => NotCopied::Later(failure),
            why => why,
        });
        if let Ok(stored) = &copied {
            let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::info!(bytes = stored.size, duration_ms = milliseconds, "a file was copied");
        }
        copied
    }
}

#[async_trait]
impl StoredFiles for FileStore {
    async fn open(&self, url: &str) -> Result<Option<FileBytes>, Failure> {
        let id = url.strip_prefix(&self.base).and_then(|rest| rest.strip_prefix('/')).and_then(FileId::parse);
        match id {
            Some(id) => self.bucket.open(&key_of(&id)).await,
            None => Ok(None),
        }
    }

    async fn share(&self, id: &FileId, name: &str, mime: &str, text: String) -> Result<Option<String>, Failure> {
        let meta = Meta { mime: mime.to_owned(), disposition: disposition(false, name), name: name.to_owned() };
        let size = u64::try_from(text.len()).unwrap_or(u64::MAX);
        self.bucket.put(&key_of(id), &meta, text.into()).await?;
        Ok(Some(self.stored(id, meta, size).url))
    }
}

/// What a fetch that failed means for the message.
fn not_copied(error: FetchError) -> NotCopied {
    match error {
        FetchError::TooLarge { limit } => NotCopied::Never(FileProblem::TooLarge { limit }),
        FetchError::Dead { .. } | FetchError::Unauthorized => NotCopied::Expired,
        error if error.is_retryable() => NotCopied::Silent(Failure::later("a file's host does not respond")),
        error => {
            tracing::warn!(reason = %error, "a link was not followed");
            NotCopied::Never(FileProblem::Unavailable)
        }
    }
}
