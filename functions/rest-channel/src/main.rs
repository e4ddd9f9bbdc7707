//! POST /webhooks/rest/webhook: a company's own site as the customer's side.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    ponte::lambda::rest_channel().await
}
