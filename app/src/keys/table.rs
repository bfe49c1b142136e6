//! Keys in rows, without their secrets.

use domain::keys::{KeyStatus, KeyView};
use leptos::prelude::*;

use super::words::{KeyStatusBadge, fingerprint};
use crate::{
    ui::{Column, Table, TimeStamp},
    visitor::use_lang,
};

/// Table of keys. `manage` gives the address where a key can be changed; without it nothing can be.
#[component]
pub fn KeyTable(
    keys: Vec<KeyView>,
    #[prop(into)] caption: String,
    /// Stands in the rows' place when there are none.
    instead: AnyView,
    #[prop(optional_no_strip)] manage: Option<fn(&KeyView) -> String>,
) -> impl IntoView {
    let lang = use_lang();
    let mut columns = vec![
        Column::text(lang.pick("Nama", "Name")),
        Column::text(lang.pick("Kunci", "Key")),
        Column::text("Status"),
        Column::text(lang.pick("Dibuat", "Created")),
        Column::text(lang.pick("Berlaku sampai", "Valid until")),
        Column::text(lang.pick("Terakhir dipakai", "Last used")),
    ];
    if manage.is_some() {
        columns.push(Column::text(lang.pick("Aksi", "Actions")));
    }
    let instead = keys.is_empty().then_some(instead);
    let rows = keys
        .into_iter()
        .map(|key| {
            let href = manage.map(|manage| if key.works() { Some(manage(&key)) } else { None });
            view! { <Row key=key href=href/> }
        })
        .collect_view();
    view! {
        <Table caption=caption columns=columns instead=instead>
            {rows}
        </Table>
    }
}

/// `href`: none without a column for actions; none inside for a key that has ended.
#[component]
fn Row(key: KeyView, href: Option<Option<String>>) -> impl IntoView {
    let lang = use_lang();
    let conditions = conditions(&key);
    let until = match (key.status, key.overlap_until, key.revoked_at, key.expires_at) {
        (KeyStatus::Revoked, _, Some(at), _) | (KeyStatus::Rotating, Some(at), ..) | (.., Some(at)) => {
            view! { <TimeStamp at=at exact=true/> }.into_any()
        }
        _ => view! { <span class="muted">{lang.pick("tanpa batas", "no limit")}</span> }.into_any(),
    };
    let used = match key.last_used_at {
        None => view! { <span class="muted">{lang.pick("belum pernah", "never")}</span> }.into_any(),
        Some(at) => view! {
            <TimeStamp at=at/>
            {key.last_used_ip.clone().map(|ip| view! { <small>{ip}</small> })}
        }
        .into_any(),
    };
    let actions = href.map(|href| {
        let label = format!("{} {}", lang.pick("Kelola", "Manage"), key.name);
        view! {
            <td class="actions">
                {href
                    .map(|href| {
                        view! {
                            <a class="button button-quiet" href=href aria-label=label>
                                {lang.pick("Kelola", "Manage")}
                            </a>
                        }
                    })}
            </td>
        }
    });
    view! {
        <tr>
            <th scope="row">
                {key.name.clone()} {conditions.map(|text| view! { <small>{text}</small> })}
            </th>
            <td>
                <code>{fingerprint(&key)}</code>
            </td>
            <td>
                <KeyStatusBadge status=key.status/>
            </td>
            <td>
                <TimeStamp at=key.created_at/>
            </td>
            <td>{until}</td>
            <td>{used}</td>
            {actions}
        </tr>
    }
}

/// What the key is bound to, in a line.
fn conditions(key: &KeyView) -> Option<String> {
    let lang = use_lang();
    let networks = key.ip_allow.rules().len();
    let parts = [
        key.read_only.then(|| lang.pick("hanya baca", "read-only").to_owned()),
        (networks > 0).then(|| match networks {
            1 => format!("IP {}", key.ip_allow),
            _ => lang.pick(format!("{networks} alamat IP"), format!("{networks} IP addresses")),
        }),
        key.origin.clone(),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}
