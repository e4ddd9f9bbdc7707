//! Two plots for the page: cold starts, and the processor's time of a warm call.

use std::{path::Path, time::Duration};

use anyhow::{Result, anyhow};
use plotters::prelude::*;

use crate::{
    bench::{Figures, Load},
    report::milliseconds,
};

const SIZE: (u32, u32) = (760, 360);
const OURS: RGBColor = RGBColor(0x1f, 0x77, 0xb4);
const OTHERS: RGBColor = RGBColor(0xb0, 0xb0, 0xb0);

pub(crate) fn plots(figures: &Figures, docs: &Path) -> Result<()> {
    let cold = figures.cold.iter().map(|(name, cold)| (*name, cold.answer.median()));
    bars(&docs.join("performance-cold.svg"), "Start to first answer, ms (median, logarithmic)", cold.collect())?;
    let warm = figures.warm.iter().filter(|((_, load), _)| *load == Load::Single);
    let warm = warm.map(|((name, _), warm)| (*name, warm.cpu / warm.calls.max(1)));
    bars(&docs.join("performance-cpu.svg"), "Processor's time of a warm call, ms (logarithmic)", warm.collect())
}

/// Bars on a logarithmic scale: between a floor and a Python there are two orders of magnitude.
fn bars(file: &Path, caption: &str, mut bars: Vec<(&str, Duration)>) -> Result<()> {
    bars.sort_by_key(|(_, time)| *time);
    let values: Vec<f64> = bars.iter().map(|(_, time)| milliseconds(*time)).collect();
    let (lowest, highest) =
        values.iter().fold((f64::MAX, 0.0_f64), |(low, high), value| (low.min(*value), high.max(*value)));
    let (bottom, top) = (lowest / 3.0, highest * 3.0);
    let area = SVGBackend::new(file, SIZE).into_drawing_area();
    let failed = |error: &dyn std::fmt::Display| anyhow!("a plot cannot be drawn: {error}");
    area.fill(&WHITE).map_err(|error| failed(&error))?;
    let mut chart = ChartBuilder::on(&area)
        .caption(caption, ("sans-serif", 16))
        .margin(12)
        .x_label_area_size(28)
        .y_label_area_size(130)
        .build_cartesian_2d((bottom..top).log_scale(), (0..bars.len()).into_segmented())
        .map_err(|error| failed(&error))?;
    let names: Vec<String> = bars.iter().map(|(name, _)| (*name).to_owned()).collect();
    chart
        .configure_mesh()
        .disable_y_mesh()
        .y_labels(names.len())
        .y_label_formatter(&|segment| match segment {
            SegmentValue::CenterOf(at) | SegmentValue::Exact(at) => names.get(*at).cloned().unwrap_or_default(),
            SegmentValue::Last => String::new(),
        })
        .draw()
        .map_err(|error| failed(&error))?;
    let drawn = names.iter().zip(&values).enumerate().map(|(at, (name, value))| {
        let other = name.starts_with("node") || name.starts_with("python") || name == "floor";
        let color = if other { OTHERS } else { OURS };
        let mut bar =
            Rectangle::new([(bottom, SegmentValue::Exact(at)), (*value, SegmentValue::Exact(at + 1))], color.filled());
        bar.set_margin(4, 4, 0, 0);
        bar
    });
    chart.draw_series(drawn).map_err(|error| failed(&error))?;
    let figures = values.iter().enumerate().map(|(at, value)| {
        Text::new(format!("  {value:.2}"), (*value, SegmentValue::CenterOf(at)), ("sans-serif", 13))
    });
    chart.draw_series(figures).map_err(|error| failed(&error))?;
    area.present().map_err(|error| failed(&error))
}
