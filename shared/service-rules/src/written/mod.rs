//! Times as people write them in the document: `10m`, `09:00-12:00`, `mon-fri`, `2026-12-24`.
//!
//! Each form is a type that is read once, at the edge, and written back in one spelling. Its name in the schema (`format`) leads the strict
//! reader to the same parser, so that a fault is told in the words of the form. It must never look at a clock or a zone.

/// Reading, writing and the schema of a form: its name there, a pattern for editors, what it is, and an example.
macro_rules! written {
    ($name:ident, $format:literal, $pattern:literal, $about:literal, $example:literal) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string", "format": $format, "pattern": $pattern, "description": $about, "examples": [$example]
                })
            }
        }
    };
}

mod dates;
mod days;
mod period;
mod time_range;

pub use dates::{ClosedTime, DateMark, ExtraOpening};
pub(crate) use days::NAMES_OF_DAYS;
pub use days::{Days, Week};
pub use period::Period;
pub use time_range::TimeRange;

/// Minutes of a day by the clock.
pub(crate) const DAY: u16 = 24 * 60;

/// Whether a text is of the form of this name; `None` of a name that is no form of ours.
#[cfg_attr(not(feature = "yaml"), allow(dead_code))]
pub(crate) fn check(format: &str, text: &str) -> Option<Result<(), &'static str>> {
    match format {
        "x-period" => Some(Period::parse(text).map(drop)),
        "x-time-range" => Some(TimeRange::parse(text).map(drop)),
        "x-days" => Some(Days::parse(text).map(drop)),
        "x-date" => Some(DateMark::parse(text).map(drop)),
        "x-closed" => Some(ClosedTime::parse(text).map(drop)),
        "x-open" => Some(ExtraOpening::parse(text).map(drop)),
        _ => None,
    }
}
