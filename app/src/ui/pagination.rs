//! Steps through a list that the server cuts into pages.

use domain::page::Meta;
use leptos::prelude::*;

use super::{Glyph, Icon, fmt};
use crate::visitor::use_lang;

/// "21–40 dari 81", with links to the page before and after. Nothing when all fits on one page.
#[component]
pub fn Pagination(
    meta: Meta,
    /// Address of the list with its filters but without `page`: `/usage?days=30`.
    #[prop(into)]
    href: String,
) -> impl IntoView {
    let lang = use_lang();
    let pages = meta.total.div_ceil(meta.limit.max(1));
    (pages > 1).then(|| {
        let link = |page: u64, label: &'static str, icon| {
            let join = if href.contains('?') { '&' } else { '?' };
            let exists = (1..=pages).contains(&page);
            let to = exists.then(|| format!("{href}{join}page={page}"));
            view! {
                <a
                    class="button"
                    href=to
                    // Without an address it is no link by itself, and could not be named.
                    role=(!exists).then_some("link")
                    aria-disabled=(!exists).then_some("true")
                    aria-label=label
                >
                    <Glyph icon=icon/>
                </a>
            }
        };
        let first = (meta.page.saturating_sub(1)).saturating_mul(meta.limit).saturating_add(1);
        let last = meta.page.saturating_mul(meta.limit).min(meta.total);
        let count = |number| fmt::grouped(lang, number);
        view! {
            <nav class="pagination" aria-label=lang.pick("Halaman daftar", "Pages of the list")>
                <p>
                    {count(first)} "–" {count(last)} {lang.pick(" dari ", " of ")}
                    {count(meta.total)}
                </p>
                {link(
                    meta.page.saturating_sub(1),
                    lang.pick("Halaman sebelumnya", "Previous page"),
                    Icon::ChevronLeft,
                )}
                {link(
                    meta.page.saturating_add(1),
                    lang.pick("Halaman berikutnya", "Next page"),
                    Icon::ChevronRight,
                )}
            </nav>
        }
    })
}
