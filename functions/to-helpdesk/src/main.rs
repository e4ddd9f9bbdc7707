//! to-helpdesk.fifo -> the helpdesk's API.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    ponte::lambda::to_helpdesk().await
}
