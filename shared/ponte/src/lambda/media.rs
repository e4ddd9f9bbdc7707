//! `GET /media/{id}`: a copied file, as a redirect to a link that is signed for some minutes.
//!
//! Who has the lasting link may have the file: its id cannot be guessed, and it dies with the file.

use std::time::Duration;

use lambda_http::{Body, Error, Request, RequestExt, Response, http::Method, service_fn};

use super::{aws, start::start};
use crate::{
    media::{Found, S3Bucket},
    message::FileId,
    settings::MediaConfig,
};

/// How long a signed link is good: a channel fetches at once, and a film may take a while to begin.
const SIGNED_FOR: Duration = Duration::from_mins(5);

/// Answers with 302, or 404 for what is not there (any more).
pub async fn media() -> Result<(), Error> {
    let (aws, config) = start::<MediaConfig>()?;
    let bucket = &S3Bucket::new(&aws::sdk_config(&aws)?, config.bucket.clone());
    lambda_http::run(service_fn(async move |request: Request| {
        let parameters = request.path_parameters();
        let Some(id) = parameters.first("id").and_then(FileId::parse) else { return not_found() };
        match bucket.link(&id, SIGNED_FOR, request.method() == Method::HEAD).await {
            Ok(Found::At(link)) => {
                tracing::info!(function = "media", "file found");
                // The next one is signed anew: nobody may keep this one.
                let answer = Response::builder().status(302).header("location", link);
                Ok(answer.header("cache-control", "no-store").body(Body::Empty)?)
            }
            Ok(Found::Nothing) => not_found(),
            Err(failure) => {
                tracing::error!(function = "media", reason = %failure, "the store of files did not answer");
                Ok(Response::builder().status(503).header("retry-after", "5").body(Body::Empty)?)
            }
        }
    }))
    .await
}

fn not_found() -> Result<Response<Body>, Error> {
    tracing::info!(function = "media", "file not found");
    let body = serde_json::json!({ "error": "there is no such file, or it has been deleted" });
    let answer = Response::builder().status(404).header("content-type", "application/json");
    Ok(answer.body(Body::Text(body.to_string()))?)
}
