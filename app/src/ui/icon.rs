//! The icons: 16 px grid, 1.5 px strokes, drawn inline in the colour of the text around them.

use leptos::prelude::*;

/// An icon. It decorates; the word beside it, or the control's label, says what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    ArrowDown,
    ArrowRight,
    ArrowUp,
    Check,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    Close,
    Copy,
    External,
    Globe,
    Info,
    Key,
    Menu,
    Minus,
    Monitor,
    Moon,
    Play,
    Plus,
    Search,
    Sun,
    Trash,
    User,
    Warning,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::ArrowDown => "M8 3v10M4 9l4 4 4-4",
            Self::ArrowRight => "M3 8h10M9 4l4 4-4 4",
            Self::ArrowUp => "M8 13V3M4 7l4-4 4 4",
            Self::Check => "M3 8.5l3.2 3.2L13 4.8",
            Self::ChevronDown => "M4 6l4 4 4-4",
            Self::ChevronLeft => "M10 4L6 8l4 4",
            Self::ChevronRight => "M6 4l4 4-4 4",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Copy => {
                "M6.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1zM10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"
            }
            Self::External => "M6.5 3.5h-3v9h9v-3M9.5 2.5h4v4M13.5 2.5L7.5 8.5",
            Self::Globe => {
                "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM2 8h12M8 2c2 1.7 2.7 3.8 2.7 6S10 12.3 8 14C6 12.3 5.3 10.2 5.3 8S6 3.7 8 2z"
            }
            Self::Info => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 7.3v3.7M8 4.9v.2",
            Self::Key => {
                "M10.2 2.5a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6zM7.8 8.2L2.5 13.5M4.5 11.5l1.8 1.8"
            }
            Self::Menu => "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
            Self::Minus => "M3.5 8h9",
            Self::Monitor => "M2.5 3h11v7.5h-11zM5.5 13.5h5M8 10.5v3",
            Self::Moon => "M13 9.7A5.5 5.5 0 0 1 6.3 3 5.5 5.5 0 1 0 13 9.7z",
            Self::Play => "M5 3.5l7.5 4.5L5 12.5z",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Search => "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3l3.4 3.4",
            Self::Sun => {
                "M8 5.3a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9"
            }
            Self::Trash => "M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.6 9h6.8l.6-9M6.7 7v4M9.3 7v4",
            Self::User => {
                "M8 2.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM2.7 13.5c.5-2.3 2.6-3.7 5.3-3.7s4.8 1.4 5.3 3.7"
            }
            Self::Warning => "M8 2.5l6 11H2zM8 6.7v3M8 11.5v.2",
        }
    }
}

/// Draws an icon, hidden from screen readers.
#[component]
pub fn Glyph(icon: Icon) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d=icon.path()></path>
        </svg>
    }
}
