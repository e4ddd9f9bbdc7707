//! The template as `CloudFormation` reads it: its conditions and intrinsic functions with some parameters, and what its roles allow.
//!
//! What is named at the deployment (an ARN, an address) gets the longest name that AWS gives such a thing, for a stack whose name is as long as
//! it may be.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::end_to_end::recorder::Environment;

/// Names of queues have 80 characters at most, and ours add 25.
const MAX_STACK_NAME: usize = 55;

/// Which function may do what, on what: all by their names in the template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Permission {
    pub function: String,
    pub action: String,
    /// `ToBlipQueue`; `FileBucket/media/*`.
    pub resource: String,
}

/// The template, with the long forms of its intrinsic functions, as it is with some parameters.
pub(crate) struct Template {
    whole: Value,
    parameters: BTreeMap<String, String>,
}

impl Template {
    /// What `infra/local/build.sh` built.
    pub(crate) fn built(parameters: &[(&str, &str)]) -> Self {
        Self::file("target/local/sam/template.yaml", parameters)
    }

    /// The template of the root.
    pub(crate) fn root(parameters: &[(&str, &str)]) -> Self {
        Self::file("template.yaml", parameters)
    }

    /// A template of the repository, read when the test runs.
    pub(crate) fn file(path: &str, parameters: &[(&str, &str)]) -> Self {
        let file = format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"));
        Self::read(&std::fs::read_to_string(file).expect("`make test` builds the template"), parameters)
    }

    pub(crate) fn read(text: &str, parameters: &[(&str, &str)]) -> Self {
        let whole = long_form(serde_yaml_ng::from_str(text).unwrap());
        let defaults = whole["Parameters"].as_object().unwrap().iter();
        // What has no default must be given: its name stands for it.
        let default = |name: &String, it: &Value| match it.get("Default") {
            None => name.clone(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
        };
        let mut all: BTreeMap<String, String> = defaults.map(|(name, it)| (name.clone(), default(name, it))).collect();
        // Lengths that occur: of an account, of a region, a partition, a stack's name (docs of CloudFormation, SQS).
        for (name, value) in [
            ("AWS::AccountId", "123456789012"),
            ("AWS::Region", "ap-southeast-1"),
            ("AWS::Partition", "aws-us-gov"),
            ("AWS::StackName", &"s".repeat(MAX_STACK_NAME)),
        ] {
            all.insert(name.to_owned(), value.to_owned());
        }
        all.extend(parameters.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())));
        Self { whole, parameters: all }
    }

    /// What a section of the template holds, as it is written.
    pub(crate) fn section(&self, name: &str) -> &Map<String, Value> {
        self.whole[name].as_object().unwrap()
    }

    /// A value as `CloudFormation` makes it. What is `AWS::NoValue` is left out of lists and objects.
    pub(crate) fn resolve(&self, value: &Value) -> Value {
        let text = |value: &Value| self.resolve(value).as_str().map(str::to_owned).unwrap_or_default();
        match (value, only(value)) {
            (_, Some(("Ref", Value::String(name)))) => self.named(name, "Ref"),
            (_, Some(("Fn::GetAtt", Value::String(of)))) => {
                let (name, attribute) = of.split_once('.').unwrap();
                self.named(name, attribute)
            }
            (_, Some(("Fn::If", Value::Array(choice)))) => {
                self.resolve(&choice[if self.condition(choice[0].as_str().unwrap()) { 1 } else { 2 }])
            }
            (_, Some(("Fn::FindInMap", Value::Array(keys)))) => {
                let [map, top, second] = &keys[..] else { panic!("{value}") };
                self.whole["Mappings"][text(map)][text(top)][text(second)].clone()
            }
            (_, Some(("Fn::Sub", Value::String(written)))) => Value::String(self.substitute(written)),
            (Value::Array(all), _) => all.iter().map(|one| self.resolve(one)).filter(|one| !one.is_null()).collect(),
            (Value::Object(all), _) => {
                let all = all.iter().map(|(name, one)| (name.clone(), self.resolve(one)));
                Value::Object(all.filter(|(_, one)| !one.is_null()).collect())
            }
            _ => value.clone(),
        }
    }

    fn substitute(&self, written: &str) -> String {
        let mut text = String::new();
        let mut rest = written;
        while let Some((before, behind)) = rest.split_once("${") {
            let (name, after) = behind.split_once('}').unwrap();
            text.push_str(before);
            let (name, attribute) = name.split_once('.').unwrap_or((name, "Ref"));
            text.push_str(self.named(name, attribute).as_str().unwrap());
            rest = after;
        }
        text + rest
    }

    /// What a parameter holds, or what AWS calls a resource, as long as such a name gets.
    fn named(&self, name: &str, attribute: &str) -> Value {
        if name == "AWS::NoValue" {
            return Value::Null;
        }
        if let Some(value) = self.parameters.get(name) {
            return Value::String(value.clone());
        }
        let resource = &self.whole["Resources"][name];
        let kind = resource["Type"].as_str().unwrap_or_else(|| panic!("{name} is nothing in the template"));
        let condition = resource["Condition"].as_str();
        assert!(condition.is_none_or(|condition| self.condition(condition)), "{name} is named and not deployed");
        let pseudo = |name: &str| self.parameters[&format!("AWS::{name}")].as_str();
        let (stack, region, account) = (pseudo("StackName"), pseudo("Region"), pseudo("AccountId"));
        let arn = |service: &str, of: &str| format!("arn:{}:{service}:{region}:{account}:{of}", pseudo("Partition"));
        Value::String(match (kind, attribute) {
            ("AWS::SQS::Queue", "Ref") => {
                let queue = self.resolve(&resource["Properties"]["QueueName"]);
                format!("https://sqs.{region}.amazonaws.com/{account}/{}", queue.as_str().unwrap())
            }
            ("AWS::SecretsManager::Secret", "Id") => {
                arn("secretsmanager", &format!("secret:{name}-AbCdEfGhIjKl-MnOpQr"))
            }
            ("AWS::DynamoDB::Table", "Ref") => format!("{stack}-{name}-ABCDEFGHIJKLM"),
            ("AWS::S3::Bucket", "Ref") => "b".repeat(63),
            ("AWS::ApiGatewayV2::Api", "ApiEndpoint") => {
                format!("https://a1b2c3d4e5.execute-api.{region}.amazonaws.com")
            }
            _ => arn("service", &format!("{kind}/{stack}-{name}-ABCDEFGHIJKLM/{attribute}")),
        })
    }

    /// The functions that are deployed, as they are written.
    pub(crate) fn functions(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.resources("AWS::Serverless::Function")
    }

    /// The resources of a type that are deployed.
    pub(crate) fn resources(&self, kind: &str) -> impl Iterator<Item = (&String, &Value)> {
        let all = self.whole["Resources"].as_object().unwrap().iter();
        all.filter(move |(_, it)| {
            it["Type"] == kind && it["Condition"].as_str().is_none_or(|condition| self.condition(condition))
        })
    }

    pub(crate) fn condition(&self, name: &str) -> bool {
        self.holds(&self.whole["Conditions"][name])
    }

    fn holds(&self, condition: &Value) -> bool {
        let (name, operands) = only(condition).unwrap_or_else(|| panic!("{condition}"));
        match (name, operands) {
            ("Fn::Or", Value::Array(all)) => all.iter().any(|one| self.holds(one)),
            ("Fn::And", Value::Array(all)) => all.iter().all(|one| self.holds(one)),
            ("Fn::Not", Value::Array(all)) => !self.holds(&all[0]),
            ("Fn::Equals", Value::Array(all)) => self.plain(&all[0]) == self.plain(&all[1]),
            ("Condition", Value::String(name)) => self.condition(name),
            _ => panic!("{condition}"),
        }
    }

    fn plain<'a>(&'a self, value: &'a Value) -> &'a str {
        match only(value) {
            Some(("Ref", Value::String(parameter))) => &self.parameters[parameter],
            _ => value.as_str().unwrap(),
        }
    }

    /// The resources that a value names, through conditions: one or several.
    fn names(&self, value: &Value) -> Vec<String> {
        match (value, only(value)) {
            (Value::Array(all), _) => all.iter().flat_map(|one| self.names(one)).collect(),
            (_, Some(("Fn::If", Value::Array(choice)))) => {
                self.names(&choice[if self.condition(choice[0].as_str().unwrap()) { 1 } else { 2 }])
            }
            (_, Some(("Ref", Value::String(name)))) if name == "AWS::NoValue" => Vec::new(),
            (_, Some(("Ref", Value::String(name)))) => vec![name.clone()],
            (_, Some(("Fn::GetAtt", Value::String(of)))) => vec![of.split('.').next().unwrap().to_owned()],
            (_, Some(("Fn::GetAtt", Value::Array(of)))) => vec![of[0].as_str().unwrap().to_owned()],
            (_, Some(("Fn::Sub", Value::String(text)))) if text.ends_with(":stack/${AWS::StackName}/*") => {
                vec!["AWS::StackId".to_owned()]
            }
            (_, Some(("Fn::Sub", Value::String(text)))) if text.contains(":log-group:") => {
                let group = text.rsplit(":log-group:").next().unwrap().trim_end_matches(":*");
                let deployed = self.given_names("${AWS::StackName}").remove(group);
                vec![deployed.unwrap_or_else(|| group.to_owned())]
            }
            (_, Some(("Fn::Sub", Value::String(text)))) => vec![text.replace("${", "").replace(".Arn}", "")],
            _ => vec![value.as_str().unwrap().to_owned()],
        }
    }

    /// The functions, each with the name of its role.
    pub(crate) fn roles(&self) -> Vec<(String, String)> {
        let functions = self.resources("AWS::Serverless::Function");
        functions.map(|(name, it)| (name.clone(), self.names(&it["Properties"]["Role"]).concat())).collect()
    }

    /// The names of all roles.
    pub(crate) fn all_roles(&self) -> Vec<String> {
        self.resources("AWS::IAM::Role").map(|(name, _)| name.clone()).collect()
    }

    /// What stands there under the conditions, if anything does.
    fn chosen<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        match only(value) {
            Some(("Fn::If", Value::Array(choice))) => {
                self.chosen(&choice[if self.condition(choice[0].as_str().unwrap()) { 1 } else { 2 }])
            }
            Some(("Ref", Value::String(name))) if name == "AWS::NoValue" => None,
            _ => Some(value),
        }
    }

    /// What all functions may do. A statement that is not a plain permission is none that this test can judge.
    pub(crate) fn permissions(&self) -> BTreeSet<Permission> {
        let mut all = BTreeSet::new();
        for (function, role) in self.roles() {
            let role = &self.whole["Resources"][&role]["Properties"];
            assert!(role.get("ManagedPolicyArns").is_none(), "{function}: a policy that somebody else writes");
            for statement in role["Policies"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap())
                .filter_map(|statement| self.chosen(statement))
            {
                let fields: Vec<&String> = statement.as_object().unwrap().keys().collect();
                assert_eq!(fields, ["Action", "Effect", "Resource"], "{function}");
                assert_eq!(statement["Effect"], "Allow", "{function}");
                for action in self.names(&statement["Action"]) {
                    for resource in self.names(&statement["Resource"]) {
                        let (function, action) = (function.clone(), action.clone());
                        all.insert(Permission { function, action, resource });
                    }
                }
            }
        }
        all
    }

    /// What AWS itself does in a function's role, and no call of ours: the service writes the log, and the event source reads the
    /// queue and deletes what was done. The emulator does both by itself.
    pub(crate) fn done_by_aws(&self) -> BTreeSet<Permission> {
        let mut all = BTreeSet::new();
        for (function, it) in self.resources("AWS::Serverless::Function") {
            let mut add = |actions: &[&str], resource: &Value| {
                let resource = self.names(resource).concat();
                all.extend(actions.iter().map(|&action| Permission {
                    function: function.clone(),
                    action: action.to_owned(),
                    resource: resource.clone(),
                }));
            };
            let properties = &it["Properties"];
            add(&["logs:CreateLogStream", "logs:PutLogEvents"], &properties["LoggingConfig"]["LogGroup"]);
            if let Some(queue) = properties.pointer("/Events/Queue/Properties/Queue") {
                add(&["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queue);
            }
        }
        all
    }

    /// The function of the template that was deployed under this name, and the resources that its variables name, by their own
    /// names.
    pub(crate) fn resolved(&self, environment: &Environment) -> (String, BTreeMap<String, String>) {
        let deployed = &environment["AWS_LAMBDA_FUNCTION_NAME"];
        let mut functions = self.resources("AWS::Serverless::Function");
        let (function, it) = functions
            .find(|(name, _)| deployed.split('-').any(|part| part == name.as_str()))
            .unwrap_or_else(|| panic!("{deployed} is no function of the template"));
        let variables = it["Properties"]["Environment"]["Variables"].as_object().unwrap();
        let named = variables.iter().filter_map(|(variable, value)| {
            let own = self.names(value).concat();
            let resource = self.whole["Resources"].get(&own).is_some();
            resource.then(|| Some((environment.get(variable)?.clone(), own)))?
        });
        (function.clone(), named.collect())
    }

    /// What was deployed under names that the template itself says, by those names: log groups, and queues by their URLs' ends.
    pub(crate) fn given_names(&self, stack: &str) -> BTreeMap<String, String> {
        let [groups, queues] = [("AWS::Logs::LogGroup", "LogGroupName"), ("AWS::SQS::Queue", "QueueName")]
            .map(|(kind, property)| self.resources(kind).map(move |(own, it)| (own, &it["Properties"][property])));
        let long = &self.parameters["AWS::StackName"];
        let named = groups
            .chain(queues)
            .filter_map(|(own, name)| Some((self.resolve(name).as_str()?.replace(long, stack), own.clone())));
        named.collect()
    }
}

/// The one entry of an intrinsic function.
fn only(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.iter().next().map(|(name, value)| (name.as_str(), value))
}

/// `!Sub x` as `{"Fn::Sub": "x"}`, as JSON.
fn long_form(value: serde_yaml_ng::Value) -> Value {
    use serde_yaml_ng::Value as Yaml;
    match value {
        Yaml::Tagged(tagged) => {
            let name = tagged.tag.to_string().trim_start_matches('!').to_owned();
            let name = if matches!(name.as_str(), "Ref" | "Condition") { name } else { format!("Fn::{name}") };
            json!({ name: long_form(tagged.value) })
        }
        Yaml::Mapping(mapping) => {
            let text = |key: Yaml| key.as_str().map_or_else(|| format!("{key:?}"), str::to_owned);
            Value::Object(mapping.into_iter().map(|(key, value)| (text(key), long_form(value))).collect::<Map<_, _>>())
        }
        Yaml::Sequence(all) => Value::Array(all.into_iter().map(long_form).collect()),
        plain => serde_json::to_value(plain).unwrap(),
    }
}
