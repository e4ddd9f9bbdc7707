//! The page's language, by what the browser asks for.

use axum::http::{HeaderMap, header};

use super::words::{ENGLISH, PORTUGUESE, Words};

/// The words in the language that `Accept-Language` likes best: Portuguese or English, which is for everybody else too.
pub(super) fn words(headers: &HeaderMap) -> &'static Words {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if likes_portuguese(asked) { &PORTUGUESE } else { &ENGLISH }
}

fn likes_portuguese(asked: &str) -> bool {
    let weight = |language: &str| {
        let weights = asked.split(',').filter_map(|one| {
            let (tag, rest) = one.trim().split_once(';').unwrap_or((one.trim(), ""));
            let fits = tag.split('-').next().is_some_and(|first| first.eq_ignore_ascii_case(language));
            let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |weight| weight.parse::<f32>().ok());
            weight.filter(|_| fits)
        });
        weights.fold(0.0, f32::max)
    };
    weight("pt") > weight("en")
}

#[cfg(test)]
mod tests {
    use super::likes_portuguese;

    #[test]
    fn the_browser_chooses() {
        for portuguese in ["pt-BR", "pt", "pt-BR,pt;q=0.9,en-US;q=0.8,en;q=0.7", "fr,pt;q=0.5", "en;q=0.3, PT-pt;q=0.4"]
        {
            assert!(likes_portuguese(portuguese), "{portuguese}");
        }
        for english in ["", "en-US,en;q=0.9", "en,pt;q=0.9", "fr", "pt;q=0", "ptx", "pt;q=x"] {
            assert!(!likes_portuguese(english), "{english}");
        }
    }
}
