//! A conditional write, as it is put together.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

/// An update with its condition. Every name is a placeholder: DynamoDB reserves hundreds of words.
pub(super) struct Change {
    pub update: String,
    pub condition: String,
    pub names: HashMap<String, String>,
    pub values: HashMap<String, AttributeValue>,
}

impl Change {
    pub(super) fn new(update: &str, condition: &str) -> Self {
        Self {
            update: update.to_owned(),
            condition: condition.to_owned(),
            names: HashMap::new(),
            values: HashMap::new(),
        }
    }

    pub(super) fn name(&mut self, placeholder: &str, name: &str) -> &mut Self {
        self.names.insert(format!("#{placeholder}"), name.to_owned());
        self
    }

    pub(super) fn value(&mut self, placeholder: &str, value: AttributeValue) -> &mut Self {
        self.values.insert(format!(":{placeholder}"), value);
        self
    }
}
