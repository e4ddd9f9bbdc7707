//! Names to addresses, as a port, so that tests can lie as a hostile name server would.

use std::net::SocketAddr;

use async_trait::async_trait;

use super::FetchError;

/// Who knows the addresses of a host.
#[async_trait]
pub trait Resolver: Send + Sync {
    /// All addresses of a name. Port 0 stands for the link's own port; another one takes the place of the scheme's
    /// usual port, never of one that the link names.
    async fn resolve(&self, host: &str) -> Result<Vec<SocketAddr>, FetchError>;
}

/// The machine's own resolver (`getaddrinfo`, on a thread of its own).
#[derive(Debug, Clone, Copy)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, host: &str) -> Result<Vec<SocketAddr>, FetchError> {
        let addresses = tokio::net::lookup_host((host, 0)).await.map_err(|_| FetchError::Unreachable)?;
        Ok(addresses.collect())
    }
}
