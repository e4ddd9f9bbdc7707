//! close-ticket.fifo -> Blip: the customer goes back to the bot.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    ponte::lambda::close_ticket().await
}
