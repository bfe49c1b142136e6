//! The design system: one component per file, looks chosen by enums, markup that works without scripts.
//!
//! What these components own is how things look, read aloud and behave in the browser; what they
//! show is handed in. Styles live in `style/`, one file per piece; the small behaviours (copying,
//! tabs, theme) in `scripts/site.js`. Words a component says itself come in the language of the
//! page ([`crate::visitor::use_lang`]).

mod auth_chip;
mod badge;
mod breadcrumb;
mod button;
mod card;
mod code_block;
mod code_tabs;
mod copy_button;
mod demo_badge;
mod empty_state;
mod field;
pub mod fmt;
mod form;
mod form_notice;
mod icon;
mod method_badge;
mod notice;
mod page_head;
mod pagination;
mod param_row;
mod problem_notice;
mod sparkline;
mod stat_card;
mod table;
mod tabs;
mod tier_badge;
mod time_stamp;
mod tip;
mod tone;

pub use auth_chip::{Auth, AuthChip};
pub use badge::Badge;
pub use breadcrumb::{Breadcrumb, Crumb};
pub use button::{Button, ButtonKind, ButtonLook, LinkButton};
pub use card::Card;
pub use code_block::CodeBlock;
pub use code_tabs::{CodeSample, CodeTabs};
pub use copy_button::CopyButton;
pub use demo_badge::DemoBadge;
pub use empty_state::EmptyState;
pub use field::{Checkbox, CheckboxGroup, Choice, InputKind, SelectField, TextArea, TextField};
pub use form::{Form, FormLook, Hidden, IdempotencyField};
pub use form_notice::{Done, DoneNotice, FormNotice, done};
pub use icon::{Glyph, Icon};
pub use method_badge::{Method, MethodBadge};
pub use notice::Notice;
pub use page_head::PageHead;
pub use pagination::Pagination;
pub use param_row::{ParamRow, Requirement};
pub use problem_notice::ProblemNotice;
pub use sparkline::Sparkline;
pub use stat_card::{Delta, Direction, StatCard};
pub use table::{Column, Sort, SortOrder, Table};
pub use tabs::{Tab, Tabs};
pub use tier_badge::TierBadge;
pub use time_stamp::TimeStamp;
pub use tip::Tip;
pub use tone::Tone;
