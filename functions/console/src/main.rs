//! The console behind the JWT authorizer of its HTTP API.

use axum::extract::Request;
use lambda_http::{Error, request::RequestContext};
use operations::Stack;
use ponte_console::{Claims, Issued, behind_authorizer};

/// The claims that API Gateway found in the token it checked.
#[derive(Clone)]
struct Checked;

impl Claims for Checked {
    fn claim(&self, request: &Request, name: &str) -> Option<String> {
        match request.extensions().get::<RequestContext>()? {
            RequestContext::ApiGatewayV2(context) => {
                context.authorizer.as_ref()?.jwt.as_ref()?.claims.get(name).cloned()
            }
            _ => None,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (aws, own) = ponte::lambda::console()?;
    let stack = Stack::open(&aws, &own.stack).await?;
    let (issuer, audience, roles) = (own.issuer.clone(), own.audience.clone(), own.roles_claim.clone());
    lambda_http::run(behind_authorizer(stack, Issued { issuer, audience, roles }, Checked)).await
}
