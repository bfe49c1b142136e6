//! "Send me a tap": a whole journey by one press, for endpoints that wait for its events.

use domain::sandbox::TestJourney;
use leptos::prelude::*;

use super::words;
use crate::{
    outcome::FormState,
    ui::{Button, ButtonLook, Card, Form, FormNotice, LinkButton, Notice, Tone, fmt},
    visitor::use_lang,
};

/// Path the form posts to.
const ACTION: &str = "/sandbox/journey";

#[component]
pub(super) fn Journey() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of(ACTION);
    let answer = state.answer::<TestJourney>().map(|journey| view! { <Answer journey=journey/> });
    view! {
        <Card title=lang.pick("Kirim tap untuk saya", "Send me a tap") id="journey">
            {answer}
            <FormNotice state=state/>
            <p>
                {lang
                    .pick(
                        "Satu tombol, satu perjalanan utuh: penumpang uji masuk di Gambir dan keluar di Manggarai. Event-nya dikirim ke endpoint webhook sandbox Anda. Jam uji maju 40 menit.",
                        "One button, one whole journey: a test rider enters at Gambir and leaves at Manggarai. Its events go to your sandbox webhook endpoints. The test clock moves on by 40 minutes.",
                    )}
            </p>
            <div class="cluster">
                <Form name="send-journey" action=format!("{ACTION}#journey")>
                    <Button look=ButtonLook::Primary>{lang.pick("Kirim tap untuk saya", "Send me a tap")}</Button>
                </Form>
                <LinkButton href="/webhooks?environment=test">
                    {lang.pick("Endpoint sandbox", "Sandbox endpoints")}
                </LinkButton>
            </div>
        </Card>
    }
}

#[component]
fn Answer(journey: TestJourney) -> impl IntoView {
    let lang = use_lang();
    let TestJourney { rider, application, answers, .. } = journey;
    let said = answers.iter().map(|answer| {
        let (text, tone) = words::answer(lang, answer);
        (text, tone)
    });
    let said: Vec<_> = said.collect();
    let failed = said.iter().find(|(_, tone)| *tone == Tone::Danger).cloned();
    let fare = answers.last().and_then(|answer| answer.fare).map(|fare| fmt::rupiah(lang, fare));
    let done = lang.pick(
        format!("{rider} masuk di Gambir dan keluar di Manggarai."),
        format!("{rider} entered at Gambir and left at Manggarai."),
    );
    let fare = fare.map(|fare| format!(" {} {fare}.", lang.pick("Tarif:", "Fare:")));
    let who = match application {
        Some(name) => lang.pick(
            format!("Event perjalanan dikirim atas izin untuk aplikasi {name}."),
            format!("The journey's events are sent by the consent given to the application {name}."),
        ),
        None => lang
            .pick(
                "Belum ada aplikasi sandbox yang boleh membaca perjalanan, jadi event tentang penumpang tidak dikirim ke webhook. Event stasiun dan gate tetap dikirim.",
                "No sandbox application may read journeys yet, so events about riders are not sent to webhooks. Those about stations and gates are.",
            )
            .to_owned(),
    };
    let (tone, text) = match failed {
        Some((text, tone)) => (tone, text.to_string()),
        None => (Tone::Success, done),
    };
    view! {
        <Notice tone=tone>
            <p id="journey-answer">{text} {fare}</p>
            <p>{who}</p>
            <p>
                <a href="/webhooks/deliveries?environment=test">{lang.pick("Lihat log pengiriman", "See the delivery log")}</a>
                " · "
                <a href="/applications?environment=test">{lang.pick("Aplikasi sandbox", "Sandbox applications")}</a>
            </p>
        </Notice>
    }
}
