//! What CloudWatch counts of the queues by itself: messages of the last hours, in both directions.

use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Dimension, Metric, MetricDataQuery, MetricStat},
};
use ponte::clock::{Clock, SystemClock};

use crate::{OperationError, QueueName, Stack};

/// The seconds of one point. SQS tells each minute; five are enough for a look at some hours.
pub const POINT_SECONDS: i32 = 300;
/// How far back, in points: three hours.
pub const POINTS: usize = 36;

/// How many messages went into a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Messages {
    pub queue: QueueName,
    /// Unix seconds of a point's beginning, and how many messages; the oldest first. Empty where CloudWatch has none.
    pub points: Vec<(i64, f64)>,
}

/// The messages that went into the queues of both directions in the last hours. CloudWatch is some minutes late.
///
/// # Errors
///
/// [`OperationError::Failed`] where CloudWatch does not answer, or may not be asked.
pub async fn messages(stack: &Stack) -> Result<Vec<Messages>, OperationError> {
    let now = SystemClock.now().seconds();
    let point = i64::from(POINT_SECONDS);
    let end = now - now.rem_euclid(point) + point;
    let start = end - point * i64::try_from(POINTS).unwrap_or(0);
    let asked = [(QueueName::ToHelpdesk, "customers"), (QueueName::ToBlip, "agents")];
    let queries = asked.iter().filter_map(|(queue, id)| query(stack, *queue, id));
    let ask = stack.metrics.get_metric_data().set_metric_data_queries(Some(queries.collect()));
    let got = ask.start_time(DateTime::from_secs(start)).end_time(DateTime::from_secs(end)).send().await;
    let got = got.map_err(|error| OperationError::aws("CloudWatch's metrics cannot be read", &error))?;
    let points = |id: &str| {
        let result = got.metric_data_results().iter().find(|result| result.id() == Some(id))?;
        let times = result.timestamps().iter().map(DateTime::secs);
        let mut points: Vec<(i64, f64)> = times.zip(result.values().iter().copied()).collect();
        points.sort_by_key(|(at, _)| *at);
        Some(points)
    };
    Ok(asked.iter().map(|(queue, id)| Messages { queue: *queue, points: points(id).unwrap_or_default() }).collect())
}

fn query(stack: &Stack, queue: QueueName, id: &str) -> Option<MetricDataQuery> {
    let url = &stack.queues(Some(queue)).next()?.main;
    let name = url.rsplit('/').next()?;
    let dimension = Dimension::builder().name("QueueName").value(name).build();
    let metric =
        Metric::builder().namespace("AWS/SQS").metric_name("NumberOfMessagesSent").dimensions(dimension).build();
    let stat = MetricStat::builder().metric(metric).period(POINT_SECONDS).stat("Sum").build();
    Some(MetricDataQuery::builder().id(id).metric_stat(stat).build())
}
