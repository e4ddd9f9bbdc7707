//! The function of the REST channel: `POST /webhooks/rest/webhook`, and `GET /conversations/{sender}/tracker`.

use std::sync::Arc;

use lambda_http::{Body, Error, Request, RequestExt, Response, http::Method, service_fn};

use super::{
    aws::Aws,
    start::start,
    webhooks::{EventHeaders, in_request, refusal},
    workers::conversation_store,
};
use crate::{
    clock::SystemClock,
    hash::HashKey,
    helpdesk,
    queue::{QueueUrls, SqsQueue},
    rest::{RestEndpoint, RestRequest},
    settings::{HelpdeskSettings, RestChannelConfig},
    telemetry::LogJournal,
};

/// Answers with JSON; a 401 says nothing.
pub async fn rest_channel() -> Result<(), Error> {
    let (aws, config) = start::<RestChannelConfig>()?;
    let aws = Aws::new(&aws)?;
    let endpoints = aws.reloading(config.clone(), &config.settings, |aws, config| Box::pin(endpoint(aws, config)));
    let endpoints = &endpoints.await?;
    lambda_http::run(service_fn(async move |request: Request| {
        let answer = async { answer(&*endpoints.present().await, &request).await };
        in_request(&request, answer).await
    }))
    .await
}

async fn endpoint(aws: Aws, config: Arc<RestChannelConfig>) -> anyhow::Result<(String, RestEndpoint)> {
    let (secret, keys, (text, long)) = tokio::try_join!(
        aws.read(&config.rest_channel_secret),
        aws.read(&config.keys_secret),
        aws.long_settings(&config.settings)
    )?;
    let key = HashKey::new(keys.hash_key.as_bytes());
    let settings = HelpdeskSettings::new(&config.helpdesk, None, &long);
    let urls = QueueUrls { to_helpdesk: config.to_helpdesk_queue_url.clone(), ..QueueUrls::default() };
    let store = Arc::new(conversation_store(&aws, &config.table, &settings.name, &key));
    let endpoint = RestEndpoint {
        outbox: store.clone(),
        store,
        queue: Arc::new(SqsQueue::new(aws_sdk_sqs::Client::new(&aws.config), urls, key.clone())),
        clock: Arc::new(SystemClock),
        key,
        helpdesk: helpdesk::capabilities(&settings)?,
        token: aws.rotating(
            &config.rest_channel_secret,
            &secret.token,
            |secret| secret.token,
            |token| Ok(token.to_owned()),
        )?,
        hold: config.hold,
        journal: Arc::new(LogJournal::without_figures()),
    };
    Ok((text, endpoint))
}

async fn answer(endpoint: &RestEndpoint, request: &Request) -> Result<Response<Body>, Error> {
    let query = request.query_string_parameters();
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let bearer = header.and_then(|value| value.strip_prefix("Bearer ").or(value.strip_prefix("bearer ")));
    let token = query.first("token").or(bearer);
    let outcome = if request.method() == Method::GET {
        let parameters = request.path_parameters();
        endpoint.tracker(token, parameters.first("sender").unwrap_or_default()).await.map(|body| (body, None))
    } else {
        let context = request.lambda_context_ref().map(|context| context.request_id.clone()).unwrap_or_default();
        let headers = EventHeaders(request.headers());
        let asked = RestRequest { token, headers: &headers, body: request.body(), request: &context };
        endpoint.post(&asked).await.map(|answer| (answer.body, Some(answer.cursor)))
    };
    match outcome {
        Ok((body, cursor)) => {
            tracing::info!(function = "rest-channel", "REST request answered");
            let mut answer = Response::builder().status(200).header("content-type", "application/json");
            if let Some(cursor) = cursor {
                answer = answer.header("x-ponte-cursor", cursor);
            }
            Ok(answer.header("cache-control", "no-store").body(Body::Text(body.to_string()))?)
        }
        Err(rejection) => refusal("rest-channel", request, &endpoint.key, rejection),
    }
}
