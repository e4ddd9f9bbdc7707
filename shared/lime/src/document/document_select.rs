//! A menu of documents: a picture or a text above, buttons below.
//!
//! A collection of these is a carousel. Labels can be links, which the customer opens instead of answering.

use crate::record::record;

use super::Container;

record! {
    /// `application/vnd.lime.document-select+json` (docs.blip.ai, content-types/multimedia-menu, 2023).
    DocumentSelect
    needs {
        /// The buttons.
        options: Vec<DocumentOption> = "options",
    }
    may {
        /// What stands above them.
        header: Container = "header",
        /// As in a text menu.
        scope: String = "scope",
    }
}

record! {
    /// One button.
    DocumentOption
    needs {}
    may {
        /// What is shown.
        label: Container = "label",
        /// What is sent when it is chosen.
        value: Container = "value",
    }
}
