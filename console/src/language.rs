//! The two languages of the pages, and which of them a browser asks for.

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    Portuguese,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::English, Self::Portuguese];

    /// What an `Accept-Language` prefers (RFC 9110, 12.5.4); English, where it names neither.
    pub fn asked(header: &str) -> Self {
        let mut best = (0.0_f32, Self::English);
        for item in header.split(',') {
            let (tag, weight) = item.split_once(";q=").unwrap_or((item, "1"));
            let language = match tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "pt" => Self::Portuguese,
                "en" => Self::English,
                _ => continue,
            };
            let weight = weight.trim().parse().unwrap_or(0.0);
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    /// The one of two texts that is in this language.
    pub fn say<T>(self, english: T, portuguese: T) -> T {
        match self {
            Self::English => english,
            Self::Portuguese => portuguese,
        }
    }

    /// Its tag, as HTML has it.
    pub fn tag(self) -> &'static str {
        self.say("en", "pt-BR")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_what_it_prefers() {
        for (header, expected) in [
            ("", Language::English),
            ("de", Language::English),
            ("pt-BR,pt;q=0.9,en-US;q=0.8", Language::Portuguese),
            ("en;q=0.5, PT;q=0.7", Language::Portuguese),
            ("en-GB", Language::English),
            ("fr,pt;q=0.2", Language::Portuguese),
            ("pt;q=0, en;q=x", Language::English),
        ] {
            assert_eq!(Language::asked(header), expected, "{header}");
        }
    }
}
