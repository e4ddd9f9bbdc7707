//! A code to be copied, such as Pix's.
//!
//! In the protocol library only; the documentation of 2023 does not have it.

use crate::record::record;

record! {
    /// `application/vnd.lime.copy-and-paste+json` (takenet/lime-csharp, `CopyAndPaste`).
    CopyAndPaste
    needs {}
    may {
        /// What stands above.
        header: String = "header",
        /// What is said.
        body: String = "body",
        /// What stands below.
        footer: String = "footer",
        /// What is copied.
        button: CopyButton = "button",
    }
}

record! {
    /// The button that copies.
    CopyButton
    needs {}
    may {
        /// What is shown.
        text: String = "text",
        /// What is copied.
        value: String = "value",
    }
}
