//! What a million messages cost: what was counted, times what AWS asks (`infra/prices.toml`).

use std::{fmt::Write as _, path::Path};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::{
    bench::{BLIP_WEBHOOK, FULL, Figures, HELPDESK_CALLBACK, Load, TO_BLIP, TO_HELPDESK},
    measure::{Warm, float},
    memory::Memory,
    meter::Tally,
    report::milliseconds,
};

const MILLION: f64 = 1e6;
const GB: f64 = 1e9;
/// The minutes of a month.
const CLOCK_LOOKS: f64 = 365.0 / 12.0 * 24.0 * 60.0;
/// What is added to each line by `CloudWatch`, in bytes.
const LINE: u64 = 26;

/// `infra/prices.toml`.
#[derive(Debug, Deserialize)]
pub(crate) struct Prices {
    region: String,
    date: String,
    http_api_request: f64,
    sqs_fifo_request: f64,
    lambda_request: f64,
    dynamodb_write: f64,
    dynamodb_read: f64,
    secrets_manager_request: f64,
    lambda_gb_second_x86_64: f64,
    lambda_gb_second_arm64: f64,
    log_gb: f64,
    metric_month: f64,
    dashboard_month: f64,
    assumed: Assumed,
    /// Of the webhook endpoints and of the workers, from `template.yaml`.
    #[serde(skip)]
    memory: Memory,
}

/// What cannot be counted here.
#[derive(Debug, Deserialize)]
struct Assumed {
    /// The memory at which a function has one whole processor.
    whole_processor_megabytes: f64,
    other_side_ms: f64,
    sqs_ms: f64,
    dynamodb_ms: f64,
    lambda_log_bytes: f64,
    messages_for_a_read_of_a_secret: f64,
    clock_cpu_ms: f64,
    clock_log_bytes: f64,
    /// Metrics of a stack, each value of a dimension by itself.
    metrics: f64,
    /// The lines of the figures of one conversation.
    figures_bytes: f64,
}

/// One way of one message.
struct Way<'a> {
    name: &'static str,
    endpoint: &'a Warm,
    worker: &'a Warm,
    /// Messages in a batch.
    batch: f64,
    /// How often the worker waits for Blip or a helpdesk in one batch, one call after the other.
    waits: f64,
}

/// The price of a million messages, by what it is for.
struct Bill {
    name: String,
    items: Vec<(&'static str, f64)>,
}

impl Bill {
    fn sum(&self) -> f64 {
        self.items.iter().map(|(_, dollars)| dollars).sum()
    }
}

impl Prices {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let file = root.join("infra/prices.toml");
        let text = std::fs::read_to_string(&file).with_context(|| format!("{}", file.display()))?;
        let template = root.join("template.yaml");
        let template = std::fs::read_to_string(&template).with_context(|| format!("{}", template.display()))?;
        Ok(Self { memory: Memory::of(&template)?, ..toml::from_str(&text)? })
    }

    fn bill(&self, way: &Way<'_>) -> Bill {
        let Assumed { other_side_ms, sqs_ms, dynamodb_ms, lambda_log_bytes, messages_for_a_read_of_a_secret, .. } =
            self.assumed;
        let (endpoint, worker) = (way.endpoint, way.worker);
        let batches = MILLION / way.batch;
        let messages = f64::from(worker.calls) * way.batch;
        let of = |warm: &Warm, calls: f64, service: &str, field: fn(&Tally) -> u64, operation: &str| {
            let tallies = warm.counts.iter().filter(|((of, name), _)| *of == service && name.starts_with(operation));
            float(tallies.map(|(_, tally)| field(tally)).sum()) / calls
        };
        let units = |tally: &Tally| tally.units;
        let sends = of(endpoint, f64::from(endpoint.calls), "SQS", units, "") + of(worker, messages, "SQS", units, "");
        let reads = of(worker, messages, "DynamoDB", units, "Get");
        let writes = of(worker, messages, "DynamoDB", units, "Update") + of(worker, messages, "DynamoDB", units, "Put");
        // The event source receives and deletes, a call for each batch.
        let sqs = sends * MILLION + 2.0 * batches;
        // The conversation store is read before the other side is called, and written after it: twice a wait, whatever the groups.
        let stretched = |warm: &Warm, memory| milliseconds(warm.cpu) / f64::from(warm.calls) * self.stretch(memory);
        let endpoint_ms = stretched(endpoint, self.memory.endpoint) + sqs_ms;
        let worker_ms = stretched(worker, self.memory.worker) + 2.0 * dynamodb_ms + way.waits * other_side_ms;
        let gigabyte_seconds =
            (endpoint_ms * MILLION * self.memory.endpoint + worker_ms * batches * self.memory.worker) / 1024.0 / 1000.0;
        let own = |warm: &Warm, calls: f64| float(warm.logged.0 + LINE * warm.logged.1) / f64::from(warm.calls) * calls;
        let logs = own(endpoint, MILLION) + own(worker, batches) + lambda_log_bytes * (MILLION + batches);
        Bill {
            name: way.name.to_owned(),
            items: vec![
                ("HTTP API", self.http_api_request),
                ("SQS", sqs / MILLION * self.sqs_fifo_request),
                ("Lambda, requests", (MILLION + batches) / MILLION * self.lambda_request),
                ("Lambda, time", gigabyte_seconds * self.lambda_gb_second_x86_64),
                ("DynamoDB, writes", writes * self.dynamodb_write),
                ("DynamoDB, reads", reads * self.dynamodb_read),
                ("logs", logs / GB * self.log_gb),
                ("secrets", self.secrets_manager_request / messages_for_a_read_of_a_secret),
            ],
        }
    }

    /// What the function `clock` costs in a month in which nothing is due: it looks every minute, by one query without consistency. A schedule of
    /// `EventBridge`'s default bus is free.
    fn idle_clock(&self) -> Bill {
        let looks = CLOCK_LOOKS / MILLION;
        let ms = self.assumed.clock_cpu_ms * self.stretch(self.memory.clock) + self.assumed.dynamodb_ms;
        let gigabyte_seconds = ms * CLOCK_LOOKS * self.memory.clock / 1024.0 / 1000.0;
        Bill {
            name: "the clock".to_owned(),
            items: vec![
                ("Lambda, requests", looks * self.lambda_request),
                ("Lambda, time", gigabyte_seconds * self.lambda_gb_second_x86_64),
                ("DynamoDB, reads", 0.5 * looks * self.dynamodb_read),
                ("logs", (self.assumed.clock_log_bytes + float(LINE)) * CLOCK_LOOKS / GB * self.log_gb),
            ],
        }
    }

    /// How much longer the processor's time takes with a share of one processor.
    fn stretch(&self, memory: f64) -> f64 {
        (self.assumed.whole_processor_megabytes / memory).max(1.0)
    }
}

/// The bills of both directions, unbatched and in full batches.
pub(crate) struct Costs {
    bills: Vec<Bill>,
    prices: Prices,
}

/// The loads that are priced.
pub(crate) const PRICED: [(&str, Load); 8] = [
    (BLIP_WEBHOOK, Load::Single),
    (HELPDESK_CALLBACK, Load::Single),
    (TO_HELPDESK, Load::Single),
    (TO_HELPDESK, Load::TenOfTen),
    (TO_HELPDESK, Load::TenOfOne),
    (TO_BLIP, Load::Single),
    (TO_BLIP, Load::TenOfTen),
    (TO_BLIP, Load::TenOfOne),
];

impl Costs {
    pub(crate) fn of(figures: &Figures, prices: Prices) -> Result<Self> {
        let warm = |name, load| figures.warm.get(&(name, load)).with_context(|| format!("{name} was not measured"));
        let full = 10.0;
        let ways = [
            // The helpdesk is called, and once the conversation store is written Blip is told that the message was read.
            ("customer to helpdesk, one by one", BLIP_WEBHOOK, TO_HELPDESK, Load::Single, 1.0, 2.0),
            ("customer to helpdesk, tens of ten conversations", BLIP_WEBHOOK, TO_HELPDESK, Load::TenOfTen, full, 2.0),
            ("customer to helpdesk, tens of one conversation", BLIP_WEBHOOK, TO_HELPDESK, Load::TenOfOne, full, 11.0),
            ("agent to Blip, one by one", HELPDESK_CALLBACK, TO_BLIP, Load::Single, 1.0, 1.0),
            ("agent to Blip, tens of ten conversations", HELPDESK_CALLBACK, TO_BLIP, Load::TenOfTen, full, 1.0),
            ("agent to Blip, tens of one conversation", HELPDESK_CALLBACK, TO_BLIP, Load::TenOfOne, full, 10.0),
        ];
        let mut bills = Vec::new();
        for (name, endpoint, worker, load, batch, waits) in ways {
            let (endpoint, worker) = (warm(endpoint, Load::Single)?, warm(worker, load)?);
            bills.push(prices.bill(&Way { name, endpoint, worker, batch, waits }));
        }
        Ok(Self { bills, prices })
    }

    /// The dearest of the unbatched ways, and of the tens of ten conversations.
    pub(crate) fn dearest(&self) -> (f64, f64) {
        let dearest = |part: &str| {
            let bills = self.bills.iter().filter(|bill| bill.name.contains(part));
            bills.map(Bill::sum).fold(0.0, f64::max)
        };
        (dearest("one by one"), dearest("tens of ten"))
    }

    pub(crate) fn markdown(&self) -> Result<String> {
        let mut page = String::new();
        let Some(first) = self.bills.first() else { return Ok(page) };
        write!(page, "| a million messages, in dollars |")?;
        for (item, _) in &first.items {
            write!(page, " {item} |")?;
        }
        writeln!(page, " **all** |")?;
        writeln!(page, "|---|{}", "---|".repeat(first.items.len() + 1))?;
        for bill in &self.bills {
            write!(page, "| {} |", bill.name)?;
            for (_, dollars) in &bill.items {
                write!(page, " {dollars:.2} |")?;
            }
            writeln!(page, " **{:.2}** |", bill.sum())?;
        }
        let Prices { region, date, assumed, memory, .. } = &self.prices;
        let arm = (1.0 - self.prices.lambda_gb_second_arm64 / self.prices.lambda_gb_second_x86_64) * 100.0;
        writeln!(
            page,
            "\nPrices of {region}, {date}: `infra/prices.toml`. Assumed, since it cannot be counted here:\n"
        )?;
        writeln!(
            page,
            "- The webhook endpoints have {} MB and the workers {} MB, and so {:.2} and {:.2} of a processor (a whole one at {} MB): the processor's time \
             that was measured takes {:.1} and {:.1} times as long. On arm64 the line \"Lambda, time\" would be {arm:.0} % less; it is not what \
             is built.",
            memory.endpoint,
            memory.worker,
            1.0 / self.prices.stretch(memory.endpoint),
            1.0 / self.prices.stretch(memory.worker),
            assumed.whole_processor_megabytes,
            self.prices.stretch(memory.endpoint),
            self.prices.stretch(memory.worker),
        )?;
        writeln!(
            page,
            "- A call of the other side takes {} ms, SQS {} ms, DynamoDB {} ms, and the function is paid for while it waits. Towards the helpdesk a \
             run waits for the helpdesk and then for Blip, which is told that the message was read; a run of ten messages of one conversation \
             calls the helpdesk ten times, one after the other.",
            assumed.other_side_ms, assumed.sqs_ms, assumed.dynamodb_ms,
        )?;
        writeln!(
            page,
            "- A request of SQS is paid for each 64 KiB; the event source adds one to receive a batch and one to delete it. Its polling of empty \
             queues, the alarms, stored secrets and backups are paid by the month and not by the message: not in the table."
        )?;
        writeln!(
            page,
            "- Lambda's own lines of a call that went well are {} bytes in the log, since the template turns them off; CloudWatch adds {LINE} \
             bytes to each of ours. A secret is read once in {} messages (at each start, and every five minutes at the webhook endpoints).",
            assumed.lambda_log_bytes, assumed.messages_for_a_read_of_a_secret,
        )?;
        writeln!(
            page,
            "- Telling Blip that a message was read is {:.2} dollars of the first line: the worker's time while it waits for the answer.",
            assumed.other_side_ms / 1000.0 * MILLION * memory.worker / 1024.0 * self.prices.lambda_gb_second_x86_64,
        )?;
        let clock = self.prices.idle_clock();
        let parts: Vec<_> = clock.items.iter().map(|(item, dollars)| format!("{item} {dollars:.3}")).collect();
        writeln!(
            page,
            "- The clock looks every minute, also where nothing is due: {:.3} dollars a month ({}), with {} ms of a processor for each look. It is no part of the table.",
            clock.sum(),
            parts.join(", "),
            assumed.clock_cpu_ms,
        )?;
        writeln!(
            page,
            "- The figures of conversations and the dashboard are paid by the month: {:.0} metrics are {:.2} dollars where each occurs in every hour, and \
             the dashboard {:.2} beyond the third of an account. Their lines are {:.2} dollars for a million conversations.",
            assumed.metrics,
            assumed.metrics * self.prices.metric_month,
            self.prices.dashboard_month,
            assumed.figures_bytes * MILLION / GB * self.prices.log_gb,
        )?;
        writeln!(
            page,
            "- Batches are of {FULL} at most. The conversations are under way: opening one costs about ten calls more, once."
        )?;
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use std::{path::PathBuf, time::Duration};

    use super::*;
    use crate::meter::Counts;

    fn warm(calls: u32, cpu: Duration, logged: (u64, u64), counts: &[(&'static str, &str, u64)]) -> Warm {
        let tally = |units: u64| Tally { calls: units, units, ..Tally::default() };
        let counts: Counts =
            counts.iter().map(|(service, name, units)| ((*service, (*name).to_owned()), tally(*units))).collect();
        Warm { calls, cpu, logged, counts, ..Warm::default() }
    }

    /// By hand, from the figures of the file: an endpoint of 256 MB that takes 1 ms, a worker of 128 MB that takes 2 ms, batches of ten.
    #[test]
    fn a_bill_is_what_the_price_list_makes_of_the_counts() {
        let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let prices = Prices::read(&root).unwrap();
        let endpoint = warm(100, Duration::from_millis(100), (10_000, 100), &[("SQS", "SendMessage", 200)]);
        let counts = [
            ("DynamoDB", "GetItem", 100),
            ("DynamoDB", "UpdateItem", 300),
            ("DynamoDB", "PutItem", 100),
            ("Blip", "x", 9),
        ];
        let worker = warm(10, Duration::from_millis(20), (1_000, 10), &counts);
        let bill = prices.bill(&Way { name: "a way", endpoint: &endpoint, worker: &worker, batch: 10.0, waits: 2.0 });

        let endpoint_ms = 1769.0 / 256.0 + 10.0;
        let worker_ms = 2.0 * 1769.0 / 128.0 + 2.0 * 5.0 + 2.0 * 300.0;
        let time = (endpoint_ms / 1000.0 * 0.25 * 1e6 + worker_ms / 1000.0 * 0.125 * 1e5) * 0.000_016_666_7;
        let logs = (126.0 * 1e6 + 126.0 * 1e5) / 1e9 * 0.5;
        let expected = [
            ("HTTP API", 1.0),
            ("SQS", 2.0 * 0.5 + 0.2 * 0.5), // two steps of 64 KiB a message, and a tenth each to receive and to delete
            ("Lambda, requests", 1.1 * 0.2),
            ("Lambda, time", time),
            ("DynamoDB, writes", 4.0 * 0.625),
            ("DynamoDB, reads", 0.125),
            ("logs", logs),
            ("secrets", 0.05),
        ];
        for ((item, dollars), (name, by_hand)) in bill.items.iter().zip(expected) {
            assert_eq!(*item, name);
            assert!((dollars - by_hand).abs() < 1e-9, "{item}: {dollars}, and {by_hand} by hand");
        }
        assert_eq!(bill.items.len(), expected.len());
    }

    /// By hand: 43,800 looks of 256 MB, 6.9 times as long as on a whole processor, and half a read unit each.
    #[test]
    fn an_idle_clock_costs_a_tenth_of_a_dollar_a_month_at_most() {
        let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let prices = Prices::read(&root).unwrap();
        let ms = 2.0 * 1769.0 / 256.0 + 5.0;
        let by_hand = 0.0438 * 0.2
            + ms / 1000.0 * 0.25 * 43_800.0 * 0.000_016_666_7
            + 0.0219 * 0.125
            + (160.0 + 26.0) * 43_800.0 / 1e9 * 0.5;
        let sum = prices.idle_clock().sum();
        assert!((sum - by_hand).abs() < 1e-9, "{sum}, and {by_hand} by hand");
        assert!(sum <= 0.10, "{sum}");
    }
}
