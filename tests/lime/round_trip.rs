//! Nothing is lost between reading and writing.

use ponte::lime::Envelope;

use super::fixtures;

#[test]
fn every_example_is_written_as_it_was_read() {
    let examples = fixtures::all();
    assert_eq!(examples.len(), 116);
    for (name, value) in examples {
        let envelope = Envelope::from_value(value.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(envelope.to_value(), value, "{name}");
    }
}

#[test]
fn serde_reads_and_writes_the_same() {
    for (name, value) in fixtures::all() {
        let envelope: Envelope = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&envelope).unwrap(), value, "{name}");
    }
}

#[test]
fn the_file_name_tells_the_kind() {
    for (name, value) in fixtures::all() {
        let kind = match Envelope::from_value(value).unwrap() {
            Envelope::Message(_) if name.starts_with("ticket-") => "ticket",
            Envelope::Message(_) => "message",
            Envelope::Notification(_) => "notification",
            Envelope::Command(_) => "command",
            Envelope::Response(_) => "response",
            Envelope::Session(_) => "session",
        };
        assert_eq!(name.split('-').next(), Some(kind), "{name}");
    }
}
