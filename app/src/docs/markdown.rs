//! Prose that is kept as Markdown: the guides, and descriptions in the OpenAPI document.
//!
//! Raw HTML in it is shown as text, and links lead to pages of ours or to https only.

use leptos::prelude::*;

use super::highlight::{Syntax, highlight};
use crate::ui::CodeBlock;

/// Both languages of a guide, embedded: `guide!(lang, "authentication/oauth.md")`.
macro_rules! guide {
    ($lang:expr, $path:literal) => {
        $lang.pick(
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../guides/id/", $path)),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../guides/en/", $path)),
        )
    };
}
pub(crate) use guide;

/// A stretch of a text: prose as HTML, or a block of code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(feature = "ssr"), expect(dead_code, reason = "prose is rendered by the server only"))]
enum Piece {
    Prose(String),
    Code { syntax: Option<Syntax>, code: String },
}

/// Running text. `id` is the anchor its code blocks are named after.
#[component]
pub fn Markdown(#[prop(into)] id: String, #[prop(into)] text: String) -> impl IntoView {
    let pieces = pieces(&text).into_iter().enumerate().map(|(index, piece)| match piece {
        Piece::Prose(html) => view! { <div class="prose" inner_html=html></div> }.into_any(),
        Piece::Code { syntax, code } => {
            let html = syntax.and_then(|syntax| highlight(syntax, &code));
            view! { <CodeBlock id=format!("{id}-{index}") title="" code=code html=html/> }.into_any()
        }
    });
    view! { <div class="stack">{pieces.collect_view()}</div> }
}

/// One paragraph's worth, without blocks.
#[component]
pub fn Inline(#[prop(into)] text: String) -> impl IntoView {
    let html = pieces(&text).into_iter().find_map(|piece| match piece {
        Piece::Prose(html) => Some(html),
        Piece::Code { .. } => None,
    });
    let html = html.unwrap_or_default();
    let html = html.trim();
    // One paragraph stands in the line of its neighbours; more keep their own.
    let html = match html.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>")) {
        Some(inner) if !inner.contains("<p>") => inner,
        _ => html,
    };
    view! { <span inner_html=html.to_owned()></span> }
}

#[cfg(feature = "ssr")]
fn pieces(text: &str) -> Vec<Piece> {
    use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd, html};

    let mut pieces = Vec::new();
    let mut prose: Vec<Event<'_>> = Vec::new();
    let mut code: Option<(Option<Syntax>, String)> = None;
    let close = |prose: &mut Vec<Event<'_>>, pieces: &mut Vec<Piece>| {
        if !prose.is_empty() {
            let mut text = String::new();
            html::push_html(&mut text, prose.drain(..));
            pieces.push(Piece::Prose(text));
        }
    };
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                close(&mut prose, &mut pieces);
                let syntax = match kind {
                    CodeBlockKind::Fenced(word) => Syntax::from_word(&word),
                    CodeBlockKind::Indented => None,
                };
                code = Some((syntax, String::new()));
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some((syntax, code)) = code.take() {
                    pieces.push(Piece::Code { syntax, code });
                }
            }
            Event::Text(text) if code.is_some() => {
                if let Some((_, code)) = &mut code {
                    code.push_str(&text);
                }
            }
            Event::Html(text) | Event::InlineHtml(text) => prose.push(Event::Text(text)),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let ours = dest_url.starts_with(['/', '#']) && !dest_url.starts_with("//");
                let dest_url = if ours || dest_url.starts_with("https://") { dest_url } else { "".into() };
                prose.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
            }
            // No picture of another host is ever loaded; the words in its place stay.
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => {}
            event => prose.push(event),
        }
    }
    close(&mut prose, &mut pieces);
    pieces
}

#[cfg(not(feature = "ssr"))]
fn pieces(_text: &str) -> Vec<Piece> {
    Vec::new()
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;

    fn prose(text: &str) -> String {
        match pieces(text).remove(0) {
            Piece::Prose(html) => html,
            Piece::Code { code, .. } => code,
        }
    }

    #[test]
    fn prose_cannot_carry_markup_of_its_own() {
        assert_eq!(prose("a <img src=x onerror=y> b"), "<p>a &lt;img src=x onerror=y&gt; b</p>\n");
        assert!(!prose("<script>\nalert(1)\n</script>").contains("<script"));
        assert!(!prose("![x](https://elsewhere.test/a.png)").contains("img"));
    }

    #[test]
    fn links_lead_to_us_or_to_https() {
        for bad in ["javascript:alert(1)", "data:text/html,x", "http://x.test", "//x.test"] {
            assert!(prose(&format!("[a]({bad})")).contains("href=\"\""), "{bad}");
        }
        assert!(prose("[a](/leaked-key)").contains("href=\"/leaked-key\""));
    }

    #[test]
    fn code_blocks_stand_on_their_own() {
        let text = "Satu\n\n```json\n{\"a\": 1}\n```\n\nDua";
        let code = Piece::Code { syntax: Some(Syntax::Json), code: "{\"a\": 1}\n".to_owned() };
        assert_eq!(
            pieces(text),
            [Piece::Prose("<p>Satu</p>\n".to_owned()), code, Piece::Prose("<p>Dua</p>\n".to_owned())]
        );
    }
}
