//! Words of a rider's account.

use domain::{
    fares::CapPeriod,
    lang::Lang,
    operations::Operation,
    rider_accounts::{AccessRow, SENT_BY_WEBHOOK},
};

/// What a cap goes by.
#[must_use]
pub fn cap(lang: Lang, period: CapPeriod) -> &'static str {
    match period {
        CapPeriod::Daily => lang.pick("Batas harian", "Daily cap"),
        CapPeriod::Weekly => lang.pick("Batas mingguan", "Weekly cap"),
        CapPeriod::Monthly => lang.pick("Batas bulanan", "Monthly cap"),
    }
}

/// What was read.
#[must_use]
pub fn read(lang: Lang, row: &AccessRow) -> String {
    if row.operation.as_deref() == Some(SENT_BY_WEBHOOK) {
        let name = "Kejadian tentang perjalanan Anda, dikirim lewat webhook";
        return lang.pick(name, "Events about your journeys, sent by webhook").to_owned();
    }
    let operation = row.operation.as_deref().and_then(Operation::from_id);
    let name = match operation {
        Some(Operation::ListJourneys) => lang.pick("Perjalanan", "Journeys"),
        Some(Operation::ListEvents) => lang.pick(
            "Kejadian tentang perjalanan Anda, diambil aplikasi",
            "Events about your journeys, fetched by the application",
        ),
        Some(Operation::GetProfile) => lang.pick("Profil", "Profile"),
        Some(Operation::GetBalance) => lang.pick("Saldo dan batas tarif", "Balance and fare caps"),
        _ => return row.scope.as_str().to_owned(),
    };
    name.to_owned()
}
