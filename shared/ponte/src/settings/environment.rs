//! A function's environment: declared as a struct, and read whole at the function's start.
//!
//! A declaration names each variable once. What is missing and what cannot be read is told together, so that one start shows
//! everything that a template gets wrong. Values are never told.

use std::{fmt, marker::PhantomData, time::Duration};

use url::Url;

use super::{SettingsError, SettingsErrors};

/// A group of environment variables, declared with the macro `configuration!`.
pub trait Configuration: Sized {
    /// Adds the names of its variables, in the order of its fields.
    fn names(into: &mut Vec<&'static str>);

    /// Reads all its variables. `None` when at least one is wrong; the reader then knows which.
    fn read(from: &mut Reader<'_>) -> Option<Self>;
}

/// Reads variables, and keeps what is wrong with them.
pub struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    wrong: Vec<SettingsError>,
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("wrong", &self.wrong).finish_non_exhaustive()
    }
}

impl<'a> Reader<'a> {
    /// Reads with `lookup`, which gives the value of a variable by its name. In a function that is [`of_process`].
    pub fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { lookup, wrong: Vec::new() }
    }

    /// One variable. A blank value counts as absent.
    pub(super) fn variable<T: FromVariable>(&mut self, name: &'static str) -> Option<T> {
        let value = (self.lookup)(name).filter(|value| !value.trim().is_empty());
        T::from_variable(name, value).map_err(|wrong| self.wrong.push(wrong)).ok()
    }

    /// What was read, or everything that was wrong on the way.
    pub fn finish<T>(self, read: Option<T>) -> Result<T, SettingsErrors> {
        read.filter(|_| self.wrong.is_empty()).ok_or(SettingsErrors(self.wrong))
    }
}

/// The value of a variable of this process. `None` where it is absent or no Unicode.
pub fn of_process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A type that one environment variable can hold.
pub(super) trait FromVariable: Sized {
    /// `value` is `None` for a variable that is absent or blank.
    fn from_variable(name: &'static str, value: Option<String>) -> Result<Self, SettingsError>;
}

/// A text that must be there.
impl FromVariable for String {
    fn from_variable(name: &'static str, value: Option<String>) -> Result<Self, SettingsError> {
        value.ok_or(SettingsError::Missing(name))
    }
}

/// A text that may be absent.
impl FromVariable for Option<String> {
    fn from_variable(_: &'static str, value: Option<String>) -> Result<Self, SettingsError> {
        Ok(value)
    }
}

/// A switch: on with any value, off without one.
impl FromVariable for bool {
    fn from_variable(_: &'static str, value: Option<String>) -> Result<Self, SettingsError> {
        Ok(value.is_some())
    }
}

/// A whole number that must be there.
impl FromVariable for u64 {
    fn from_variable(name: &'static str, value: Option<String>) -> Result<Self, SettingsError> {
        String::from_variable(name, value)?.parse().map_err(|_| SettingsError::Invalid(name))
    }
}

/// A whole number of seconds that must be there.
impl FromVariable for Duration {
    fn from_variable(name: &'static str, value: Option<String>) -> Result<Self, SettingsError> {
        u64::from_variable(name, value).map(Self::from_secs)
    }
}

/// An address with a scheme that must be there.
impl FromVariable for Url {
    fn from_variable(name: &'static str, value: Option<String>) -> Result<Self, SettingsError> {
        Self::parse(&String::from_variable(name, value)?).map_err(|_| SettingsError::Invalid(name))
    }
}

/// The ARN of a secret in Secrets Manager whose text is read as `T`.
pub struct SecretArn<T> {
    arn: String,
    holds: PhantomData<fn() -> T>,
}

impl<T> SecretArn<T> {
    /// The ARN as text.
    pub fn as_str(&self) -> &str {
        &self.arn
    }
}

impl<T> Clone for SecretArn<T> {
    fn clone(&self) -> Self {
        Self { arn: self.arn.clone(), holds: PhantomData }
    }
}

impl<T> fmt::Debug for SecretArn<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretArn(…)")
    }
}

impl<T> FromVariable for SecretArn<T> {
    fn from_variable(name: &'static str, value: Option<String>) -> Result<Self, SettingsError> {
        Ok(Self { arn: String::from_variable(name, value)?, holds: PhantomData })
    }
}

/// A secret that may be absent.
impl<T> FromVariable for Option<SecretArn<T>> {
    fn from_variable(name: &'static str, value: Option<String>) -> Result<Self, SettingsError> {
        value.map(|value| SecretArn::from_variable(name, Some(value))).transpose()
    }
}

/// Declares a `Configuration`: a struct whose fields are variables (`table: String = "TABLE_NAME"`) or groups of them
/// (`worker: WorkerConfig`). Its `Debug` shows no value.
macro_rules! configuration {
    (@names $into:ident, $type:ty) => { <$type as $crate::settings::Configuration>::names($into) };
    (@names $into:ident, $type:ty, $variable:literal) => { $into.push($variable) };
    (@read $from:ident, $type:ty) => { <$type as $crate::settings::Configuration>::read($from) };
    (@read $from:ident, $type:ty, $variable:literal) => { $from.variable::<$type>($variable) };
    ($(
        $(#[$meta:meta])*
        $vis:vis struct $name:ident { $( $(#[$field_meta:meta])* $field:ident: $type:ty $(= $variable:literal)?, )* }
    )*) => {$(
        $(#[$meta])*
        $vis struct $name {
            $( $(#[$field_meta])* pub $field: $type, )*
        }

        impl $crate::settings::Configuration for $name {
            fn names(into: &mut Vec<&'static str>) {
                $( configuration!(@names into, $type $(, $variable)?); )*
            }

            fn read(from: &mut $crate::settings::Reader<'_>) -> Option<Self> {
                // All of them are read before the first one that is wrong ends it.
                $( let $field = configuration!(@read from, $type $(, $variable)?); )*
                Some(Self { $( $field: $field?, )* })
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

pub(super) use configuration;

#[cfg(test)]
mod tests {
    use super::*;

    configuration! {
        struct Inner {
            seconds: Duration = "SECONDS",
            switch: bool = "SWITCH",
        }
        struct Outer {
            text: String = "TEXT",
            inner: Inner,
            perhaps: Option<String> = "PERHAPS",
            address: Url = "ADDRESS",
            number: u64 = "NUMBER",
        }
    }

    fn read(variables: &[(&str, &str)]) -> Result<Outer, SettingsErrors> {
        let lookup = |name: &str| variables.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned());
        let mut reader = Reader::new(&lookup);
        let outer = Outer::read(&mut reader);
        reader.finish(outer)
    }

    const GOOD: [(&str, &str); 4] =
        [("TEXT", "a"), ("SECONDS", "90"), ("ADDRESS", "https://blip.example"), ("NUMBER", "7")];

    #[test]
    fn every_variable_is_read_into_its_field() {
        let outer = read(&GOOD).unwrap();
        assert_eq!((outer.text.as_str(), outer.inner.seconds, outer.number), ("a", Duration::from_secs(90), 7));
        assert_eq!((outer.inner.switch, outer.perhaps), (false, None));
        assert_eq!(outer.address.as_str(), "https://blip.example/");
        let outer = read(&[&GOOD[..], &[("SWITCH", "true"), ("PERHAPS", "b")]].concat()).unwrap();
        assert_eq!((outer.inner.switch, outer.perhaps.as_deref()), (true, Some("b")));
        assert_eq!(format!("{:?}", outer.inner), "Inner(…)");
    }

    #[test]
    fn the_variables_are_named_in_the_order_of_the_fields() {
        let mut names = Vec::new();
        Outer::names(&mut names);
        assert_eq!(names, ["TEXT", "SECONDS", "SWITCH", "PERHAPS", "ADDRESS", "NUMBER"]);
    }

    #[test]
    fn all_that_is_wrong_is_named_at_once_and_no_value_with_it() {
        let wrong = read(&[("TEXT", " "), ("SECONDS", "soon-5711"), ("ADDRESS", "blip-5711"), ("SWITCH", "")]);
        let wrong = wrong.unwrap_err();
        assert_eq!(
            wrong.0,
            [
                SettingsError::Missing("TEXT"),
                SettingsError::Invalid("SECONDS"),
                SettingsError::Invalid("ADDRESS"),
                SettingsError::Missing("NUMBER"),
            ]
        );
        assert_eq!(
            wrong.to_string(),
            "the setting TEXT is missing; the setting SECONDS cannot be read; the setting ADDRESS cannot be read; \
             the setting NUMBER is missing"
        );
        assert!(!format!("{wrong:?}").contains("5711"));
    }
}
