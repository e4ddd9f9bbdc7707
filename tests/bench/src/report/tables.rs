//! The tables below the goals.

use std::{fmt::Write as _, time::Duration};

use anyhow::Result;

use super::{Report, megabytes, milliseconds, of_a_core, ratio, sum, way, words};
use crate::{
    bench::{FLOOR, STARTS},
    growth::{Growth, LOOKED_AT, MESSAGES, Stretch},
    measure::Times,
    relay::{Arrival, Relayed},
};

impl Report {
    pub(super) fn programs(&self, page: &mut String) -> Result<()> {
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

    pub(super) fn operations(&self, page: &mut String) -> Result<()> {
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
        "\n### Relay\n\nFrom the post at the webhook endpoint to the call on the other side: both functions, one instance of each, and a FIFO queue that takes no \
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
        "\n### Growth\n\nA conversation that says its last {LOOKED_AT} of {MESSAGES} messages takes turns with one that says its first {LOOKED_AT}; the recent ids of both are full.\n"
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
