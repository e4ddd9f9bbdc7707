//! GET /media/{id}: where a copied file is, for a few minutes.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    ponte::lambda::media().await
}
