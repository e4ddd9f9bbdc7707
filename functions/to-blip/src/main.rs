//! to-blip.fifo -> Blip's API, or close-ticket.fifo.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    ponte::lambda::to_blip().await
}
