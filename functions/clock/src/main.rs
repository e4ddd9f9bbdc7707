//! Every minute: hands on each conversation for which something is due.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    ponte::lambda::clock().await
}
