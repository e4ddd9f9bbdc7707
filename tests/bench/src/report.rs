//! The page: goals and figures side by side, and what stands behind them. Rewrites `docs/performance.md` between its markers.

use std::{collections::BTreeMap, fmt::Write as _, path::Path, time::Duration};

use anyhow::{Context as _, Result};
use time::OffsetDateTime;

use crate::{
    bench::{
        BLIP_WEBHOOK, FLOOR, FULL, Figures, HELPDESK_CALLBACK, Load, NODE_WEBHOOK, NODE_WORKER, PYTHON_WEBHOOK, STARTS,
        TO_BLIP, TO_HELPDESK,
    },
    cost::Costs,
    files,
    growth::{Growth, LOOKED_AT, MESSAGES, Stretch},
    measure::{Times, Warm},
    meter::Counts,
    relay::{Arrival, Direction, Relayed},
};

pub(crate) struct Report {
    pub figures: Figures,
    pub relayed: Vec<Relayed>,
    pub grown: Vec<Growth>,
    pub costs: Costs,
}

/// The most bytes of a function's zip.
const MAX_ZIP: u64 = 3 * 1024 * 1024;

/// A goal with what was reached.
struct Goal {
    what: String,
    wanted: &'static str,
    figure: String,
    reached: bool,
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn ratio(longer: Duration, shorter: Duration) -> f64 {
    longer.as_secs_f64() / shorter.as_secs_f64().max(1e-9)
}

fn megabytes(kib: u64) -> f64 {
    u32::try_from(kib).map_or(f64::INFINITY, |kib| f64::from(kib) / 1024.0)
}

impl Report {
    fn start(&self, name: &str) -> Result<Duration> {
        Ok(self.figures.cold.get(name).with_context(|| format!("{name} was not started"))?.answer.median())
    }

    fn warm(&self, name: &'static str, load: Load) -> Result<&Warm> {
        self.figures.warm.get(&(name, load)).with_context(|| format!("{name} was not called"))
    }

    fn cpu(&self, name: &'static str, load: Load) -> Result<Duration> {
        let warm = self.warm(name, load)?;
        Ok(warm.cpu / warm.calls.max(1))
    }

    fn goals(&self) -> Result<Vec<Goal>> {
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
        for (way, door, worker) in
            [(Direction::ToHelpdesk, BLIP_WEBHOOK, TO_HELPDESK), (Direction::ToCustomer, HELPDESK_CALLBACK, TO_BLIP)]
        {
            let logged = |name| self.warm(name, Load::Single).map(|warm| warm.logged.0 / u64::from(warm.calls.max(1)));
            let bytes = logged(door)? + logged(worker)?;
            goals.push(Goal {
                what: format!("{}, log of a message, both functions", self::way(way)),
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
        for (name, load, aws, far_side, wanted) in [
            (BLIP_WEBHOOK, Load::Single, send, 0, "1 send"),
            (HELPDESK_CALLBACK, Load::Single, send, 0, "1 send"),
            (TO_HELPDESK, Load::Single, &one_write, 1, "1 read, 1 write, 1 call to the far side"),
            (TO_BLIP, Load::Single, &one_write, 1, "1 read, 1 write, 1 call to the far side"),
            (TO_BLIP, Load::Unmarked, &two_reads, 1, "2 reads, 1 write, 1 call to the far side"),
        ] {
            let warm = self.warm(name, load)?;
            let expected = aws.iter().map(|(service, operation, each)| ((*service, (*operation).to_owned()), *each));
            let expected: BTreeMap<_, _> = expected.map(|(what, each)| (what, u64::from(each * warm.calls))).collect();
            let calls = warm.counts.iter().map(|(what, tally)| (what.clone(), tally.calls));
            let (far, found): (BTreeMap<_, _>, BTreeMap<_, _>) =
                calls.partition(|((service, _), _)| ["Blip", "helpdesk"].contains(service));
            let far_calls: u64 = far.values().sum();
            let each = ratio(Duration::from_micros(far_calls), Duration::from_micros(warm.calls.into()));
            goals.push(Goal {
                what: format!("`{name}`, calls for a message: {}", words(load)),
                wanted,
                figure: format!(
                    "{} of AWS, {each:.2} to a far side",
                    if found == expected { "these" } else { "OTHERS" }
                ),
                reached: found == expected && far_calls == u64::from(far_side * warm.calls),
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

    /// All of it, as it is printed and kept.
    pub(crate) fn markdown(&self) -> Result<String> {
        let mut page = String::new();
        let machine = machine();
        writeln!(page, "Measured on {}, {machine}, in one run of `make bench`.\n", OffsetDateTime::now_utc().date())?;
        writeln!(page, "| | goal | figure | |\n|---|---|---|---|")?;
        for Goal { what, wanted, figure, reached } in self.goals()? {
            writeln!(page, "| {what} | {wanted} | {figure} | {} |", if reached { "reached" } else { "**missed**" })?;
        }
        self.programs(&mut page)?;
        self.operations(&mut page)?;
        page.push_str(&relays(&self.relayed, &self.grown)?);
        Ok(page)
    }

    fn programs(&self, page: &mut String) -> Result<()> {
        writeln!(
            page,
            "\n### Cold\n\nMedians of {STARTS} starts, in milliseconds. The programs take turns. The secrets are fetched, the first event is answered.\n"
        )?;
        writeln!(
            page,
            "| program | start to first answer | start to first question | first event | processor | zip, MB |\n|---|---|---|---|---|---|"
        )?;
        for (name, cold) in &self.figures.cold {
            let column = |times: &Times| milliseconds(times.median());
            let zip = self.figures.zips.get(*name).map_or(f64::NAN, |bytes| megabytes(bytes / 1024));
            writeln!(
                page,
                "| {name} | {:.1} | {:.1} | {:.1} | {:.1} | {zip:.2} |",
                column(&cold.answer),
                column(&cold.init),
                column(&cold.first),
                column(&cold.cpu)
            )?;
        }
        writeln!(page, "\n### Warm\n")?;
        writeln!(
            page,
            "| program | load | p50, ms | p99, ms | processor a call, ms | peak memory, MB | log a call, bytes |\n|---|---|---|---|---|---|---|"
        )?;
        for ((name, load), warm) in &self.figures.warm {
            let logged = warm.logged.0 / u64::from(warm.calls.max(1));
            writeln!(
                page,
                "| {name} | {} | {:.2} | {:.2} | {:.3} | {:.1} | {logged} |",
                words(*load),
                milliseconds(warm.times.median()),
                milliseconds(warm.times.percentile(99)),
                milliseconds(warm.cpu / warm.calls.max(1)),
                megabytes(warm.peak_kib)
            )?;
        }
        Ok(())
    }

    fn operations(&self, page: &mut String) -> Result<()> {
        writeln!(
            page,
            "\n### Calls for a message\n\nOf a conversation that is under way, by service and operation; bytes are those of the bodies.\n"
        )?;
        writeln!(page, "| program | load | calls |\n|---|---|---|")?;
        for ((name, load), warm) in &self.figures.warm {
            if *name == FLOOR {
                continue;
            }
            let messages = u64::from(warm.calls) * u64::try_from(load.size())?;
            let calls = warm.counts.iter().map(|((service, operation), tally)| {
                let each = |count: u64| ratio(Duration::from_micros(count), Duration::from_micros(messages.max(1)));
                format!("{:.2} {service} {operation} ({:.0} bytes out)", each(tally.calls), each(tally.asked))
            });
            writeln!(page, "| {name} | {} | {} |", words(*load), calls.collect::<Vec<_>>().join(", "))?;
        }
        Ok(())
    }
}

/// The tables of whole directions and of growth.
pub(crate) fn relays(relayed: &[Relayed], grown: &[Growth]) -> Result<String> {
    let mut page = String::new();
    relay_table(relayed, &mut page)?;
    growth_table(grown, &mut page)?;
    Ok(page)
}

fn relay_table(relayed: &[Relayed], page: &mut String) -> Result<()> {
    writeln!(
        page,
        "\n### Relay\n\nFrom the post at the door to the call on the other side: both functions, one instance of each, and a FIFO queue that takes no \
             time. With many conversations in flight on one instance, messages wait for it: that is the time in the table.\n"
    )?;
    writeln!(
        page,
        "| way | in flight | batches of | p50, ms | p99, ms | messages a second | of one core | messages a batch |\n|---|---|---|---|---|---|---|---|"
    )?;
    for relayed in relayed {
        let plan = relayed.plan;
        let in_flight = match plan.arrival {
            Arrival::InTurn => plan.conversations.to_string(),
            Arrival::ASecond(rate) => format!("{rate} a second, {} conversations", plan.conversations),
        };
        let messages = Duration::from_micros(plan.messages);
        writeln!(
            page,
            "| {} | {in_flight} | {} | {:.2} | {:.2} | {:.0} | {:.0} | {:.1} |",
            way(plan.direction),
            plan.batch,
            milliseconds(relayed.added.median()),
            milliseconds(relayed.added.percentile(99)),
            ratio(messages, relayed.took) * 1e6,
            of_a_core(relayed),
            ratio(messages, Duration::from_micros(relayed.batches)),
        )?;
    }
    Ok(())
}

fn growth_table(grown: &[Growth], page: &mut String) -> Result<()> {
    writeln!(
        page,
        "\n### Growth\n\nA conversation that says its last {LOOKED_AT} of {MESSAGES} messages takes turns with one that says its first {LOOKED_AT}; the rings of both are full.\n"
    )?;
    writeln!(
        page,
        "| worker | | calls a message | bytes a message, both ways | p50, ms | processor a message, ms |\n|---|---|---|---|---|---|"
    )?;
    for grown in grown {
        for (which, Stretch { times, counts, cpu }) in [("first", &grown.first), ("last", &grown.last)] {
            let (calls, bytes) = sum(counts);
            let looked_at = Duration::from_micros(u64::try_from(LOOKED_AT)?);
            writeln!(
                page,
                "| {} | {which} | {:.2} | {:.0} | {:.2} | {:.3} |",
                grown.worker,
                ratio(Duration::from_micros(calls), looked_at),
                ratio(Duration::from_micros(bytes), looked_at),
                milliseconds(times.median()),
                milliseconds(*cpu / u32::try_from(LOOKED_AT)?),
            )?;
        }
    }
    Ok(())
}

fn of_a_core(relayed: &Relayed) -> f64 {
    ratio(Duration::from_micros(relayed.plan.messages), relayed.cpu) * 1e6
}

fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::ToHelpdesk => "customer to helpdesk",
        Direction::ToCustomer => "agent to Blip",
    }
}

fn words(load: Load) -> &'static str {
    match load {
        Load::Single => "one",
        Load::Unmarked => "one, without our mark",
        Load::TenFiles => "ten files of ten conversations",
        Load::TenOfTen => "ten of ten conversations",
        Load::TenOfOne => "ten of one conversation",
    }
}

/// Calls, and bytes of their bodies.
fn sum(counts: &Counts) -> (u64, u64) {
    counts.values().fold((0, 0), |(calls, bytes), tally| (calls + tally.calls, bytes + tally.asked + tally.answered))
}

fn percent(later: u64, first: u64) -> f64 {
    (ratio(Duration::from_micros(later), Duration::from_micros(first)) - 1.0) * 100.0
}

fn machine() -> String {
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("an unknown processor", |(_, model)| model.trim());
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    format!("{cores} cores of {model}, Linux {}, the machine's load {load} at the end", kernel.trim())
}

/// Puts a text between the two markers of that name.
pub(crate) fn rewrite(page: &Path, name: &str, text: &str) -> Result<()> {
    let old = std::fs::read_to_string(page).with_context(|| format!("{}", page.display()))?;
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let missing = || format!("{} has no marker {name}", page.display());
    let (before, rest) = old.split_once(&begin).with_context(missing)?;
    let (_, after) = rest.split_once(&end).with_context(missing)?;
    std::fs::write(page, format!("{before}{begin}{text}{end}{after}"))?;
    Ok(())
}

/// Time of the processor that a megabyte of a file takes, with all that is done beside it.
pub(crate) fn copying(warm: &Warm) -> Duration {
    let megabytes = files::SIZE * FULL / 1024 / 1024;
    warm.cpu / warm.calls.max(1) / u32::try_from(megabytes).unwrap_or(u32::MAX)
}
