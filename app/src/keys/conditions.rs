//! What a key may be bound to: the same fields when it is made and when it is changed.

use domain::keys::KeyView;
use leptos::prelude::*;

use super::words::last_day;
use crate::{
    outcome::FormState,
    ui::{Checkbox, Hidden, InputKind, TextArea, TextField},
    visitor::use_lang,
};

/// Names of the fields here, for the form's notice.
pub(super) const FIELDS: &[&str] =
    &["name", "environment", "expires_at", "ip_allow[]", "origin", "read_only:bool"];

/// Expiry, addresses, origin, read-only. `form` makes the ids unique on the page.
#[component]
pub(super) fn ConditionFields(
    state: FormState,
    /// The key as it is now; none for a new one.
    key: Option<KeyView>,
    form: &'static str,
) -> impl IntoView {
    let lang = use_lang();
    let id = |field: &str| format!("{form}-{field}");
    let expires_at = key.as_ref().and_then(|key| key.expires_at);
    // An expiry that is no end of a day was set by a program: a date would change it, so it stays text.
    let (kind, expires) = match expires_at.map(|at| (at, last_day(at))) {
        None => (InputKind::Date, String::new()),
        Some((_, Some(day))) => (InputKind::Date, day.to_string()),
        Some((at, None)) => (InputKind::Text, at.to_string()),
    };
    let addresses = key.as_ref().map(|key| key.ip_allow.to_string().replace(',', "\n")).unwrap_or_default();
    let origin = key.as_ref().and_then(|key| key.origin.clone()).unwrap_or_default();
    let read_only = key.as_ref().is_some_and(|key| key.read_only);
    let read_only = state.value_or("read_only:bool", if read_only { "true" } else { "false" }) == "true";
    view! {
        <TextField
            name="expires_at"
            id=id("expires_at")
            label=lang.pick("Berlaku sampai akhir tanggal (WIB)", "Valid through the end of (WIB)")
            kind=kind
            help=lang.pick("Kosong: tanpa batas.", "Empty: no limit.")
            value=state.value_or("expires_at", expires)
            error=state.error("expires_at")
        />
        <TextArea
            name="ip_allow[]"
            id=id("ip_allow")
            rows=2
            label=lang.pick("Hanya dari alamat IP", "Only from IP addresses")
            help=lang
                .pick(
                    "Alamat atau jaringan, satu per baris: 203.0.113.7 atau 203.0.113.0/24. Kosong: dari mana saja.",
                    "Addresses or networks, one a line: 203.0.113.7 or 203.0.113.0/24. Empty: from anywhere.",
                )
            value=state.value_or("ip_allow[]", addresses)
            error=state.error("ip_allow[]")
        />
        <TextField
            name="origin"
            id=id("origin")
            label=lang.pick("Origin browser", "Browser origin")
            kind=InputKind::Url
            help=lang
                .pick(
                    "Hanya jika kunci dipakai langsung dari halaman web, misalnya https://app.example.com. Tanpa ini, kunci live ditolak dari browser.",
                    "Only if a web page uses the key directly, https://app.example.com for example. Without it a live key is refused from browsers.",
                )
            value=state.value_or("origin", origin)
            error=state.error("origin")
        />
        <Hidden name="read_only:bool" value="false"/>
        <Checkbox
            name="read_only:bool"
            id=id("read_only")
            label=lang.pick("Hanya baca (GET dan HEAD)", "Read-only (GET and HEAD)")
            checked=read_only
            error=state.error("read_only:bool")
        />
    }
}
