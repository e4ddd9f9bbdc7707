//! The helpdesk's webhook endpoint: any body that the helpdesk really sent.
//!
//! The first byte says which helpdesk, then come headers and an empty line, then the body. What proves it is added here.

use ponte::{
    message::{AgentEventKind, BlipId, ConversationId},
    queue::{Destination, Job, ToCustomerJob},
    relay::{
        accept::{self, Accepted},
        body::MAX_BODY,
        ports::{HandshakeRequest, Rejection, Unverified},
    },
};

use crate::{
    first,
    helpdesks::{Helpdesk, Lines, Proof},
    ports::{Kept, NOW, OPENING, Still, comes_back, key, now, received, shown_to_customer},
};

/// `POST /helpdesk`.
pub fn callback(bytes: &[u8]) {
    let (byte, rest) = first(bytes);
    let helpdesk = Helpdesk::of(byte);
    let (lines, body) = Lines::read(rest);
    let verifier = helpdesk.verifier();

    // As it came, nobody has proved it.
    let stranger = Unverified { headers: &lines, path: "", body };
    assert!(accept::verify(&stranger, &*verifier, &Still).is_err(), "{} let a stranger in", helpdesk.name);
    let query = String::from_utf8_lossy(body);
    for method in ["GET", "HEAD", "POST"] {
        let _ = accept::question(&HandshakeRequest { method, query: &query }, &*verifier);
    }

    let (lines, path) = helpdesk.proved(&lines, body);
    let request = Unverified { headers: &lines, path, body };
    let checked = match accept::verify(&request, &*verifier, &Still) {
        Ok(checked) => checked,
        Err(Rejection::TooLarge) => return assert!(body.len() > MAX_BODY),
        Err(other) => panic!("{} is refused what it sent: {other:?}", helpdesk.name),
    };
    let queue = Kept::default();
    let send = || now(accept::from_helpdesk(&request, checked, &*verifier, helpdesk.name, &queue, &Still, &key()));
    let accepted = send();
    let jobs = queue.jobs();
    match &accepted {
        Ok(Accepted::Queued(steps)) => assert_eq!(steps.len(), jobs.len()),
        Ok(Accepted::Dropped(_))
        | Err(Rejection::Malformed(_) | Rejection::Unprocessable(_) | Rejection::Unfit(_) | Rejection::TooLarge) => {
            assert!(jobs.is_empty());
        }
        other => panic!("{}: {other:?}", helpdesk.name),
    }
    jobs.iter().for_each(queued);

    // What is sent again is the same again.
    assert_eq!(send().ok(), accepted.ok());
    let names = |jobs: &[Job]| jobs.iter().map(|job| job.deduplication.clone()).collect::<Vec<_>>();
    // An assistant's callback is known by the name that API Gateway gives each request.
    if helpdesk.proof != Proof::Path || lines.iter().any(|(name, _)| name == "x-amzn-trace-id") {
        assert_eq!(names(&queue.jobs()), names(&jobs), "{} says something else the second time", helpdesk.name);
    }
}

fn queued(job: &Job) {
    assert_eq!(job.destination, Destination::ToCustomer);
    let read: ToCustomerJob = received(job);
    assert!(!read.replayed && read.received_at == NOW);
    assert!(!read.ticket.as_str().trim().is_empty(), "a ticket without a name");
    assert!(!read.events.is_empty(), "a job without an event");
    comes_back(&read);
    if let Some(opening) = &read.opening {
        assert_eq!(ConversationId::parse(opening.as_str()).as_ref(), Some(opening), "a mark that is none of ours");
    }
    let opening = ConversationId::parse(OPENING).expect("it is a mark");
    for event in &read.events {
        assert!(!event.id.as_str().is_empty(), "an event without a name");
        let id = BlipId::agent(&opening, &read.ticket, &event.id, 1);
        assert_eq!(BlipId::parse(&id.render()), Some(id), "a notification would not lead back");
        if let AgentEventKind::Message { contents, .. } = &event.kind {
            assert!(!contents.is_empty(), "a message without a content");
            shown_to_customer(contents);
        }
    }
}
