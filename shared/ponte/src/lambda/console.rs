//! The start of the function `console`, whose pages are a crate of their own: it knows what an operator does, which this crate does not.

use std::{sync::Arc, time::Duration};

use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use aws_types::SdkConfig;

use super::{aws::sdk_config, start::start};
use crate::settings::ConsoleConfig;

/// A look into a day of logs takes seconds, and somebody waits for the page: longer than the other functions wait for AWS, and
/// shorter than API Gateway waits for this one (30 s).
const ATTEMPT: Duration = Duration::from_secs(10);
const WITH_ALL_ATTEMPTS: Duration = Duration::from_secs(20);

/// Starts the log; gives the settings of AWS's clients and the function's own.
///
/// # Errors
///
/// Names all variables that are missing or cannot be read.
pub fn console() -> anyhow::Result<(SdkConfig, Arc<ConsoleConfig>)> {
    let (aws, config) = start::<ConsoleConfig>()?;
    let aws = sdk_config(&aws)?;
    let connect = aws.timeout_config().and_then(TimeoutConfig::connect_timeout);
    let mut patient = TimeoutConfig::builder();
    patient.set_connect_timeout(connect);
    let patient = patient.operation_attempt_timeout(ATTEMPT).operation_timeout(WITH_ALL_ATTEMPTS).build();
    Ok((aws.into_builder().timeout_config(patient).build(), config))
}
