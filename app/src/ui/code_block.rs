//! Code to read and copy.

use leptos::prelude::*;

use super::CopyButton;

/// A titled slab of code. `html` is `code` highlighted: the same lines, each balanced in itself,
/// with the token classes `tk-k` (keyword), `tk-s` (string), `tk-n` (number, literal), `tk-f`
/// (name of a function or member) and `tk-c` (comment).
#[component]
pub fn CodeBlock(
    /// Unique on the page; the copy button finds the code by it.
    #[prop(into)]
    id: String,
    /// "Contoh Request — /stations".
    #[prop(into)]
    title: String,
    /// Small word after the title: "Go", "application/json".
    #[prop(optional, into)]
    language: Option<String>,
    #[prop(into)] code: String,
    #[prop(optional_no_strip)] html: Option<String>,
) -> impl IntoView {
    view! {
        <figure class="code">
            <figcaption class="code-head">
                <span class="code-title">{title.clone()}</span>
                {language.map(|language| view! { <span class="code-language">{language}</span> })}
                <CopyButton selector=format!("#{id}") what=title.clone()/>
            </figcaption>
            <Code id=id label=title code=code html=html/>
        </figure>
    }
}

/// The code itself, focusable because it may scroll. Each line is an element of its own so that a
/// long one wraps with a hanging indent; its line feed stays inside, so that copied text is whole.
#[component]
pub(super) fn Code(id: String, label: String, code: String, html: Option<String>) -> impl IntoView {
    let lines = html.unwrap_or_else(|| escape(code.trim_end()));
    let lines = lines
        .trim_end_matches('\n')
        .split('\n')
        .fold(String::new(), |text, line| text + "<span>" + line + "\n</span>");
    view! {
        <pre tabindex="0" role="group" aria-label=label>
            <code id=id inner_html=lines></code>
        </pre>
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn code_cannot_become_markup() {
        assert_eq!(escape("a < b && c</code><script>"), "a &lt; b &amp;&amp; c&lt;/code&gt;&lt;script&gt;");
    }
}
