//! Entry of the browser's part: registers the islands and wakes them up.

// The islands' functions are exported by `app`; naming the crate keeps the linker from dropping them.
use app as _;

/// Called once by the site's script after the module is loaded, before it walks the islands.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
