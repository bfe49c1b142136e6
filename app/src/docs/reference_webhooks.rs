//! Words of the operations on webhooks beyond the two of the reference.

use domain::lang::Lang;
use domain::operations::Operation;

/// Short name, and what it does in one line.
#[must_use]
pub fn webhook_words(operation: Operation, lang: Lang) -> Option<(&'static str, &'static str)> {
    let (name, summary) = match operation {
        Operation::ListWebhooks => (
            ("Daftar webhook", "List webhooks"),
            ("Endpoint webhook Anda dan keadaannya", "Your webhook endpoints and how they do"),
        ),
        Operation::GetWebhook => (
            ("Detail webhook", "One webhook"),
            ("Satu endpoint webhook dengan keadaannya", "One webhook endpoint and how it does"),
        ),
        Operation::UpdateWebhook => (
            ("Ubah webhook", "Change a webhook"),
            ("Ubah URL atau event, jeda, dan lanjutkan", "Change URL or events, pause, and go on"),
        ),
        Operation::RotateWebhookSecret => (
            ("Ganti secret webhook", "Change a webhook's secret"),
            (
                "Secret baru, yang lama berlaku 24 jam lagi",
                "A new secret, the old one valid for another 24 hours",
            ),
        ),
        Operation::EndWebhookOverlap => (
            ("Akhiri secret lama", "End the old secret"),
            ("Hanya secret terbaru yang menandatangani", "The newest secret signs alone"),
        ),
        Operation::TestWebhook => (
            ("Kirim event uji", "Send a test event"),
            ("Event contoh jenis apa pun ke endpoint Anda", "A made-up event of any kind to your endpoint"),
        ),
        Operation::ListDeliveries => (
            ("Log pengiriman", "Log of deliveries"),
            ("Pengiriman satu endpoint dan hasilnya", "An endpoint's deliveries and what became of them"),
        ),
        Operation::ReplayDeliveries => (
            ("Kirim ulang banyak", "Replay many"),
            ("Kirim ulang menurut waktu, event, dan hasil", "Send again by time, event and outcome"),
        ),
        Operation::GetDelivery => (
            ("Detail pengiriman", "One delivery"),
            (
                "Semua percobaan: yang dikirim, jawabannya, waktunya",
                "All attempts: what was sent, answered, and when",
            ),
        ),
        Operation::ReplayDelivery => {
            (("Kirim ulang", "Replay"), ("Kirim ulang satu pengiriman", "Send one delivery again"))
        }
        Operation::ListEvents => (
            ("Ambil event", "Pull events"),
            (
                "Event 30 hari dengan cursor, tanpa ada yang terlewat",
                "Events of 30 days by cursor, none missed",
            ),
        ),
        Operation::GetEventCatalogue => (
            ("Katalog event", "Catalogue of events"),
            (
                "Setiap jenis event dengan JSON Schema dan contoh",
                "Every kind of event with JSON Schema and example",
            ),
        ),
        _ => return None,
    };
    Some((lang.pick(name.0, name.1), lang.pick(summary.0, summary.1)))
}
