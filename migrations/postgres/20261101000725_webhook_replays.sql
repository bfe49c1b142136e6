-- What is being sent again and waits still: how much of it one endpoint may have is bounded.
create index webhook_deliveries_replays on webhook_deliveries (endpoint_id)
    where status = 'pending' and replay_of is not null;
