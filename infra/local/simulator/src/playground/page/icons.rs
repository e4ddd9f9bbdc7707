//! Small drawings. They say nothing that no word beside them says, so nobody is read them.

use maud::{Markup, html};

fn icon(path: &str) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" aria-hidden="true" focusable="false" { path d=(path) {} }
    }
}

pub(super) fn send() -> Markup {
    icon("M4 12 20 4l-5 16-3.5-6.5z")
}

pub(super) fn clip() -> Markup {
    icon("M20 11.5 12 19.5a5 5 0 0 1-7-7l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4l7.6-7.6")
}

pub(super) fn pin() -> Markup {
    icon("M12 21s7-6.6 7-11.5a7 7 0 0 0-14 0C5 14.4 12 21 12 21zM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z")
}

pub(super) fn note() -> Markup {
    icon("M5 4h14v11l-5 5H5zM14 20v-5h5M8.5 9h7M8.5 13h4")
}

pub(super) fn bridge() -> Markup {
    icon("M2 17h20M5 17v-3a7 7 0 0 1 14 0v3M12 7v10M8.5 8.4V17M15.5 8.4V17")
}

pub(super) fn file() -> Markup {
    icon("M6 3h8l4 4v14H6zM14 3v4h4")
}
