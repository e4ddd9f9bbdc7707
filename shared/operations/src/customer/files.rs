//! The customer's files: a folder of the bucket.

use ponte::{media::folder_of, message::CustomerKey};

use super::number;
use crate::{OperationError, Stack};

/// What lies in the folder.
#[derive(Debug, Clone, Default)]
pub(super) struct Files {
    /// Each with when it was stored.
    pub(super) keys: Vec<(String, Option<String>)>,
    /// Uploads that a worker began and has not finished: key and id.
    pub(super) uploads: Vec<(String, String)>,
}

impl Files {
    pub(super) fn count(&self) -> u64 {
        number(&self.keys) + number(&self.uploads)
    }
}

/// What lies in the customer's folder.
pub(super) async fn of(stack: &Stack, key: &CustomerKey) -> Result<Files, OperationError> {
    let folder = folder_of(key);
    let failed = "the bucket of files cannot be read";
    let mut files = Files::default();
    let mut pages = stack.s3.list_objects_v2().bucket(&stack.bucket).prefix(&folder).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| OperationError::aws(failed, &error))?;
        let stored = |object: &aws_sdk_s3::types::Object| object.last_modified().map(ToString::to_string);
        let keys = page.contents().iter().filter_map(|object| Some((object.key()?.to_owned(), stored(object))));
        files.keys.extend(keys);
    }
    // The most of one answer; an erase looks again, after it has given these up.
    let uploads = stack.s3.list_multipart_uploads().bucket(&stack.bucket).prefix(&folder).send().await;
    let uploads = uploads.map_err(|error| OperationError::aws(failed, &error))?;
    let uploads = uploads.uploads().iter().filter_map(|one| Some((one.key()?.to_owned(), one.upload_id()?.to_owned())));
    files.uploads.extend(uploads);
    Ok(files)
}

/// Deletes them.
pub(super) async fn delete(stack: &Stack, files: &Files) -> Result<(), OperationError> {
    for (key, id) in &files.uploads {
        let abort = stack.s3.abort_multipart_upload().bucket(&stack.bucket).key(key).upload_id(id);
        abort.send().await.map_err(|error| OperationError::aws("an unfinished upload stays", &error))?;
    }
    for (key, _) in &files.keys {
        let delete = stack.s3.delete_object().bucket(&stack.bucket).key(key).send().await;
        delete.map_err(|error| OperationError::aws("a file stays", &error))?;
    }
    Ok(())
}
