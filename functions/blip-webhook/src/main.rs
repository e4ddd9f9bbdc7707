//! POST /blip: what Blip sends, verified and queued.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    ponte::lambda::blip_webhook().await
}
