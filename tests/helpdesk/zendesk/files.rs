//! Files of customers and of agents.

use crate::every_port::EveryPort;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use ponte::{
    message::Content,
    relay::{
        Failure,
        ports::{FileBytes, StoredFiles},
    },
};
use serde_json::json;

use super::{PUT, TICKET, answers, client, client_with, lines, message, ticket, to, updated};

struct OneFile;

#[async_trait]
impl StoredFiles for OneFile {
    async fn open(&self, url: &str) -> Result<Option<FileBytes>, Failure> {
        let pieces = ["%PDF", "-1.7"].map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
        Ok(url.contains("/media/").then(|| FileBytes {
            name: "conta de água.pdf".to_owned(),
            mime: "application/pdf".to_owned(),
            size: 8,
            bytes: Box::pin(futures_util::stream::iter(pieces)),
        }))
    }
}

fn file(url: &str, caption: Option<&str>) -> Content {
    Content::File {
        url: url.to_owned(),
        name: Some("conta de água.pdf".to_owned()),
        mime: Some("application/pdf".to_owned()),
        size: Some(8),
        caption: caption.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_file_is_uploaded_and_one_that_cannot_be_is_a_link() {
    let uploaded = || (201, json!({ "upload": { "token": "6bk3gql82em5nmf" } }));
    let far = answers(&[ticket("open"), uploaded(), updated(), (413, json!({})), updated(), updated()]);
    let client = client_with(&far, "k", "{}", Arc::new(OneFile));
    let url = "https://api.example/media/1";
    client.deliver(&to(), &message("a", file(url, Some("segue")))).await.unwrap();
    client.deliver(&to(), &message("b", file(url, None))).await.unwrap();
    client.deliver(&to(), &message("c", file("https://elsewhere.example/1", None))).await.unwrap();
    let calls = far.calls();
    assert_eq!(lines(&calls), [TICKET, "POST uploads", PUT, "POST uploads", PUT, PUT]);
    let upload = &calls[1];
    assert!(upload.path.ends_with("uploads?filename=conta+de+%C3%A1gua.pdf"), "{}", upload.path);
    assert_eq!((upload.text.as_str(), upload.header("content-type")), ("%PDF-1.7", Some("application/pdf")));
    assert_eq!(upload.header("content-length"), Some("8"));
    let comment = |at: usize| calls[at].body["ticket"]["comment"].clone();
    assert_eq!((&comment(2)["body"], &comment(2)["uploads"]), (&json!("segue"), &json!(["6bk3gql82em5nmf"])));
    assert_eq!(comment(4)["body"], format!("conta de água.pdf\n{url}"), "too large for this account");
    assert_eq!(comment(5)["body"], "conta de água.pdf\nhttps://elsewhere.example/1");
    assert_eq!(comment(5).get("uploads"), None);
    // An upload has no effect by itself.
    let far = answers(&[ticket("open"), (500, json!({}))]);
    let client = client_with(&far, "k", "{}", Arc::new(OneFile));
    assert_eq!(client.deliver(&to(), &message("a", file(url, None))).await.unwrap_err().kind(), "later");
}

#[tokio::test]
async fn the_key_goes_to_the_accounts_own_files_only() {
    let far = answers(&[]);
    let client = client(&far);
    let access = |url: &str| client.file_access(url).is_some();
    assert!(access(&format!("{}/attachments/token/abc/?name=a.pdf", far.url)));
    for elsewhere in ["https://evil.example/attachments/token/abc", "http://127.0.0.1/attachments", "no link", ""] {
        assert!(!access(elsewhere), "{elsewhere}");
    }
}
