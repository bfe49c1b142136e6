-- What a gate signs with, sealed by the vault: it must be read again to verify. A rotated gate's
-- earlier secret holds until it has been replaced at the gate.
alter table gates add column secret blob;
alter table gates add column earlier_secret blob;
alter table gates add column earlier_secret_until integer;
alter table gates add column firmware text;
alter table gates add column provisioned_at integer;
-- A retired gate may send nothing and is not counted.
alter table gates add column retired_at integer;
-- Of the outage that runs, or the last one: told once.
alter table gates add column offline_since integer;
