//! Rows and columns.

use leptos::prelude::*;

use super::{Glyph, Icon};

/// Which way a column is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortOrder {
    Ascending,
    Descending,
}

/// How a column's header sorts the table: by a link, because the server does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// Address of the table sorted by this column, the other way if it is already.
    pub href: String,
    /// The order it is in now.
    pub now: Option<SortOrder>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Actions,
}

/// Header of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    label: String,
    kind: Kind,
    sort: Option<Sort>,
}

impl Column {
    /// Words, aligned left.
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), kind: Kind::Text, sort: None }
    }

    /// Figures, aligned right; name the unit in the label. Give its cells `class="num"`.
    pub fn number(label: impl Into<String>) -> Self {
        Self { label: label.into(), kind: Kind::Number, sort: None }
    }

    /// What can be done with a row; the label is for screen readers. Give its cells
    /// `class="actions"`.
    pub fn actions(label: impl Into<String>) -> Self {
        Self { label: label.into(), kind: Kind::Actions, sort: None }
    }

    #[must_use]
    pub fn sorted(self, sort: Sort) -> Self {
        Self { sort: Some(sort), ..self }
    }

    fn view(self) -> impl IntoView {
        let order = self.sort.as_ref().and_then(|sort| sort.now).map(|order| match order {
            SortOrder::Ascending => ("ascending", Icon::ArrowUp),
            SortOrder::Descending => ("descending", Icon::ArrowDown),
        });
        let class = match self.kind {
            Kind::Text => None,
            Kind::Number => Some("num"),
            Kind::Actions => Some("actions"),
        };
        let label = match (self.kind, self.sort) {
            (Kind::Actions, _) => view! { <span class="visually-hidden">{self.label}</span> }.into_any(),
            (_, None) => self.label.into_any(),
            (_, Some(sort)) => view! {
                <a href=sort.href>
                    {self.label}
                    {order.map(|(_, icon)| view! { <Glyph icon=icon/> })}
                </a>
            }
            .into_any(),
        };
        view! {
            <th scope="col" class=class aria-sort=order.map(|(name, _)| name)>
                {label}
            </th>
        }
    }
}

/// Table with a sticky header. Children are the `<tr>`s; the cell naming a row is
/// `<th scope="row">`. `instead` (an [`super::EmptyState`] or [`super::ProblemNotice`]) stands in
/// the rows' place when there are none to show.
#[component]
pub fn Table(
    /// What the table shows, for screen readers.
    #[prop(into)]
    caption: String,
    columns: Vec<Column>,
    #[prop(optional_no_strip)] instead: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let span = columns.len().to_string();
    let head = columns.into_iter().map(Column::view).collect_view();
    let body = match instead {
        None => children().into_any(),
        Some(instead) => view! {
            <tr class="table-instead">
                <td colspan=span>{instead}</td>
            </tr>
        }
        .into_any(),
    };
    view! {
        <div class="table" tabindex="0" role="region" aria-label=caption>
            <table>
                <caption class="visually-hidden">{caption.clone()}</caption>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}
