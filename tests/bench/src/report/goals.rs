//! The goals, each beside what was reached.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Result;

use super::{Report, copying, megabytes, milliseconds, of_a_core, ratio, sum, way, words};
use crate::{
    bench::{
        BLIP_WEBHOOK, FLOOR, FULL, HELPDESK_CALLBACK, Load, NODE_WEBHOOK, NODE_WORKER, PYTHON_WEBHOOK, TO_BLIP,
        TO_HELPDESK,
    },
    files,
    growth::MESSAGES,
    relay::{Arrival, Direction},
};

/// The most bytes of a function's zip.
const MAX_ZIP: u64 = 3 * 1024 * 1024;

/// A goal with what was reached.
pub(super) struct Goal {
    pub what: String,
    pub wanted: &'static str,
    pub figure: String,
    pub reached: bool,
}

impl Report {
    pub(super) fn goals(&self) -> Result<Vec<Goal>> {
        let mut goals = Vec::new();
        self.starts(&mut goals)?;
        self.calls(&mut goals)?;
        self.operations_of_a_message(&mut goals)?;
        self.sizes(&mut goals);
        self.relays(&mut goals);
        self.growths(&mut goals);
        let (single, batched) = self.costs.dearest();
        goals.push(Goal {
            what: "a million messages one way, unbatched; batched by 10".to_owned(),
            wanted: "5.00; 3.00 dollars",
            figure: format!("{single:.2}; {batched:.2}"),
            reached: single <= 5.0 && batched <= 3.0,
        });
        Ok(goals)
    }

    fn starts(&self, goals: &mut Vec<Goal>) -> Result<()> {
        let floor = self.start(FLOOR)?;
        for (name, node, python, most, least, wanted) in [
            (BLIP_WEBHOOK, NODE_WEBHOOK, Some(PYTHON_WEBHOOK), 5.0, 20.0, "≤ 5 floors, Node's and Python's ≥ 20 of it"),
            (
                HELPDESK_CALLBACK,
                NODE_WEBHOOK,
                Some(PYTHON_WEBHOOK),
                5.0,
                20.0,
                "≤ 5 floors, Node's and Python's ≥ 20 of it",
            ),
            (TO_HELPDESK, NODE_WORKER, None, 8.0, 15.0, "≤ 8 floors, Node's ≥ 15 of it"),
            (TO_BLIP, NODE_WORKER, None, 8.0, 15.0, "≤ 8 floors, Node's ≥ 15 of it"),
        ] {
            let own = self.start(name)?;
            let (floors, node) = (ratio(own, floor), ratio(self.start(node)?, own));
            let python = python.map(|python| self.start(python)).transpose()?.map(|python| ratio(python, own));
            let beside = python.map(|python| format!(", Python {python:.0}")).unwrap_or_default();
            goals.push(Goal {
                what: format!("`{name}`, from its start to its first answer"),
                wanted,
                figure: format!("{:.1} ms: {floors:.1} floors; Node {node:.0}{beside}", milliseconds(own)),
                reached: floors <= most && node >= least && python.is_none_or(|python| python >= least),
            });
        }
        Ok(())
    }

    fn calls(&self, goals: &mut Vec<Goal>) -> Result<()> {
        let node = self.cpu(NODE_WEBHOOK, Load::Single)?;
        for name in [BLIP_WEBHOOK, HELPDESK_CALLBACK] {
            let own = self.cpu(name, Load::Single)?;
            let times = ratio(node, own);
            goals.push(Goal {
                what: format!("`{name}`, the processor's time of a warm call"),
                wanted: "≤ 0.25 ms, Node's ≥ 6 times as long",
                figure: format!("{:.2} ms; Node's {times:.1} times as long", milliseconds(own)),
                reached: own <= Duration::from_micros(250) && times >= 6.0,
            });
        }
        for name in [TO_HELPDESK, TO_BLIP] {
            for (load, what) in [(Load::TenOfTen, "ten conversations"), (Load::TenOfOne, "one conversation")] {
                let own = self.cpu(name, load)? / u32::try_from(FULL)?;
                goals.push(Goal {
                    what: format!("`{name}`, the same of a message in batches of ten, {what}"),
                    wanted: "≤ 0.5 ms",
                    figure: format!("{:.2} ms", milliseconds(own)),
                    reached: own <= Duration::from_micros(500),
                });
            }
        }
        for (name, most, wanted) in [
            (BLIP_WEBHOOK, 12.0, "≤ 12 MB"),
            (HELPDESK_CALLBACK, 12.0, "≤ 12 MB"),
            (TO_HELPDESK, 20.0, "≤ 20 MB"),
            (TO_BLIP, 20.0, "≤ 20 MB"),
        ] {
            let words = self.figures.warm.iter().filter(|((of, load), _)| *of == name && *load != Load::TenFiles);
            let peak = megabytes(words.map(|(_, warm)| warm.peak_kib).max().unwrap_or_default());
            goals.push(Goal {
                what: format!("`{name}`, the most memory"),
                wanted,
                figure: format!("{peak:.1} MB"),
                reached: peak <= most,
            });
        }
        for (way, endpoint, worker) in
            [(Direction::ToHelpdesk, BLIP_WEBHOOK, TO_HELPDESK), (Direction::ToCustomer, HELPDESK_CALLBACK, TO_BLIP)]
        {
            let logged = |name| self.warm(name, Load::Single).map(|warm| warm.logged.0 / u64::from(warm.calls.max(1)));
            let bytes = logged(endpoint)? + logged(worker)?;
            goals.push(Goal {
                what: format!("{}, log of a message, both functions", super::way(way)),
                wanted: "≤ 400 bytes",
                figure: format!("{bytes} bytes"),
                reached: bytes <= 400,
            });
        }
        let files = self.warm(TO_HELPDESK, Load::TenFiles)?;
        let megabyte = copying(files);
        goals.push(Goal {
            what: format!("`{TO_HELPDESK}`, processor time to copy a megabyte of a file"),
            // What the mapping `WorkerMemory` of the template reckons with, and `tests/infra/on_aws.rs`.
            wanted: "≤ 3.6 ms",
            figure: format!("{:.2} ms", milliseconds(megabyte)),
            reached: megabyte <= Duration::from_micros(3600),
        });
        let peak = megabytes(files.peak_kib);
        goals.push(Goal {
            what: format!(
                "`{TO_HELPDESK}`, the most memory with a batch of ten files of {} MB",
                files::SIZE / 1024 / 1024
            ),
            wanted: "≤ 96 MB of 128 (our own)",
            figure: format!("{peak:.1} MB"),
            reached: peak <= 96.0,
        });
        Ok(())
    }

    /// What a message of a conversation under way asks of the services.
    fn operations_of_a_message(&self, goals: &mut Vec<Goal>) -> Result<()> {
        let one_write = [("DynamoDB", "GetItem", 1), ("DynamoDB", "UpdateItem", 1)];
        let two_reads = [("DynamoDB", "GetItem", 2), ("DynamoDB", "UpdateItem", 1)];
        let send: &[(&str, &str, u32)] = &[("SQS", "SendMessage", 1)];
        for (name, load, aws, other_side, wanted) in [
            (BLIP_WEBHOOK, Load::Single, send, 0, "1 send"),
            (HELPDESK_CALLBACK, Load::Single, send, 0, "1 send"),
            (TO_HELPDESK, Load::Single, &one_write, 1, "1 read, 1 write, 1 call to the other side"),
            (TO_BLIP, Load::Single, &one_write, 1, "1 read, 1 write, 1 call to the other side"),
            (TO_BLIP, Load::Unmarked, &two_reads, 1, "2 reads, 1 write, 1 call to the other side"),
        ] {
            let warm = self.warm(name, load)?;
            let expected = aws.iter().map(|(service, operation, each)| ((*service, (*operation).to_owned()), *each));
            let expected: BTreeMap<_, _> = expected.map(|(what, each)| (what, u64::from(each * warm.calls))).collect();
            let calls = warm.counts.iter().map(|(what, tally)| (what.clone(), tally.calls));
            let (server, found): (BTreeMap<_, _>, BTreeMap<_, _>) =
                calls.partition(|((service, _), _)| ["Blip", "helpdesk"].contains(service));
            let other_calls: u64 = server.values().sum();
            let each = ratio(Duration::from_micros(other_calls), Duration::from_micros(warm.calls.into()));
            goals.push(Goal {
                what: format!("`{name}`, calls for a message: {}", words(load)),
                wanted,
                figure: format!(
                    "{} of AWS, {each:.2} to Blip or a helpdesk",
                    if found == expected { "these" } else { "OTHERS" }
                ),
                reached: found == expected && other_calls == u64::from(other_side * warm.calls),
            });
        }
        Ok(())
    }

    fn sizes(&self, goals: &mut Vec<Goal>) {
        let ours = self
            .figures
            .zips
            .iter()
            .filter(|(name, _)| !name.contains("node-") && !name.contains("python-") && *name != FLOOR);
        let (over, within): (Vec<_>, Vec<_>) = ours.partition(|(_, bytes)| **bytes > MAX_ZIP);
        let largest = within.iter().map(|(_, bytes)| **bytes).max().unwrap_or_default();
        let size = |bytes: u64| format!("{:.2} MB", megabytes(bytes / 1024));
        let each = over.iter().map(|(name, bytes)| format!("`{name}` {}, ", size(**bytes)));
        goals.push(Goal {
            what: format!("each function's zip, {} of them", over.len() + within.len()),
            wanted: "≤ 3 MB",
            figure: format!("{}{} at most {}", each.collect::<String>(), within.len(), size(largest)),
            reached: over.is_empty(),
        });
    }

    fn relays(&self, goals: &mut Vec<Goal>) {
        for relayed in &self.relayed {
            let way = way(relayed.plan.direction);
            if let Arrival::ASecond(rate) = relayed.plan.arrival {
                let (p50, p99) = (relayed.added.median(), relayed.added.percentile(99));
                goals.push(Goal {
                    what: format!("{way}, added time at {rate} messages a second"),
                    wanted: "p50 ≤ 3 ms, p99 ≤ 15 ms",
                    figure: format!("p50 {:.1} ms, p99 {:.1} ms", milliseconds(p50), milliseconds(p99)),
                    reached: p50 <= Duration::from_millis(3) && p99 <= Duration::from_millis(15),
                });
            } else if relayed.plan.batch == FULL && relayed.plan.conversations == 1_000 {
                let rate = of_a_core(relayed);
                goals.push(Goal {
                    what: format!("{way}, messages a second of one core, both functions"),
                    wanted: "≥ 800",
                    figure: format!("{rate:.0}"),
                    reached: rate >= 800.0,
                });
            }
        }
    }

    fn growths(&self, goals: &mut Vec<Goal>) {
        for grown in &self.grown {
            let (calls, bytes) = (sum(&grown.first.counts), sum(&grown.last.counts));
            let same = calls.0 == bytes.0;
            let more = percent(bytes.1, calls.1);
            let later = (ratio(grown.last.times.median(), grown.first.times.median()) - 1.0) * 100.0;
            goals.push(Goal {
                what: format!("`{}`, message {MESSAGES} beside the first", grown.worker),
                wanted: "calls, bytes, time within 5 %",
                figure: format!(
                    "calls {}, bytes {more:+.1} %, time {later:+.1} %",
                    if same { "the same" } else { "NOT the same" }
                ),
                reached: same && more.abs() <= 5.0 && later <= 5.0,
            });
        }
    }
}

fn percent(later: u64, first: u64) -> f64 {
    (ratio(Duration::from_micros(later), Duration::from_micros(first)) - 1.0) * 100.0
}
