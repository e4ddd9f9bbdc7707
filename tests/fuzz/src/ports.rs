//! The outside in memory, and what holds for every job that is put into a queue.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures_util::FutureExt as _;
use ponte::{
    clock::{Clock, Timestamp},
    hash::HashKey,
    message::{Capabilities, Content, MAX_TEXT, channel_capabilities, contents_of, document_of, fit},
    queue::{Job, MAX_JOB, Record},
    relay::{Failure, ports::Queue},
};
use serde::{Serialize, de::DeserializeOwned};

/// 21 November 2026, 12:00:00 UTC.
pub(crate) const NOW: Timestamp = Timestamp(1_795_262_400_000);
/// The mark of a conversation.
pub(crate) const OPENING: &str = "0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c-5b8e2d41f7a0";

/// A clock that stands still.
pub(crate) struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        NOW
    }
}

pub(crate) fn key() -> HashKey {
    HashKey::new(b"the key of the fuzz targets")
}

/// A queue that keeps what it is sent.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Vec<Job>>);

impl Kept {
    /// What was sent, each as SQS would take it and give it back.
    pub(crate) fn jobs(&self) -> Vec<Job> {
        let jobs = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        jobs.iter().for_each(takeable);
        jobs
    }
}

#[async_trait]
impl Queue for Kept {
    async fn send(&self, job: &Job) -> Result<(), Failure> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(job.clone());
        Ok(())
    }

    async fn postpone(&self, _: &[Record], _: Duration) {}

    async fn park(&self, _: &Record, _: &Failure) -> Result<(), Failure> {
        Ok(())
    }
}

/// What waits for nothing but ports in memory is ready at once.
pub(crate) fn now<T>(work: impl Future<Output = T>) -> T {
    work.now_or_never().expect("it waits for something that is no port in memory")
}

/// SQS takes 1 to 128 letters, digits and signs as a group or a deduplication id, and as a body what XML 1.0 calls characters
/// (`SendMessage`); how much is ours.
fn takeable(job: &Job) {
    for id in [&job.group, &job.deduplication] {
        assert!((1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()), "{id}");
    }
    assert!((1..=MAX_JOB).contains(&job.body.len()), "{} bytes", job.body.len());
    let kept = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    assert!(job.body.chars().all(kept), "a character that SQS does not keep");
}

/// A job as its worker receives it.
pub(crate) fn received<T: DeserializeOwned>(job: &Job) -> T {
    let record = Record {
        id: "1".to_owned(),
        receipt: "r".to_owned(),
        group: job.group.clone(),
        attempts: 1,
        body: job.body.clone(),
    };
    record.job().expect("a job of ours is read back")
}

/// What is written is read back as the same, and written as the same again.
pub(crate) fn comes_back<T: Serialize + DeserializeOwned>(value: &T) {
    let written = serde_json::to_string(value).expect("it can be written");
    let again: T = serde_json::from_str(&written).expect("what was written is read back");
    assert_eq!(serde_json::to_string(&again).expect("it can be written"), written);
}

/// Contents on their way to a side: none is lost, none is longer than the side shows, and what a person sees is there.
pub(crate) fn shown(contents: &[Content], side: &Capabilities) {
    for content in contents {
        comes_back(content);
        if let Content::Text { text } = content {
            assert!(text.chars().count() <= MAX_TEXT);
        }
        let says = !matches!(content, Content::Text { text } if text.trim().is_empty());
        let fitted = fit(content.clone(), side);
        assert!(!says || !fitted.is_empty(), "{content:?} is lost");
        for part in &fitted {
            let length = match part {
                Content::Text { text } => text.chars().count(),
                Content::File { caption, .. } => {
                    assert!(side.files.is_some());
                    caption.as_ref().map_or(0, |caption| caption.chars().count())
                }
                Content::Choices { text, options } => {
                    let limits = side.choices.expect("answers to tap, where there is nothing to tap");
                    assert!(options.len() <= limits.most);
                    assert!(options.iter().all(|option| option.chars().count() <= limits.label));
                    text.chars().count()
                }
                Content::Location { .. } => {
                    assert!(side.locations);
                    0
                }
                Content::Link { .. } => {
                    assert!(side.links);
                    0
                }
            };
            assert!(length <= side.text, "{part:?} is longer than {}", side.text);
        }
    }
}

/// Contents of an agent on their way to a customer, on channels that show much, little and only words.
pub(crate) fn shown_to_customer(contents: &[Content]) {
    for domain in ["wa.gw.msging.net", "0mn.io", "sms.gw.msging.net"] {
        shown(contents, channel_capabilities(domain));
    }
    for content in contents {
        let back = contents_of(&document_of(content));
        assert!(!back.is_empty(), "{content:?} is no document");
    }
}
