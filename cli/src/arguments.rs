//! The command line.

#![allow(clippy::doc_markdown, reason = "these comments are printed as the help")]

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{
    ArgGroup, Args, Parser, Subcommand,
    builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser},
    value_parser,
};
use operations::{QueueName, conversations::StateName};

/// How long an erase waits for messages that somebody holds, in seconds, unless somebody says otherwise: longer than SQS counts late.
const WAITED: u64 = 90;
/// How many conversations are listed unless somebody says otherwise.
const LISTED: &str = "50";
/// The longest wait of an erase, a day: what waits for its next try waits for half of that at the most.
const MAX_WAIT: u64 = 86_400;

/// Looks after a stack of Ponte's: conversations, and messages that could not be processed.
///
/// Where it works is decided by the usual settings: AWS_PROFILE, AWS_REGION, and AWS_ENDPOINT_URL for a local stack.
#[derive(Debug, Parser)]
#[command(name = "ponte", version, after_help = EXIT_CODES)]
pub struct Arguments {
    /// The stack's name
    #[arg(long, global = true, default_value = "ponte", value_parser = NonEmptyStringValueParser::new())]
    pub stack: String,
    /// The AWS region, instead of the environment's
    #[arg(long, global = true, value_parser = NonEmptyStringValueParser::new())]
    pub region: Option<String>,
    /// One JSON document on standard output, for programs
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 a service failed; 2 wrong arguments or settings; 3 no such thing; \
                          4 not possible in its state; 5 something was left";

/// The commands of the tool, by what they are about.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Says how the stack is: what waits and why, what is parked, when each side last worked
    Status,
    /// Says what happened to the messages of a conversation, and why it waits
    Trail {
        #[command(flatten)]
        whose: Whose,
        /// Only this message: Blip's id of it, the helpdesk's, or the hash that the trail has
        #[arg(long, value_name = "ID")]
        message: Option<String>,
        /// Goes on with what comes, until you stop it
        #[arg(long)]
        follow: bool,
    },
    /// Conversations between customers and agents
    #[command(subcommand)]
    Conversations(Conversations),
    /// Messages that could not be processed
    #[command(subcommand)]
    Parked(Parked),
    /// What is held of one customer
    #[command(subcommand)]
    Customer(Customer),
    /// The service rules: texts, queues, routes
    #[command(subcommand)]
    Rules(Rules),
    /// Lists the stacks of Ponte's in this account and region
    Stacks,
    /// Prints a script that completes the tool's arguments in a shell
    Completions { shell: clap_complete::Shell },
    /// Prints the tool's manual page, or writes one for each command into a folder
    Man {
        /// The folder, which must be there
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
    },
    /// Serves the console on this machine: prints an address that lets one browser in, once
    Console {
        /// The port on 127.0.0.1; 0 takes a free one
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
}

#[derive(Debug, Subcommand)]
pub enum Conversations {
    /// Lists conversations; closed ones only with --state closed
    List {
        #[arg(long, value_parser = states())]
        state: Option<StateName>,
        /// At least 1
        #[arg(long, value_name = "N", default_value = LISTED)]
        limit: NonZeroUsize,
    },
    /// Finds what is held of a customer, by a telephone too: keys, conversations, states
    Find {
        #[command(flatten)]
        whose: Whose,
    },
    /// Shows one conversation
    Show {
        #[command(flatten)]
        whose: Whose,
        /// Shows the address and the agent's name too; that you looked is written down
        #[arg(long)]
        personal: bool,
    },
    /// Closes a conversation by force: the customer goes back to the bot, the helpdesk is told
    Close {
        /// Its id, which list, find and show print
        conversation: String,
        /// The service the customer goes back to, in place of what the service rules say
        #[arg(long, value_name = "S")]
        service: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Parked {
    /// Lists what is parked, without a word of it
    List {
        #[arg(long, value_parser = queues())]
        queue: Option<QueueName>,
    },
    /// Shows the structure of one parked message
    Show {
        id: String,
        #[arg(long, value_parser = queues())]
        queue: Option<QueueName>,
        /// Shows all of it; that you looked is written down
        #[arg(long)]
        personal: bool,
    },
    /// Sends parked messages back, in order
    #[command(group = ArgGroup::new("which").required(true))]
    Replay {
        #[arg(long, value_parser = queues())]
        queue: Option<QueueName>,
        /// Those of one conversation (WHO as for `conversations show`), or of one message group
        #[arg(long, value_name = "GROUP_OR_WHO", group = "which")]
        conversation: Option<String>,
        /// All
        #[arg(long, group = "which")]
        all: bool,
    },
    /// Drops one parked message for good
    Drop {
        id: String,
        #[arg(long, value_parser = queues())]
        queue: Option<QueueName>,
        /// Why, for the audit log; nothing personal
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
#[allow(clippy::option_option, reason = "whether it was given, and with which value")]
pub enum Customer {
    /// Writes all that is held of a customer into a folder: items, messages in the queues, files
    Export {
        #[command(flatten)]
        whose: Whose,
        /// The folder, which must be empty or not there; else its name is made of the customer's key
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
    },
    /// Erases all that is held of a customer, for good
    Erase {
        #[command(flatten)]
        whose: Whose,
        /// Does not ask
        #[arg(long)]
        yes: bool,
        /// Although the conversation is open: nobody is told
        #[arg(long)]
        force: bool,
        /// Deletes the contact in the helpdesk too, where its API can; behind a router with the customer's identity on the channel
        /// (`-` reads it from standard input)
        #[arg(long, value_name = "IDENTITY", num_args = 0..=1, require_equals = true)]
        contact: Option<Option<String>>,
        /// How long messages are waited for that a worker holds
        #[arg(long, value_name = "SECONDS", default_value_t = WAITED,
              value_parser = value_parser!(u64).range(..=MAX_WAIT))]
        wait: u64,
    },
}

#[derive(Debug, Subcommand)]
pub enum Rules {
    /// Says what is wrong with a file of rules; needs no stack
    Check {
        file: PathBuf,
        /// Also looks up in the stack's helpdesk every name that the file has: queues, agents, fields and the rest
        #[arg(long)]
        live: bool,
    },
    /// Reads the rules in force as they were written
    Pull {
        /// Where to; else standard output
        file: Option<PathBuf>,
        /// Replaces the file without asking
        #[arg(long)]
        yes: bool,
    },
    /// Checks a file of rules, shows the difference, and puts it in force
    Push {
        file: PathBuf,
        /// Only if this version is still in force: the one that was pulled
        #[arg(long, value_name = "VERSION")]
        from: Option<u64>,
        /// Does not ask
        #[arg(long)]
        yes: bool,
    },
    /// Lists the last versions: when, and by whom
    History,
    /// Puts an earlier version in force again, as a new version
    Rollback {
        version: u64,
        /// Does not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Args)]
pub struct Whose {
    /// A customer's telephone or address (`-` reads it from standard input, out of the shell's history), the helpdesk's ticket, a
    /// conversation's id (the mark on the ticket), a key, or a message group
    #[arg(value_name = "WHO")]
    pub whom: String,
    /// WHO is a sender of the REST channel
    #[arg(long)]
    pub rest: bool,
}

impl std::fmt::Debug for Whose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Whose(…)")
    }
}

fn states() -> impl TypedValueParser<Value = StateName> {
    PossibleValuesParser::new(StateName::ALL.map(StateName::as_str)).try_map(|name| name.parse())
}

fn queues() -> impl TypedValueParser<Value = QueueName> {
    PossibleValuesParser::new(QueueName::ALL.map(QueueName::as_str)).try_map(|name| name.parse())
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
        let erase = |line: &str| match parse(line).unwrap().command {
            Command::Customer(Customer::Erase { whose, contact, yes, .. }) => (whose.whom, whose.rest, contact, yes),
            other => panic!("{other:?}"),
        };
        let whom = || "x@y.z".to_owned();
        assert_eq!(erase("ponte customer erase x@y.z --yes"), (whom(), false, None, true));
        // What follows `--contact` without an equals sign is not its value.
        assert_eq!(erase("ponte customer erase --contact --rest x@y.z"), (whom(), true, Some(None), false));
        assert_eq!(erase("ponte customer erase --contact=a@b.c x@y.z").2, Some(Some("a@b.c".to_owned())));
        for wrong in [
            "ponte",
            "ponte parked replay",
            "ponte parked replay --all --conversation x",
            "ponte parked drop x",
            "ponte parked list --queue other",
            "ponte conversations list --limit many",
            "ponte conversations list --limit 0",
            "ponte conversations list --limit -1",
            "ponte customer erase x --wait 18446744073709551615",
            "ponte --stack= parked list",
            "ponte customer export",
            "ponte rules push",
            "ponte rules rollback last",
            "ponte customer erase x --wait long",
        ] {
            assert_eq!(parse(wrong).unwrap_err().exit_code(), 2, "{wrong}");
        }
    }
}
