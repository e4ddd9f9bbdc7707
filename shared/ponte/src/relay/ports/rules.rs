//! The service rules, as the relay needs them.

use std::sync::Arc;

use async_trait::async_trait;
use service_rules::ServiceRules;

/// The service rules in force.
#[async_trait]
pub trait Rules: Send + Sync {
    /// Looks whether there are newer ones, where the last look was a minute ago. It never fails: rules that cannot be read leave those that
    /// are in force.
    async fn refresh(&self) {}
    /// Those that are in force.
    fn current(&self) -> Arc<ServiceRules>;
}

/// Rules that do not change.
#[derive(Debug, Clone, Default)]
pub struct FixedRules(pub Arc<ServiceRules>);

impl Rules for FixedRules {
    fn current(&self) -> Arc<ServiceRules> {
        self.0.clone()
    }
}
