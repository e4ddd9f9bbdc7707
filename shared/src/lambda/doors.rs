//! The two HTTP functions: the event's bytes and headers in, a status out.

use lambda_http::{Body, Error, Request, Response, http::HeaderMap, service_fn};

use super::aws::Aws;
use crate::{
    blip,
    clock::SystemClock,
    hash::HashKey,
    helpdesk,
    queue::{QueueUrls, SqsQueue},
    relay::{
        accept::{self, Accepted},
        ports::{Headers, Question, Rejection, Unverified},
    },
    settings::{BlipSecret, Environment, HelpdeskSecret},
    telemetry,
};

struct EventHeaders<'a>(&'a HeaderMap);

impl Headers for EventHeaders<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }
}

/// `POST /blip`: messages, notifications and tickets.
pub async fn blip_webhook() -> Result<(), Error> {
    telemetry::start();
    let aws = Aws::load().await?;
    let (secret, keys) = tokio::try_join!(aws.blip_secret(), aws.keys_secret())?;
    let header = Environment::required("BLIP_TOKEN_HEADER")?.to_ascii_lowercase();
    let key = HashKey::new(keys.hash_key.as_bytes());
    let urls = QueueUrls { to_helpdesk: Environment::required("TO_HELPDESK_QUEUE_URL")?, ..QueueUrls::default() };
    let queue = SqsQueue::new(aws_sdk_sqs::Client::new(&aws.config), urls, key.clone());
    let helpdesk = helpdesk::capabilities(&Environment::helpdesk()?)?;
    let token = aws.rotating(
        "BLIP_SECRET_ARN",
        &secret.token,
        |secret: BlipSecret| secret.token,
        |token| Ok(token.to_owned()),
    )?;
    let (token, header, key, queue, helpdesk) = (&token, &header, &key, &queue, &helpdesk);
    lambda_http::run(service_fn(async move |request: Request| {
        let headers = EventHeaders(request.headers());
        let check = |token: &String| blip::verify(headers.get(header), token, request.body());
        let accepted = match token.admit(check).await {
            Ok((body, _)) => accept::from_blip(body, queue, &SystemClock, key, helpdesk).await,
            Err(rejection) => Err(rejection),
        };
        answer("blip-webhook", accepted)
    }))
    .await
}

/// `ANY /helpdesk`, and `ANY /helpdesk/{secret}` for helpdesks that prove themselves with nothing else: the callbacks.
pub async fn helpdesk_callback() -> Result<(), Error> {
    telemetry::start();
    let aws = Aws::load().await?;
    let (secret, keys) = tokio::try_join!(aws.helpdesk_secret(), aws.keys_secret())?;
    let settings = Environment::helpdesk()?;
    let key = HashKey::new(keys.hash_key.as_bytes());
    let urls = QueueUrls { to_blip: Environment::required("TO_BLIP_QUEUE_URL")?, ..QueueUrls::default() };
    let queue = SqsQueue::new(aws_sdk_sqs::Client::new(&aws.config), urls, key.clone());
    let name = settings.name.clone();
    let read = move |secret: &str| helpdesk::door(&settings, secret);
    let field = |secret: HelpdeskSecret| secret.webhook_secret;
    let door = aws.rotating("HELPDESK_SECRET_ARN", &secret.webhook_secret, field, read)?;
    let (door, name, key, queue) = (&door, name.as_str(), &key, &queue);
    lambda_http::run(service_fn(async move |request: Request| {
        let uri = request.uri();
        let question = Question { method: request.method().as_str(), query: uri.query().unwrap_or_default() };
        if let Some(accepted) = accept::question(&question, &**door.present()) {
            return answer("helpdesk-callback", Ok(accepted));
        }
        let headers = EventHeaders(request.headers());
        let path = uri.path().split_once("/helpdesk/").map_or("", |(_, behind)| behind);
        let request = Unverified { headers: &headers, path, body: request.body() };
        let accepted = match door.admit(|door| accept::verify(&request, &**door, &SystemClock)).await {
            Ok((body, door)) => accept::from_helpdesk(&request, body, &**door, name, queue, &SystemClock, key).await,
            Err(rejection) => Err(rejection),
        };
        answer("helpdesk-callback", accepted)
    }))
    .await
}

/// 200 with an empty body (or the answer to a question), or the refusal.
fn answer(function: &'static str, accepted: Result<Accepted, Rejection>) -> Result<Response<Body>, Error> {
    let rejection = match accepted {
        Ok(Accepted::Queued(jobs)) => {
            tracing::info!(function, jobs, "accepted");
            return Ok(Response::builder().status(200).body(Body::Empty)?);
        }
        Ok(Accepted::Dropped(reason)) => {
            tracing::info!(function, reason, "dropped");
            return Ok(Response::builder().status(200).body(Body::Empty)?);
        }
        Ok(Accepted::Answered(body)) => {
            tracing::info!(function, "answered");
            return Ok(Response::builder().status(200).body(Body::Text(body))?);
        }
        Err(rejection) => rejection,
    };
    refusal(function, rejection)
}

/// The rejection's status with its reason in words; a 401 says nothing.
pub(super) fn refusal(function: &'static str, rejection: Rejection) -> Result<Response<Body>, Error> {
    tracing::warn!(function, status = rejection.status(), reason = %rejection, "rejected");
    let answer = Response::builder().status(rejection.status());
    Ok(match rejection {
        Rejection::Unauthorized(_) => answer.body(Body::Empty)?,
        _ => answer
            .header("content-type", "application/json")
            .body(Body::Text(serde_json::json!({ "error": rejection.to_string() }).to_string()))?,
    })
}
