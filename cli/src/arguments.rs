//! The command line.

#![allow(clippy::doc_markdown, reason = "these comments are printed as the help")]

use clap::{ArgGroup, Parser, Subcommand};

use crate::{QueueName, conversations::StateName};

/// How many conversations are listed unless somebody says otherwise.
const LISTED: usize = 50;

/// Looks after a stack of Ponte's: conversations, and messages that could not be processed.
///
/// Where it works is decided by the usual settings: AWS_PROFILE, AWS_REGION, and AWS_ENDPOINT_URL for a local stack.
#[derive(Debug, Parser)]
#[command(name = "ponte", version, after_help = EXIT_CODES)]
pub struct Arguments {
    /// The stack's name
    #[arg(long, global = true, default_value = "ponte")]
    pub stack: String,
    /// The AWS region, instead of the environment's
    #[arg(long, global = true)]
    pub region: Option<String>,
    /// One JSON document on standard output, for programs
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 a service failed; 2 wrong arguments; 3 no such thing; \
                          4 not possible in its state; 5 something was left";

/// What to look after.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Conversations between customers and agents
    #[command(subcommand)]
    Conversations(Conversations),
    /// Messages that could not be processed
    #[command(subcommand)]
    Parked(Parked),
}

#[derive(Debug, Subcommand)]
pub enum Conversations {
    /// Lists conversations; closed ones only with --state closed
    List {
        #[arg(long)]
        state: Option<StateName>,
        #[arg(long, value_name = "N", default_value_t = LISTED)]
        limit: usize,
    },
    /// Shows one conversation
    Show {
        /// A customer's address (`-` reads it from standard input, out of the shell's history), an opening, or a key
        #[arg(value_name = "IDENTITY|OPENING|KEY")]
        whom: String,
        /// Shows the address and the agent's name too; that you looked is written down
        #[arg(long)]
        personal: bool,
    },
    /// Closes a conversation by force: the customer goes back to the bot, the helpdesk is told
    Close {
        opening: String,
        /// The service the customer goes back to, instead of ReturnService
        #[arg(long, value_name = "S")]
        service: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Parked {
    /// Lists what is parked, without a word of it
    List {
        #[arg(long)]
        queue: Option<QueueName>,
    },
    /// Shows the structure of one parked message
    Show {
        id: String,
        #[arg(long)]
        queue: Option<QueueName>,
        /// Shows all of it; that you looked is written down
        #[arg(long)]
        personal: bool,
    },
    /// Sends parked messages back, in order
    #[command(group = ArgGroup::new("which").required(true))]
    Replay {
        #[arg(long)]
        queue: Option<QueueName>,
        /// Those of one conversation, or of one message group
        #[arg(long, value_name = "GROUP_OR_KEY", group = "which")]
        conversation: Option<String>,
        /// All
        #[arg(long, group = "which")]
        all: bool,
    },
    /// Drops one parked message for good
    Drop {
        id: String,
        #[arg(long)]
        queue: Option<QueueName>,
        /// Why, for the audit log; nothing personal
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn arguments_are_read_and_wrong_ones_refused() {
        let parse = |line: &str| Arguments::try_parse_from(line.split(' '));
        let read = parse("ponte parked replay --all --queue to-blip --stack other --json").unwrap();
        assert!(read.json && read.stack == "other");
        let Command::Parked(Parked::Replay { queue: Some(QueueName::ToBlip), conversation: None, all: true }) =
            read.command
        else {
            panic!("{:?}", read.command);
        };
        let read = parse("ponte conversations list --state closing").unwrap();
        assert!(!read.json && read.stack == "ponte");
        for wrong in [
            "ponte",
            "ponte parked replay",
            "ponte parked replay --all --conversation x",
            "ponte parked drop x",
            "ponte parked list --queue other",
            "ponte conversations list --limit many",
        ] {
            assert_eq!(parse(wrong).unwrap_err().exit_code(), 2, "{wrong}");
        }
    }
}
