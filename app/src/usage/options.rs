//! Typed rows to ECharts options: a pure function, tested as data.
//!
//! Colours, fonts and number formats are added by the script that draws, from the page's tokens and
//! language, so that they follow the theme; a series whose colour means something names its token.

use charming::{
    Chart,
    component::{Axis, Legend},
    element::AxisType,
    series::Bar,
};
use domain::{lang::Lang, usage::DayView};
use jiff::civil;

use crate::ui::fmt;

/// Options of the daily chart, as JSON: a bar a day, calls and refused attempts on top of each other.
/// Where nothing was refused there is one series, and so no legend.
pub(super) fn daily(lang: Lang, days: &[DayView]) -> String {
    let (calls, refused) = (lang.pick("Panggilan", "Calls"), lang.pick("Ditolak", "Refused"));
    let bars = |name: &str, value: fn(&DayView) -> u64| {
        let data: Vec<i64> = days.iter().map(|day| i64::try_from(value(day)).unwrap_or(i64::MAX)).collect();
        Bar::new().name(name).stack("attempts").data(data)
    };
    let mut chart = Chart::new()
        .x_axis(
            Axis::new()
                .type_(AxisType::Category)
                .data(days.iter().map(|day| short_day(lang, day.day)).collect()),
        )
        .y_axis(Axis::new().type_(AxisType::Value).min_interval(1))
        .series(bars(calls, |day| day.calls));
    if days.iter().any(|day| day.refused > 0) {
        chart = chart
            .color(vec!["link", "danger"])
            .legend(Legend::new().top(0).right(0))
            .series(bars(refused, |day| day.refused));
    }
    serde_json::to_string(&chart).unwrap_or_default()
}

/// 8 Mar: the year is in the table.
fn short_day(lang: Lang, day: civil::Date) -> String {
    let date = fmt::date(lang, day);
    date.rsplit_once(' ').map_or(date.clone(), |(day, _)| day.to_owned())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::{Value, json};

    use super::*;

    fn day(day: i8, calls: u64, refused: u64) -> DayView {
        DayView { day: date(2026, 3, day), calls, errors: 0, client_errors: 0, refused }
    }

    fn options(days: &[DayView]) -> Value {
        serde_json::from_str(&daily(Lang::Id, days)).unwrap()
    }

    #[test]
    fn a_bar_a_day_and_days_without_calls_are_there() {
        let options = options(&[day(7, 120, 0), day(8, 0, 0), day(9, 4_280_000, 0)]);
        assert_eq!(options["xAxis"]["data"], json!(["7 Mar", "8 Mar", "9 Mar"]));
        assert_eq!(options["xAxis"]["type"], "category");
        assert_eq!(options["series"].as_array().unwrap().len(), 1);
        assert_eq!(options["series"][0]["type"], "bar");
        assert_eq!(options["series"][0]["data"], json!([120, 0, 4_280_000]));
        // Bars begin at zero: no minimum of their own.
        assert_eq!(options["yAxis"].get("min"), None);
        assert_eq!(options.get("legend"), None);
    }

    #[test]
    fn refused_attempts_stand_on_top_of_the_calls_and_are_named() {
        let options = options(&[day(7, 100, 7), day(8, 50, 0)]);
        assert_eq!(options["series"][0]["stack"], options["series"][1]["stack"]);
        assert_eq!(
            (&options["series"][0]["name"], &options["series"][1]["name"]),
            (&json!("Panggilan"), &json!("Ditolak"))
        );
        assert_eq!(options["series"][1]["data"], json!([7, 0]));
        assert!(options.get("legend").is_some());
        assert_eq!(options["color"], json!(["link", "danger"]), "tokens of the page, not colours");
    }

    #[test]
    fn no_days_make_an_empty_chart_not_a_broken_one() {
        assert_eq!(options(&[])["series"][0]["name"], "Panggilan");
    }
}
