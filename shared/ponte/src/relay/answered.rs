//! What a helpdesk answered in the call itself, as jobs that the queue takes.
//!
//! One job holds the whole answer, as the webhook endpoint has it for a callback. The endpoint refuses what is too large for the queue; here nobody
//! could be told, and the words would be said and answered again for ever. So a large answer becomes a job for each event, and a
//! large event one for each piece of its words. Pure.

use crate::{
    hash::HashKey,
    job::{Job, MAX_JOB, ToCustomerJob},
    message::{AgentEvent, AgentEventKind, Content, text::split},
};

/// The longest piece of a text that is cut, in characters. In JSON one is up to six bytes.
const PIECE: usize = 40_000;

/// The jobs for `answer`, in order.
pub(super) fn jobs(answer: &ToCustomerJob, helpdesk: &str, key: &HashKey) -> Vec<Job> {
    let whole = answer.addressed(helpdesk, key);
    if whole.body.len() <= MAX_JOB {
        return vec![whole];
    }
    let events = answer.events.clone();
    let job = |event| ToCustomerJob { events: vec![event], ..answer.clone() }.addressed(helpdesk, key);
    let fits = |event: &AgentEvent| job(event.clone()).body.len() <= MAX_JOB;
    let small = events.into_iter().flat_map(|event| if fits(&event) { vec![event] } else { pieces(event) });
    small.map(job).collect()
}

/// An event in pieces, each under an id of its own, which is the same in every try.
fn pieces(event: AgentEvent) -> Vec<AgentEvent> {
    let AgentEvent { id, kind } = event;
    match kind {
        AgentEventKind::Message { contents, agent } => {
            let contents = contents.into_iter().flat_map(cut).enumerate();
            let piece = |(number, content)| {
                let kind = AgentEventKind::Message { contents: vec![content], agent: agent.clone() };
                AgentEvent { id: id.part(number + 1), kind }
            };
            contents.map(piece).collect()
        }
        // No service has such a name.
        AgentEventKind::Closed { .. } => vec![AgentEvent { id, kind: AgentEventKind::Closed { service: None } }],
        kind => vec![AgentEvent { id, kind }],
    }
}

/// A content in pieces: its words are cut, and what is no words stays whole where it is short.
fn cut(content: Content) -> Vec<Content> {
    let texts = |text: &str| split(text, PIECE).into_iter().map(Content::text).collect::<Vec<_>>();
    let short = |text: &str| text.chars().count() <= PIECE;
    match content {
        Content::Text { text } => texts(&text),
        Content::Choices { text, options } => {
            let listed = options.join("\n");
            if !short(&listed) {
                return texts(&format!("{text}\n{listed}"));
            }
            let mut pieces = split(&text, PIECE);
            let last = pieces.pop().unwrap_or_default();
            pieces.into_iter().map(Content::text).chain([Content::Choices { text: last, options }]).collect()
        }
        Content::File { url, name, mime, size, caption } => {
            let name = name.filter(|name| short(name));
            let mime = mime.filter(|mime| short(mime));
            let file = short(&url).then_some(Content::File { url, name, mime, size, caption: None });
            file.into_iter().chain(caption.iter().flat_map(|caption| texts(caption))).collect()
        }
        Content::Location { latitude, longitude, text } => {
            let name = text.iter().flat_map(|text| texts(text));
            [Content::Location { latitude, longitude, text: None }].into_iter().chain(name).collect()
        }
        Content::Link { url, title, text } => {
            [title, text, Some(url)].iter().flatten().flat_map(|t| texts(t)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Timestamp,
        job::VERSION,
        message::{SourceId, TicketId},
    };

    fn jobs_of(events: Vec<AgentEvent>) -> Vec<ToCustomerJob> {
        let answer = ToCustomerJob {
            v: VERSION,
            replayed: false,
            polled: false,
            received_at: Timestamp(1),
            ticket: TicketId::new("T-1"),
            opening: None,
            events,
        };
        let jobs = jobs(&answer, "memory", &HashKey::new(b"key"));
        assert!(jobs.iter().all(|job| job.body.len() <= MAX_JOB));
        let ids: std::collections::HashSet<_> = jobs.iter().map(|job| &job.deduplication).collect();
        assert_eq!(ids.len(), jobs.len(), "the queue takes each");
        jobs.iter().map(|job| serde_json::from_str(&job.body).unwrap()).collect()
    }

    fn said(id: &str, contents: Vec<Content>) -> AgentEvent {
        AgentEvent { id: SourceId::exact(id), kind: AgentEventKind::Message { contents, agent: None } }
    }

    fn words(jobs: &[ToCustomerJob]) -> String {
        let events = jobs.iter().flat_map(|job| &job.events);
        let contents = events.flat_map(|event| match &event.kind {
            AgentEventKind::Message { contents, .. } => contents.clone(),
            _ => Vec::new(),
        });
        contents
            .map(|c| if let Content::Text { text } | Content::Choices { text, .. } = c { text } else { String::new() })
            .collect()
    }

    #[test]
    fn what_fits_is_one_job_and_what_does_not_is_whole_in_several() {
        let short = |id: &str| said(id, vec![Content::text("x".repeat(1_000))]);
        assert_eq!(jobs_of(vec![short("m/1"), short("m/2")]).len(), 1);
        let many: Vec<AgentEvent> = (0..300).map(|number| short(&format!("m/{number}"))).collect();
        let jobs = jobs_of(many.clone());
        assert_eq!(
            jobs.iter().flat_map(|job| job.events.clone()).collect::<Vec<_>>(),
            many,
            "in order, under their ids"
        );
        for letter in ["a", "\u{1}", "\"", "😀", "\u{FFFF}"] {
            let text = letter.repeat(300_000);
            assert_eq!(words(&jobs_of(vec![said("m/1", vec![Content::text(text.clone())])])), text, "{letter}");
        }
        let options = vec!["Sim".to_owned(), "Não".to_owned()];
        let asked = Content::Choices { text: "x".repeat(300_000), options: options.clone() };
        let jobs = jobs_of(vec![said("m/1", vec![asked])]);
        let AgentEventKind::Message { contents, .. } = &jobs.last().unwrap().events[0].kind else { panic!("no words") };
        assert!(matches!(&contents[0], Content::Choices { options: kept, .. } if *kept == options));
        assert_eq!(words(&jobs).len(), 300_000);
        let long = || "x".repeat(300_000);
        let file = Content::File {
            url: "https://x.example/f".into(),
            name: None,
            mime: None,
            size: None,
            caption: Some(long()),
        };
        assert_eq!(words(&jobs_of(vec![said("m/1", vec![file])])).len(), 300_000);
        let end = AgentEvent { id: SourceId::exact("e"), kind: AgentEventKind::Closed { service: Some(long()) } };
        assert_eq!(jobs_of(vec![end])[0].events[0].kind, AgentEventKind::Closed { service: None });
    }
}
