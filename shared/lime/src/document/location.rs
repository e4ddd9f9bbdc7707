//! A place.
//!
//! Coordinates may be masked (`"*"`, takenet/lime-csharp tests) or texts, so the raw values are kept and the accessors give
//! numbers only where they are numbers on this planet.

use serde_json::Value;

use crate::record::record;

record! {
    /// `application/vnd.lime.location+json` (docs.blip.ai, content-types/location, 2023).
    Location
    needs {}
    may {
        /// Degrees north, as it came; see [`Location::latitude`].
        latitude: Value = "latitude",
        /// Degrees east, as it came; see [`Location::longitude`].
        longitude: Value = "longitude",
        /// Metres above the sea, as it came.
        altitude: Value = "altitude",
        /// What the place is called.
        text: String = "text",
    }
}

impl Location {
    /// Degrees north, from -90 to 90.
    pub fn latitude(&self) -> Option<f64> {
        degrees(self.latitude.as_ref()?, 90.0)
    }

    /// Degrees east, from -180 to 180.
    pub fn longitude(&self) -> Option<f64> {
        degrees(self.longitude.as_ref()?, 180.0)
    }

    /// Metres above the sea.
    pub fn altitude(&self) -> Option<f64> {
        number(self.altitude.as_ref()?)
    }
}

fn degrees(value: &Value, limit: f64) -> Option<f64> {
    number(value).filter(|degrees| degrees.abs() <= limit)
}

fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number: &f64| number.is_finite())
}
