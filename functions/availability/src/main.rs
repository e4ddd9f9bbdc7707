//! GET /availability: what a bot asks before it hands a customer over.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    Box::pin(ponte::lambda::availability()).await
}
