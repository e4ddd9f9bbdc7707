//! The AWS clients' settings: the usual environment, profiles and single sign-on of whoever runs the tool.
//!
//! Unlike the functions, the tool trusts the machine's own root certificates and uses its proxy: it runs on an operator's
//! desk, where a company may have put a proxy with a certificate of its own before AWS.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig, timeout::TimeoutConfig};
use aws_sdk_sqs::config::Credentials;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};

use operations::{MAX_CALL, OperationError};

/// The settings of whoever runs the tool; `region` goes before the environment's. Credentials are asked for with the first call.
pub async fn config(region: Option<String>) -> Result<SdkConfig, OperationError> {
    profile()?;
    let loader = loader();
    let loader = match region {
        Some(region) => loader.region(Region::new(region)),
        None => loader,
    };
    let config = loader.load().await;
    let usable = |region: &Region| region.as_ref().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match config.region().filter(|region| !region.as_ref().is_empty()) {
        None => {
            let words =
                "no region: give --region, or set AWS_REGION, or AWS_PROFILE to a profile that is there and has one";
            Err(OperationError::Usage(words.to_owned()))
        }
        // It becomes part of a host's name.
        Some(region) if !usable(region) => {
            Err(OperationError::Usage("this is no region: give one as in sa-east-1".to_owned()))
        }
        Some(_) => Ok(config),
    }
}

/// Refuses a profile that is not there, which the SDK passes over in silence: what came after would be another account, or none.
fn profile() -> Result<(), OperationError> {
    let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let Some(profile) = set("AWS_PROFILE").filter(|profile| profile != "default") else { return Ok(()) };
    let home = set("HOME").or_else(|| set("USERPROFILE")).unwrap_or_default();
    let files = [("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")];
    let files = files
        .map(|(variable, name)| set(variable).map_or_else(|| Path::new(&home).join(".aws").join(name), PathBuf::from));
    if files.iter().any(|file| fs::read_to_string(file).is_ok_and(|text| names(&text, &profile))) {
        return Ok(());
    }
    let words = "is in no file of yours: look at AWS_PROFILE, and at `aws configure list-profiles`";
    Err(OperationError::Usage(format!("the profile {profile} {words}")))
}

/// Whether a file of settings has this profile: `[name]` or `[profile name]`.
fn names(text: &str, profile: &str) -> bool {
    text.lines().any(|line| {
        let Some((section, _)) = line.trim().strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
            return false;
        };
        let section = section.trim();
        let name =
            section.strip_prefix("profile").filter(|rest| rest.starts_with(char::is_whitespace)).unwrap_or(section);
        name.trim().trim_matches(['"', '\'']) == profile
    })
}

/// The settings of an emulator at `url`, whatever the environment says: for tests.
pub async fn endpoint(url: &str) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "test");
    loader().region(Region::from_static("us-east-1")).endpoint_url(url).credentials_provider(credentials).load().await
}

fn loader() -> ConfigLoader {
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let limits = TimeoutConfig::builder().operation_timeout(MAX_CALL).build();
    aws_config::defaults(BehaviorVersion::latest()).http_client(http).timeout_config(limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_found_however_its_section_is_written() {
        let text = "[default]\nregion=x\n[ profile  two ] # y\n[three]\n[profile \"four five\"]\n";
        for profile in ["default", "two", "three", "four five"] {
            assert!(names(text, profile), "{profile}");
        }
        for profile in ["one", "profile", "region", "tw", ""] {
            assert!(!names(text, profile), "{profile}");
        }
    }
}
