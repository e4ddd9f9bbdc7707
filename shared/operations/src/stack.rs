//! One deployed stack: where its queues, its table and its keys are, found by its name.

use std::{collections::HashMap, time::Duration};

use aws_sdk_cloudformation::{error::ProvideErrorMetadata, types::Stack as Described};
use aws_types::SdkConfig;
use ponte::{
    hash::HashKey,
    media::{S3Bucket, s3_client},
    queue::{QueueUrls, SqsQueue},
    secrets,
    settings::{HelpdeskSettings, KeysSecret},
    store::{CustomerItems, DynamoStore, RulesTable},
};

use crate::{Audit, OperationError, QueueName, QueuePair};

/// A stack, and the clients of what is in it.
#[derive(Debug, Clone)]
pub struct Stack {
    pub name: String,
    /// The stack's hash key.
    pub key: HashKey,
    /// The conversation store, by the conditions that the functions write it under.
    pub store: DynamoStore,
    /// All that the table holds of a customer.
    pub(crate) items: CustomerItems,
    /// The service rules.
    pub rules: RulesTable,
    /// Every change is written down here first.
    pub audit: Audit,
    pub(crate) table: String,
    pub(crate) dynamo: aws_sdk_dynamodb::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    /// Where the copies of files lie.
    pub(crate) bucket: String,
    /// The same, as the functions read them.
    pub(crate) files: S3Bucket,
    pub(crate) secrets: aws_sdk_secretsmanager::Client,
    pub(crate) logs: aws_sdk_cloudwatchlogs::Client,
    pub(crate) metrics: aws_sdk_cloudwatch::Client,
    /// Which helpdesk, and where.
    pub helpdesk: HelpdeskSettings,
    /// The parameter `CloseDelaySeconds`.
    pub(crate) close_delay: Duration,
    /// The parameter `ExtraRootCertificate`.
    pub(crate) extra_root: String,
    formation: aws_sdk_cloudformation::Client,
    queues: Vec<QueuePair>,
}

/// The outputs of a stack, by their names.
pub(crate) fn outputs_of(stack: &Described) -> HashMap<String, String> {
    named(stack.outputs().iter().map(|output| (output.output_key(), output.output_value())))
}

/// The parameters of a stack, by their names.
pub(crate) fn parameters_of(stack: &Described) -> HashMap<String, String> {
    named(stack.parameters().iter().map(|one| (one.parameter_key(), one.parameter_value())))
}

fn named<'a>(pairs: impl Iterator<Item = (Option<&'a str>, Option<&'a str>)>) -> HashMap<String, String> {
    pairs.filter_map(|(name, value)| Some((name?.to_owned(), value?.to_owned()))).collect()
}

impl Stack {
    /// Finds the stack called `name`, and reads its hash key.
    pub async fn open(config: &SdkConfig, name: &str) -> Result<Self, OperationError> {
        let formation = aws_sdk_cloudformation::Client::new(config);
        let described = formation.describe_stacks().stack_name(name).send().await;
        let described = described.map_err(|error| match error.code() {
            // CloudFormation's word for a stack that is not there.
            Some("ValidationError") => OperationError::NotFound(format!(
                "there is no stack {name} in this account and region: see --stack and --region"
            )),
            _ => OperationError::aws(&format!("the stack {name}"), &error),
        })?;
        let stack = described.stacks().first().ok_or_else(|| OperationError::NotFound(format!("no stack {name}")))?;
        let (outputs, parameters) = (outputs_of(stack), parameters_of(stack));
        let output = |wanted: &str| {
            let why = || {
                OperationError::Failed(format!("the stack {name} has no output {wanted}: is it a stack of Ponte's?"))
            };
            outputs.get(wanted).cloned().ok_or_else(why)
        };
        let queues = QueueName::ALL.map(|name| {
            let (main, parked) = name.outputs();
            Ok(QueuePair { name, main: output(main)?, parked: output(parked)? })
        });
        let queues = queues.into_iter().collect::<Result<Vec<_>, OperationError>>()?;
        let table = output("TableName")?;
        let bucket = output("FileBucketName")?;
        // The parameter's default, for a stack that says nothing.
        let parameter = |name: &str, default: &str| parameters.get(name).map_or(default, String::as_str).to_owned();
        let helpdesk = HelpdeskSettings {
            name: parameter("Helpdesk", "webhook"),
            url: parameter("HelpdeskUrl", ""),
            own: parameter("HelpdeskSettings", "{}"),
        };
        let extra_root = parameter("ExtraRootCertificate", "");
        let close_delay = Duration::from_secs(parameter("CloseDelaySeconds", "10").parse().unwrap_or(10));

        // A stack of the release before names no secret, and always has one of its own.
        let arn = match outputs.get("KeysSecretArn") {
            Some(arn) => arn.clone(),
            None => resource(&formation, name, "KeysSecret").await?,
        };
        let client = aws_sdk_secretsmanager::Client::new(config);
        let keys: KeysSecret =
            secrets::read(&client, &arn).await.map_err(|error| OperationError::Failed(error.to_string()))?;
        let key = HashKey::new(keys.hash_key.as_bytes());

        let dynamo = aws_sdk_dynamodb::Client::new(config);
        Ok(Self {
            items: CustomerItems::new(dynamo.clone(), table.clone()),
            rules: RulesTable::new(dynamo.clone(), table.clone()),
            store: DynamoStore::new(dynamo.clone(), table.clone(), helpdesk.name.clone(), key.clone()),
            audit: Audit::new(config, name),
            sqs: aws_sdk_sqs::Client::new(config),
            s3: s3_client(config),
            files: S3Bucket::new(config, bucket.clone()),
            bucket,
            secrets: client,
            logs: aws_sdk_cloudwatchlogs::Client::new(config),
            metrics: aws_sdk_cloudwatch::Client::new(config),
            close_delay,
            helpdesk,
            extra_root,
            formation,
            name: name.to_owned(),
            key,
            table,
            dynamo,
            queues,
        })
    }

    /// The same stack for changes that `who` makes, in place of AWS's identity: `who` is what the audit log says then.
    #[must_use]
    pub fn acting(&self, who: &str) -> Self {
        Self { audit: self.audit.acting(who), ..self.clone() }
    }

    /// The queues, in the order in which they are replayed; only `wanted`, if one is.
    pub fn queues(&self, wanted: Option<QueueName>) -> impl Iterator<Item = &QueuePair> {
        self.queues.iter().filter(move |queue| wanted.is_none_or(|wanted| wanted == queue.name))
    }

    /// AWS's own name of a resource of the template.
    pub(crate) async fn resource(&self, logical: &str) -> Result<String, OperationError> {
        resource(&self.formation, &self.name, logical).await
    }

    /// Whether a resource of the template is there, which depends on the parameters.
    pub(crate) async fn has_resource(&self, logical: &str) -> Result<bool, OperationError> {
        let describe = self.formation.describe_stack_resource().stack_name(&self.name).logical_resource_id(logical);
        match describe.send().await {
            Ok(_) => Ok(true),
            // CloudFormation's word for one that is not there.
            Err(error) if error.code() == Some("ValidationError") => Ok(false),
            Err(error) => Err(OperationError::aws("a resource of the stack was not found", &error)),
        }
    }

    /// Hands a closing on, as the function `to-blip` does.
    pub(crate) fn closings(&self) -> SqsQueue {
        let close_ticket = self.queues(Some(QueueName::CloseTicket)).map(|queue| queue.main.clone()).collect();
        SqsQueue::new(self.sqs.clone(), QueueUrls { close_ticket, ..QueueUrls::default() }, self.key.clone())
    }
}

async fn resource(
    formation: &aws_sdk_cloudformation::Client,
    stack: &str,
    logical: &str,
) -> Result<String, OperationError> {
    let described = formation.describe_stack_resource().stack_name(stack).logical_resource_id(logical).send().await;
    let described = described.map_err(|error| OperationError::aws("a resource of the stack was not found", &error))?;
    let physical = described.stack_resource_detail().and_then(|detail| detail.physical_resource_id());
    Ok(physical.unwrap_or_default().to_owned())
}
