//! Looking at endpoints, and claiming what is due.

use std::{
    collections::{HashMap, HashSet},
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
    store::{DbError, Row, params},
};

/// Lanes that one transaction claims for.
const LANES_AT_ONCE: usize = 32;

/// What a lane asks for.
struct Wish {
    lane: Arc<Lane>,
    now: Timestamp,
    room: usize,
}

impl Post {
    /// One round: looks at the endpoints if it is time, then claims for every lane that has room.
    /// Says how many deliveries were claimed.
    pub(super) async fn round(self: &Arc<Self>) -> Result<usize, DbError> {
        if self.look.swap(false, Ordering::Relaxed)
            && let Err(error) = self.look_at_all().await
        {
            self.look.store(true, Ordering::Relaxed);
            return Err(error);
        }
        let mut claimed = 0;
        let wishes = self.wishes();
        for wishes in wishes.chunks(LANES_AT_ONCE) {
            claimed += self.claim(wishes).await?;
        }
        Ok(claimed)
    }

    fn wishes(&self) -> Vec<Wish> {
        let is_crowded = self.is_crowded();
        let lanes: Vec<_> = self.lanes().values().cloned().collect();
        let wish = |lane: Arc<Lane>| {
            let now = realms::now(&self.app, &lane.realm);
            let room = lane.lock().room(now, is_crowded);
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
                        claimed.push(tx.rows_of_engine(&queries::CLAIM, params).await?);
                    }
                    Ok(claimed)
                })
            })
            .await?;
        let mut count = 0;
        for (wish, rows) in wishes.iter().zip(claimed) {
            let jobs = rows.iter().map(|row| read(row, lease_until)).collect::<Result<Vec<_>, _>>()?;
            count += self.take(wish, jobs);
        }
        Ok(count)
    }

    fn take(self: &Arc<Self>, wish: &Wish, mut jobs: Vec<Job>) -> usize {
        let is_more = jobs.len() >= wish.room;
        // Engines return them in any order.
        jobs.sort_by(|a, b| (a.next_attempt_at, &a.id).cmp(&(b.next_attempt_at, &b.id)));
        let mut count = 0;
        {
            let mut state = wish.lane.lock();
            state.is_due = is_more;
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
                    let lane = Arc::new(Lane::new(endpoint, recalls));
                    self.lanes().insert(id.clone(), lane.clone());
                    lane
                }
            };
            self.update(&lane, row, is_held)?;
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
        Ok(())
    }

    fn update(self: &Arc<Self>, lane: &Arc<Lane>, row: &Row, is_held: bool) -> Result<(), DbError> {
        let now = realms::now(&self.app, &lane.realm);
        let due_at: Option<Timestamp> = row.get("due_at")?;
        let (breaker, failing) = (read_breaker(row)?, read_failing(row)?);
        let mut state = lane.lock();
        state.idle.retain(super::super::client::Kept::is_fresh);
        state.follow(breaker, failing, now);
        state.is_held = is_held;
        state.is_due = due_at.is_some_and(|at| at <= now);
        let ids = if is_held { state.clear_queue() } else { state.clear_stale() };
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

fn read(row: &Row, lease_until: Timestamp) -> Result<Job, DbError> {
    let attempts: i64 = row.get("attempts")?;
    Ok(Job {
        id: row.parse("id")?,
        event_id: row.parse("event_id")?,
        body: row.get("body")?,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        created_at: row.get("created_at")?,
        next_attempt_at: row.get("next_attempt_at")?,
        lease_until,
        claimed: Instant::now(),
    })
}
