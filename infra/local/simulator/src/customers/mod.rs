//! What customers do: of a router, of a bot with the custom attendance channel, and of a company's own site.

mod desk;
mod handle;
mod router;
mod site;
mod upload;

pub use desk::DeskCustomer;
pub use router::Customer;
pub use site::{SiteCustomer, TOKEN};
