//! What is left of the cards of a rider who is no longer one.

use domain::{ids::RiderId, media::MediaId, realm::Realm};

use super::queries;
use crate::{
    random::Random,
    store::{DbError, Tx, params},
};

/// Gives the cards and phones in a rider's history names that lead to no card: whoever taps with the
/// same one later, or links it to another account, is not seen to be the same. What one of them did
/// stays that of one, for journeys are paired by the medium. Call it in the transaction that unlinks
/// them, which keeps taps away.
///
/// # Errors
/// When the store fails.
pub async fn forget_media(
    tx: &mut Tx,
    realm: &Realm,
    rider: &RiderId,
    random: &Random,
) -> Result<(), DbError> {
    for row in tx.rows(&queries::MEDIA_IN_HISTORY, params![realm, rider]).await? {
        let (known, nobody) = (row.get::<String>("media_id")?, MediaId::of_nobody(random.bytes()));
        for rename in [
            &queries::RENAME_MEDIUM_OF_TAPS,
            &queries::RENAME_MEDIUM_OF_JOURNEYS,
            &queries::RENAME_MEDIUM_OF_FINDINGS,
        ] {
            tx.execute(rename, params![realm, rider, known.as_str(), nobody.as_str()]).await?;
        }
    }
    Ok(())
}
