//! Blip's webhook endpoint: any body, as it comes behind the check of the token.

use ponte::{
    blip,
    helpdesk::{self, NAMES},
    lime::{Document, Envelope, MAX_WORDS, Notification, to_text},
    message::{Capabilities, channel_capabilities, contents_of},
    queue::{Destination, ToHelpdeskJob},
    relay::{
        accept::{self, Accepted},
        ports::Rejection,
    },
    settings::HelpdeskSettings,
};
use serde_json::Value;

use crate::ports::{Kept, NOW, Still, comes_back, key, now, received, shown};

/// A helpdesk that shows everything, so that no kind of envelope is dropped for its sake.
const SHOWS_ALL: Capabilities = Capabilities { typing: true, receipts: true, ..Capabilities::everything(60_000) };

/// The body of `POST /blip`.
pub fn envelope(body: &[u8]) {
    let queue = Kept::default();
    let verified = blip::verify(Some("Key the-token"), "the-token", body).expect("the token is right");
    let accepted = now(accept::from_blip(verified, &queue, &Still, &key(), &SHOWS_ALL));
    let jobs = queue.jobs();
    let (Ok(Accepted::Queued(_)), [job]) = (&accepted, &jobs[..]) else {
        assert!(jobs.is_empty(), "{accepted:?} and {} jobs", jobs.len());
        let plain = matches!(
            accepted,
            Ok(Accepted::Dropped(_) | Accepted::Noted(_))
                | Err(Rejection::Malformed(_) | Rejection::TooLarge | Rejection::Unprocessable(_))
        );
        assert!(plain, "{accepted:?}");
        return;
    };
    assert_eq!(job.destination, Destination::ToHelpdesk);
    let read: ToHelpdeskJob = received(job);
    assert!(!read.replayed && read.received_at == NOW && !read.id.as_str().is_empty());
    comes_back(&read);
    let envelope = Envelope::from_value(read.envelope.clone()).expect("what the endpoint took, the worker reads");
    assert_eq!(envelope.to_value(), read.envelope, "something of the envelope is lost");
    // The debug form stands in logs; it must be made of anything.
    let _ = format!("{envelope:?}");
    match envelope {
        Envelope::Message(message) => {
            assert!(message.sender().is_some());
            let _ = (message.originator(), Notification::about(&message, ponte::lime::Event::Consumed));
            document(&message.document);
        }
        Envelope::Notification(notification) => {
            assert!(notification.header.id.is_some());
        }
        other => panic!("{other:?} was queued"),
    }
}

/// What a document becomes for each helpdesk.
pub(crate) fn document(document: &Document) {
    let again = Document::new(document.media_type(), document.content());
    assert_eq!(again.content(), document.content());
    let said = to_text(document);
    assert!(said.chars().count() <= MAX_WORDS);
    assert!(document.is_internal() || !said.trim().is_empty(), "a document without words");
    let contents = contents_of(document);
    assert!(!contents.is_empty());
    for &name in NAMES {
        let own = if name == ponte::helpdesk::zendesk_messaging::NAME { r#"{"app":"a"}"# } else { "" };
        let settings = HelpdeskSettings { name: name.to_owned(), url: String::new(), own: own.to_owned() };
        if let Ok(can) = helpdesk::capabilities(&settings) {
            shown(&contents, &can);
        }
    }
    shown(&contents, channel_capabilities("sms.gw.msging.net"));
    let _ = Value::from(said);
}
