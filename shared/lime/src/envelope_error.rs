//! What keeps a document from being an envelope.

/// Why a document is no envelope. Says nothing of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The document is no JSON object.
    #[error("not a JSON object")]
    NotAnObject,
    /// None of the fields that tell a kind is there.
    #[error("neither message, notification, command nor session")]
    NoKind,
    /// A field without which the kind means nothing is missing or has the wrong type.
    #[error("the field {field} is missing or has the wrong type")]
    BadField {
        /// The field's JSON name.
        field: &'static str,
    },
}
