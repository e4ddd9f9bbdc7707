//! The function of the REST channel: `POST /webhooks/rest/webhook`, and `GET /conversations/{sender}/tracker`.

use std::{sync::Arc, time::Duration};

use lambda_http::{Body, Error, Request, RequestExt, Response, http::Method, service_fn};

use super::{
    aws::Aws,
    webhooks::{EventHeaders, refusal},
    workers::conversation_store,
};
use crate::{
    clock::SystemClock,
    hash::HashKey,
    helpdesk,
    queue::{QueueUrls, SqsQueue},
    rest::{RestEndpoint, RestRequest},
    settings::{Environment, RestChannelSecret, SettingsError},
    telemetry,
};

/// Answers with JSON; a 401 says nothing.
pub async fn rest_channel() -> Result<(), Error> {
    telemetry::start();
    let endpoints = &Aws::load()?.reloading(|aws| Box::pin(endpoint(aws))).await?;
    lambda_http::run(service_fn(async move |request: Request| answer(&*endpoints.present().await, &request).await))
        .await
}

async fn endpoint(aws: Aws) -> anyhow::Result<(String, RestEndpoint)> {
    let (secret, keys, (text, long)) =
        tokio::try_join!(aws.rest_channel_secret(), aws.keys_secret(), aws.long_settings())?;
    let key = HashKey::new(keys.hash_key.as_bytes());
    let settings = Environment::helpdesk(&long)?;
    let urls = QueueUrls { to_helpdesk: Environment::required("TO_HELPDESK_QUEUE_URL")?, ..QueueUrls::default() };
    let hold = Environment::required("REST_CHANNEL_HOLD_SECONDS")?;
    let hold = hold.parse().map_err(|_| SettingsError::Invalid("REST_CHANNEL_HOLD_SECONDS"))?;
    let store = Arc::new(conversation_store(&aws, &settings, &key)?);
    let endpoint = RestEndpoint {
        outbox: store.clone(),
        store,
        queue: Arc::new(SqsQueue::new(aws_sdk_sqs::Client::new(&aws.config), urls, key.clone())),
        clock: Arc::new(SystemClock),
        key,
        helpdesk: helpdesk::capabilities(&settings)?,
        token: aws.rotating(
            "REST_CHANNEL_SECRET_ARN",
            &secret.token,
            |secret: RestChannelSecret| secret.token,
            |token| Ok(token.to_owned()),
        )?,
        hold: Duration::from_secs(hold),
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
