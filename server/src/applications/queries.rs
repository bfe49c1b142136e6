//! SQL of applications.

use crate::store::sql;

sql! {
    INSERT = "insert into applications (id, realm, partner_id, client_type, status, status_since, registration,
            auto_consent, purpose, created_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $6, $6)";

    /// Deleted ones too: riders' records name them.
    FIND = "select id, realm, partner_id, client_type, status, status_reason, status_since, registration, proposed,
            logo, proposed_logo, auto_consent, purpose, created_at, changed_at, deleted_at
        from applications where id = $1";

    FIND_PURPOSE = "select id, realm, partner_id, client_type, status, status_reason, status_since, registration,
            proposed, logo, proposed_logo, auto_consent, purpose, created_at, changed_at, deleted_at
        from applications where partner_id = $1 and purpose = $2 and deleted_at is null";

    /// Newest first; without those that the portal made for itself.
    LIST = "select id, realm, partner_id, client_type, status, status_reason, status_since, registration, proposed,
            logo, proposed_logo, auto_consent, purpose, created_at, changed_at, deleted_at
        from applications where partner_id = $1 and purpose is null and deleted_at is null
        order by id desc limit $2";

    COUNT = "select count(*) as total from applications
        where partner_id = $1 and purpose is null and deleted_at is null";

    /// Those that wait for an operator first, then by name of the step, the longest waiting first.
    LIST_ALL = "select id, realm, partner_id, client_type, status, status_reason, status_since, registration, proposed,
            logo, proposed_logo, auto_consent, purpose, created_at, changed_at, deleted_at
        from applications
        where deleted_at is null and (cast($1 as text) is null or status = $1)
            and ($2 = 0 or status = 'in_review' or proposed is not null)
        order by case when status = 'in_review' or proposed is not null then 0 else 1 end, changed_at, id
        limit $3 offset $4";

    COUNT_ALL = "select count(*) as total from applications
        where deleted_at is null and (cast($1 as text) is null or status = $1)
            and ($2 = 0 or status = 'in_review' or proposed is not null)";

    /// Riders whose consent holds.
    COUNT_RIDERS = "select count(*) as total from oauth_grants where application_id = $1 and withdrawn_at is null";

    /// Only as it stood when the change was decided on.
    UPDATE = "update applications set status = $4, status_reason = $5, status_since = $6, registration = $7,
            proposed = $8, logo = $9, proposed_logo = $10, auto_consent = $11, changed_at = $12, deleted_at = $13
        where id = $1 and status = $2 and changed_at = $3 and deleted_at is null";

    INSERT_SECRET = "insert into application_secrets (application_id, number, hash, last4, created_at)
        select $1, coalesce(max(number), 0) + 1, $2, $3, $4 from application_secrets where application_id = $1";

    /// The current one, and those that still work at `$2`; the current one first.
    SECRETS = "select number, hash, last4, created_at, valid_until from application_secrets
        where application_id = $1 and (valid_until is null or valid_until > $2)
        order by case when valid_until is null then 0 else 1 end, number desc";

    /// The current one goes on until `$2`.
    REPLACE_SECRET = "update application_secrets set valid_until = $2
        where application_id = $1 and valid_until is null";

    /// Not the current one.
    END_SECRET = "update application_secrets set valid_until = $3
        where application_id = $1 and number = $2 and valid_until > $3";

    DELETE_SECRETS = "delete from application_secrets where application_id = $1";

    INSERT_LOGO = "insert into application_logos (application_id, hash, media_type, bytes) values ($1, $2, $3, $4)
        on conflict (application_id, hash) do nothing";

    FIND_LOGO = "select media_type, bytes from application_logos where application_id = $1 and hash = $2";

    /// Pictures that neither what holds nor what is proposed names.
    SWEEP_LOGOS = "delete from application_logos where application_id = $1 and not exists (
            select 1 from applications where applications.id = $1
                and (applications.logo = application_logos.hash or applications.proposed_logo = application_logos.hash))";
}
