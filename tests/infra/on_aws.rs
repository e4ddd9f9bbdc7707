//! What AWS would refuse of the template, or do with it that no emulator does. docs/aws/ says where AWS says so.

use ponte::settings::LongSettings;
use serde_json::{Value, json};

use super::alarms::alarms;
use crate::template::Template;

/// AWS, "Lambda quotas": environment variables of a function, in bytes of all names and values together.
const MAX_ENVIRONMENT: usize = 4096;
/// Characters of a value whose parameter names no limit: more than an environment holds, less than `CloudFormation` takes (4,096 bytes).
const WITHOUT_LIMIT: usize = 4090;
/// AWS, "Lambda quotas": a new account may run fewer than 1,000 functions at once, 10 at the least.
const SMALLEST_CONCURRENCY: u64 = 10;

/// What switches on each function that is optional, but for the sweep, which hangs on the helpdesk.
const OPTIONAL: [(&str, &str); 4] = [
    ("RestChannelToken", "a token of a client"),
    ("AvailabilityToken", "a token of the bot"),
    ("ConsoleIssuer", "https://login.example.com"),
    ("ConsoleAudience", "ponte-console"),
];

/// The template with all of them.
fn with_all(parameters: &[(&str, &str)]) -> Template {
    Template::root(&[&OPTIONAL[..], parameters].concat())
}

/// The longest value that a parameter takes, in bytes.
fn longest(name: &str, parameter: &Value) -> String {
    if let Some(allowed) = parameter["AllowedValues"].as_array() {
        let values = allowed.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned));
        return values.max_by_key(String::len).unwrap();
    }
    if parameter["Type"] == "Number" {
        return parameter["MaxValue"].to_string();
    }
    let most = parameter["MaxLength"].as_u64().map_or(WITHOUT_LIMIT, |most| usize::try_from(most).unwrap());
    let pattern = parameter["AllowedPattern"].as_str().unwrap_or(".*");
    let certificate = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");
    let filled = [("", ""), ("https://", ""), ("{\"a\":\"", "\"}"), ("", ".br"), ("a@", ""), certificate]
        .into_iter()
        .flat_map(|(before, after)| {
            ["👋", "é", "a", "A"].into_iter().map(move |fill| {
                let room = most.saturating_sub(before.len() + after.len());
                format!("{before}{}{after}", fill.repeat(room))
            })
        });
    let domain = format!("{}br", "abcdefghi.".repeat(most.saturating_sub(2) / 10));
    let arn = |service: &str, of: &str| {
        let begin = format!("arn:aws-us-gov:{service}:ap-southeast-1:123456789012:{of}");
        let room = most.saturating_sub(begin.len());
        begin + &"a".repeat(room)
    };
    let valid = |value: &String| jsonschema::is_valid(&json!({ "pattern": pattern }), &json!(value));
    let named = [domain, arn("acm", "certificate/"), arn("secretsmanager", "secret:")];
    let found = filled.chain(named).filter(valid).max_by_key(String::len);
    found.unwrap_or_else(|| panic!("{name}: this test knows no long value for {pattern}"))
}

/// Every parameter at its limit.
fn at_the_limits() -> Vec<(String, String)> {
    let template = Template::root(&[]);
    let parameters = template.section("Parameters").iter();
    parameters.map(|(name, parameter)| (name.clone(), longest(name, parameter))).collect()
}

/// The template with every parameter at its limit, once for each helpdesk.
fn largest_stacks() -> Vec<Template> {
    let limits = at_the_limits();
    let stack = |helpdesk: &&str| {
        let mut parameters: Vec<(&str, &str)> =
            limits.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        parameters.push(("Helpdesk", *helpdesk));
        Template::root(&parameters)
    };
    ponte::helpdesk::NAMES.iter().map(stack).collect()
}

#[test]
fn the_environment_of_no_function_is_too_large() {
    let mut largest = (0, String::new());
    for template in largest_stacks() {
        for (name, function) in template.functions() {
            let environment = template.resolve(&function["Properties"]["Environment"]["Variables"]);
            let sizes =
                environment.as_object().unwrap().iter().map(|(name, value)| name.len() + value.as_str().unwrap().len());
            let size: usize = sizes.sum();
            assert!(size <= MAX_ENVIRONMENT, "{name}: {size} bytes");
            largest = largest.max((size, name.clone()));
        }
    }
    println!("the largest environment: {} bytes of {}, {MAX_ENVIRONMENT} allowed", largest.0, largest.1);
}

/// SQS takes a statement of one resource only (SQS, "Amazon SQS policy examples": each policy covers one queue).
#[test]
fn every_statement_of_a_queue_or_a_topic_speaks_of_one_resource() {
    let mut statements = 0;
    for template in [Template::root(&[]), alarms()] {
        for kind in ["AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"] {
            for (name, policy) in template.resources(kind) {
                let policy = template.resolve(&policy["Properties"]["PolicyDocument"]);
                for statement in policy["Statement"].as_array().unwrap() {
                    assert!(statement["Resource"].is_string(), "{name}: {}", statement["Resource"]);
                    statements += 1;
                }
            }
        }
    }
    assert!(statements >= 2, "the queues have a policy");
}

#[test]
fn every_queue_refuses_plain_http_and_other_accounts() {
    let template = Template::root(&[]);
    let policies: Vec<_> = template.resources("AWS::SQS::QueuePolicy").collect();
    let protected: Vec<&str> = policies
        .iter()
        .flat_map(|(_, policy)| policy["Properties"]["Queues"].as_array().unwrap())
        .map(|queue| queue["Ref"].as_str().unwrap())
        .collect();
    for (queue, _) in template.resources("AWS::SQS::Queue") {
        assert!(protected.contains(&queue.as_str()), "{queue}");
    }
}

/// What is allowed on an emulator, which speaks plain HTTP from this machine, is allowed nowhere else.
#[test]
fn an_exception_for_this_machine_stands_on_the_emulator_only() {
    let policies = |emulator: &[(&str, &str)]| {
        let template = Template::root(emulator);
        ["AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"].map(|kind| {
            let all: Vec<Value> = template.resources(kind).map(|(_, it)| template.resolve(&it["Properties"])).collect();
            assert!(!all.is_empty());
            Value::Array(all).to_string()
        })
    };
    for text in policies(&[]) {
        assert!(text.contains("aws:SecureTransport") && !text.contains("127.0.0.1"), "{text}");
        assert!(!text.contains("SourceIp"), "{text}");
    }
    for text in policies(&[("LocalEmulator", "true")]) {
        assert!(text.contains("127.0.0.1/32"), "{text}");
    }
}

/// Without its own level, Lambda leaves out what is below INFO (AWS, "Log-level filtering").
#[test]
fn the_level_of_the_log_is_lambdas_too() {
    for (level, lambdas) in [("error", "ERROR"), ("warn", "WARN"), ("info", "INFO"), ("debug", "DEBUG")] {
        for helpdesk in ponte::helpdesk::NAMES {
            let template = with_all(&[("LogLevel", level), ("Helpdesk", helpdesk)]);
            for (name, function) in template.functions() {
                let properties = template.resolve(&function["Properties"]);
                assert_eq!(properties["LoggingConfig"]["ApplicationLogLevel"], lambdas, "{name}");
                assert_eq!(properties["LoggingConfig"]["LogFormat"], "JSON", "{name}");
                assert_eq!(properties["Environment"]["Variables"]["LOG_LEVEL"], level, "{name}");
            }
        }
    }
}

/// The router's key opens all of the router.
#[test]
fn the_routers_key_is_for_one_function_and_in_no_environment() {
    const KEY: &str = "a key of the router";
    let who_reads = |key: &str| -> Vec<String> {
        let template = Template::root(&[("BlipRouterKey", key)]);
        let reads = template.permissions().into_iter().filter(|one| one.resource == "RouterSecret");
        for (name, function) in template.functions() {
            let variables = template.resolve(&function["Properties"]["Environment"]["Variables"]);
            assert!(!variables.to_string().contains(KEY), "{name}");
        }
        reads.map(|one| format!("{} {}", one.function, one.action)).collect()
    };
    assert_eq!(who_reads(KEY), ["ToBlipFunction secretsmanager:GetSecretValue"]);
    for none in ["", "none"] {
        assert_eq!(who_reads(none), [""; 0], "{none:?}");
        let template = Template::root(&[("BlipRouterKey", none)]);
        assert!(template.resources("AWS::SecretsManager::Secret").all(|(name, _)| name != "RouterSecret"));
    }
    let variables = |key: &str, function: &str, variable: &str| {
        let template = Template::root(&[("BlipRouterKey", key)]);
        let variables = &template.section("Resources")[function]["Properties"]["Environment"]["Variables"];
        template.resolve(variables)[variable].as_str().unwrap().to_owned()
    };
    assert_eq!(["", "none", KEY].map(|key| variables(key, "ToHelpdeskFunction", "ROUTER_KEY")), ["", "", "true"]);
    assert_eq!(variables("none", "ToBlipFunction", "ROUTER_SECRET_ARN"), "");
    assert!(!variables(KEY, "ToBlipFunction", "ROUTER_SECRET_ARN").is_empty());
}

/// Nothing of a first deployment that failed stays behind. A protected table cannot be deleted, so that its rollback would fail.
#[test]
fn what_outlives_the_stack_does_not_outlive_a_failed_first_deployment() {
    let template = Template::root(&[]);
    let kept = template
        .section("Resources")
        .iter()
        .filter_map(|(name, it)| Some((name.as_str(), it["DeletionPolicy"].as_str()?)));
    let mut kept: Vec<_> = kept.collect();
    kept.sort_unstable();
    assert_eq!(
        kept,
        [
            ("ConversationTable", "Retain"),
            ("FileBucket", "RetainExceptOnCreate"),
            ("KeysSecret", "RetainExceptOnCreate")
        ]
    );
}

#[test]
fn the_default_leaves_the_http_api_its_functions_in_a_new_account() {
    let template = Template::root(&[]);
    let workers = template.functions().filter(|(_, it)| it["Properties"]["Events"]["Queue"].is_object()).count();
    let each = template.section("Parameters")["WorkerConcurrency"]["Default"].as_u64().unwrap();
    // The poller, and the three functions of the HTTP API that are always there.
    let others = 1 + 3;
    assert!(u64::try_from(workers).unwrap() * each + others <= SMALLEST_CONCURRENCY);
}

#[test]
fn a_stack_takes_over_the_table_and_the_keys_of_an_earlier_one() {
    const TABLE: &str = "ponte-ConversationTable-1ABCDEFGHIJKL";
    const KEYS: &str = "arn:aws:secretsmanager:sa-east-1:123456789012:secret:KeysSecret-AbCdEfGhIjKl-MnOpQr";
    for helpdesk in ponte::helpdesk::NAMES {
        let template = with_all(&[("ExistingTable", TABLE), ("ExistingKeysSecret", KEYS), ("Helpdesk", helpdesk)]);
        assert_eq!(template.resources("AWS::DynamoDB::Table").count(), 0);
        assert!(template.resources("AWS::SecretsManager::Secret").all(|(name, _)| name != "KeysSecret"));
        for (name, function) in template.functions() {
            let environment = template.resolve(&function["Properties"]["Environment"]["Variables"]);
            let variable = |name: &str| environment[name].as_str();
            assert!(variable("TABLE_NAME").is_none_or(|table| table == TABLE), "{name}");
            assert!(variable("KEYS_SECRET_ARN").is_none_or(|arn| arn == KEYS), "{name}");
            // To resolve a role that names what is not deployed would panic.
            let (_, role) = template.roles().into_iter().find(|(function, _)| function == name).unwrap();
            let policies =
                template.resolve(&template.section("Resources")[&role]["Properties"]["Policies"]).to_string();
            // Whoever knows the stack's name finds the rest by it.
            let [table, keys] = ["TABLE_NAME", "KEYS_SECRET_ARN"].map(|name| variable(name).or(variable("STACK_NAME")));
            assert_eq!(policies.contains(":table/"), table.is_some(), "{name}");
            // The table itself, or one of its indexes.
            let tables = policies.split(":table/").skip(1).filter_map(|rest| rest.split(['"', '/']).next());
            assert_eq!(tables.filter(|table| *table != TABLE).count(), 0, "{name}: {policies}");
            assert_eq!(policies.contains(KEYS), keys.is_some(), "{name}");
        }
        assert_eq!(template.resolve(&template.section("Outputs")["TableName"]["Value"]), TABLE);
        assert_eq!(template.resolve(&template.section("Outputs")["KeysSecretArn"]["Value"]), KEYS);
    }
}

#[test]
fn an_address_of_ones_own_stands_in_links_and_outputs() {
    let template = with_all(&[
        ("DomainName", "ponte.company.example"),
        ("CertificateArn", "arn:aws:acm:sa-east-1:123456789012:certificate/0f3a9c5e"),
        ("HostedZoneId", "Z0123456789ABCDEFGHIJ"),
    ]);
    for worker in ["ToHelpdeskFunction", "ToBlipFunction"] {
        let variables = &template.section("Resources")[worker]["Properties"]["Environment"]["Variables"];
        assert_eq!(template.resolve(variables)["MEDIA_URL"], "https://ponte.company.example/media");
    }
    for (output, path) in [
        ("BlipWebhookUrl", "/blip"),
        ("HelpdeskCallbackUrl", "/helpdesk"),
        ("RestChannelUrl", "/webhooks/rest/webhook"),
        ("AvailabilityUrl", "/availability"),
    ] {
        let value = template.resolve(&template.section("Outputs")[output]["Value"]);
        assert_eq!(value, format!("https://ponte.company.example{path}"));
    }
    for kind in ["AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::ApiMapping", "AWS::Route53::RecordSet"] {
        assert_eq!(template.resources(kind).count(), 1, "{kind}");
        assert_eq!(Template::root(&[]).resources(kind).count(), 0, "{kind}");
    }
}

/// A path may hold the secret of `/helpdesk/{secret}` or the id of a file, and an address is somebody's.
#[test]
fn the_access_log_names_nobody_and_holds_no_path() {
    const NAMES_NOBODY: [&str; 9] = [
        "requestId",
        "requestTime",
        "routeKey",
        "status",
        "integrationStatus",
        "error.responseType",
        "responseLatency",
        "integrationLatency",
        "responseLength",
    ];
    let stage = |template: &Template| template.resolve(&template.section("Resources")["HttpApiStage"]["Properties"]);
    assert!(stage(&Template::root(&[])).get("AccessLogSettings").is_none(), "off, unless it is asked for");
    let logged = stage(&Template::root(&[("AccessLog", "true")]));
    let format = logged["AccessLogSettings"]["Format"].as_str().unwrap();
    assert!(serde_json::from_str::<Value>(format).is_ok_and(|line| line.is_object()), "{format}");
    let named: Vec<&str> = format
        .split("$context.")
        .skip(1)
        .map(|rest| rest.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.').next().unwrap())
        .collect();
    assert_eq!(named, NAMES_NOBODY);
}

/// Lambda refuses to trace a function whose role may not write traces ("does not have permissions to call `PutTraceSegments` on XRAY").
#[test]
fn functions_are_traced_where_it_is_asked_for() {
    let globals = |template: &Template| template.resolve(&template.section("Globals")["Function"]["Tracing"]);
    let untraced = Template::root(&[]);
    assert_eq!(globals(&untraced), "PassThrough");
    assert_eq!(untraced.resources("AWS::IAM::Policy").count(), 0);
    for helpdesk in ponte::helpdesk::NAMES {
        let template = with_all(&[("Tracing", "true"), ("Helpdesk", helpdesk)]);
        assert_eq!(globals(&template), "Active");
        let (name, policy) = template.resources("AWS::IAM::Policy").next().unwrap();
        let policy = template.resolve(&policy["Properties"]);
        assert!(policy.to_string().contains("xray:PutTraceSegments"));
        let roles = policy["Roles"].as_array().unwrap();
        for (function, role) in template.roles() {
            let role = template.resolve(&serde_json::json!({ "Ref": role }));
            assert!(roles.contains(&role), "{function}");
            let waits_for = template.resolve(&template.section("Resources")[&function]["Metadata"]["After"]);
            assert_eq!(waits_for, template.resolve(&serde_json::json!({ "Ref": name })), "{function}");
        }
        assert_eq!(roles.len(), template.roles().len());
    }
}

#[test]
fn the_settings_secret_can_be_read_whatever_the_parameters_are() {
    let limits = at_the_limits();
    let value = |name: &str| limits.iter().find(|(one, _)| one == name).unwrap().1.as_str();
    let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    let mut parameters: Vec<(&str, &str)> =
        limits.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    parameters.push(("ExtraRootCertificate", certificate));
    for parameters in [&parameters[..], &[]] {
        let template = Template::root(parameters);
        let secret = template.resolve(&template.section("Resources")["SettingsSecret"]["Properties"]["SecretString"]);
        let read = LongSettings::parse(secret.as_str().unwrap()).unwrap();
        if parameters.is_empty() {
            assert_eq!((read.trusted_file_hosts.as_str(), read.extra_root_certificate.as_str()), ("", ""));
            assert!(read.helpdesk.is_empty());
        } else {
            assert_eq!(read.trusted_file_hosts, value("TrustedFileHosts"));
            assert_eq!(Value::Object(read.helpdesk).to_string(), value("HelpdeskSettings"));
            assert_eq!(read.extra_root_certificate, certificate.trim());
        }
    }
}
