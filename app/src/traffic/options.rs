//! Typed rows to ECharts options, tested as data. What is withheld is a gap, not a zero.

use charming::{
    Chart,
    component::{Axis, Legend},
    datatype::DataPoint,
    element::AxisType,
    series::Bar,
};
use domain::{
    lang::Lang,
    traffic::{NetworkDayView, TrafficRow},
};

use crate::ui::fmt;

/// Bars of taps in beside taps out.
fn bars(labels: Vec<String>, tap_in: Vec<Option<u64>>, tap_out: Vec<Option<u64>>) -> String {
    let points = |values: Vec<Option<u64>>| -> Vec<DataPoint> {
        let point = |value: u64| DataPoint::from(i64::try_from(value).unwrap_or(i64::MAX));
        values.into_iter().map(|value| value.map_or_else(|| DataPoint::from("-"), point)).collect()
    };
    let chart = Chart::new()
        .legend(Legend::new().top(0).right(0))
        .x_axis(Axis::new().type_(AxisType::Category).data(labels))
        .y_axis(Axis::new().type_(AxisType::Value).min_interval(1))
        .series(Bar::new().name("Tap in").data(points(tap_in)))
        .series(Bar::new().name("Tap out").data(points(tap_out)));
    serde_json::to_string(&chart).unwrap_or_default()
}

/// The network's days: totals, or what there was at least.
pub(super) fn network_days(lang: Lang, days: &[NetworkDayView]) -> String {
    let label = |day: &NetworkDayView| {
        let date = fmt::date(lang, day.day);
        date.rsplit_once(' ').map_or(date.clone(), |(day, _)| day.to_owned())
    };
    bars(
        days.iter().map(label).collect(),
        days.iter().map(|day| Some(day.tap_in.unwrap_or(day.tap_in_min))).collect(),
        days.iter().map(|day| Some(day.tap_out.unwrap_or(day.tap_out_min))).collect(),
    )
}

/// A station's hours.
pub(super) fn hours(rows: &[TrafficRow]) -> String {
    let label = |row: &TrafficRow| row.hour.map_or_else(String::new, |hour| format!("{hour:02}"));
    bars(
        rows.iter().map(label).collect(),
        rows.iter().map(|row| row.tap_in).collect(),
        rows.iter().map(|row| row.tap_out).collect(),
    )
}

#[cfg(test)]
mod tests {
    use domain::crowding::CrowdLevel;
    use jiff::civil::date;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_withheld_hour_is_a_gap() {
        let row = |hour, tap_in, tap_out| TrafficRow {
            hour: Some(hour),
            tap_in,
            tap_out,
            crowd_level: CrowdLevel::Low,
            suppressed: false,
        };
        let chart: Value =
            serde_json::from_str(&hours(&[row(6, Some(0), Some(12)), row(7, None, Some(1_284))])).unwrap();
        assert_eq!(chart["xAxis"]["data"], json!(["06", "07"]));
        assert_eq!(chart["series"][0]["data"], json!([0, "-"]));
        assert_eq!(chart["series"][1]["data"], json!([12, 1_284]));
    }

    #[test]
    fn a_withheld_day_shows_what_there_was_at_least() {
        let day = NetworkDayView {
            day: date(2026, 3, 8),
            tap_in: None,
            tap_out: Some(900),
            tap_in_min: 880,
            tap_out_min: 890,
            running: true,
        };
        let chart: Value = serde_json::from_str(&network_days(Lang::Id, &[day])).unwrap();
        assert_eq!(chart["xAxis"]["data"], json!(["8 Mar"]));
        assert_eq!(
            (&chart["series"][0]["data"], &chart["series"][1]["data"]),
            (&json!([880]), &json!([900]))
        );
    }
}
