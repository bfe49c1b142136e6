//! SQL of riders, media and wallets.

use crate::store::sql;

sql! {
    INSERT = "insert into riders (id, realm, name, email, phone, kyc_status, registered_at)
        values ($1, $2, $3, $4, $5, $6, $7)";

    INSERT_WALLET = "insert into wallets (rider_id, realm, balance, due) values ($1, $2, 0, 0)";

    SET_USER_TYPE = "insert into rider_user_types (rider_id, since_day, user_type, recorded_at) values ($1, $2, $3, $4)
        on conflict (rider_id, since_day) do update set user_type = $3, recorded_at = $4";

    FIND = "select riders.id, name, email, phone, kyc_status, registered_at, balance, due
        from riders join wallets on wallets.rider_id = riders.id
        where riders.realm = $1 and riders.id = $2";

    /// As [`FIND`], if the account was not deleted.
    FIND_OPEN = "select kyc_status from riders where realm = $1 and id = $2 and closed_at is null";

    COUNT_ALL = "select count(*) as total from riders where realm = $1 and closed_at is null";

    /// `$2`: a pattern of lower case for name or e-mail; `$3`: a telephone number's pattern; `$4`: a
    /// whole id; nulls: everybody.
    COUNT = "select count(*) as total from riders
        where realm = $1 and closed_at is null and (cast($2 as text) is null or lower(name) like $2 escape '!' or email like $2 escape '!'
            or phone like $3 escape '!' or id = $4)";

    /// Newest first.
    LIST = "select riders.id, name, email, phone, kyc_status, registered_at, balance, due
        from riders join wallets on wallets.rider_id = riders.id
        where riders.realm = $1 and closed_at is null and (cast($2 as text) is null or lower(name) like $2 escape '!' or email like $2 escape '!'
            or phone like $3 escape '!' or riders.id = $4)
        order by riders.id desc limit $5 offset $6";

    /// Who has an address or a number that a new rider gives.
    FIND_BY_CONTACT = "select email, phone from riders where realm = $1 and (email = $2 or phone = $3)";

    MEDIA_OF = "select id, label, linked_from, linked_at from media where rider_id = $1 order by linked_at, id";

    /// Sixteen media at a time, so that one text serves both engines.
    LINKS = "select media.id, media.rider_id, linked_from, balance, due
        from media join wallets on wallets.rider_id = media.rider_id
        where media.realm = $1
            and media.id in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";

    /// Sixteen riders at a time.
    USER_TYPES = "select rider_id, since_day, user_type from rider_user_types
        where rider_id in ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        order by rider_id, since_day";

    COUNT_MEDIA = "select count(*) as total from media where rider_id = $1";

    /// Nothing happens to a medium that is somebody's already.
    LINK = "insert into media (realm, id, rider_id, label, linked_from, linked_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (realm, id) do nothing";

    OWNER = "select rider_id from media where realm = $1 and id = $2";

    ERASE_USER_TYPES = "delete from rider_user_types where rider_id in (select id from riders where realm = $1)";

    ERASE_MEDIA = "delete from media where realm = $1";

    ERASE_WALLETS = "delete from wallets where realm = $1";

    ERASE_RIDERS = "delete from riders where realm = $1";
}
