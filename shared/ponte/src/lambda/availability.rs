//! The function `availability`: `GET /availability`, which a bot asks before it hands a customer over.

use std::sync::Arc;

use lambda_http::{Body, Error, Request, Response, service_fn};

use super::{aws::Aws, reload::Reloading, rules::StoredRules, start::start, workers::helpdesk_secrets};
use crate::{
    blip,
    clock::{Clock, SystemClock},
    helpdesk::{self, ClientDeps},
    http,
    relay::{
        Availability, AvailabilityAnswer, StaffedQueues,
        ports::{NoFiles, Rejection},
    },
    rotation::Rotating,
    settings::{AvailabilityConfig, HelpdeskSettings},
    store::WaitsTable,
    texts::Texts,
};

/// Answers with JSON; a 401 says nothing.
pub async fn availability() -> Result<(), Error> {
    let (aws, config) = start::<AvailabilityConfig>()?;
    let aws = Aws::new(&aws)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let rules = StoredRules::load(&aws, &config.table, clock.clone());
    let read_all = async { tokio::try_join!(aws.read(&config.availability_secret), rules) };
    let (read_all, asking) = tokio::join!(read_all, asking(&aws, config.clone()));
    let (secret, rules) = read_all?;
    let read = |token: &str| Ok(token.to_owned());
    let token = &aws.rotating(&config.availability_secret, &secret.token, |secret| secret.token, read)?;
    let waits = WaitsTable::new(aws_sdk_dynamodb::Client::new(&aws.config), config.table.clone());
    let staffed = StaffedQueues::default();
    let (availability, asking) =
        (&Availability { rules: Arc::new(rules), waits: Arc::new(waits), clock, staffed }, &asking);
    lambda_http::run(service_fn(async move |request: Request| {
        let staffed = match asking {
            Some(asking) => StaffedQueues::clone(&*asking.present().await),
            None => StaffedQueues::default(),
        };
        answer(token, &Availability { staffed, ..availability.clone() }, &request).await
    }))
    .await
}

/// What asks the helpdesk whether somebody is there. `None` where it does not tell, and where it cannot be made of its settings: the answer is
/// one without it.
async fn asking(aws: &Aws, config: Arc<AvailabilityConfig>) -> Option<Reloading<StaffedQueues>> {
    let settings = config.settings.clone()?;
    let made = aws.reloading(config, &settings, |aws, config| Box::pin(load(aws, config))).await;
    made.inspect_err(|error| tracing::error!(reason = %error, "the helpdesk cannot be asked whether somebody is there"))
        .ok()
}

async fn load(aws: Aws, config: Arc<AvailabilityConfig>) -> anyhow::Result<(String, StaffedQueues)> {
    let (Some(long), Some(arn)) = (&config.settings, &config.helpdesk_secret) else {
        return Ok((String::new(), StaffedQueues::default()));
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ((text, long), secret) = tokio::try_join!(aws.long_settings(long), aws.read(arn))?;
    let settings = HelpdeskSettings::new(&config.helpdesk, config.helpdesk_url.as_deref(), &long);
    let deps = ClientDeps {
        http: http::client(&long.extra_root_certificate).map_err(anyhow::Error::msg)?,
        texts: Texts::for_agents(&Arc::default()).into(),
        clock: clock.clone(),
        files: Arc::new(NoFiles),
    };
    let secrets = helpdesk_secrets(&aws, arn, secret, &clock);
    Ok((text, StaffedQueues::new(helpdesk::staffing(&settings, secrets, deps)?)))
}

async fn answer(
    token: &Rotating<String>,
    availability: &Availability,
    request: &Request,
) -> Result<Response<Body>, Error> {
    let presented = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let admitted = token.admit(|token| blip::verify(presented, token.trim(), &[]).map(drop)).await;
    let outcome = match admitted {
        Ok(_) => availability.answer(request.uri().query().unwrap_or_default()).await,
        Err(rejection) => Err(rejection),
    };
    let (status, body) = match outcome {
        Ok(answer @ AvailabilityAnswer::Available(_)) => (200, serde_json::to_string(&answer)?),
        Ok(answer @ AvailabilityAnswer::UnknownQueue(_)) => (404, serde_json::to_string(&answer)?),
        Err(rejection @ Rejection::Unauthorized(_)) => (rejection.status(), String::new()),
        Err(rejection) => (rejection.status(), rejection.body()),
    };
    // The status alone: nothing of the query is in the log.
    if status == 200 {
        tracing::info!(function = "availability", status, "availability answered");
    } else {
        tracing::warn!(function = "availability", status, "request rejected");
    }
    let answer = Response::builder().status(status).header("cache-control", "no-store");
    if body.is_empty() {
        return Ok(answer.body(Body::Empty)?);
    }
    Ok(answer.header("content-type", "application/json").body(Body::Text(body))?)
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use service_rules::WaitStatistics;

    use super::*;
    use crate::{
        clock::Timestamp,
        relay::ports::{FixedRules, StoreError, Waits},
        rotation::{Values, ValuesSource},
    };

    const TOKEN: &str = "a-token-for-the-availability";

    struct Nothing;

    #[async_trait]
    impl Waits for Nothing {
        async fn waits(&self, _queue: Option<&str>) -> Result<Option<WaitStatistics>, StoreError> {
            Err(StoreError::Unavailable)
        }

        async fn store_waits(
            &self,
            _queue: Option<&str>,
            _before: Option<&WaitStatistics>,
            _after: &WaitStatistics,
        ) -> Result<(), StoreError> {
            Err(StoreError::Unavailable)
        }
    }

    impl Clock for Nothing {
        fn now(&self) -> Timestamp {
            Timestamp(1_795_176_120_000)
        }
    }

    struct Secret;

    #[async_trait]
    impl ValuesSource for Secret {
        async fn fetch(&self) -> Option<Values> {
            Some(Values { current: TOKEN.to_owned(), previous: Some("the-token-before-that-one".to_owned()) })
        }
    }

    /// The answer's status and body.
    async fn asked(query: &str, header: Option<&str>) -> (u16, String) {
        let (rules, staffed) = (FixedRules::default(), StaffedQueues::default());
        let availability =
            Availability { rules: Arc::new(rules), waits: Arc::new(Nothing), clock: Arc::new(Nothing), staffed };
        let token = Rotating::new(TOKEN, |token| Ok(token.to_owned()), Arc::new(Secret), Arc::new(Nothing)).unwrap();
        let mut request =
            lambda_http::http::Request::builder().uri(format!("https://api.example.com/availability{query}"));
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        let answer = answer(&token, &availability, &request.body(Body::Empty).unwrap()).await.unwrap();
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let Body::Text(body) = answer.body() else { return (answer.status().as_u16(), String::new()) };
        assert_eq!(answer.headers()["content-type"], "application/json");
        (answer.status().as_u16(), body.clone())
    }

    #[tokio::test]
    async fn only_who_has_the_token_is_answered_and_nobody_else_learns_why() {
        let open = (200, r#"{"queue":null,"open":true}"#.to_owned());
        for header in [TOKEN, &format!("Key {TOKEN}"), &format!("bearer {TOKEN}"), "Key the-token-before-that-one"] {
            assert_eq!(asked("", Some(header)).await, open, "{header}");
        }
        let basic = format!("Basic {TOKEN}");
        for header in [None, Some(""), Some("Key "), Some("Key another-token-of-somebody"), Some(&basic)] {
            for query in ["", "?queue=x", "?queue=%", &format!("?token={TOKEN}")] {
                assert_eq!(asked(query, header).await, (401, String::new()), "{header:?} {query}");
            }
        }
    }

    #[tokio::test]
    async fn what_is_asked_wrongly_is_said() {
        let unknown = r#"{"error":"unknown queue","queues":[]}"#.to_owned();
        assert_eq!(asked("?queue=x", Some(TOKEN)).await, (404, unknown));
        let twice = r#"{"error":"a parameter of the query is there twice"}"#.to_owned();
        assert_eq!(asked("?queue=x&queue=y", Some(TOKEN)).await, (400, twice));
    }
}
