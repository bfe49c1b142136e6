//! The same call in several languages.
//!
//! The chosen language is remembered in the cookie `code` and holds on every page. The tabs are
//! submit buttons of a small form, so that without scripts a press comes back with the other
//! language shown; with scripts `site.js` switches all blocks of the page at once.

use leptos::prelude::*;

use super::CopyButton;
use super::code_block::Code;
use crate::visitor::{SampleLanguage, Visitor, use_lang};

/// One language's version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSample {
    pub language: SampleLanguage,
    pub code: String,
    /// Highlighted form, see [`super::CodeBlock`].
    pub html: Option<String>,
}

/// Tabs over samples; shows the remembered language, or the first one there is.
#[component]
pub fn CodeTabs(
    /// Unique on the page, and its anchor.
    #[prop(into)]
    id: String,
    #[prop(into)] title: String,
    samples: Vec<CodeSample>,
) -> impl IntoView {
    let visitor = Visitor::current();
    let wanted = samples.iter().find(|sample| sample.language == visitor.code);
    let shown = wanted.or(samples.first()).map(|sample| sample.language);
    let tabs = samples
        .iter()
        .map(|sample| {
            let pressed = if Some(sample.language) == shown { "true" } else { "false" };
            view! {
                <button name="code" value=sample.language.as_str() aria-pressed=pressed>
                    {sample.language.label()}
                </button>
            }
        })
        .collect_view();
    let panels = samples
        .into_iter()
        .map(|sample| {
            let code_id = format!("{id}-{}", sample.language.as_str());
            let label = format!("{title}, {}", sample.language.label());
            view! {
                <div data-code=sample.language.as_str() hidden=Some(sample.language) != shown>
                    <Code id=code_id label=label code=sample.code html=sample.html/>
                </div>
            }
        })
        .collect_view();
    let label = use_lang().pick("Bahasa contoh", "Sample language");
    view! {
        <figure class="code code-tabs" id=id.clone()>
            <figcaption class="code-head">
                <span class="code-title">{title.clone()}</span>
                <form method="post" action="/preferences">
                    <input type="hidden" name="next" value=format!("{}#{id}", visitor.path)/>
                    <div role="group" aria-label=label>
                        {tabs}
                    </div>
                </form>
                <CopyButton selector=format!("#{id} [data-code]:not([hidden]) code") what=title/>
            </figcaption>
            {panels}
        </figure>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(remembered: SampleLanguage) -> String {
        Owner::new().with(|| {
            provide_context(Visitor { code: remembered, path: "/docs".into(), ..Visitor::default() });
            let sample = |language, code: &str| CodeSample { language, code: code.into(), html: None };
            let samples = vec![sample(SampleLanguage::Curl, "curl x"), sample(SampleLanguage::Go, "x < y")];
            view! { <CodeTabs id="sample" title="Contoh" samples=samples/> }.to_html()
        })
    }

    fn shown(html: &str) -> Vec<&str> {
        let panels = html.split("<div data-code=\"").skip(1);
        panels
            .filter_map(|panel| panel.split_once('"').filter(|(_, rest)| !rest.starts_with(" hidden")))
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn the_remembered_language_is_shown_and_the_others_are_there() {
        let html = render(SampleLanguage::Go);
        assert_eq!(shown(&html), ["go"]);
        assert!(html.contains("curl x\n") && html.contains("x &lt; y\n"), "{html}");
        assert!(html.contains("value=\"/docs#sample\""), "{html}");
    }

    #[test]
    fn a_language_without_sample_falls_back_to_the_first() {
        assert_eq!(shown(&render(SampleLanguage::Python)), ["curl"]);
    }
}
