//! The dashboard: what its widgets show is told by the functions or counted by a filter, and defined on the page of the figures.

use std::{collections::BTreeSet, fs, path::Path};

use ponte::trail::Metric;
use serde_json::Value;

use crate::template::Template;

/// The template, outside any emulator.
fn dashboard() -> Template {
    Template::file("infra/dashboard.yaml", &[("LocalEmulator", "false")])
}

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name)).unwrap()
}

/// The metrics that filters count, each with its dimensions.
fn counted(template: &Template) -> Vec<(String, Vec<String>)> {
    let resources = template.section("Resources").values();
    let filters = resources.filter(|it| it["Type"] == "AWS::Logs::MetricFilter");
    let transformations = filters.flat_map(|it| it["Properties"]["MetricTransformations"].as_array().unwrap());
    transformations
        .map(|one| {
            assert_eq!(one["MetricNamespace"], serde_json::json!({ "Fn::Sub": "Ponte/${Stack}" }));
            let dimensions = one.get("Dimensions").and_then(Value::as_array).cloned().unwrap_or_default();
            let keys = dimensions.iter().map(|one| one["Key"].as_str().unwrap().to_owned());
            (one["MetricName"].as_str().unwrap().to_owned(), keys.collect())
        })
        .collect()
}

/// The body as CloudWatch gets it.
fn body(template: &Template) -> Value {
    let body = &template.section("Resources")["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"];
    serde_json::from_str(body.as_str().unwrap()).expect("the body is JSON")
}

/// What the widgets show of our own: the metric and the dimension that it is looked for by.
fn shown(body: &Value) -> BTreeSet<(String, Option<String>)> {
    let mut shown = BTreeSet::new();
    for metric in
        body["widgets"].as_array().unwrap().iter().flat_map(|widget| {
            widget["properties"].get("metrics").and_then(Value::as_array).cloned().unwrap_or_default()
        })
    {
        let parts = metric.as_array().unwrap();
        if let Some(expression) = parts[0].get("expression").and_then(Value::as_str) {
            let (_, rest) = expression.split_once("{\"Ponte/${Stack}\",").expect("our namespace");
            let (dimension, rest) = rest.split_once('}').unwrap();
            let name = rest.split('"').nth(1).unwrap();
            shown.insert((name.to_owned(), Some(dimension.to_owned())));
        } else if parts[0] == "Ponte/${Stack}" {
            let dimension = parts.get(2).and_then(Value::as_str).map(str::to_owned);
            shown.insert((parts[1].as_str().unwrap().to_owned(), dimension));
        }
    }
    shown
}

#[test]
fn every_widget_shows_what_is_there() {
    let template = dashboard();
    let mut there: BTreeSet<(String, Option<String>)> = BTreeSet::new();
    for metric in Metric::ALL {
        for set in metric.dimensions() {
            there.insert((metric.name().to_owned(), set.first().map(|dimension| (*dimension).to_owned())));
        }
    }
    for (name, dimensions) in counted(&template) {
        assert!(dimensions.len() <= 1, "{name}: CloudWatch bills every combination");
        there.insert((name, dimensions.first().cloned()));
    }
    let shown = shown(&body(&template));
    let missing: Vec<_> = shown.difference(&there).collect();
    assert!(missing.is_empty(), "shown, and nobody tells it: {missing:?}");
    let names = |all: &BTreeSet<(String, Option<String>)>| -> BTreeSet<String> {
        all.iter().map(|(name, _)| name.clone()).collect()
    };
    let unseen: Vec<String> = names(&there).difference(&names(&shown)).cloned().collect();
    assert_eq!(unseen, ["RatingsAsked", "TimeFromAssignmentToFirstWord"], "what no widget shows");
}

/// What `make cost` prices: with three queues, five routes, four reasons, and all workers.
#[test]
fn the_price_list_has_as_many_metrics_as_there_are() {
    let values = |dimension: Option<&str>| match dimension {
        None => 1,
        Some("Queue" | "Reason" | "Stage") => 4,
        Some("Route") => 5,
        Some("Worker") => 3,
        Some(other) => panic!("{other}"),
    };
    let told = Metric::ALL.iter().flat_map(|metric| metric.dimensions().iter().map(|set| values(set.first().copied())));
    let filters: BTreeSet<(String, Vec<String>)> = counted(&dashboard()).into_iter().collect();
    let counted = filters.iter().map(|(_, dimensions)| values(dimensions.first().map(String::as_str)));
    let all: usize = told.chain(counted).sum();
    let prices = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/prices.toml")).unwrap();
    assert!(prices.contains(&format!("\nmetrics = {all} ")), "{all} metrics");
}

#[test]
fn every_figure_is_defined_on_both_pages() {
    let counted = counted(&dashboard());
    let names =
        Metric::ALL.iter().map(|metric| metric.name().to_owned()).chain(counted.into_iter().map(|(name, _)| name));
    for name in names {
        for page in ["figures.md", "figures.pt-BR.md"].map(page) {
            assert!(page.contains(&format!("`{name}`")), "{name} is not defined");
        }
    }
}
