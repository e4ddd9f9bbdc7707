//! The start of every function: its log, and its environment.

use std::sync::Arc;

use crate::{
    settings::{AwsConfig, CommonConfig, Configuration, Reader, of_process},
    telemetry,
};

/// Starts the log and reads the environment: what AWS's clients need, and the function's own configuration. The error names all
/// variables that are missing or cannot be read.
pub(super) fn start<C: Configuration>() -> anyhow::Result<(AwsConfig, Arc<C>)> {
    let mut environment = Reader::new(&of_process);
    let common = CommonConfig::read(&mut environment);
    telemetry::start(common.and_then(|common| common.log_level).as_deref());
    let aws = AwsConfig::read(&mut environment);
    let own = C::read(&mut environment).map(Arc::new);
    Ok(environment.finish(aws.zip(own))?)
}
