//! "Send me a tap": one tap by a card of a test rider, or by any other.

use domain::{fares::PaymentMethod, gates::TapAnswer, riders::RiderView, sandbox::StationChoice};
use leptos::prelude::*;

use super::words;
use crate::{
    outcome::FormState,
    ui::{Button, ButtonLook, Card, Choice, Form, FormNotice, Notice, SelectField, TextField, fmt},
    visitor::use_lang,
};

/// Path the form posts to.
const ACTION: &str = "/sandbox/tap";
const FIELDS: &[&str] = &["medium_id", "media", "station_id", "direction", "payment_method"];

#[component]
pub(super) fn Tap(riders: Vec<RiderView>, stations: Vec<StationChoice>) -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of(ACTION);
    let cards = riders.iter().flat_map(|rider| {
        let name = &rider.rider.name;
        rider.media.iter().map(move |card| Choice::new(card.id.clone(), format!("{name} · {}", card.label)))
    });
    let none = Choice::new("", lang.pick("Tanpa kartu penumpang uji", "No test rider's card"));
    let cards: Vec<_> = cards.chain([none]).collect();
    let stations: Vec<_> =
        stations.into_iter().map(|station| Choice::new(station.id.to_string(), station.name)).collect();
    let directions =
        vec![Choice::new("in", lang.pick("Masuk", "In")), Choice::new("out", lang.pick("Keluar", "Out"))];
    let methods: Vec<_> = [PaymentMethod::KciPay]
        .into_iter()
        .chain(PaymentMethod::ALL.iter().copied().filter(|method| *method != PaymentMethod::KciPay))
        .map(|method| Choice::new(method.as_str(), words::payment_method(method)))
        .collect();
    let first = cards.first().map(|card| card.value.clone()).unwrap_or_default();
    let chosen = [
        state.chosen("medium_id", &cards, &first),
        state.chosen("station_id", &stations, "STN_GMB"),
        state.chosen("direction", &directions, "in"),
        state.chosen("payment_method", &methods, PaymentMethod::KciPay.as_str()),
    ];
    let [card, station, direction, method] = chosen;
    let answer = state.answer::<TapAnswer>().map(|answer| view! { <Answer answer=answer/> });
    view! {
        <Card title=lang.pick("Kirim tap", "Send a tap") id="tap">
            {answer}
            <FormNotice state=state.clone() fields=FIELDS/>
            <Form name="send-tap" action=format!("{ACTION}#tap")>
                <div class="grid-2">
                    <SelectField
                        name="medium_id"
                        label=lang.pick("Kartu", "Card")
                        choices=cards
                        value=card
                        error=state.error("medium_id")
                    />
                    <TextField
                        name="media"
                        label=lang.pick("Atau token kartu lain", "Or another card's token")
                        help=lang.pick("Kartu tanpa akun; teks apa saja.", "A card without an account; any text.")
                        autocomplete="off"
                        value=state.value("media")
                        error=state.error("media")
                    />
                    <SelectField
                        name="station_id"
                        label=lang.pick("Stasiun", "Station")
                        choices=stations
                        value=station
                        error=state.error("station_id")
                    />
                    <SelectField
                        name="direction"
                        label=lang.pick("Arah", "Direction")
                        choices=directions
                        value=direction
                        error=state.error("direction")
                    />
                    <SelectField
                        name="payment_method"
                        label=lang.pick("Metode bayar", "Payment method")
                        choices=methods
                        value=method
                        error=state.error("payment_method")
                    />
                </div>
                <div class="form-actions">
                    <Button look=ButtonLook::Primary>{lang.pick("Tap sekarang", "Tap now")}</Button>
                </div>
            </Form>
        </Card>
    }
}

#[component]
fn Answer(answer: TapAnswer) -> impl IntoView {
    let lang = use_lang();
    let (text, tone) = words::answer(lang, &answer);
    let fare = answer.fare.map(|fare| {
        format!(" {} {}.", lang.pick("Tarif yang dikenakan:", "Fare charged:"), fmt::rupiah(lang, fare))
    });
    let balance = answer
        .balance
        .map(|balance| format!(" {} {}.", lang.pick("Saldo:", "Balance:"), fmt::rupiah(lang, balance)));
    view! {
        <Notice tone=tone>
            <p id="tap-answer">{text} {fare} {balance}</p>
        </Notice>
    }
}
