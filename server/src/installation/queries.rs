//! Statements on `installation`.

use crate::store::sql;

sql! {
    SELECT_MODE = "select mode from installation where one = 1";
    INSERT_MODE = "insert into installation (one, mode, created_at) values (1, $1, $2) on conflict do nothing";
}
