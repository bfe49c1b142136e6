//! A day's figures as they may be shown, kept in memory for a minute.
//!
//! The minute is not only for speed: figures of the running hour must not follow single taps (see
//! [`domain::traffic`]). Its counts are carried over from one reading to the next by this node, so
//! two nodes, or one that was started anew, may show a running hour up to four taps apart.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    network::{GateDirection, Network, StationIx},
    realm::Realm,
    time::{JAKARTA, day_start, jakarta_day},
    traffic::{Count, NetworkDay, Shown, network_day, network_day_so_far, refreshed},
};
use jiff::{Timestamp, civil::Date};

use super::{hour_of, queries::HOURS};
use crate::{
    app::App,
    realms,
    store::{DbError, params},
};

/// Figures are read anew when a minute of the realm's clock has begun that they were not read in.
const REFRESHED_EVERY_S: i64 = 60;
/// Days kept in memory, of all realms.
const DAYS_KEPT_MAX: usize = 64;

/// Counts by place of the station and hour in Jakarta.
type Counts = Vec<[u32; 24]>;

/// Figures of days that somebody asked for lately.
#[derive(Debug, Default)]
pub struct Traffic {
    days: Mutex<HashMap<(Realm, Date), Arc<Figures>>>,
    /// Held while the store is asked, so that one asks for all who wait.
    reading: tokio::sync::Mutex<()>,
}

/// One realm's day.
#[derive(Debug)]
pub struct Figures {
    pub day: Date,
    /// As of when.
    pub at: Timestamp,
    /// How many hours of the day have begun.
    pub hours: u8,
    /// By place of the station.
    shown: Vec<Shown>,
    pub network_in: Count,
    pub network_out: Count,
    tap_in: Counts,
    tap_out: Counts,
}

/// A realm's day, at most a minute old.
///
/// # Errors
/// When the store fails.
pub async fn figures(app: &App, realm: &Realm, day: Date) -> Result<Arc<Figures>, DbError> {
    let key = (realm.clone(), day);
    let fresh = |now: Timestamp| app.traffic.known(&key).filter(|figures| figures.is_fresh(now));
    if let Some(figures) = fresh(realms::now(app, realm)) {
        return Ok(figures);
    }
    let _reading = app.traffic.reading.lock().await;
    let now = realms::now(app, realm);
    if let Some(figures) = fresh(now) {
        return Ok(figures);
    }
    let (tap_in, tap_out) = read(app, realm, day).await?;
    let before = app.traffic.known(&key);
    let figures = Arc::new(Figures::of(day, now, tap_in, tap_out, before.as_deref()));
    app.traffic.keep(key, figures.clone());
    Ok(figures)
}

/// Forgets a realm's figures: its taps were deleted.
pub fn forget(app: &App, realm: &Realm) {
    app.traffic.lock().retain(|(of, _), _| of != realm);
}

impl Traffic {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(Realm, Date), Arc<Figures>>> {
        self.days.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, key: &(Realm, Date)) -> Option<Arc<Figures>> {
        self.lock().get(key).cloned()
    }

    fn keep(&self, key: (Realm, Date), figures: Arc<Figures>) {
        let mut days = self.lock();
        if days.len() >= DAYS_KEPT_MAX && !days.contains_key(&key) {
            let oldest = days.iter().min_by_key(|(_, figures)| figures.at).map(|(key, _)| key.clone());
            oldest.map(|key| days.remove(&key));
        }
        days.insert(key, figures);
    }
}

impl Figures {
    /// Works out what may be shown of these counts at `now`. `before`: of the same day, as last shown.
    pub(super) fn of(
        day: Date,
        now: Timestamp,
        mut tap_in: Counts,
        mut tap_out: Counts,
        before: Option<&Self>,
    ) -> Self {
        let (hours, is_over) = begun(day, now);
        for (counts, earlier) in [
            (&mut tap_in, before.map(|before| &before.tap_in)),
            (&mut tap_out, before.map(|before| &before.tap_out)),
        ] {
            // A gate's clock may run ahead: what it counts for an hour to come waits for that hour.
            counts.iter_mut().for_each(|taps| taps[usize::from(hours)..].fill(0));
            let same_hour = before.is_some_and(|before| before.hours == hours) && !is_over;
            if let (Some(earlier), true, Some(hour)) = (earlier, same_hour, hours.checked_sub(1)) {
                let hour = usize::from(hour);
                for (taps, earlier) in counts.iter_mut().zip(earlier) {
                    taps[hour] = refreshed(earlier[hour], taps[hour]);
                }
            }
        }
        let rule = if is_over { network_day } else { network_day_so_far };
        let NetworkDay { stations: shown_in, total: network_in } = rule(&tap_in);
        let NetworkDay { stations: shown_out, total: network_out } = rule(&tap_out);
        let both = shown_in.into_iter().zip(shown_out);
        let shown = both.map(|(tap_in, tap_out)| Shown { tap_in, tap_out }).collect();
        Self { day, at: now, hours, shown, network_in, network_out, tap_in, tap_out }
    }

    /// What may be shown of a station.
    #[must_use]
    pub fn station(&self, station: StationIx) -> &Shown {
        &self.shown[station.place()]
    }

    /// What may be shown of all stations.
    pub fn stations(&self) -> impl Iterator<Item = &Shown> {
        self.shown.iter()
    }

    /// The day is not over.
    #[must_use]
    pub fn is_running(&self) -> bool {
        !begun(self.day, self.at).1
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        let minute = |at: Timestamp| at.as_second().div_euclid(REFRESHED_EVERY_S);
        minute(self.at) == minute(now)
    }
}

/// How many hours of a day have begun, and whether it is over.
fn begun(day: Date, now: Timestamp) -> (u8, bool) {
    let local = JAKARTA.to_datetime(now);
    match day.cmp(&local.date()) {
        std::cmp::Ordering::Less => (24, true),
        std::cmp::Ordering::Equal => (u8::try_from(local.hour() + 1).unwrap_or(24), false),
        std::cmp::Ordering::Greater => (0, false),
    }
}

/// Today in a realm.
pub(super) fn today(app: &App, realm: &Realm) -> Date {
    jakarta_day(realms::now(app, realm))
}

/// No taps anywhere.
pub(super) fn nothing(network: &Network) -> Counts {
    vec![[0; 24]; network.stations().len()]
}

async fn read(app: &App, realm: &Realm, day: Date) -> Result<(Counts, Counts), DbError> {
    let first = hour_of(day_start(day));
    let (mut tap_in, mut tap_out) = (nothing(&app.network), nothing(&app.network));
    let values = params![realm.as_str(), first, first + 24];
    for row in realms::store(app, realm).rows(&HOURS, values).await? {
        // A station that the data no longer has is nowhere to be shown.
        let Some(station) = app.network.find(&row.get::<String>("station_id")?) else { continue };
        let counts = match row.parse("direction")? {
            GateDirection::In => &mut tap_in,
            GateDirection::Out => &mut tap_out,
        };
        let hour = usize::try_from(row.get::<i64>("hour")? - first).unwrap_or(usize::MAX);
        if let Some(cell) = counts[station.ix.place()].get_mut(hour) {
            *cell = u32::try_from(row.get::<u64>("taps")?).unwrap_or(u32::MAX);
        }
    }
    Ok((tap_in, tap_out))
}
