//! How much memory the functions have, as the template says.

use anyhow::{Context as _, Result, ensure};
use serde_yaml_ng::Value;

use crate::measure::float;

/// Megabytes of a function.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Memory {
    pub endpoint: f64,
    pub worker: f64,
    pub clock: f64,
}

impl Memory {
    pub(crate) fn of(template: &str) -> Result<Self> {
        let template: Value = serde_yaml_ng::from_str(template)?;
        let at = |path: &[&str]| path.iter().try_fold(&template, |value, name| value.get(*name));
        let of = |function: &str| {
            let own = at(&["Resources", function, "Properties", "MemorySize"]);
            let written = own.or(at(&["Globals", "Function", "MemorySize"]));
            written.and_then(|value| number(&template, value)).with_context(|| format!("{function} has no MemorySize"))
        };
        let (endpoint, worker) = (of("BlipWebhookFunction")?, of("ToHelpdeskFunction")?);
        let same = of("HelpdeskCallbackFunction")? == endpoint && of("ToBlipFunction")? == worker;
        ensure!(same, "both directions are priced alike: their functions need the same MemorySize");
        Ok(Self { endpoint: float(endpoint), worker: float(worker), clock: float(of("ClockFunction")?) })
    }
}

/// A number as it is written, or as a mapping has it for the parameters' defaults.
fn number(template: &Value, written: &Value) -> Option<u64> {
    let Value::Tagged(tagged) = written else { return written.as_u64() };
    let [map, keys @ ..] = tagged.value.as_sequence()?.as_slice() else { return None };
    let key = |key: &Value| match key {
        Value::Tagged(reference) => {
            let default = template.get("Parameters")?.get(reference.value.as_str()?)?.get("Default")?;
            default.as_u64().map(|number| number.to_string()).or(default.as_str().map(str::to_owned))
        }
        plain => plain.as_str().map(str::to_owned),
    };
    let map = template.get("Mappings")?.get(map.as_str()?)?;
    keys.iter().try_fold(map, |map, one| map.get(key(one)?.as_str()))?.as_u64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_need_the_same_memory() {
        let template = |to_blip: u32| {
            format!(
                "Globals: {{Function: {{MemorySize: 256}}}}\nResources:\n  BlipWebhookFunction: {{}}\n  HelpdeskCallbackFunction: {{}}\n  ClockFunction: {{}}\n  \
                 ToHelpdeskFunction: {{Properties: {{MemorySize: 128}}}}\n  ToBlipFunction: {{Properties: {{MemorySize: {to_blip}}}}}\n"
            )
        };
        let memory = Memory::of(&template(128)).unwrap();
        assert!((memory.endpoint - 256.0).abs() < 1e-9 && (memory.worker - 128.0).abs() < 1e-9);
        assert!(Memory::of(&template(256)).is_err());
        let mapped = "Parameters: {Size: {Default: 25}, Time: {Default: '30'}}\nMappings: {M: {'25': {'30': 128}}}\n"
            .to_owned()
            + &template(128).replace("MemorySize: 128", "MemorySize: !FindInMap [M, !Ref Size, !Ref Time]");
        assert!((Memory::of(&mapped).unwrap().worker - 128.0).abs() < 1e-9);
        assert!(Memory::of(&mapped.replace("Default: 25", "Default: 26")).is_err());
        assert!(Memory::of("Resources: {}").is_err());
    }
}
