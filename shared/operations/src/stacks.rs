//! The stacks of Ponte's in one account and region: a company may have several, for a shop and a clinic, or for tests.

use aws_sdk_cloudformation::{primitives::DateTime, types::Stack as Described};
use aws_types::SdkConfig;
use ponte::clock::Timestamp;
use serde::Serialize;

use crate::{
    OperationError, QueueName,
    stack::{outputs_of, parameters_of},
};

/// What the template's description begins with.
const DESCRIPTION: &str = "Ponte:";

/// A stack, as `CloudFormation` describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    pub name: String,
    /// `CloudFormation`'s word: `CREATE_COMPLETE`, `ROLLBACK_COMPLETE`, …
    pub state: String,
    /// The parameter `Helpdesk`.
    pub helpdesk: Option<String>,
    /// The parameter `BlipUrl`.
    pub blip: Option<String>,
    /// When it was last changed (RFC 3339).
    pub changed: Option<String>,
}

/// All of them, by their names. One call for each page of the account's stacks.
///
/// # Errors
///
/// [`OperationError::Failed`] where `CloudFormation` does not answer, or may not be asked.
pub async fn stacks(config: &SdkConfig) -> Result<Vec<Found>, OperationError> {
    let formation = aws_sdk_cloudformation::Client::new(config);
    let mut pages = formation.describe_stacks().into_paginator().items().send();
    let mut all = Vec::new();
    while let Some(stack) = pages.next().await {
        let stack = stack.map_err(|error| OperationError::aws("the stacks cannot be listed", &error))?;
        all.extend(found(&stack));
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

/// What is said of a stack, where it is one of Ponte's: by its description, or, of a release that had another one, by its queues.
fn found(stack: &Described) -> Option<Found> {
    // Alarms and the dashboard are stacks within a stack.
    if stack.root_id().is_some() {
        return None;
    }
    let outputs = outputs_of(stack);
    let described = stack.description().is_some_and(|text| text.starts_with(DESCRIPTION));
    if !described && !QueueName::ALL.iter().all(|queue| outputs.contains_key(queue.outputs().0)) {
        return None;
    }
    let mut parameters = parameters_of(stack);
    let mut given = |name: &str| parameters.remove(name).filter(|value| !value.is_empty());
    let changed = stack.last_updated_time().or_else(|| stack.creation_time());
    let changed = changed.and_then(|at: &DateTime| at.to_millis().ok()).map(|at| Timestamp(at).rfc3339());
    Some(Found {
        name: stack.stack_name().unwrap_or_default().to_owned(),
        state: stack.stack_status().map_or("UNKNOWN", |state| state.as_str()).to_owned(),
        helpdesk: given("Helpdesk"),
        blip: given("BlipUrl"),
        changed,
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::{Output, Parameter, StackStatus};

    use super::*;

    #[test]
    fn a_stack_of_ours_is_known_by_its_description_or_by_its_queues() {
        let stack = || {
            Described::builder()
                .stack_name("shop")
                .stack_status(StackStatus::RollbackComplete)
                .creation_time(DateTime::from_secs(1_763_640_120))
        };
        let ours = stack().description("Ponte: a bridge").build();
        let wanted = Found {
            name: "shop".into(),
            state: "ROLLBACK_COMPLETE".into(),
            helpdesk: None,
            blip: None,
            changed: Some("2025-11-20T12:02:00Z".into()),
        };
        assert_eq!(found(&ours), Some(wanted.clone()));
        assert_eq!(found(&stack().description("Ponte: alarms").root_id("arn").build()), None);
        assert_eq!(found(&stack().description("A bridge over water").build()), None);
        let parameter = Parameter::builder().parameter_key("Helpdesk").parameter_value("zendesk").build();
        let outputs = QueueName::ALL
            .map(|queue| Output::builder().output_key(queue.outputs().0).output_value("https://queue").build());
        let earlier = stack().set_outputs(Some(outputs.to_vec())).parameters(parameter).build();
        assert_eq!(found(&earlier), Some(Found { helpdesk: Some("zendesk".into()), ..wanted }));
    }
}
