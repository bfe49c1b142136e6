//! Where the person is signed in, and ending that.

use domain::{identity::SessionRow, page::Page};
use leptos::prelude::*;

use super::words::device;
use crate::{
    outcome::FormState,
    ui::{
        Badge, Button, ButtonLook, Card, Column, Done, DoneNotice, Form, FormLook, FormNotice, Table,
        TimeStamp, Tone,
    },
    visitor::use_lang,
};

const DONE: &[Done] = &[("session", "Sesi diakhiri.", "Session ended.")];

#[component]
pub(super) fn SessionsCard(sessions: Page<SessionRow>) -> impl IntoView {
    let lang = use_lang();
    let columns = vec![
        Column::text(lang.pick("Perangkat", "Device")),
        Column::text("IP"),
        Column::text(lang.pick("Masuk", "Signed in")),
        Column::text(lang.pick("Terakhir dipakai", "Last used")),
        Column::text(lang.pick("Aksi", "Actions")),
    ];
    let refused: Vec<_> = sessions
        .data
        .iter()
        .map(|session| view! { <FormNotice state=FormState::of(&action(session))/> })
        .collect();
    let rows = sessions.data.into_iter().map(|session| view! { <Row session=session/> }).collect_view();
    let everywhere = view! {
        <Form name="sign-out-everywhere" action="/account/sign-out-everywhere" look=FormLook::Inline>
            <Button look=ButtonLook::Danger>{lang.pick("Keluar di semua perangkat", "Sign out everywhere")}</Button>
        </Form>
    };
    view! {
        <Card title=lang.pick("Sesi", "Sessions") id="sessions" actions=Some(everywhere.into_any())>
            <DoneNotice words=DONE/>
            {refused}
            <Table caption=lang.pick("Sesi yang masuk ke akun ini", "Sessions signed in to this account") columns=columns>
                {rows}
            </Table>
        </Card>
    }
}

fn action(session: &SessionRow) -> String {
    format!("/account/sessions/{}/revoke", session.id)
}

#[component]
fn Row(session: SessionRow) -> impl IntoView {
    let lang = use_lang();
    let end = match session.current {
        true => view! { <Badge tone=Tone::Info>{lang.pick("Sesi ini", "This session")}</Badge> }.into_any(),
        false => view! {
            <Form
                name=format!("revoke-{}", session.id)
                action=format!("{}#sessions", action(&session))
                look=FormLook::Inline
            >
                <Button look=ButtonLook::Quiet>{lang.pick("Akhiri", "End")}</Button>
            </Form>
        }
        .into_any(),
    };
    view! {
        <tr>
            <th scope="row" title=session.user_agent.clone()>
                {device(lang, &session.user_agent)}
            </th>
            <td>
                <code>{session.ip}</code>
            </td>
            <td>
                <TimeStamp at=session.created_at/>
            </td>
            <td>
                <TimeStamp at=session.seen_at/>
            </td>
            <td class="actions">{end}</td>
        </tr>
    }
}
