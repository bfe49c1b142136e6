-- What a rider allows ends, scope by scope, thirty days after the last consent to it. Of grants from
-- before, the last consent is the only one that is known. The names of the scopes say nothing more.
alter table oauth_grants add column journey_until bigint;
alter table oauth_grants add column profile_since bigint;
alter table oauth_grants add column profile_until bigint;
alter table oauth_grants add column balance_since bigint;
alter table oauth_grants add column balance_until bigint;

update oauth_grants set journey_until = changed_at + 2592000000000 where journey_since is not null;
update oauth_grants set profile_since = changed_at, profile_until = changed_at + 2592000000000
    where scopes like '%profile:read%';
update oauth_grants set balance_since = changed_at, balance_until = changed_at + 2592000000000
    where scopes like '%balance:read%';

alter table oauth_grants drop column scopes;

create index oauth_grants_journey_ends on oauth_grants (realm, journey_until)
    where journey_until is not null and withdrawn_at is null;
create index oauth_grants_profile_ends on oauth_grants (realm, profile_until)
    where profile_until is not null and withdrawn_at is null;
create index oauth_grants_balance_ends on oauth_grants (realm, balance_until)
    where balance_until is not null and withdrawn_at is null;
