//! The start of the function `console`, whose pages are a crate of their own: it knows what an operator does, which this crate does not.

use std::sync::Arc;

use aws_types::SdkConfig;

use super::{aws::sdk_config, start::start};
use crate::settings::ConsoleConfig;

/// Starts the log; gives the settings of AWS's clients and the function's own.
///
/// # Errors
///
/// Names all variables that are missing or cannot be read.
pub fn console() -> anyhow::Result<(SdkConfig, Arc<ConsoleConfig>)> {
    let (aws, config) = start::<ConsoleConfig>()?;
    Ok((sdk_config(&aws)?, config))
}
