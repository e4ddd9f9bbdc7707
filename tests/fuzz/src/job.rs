//! The jobs: any record that a worker may find in its queue.

use ponte::{
    lime::Envelope,
    message::{AgentEventKind, CustomerKey},
    queue::{CloseJob, Record, ToCustomerJob, ToHelpdeskJob, VERSION},
    rest::{Entry, Head},
};
use serde::de::DeserializeOwned;

use crate::{
    envelope::document,
    ports::{comes_back, key, received, shown},
};

/// The body of a record, read as each of the jobs.
pub fn job(bytes: &[u8]) {
    let body = String::from_utf8_lossy(bytes).into_owned();
    let record = Record { id: "1".into(), receipt: "r".into(), group: "g".into(), attempts: 1, body };
    if let Some(job) = read::<ToHelpdeskJob>(&record) {
        assert_eq!(job.v, VERSION);
        comes_back(&job);
        let conversation = CustomerKey::new("0f3a9c5e7b1d4e2f8a6c0b9d7e5f3a1c");
        let addressed = job.addressed(&ToHelpdeskJob::conversation_group(&conversation), "message", &key());
        let again: ToHelpdeskJob = received(&addressed);
        assert!(again.envelope == job.envelope && again.id == job.id && again.received_at == job.received_at);
        assert_eq!(again.replayed, job.replayed);
        if let Ok(envelope) = Envelope::from_value(job.envelope.clone()) {
            assert_eq!(envelope.to_value(), job.envelope);
            if let Envelope::Message(message) = &envelope {
                document(&message.document);
            }
        }
    }
    if let Some(job) = read::<ToCustomerJob>(&record) {
        comes_back(&job);
        let again: ToCustomerJob = received(&job.addressed("webhook", &key()));
        assert!(again.events == job.events && again.ticket == job.ticket && again.opening == job.opening);
        assert_eq!(again.replayed, job.replayed);
        for event in &job.events {
            if let AgentEventKind::Message { contents, .. } = &event.kind {
                for domain in ["wa.gw.msging.net", "sms.gw.msging.net"] {
                    shown(contents, ponte::message::channel_capabilities(domain));
                }
            }
        }
    }
    if let Some(job) = read::<CloseJob>(&record) {
        comes_back(&job);
        let again: CloseJob = received(&job.addressed(&key()));
        assert!(again.opening == job.opening && again.ticket == job.ticket && again.service == job.service);
        assert_eq!(again.replayed, job.replayed);
    }
    // What waits for the REST channel's clients lies in the table as JSON, too.
    if let Ok(head) = serde_json::from_str::<Head>(&record.body) {
        comes_back(&head);
    }
    if let Ok(entry) = serde_json::from_str::<Entry>(&record.body) {
        comes_back(&entry);
    }
}

/// A job of this version is one of any version.
fn read<T: DeserializeOwned>(record: &Record) -> Option<T> {
    let job = record.job();
    assert!(job.is_none() || record.any_version::<T>().is_some());
    job
}
