//! The test clock and the buttons that move it.

use domain::{sandbox::TestClock, time::next_midnight};
use leptos::prelude::*;

use crate::{
    outcome::FormState,
    ui::{Button, Card, Form, FormLook, FormNotice, Hidden, fmt},
    visitor::use_lang,
};

/// Path the forms post to.
const ACTION: &str = "/sandbox/clock";

#[component]
pub(super) fn Clock(clock: TestClock, may_write: bool) -> impl IntoView {
    let lang = use_lang();
    let ahead = match clock.offset_s {
        0 => lang.pick("sama dengan waktu nyata", "the same as real time").to_owned(),
        seconds => {
            let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
            lang.pick(
                format!("{days} hari {hours} jam {minutes} menit di depan waktu nyata"),
                format!("{days} d {hours} h {minutes} min ahead of real time"),
            )
        }
    };
    let steps = [
        ("five-minutes", "advance_s:int", "300".to_owned(), lang.pick("+5 menit", "+5 min")),
        ("one-hour", "advance_s:int", "3600".to_owned(), lang.pick("+1 jam", "+1 h")),
        ("four-hours", "advance_s:int", "14400".to_owned(), lang.pick("+4 jam", "+4 h")),
        ("next-day", "to", next_midnight(clock.now).to_string(), lang.pick("Hari berikutnya", "Next day")),
    ];
    let forms = steps.map(|(name, field, value, label)| {
        view! {
            <Form name=format!("clock-{name}") action=ACTION look=FormLook::Inline>
                <Hidden name=field value=value/>
                <Button>{label}</Button>
            </Form>
        }
    });
    view! {
        <Card title=lang.pick("Jam uji", "Test clock") id="clock">
            <p>
                <b>
                    <time datetime=clock.now.to_string()>{fmt::instant(lang, clock.now)}</time>
                </b>
                " · "
                <span class="muted">{ahead}</span>
            </p>
            <p class="small muted">
                {lang
                    .pick(
                        "Satu jam untuk tap, batas tarif, kuota test key, dan perjalanan yang belum selesai. Hanya bisa maju.",
                        "One clock for taps, caps, quotas of test keys and unfinished journeys. It moves forward only.",
                    )}
            </p>
            <FormNotice state=FormState::of(ACTION)/>
            {may_write.then(|| view! { <div class="cluster">{forms.into_iter().collect_view()}</div> })}
        </Card>
    }
}
