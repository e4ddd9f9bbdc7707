//! Why a page is not what was asked for. The guard makes a page of it, in the reader's language.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use operations::OperationError;

use crate::language::Language;

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) status: StatusCode,
    why: String,
}

impl Fault {
    /// There is no such thing.
    pub(crate) fn not_found() -> Self {
        Self { status: StatusCode::NOT_FOUND, why: String::new() }
    }

    /// What was sent makes no sense.
    pub(crate) fn wrong(why: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, why: why.to_owned() }
    }

    /// The heading of its page.
    pub(crate) fn title(&self, language: Language) -> &'static str {
        match self.status {
            StatusCode::NOT_FOUND => language.say("Not found", "Não encontrado"),
            StatusCode::CONFLICT => language.say("Not possible now", "Não é possível agora"),
            StatusCode::BAD_REQUEST => language.say("That was not understood", "Não deu para entender o pedido"),
            _ => language.say("A service did not answer", "Um serviço não respondeu"),
        }
    }

    /// What is known of it.
    pub(crate) fn why(&self, language: Language) -> String {
        if self.why.is_empty() {
            return language
                .say("There is nothing here, or not any more.", "Não há nada aqui, ou não há mais.")
                .to_owned();
        }
        self.why.clone()
    }
}

impl From<OperationError> for Fault {
    fn from(error: OperationError) -> Self {
        let status = match error {
            OperationError::Failed(_) => StatusCode::BAD_GATEWAY,
            OperationError::Usage(_) => StatusCode::BAD_REQUEST,
            OperationError::NotFound(_) => StatusCode::NOT_FOUND,
            OperationError::NotPossible(_) | OperationError::Left(_) => StatusCode::CONFLICT,
        };
        Self { status, why: error.to_string() }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
