//! Plays whoever has a customer's files, and S3: serves one picture to all, and forgets what is stored.

use std::sync::Arc;

use bytes::Bytes;
use hyper::Method;

use crate::{
    meter::Meter,
    wire::{Answer, Asked},
};

/// The size of a file: three parts of an upload.
pub(crate) const SIZE: usize = 12 * 1024 * 1024;
const XML: &str = "application/xml";

pub(crate) struct Files {
    meter: Arc<Meter>,
    picture: Bytes,
}

impl Files {
    pub(crate) fn new(meter: Arc<Meter>) -> Self {
        let mut picture = vec![0_u8; SIZE];
        picture.splice(..10, *b"\xff\xd8\xff\xe0\x00\x10JFIF");
        Self { meter, picture: picture.into() }
    }

    pub(crate) fn host(&self, asked: &Asked) -> Answer {
        self.meter.count("files", "GET", 0, self.picture.len(), 0);
        let headers = vec![("content-type", "image/jpeg".to_owned())];
        let body = if asked.path.starts_with("/pictures/") { self.picture.clone() } else { Bytes::new() };
        Answer { status: if body.is_empty() { 404 } else { 200 }, headers, body }
    }

    /// By the forms of `CreateMultipartUpload`, `UploadPart`, `CompleteMultipartUpload` and `PutObject` (S3 API reference).
    pub(crate) fn s3(&self, asked: &Asked) -> Answer {
        let has = |name: &str| asked.query.split('&').any(|part| part.split('=').next() == Some(name));
        let xml = |body: &str| Answer {
            status: 200,
            headers: vec![("content-type", XML.to_owned())],
            body: Bytes::from(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{body}")),
        };
        let stored =
            || Answer { status: 200, headers: vec![("etag", "\"9b2cf535f27731c9\"".to_owned())], body: Bytes::new() };
        let (operation, answer) = if asked.method == Method::POST && has("uploads") {
            let id = "<InitiateMultipartUploadResult><UploadId>bench</UploadId></InitiateMultipartUploadResult>";
            ("CreateMultipartUpload", xml(id))
        } else if asked.method == Method::POST && has("uploadId") {
            let done = "<CompleteMultipartUploadResult><ETag>9b2cf535f27731c9-3</ETag></CompleteMultipartUploadResult>";
            ("CompleteMultipartUpload", xml(done))
        } else if asked.method == Method::PUT && has("partNumber") {
            ("UploadPart", stored())
        } else if asked.method == Method::PUT {
            ("PutObject", stored())
        } else {
            ("what is not played", Answer::empty(501))
        };
        self.meter.count("S3", operation, asked.body.len(), answer.body.len(), 0);
        answer
    }
}
