//! Reading and filling the console's elements, which the server rendered. One that is not there is
//! passed over: the console then shows less, and nothing breaks.

use js_sys::Reflect;
use leptos::ev::MouseEvent;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, Storage};

use super::fields::ids;

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn element(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// What an input or a select holds.
pub fn value(id: &str) -> Option<String> {
    let field: JsValue = element(id)?.into();
    Reflect::get(&field, &"value".into()).ok()?.as_string()
}

/// Whether there is a field to hold it.
pub fn set_value(id: &str, value: &str) -> bool {
    element(id).is_some_and(|field| Reflect::set(&field, &"value".into(), &value.into()) == Ok(true))
}

pub fn set_text(id: &str, text: &str) {
    if let Some(element) = element(id) {
        element.set_text_content(Some(text));
    }
}

pub fn set_class(id: &str, class: &str) {
    if let Some(element) = element(id) {
        element.set_class_name(class);
    }
}

pub fn show(id: &str, shown: bool) {
    set_flag(id, "hidden", !shown);
}

/// A button that only the island can serve, which the server rendered disabled.
pub fn enable(id: &str) {
    set_flag(id, "disabled", false);
}

/// The latest answer stays while the next is under way, dimmed.
pub fn set_busy(busy: bool) {
    set_flag(ids::RESULT, "data-busy", busy);
}

fn set_flag(id: &str, name: &str, on: bool) {
    if let Some(element) = element(id) {
        let _ = if on { element.set_attribute(name, "") } else { element.remove_attribute(name) };
    }
}

/// Each line an element of its own, as in `ui`'s code blocks, so that a long one wraps further in.
pub fn set_lines(id: &str, text: &str) {
    fill(id, text.split('\n').map(|line| ("span", [line, "\n"].concat())));
}

/// Names and values of a `<dl>`.
pub fn set_rows(id: &str, rows: &[(String, String)]) {
    fill(id, rows.iter().flat_map(|(name, value)| [("dt", name.clone()), ("dd", value.clone())]));
}

/// Texts are set as text: nothing in an answer becomes markup.
fn fill(id: &str, children: impl Iterator<Item = (&'static str, String)>) {
    let (Some(parent), Some(document)) = (element(id), document()) else { return };
    parent.set_text_content(None);
    for (tag, text) in children {
        if let Ok(child) = document.create_element(tag) {
            child.set_text_content(Some(&text));
            let _ = parent.append_child(&child);
        }
    }
}

fn target(event: &MouseEvent) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// Id of the button that was pressed.
pub fn pressed_id(event: &MouseEvent) -> Option<String> {
    Some(target(event)?.closest("button").ok()??.id())
}

/// Parameter and value that were pressed in the parameter list.
pub fn pressed_value(event: &MouseEvent) -> Option<(String, String)> {
    let pressed = target(event)?.closest("[data-value]").ok()??;
    let row = pressed.closest("[data-param]").ok()??;
    Some((row.get_attribute("data-param")?, pressed.get_attribute("data-value")?))
}

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// What was kept in this tab under a name.
pub fn kept(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Keeps a text for this tab. A browser that forbids storage only forgets it sooner.
pub fn keep(name: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ = if text.is_empty() { storage.remove_item(name) } else { storage.set_item(name, text) };
    }
}

/// Where a link leads.
pub fn set_href(id: &str, href: &str) {
    if let Some(element) = element(id) {
        let _ = element.set_attribute("href", href);
    }
}
