//! The judgement: from the ledger to numbers and sentences. Pure.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::entries::{Direction, Label, Origin};
use super::record::Ledger;

/// How much of what was said arrived, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Messages that the other side saw.
    pub relayed: usize,
    /// Messages that never arrived, although nobody was notified.
    pub lost: usize,
    /// Messages that were seen once more than they were said.
    pub repeated: usize,
    /// The least number of messages one would have to move to restore the order, over all conversations and directions.
    pub out_of_order: usize,
    /// Messages seen in a conversation they do not belong to.
    pub leaked: usize,
    /// Messages seen that nobody said.
    pub invented: usize,
    /// What was sent to a customer who was not there.
    pub strays: usize,
    /// Agents' messages that the bridge gave back with a reason. Not an error.
    pub refused: usize,
    /// One sentence for each thing that went wrong.
    pub details: Vec<String>,
}

impl Verdict {
    /// Whether nothing was lost, repeated, out of order, leaked, invented or sent astray. Faults on the wire and refused
    /// deliveries are in the details only, since tests provoke them.
    pub fn is_clean(&self) -> bool {
        self.lost + self.repeated + self.out_of_order + self.leaked + self.invented + self.strays == 0
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for detail in &self.details {
            writeln!(f, "! {detail}")?;
        }
        let Self { relayed, lost, repeated, out_of_order, .. } = self;
        write!(f, "relayed {relayed} messages: {lost} lost, {repeated} repeated, {out_of_order} out of order")
    }
}

impl Ledger {
    /// Judges the ledger as it is now.
    pub fn verdict(&self) -> Verdict {
        let mut verdict = Verdict::default();
        for sent in &self.sent {
            let Label(label) = &sent.label;
            match (sent.arrived, &sent.refused) {
                (None, None) => {
                    verdict.lost += 1;
                    verdict.details.push(format!("lost in {}: {label} {:?}", sent.lane.conversation, sent.content));
                }
                (None, Some(_)) => verdict.refused += 1,
                (Some(_), None) => verdict.relayed += 1,
                (Some(_), Some(reason)) => {
                    verdict.relayed += 1;
                    verdict.details.push(format!("{label} arrived, and was given back all the same: {reason}"));
                }
            }
        }
        let mut order: BTreeMap<(&str, Direction), Vec<usize>> = BTreeMap::new();
        for seen in &self.seen {
            let place = &seen.lane.conversation;
            match &seen.origin {
                Origin::System => {}
                Origin::Message(label) => {
                    let index = self.sent.iter().position(|sent| sent.label == *label);
                    order.entry((place, seen.lane.direction)).or_default().extend(index);
                }
                Origin::Again => {
                    verdict.repeated += 1;
                    verdict.details.push(format!("repeated in {place}: {:?}", seen.content));
                }
                Origin::Leaked(from) => {
                    verdict.leaked += 1;
                    verdict.details.push(format!("seen in {place}, said in {from}: {:?}", seen.content));
                }
                Origin::Nobody => {
                    verdict.invented += 1;
                    verdict.details.push(format!("seen in {place}, said by nobody: {:?}", seen.content));
                }
            }
        }
        for ((place, direction), indices) in order {
            let moved = indices.len() - longest_rising(&indices);
            if moved > 0 {
                verdict.out_of_order += moved;
                verdict.details.push(format!("{moved} out of order in {place}, {direction:?}"));
            }
        }
        verdict.strays = self.strays.len();
        verdict.details.extend(self.strays.iter().map(|text| format!("stray: {text}")));
        verdict.details.extend(self.faults.iter().map(|text| format!("fault: {text}")));
        verdict.details.extend(self.undelivered.iter().map(|text| format!("given up: {text}")));
        verdict
    }
}

/// The length of the longest rising subsequence (patience sorting: `tails` holds the least last value of each length).
fn longest_rising(values: &[usize]) -> usize {
    let mut tails: Vec<usize> = Vec::new();
    for value in values {
        let place = tails.partition_point(|tail| tail < value);
        match tails.get_mut(place) {
            Some(tail) => *tail = *value,
            None => tails.push(*value),
        }
    }
    tails.len()
}
