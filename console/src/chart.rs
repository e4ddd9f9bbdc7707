//! Small charts, drawn by the server as SVG without a style of their own: the style sheet colours them, and each has its numbers as words.

use maud::{Markup, html};

/// The size of a chart's drawing; it is stretched to its place.
const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 72.0;

/// Columns with a word below each. `about` says what they are to somebody who does not see them.
pub(crate) fn columns(about: &str, columns: &[(String, u64)]) -> Markup {
    let most = columns.iter().map(|(_, value)| *value).max().unwrap_or(0).max(1);
    html! {
        ol class="columns" aria-label=(about) {
            @for (word, value) in columns {
                li {
                    span class="value" { (value) }
                    (upright(*value, most))
                    span class="word" { (word) }
                }
            }
        }
    }
}

fn upright(value: u64, most: u64) -> Markup {
    let high = value.saturating_mul(100).checked_div(most).unwrap_or(0).max(u64::from(value > 0) * 2);
    html! {
        svg class="upright" viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true" {
            rect width="10" height=(high) y=(100_u64.saturating_sub(high)) {}
        }
    }
}

/// A bar from the left: `value` of `most`. Its number stands beside it.
pub(crate) fn bar(value: u64, most: u64) -> Markup {
    let wide = value.saturating_mul(100).checked_div(most).unwrap_or(0);
    html! {
        svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" { rect class="ground" width="100" height="6" {} rect width=(wide) height="6" {} }
    }
}

/// A line over time: points are Unix seconds and values; `from` and `step` place them.
pub(crate) fn line(about: &str, points: &[(i64, f64)], from: i64, step: i64, count: usize) -> Markup {
    let most = points.iter().map(|(_, value)| *value).fold(1.0_f64, f64::max);
    let slots = f64::from(u32::try_from(count.max(1)).unwrap_or(1));
    let wide = WIDTH / slots;
    let bars = points.iter().filter_map(|(at, value)| {
        let slot = u32::try_from(at.saturating_sub(from).checked_div(step)?).ok()?;
        let high = (value / most * (HEIGHT - 4.0)).max(if *value > 0.0 { 1.5 } else { 0.0 });
        Some((f64::from(slot) * wide, HEIGHT - high, high))
    });
    html! {
        svg class="line" viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="none" role="img" aria-label=(about) {
            @for (x, y, high) in bars {
                rect x=(format!("{:.1}", x + 0.5)) y=(format!("{y:.1}")) width=(format!("{:.1}", (wide - 1.0).max(0.5))) height=(format!("{high:.1}")) {}
            }
        }
    }
}
