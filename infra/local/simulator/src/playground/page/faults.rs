//! The switches of faults.

use maud::{Markup, html};

use crate::playground::acts::SWITCHES;
use crate::playground::selection::Selection;
use crate::playground::words::Words;
use crate::state::World;

pub(super) fn switches(world: &World, selection: &Selection, words: &Words) -> Markup {
    html! {
        @for switch in &SWITCHES {
            @let on = switch.is_on(world);
            form method="post" enctype="multipart/form-data" action=(format!("/fault/{}{}", switch.name, selection.query())) {
                input type="hidden" name="on" value=(!on);
                button.switch id=(format!("fault-{}", switch.name)) type="submit" role="switch" aria-checked=(on) {
                    span.track aria-hidden="true" { span.knob {} }
                    span { ((switch.label)(words)) }
                }
            }
        }
    }
}
