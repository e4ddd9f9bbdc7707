//! What the roles of the built template allow, by the names that the template gives its resources.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::recorder::Environment;

/// Which function may do what, on what: all by their names in the template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Permission {
    pub function: String,
    pub action: String,
    /// `ToBlipQueue`; `FileBucket/media/*`.
    pub resource: String,
}

/// The template, with the long forms of its intrinsic functions, as it is with some parameters.
pub(super) struct Template {
    whole: Value,
    parameters: BTreeMap<String, String>,
}

impl Template {
    /// What `infra/local/build.sh` built.
    pub(super) fn built(parameters: &[(&str, &str)]) -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/local/sam/template.yaml");
        Self::read(&std::fs::read_to_string(path).expect("`make test` builds the template"), parameters)
    }

    pub(super) fn read(text: &str, parameters: &[(&str, &str)]) -> Self {
        let whole = long_form(serde_yaml_ng::from_str(text).unwrap());
        let defaults = whole["Parameters"].as_object().unwrap().iter();
        let default = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut all: BTreeMap<String, String> =
            defaults.filter_map(|(name, it)| Some((name.clone(), default(it.get("Default")?)))).collect();
        all.extend(parameters.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())));
        Self { whole, parameters: all }
    }

    /// The resources of a type that are deployed.
    fn resources(&self, kind: &str) -> impl Iterator<Item = (&String, &Value)> {
        let all = self.whole["Resources"].as_object().unwrap().iter();
        all.filter(move |(_, it)| {
            it["Type"] == kind && it["Condition"].as_str().is_none_or(|condition| self.condition(condition))
        })
    }

    fn condition(&self, name: &str) -> bool {
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
            (_, Some(("Ref", Value::String(name)))) => vec![name.clone()],
            (_, Some(("Fn::GetAtt", Value::String(of)))) => vec![of.split('.').next().unwrap().to_owned()],
            (_, Some(("Fn::GetAtt", Value::Array(of)))) => vec![of[0].as_str().unwrap().to_owned()],
            (_, Some(("Fn::Sub", Value::String(text)))) => vec![text.replace("${", "").replace(".Arn}", "")],
            _ => vec![value.as_str().unwrap().to_owned()],
        }
    }

    /// The functions, each with the name of its role.
    pub(super) fn roles(&self) -> Vec<(String, String)> {
        let functions = self.resources("AWS::Serverless::Function");
        functions.map(|(name, it)| (name.clone(), self.names(&it["Properties"]["Role"]).concat())).collect()
    }

    /// The names of all roles.
    pub(super) fn all_roles(&self) -> Vec<String> {
        self.resources("AWS::IAM::Role").map(|(name, _)| name.clone()).collect()
    }

    /// What all functions may do. A statement that is not a plain permission is none that this test can judge.
    pub(super) fn permissions(&self) -> BTreeSet<Permission> {
        let mut all = BTreeSet::new();
        for (function, role) in self.roles() {
            let role = &self.whole["Resources"][&role]["Properties"];
            assert!(role.get("ManagedPolicyArns").is_none(), "{function}: a policy that somebody else writes");
            for statement in role["Policies"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().unwrap())
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
    pub(super) fn done_by_aws(&self) -> BTreeSet<Permission> {
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
    pub(super) fn resolved(&self, environment: &Environment) -> (String, BTreeMap<String, String>) {
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
