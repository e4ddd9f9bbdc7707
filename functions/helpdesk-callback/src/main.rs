//! ANY /helpdesk: what the helpdesk sends, verified and queued.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    ponte::lambda::helpdesk_callback().await
}
