//! Fetching a link as the customer's app or the agent's browser would, on a machine where the stack's host names mean nothing.
//!
//! Only this machine is ever asked: `localhost` and every name under it (`{api}.execute-api.localhost`,
//! `{bucket}.s3.localhost`) is 127.0.0.1 at the link's port, and the link's own host goes into the `Host` header, by which
//! the emulator tells its services apart and against which a signed link is checked.

use anyhow::{Context, Result, anyhow, ensure};
use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HOST, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

use crate::ledger::Digest;
use crate::transport::{OWN_HEADER, http_client};

/// How many redirects are followed; browsers follow about 20.
const MAX_REDIRECTS: usize = 10;

/// What came of a link.
#[derive(Clone, Debug)]
pub struct Downloaded {
    /// The status of the last answer.
    pub status: u16,
    pub bytes: Vec<u8>,
    pub digest: Digest,
    /// `Content-Type` and `Content-Disposition` of the last answer.
    pub mime: Option<String>,
    pub disposition: Option<String>,
    /// Where it was sent on to, in order.
    pub redirects: Vec<String>,
}

/// Follows a link to its end. Fails for a host that is not of this machine, a connection that breaks, or too many redirects; an
/// answer with any status is no failure.
pub(crate) async fn download(url: &str) -> Result<Downloaded> {
    let client = http_client(Policy::none())?;
    let (mut url, mut redirects) = (Url::parse(url).context("the link is no URL")?, Vec::new());
    loop {
        let response = ask(&client, &url).await?;
        let Some(next) = onward(&response)? else {
            return read(response, redirects).await;
        };
        ensure!(redirects.len() < MAX_REDIRECTS, "more than {MAX_REDIRECTS} redirects");
        url = url.join(&next).context("the redirect leads to no URL")?;
        redirects.push(url.to_string());
    }
}

async fn ask(client: &Client, url: &Url) -> Result<Response> {
    let host = url.host_str().unwrap_or_default();
    let here = ["127.0.0.1", "localhost"].contains(&host) || host.ends_with(".localhost");
    ensure!(here, "the link's host is not of this machine: {host}");
    let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let mut local = url.clone();
    local.set_host(Some("127.0.0.1")).context("the link has no host")?;
    // Nothing on this machine speaks TLS; a stack that gives out its links as on AWS means the same port.
    if url.port().is_some() {
        local.set_scheme("http").map_err(|()| anyhow!("the link's scheme is {}", url.scheme()))?;
    }
    let request = client.get(local).header(HOST, authority).header(OWN_HEADER, "1");
    request.send().await.with_context(|| format!("no answer from {host}"))
}

fn onward(response: &Response) -> Result<Option<String>> {
    if !response.status().is_redirection() {
        return Ok(None);
    }
    let location = response.headers().get(LOCATION).context("a redirect without Location")?;
    Ok(Some(location.to_str()?.to_owned()))
}

async fn read(response: Response, redirects: Vec<String>) -> Result<Downloaded> {
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (mime, disposition) = (header(CONTENT_TYPE), header(CONTENT_DISPOSITION));
    let status = response.status().as_u16();
    let bytes = response.bytes().await.context("the response was cut off")?.to_vec();
    Ok(Downloaded { status, digest: Digest::of(&bytes), bytes, mime, disposition, redirects })
}
