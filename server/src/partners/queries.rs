//! SQL of the partners.

use crate::store::sql;

sql! {
    FIND = "select id, name, legal_name, description, status, status_reason, status_since, tier,
            quota_per_day, burst_per_minute, is_demo, created_at
        from partners where id = $1";

    INSERT = "insert into partners
            (id, name, legal_name, description, status, status_since, tier, is_demo, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $6)";

    /// Only from the status the step was decided on.
    SET_STATUS = "update partners set status = $3, status_reason = $4, status_since = $5
        where id = $1 and status = $2";

    SET_TERMS = "update partners set tier = $2, quota_per_day = $3, burst_per_minute = $4 where id = $1";

    SET_PROFILE = "update partners set name = $2, description = $3 where id = $1";

    /// `$1` status, `$2` pattern in lower case, `$3` id; null: any.
    LIST = "select id, name, legal_name, description, status, status_reason, status_since, tier,
            quota_per_day, burst_per_minute, is_demo, created_at
        from partners
        where (cast($1 as text) is null or status = $1)
          and (cast($2 as text) is null or lower(name) like $2 escape '!'
               or lower(legal_name) like $2 escape '!' or id = $3)
        order by case status when 'in_review' then 0 when 'active' then 1 when 'suspended' then 2
                 when 'registered' then 3 else 4 end, lower(name), id
        limit $4 offset $5";

    COUNT = "select count(*) as total from partners
        where (cast($1 as text) is null or status = $1)
          and (cast($2 as text) is null or lower(name) like $2 escape '!'
               or lower(legal_name) like $2 escape '!' or id = $3)";

    COUNTS = "select status, tier, is_demo, count(*) as number from partners group by status, tier, is_demo";
}
