//! The service rules on the command line: files of them, and what is asked, shown and printed.

mod command;
mod file;
mod words;

pub(crate) use command::run;
