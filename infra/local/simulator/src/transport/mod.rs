//! HTTP both ways: the client, the queues of deliveries to the bridge, and servers whose connections can fail on purpose.

mod client;
mod connection;
mod endpoint;
mod fault_plan;
mod file_request;
mod queues;
mod share;

pub(crate) use client::http_client;
pub(crate) use connection::{ConnectionSwitch, CuttableListener};
pub use endpoint::{Bridge, Endpoint};
pub(crate) use fault_plan::Answered;
pub use fault_plan::{FaultAction, FaultLimit, FaultPlan};
pub use file_request::FileRequest;
pub(crate) use file_request::OWN_HEADER;
pub(crate) use queues::{Delivery, DeliveryQueues};
pub(crate) use share::Share;
