//! Looking at endpoints, and claiming what is due.

use std::{
    collections::{HashMap, HashSet},
    error::Error,
    sync::{Arc, atomic::Ordering},
};

use domain::{
    ids::{PartnerId, WebhookId},
    partners::PartnerStatus,
};
use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    super::{
        client::Target,
        endpoints::may_be_told,
        record::{EndpointRecord, read_breaker, read_failing},
    },
    LEASE, Post,
    lane::{Endpoint, Job, Lane},
    later, queries,
};
use crate::{
    realms,
    store::{DbError, Row, Tx, params},
};

/// Lanes that one transaction claims for.
const LANES_AT_ONCE: usize = 32;

/// What a lane asks for.
pub(super) struct Wish {
    lane: Arc<Lane>,
    now: Timestamp,
    room: usize,
}

/// What was found for a wish.
#[derive(Debug, Default)]
pub(super) struct Claimed {
    jobs: Vec<Job>,
    /// As many as were asked for: there may be more.
    is_all: bool,
}

impl Post {
    /// One round: looks at the endpoints if it is time, then claims for every lane that has room.
    /// Says how many deliveries were claimed.
    pub(super) async fn round(self: &Arc<Self>) -> Result<usize, DbError> {
        let is_recalled = self.recalls_obeyed.load(Ordering::Relaxed) != self.recalls();
        if (self.look.swap(false, Ordering::Relaxed) || is_recalled)
            && let Err(error) = self.look_at_all().await
        {
            self.look.store(true, Ordering::Relaxed);
            return Err(error);
        }
        let mut claimed = 0;
        let mut wishes = self.wishes();
        while !wishes.is_empty() {
            let some = wishes.split_off(wishes.len().saturating_sub(LANES_AT_ONCE));
            match self.claim(&some).await {
                Ok(count) => claimed += count,
                Err(error) => {
                    for wish in wishes.iter().chain(&some) {
                        wish.lane.lock().is_due = true;
                    }
                    return Err(error);
                }
            }
        }
        Ok(claimed)
    }

    /// What the lanes want. Each has asked with this: what becomes due from now on it is told anew.
    pub(super) fn wishes(&self) -> Vec<Wish> {
        let is_crowded = self.is_crowded();
        let recalls = self.recalls();
        let lanes: Vec<_> = self.lanes().values().cloned().collect();
        let wish = |lane: Arc<Lane>| {
            let now = realms::now(&self.app, &lane.realm);
            let room = {
                let mut state = lane.lock();
                // After a recall it has to be looked at first.
                let room = if state.recalls == recalls { state.room(now, is_crowded) } else { 0 };
                state.is_due &= room == 0;
                room
            };
            (room > 0).then_some(Wish { lane, now, room })
        };
        lanes.into_iter().filter_map(wish).collect()
    }

    async fn claim(self: &Arc<Self>, wishes: &[Wish]) -> Result<usize, DbError> {
        let now = self.app.clock.now();
        let lease_until = later(now, LEASE);
        let asked: Vec<_> =
            wishes.iter().map(|wish| (wish.lane.id.clone(), wish.now, wish.room as u64)).collect();
        let node = self.node.clone();
        let claimed = self
            .db()
            .write::<_, DbError, _>(move |tx| {
                Box::pin(async move {
                    let mut claimed = Vec::with_capacity(asked.len());
                    for (endpoint, realm_now, room) in &asked {
                        let params = params![endpoint, *realm_now, now, &node, lease_until, *room];
                        let rows = tx.rows_of_engine(&queries::CLAIM, params).await?;
                        let jobs = readable(tx, &rows, lease_until, *realm_now).await?;
                        claimed.push(Claimed { jobs, is_all: rows.len() as u64 >= *room });
                    }
                    Ok(claimed)
                })
            })
            .await?;
        Ok(wishes.iter().zip(claimed).map(|(wish, claimed)| self.take(wish, claimed)).sum())
    }

    pub(super) fn take(self: &Arc<Self>, wish: &Wish, claimed: Claimed) -> usize {
        let Claimed { mut jobs, is_all } = claimed;
        // Engines return them in any order.
        jobs.sort_by(|a, b| (a.next_attempt_at, &a.id).cmp(&(b.next_attempt_at, &b.id)));
        let mut count = 0;
        {
            let mut state = wish.lane.lock();
            // Something may have been published since the claim.
            state.is_due |= is_all;
            for job in jobs {
                // After a jump of the clock it may be in hand already.
                if state.in_hand.insert(job.id.clone()) {
                    state.queue.push_back(job);
                    count += 1;
                }
            }
        }
        self.start_workers(&wish.lane);
        count
    }

    /// Brings the lanes up to date: endpoints that came, changed or went, and where something is due.
    async fn look_at_all(self: &Arc<Self>) -> Result<(), DbError> {
        let recalls = self.recalls();
        let rows = self.db().rows(&queries::LOOK, &[]).await?;
        let held = self.partners_held(!rows.is_empty()).await?;
        let mut seen = HashSet::with_capacity(rows.len());
        for row in &rows {
            let id: WebhookId = row.parse("id")?;
            let is_held = held.get(&row.parse::<PartnerId>("partner_id")?).copied();
            let is_held = is_held.is_some_and(|status| !may_be_told(status, self.environment));
            let known = self.lanes().get(&id).cloned();
            let lane = match known {
                Some(lane) => {
                    let is_changed =
                        lane.lock().endpoint.record.changed_at != row.get::<Timestamp>("changed_at")?;
                    if is_changed && let Some(endpoint) = self.read_endpoint(&id).await? {
                        let mut state = lane.lock();
                        // Another server may stand behind the same name now, or another name.
                        state.idle.clear();
                        state.endpoint = Arc::new(endpoint);
                    }
                    lane
                }
                None => {
                    let Some(endpoint) = self.read_endpoint(&id).await? else { continue };
                    let lane = Arc::new(Lane::new(endpoint, recalls, row.get("probes_asked")?));
                    self.lanes().insert(id.clone(), lane.clone());
                    lane
                }
            };
            self.update(&lane, row, is_held, recalls)?;
            seen.insert(id);
        }
        self.lanes().retain(|id, lane| {
            let is_seen = seen.contains(id);
            let mut state = lane.lock();
            state.is_held |= !is_seen;
            if !is_seen {
                let ids = state.clear_queue();
                self.hand_back(&mut state, lane, ids);
            }
            // While something is under way its report wants the lane.
            is_seen || !state.in_hand.is_empty()
        });
        self.recalls_obeyed.store(recalls, Ordering::Relaxed);
        Ok(())
    }

    /// `recalls`: as they were before the row was read.
    fn update(
        self: &Arc<Self>,
        lane: &Arc<Lane>,
        row: &Row,
        is_held: bool,
        recalls: u64,
    ) -> Result<(), DbError> {
        let now = realms::now(&self.app, &lane.realm);
        let due_at: Option<Timestamp> = row.get("due_at")?;
        let (breaker, failing) = (read_breaker(row)?, read_failing(row)?);
        let mut state = lane.lock();
        state.idle.retain(super::super::client::Kept::is_fresh);
        state.follow(breaker, failing, now);
        state.obey(row.get("probes_asked")?, now);
        state.is_held = is_held;
        state.is_due |= due_at.is_some_and(|at| at <= now);
        let is_recalled = std::mem::replace(&mut state.recalls, recalls) != recalls;
        let ids = if is_held || is_recalled { state.clear_queue() } else { state.clear_stale() };
        self.hand_back(&mut state, lane, ids);
        Ok(())
    }

    async fn read_endpoint(&self, id: &WebhookId) -> Result<Option<Endpoint>, DbError> {
        let row = self.db().row(&super::super::queries::FIND_ANY, params![id]).await?;
        let Some(record) = row.as_ref().map(EndpointRecord::read).transpose()? else { return Ok(None) };
        let target = Target::read(&record.url, self.environment, self.client.allowed());
        Ok(Some(Endpoint { record, target }))
    }

    async fn partners_held(&self, is_wanted: bool) -> Result<HashMap<PartnerId, PartnerStatus>, DbError> {
        if !is_wanted {
            return Ok(HashMap::new());
        }
        let rows = self.app.live.rows(&queries::PARTNERS_NOT_ACTIVE, &[]).await?;
        rows.iter().map(|row| Ok((row.parse("id")?, row.parse("status")?))).collect()
    }
}

/// Those of the rows that can be sent. One whose body is gone, or that is not what this version
/// writes, would be claimed for ever: it ends here, and alone.
async fn readable(
    tx: &mut Tx,
    rows: &[Row],
    lease_until: Timestamp,
    realm_now: Timestamp,
) -> Result<Vec<Job>, DbError> {
    let mut jobs = Vec::with_capacity(rows.len());
    for row in rows {
        match read(row, lease_until) {
            Ok(job) => jobs.push(job),
            Err(error) => {
                let id: String = row.get("id")?;
                tracing::error!(
                    error = &error as &dyn Error,
                    delivery = id,
                    "delivery {id} cannot be sent and was cancelled"
                );
                tx.execute(&queries::CANCEL, params![id, realm_now]).await?;
            }
        }
    }
    Ok(jobs)
}

fn read(row: &Row, lease_until: Timestamp) -> Result<Job, DbError> {
    let attempts: i64 = row.get("attempts")?;
    Ok(Job {
        id: row.parse("id")?,
        event_id: row.parse("event_id")?,
        // SQLite's driver reads null as an empty text.
        body: row
            .get::<Option<String>>("body")?
            .ok_or_else(|| DbError::Corrupt { column: "body".to_owned() })?,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        created_at: row.get("created_at")?,
        next_attempt_at: row.get("next_attempt_at")?,
        lease_until,
        claimed: Instant::now(),
    })
}
