//! The method of an operation, in a fixed column so that the names after it line up.

use leptos::prelude::*;

/// HTTP method, or an event the server sends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Event,
}

impl Method {
    /// Reads a method's name in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];
        all.into_iter().find(|method| method.name().eq_ignore_ascii_case(text))
    }

    /// The whole word, as it is sent.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Event => "EVENT",
        }
    }

    fn short(self) -> &'static str {
        match self {
            Self::Delete => "DEL",
            Self::Event => "EVT",
            other => other.name(),
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Get => "method method-get",
            Self::Post => "method method-post",
            Self::Put | Self::Patch => "method method-put",
            Self::Delete => "method method-delete",
            Self::Event => "method method-event",
        }
    }
}

/// Mono capitals, 44 px wide; read aloud as the whole word.
#[component]
pub fn MethodBadge(method: Method) -> impl IntoView {
    view! { <abbr class=method.class() title=method.name()>{method.short()}</abbr> }
}
