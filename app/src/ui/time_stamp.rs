//! An instant: how long ago in words, exactly on hover, for machines in the attribute.

use jiff::Timestamp;
use leptos::prelude::*;

use super::fmt;
use crate::visitor::Visitor;

/// "3 menit lalu", with the exact time in WIB as title. `exact` shows the exact time instead.
#[component]
pub fn TimeStamp(at: Timestamp, #[prop(optional)] exact: bool) -> impl IntoView {
    let visitor = Visitor::current();
    let wib = fmt::instant(visitor.lang, at);
    let text = if exact { wib.clone() } else { fmt::relative(visitor.lang, at, visitor.now) };
    view! {
        <time datetime=at.to_string() title=wib>
            {text}
        </time>
    }
}
