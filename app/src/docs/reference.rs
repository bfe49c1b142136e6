//! The operations in words: their names and the one line of lists.
//!
//! What an operation does, takes and answers is in the OpenAPI document alone.

use domain::lang::Lang;
use domain::operations::{Access, Operation};

use super::reference_webhooks::webhook_words;
use crate::nav::ENDPOINTS;
use crate::ui::{Auth, Method};

/// Short name, as in the navigation.
#[must_use]
pub fn name(operation: Operation, lang: Lang) -> &'static str {
    let listed = ENDPOINTS.iter().find(|endpoint| endpoint.slug == operation.slug());
    match (listed, operation) {
        (Some(endpoint), _) => endpoint.name(lang),
        (None, Operation::ListLines) => lang.pick("Daftar jalur", "List lines"),
        (None, Operation::GetLimits) => lang.pick("Batas saya", "My limits"),
        (None, other) => {
            webhook_words(other, lang).map_or_else(|| sandbox_name(other, lang), |words| words.0)
        }
    }
}

/// What it does, in one line.
#[must_use]
pub fn summary(operation: Operation, lang: Lang) -> &'static str {
    match operation {
        Operation::ListStations => lang.pick(
            "List semua stasiun dengan info dan koordinat",
            "All stations with details and coordinates",
        ),
        Operation::GetStation => {
            lang.pick("Detail stasiun, fasilitas, jam operasi", "Station details, facilities, opening hours")
        }
        Operation::CalculateFare => lang
            .pick("Hitung estimasi tarif origin → destination", "Estimated fare from origin → destination"),
        Operation::ListJourneys => {
            lang.pick("Riwayat perjalanan user (dengan consent)", "A user's journeys (with consent)")
        }
        Operation::GetTraffic => {
            lang.pick("Traffic per stasiun per jam (anonymized)", "Traffic per station and hour (anonymised)")
        }
        Operation::GetProfile => {
            lang.pick("Profil dasar user (consent required)", "A user's basic profile (consent required)")
        }
        Operation::GetBalance => {
            lang.pick("Saldo wallet user (consent required)", "A user's wallet balance (consent required)")
        }
        Operation::CreateWebhook => {
            lang.pick("Register endpoint webhook partner", "Register a partner's webhook endpoint")
        }
        Operation::DeleteWebhook => lang.pick("Hapus webhook registration", "Remove a webhook registration"),
        Operation::ListLines => {
            lang.pick("Semua jalur dengan stasiunnya, berurutan", "All lines with their stations in order")
        }
        Operation::GetLimits => {
            lang.pick("Batas dan sisa kuota pemanggil", "The caller's limits and what is left of them")
        }
        Operation::SendTestTaps => {
            lang.pick("Kirim tap ke jaringan uji Anda", "Send taps to your test network")
        }
        Operation::GetTestClock => lang.pick("Waktu di jaringan uji Anda", "The time in your test network"),
        Operation::MoveTestClock => {
            lang.pick("Majukan jam jaringan uji Anda", "Move your test network's clock on")
        }
        Operation::ListTestRiders => lang.pick("Penumpang uji Anda", "Your test riders"),
        Operation::CreateTestRider => lang.pick("Buat penumpang uji", "Make a test rider"),
        Operation::GetTestRider => {
            lang.pick("Penumpang uji dengan media dan saldonya", "A test rider with media and balance")
        }
        Operation::LinkTestMedium => {
            lang.pick("Hubungkan kartu ke penumpang uji", "Link a card to a test rider")
        }
        Operation::TopUpTestRider => lang.pick("Isi saldo penumpang uji", "Top up a test rider's wallet"),
        Operation::SetTestUserType => {
            lang.pick("Ubah tipe penumpang uji mulai suatu hari", "Change a test rider's kind from a day on")
        }
        Operation::ListTestJourneys => {
            lang.pick("Perjalanan di jaringan uji Anda", "Journeys in your test network")
        }
        Operation::ListTestTransfers => {
            lang.pick("Mutasi uang satu penumpang uji", "A test rider's transfers of money")
        }
        Operation::ListTestEvents => lang.pick("Event jaringan uji Anda", "Your test network's events"),
        Operation::RunTestPeak => {
            lang.pick("Jalankan jam sibuk pagi di jaringan uji", "Run a morning peak in your test network")
        }
        Operation::GetTestPeak => {
            lang.pick("Sejauh mana jam sibuk pagi berjalan", "How far the morning peak has come")
        }
        Operation::ResetSandbox => lang.pick("Kosongkan jaringan uji Anda", "Empty your test network"),
        other => webhook_words(other, lang).map_or_else(|| other.id(), |words| words.1),
    }
}

/// Short names of the operations on test networks.
fn sandbox_name(operation: Operation, lang: Lang) -> &'static str {
    match operation {
        Operation::SendTestTaps => lang.pick("Kirim tap uji", "Send test taps"),
        Operation::GetTestClock => lang.pick("Jam uji", "Test clock"),
        Operation::MoveTestClock => lang.pick("Majukan jam uji", "Move the test clock"),
        Operation::ListTestRiders => lang.pick("Daftar penumpang uji", "List test riders"),
        Operation::CreateTestRider => lang.pick("Buat penumpang uji", "Make a test rider"),
        Operation::GetTestRider => lang.pick("Detail penumpang uji", "Test rider"),
        Operation::LinkTestMedium => lang.pick("Hubungkan media uji", "Link a test medium"),
        Operation::TopUpTestRider => lang.pick("Isi saldo uji", "Top up a test wallet"),
        Operation::SetTestUserType => lang.pick("Tipe penumpang uji", "Kind of a test rider"),
        Operation::ListTestJourneys => lang.pick("Perjalanan uji", "Test journeys"),
        Operation::ListTestTransfers => lang.pick("Mutasi uji", "Test transfers"),
        Operation::ListTestEvents => lang.pick("Event uji", "Test events"),
        Operation::RunTestPeak => lang.pick("Jam sibuk uji", "Run a test peak"),
        Operation::GetTestPeak => lang.pick("Kemajuan jam sibuk uji", "Progress of the test peak"),
        Operation::ResetSandbox => lang.pick("Kosongkan sandbox", "Reset the sandbox"),
        other => other.id(),
    }
}

/// The operation whose page this is.
#[must_use]
pub fn by_slug(slug: &str) -> Option<Operation> {
    Operation::ALL.iter().copied().find(|operation| operation.slug() == slug)
}

/// Address of its page.
#[must_use]
pub fn href(operation: Operation) -> String {
    format!("/docs/endpoints/{}", operation.slug())
}

/// What it asks of its caller, as a chip shows it.
#[must_use]
pub fn auth(operation: Operation) -> Auth {
    match operation.access() {
        Access::Open => Auth::None,
        Access::Key | Access::TestKey => Auth::ApiKey,
        Access::Scope(scope) => Auth::Scope(scope.to_owned()),
    }
}

#[must_use]
pub fn method(operation: Operation) -> Method {
    // The list of operations uses these alone.
    Method::parse(operation.method()).unwrap_or(Method::Get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_of_the_reference_has_a_page_and_a_row_in_the_navigation() {
        assert_eq!(Operation::REFERENCE.len(), ENDPOINTS.len());
        for (operation, row) in Operation::REFERENCE.iter().zip(ENDPOINTS) {
            assert_eq!(by_slug(row.slug), Some(*operation));
            assert_eq!((row.href(), row.method), (href(*operation), method(*operation)));
            assert_eq!(row.path, format!("{}{}", domain::operations::BASE, operation.path()));
        }
        assert_eq!(by_slug("list_stations"), None);
    }

    #[test]
    fn every_operation_has_words_in_both_languages() {
        for operation in Operation::ALL.iter().copied() {
            assert_eq!(method(operation).name(), operation.method());
            for lang in [Lang::Id, Lang::En] {
                assert!(!summary(operation, lang).is_empty());
                assert_ne!(name(operation, lang), operation.id());
            }
            assert_ne!(summary(operation, Lang::Id), summary(operation, Lang::En));
        }
    }
}
