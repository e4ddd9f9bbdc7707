//! The bucket in S3, and the links to what lies in it.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::{
    Client,
    config::{Builder, timeout::TimeoutConfig},
    error::{ProvideErrorMetadata, SdkError},
    presigning::PresigningConfig,
    types::{CompletedMultipartUpload, CompletedPart},
};
use aws_types::SdkConfig;
use bytes::Bytes;
use futures_util::stream::try_unfold;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::copy::{Bucket, Meta, Upload, key_of};
use crate::{
    message::FileId,
    relay::{Failure, ports::FileBytes},
};

/// The client of S3. A custom endpoint has no host name for each bucket.
pub fn s3_client(config: &SdkConfig) -> Client {
    let own = config.endpoint_url().is_some();
    Client::from_conf(Builder::from(config).force_path_style(own).build())
}

/// The metadata that holds the name, percent-encoded: a header takes ASCII only.
const NAME: &str = "name";

/// One try of a call that carries a part (5 MiB), or puts the parts together, which S3 does before it answers. At 128 MB a worker has 7 % of a
/// processor, and ten parts on their way at once come to 2.5 s of it (`make bench`: 3.3 ms of a whole one for a megabyte).
const PART_TRY_LIMIT: Duration = Duration::from_secs(6);
/// The same with all its tries: two, within the 20 s that a copy may take.
const PART_LIMIT: Duration = Duration::from_secs(13);

/// The limits of a call that carries a part.
fn of_a_part() -> Builder {
    let limits = TimeoutConfig::builder().operation_attempt_timeout(PART_TRY_LIMIT).operation_timeout(PART_LIMIT);
    Builder::new().timeout_config(limits.build())
}

/// A private bucket.
#[derive(Debug, Clone)]
pub struct S3Bucket {
    client: Client,
    bucket: String,
}

/// What the function `media` finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A signed link to it.
    At(String),
    /// It was never there, or has been deleted.
    Nothing,
}

impl S3Bucket {
    /// A bucket by its name.
    pub fn new(config: &SdkConfig, bucket: String) -> Self {
        Self { client: s3_client(config), bucket }
    }

    /// A link to a copy that is signed for `time`. With `head` it is signed for the method HEAD.
    pub async fn link(&self, id: &FileId, time: Duration, head: bool) -> Result<Found, Failure> {
        let key = key_of(id);
        if self.find(&key).await?.is_none() {
            return Ok(Found::Nothing);
        }
        let config = PresigningConfig::expires_in(time).map_err(|_| Failure::later("no link can be signed"))?;
        let signed = if head {
            self.client.head_object().bucket(&self.bucket).key(key).presigned(config).await.ok()
        } else {
            self.client.get_object().bucket(&self.bucket).key(key).presigned(config).await.ok()
        };
        let signed = signed.ok_or(Failure::later("no link can be signed"))?;
        Ok(Found::At(signed.uri().to_owned()))
    }
}

#[async_trait]
impl Bucket for S3Bucket {
    async fn find(&self, key: &str) -> Result<Option<(Meta, u64)>, Failure> {
        let found = match self.client.head_object().bucket(&self.bucket).key(key).send().await {
            Ok(found) => found,
            // Who may not list a bucket is told 403 where there is nothing (S3 API, HeadObject).
            Err(error) if matches!(status(&error), Some(403 | 404)) => return Ok(None),
            Err(error) => return Err(unavailable(&error)),
        };
        let name = found.metadata().and_then(|meta| meta.get(NAME)).map_or("", String::as_str);
        let meta = Meta {
            mime: found.content_type().unwrap_or_default().to_owned(),
            disposition: found.content_disposition().unwrap_or_default().to_owned(),
            name: percent_decode_str(name).decode_utf8_lossy().into_owned(),
        };
        let size = found.content_length().and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
        Ok(Some((meta, size)))
    }

    async fn open(&self, key: &str) -> Result<Option<FileBytes>, Failure> {
        let found = match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(found) => found,
            Err(error) if matches!(status(&error), Some(403 | 404)) => return Ok(None),
            Err(error) => return Err(unavailable(&error)),
        };
        let name = found.metadata().and_then(|meta| meta.get(NAME)).map_or("", String::as_str);
        let Some(size) = found.content_length().and_then(|size| u64::try_from(size).ok()) else {
            return Err(Failure::later("the store of files says no size"));
        };
        Ok(Some(FileBytes {
            name: percent_decode_str(name).decode_utf8_lossy().into_owned(),
            mime: found.content_type().unwrap_or_default().to_owned(),
            size,
            bytes: Box::pin(try_unfold(found.body, async |mut body| {
                let piece = body.try_next().await.map_err(std::io::Error::other)?;
                Ok(piece.map(|piece| (piece, body)))
            })),
        }))
    }

    async fn put(&self, key: &str, meta: &Meta, bytes: Bytes) -> Result<(), Failure> {
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(&meta.mime)
            .content_disposition(&meta.disposition)
            .metadata(NAME, encoded(&meta.name))
            .body(bytes.into());
        put.customize().config_override(of_a_part()).send().await.map(drop).map_err(|error| unavailable(&error))
    }

    async fn begin(&self, key: &str, meta: &Meta) -> Result<Upload, Failure> {
        let begin = self
            .client
            .create_multipart_upload()
            .bucket(&self.bucket)
            .key(key)
            .content_type(&meta.mime)
            .content_disposition(&meta.disposition)
            .metadata(NAME, encoded(&meta.name));
        let answer = begin.send().await.map_err(|error| unavailable(&error))?;
        let id = answer.upload_id().ok_or(Failure::later("the store of files names no upload"))?.to_owned();
        Ok(Upload { key: key.to_owned(), id, parts: Vec::new() })
    }

    async fn add(&self, upload: &mut Upload, bytes: Bytes) -> Result<(), Failure> {
        let part = self
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(&upload.key)
            .upload_id(&upload.id)
            .part_number(number(upload.parts.len()))
            .body(bytes.into());
        let added = part.customize().config_override(of_a_part()).send().await.map_err(|error| unavailable(&error))?;
        upload.parts.push(added.e_tag().unwrap_or_default().to_owned());
        Ok(())
    }

    async fn complete(&self, upload: Upload) -> Result<(), Failure> {
        let parts = upload
            .parts
            .iter()
            .enumerate()
            .map(|(at, tag)| CompletedPart::builder().part_number(number(at)).e_tag(tag).build());
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        let complete = self
            .client
            .complete_multipart_upload()
            .bucket(&self.bucket)
            .key(&upload.key)
            .upload_id(&upload.id)
            .multipart_upload(parts);
        complete.customize().config_override(of_a_part()).send().await.map(drop).map_err(|error| unavailable(&error))
    }

    async fn abort(&self, upload: Upload) {
        let abort = self.client.abort_multipart_upload().bucket(&self.bucket).key(&upload.key).upload_id(&upload.id);
        if let Err(error) = abort.send().await {
            tracing::warn!(
                code = error.code().unwrap_or("no answer"),
                "an unfinished upload could not be aborted: the bucket's lifecycle deletes it"
            );
        }
    }
}

/// S3 counts parts from 1.
fn number(at: usize) -> i32 {
    i32::try_from(at.saturating_add(1)).unwrap_or(i32::MAX)
}

fn encoded(name: &str) -> String {
    utf8_percent_encode(name, NON_ALPHANUMERIC).to_string()
}

fn status<E>(error: &SdkError<E, aws_smithy_runtime_api::client::orchestrator::HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

fn unavailable<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Failure {
    tracing::warn!(code = error.code().unwrap_or("no answer"), "the store of files did not answer");
    Failure::later("the store of files is unavailable")
}
