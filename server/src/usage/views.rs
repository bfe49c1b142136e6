//! What was counted, as pages show it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use domain::{
    ids::PartnerId,
    keys::Environment,
    limits::day_of,
    operations::Operation,
    page::PageRequest,
    partners::PartnerStatus,
    time::{day_from_number, next_midnight},
    usage::{
        AdminUsageView, DayView, MonthView, OperationView, Outcome, OverviewView, PartnerUsageView,
        TodayView, TotalView, UsageView, change_percent, percent,
    },
};
use hdrhistogram::Histogram;
use jiff::{SignedDuration, Timestamp, civil};

use super::{
    latencies::Latencies,
    queries::{CALLS_BY_PARTNER, CALLS_OF_PARTNER, PARTNER_DAYS, TOTAL_DAYS},
};
use crate::{
    app::App,
    limits,
    partners::{self, PartnerFilter, PartnerRecord},
    store::{DbError, Row, params},
};

/// How old figures may be that everybody asks for.
const REMEMBERED_FOR: SignedDuration = SignedDuration::from_secs(10);
/// Days that the overview's chart looks back on.
const OVERVIEW_DAYS: i64 = 30;
/// Partners that the operator's list of calls shows.
const ADMIN_PARTNERS_MAX: i64 = 200;

/// The newest overview.
#[derive(Debug, Default)]
pub struct Remembered(Mutex<Option<OverviewView>>);

/// Calls of one outcome, added up.
#[derive(Debug, Clone, Default)]
struct Sum {
    by_outcome: BTreeMap<Outcome, u64>,
    sum_us: u64,
    latencies: Latencies,
}

impl Sum {
    fn add(&mut self, tally: &Tally) {
        *self.by_outcome.entry(tally.outcome).or_default() += tally.calls;
        // The door's refusals take no time worth telling; they would only beautify the figures.
        if tally.outcome != Outcome::Refused {
            self.sum_us += tally.sum_us;
            self.latencies.merge(&tally.latencies);
        }
    }

    fn count(&self, outcome: Outcome) -> u64 {
        self.by_outcome.get(&outcome).copied().unwrap_or(0)
    }

    fn calls(&self) -> u64 {
        self.count(Outcome::Fine) + self.count(Outcome::ClientError) + self.count(Outcome::ServerError)
    }

    fn success_rate(&self) -> Option<f64> {
        percent(self.calls() - self.count(Outcome::ServerError), self.calls())
    }

    fn avg_ms(&self) -> Option<f64> {
        (self.calls() > 0).then(|| self.sum_us as f64 / self.calls() as f64 / 1000.0)
    }

    fn histogram(&self) -> Option<Histogram<u64>> {
        (self.calls() > 0).then(|| self.latencies.histogram())
    }

    fn day(&self, day: civil::Date) -> DayView {
        DayView {
            day,
            calls: self.calls(),
            errors: self.count(Outcome::ServerError),
            client_errors: self.count(Outcome::ClientError),
            refused: self.count(Outcome::Refused),
        }
    }

    fn total(&self) -> TotalView {
        let histogram = self.histogram();
        TotalView {
            calls: self.calls(),
            success_rate: self.success_rate(),
            avg_ms: self.avg_ms(),
            p50_ms: histogram.as_ref().map(|histogram| millis(histogram, 50.0)),
            p99_ms: histogram.as_ref().map(|histogram| millis(histogram, 99.0)),
        }
    }
}

fn millis(histogram: &Histogram<u64>, percentile: f64) -> f64 {
    histogram.value_at_percentile(percentile) as f64 / 1000.0
}

/// One row of a rollup.
struct Tally {
    day: i64,
    operation: String,
    outcome: Outcome,
    calls: u64,
    sum_us: u64,
    latencies: Latencies,
}

impl Tally {
    fn read(row: &Row) -> Result<Self, DbError> {
        let class = row.get("class")?;
        Ok(Self {
            day: row.get("day")?,
            operation: row.get("operation")?,
            outcome: Outcome::from_class(class)
                .ok_or_else(|| DbError::Corrupt { column: "class".to_owned() })?,
            calls: row.get("calls")?,
            sum_us: row.get("sum_us")?,
            latencies: Latencies::from_bytes(&row.get::<Vec<u8>>("latencies")?)?,
        })
    }

    /// Whether it stands in totals: asking for one's own limits does not.
    fn counts(&self) -> bool {
        Operation::from_id(&self.operation).is_none_or(|operation| !operation.is_free_of_charge())
    }
}

fn read(rows: &[Row]) -> Result<Vec<Tally>, DbError> {
    rows.iter().map(Tally::read).collect()
}

/// The days of `first..=last`, those without calls too.
fn by_day(tallies: &[Tally], first: i64, last: i64) -> Vec<DayView> {
    let mut days: BTreeMap<i64, Sum> = (first..=last).map(|day| (day, Sum::default())).collect();
    for tally in tallies.iter().filter(|tally| tally.counts()) {
        if let Some(sum) = days.get_mut(&tally.day) {
            *sum.by_outcome.entry(tally.outcome).or_default() += tally.calls;
        }
    }
    days.iter().map(|(day, sum)| sum.day(day_from_number(*day))).collect()
}

/// Every operation that was called, most called first.
fn by_operation<'t>(tallies: impl Iterator<Item = &'t Tally>) -> Vec<OperationView> {
    let mut operations: BTreeMap<&str, Sum> = BTreeMap::new();
    for tally in tallies {
        operations.entry(&tally.operation).or_default().add(tally);
    }
    let mut views: Vec<_> = operations
        .into_iter()
        .filter_map(|(operation, sum)| {
            let total = sum.total();
            Some(OperationView {
                operation: operation.to_owned(),
                title: title(operation),
                calls: total.calls,
                success_rate: total.success_rate?,
                avg_ms: total.avg_ms?,
                p50_ms: total.p50_ms?,
                p99_ms: total.p99_ms?,
            })
        })
        .collect();
    views.sort_by(|a, b| b.calls.cmp(&a.calls).then_with(|| a.operation.cmp(&b.operation)));
    views
}

fn title(operation: &str) -> String {
    match Operation::from_id(operation) {
        Some(operation) => format!("{} {}", operation.method(), operation.path()),
        None => operation.to_owned(),
    }
}

fn sum<'t>(tallies: impl Iterator<Item = &'t Tally>) -> Sum {
    let mut sum = Sum::default();
    for tally in tallies.filter(|tally| tally.counts()) {
        sum.add(tally);
    }
    sum
}

/// A partner's calls in one environment over the last `days` days, today included. Counts what was
/// answered up to now.
///
/// # Errors
/// When a store fails.
pub async fn usage_of_partner(
    app: &App,
    partner: &PartnerRecord,
    environment: Environment,
    days: u32,
) -> Result<UsageView, DbError> {
    super::flush(app).await;
    let now = app.clock.now();
    let today = day_of(now.as_second());
    let first = today - i64::from(days.max(1)) + 1;
    let rows = app.store(environment).rows(&PARTNER_DAYS, params![&partner.id, first, today]).await?;
    let tallies = read(&rows)?;
    let day = limits::day_of_partner(app, environment, partner).await?;
    let of_today = sum(tallies.iter().filter(|tally| tally.day == today));
    Ok(UsageView {
        environment,
        today: TodayView {
            calls: of_today.calls(),
            quota: day.map(|day| day.limit),
            remaining: day.map(|day| day.remaining),
            resets_at: next_midnight(now),
            refused: of_today.count(Outcome::Refused),
        },
        days: by_day(&tallies, first, today),
        total: sum(tallies.iter()).total(),
        operations: by_operation(tallies.iter()),
    })
}

/// A partner's live calls today that counted.
///
/// # Errors
/// When the store fails.
pub async fn calls_today(app: &App, partner: &PartnerId) -> Result<u64, DbError> {
    let today = day_of(app.clock.now().as_second());
    let row = app.live.row(&CALLS_OF_PARTNER, params![partner, today, Operation::GetLimits.id()]).await?;
    row.map_or(Ok(0), |row| row.get("calls"))
}

/// The month that `now` falls on: its first day, and the first day of the one before.
fn months(now: Timestamp) -> (i64, i64) {
    let first = domain::time::jakarta_day(now).first_of_month();
    let before = first.yesterday().map_or(first, civil::Date::first_of_month);
    (domain::time::day_number(first), domain::time::day_number(before))
}

fn month(tallies: &[Tally], now: Timestamp) -> MonthView {
    let (first, before) = months(now);
    let this = sum(tallies.iter().filter(|tally| tally.day >= first));
    let last = sum(tallies.iter().filter(|tally| (before..first).contains(&tally.day)));
    let total = this.total();
    MonthView {
        calls: total.calls,
        calls_last_month: last.calls(),
        change_percent: change_percent(total.calls, last.calls()),
        success_rate: total.success_rate,
        error_rate: percent(this.count(Outcome::ServerError), this.calls()),
        p99_ms: total.p99_ms,
    }
}

async fn totals(app: &App, first: i64, last: i64) -> Result<Vec<Tally>, DbError> {
    read(&app.live.rows(&TOTAL_DAYS, params![first, last]).await?)
}

/// Live calls of today by partner, most first.
async fn partners_today(app: &App, today: i64, partners_max: i64) -> Result<Vec<PartnerUsageView>, DbError> {
    let free = Operation::GetLimits.id();
    let mut views = Vec::new();
    for row in app.live.rows(&CALLS_BY_PARTNER, params![today, free, partners_max]).await? {
        let id: PartnerId = row.parse("partner_id")?;
        if let Some(partner) = partners::find(&app.live, &id).await? {
            views.push(partner_view(&partner, row.get("calls")?));
        }
    }
    Ok(views)
}

fn partner_view(partner: &PartnerRecord, calls_today: u64) -> PartnerUsageView {
    let quota = limits::terms_of(Environment::Live, partner).requests_per_day;
    PartnerUsageView {
        id: partner.id.clone(),
        name: partner.name.clone(),
        description: partner.description.clone(),
        tier: partner.tier,
        status: partner.status,
        calls_today,
        quota,
        percent: quota.and_then(|quota| percent(calls_today, quota)),
    }
}

/// The headline figures, at most ten seconds old.
///
/// # Errors
/// When a store fails.
pub async fn overview(app: &App) -> Result<OverviewView, DbError> {
    let now = app.clock.now();
    let remembered = &app.meter.remembered.0;
    let known = remembered.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(known) = known.filter(|known| now.duration_since(known.at).abs() < REMEMBERED_FOR) {
        return Ok(known);
    }
    let fresh = compute_overview(app, now).await?;
    *remembered.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh.clone());
    Ok(fresh)
}

async fn compute_overview(app: &App, now: Timestamp) -> Result<OverviewView, DbError> {
    let today = day_of(now.as_second());
    let first_of_chart = today - OVERVIEW_DAYS + 1;
    let (_, before) = months(now);
    let tallies = totals(app, before.min(first_of_chart), today).await?;
    let counts = partners::counts(&app.live).await?;
    Ok(OverviewView {
        partners_active: counts.active,
        partners_in_review: counts.in_review,
        partners_enterprise: counts.enterprise,
        month: month(&tallies, now),
        days: by_day(&tallies, first_of_chart, today),
        partners: most_active(app, today).await?,
        demo: counts.has_demo,
        at: now,
    })
}

/// Active partners, most calls today first, then those that have not called, by name.
async fn most_active(app: &App, today: i64) -> Result<Vec<PartnerUsageView>, DbError> {
    let shown_max = OverviewView::PARTNERS_MAX;
    // Some of those who called today may have been suspended since.
    let mut views = partners_today(app, today, shown_max as i64 * 2).await?;
    views.retain(|partner| partner.status == PartnerStatus::Active);
    views.truncate(shown_max);
    if views.len() < shown_max {
        let active = PartnerFilter { status: Some(PartnerStatus::Active), text: None };
        for partner in partners::list(&app.live, active, all_of_a_page()).await?.data {
            if views.len() < shown_max && !views.iter().any(|view| view.id == partner.id) {
                views.push(partner_view(&partner, 0));
            }
        }
    }
    Ok(views)
}

fn all_of_a_page() -> PageRequest {
    PageRequest::parse(None, None, PageRequest::LIMIT_DEFAULT)
        .expect("the defaults are positive whole numbers")
}

/// What the operator sees of everybody's live calls.
///
/// # Errors
/// When a store fails.
pub async fn admin_usage(app: &App) -> Result<AdminUsageView, DbError> {
    super::flush(app).await;
    let now = app.clock.now();
    let today = day_of(now.as_second());
    let first_of_chart = today - OVERVIEW_DAYS + 1;
    let (first_of_month, before) = months(now);
    let tallies = totals(app, before.min(first_of_chart), today).await?;
    Ok(AdminUsageView {
        month: month(&tallies, now),
        days: by_day(&tallies, first_of_chart, today),
        operations: by_operation(tallies.iter().filter(|tally| tally.day >= first_of_month)),
        partners: partners_today(app, today, ADMIN_PARTNERS_MAX).await?,
        at: now,
    })
}
