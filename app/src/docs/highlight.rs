//! Colours for code, as classes: done on the server, once per text.

/// What a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Syntax {
    Json,
    Shell,
    Go,
    TypeScript,
    Python,
}

impl Syntax {
    /// The word after ``` in Markdown.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "json" => Self::Json,
            "sh" | "bash" => Self::Shell,
            "go" => Self::Go,
            "ts" | "typescript" => Self::TypeScript,
            "python" => Self::Python,
            _ => return None,
        })
    }
}

/// `code` as HTML: the same lines, each balanced in itself, tokens in spans of the classes that
/// [`crate::ui::CodeBlock`] names. None in the browser, and for a text too long to be worth it.
#[cfg(feature = "ssr")]
#[must_use]
pub fn highlight(syntax: Syntax, code: &str) -> Option<String> {
    server::highlight(syntax, code)
}

#[cfg(not(feature = "ssr"))]
#[must_use]
pub fn highlight(_syntax: Syntax, _code: &str) -> Option<String> {
    None
}

#[cfg(feature = "ssr")]
mod server {
    use std::collections::HashMap;
    use std::sync::{LazyLock, Mutex, PoisonError};

    use syntect::parsing::{ParseState, ScopeStack, SyntaxSet};

    use super::Syntax;

    /// Longer texts are shown plain: a reader can make one by a query.
    const CODE_BYTES_MAX: usize = 32 * 1024;

    /// Texts kept. The pages have fewer; readers' own values in samples make more, so it is bounded.
    const KEPT_MAX: usize = 512;

    static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);
    static KEPT: LazyLock<Mutex<HashMap<(Syntax, String), String>>> = LazyLock::new(Mutex::default);

    pub fn highlight(syntax: Syntax, code: &str) -> Option<String> {
        if code.len() > CODE_BYTES_MAX {
            return None;
        }
        let key = (syntax, code.to_owned());
        if let Some(html) = KEPT.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Some(html.clone());
        }
        let html = render(syntax, code)?;
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(key, html.clone());
        Some(html)
    }

    fn render(syntax: Syntax, code: &str) -> Option<String> {
        let extension = match syntax {
            Syntax::Json => "json",
            Syntax::Shell => "sh",
            Syntax::Go => "go",
            // Its syntax is not among the built-in ones; what samples use of it is JavaScript.
            Syntax::TypeScript => "js",
            Syntax::Python => "py",
        };
        let mut state = ParseState::new(SYNTAXES.find_syntax_by_extension(extension)?);
        let (mut stack, mut html) = (ScopeStack::new(), String::with_capacity(code.len() * 2));
        for line in code.trim_end().split('\n') {
            let line = format!("{line}\n");
            let (mut from, mut class) = (0, class_of(&stack));
            let mut tokens = Vec::new();
            for (at, change) in state.parse_line(&line, &SYNTAXES).ok()? {
                tokens.push((class, line.get(from..at)?));
                stack.apply(&change).ok()?;
                (from, class) = (at, class_of(&stack));
            }
            tokens.push((class, line.get(from..)?));
            write_line(&mut html, &tokens);
        }
        Some(html)
    }

    /// Neighbours of one class share a span; spaces need none.
    fn write_line(html: &mut String, tokens: &[(Option<&'static str>, &str)]) {
        let mut open = None;
        for (class, text) in tokens {
            let text = text.trim_end_matches('\n');
            if text.is_empty() {
                continue;
            }
            let class = if text.trim().is_empty() { open } else { *class };
            if class != open {
                if open.is_some() {
                    html.push_str("</span>");
                }
                if let Some(class) = class {
                    html.push_str("<span class=\"");
                    html.push_str(class);
                    html.push_str("\">");
                }
                open = class;
            }
            for c in text.chars() {
                match c {
                    '&' => html.push_str("&amp;"),
                    '<' => html.push_str("&lt;"),
                    '>' => html.push_str("&gt;"),
                    c => html.push(c),
                }
            }
        }
        if open.is_some() {
            html.push_str("</span>");
        }
        html.push('\n');
    }

    /// The innermost scope that has a colour. Keys of JSON are strings too; they read as names.
    fn class_of(stack: &ScopeStack) -> Option<&'static str> {
        let scopes: Vec<_> = stack.as_slice().iter().map(|scope| scope.build_string()).collect();
        let within = |prefix: &str| scopes.iter().any(|scope| scope.starts_with(prefix));
        if within("comment") {
            return Some("tk-c");
        }
        if within("meta.mapping.key") || within("meta.structure.dictionary.key") {
            return Some("tk-f");
        }
        scopes.iter().rev().find_map(|scope| {
            Some(match scope.split_once('.').map_or(scope.as_str(), |(first, _)| first) {
                "string" => "tk-s",
                "keyword" if !scope.starts_with("keyword.operator") => "tk-k",
                "storage" => "tk-k",
                "constant" if scope.starts_with("constant.character") => "tk-s",
                "constant" => "tk-n",
                "entity" if scope.starts_with("entity.name") => "tk-f",
                "variable" if scope.starts_with("variable.function") => "tk-f",
                "support" => "tk-f",
                _ => return None,
            })
        })
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;

    fn check(syntax: Syntax, code: &str, expected: &str) {
        assert_eq!(highlight(syntax, code).unwrap(), expected);
    }

    #[test]
    fn tokens_get_the_five_classes() {
        check(
            Syntax::Json,
            "{\n  \"fare\": 8000, \"to\": \"STN\"\n}",
            "{\n  <span class=\"tk-f\">\"fare\"</span>: <span class=\"tk-n\">8000</span>, <span class=\"tk-f\">\"to\"</span>: <span class=\"tk-s\">\"STN\"</span>\n}\n",
        );
        check(Syntax::Python, "# ya", "<span class=\"tk-c\"># ya</span>\n");
    }

    #[test]
    fn code_cannot_become_markup_and_every_line_is_balanced() {
        let hostile = "x = '''</span><script>\n& \"'''\n# </code>\nprint(`1`)";
        for syntax in [Syntax::Json, Syntax::Shell, Syntax::Go, Syntax::TypeScript, Syntax::Python] {
            let html = highlight(syntax, hostile).unwrap();
            assert!(!html.contains("<script") && !html.contains("</code"), "{html}");
            let lines: Vec<_> = html.trim_end_matches('\n').split('\n').collect();
            assert_eq!(lines.len(), 4);
            for line in lines {
                assert_eq!(line.matches("<span").count(), line.matches("</span>").count(), "{line}");
            }
        }
    }

    #[test]
    fn a_text_without_end_is_left_plain() {
        assert_eq!(highlight(Syntax::Json, &"[".repeat(40_000)), None);
    }
}
