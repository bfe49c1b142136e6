//! Lengths of time and volumes in words.

use domain::{events::EventKind, lang::Lang, webhooks::volume::EventVolumes};

use crate::ui::fmt;

/// `5 detik`, `30 menit`, `24 jam`, `3 hari 3 jam`: the two greatest units that are not zero; days from
/// the second on.
#[must_use]
pub fn duration(lang: Lang, seconds: u64) -> String {
    let units = [
        (86_400, lang.pick("hari", "day")),
        (3_600, lang.pick("jam", "hour")),
        (60, lang.pick("menit", "minute")),
        (1, lang.pick("detik", "second")),
    ];
    let (mut left, mut parts) = (seconds, Vec::new());
    let first = usize::from(seconds < 2 * 86_400);
    for (length, name) in units.into_iter().skip(first) {
        let count = left / length;
        left %= length;
        if count > 0 {
            let plural = if lang == Lang::En && count > 1 { "s" } else { "" };
            parts.push(format!("{count} {name}{plural}"));
        }
    }
    parts.truncate(2);
    if parts.is_empty() { lang.pick("0 detik", "0 seconds").to_owned() } else { parts.join(" ") }
}

/// `~3.800/hari`, `~1,4/hari`, `< 0,1/hari`; that nothing is known while no day was measured.
#[must_use]
pub fn per_day(lang: Lang, volumes: &EventVolumes, event: EventKind) -> String {
    let day = lang.pick("/hari", "/day");
    match volumes.tenths_per_day(event) {
        None => lang.pick("belum ada data", "no data yet").to_owned(),
        Some(0) => match volumes.kinds.iter().any(|kind| kind.event == event && kind.count > 0) {
            true => format!("< {}{day}", fmt::decimal(lang, 0.1, 1)),
            false => format!("0{day}"),
        },
        Some(tenths @ 1..100) => {
            format!("~{}{}{}{day}", tenths / 10, lang.pick(',', '.'), tenths % 10)
        }
        Some(tenths) => format!("~{}{day}", fmt::grouped(lang, tenths.saturating_add(5) / 10)),
    }
}

/// What the volumes are a mean of.
#[must_use]
pub fn measured(lang: Lang, volumes: &EventVolumes) -> String {
    let last = volumes.from.and_then(|from| {
        let days = i64::try_from(volumes.days).ok()?;
        Some((from, from.checked_add(jiff::Span::new().try_days(days.saturating_sub(1)).ok()?).ok()?))
    });
    match last {
        None => lang
            .pick(
                "Volume harian diukur dari jaringan live; tampil setelah satu hari penuh tercatat.",
                "The daily volume is measured on the live network; it is shown once a full day is on record.",
            )
            .to_owned(),
        Some((from, to)) if from == to => {
            let day = fmt::date(lang, from);
            lang.pick(
                format!("Volume: semua event jaringan live pada {day} (WIB)."),
                format!("Volume: all events of the live network on {day} (WIB)."),
            )
        }
        Some((from, to)) => {
            let (days, from, to) = (volumes.days, fmt::date(lang, from), fmt::date(lang, to));
            lang.pick(
                format!("Volume: rata-rata semua event jaringan live per hari, {days} hari penuh terakhir ({from} sampai {to}, WIB)."),
                format!("Volume: mean of all events of the live network per day, over the last {days} full days ({from} to {to}, WIB)."),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::webhooks::volume::EventVolume;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn lengths_of_time_read_as_people_say_them() {
        for (seconds, id, en) in [
            (0, "0 detik", "0 seconds"),
            (1, "1 detik", "1 second"),
            (5, "5 detik", "5 seconds"),
            (300, "5 menit", "5 minutes"),
            (50_400, "14 jam", "14 hours"),
            (86_400, "24 jam", "24 hours"),
            (172_800, "2 hari", "2 days"),
            (272_105, "3 hari 3 jam", "3 days 3 hours"),
        ] {
            assert_eq!(
                (duration(Lang::Id, seconds).as_str(), duration(Lang::En, seconds).as_str()),
                (id, en)
            );
        }
    }

    #[test]
    fn a_volume_is_as_exact_as_it_was_measured() {
        let check = |count, days, expected: &str| {
            let event = EventKind::JourneyCompleted;
            let volumes = EventVolumes { from: None, days, kinds: vec![EventVolume { event, count }] };
            assert_eq!(per_day(Lang::Id, &volumes, event), expected, "{count} in {days}");
        };
        check(26_600, 7, "~3.800/hari");
        check(10, 7, "~1,4/hari");
        check(1, 7, "~0,1/hari");
        check(0, 7, "0/hari");
        check(70, 7, "~10/hari");
        check(0, 0, "belum ada data");
        let volumes = EventVolumes { from: Some(date(2026, 3, 1)), days: 7, kinds: Vec::new() };
        assert!(measured(Lang::Id, &volumes).contains("1 Mar 2026 sampai 7 Mar 2026"));
    }
}
