//! Every minute: asks the helpdesk what happened, where it does not repeat an event that was lost.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    ponte::lambda::sweep().await
}
