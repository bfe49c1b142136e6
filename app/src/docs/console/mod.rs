//! The try-it console: sends a real request from the page and shows what came back.
//!
//! All markup is rendered by the server ([`Fields`]) and handed to the island as it is; the island
//! only listens, sends and fills in ([`dom`]), which keeps the wasm small. So the form is whole with
//! scripts off too: there, sending it brings the page back with the reader's values in every sample.
//!
//! The key (or the test rider's access token, where an operation takes one) stays in this tab's
//! `sessionStorage` and goes nowhere but into requests to this very server. A live key is refused
//! before it leaves.

pub(super) mod dom;
mod fields;
pub(super) mod send;

use domain::lang::Lang;
use leptos::ev::{self, Event, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;

use self::fields::ids;
pub use self::fields::{Fields, field_id};
use self::send::Reply;
use super::request::{Argument, Call, KEY_HEADER, TOKEN_HEADER};
use crate::ui::Tone;

/// Beginning of the keys that must not be typed into a page.
const LIVE_PREFIX: &str = "nfcg_live_";

/// The console of one operation. Children are its [`Fields`].
#[island]
pub fn Console(
    lang: Lang,
    call: Call,
    /// Where the API is reached from outside, for the curl line.
    base: String,
    /// What the fields hold at first.
    arguments: Vec<Argument>,
    children: Children,
) -> impl IntoView {
    let session = StoredValue::new(Session { lang, call, base, arguments, busy: false });
    // In the browser only: a key of earlier in this tab, values the browser kept over a reload, and
    // the values of the parameter list, which a press puts into their field.
    Effect::new(move |_| {
        dom::enable(ids::MAKE_KEY);
        if let Some(kept) = dom::kept(session.with_value(|it| it.kept_as())) {
            dom::set_value(ids::KEY, &kept);
        }
        session.update_value(Session::refresh);
        let listener = window_event_listener(ev::click, move |event| {
            if dom::pressed_value(&event)
                .is_some_and(|(name, value)| dom::set_value(&field_id(&name), &value))
            {
                session.update_value(Session::refresh);
            }
        });
        on_cleanup(move || listener.remove());
    });
    let typed = move |_: Event| {
        dom::keep(session.with_value(|it| it.kept_as()), &dom::value(ids::KEY).unwrap_or_default());
        session.update_value(Session::refresh);
    };
    let submitted = move |event: SubmitEvent| {
        event.prevent_default();
        send_request(session);
    };
    let pressed = move |event: ev::MouseEvent| {
        if dom::pressed_id(&event).as_deref() == Some(ids::MAKE_KEY) {
            make_key(session);
        }
    };
    view! {
        <div class="console" on:submit=submitted on:input=typed on:click=pressed>
            {children()}
        </div>
    }
}

/// What the console knows besides what its fields hold.
struct Session {
    lang: Lang,
    call: Call,
    base: String,
    arguments: Vec<Argument>,
    /// A request is under way; a second press waits for nobody.
    busy: bool,
}

impl Session {
    /// Name of the credential in the tab's storage.
    fn kept_as(&self) -> &'static str {
        if self.call.needs_token() { "nfcg.test_token" } else { "nfcg.test_key" }
    }

    fn key() -> String {
        dom::value(ids::KEY).unwrap_or_default().trim().to_owned()
    }

    /// Reads the fields and writes the call they make as curl.
    fn refresh(&mut self) {
        for argument in &mut self.arguments {
            if let Some(value) = dom::value(&field_id(&argument.name)) {
                argument.value = value;
            }
        }
        let request = self.call.request(&self.base, &self.arguments, &Self::key());
        dom::set_lines(ids::CURL, &request.curl());
    }

    fn say(&self, id: &str, en: &str) {
        say(None, self.lang.pick(id, en));
    }
}

/// Marks the session busy; none if it is already.
fn begin(session: StoredValue<Session>) -> Option<()> {
    session
        .try_update_value(|it| (!std::mem::replace(&mut it.busy, true)).then_some(()))?
        .inspect(|()| dom::set_busy(true))
}

fn end(session: StoredValue<Session>) {
    session.update_value(|it| it.busy = false);
    dom::set_busy(false);
}

fn send_request(session: StoredValue<Session>) {
    session.update_value(Session::refresh);
    let key = Session::key();
    if key.starts_with(LIVE_PREFIX) {
        dom::show(ids::ANSWER, false);
        return session.with_value(|it| {
            it.say(
                "Itu live key: tidak dikirim. Konsol hanya memakai test key (nfcg_test_).",
                "That is a live key: not sent. The console takes test keys only (nfcg_test_).",
            );
        });
    }
    let Some(()) = begin(session) else { return };
    let (mut request, lang) = session.with_value(|it| (it.call.request("", &it.arguments, &key), it.lang));
    if key.is_empty() {
        // What stands for a key in the samples is none.
        request.headers.retain(|(name, _)| name != KEY_HEADER && name != TOKEN_HEADER);
    }
    spawn_local(async move {
        match send::send(&request, lang).await {
            Some(reply) => show(reply),
            None => unreachable_server(session),
        }
        end(session);
    });
}

fn make_key(session: StoredValue<Session>) {
    let Some(()) = begin(session) else { return };
    let of_rider = session.with_value(|it| it.call.needs_token());
    spawn_local(async move {
        dom::show(ids::ANSWER, false);
        match send::make_credential(of_rider).await {
            Some(Ok(secret)) => {
                dom::keep(session.with_value(|it| it.kept_as()), &secret);
                dom::set_value(ids::KEY, &secret);
                session.update_value(|it| {
                    it.refresh();
                    if of_rider {
                        it.say(
                            "Access token penumpang uji siap dipakai di tab ini selama 10 menit.",
                            "A test rider's access token is ready in this tab for 10 minutes.",
                        );
                    } else {
                        it.say(
                            "Kunci konsol siap dipakai di tab ini.",
                            "A console key is ready in this tab.",
                        );
                    }
                });
            }
            Some(Err(refusal)) => say(None, &refusal),
            None => unreachable_server(session),
        }
        end(session);
    });
}

fn unreachable_server(session: StoredValue<Session>) {
    dom::show(ids::ANSWER, false);
    session.with_value(|it| {
        it.say(
            "Server tidak terjangkau. Periksa koneksi Anda lalu kirim lagi.",
            "The server could not be reached. Check your connection and send again.",
        );
    });
}

/// The line that is read out: a status, if there is one, and words.
fn say(status: Option<(&str, Tone)>, words: &str) {
    dom::show(ids::STATUS, status.is_some());
    let (text, tone) = status.unwrap_or(("", Tone::Neutral));
    dom::set_text(ids::STATUS, text);
    dom::set_class(ids::STATUS, &["badge ", tone.class()].concat());
    dom::set_text(ids::WORDS, words);
}

fn show(reply: Reply) {
    let tone = match reply.status {
        200..300 => Tone::Success,
        300..500 => Tone::Warning,
        _ => Tone::Danger,
    };
    let status = [&reply.status.to_string(), " ", &reply.reason].concat();
    let facts = [&reply.ms.to_string(), " ms · ", &reply.bytes.to_string(), " B"].concat();
    say(Some((&status, tone)), &facts);
    let (limits, others): (Vec<_>, Vec<_>) =
        reply.headers.into_iter().partition(|(name, _)| name.contains("ratelimit") || name == "retry-after");
    dom::set_rows(ids::LIMITS, &limits);
    dom::set_rows(ids::HEADERS, &others);
    dom::set_lines(ids::BODY, &reply.body);
    dom::show(ids::ANSWER, true);
}
