//! A posted form, and its answer.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use axum::Json;
use axum::body::Bytes;
use axum::extract::Multipart;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use crate::playground::selection::Selection;

/// A file that was chosen.
pub(super) struct File {
    pub(super) name: String,
    pub(super) mime: String,
    pub(super) bytes: Bytes,
}

/// The fields of a form (`multipart/form-data`), and the file among them.
pub(super) struct Form {
    fields: HashMap<String, String>,
    pub(super) file: Option<File>,
}

impl Form {
    pub(super) async fn read(mut body: Multipart) -> Result<Self> {
        let (mut fields, mut file) = (HashMap::new(), None);
        while let Some(field) = body.next_field().await.context("the form cannot be read")? {
            let name = field.name().unwrap_or_default().to_owned();
            if name != "file" {
                // Browsers send a line's end as CR LF.
                fields.insert(name, field.text().await?.replace("\r\n", "\n"));
                continue;
            }
            let chosen = field.file_name().unwrap_or_default().to_owned();
            let mime = field.content_type().unwrap_or("application/octet-stream").to_owned();
            let bytes = field.bytes().await.context("the file is too large, or was cut off")?;
            // An input where nothing was chosen is sent too.
            if !chosen.is_empty() {
                file = Some(File { name: chosen, mime, bytes });
            }
        }
        Ok(Self { fields, file })
    }

    /// What a field has; nothing if it is blank.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    pub(super) fn must(&self, name: &str, otherwise: &str) -> Result<&str> {
        let text = self.text(name);
        ensure!(text.is_some(), "{otherwise}");
        Ok(text.unwrap_or_default())
    }
}

/// Where the page goes on, or a sentence of why not.
pub(super) fn answer(headers: &HeaderMap, done: Result<Selection>) -> Response {
    let scripted = headers.get(header::ACCEPT).is_some_and(|accept| accept == "application/json");
    match done {
        Ok(selection) if scripted => Json(json!({"go": format!("/{}", selection.query())})).into_response(),
        Ok(selection) => Redirect::to(&format!("/{}", selection.query())).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error:#}")).into_response(),
    }
}
