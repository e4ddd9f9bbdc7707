//! The AWS clients' settings: the usual environment, profiles and single sign-on of whoever runs the tool.
//!
//! Unlike the functions, the tool trusts the machine's own root certificates and uses its proxy: it runs on an operator's
//! desk, where a company may have put a proxy with a certificate of its own before AWS.

use std::time::Duration;

use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig, timeout::TimeoutConfig};
use aws_sdk_sqs::config::Credentials;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};

use crate::Problem;

/// The longest that one call may take, its own retries included: well below half of what a parked copy is held for.
pub(crate) const LONGEST_CALL: Duration = Duration::from_secs(20);

/// The settings of whoever runs the tool; `region` goes before the environment's. Credentials are asked for with the first call.
pub async fn config(region: Option<String>) -> Result<SdkConfig, Problem> {
    let loader = loader();
    let loader = match region {
        Some(region) => loader.region(Region::new(region)),
        None => loader,
    };
    let config = loader.load().await;
    let usable = |region: &Region| region.as_ref().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match config.region().filter(|region| !region.as_ref().is_empty()) {
        None => {
            let words = "no region: give --region, or set AWS_REGION, or AWS_PROFILE to a profile that is there and has one";
            Err(Problem::Usage(words.to_owned()))
        }
        // It becomes part of a host's name.
        Some(region) if !usable(region) => Err(Problem::Usage("this is no region: give one as in sa-east-1".to_owned())),
        Some(_) => Ok(config),
    }
}

/// The settings of an emulator at `url`, whatever the environment says: for tests.
pub async fn endpoint(url: &str) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "test");
    loader().region(Region::from_static("us-east-1")).endpoint_url(url).credentials_provider(credentials).load().await
}

fn loader() -> ConfigLoader {
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let limits = TimeoutConfig::builder().operation_timeout(LONGEST_CALL).build();
    aws_config::defaults(BehaviorVersion::latest()).http_client(http).timeout_config(limits)
}
