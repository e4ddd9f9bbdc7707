//! What an operator needs beside the stack of `make local`: a file for `source`, with where everything is, keys, and the tool.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ponte_simulator::Simulator;
use ponte_simulator::stack::Stack;

/// The lines of `stack.env` that are worth a variable.
const OUTPUTS: [&str; 9] = [
    "BLIP_WEBHOOK_URL",
    "BLIP_WEBHOOK_HOST",
    "HELPDESK_CALLBACK_URL",
    "HELPDESK_CALLBACK_HOST",
    "TABLE_NAME",
    "FILE_BUCKET_NAME",
    "TO_HELPDESK_QUEUE_URL",
    "TO_BLIP_QUEUE_URL",
    "CLOSE_TICKET_QUEUE_URL",
];

/// Writes the file into the stack's folder, and says where it is. It holds keys, so that only its owner reads it.
pub(crate) fn write(simulator: &Simulator, stack: &Stack, state: &Path) -> Result<PathBuf> {
    let state = state.canonicalize().context("the stack's folder is gone")?;
    let root = ponte_simulator::stack::root();
    let outputs: Vec<(&str, String)> = OUTPUTS.map(|name| (name, stack.output(name).to_owned())).to_vec();
    let text = environment(simulator, stack.output("ENDPOINT"), &outputs, &root);
    let path = state.join("operator.env");
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(&path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// The file's text.
fn environment(simulator: &Simulator, endpoint: &str, outputs: &[(&str, String)], root: &Path) -> String {
    let config = simulator.config();
    let of_aws = [("AWS_ENDPOINT_URL", endpoint), ("AWS_REGION", "us-east-1"), ("AWS_DEFAULT_REGION", "us-east-1")];
    let keys = [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("STACK", "ponte")];
    let sides = [
        ("BLIP_URL", simulator.blip_url()),
        ("BLIP_KEY", config.blip_key.clone()),
        ("BLIP_TOKEN", config.blip_token.clone()),
        ("BLIP_TOKEN_HEADER", config.token_header.clone()),
        ("HELPDESK_URL", simulator.helpdesk_url()),
        ("HELPDESK_WEBHOOK_SECRET", config.webhook_secret.clone()),
    ];
    let mut text = "# For `source`, in bash or zsh: the stack of `make local`, for as long as it runs.\n\
                    unset AWS_PROFILE AWS_SESSION_TOKEN\n"
        .to_owned();
    let fixed = of_aws.into_iter().chain(keys).map(|(name, value)| (name, value.to_owned()));
    let playground = simulator.playground_url().map(|url| ("PLAYGROUND_URL", url));
    let fixed = fixed.chain(playground);
    for (name, value) in fixed.chain(sides).chain(outputs.iter().cloned()) {
        text.extend(["export ", name, "=", &quoted(&value), "\n"]);
    }
    let manifest = quoted(&root.join("Cargo.toml").to_string_lossy());
    text + &format!("ponte() {{ cargo run --quiet --manifest-path {manifest} -p ponte-cli -- \"$@\"; }}\n")
}

/// As a shell reads it back unchanged.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use ponte_simulator::stack;

    use super::*;

    #[tokio::test]
    async fn a_shell_takes_the_file_as_it_is() {
        let simulator = Simulator::start(stack::config()).await.unwrap();
        let outputs = [("TABLE_NAME", "a 'table' $HOME \"x\"".to_owned())];
        let text = environment(&simulator, "http://127.0.0.1:1", &outputs, Path::new("/a b"));
        let script = format!(
            "set -eu\nAWS_PROFILE=other\n{text}\ntype ponte >/dev/null\n\
             printf '%s\\n' \"$AWS_ENDPOINT_URL\" \"$TABLE_NAME\" \"$BLIP_TOKEN\" \"${{AWS_PROFILE-none}}\""
        );
        let output = Command::new("bash").arg("-c").arg(script).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).unwrap();
        let expected = ["http://127.0.0.1:1", "a 'table' $HOME \"x\"", &simulator.config().blip_token, "none"];
        assert_eq!(said.lines().collect::<Vec<_>>(), expected);
    }
}
