//! The deployed stack's helpdesk, asked by the tool with the stack's own key. Nothing of the key is ever printed.

use std::sync::Arc;

use ponte::{
    clock::SystemClock,
    helpdesk::{ClientDeps, Secrets},
    http,
    relay::ports::NoFiles,
    secret::Secret,
    secrets,
    settings::HelpdeskSecret,
    texts::Texts,
};

use crate::{OperationError, Stack};

/// What a client of the helpdesk is made of: the stack's key, read with the operator's own rights, and clients of this machine's.
pub(crate) async fn means(stack: &Stack) -> Result<(Secrets, ClientDeps), OperationError> {
    let arn = stack.resource("HelpdeskSecret").await?;
    let secret: HelpdeskSecret = secrets::read(&stack.secrets, &arn).await.map_err(|error| wrong(&error))?;
    // Nobody changes it while the tool runs.
    let fixed = |value: String| Secret::new(value.clone(), Arc::new(value), Arc::new(SystemClock));
    let deps = ClientDeps {
        http: http::client(&stack.extra_root).map_err(|error| wrong(&error))?,
        texts: Texts::default().into(),
        clock: Arc::new(SystemClock),
        files: Arc::new(NoFiles),
    };
    Ok((Secrets { credentials: fixed(secret.credentials), webhook: fixed(secret.webhook_secret) }, deps))
}

/// A setting of the helpdesk's that cannot be used.
pub(crate) fn wrong(error: &dyn std::fmt::Display) -> OperationError {
    OperationError::Failed(format!("the helpdesk's settings: {error}"))
}
