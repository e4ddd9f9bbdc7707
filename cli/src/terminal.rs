//! The one place that prints. Results go to standard output; all else goes to standard error.
//!
//! What a terminal would obey is spelt out in all that people read, JSON included, whoever wrote it. `println!` panics where nobody reads any more or a
//! disk is full, so nothing here uses it: who has read enough has read enough, and a result that cannot be written is a problem in words.

use std::{
    io::{self, ErrorKind, IsTerminal as _, Write},
    process::ExitCode,
};

use operations::{OperationError, plain_json, plain_lines};
use serde::Serialize;

use crate::codes;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    Words,
    Json,
}

impl Output {
    pub(crate) fn print<T: Serialize>(self, result: &T, words: impl FnOnce() -> String) -> Result<(), OperationError> {
        written(write(&mut io::stdout().lock(), &self.text(result, words)?))
    }

    fn text<T: Serialize>(self, result: &T, words: impl FnOnce() -> String) -> Result<String, OperationError> {
        match self {
            Self::Words => Ok(plain_lines(&words())),
            Self::Json => {
                let json =
                    serde_json::to_string_pretty(result).map_err(|error| OperationError::Failed(error.to_string()))?;
                Ok(plain_json(&json))
            }
        }
    }

    /// A text to its last byte, without an end of ours: what is read from standard output is then what was stored.
    pub(crate) fn print_as_it_is(text: &str) -> Result<(), OperationError> {
        let mut to = io::stdout().lock();
        written(to.write_all(text.as_bytes()).and_then(|()| to.flush()))
    }
}

/// What the parser of the arguments has to say: why they are wrong, or the help that was asked for.
pub fn parsed(error: &clap::Error) -> ExitCode {
    let code = ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    match error.print().and_then(|()| io::stdout().flush()) {
        Ok(()) => code,
        // Help that nobody can read; of wrong arguments the code says enough.
        Err(_) if error.use_stderr() => code,
        Err(refused) => written(Err(refused)).map_or_else(|problem| told(&problem), |()| code),
    }
}

/// Says a problem in one sentence.
pub(crate) fn told(problem: &OperationError) -> ExitCode {
    let words = problem.to_string();
    let code = codes::last().filter(|code| matches!(problem, OperationError::Failed(_)) && !words.contains(code));
    say(&format!("ponte: {words}{}", code.map_or_else(String::new, |code| format!(" ({code})"))));
    ExitCode::from(problem.code())
}

/// Lines on standard error. Without standard error there is nobody to tell.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{}", plain_lines(line));
}

/// Asks whoever is there to type `word`; `nothing` says what becomes of it otherwise.
pub(crate) fn consent(first: &str, word: &str, nothing: &str) -> Result<(), OperationError> {
    if !io::stdin().is_terminal() {
        return Err(OperationError::NotPossible(format!("{nothing}: nobody is there to be asked, see --yes")));
    }
    let mut to = io::stderr();
    let _ = write!(to, "{}", question(first, word)).and_then(|()| to.flush());
    if line()?.trim() == word { Ok(()) } else { Err(OperationError::NotPossible(nothing.to_owned())) }
}

/// `first` may have a name in it that others chose.
fn question(first: &str, word: &str) -> String {
    format!("{}Type {word} to go on: ", plain_lines(first))
}

/// A line of standard input.
pub(crate) fn line() -> Result<String, OperationError> {
    let mut line = String::new();
    let read = io::stdin().read_line(&mut line);
    read.map_err(|error| OperationError::Usage(format!("standard input cannot be read: {error}")))?;
    Ok(line)
}

fn write(to: &mut impl Write, text: &str) -> io::Result<()> {
    writeln!(to, "{text}")?;
    to.flush()
}

fn written(outcome: io::Result<()>) -> Result<(), OperationError> {
    match outcome {
        Ok(()) => Ok(()),
        // Whoever reads has read enough: `ponte parked list | head -1`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(OperationError::Failed(format!(
            "the result cannot be written to standard output ({}): what the command was asked is done",
            error.kind()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Refuses(ErrorKind);

    impl Write for Refuses {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(self.0.into())
        }
    }

    #[test]
    fn nothing_that_is_printed_or_asked_is_obeyed_by_a_terminal() {
        let words = || "a\u{9b}2Kb".to_owned();
        assert_eq!(Output::Words.text(&words(), words).unwrap(), "a\\u{9b}2Kb");
        assert_eq!(Output::Json.text(&words(), words).unwrap(), r#""a\u009b2Kb""#);
        let asked = question("rules\u{1b}[2K.yaml is there and differs. ", "replace");
        assert_eq!(asked, "rules\\u{1b}[2K.yaml is there and differs. Type replace to go on: ");
    }

    #[test]
    fn a_reader_who_left_is_no_problem_and_a_full_disk_is_one() {
        let print = |kind| written(write(&mut Refuses(kind), "x"));
        assert!(print(ErrorKind::BrokenPipe).is_ok());
        let problem = print(ErrorKind::StorageFull).unwrap_err();
        assert!(problem.code() == 1 && problem.to_string().contains("cannot be written"), "{problem}");
        let mut all = Vec::new();
        assert!(written(write(&mut all, "x")).is_ok());
        assert_eq!(all, b"x\n");
    }
}
