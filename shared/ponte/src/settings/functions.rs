//! What each function reads from its environment. `template.yaml` sets exactly these variables (`tests/infra/environment.rs`).

use std::time::Duration;

use url::Url;

use super::{
    AvailabilitySecret, BlipSecret, Configuration, HelpdeskSecret, KeysSecret, LongSettings, RestChannelSecret,
    RouterSecret, SecretArn, environment::configuration,
};

configuration! {
    /// What Lambda itself sets, and the variables of AWS's own tools for what plays AWS on one machine. The template sets none of them.
    pub struct AwsConfig {
        access_key_id: String = "AWS_ACCESS_KEY_ID",
        secret_access_key: String = "AWS_SECRET_ACCESS_KEY",
        session_token: Option<String> = "AWS_SESSION_TOKEN",
        region: String = "AWS_REGION",
        /// A file of root certificates, as PEM.
        ca_bundle: Option<String> = "AWS_CA_BUNDLE",
        /// The address of every service without one of its own below.
        endpoint_url: Option<String> = "AWS_ENDPOINT_URL",
        endpoint_url_dynamodb: Option<String> = "AWS_ENDPOINT_URL_DYNAMODB",
        endpoint_url_s3: Option<String> = "AWS_ENDPOINT_URL_S3",
        endpoint_url_secrets_manager: Option<String> = "AWS_ENDPOINT_URL_SECRETS_MANAGER",
        endpoint_url_sqs: Option<String> = "AWS_ENDPOINT_URL_SQS",
    }

    /// What the template sets for every function.
    pub struct CommonConfig {
        /// The level of the log: `error`, `warn`, `info`, `debug` or `trace`.
        log_level: Option<String> = "LOG_LEVEL",
    }

    /// What the function `blip-webhook` reads.
    pub struct BlipWebhookConfig {
        /// The header that carries Blip's token.
        token_header: String = "BLIP_TOKEN_HEADER",
        /// The helpdesk's name. Which typing events and receipts it can show decides which ones the endpoint drops.
        helpdesk: String = "HELPDESK",
        settings: SecretArn<LongSettings> = "SETTINGS_SECRET_ARN",
        blip_secret: SecretArn<BlipSecret> = "BLIP_SECRET_ARN",
        keys_secret: SecretArn<KeysSecret> = "KEYS_SECRET_ARN",
        to_helpdesk_queue_url: String = "TO_HELPDESK_QUEUE_URL",
    }

    /// What the function `helpdesk-callback` reads.
    pub struct HelpdeskCallbackConfig {
        helpdesk: String = "HELPDESK",
        settings: SecretArn<LongSettings> = "SETTINGS_SECRET_ARN",
        helpdesk_secret: SecretArn<HelpdeskSecret> = "HELPDESK_SECRET_ARN",
        keys_secret: SecretArn<KeysSecret> = "KEYS_SECRET_ARN",
        to_blip_queue_url: String = "TO_BLIP_QUEUE_URL",
    }

    /// What the function `media` reads.
    pub struct MediaConfig {
        bucket: String = "FILE_BUCKET",
    }

    /// What the function `rest-channel` reads.
    pub struct RestChannelConfig {
        helpdesk: String = "HELPDESK",
        settings: SecretArn<LongSettings> = "SETTINGS_SECRET_ARN",
        /// How long a request may be held open until an answer comes.
        hold: Duration = "REST_CHANNEL_HOLD_SECONDS",
        rest_channel_secret: SecretArn<RestChannelSecret> = "REST_CHANNEL_SECRET_ARN",
        keys_secret: SecretArn<KeysSecret> = "KEYS_SECRET_ARN",
        table: String = "TABLE_NAME",
        to_helpdesk_queue_url: String = "TO_HELPDESK_QUEUE_URL",
    }

    /// What the function `availability` reads.
    pub struct AvailabilityConfig {
        availability_secret: SecretArn<AvailabilitySecret> = "AVAILABILITY_SECRET_ARN",
        table: String = "TABLE_NAME",
        helpdesk: String = "HELPDESK",
        /// The three others only for a helpdesk that tells whether somebody is there.
        helpdesk_url: Option<String> = "HELPDESK_URL",
        settings: Option<SecretArn<LongSettings>> = "SETTINGS_SECRET_ARN",
        helpdesk_secret: Option<SecretArn<HelpdeskSecret>> = "HELPDESK_SECRET_ARN",
    }

    /// What the function `console` reads.
    pub struct ConsoleConfig {
        /// The stack's name: the console finds the rest as the operator's tool does.
        stack: String = "STACK_NAME",
        /// Who signs the tokens.
        issuer: String = "CONSOLE_ISSUER",
        /// For whom they are signed.
        audience: String = "CONSOLE_AUDIENCE",
        /// The claim with the roles.
        roles_claim: String = "CONSOLE_ROLES_CLAIM",
    }

    /// What the three workers have in common.
    pub struct WorkerConfig {
        /// The base URL of Blip's HTTP API.
        blip_url: Url = "BLIP_URL",
        /// Whether customers also come by the REST channel.
        rest_channel: bool = "REST_CHANNEL",
        helpdesk: String = "HELPDESK",
        /// The helpdesk's adapter says which form of address it needs, if any.
        helpdesk_url: Option<String> = "HELPDESK_URL",
        settings: SecretArn<LongSettings> = "SETTINGS_SECRET_ARN",
        blip_secret: SecretArn<BlipSecret> = "BLIP_SECRET_ARN",
        helpdesk_secret: SecretArn<HelpdeskSecret> = "HELPDESK_SECRET_ARN",
        keys_secret: SecretArn<KeysSecret> = "KEYS_SECRET_ARN",
        table: String = "TABLE_NAME",
        /// The stack's name: figures are kept under it.
        stack: String = "STACK",
        /// The queue that the worker serves.
        queue_url: String = "QUEUE_URL",
        /// The queue of parked messages behind it.
        parked_queue_url: String = "PARKED_QUEUE_URL",
    }

    /// What a worker needs that copies files.
    pub struct FilesConfig {
        bucket: String = "FILE_BUCKET",
        /// The address of the function `media`, which copied files are served under.
        media_url: String = "MEDIA_URL",
        /// The largest file that is passed on, in megabytes.
        max_megabytes: u64 = "MAX_FILE_MEGABYTES",
    }

    /// What the function `to-helpdesk` reads.
    pub struct ToHelpdeskConfig {
        worker: WorkerConfig,
        files: FilesConfig,
        /// It also ends conversations: those that get no ticket, and those that nobody answers.
        close_ticket_queue_url: String = "CLOSE_TICKET_QUEUE_URL",
        /// Only for a helpdesk that answers in the call that posts the customer's words.
        to_blip_queue_url: Option<String> = "TO_BLIP_QUEUE_URL",
        /// Whether `to-blip` has the router's key, and so can call a customer back.
        has_router_key: bool = "ROUTER_KEY",
    }

    /// What the function `to-blip` reads.
    pub struct ToBlipConfig {
        worker: WorkerConfig,
        files: FilesConfig,
        close_ticket_queue_url: String = "CLOSE_TICKET_QUEUE_URL",
        /// How long after an agent's closing the customer is handed back.
        close_delay: Duration = "CLOSE_DELAY_SECONDS",
        /// The key of the router, where the company gave it.
        router_secret: Option<SecretArn<RouterSecret>> = "ROUTER_SECRET_ARN",
    }

    /// What the function `close-ticket` reads.
    pub struct CloseTicketConfig {
        worker: WorkerConfig,
    }

    /// What the function `clock` reads.
    pub struct ClockConfig {
        keys_secret: SecretArn<KeysSecret> = "KEYS_SECRET_ARN",
        table: String = "TABLE_NAME",
        to_helpdesk_queue_url: String = "TO_HELPDESK_QUEUE_URL",
    }

    /// What the function `sweep` reads.
    pub struct SweepConfig {
        helpdesk: String = "HELPDESK",
        helpdesk_url: Option<String> = "HELPDESK_URL",
        settings: SecretArn<LongSettings> = "SETTINGS_SECRET_ARN",
        helpdesk_secret: SecretArn<HelpdeskSecret> = "HELPDESK_SECRET_ARN",
        keys_secret: SecretArn<KeysSecret> = "KEYS_SECRET_ARN",
        table: String = "TABLE_NAME",
        to_blip_queue_url: String = "TO_BLIP_QUEUE_URL",
    }
}

/// The variables that the template has to set for the function with this configuration.
pub fn variables<C: Configuration>() -> Vec<&'static str> {
    let mut names = Vec::new();
    CommonConfig::names(&mut names);
    C::names(&mut names);
    names
}
