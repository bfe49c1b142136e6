-- How often the owner of an endpoint has asked for an attempt, so that every dispatcher sees a new wish,
-- whatever it is about to write down of how the endpoint does.
alter table webhook_endpoints add column probes_asked bigint not null default 0;
