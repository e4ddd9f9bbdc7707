//! The two HTTP functions: the event's bytes and headers in, a status out.

use std::sync::Arc;

use lambda_http::{
    Body, Error, Request, RequestExt, Response,
    http::{HeaderMap, Method},
    request::RequestContext,
    service_fn,
};

use super::{aws::Aws, start::start};
use crate::{
    blip,
    clock::SystemClock,
    hash::HashKey,
    helpdesk,
    message::Capabilities,
    queue::{QueueUrls, SqsQueue},
    relay::{
        accept::{self, Accepted},
        body,
        ports::{HandshakeRequest, Headers, Journal, Rejection, Unverified, WebhookVerifier},
    },
    rotation::Rotating,
    settings::{BlipWebhookConfig, HelpdeskCallbackConfig, HelpdeskSettings},
    telemetry::{self, LogJournal},
};

/// The headers of a request.
pub(super) struct EventHeaders<'a>(pub(super) &'a HeaderMap);

impl Headers for EventHeaders<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }
}

/// `POST /blip`: messages, notifications and tickets.
pub async fn blip_webhook() -> Result<(), Error> {
    let (aws, config) = start::<BlipWebhookConfig>()?;
    let aws = Aws::new(&aws)?;
    let (secret, keys, capabilities) = tokio::try_join!(
        aws.read(&config.blip_secret),
        aws.read(&config.keys_secret),
        aws.reloading(config.clone(), &config.settings, |aws, config| Box::pin(capabilities(aws, config)))
    )?;
    let header = config.token_header.to_ascii_lowercase();
    let key = HashKey::new(keys.hash_key.as_bytes());
    let urls = QueueUrls { to_helpdesk: config.to_helpdesk_queue_url.clone(), ..QueueUrls::default() };
    let queue = SqsQueue::new(aws_sdk_sqs::Client::new(&aws.config), urls, key.clone());
    let read = |token: &str| Ok(token.to_owned());
    let token = aws.rotating(&config.blip_secret, &secret.token, |secret| secret.token, read)?;
    let (token, header, key, queue, capabilities) = (&token, &header, &key, &queue, &capabilities);
    lambda_http::run(service_fn(async move |request: Request| {
        let work = async {
            let headers = EventHeaders(request.headers());
            let check = |token: &String| {
                let body = blip::verify(headers.get(header), token, request.body())?;
                body::written_plainly(&headers).map(|()| body)
            };
            let (admitted, helpdesk) = tokio::join!(token.admit(check), capabilities.present());
            let accepted = match admitted {
                Ok((body, _)) => accept::from_blip(body, queue, &SystemClock, key, &helpdesk).await,
                Err(rejection) => Err(rejection),
            };
            answer("blip-webhook", &request, key, accepted)
        };
        in_request(&request, work).await
    }))
    .await
}

/// What the helpdesk can show, as its settings say.
async fn capabilities(aws: Aws, config: Arc<BlipWebhookConfig>) -> anyhow::Result<(String, Capabilities)> {
    let (text, long) = aws.long_settings(&config.settings).await?;
    Ok((text, helpdesk::capabilities(&HelpdeskSettings::new(&config.helpdesk, None, &long))?))
}

/// What checks and reads the helpdesk's events, for the present secret and the one before.
type Verifier = Rotating<Box<dyn WebhookVerifier>>;

/// What checks and reads the helpdesk's events.
async fn callback_verifier(aws: Aws, config: Arc<HelpdeskCallbackConfig>) -> anyhow::Result<(String, Verifier)> {
    let ((text, long), secret) =
        tokio::try_join!(aws.long_settings(&config.settings), aws.read(&config.helpdesk_secret))?;
    let settings = HelpdeskSettings::new(&config.helpdesk, None, &long);
    let read = move |secret: &str| helpdesk::verifier(&settings, secret);
    let verifier =
        aws.rotating(&config.helpdesk_secret, &secret.webhook_secret, |secret| secret.webhook_secret, read)?;
    Ok((text, verifier))
}

/// `ANY /helpdesk`, and `ANY /helpdesk/{secret}` for helpdesks that prove themselves with nothing else: the callbacks.
pub async fn helpdesk_callback() -> Result<(), Error> {
    let (aws, config) = start::<HelpdeskCallbackConfig>()?;
    let aws = Aws::new(&aws)?;
    let (verifiers, keys) = tokio::try_join!(
        aws.reloading(config.clone(), &config.settings, |aws, config| Box::pin(callback_verifier(aws, config))),
        aws.read(&config.keys_secret)
    )?;
    let key = HashKey::new(keys.hash_key.as_bytes());
    let urls = QueueUrls { to_blip: config.to_blip_queue_url.clone(), ..QueueUrls::default() };
    let queue = SqsQueue::new(aws_sdk_sqs::Client::new(&aws.config), urls, key.clone());
    let name = &config.helpdesk;
    let (verifiers, name, key, queue) = (&verifiers, name.as_str(), &key, &queue);
    lambda_http::run(service_fn(async move |request: Request| {
        let work = async {
            let verifier = verifiers.present().await;
            let uri = request.uri();
            let question =
                HandshakeRequest { method: request.method().as_str(), query: uri.query().unwrap_or_default() };
            if let Some(accepted) = accept::question(&question, &**verifier.present()) {
                return answer("helpdesk-callback", &request, key, Ok(accepted));
            }
            if request.method() != Method::POST {
                return answer("helpdesk-callback", &request, key, Err(Rejection::Method));
            }
            let headers = EventHeaders(request.headers());
            let path = uri.path().split_once("/helpdesk/").map_or("", |(_, behind)| behind);
            let unverified = Unverified { headers: &headers, path, body: request.body() };
            let admitted = verifier.admit(|verifier| {
                let body = accept::verify(&unverified, &**verifier, &SystemClock)?;
                body::written_plainly(&headers).map(|()| body)
            });
            let accepted = match admitted.await {
                Ok((body, verifier)) => {
                    accept::from_helpdesk(&unverified, body, &**verifier, name, queue, &SystemClock, key).await
                }
                Err(rejection) => Err(rejection),
            };
            answer("helpdesk-callback", &request, key, accepted)
        };
        in_request(&request, work).await
    }))
    .await
}

/// Works a request. All lines of the log that are written meanwhile say which call of Lambda's it was.
pub(super) async fn in_request<T>(request: &Request, work: impl Future<Output = T>) -> T {
    let id = request.lambda_context_ref().map(|context| context.request_id.as_str()).unwrap_or_default();
    telemetry::in_request(id, work).await
}

/// 200 with an empty body (or the answer to a question), or the refusal.
fn answer(
    function: &'static str,
    request: &Request,
    key: &HashKey,
    accepted: Result<Accepted, Rejection>,
) -> Result<Response<Body>, Error> {
    let rejection = match accepted {
        Ok(Accepted::Queued(steps)) => {
            for step in steps {
                LogJournal::without_figures().step(step);
            }
            return Ok(Response::builder().status(200).body(Body::Empty)?);
        }
        Ok(Accepted::Noted(step)) => {
            LogJournal::without_figures().step(*step);
            return Ok(Response::builder().status(200).body(Body::Empty)?);
        }
        Ok(Accepted::Dropped(reason)) => {
            tracing::info!(function, reason, "request dropped");
            return Ok(Response::builder().status(200).body(Body::Empty)?);
        }
        Ok(Accepted::Answered(body)) => {
            tracing::info!(function, "handshake answered");
            return Ok(Response::builder().status(200).body(Body::Text(body))?);
        }
        Err(rejection) => rejection,
    };
    refusal(function, request, key, rejection)
}

/// The rejection's status with its reason in words; a 401 says nothing. The log tells callers apart, and names none.
pub(super) fn refusal(
    function: &'static str,
    request: &Request,
    key: &HashKey,
    rejection: Rejection,
) -> Result<Response<Body>, Error> {
    let caller = key.hex(&["caller", address(request)]);
    tracing::warn!(function, status = rejection.status(), reason = %rejection, caller, "request rejected");
    let answer = Response::builder().status(rejection.status());
    Ok(match rejection {
        Rejection::Unauthorized(_) => answer.body(Body::Empty)?,
        Rejection::Method => answer.header("allow", "POST").body(Body::Empty)?,
        _ => answer.header("content-type", "application/json").body(Body::Text(rejection.body()))?,
    })
}

/// Where a request came from, as API Gateway saw it.
fn address(request: &Request) -> &str {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref().unwrap_or_default(),
        _ => "",
    }
}
