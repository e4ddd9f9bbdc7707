//! The operator's tool: `operations` on the command line.
//!
//! What it does with a stack is in the crate `operations`; here are arguments, questions, tables and exit codes. It works on one stack, on AWS or on
//! the emulator, as the usual AWS settings say. Nothing personal is shown unless `--personal` asks for it. `docs/cli.md` is its manual.

mod arguments;
mod aws;
mod codes;
mod manual;
mod on_rules;
mod progress;
mod run;
mod status_text;
mod terminal;
mod text_output;
pub mod trail;

pub use arguments::Arguments;
pub use aws::{config, endpoint};
pub use operations::{
    Audit, Entry, OperationError, Place, QueueName, QueuePair, Stack, conversations, customer, parked, rules, status,
};
pub use run::run;
pub use terminal::{Output, parsed};
