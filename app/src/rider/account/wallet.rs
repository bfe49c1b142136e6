//! What the wallet holds, and how far the caps are used up.

use domain::{fares::CapPeriod, money::Rupiah, riders::RiderRow, scoped::FareCapView};
use leptos::prelude::*;

use super::words;
use crate::{
    ui::{Notice, StatCard, Tone, fmt},
    visitor::use_lang,
};

#[component]
pub(super) fn Wallet(rider: RiderRow, fare_cap: FareCapView) -> impl IntoView {
    let lang = use_lang();
    let due = (rider.due > Rupiah::ZERO).then(|| {
        let amount = fmt::rupiah(lang, rider.due);
        view! {
            <Notice
                tone=Tone::Warning
                title=lang.pick(format!("Tunggakan {amount}"), format!("{amount} due"))
            >
                <p>
                    {lang
                        .pick(
                            "Tarif yang belum terbayar oleh saldo. Isi saldo berikutnya melunasinya lebih dulu.",
                            "Fares that the wallet could not pay. The next top-up pays them first.",
                        )}
                </p>
            </Notice>
        }
    });
    let caps = [CapPeriod::Daily, CapPeriod::Weekly, CapPeriod::Monthly].map(|period| {
        let (spent, limit) = fare_cap.of(period);
        view! { <Cap period=period spent=spent limit=limit/> }
    });
    view! {
        {due}
        <div class="grid-stats">
            <StatCard
                id="balance"
                label=lang.pick("Saldo KCI Pay", "KCI Pay balance")
                figure=fmt::rupiah(lang, rider.balance)
                definition=lang
                    .pick(
                        "Uang di dompet Anda. Perjalanan dengan QRIS, Visa, Mastercard, Google Pay, dan Apple Pay tidak memakainya.",
                        "Money in your wallet. Journeys by QRIS, Visa, Mastercard, Google Pay and Apple Pay do not use it.",
                    )
            />
            {caps.into_iter().collect_view()}
        </div>
    }
}

#[component]
fn Cap(period: CapPeriod, spent: Rupiah, limit: Option<Rupiah>) -> impl IntoView {
    let lang = use_lang();
    let since = match period {
        CapPeriod::Daily => lang.pick("hari ini", "today"),
        CapPeriod::Weekly => lang.pick("minggu ini, sejak Senin", "this week, since Monday"),
        CapPeriod::Monthly => lang.pick("bulan ini", "this month"),
    };
    let label = words::cap(lang, period);
    let below = match limit {
        Some(limit) => {
            let of = fmt::rupiah(lang, limit);
            let left = fmt::rupiah(lang, Rupiah(limit.0.saturating_sub(spent.0).max(0)));
            view! {
                <meter min="0" max=limit.0.to_string() value=spent.0.clamp(0, limit.0).to_string() aria-label=label>
                    {fmt::rupiah(lang, spent)}
                    " / "
                    {of.clone()}
                </meter>
                <p class="muted small">
                    {lang.pick(format!("dari {of}; sisa {left}"), format!("of {of}; {left} left"))}
                </p>
            }
            .into_any()
        }
        None => view! { <p class="muted small">{lang.pick("tanpa batas", "no cap")}</p> }.into_any(),
    };
    view! {
        <StatCard
            id=format!("cap-{}", period.as_str())
            label=label
            figure=fmt::rupiah(lang, spent)
            definition=lang
                .pick(
                    format!("Yang dikenakan kepada Anda {since} (WIB). Bila batas tercapai, perjalanan berikutnya gratis sampai periode ini berakhir."),
                    format!("What you were charged {since} (WIB). Once the cap is reached, journeys are free until the period ends."),
                )
        >
            {below}
        </StatCard>
    }
}
