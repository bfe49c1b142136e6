-- When an account was deleted. The row stays, without a name: journeys and transfers hang on its id.
alter table riders add column closed_at integer;

-- The last mail to an address that nobody is to keep: not even listed once it is sent or given up.
alter table mails add column is_last integer not null default 0 check (is_last in (0, 1));

-- What one application read of a rider.
create index access_log_by_reader on access_log (realm, rider_id, application_id, sequence);
