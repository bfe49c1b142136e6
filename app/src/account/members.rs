//! The people of the organisation: inviting them, their roles, letting them go.

use domain::{ids::UserId, page::Page, partners::MemberView};
use leptos::prelude::*;

use super::words::{role_choices, role_name};
use crate::{
    address::query,
    outcome::FormState,
    ui::{
        Badge, Button, ButtonLook, Card, Column, Done, DoneNotice, Form, FormLook, FormNotice, InputKind,
        LinkButton, SelectField, Table, TextField, TimeStamp, Tone,
    },
    visitor::use_lang,
};

const INVITE: &str = "/account/members/invite";

const DONE: &[Done] = &[
    ("invited", "Undangan dikirim lewat email.", "The invitation is on its way by e-mail."),
    ("role", "Peran diubah.", "Role changed."),
    ("removed", "Anggota dikeluarkan; sesinya sudah berakhir.", "Member removed; their sessions are ended."),
];

#[component]
pub(super) fn MembersCard(members: Page<MemberView>, me: UserId, may_manage: bool) -> impl IntoView {
    let lang = use_lang();
    let mut columns = vec![
        Column::text(lang.pick("Nama", "Name")),
        Column::text(lang.pick("Peran", "Role")),
        Column::text(lang.pick("Dua langkah", "Two-step")),
        Column::text(lang.pick("Sejak", "Since")),
    ];
    if may_manage {
        columns.push(Column::text(lang.pick("Aksi", "Actions")));
    }
    // The member being changed is named in the address: it works without scripts and can be reloaded.
    let chosen = query("member");
    let chosen = members
        .data
        .iter()
        .find(|member| may_manage && chosen.as_deref() == Some(member.id.as_str()))
        .cloned();
    let rows = members
        .data
        .into_iter()
        .map(|member| {
            let is_me = member.id == me;
            view! { <Row member=member is_me=is_me may_manage=may_manage/> }
        })
        .collect_view();
    view! {
        <Card title=lang.pick("Anggota", "Members") id="members">
            <DoneNotice words=DONE/>
            {chosen.map(|member| view! { <Manage member=member/> })}
            {may_manage.then(|| view! { <InviteForm/> })}
            <Table caption=lang.pick("Anggota organisasi", "Members of the organisation") columns=columns>
                {rows}
            </Table>
        </Card>
    }
}

#[component]
fn Row(member: MemberView, is_me: bool, may_manage: bool) -> impl IntoView {
    let lang = use_lang();
    let actions = may_manage.then(|| {
        let label = format!("{} {}", lang.pick("Ubah", "Change"), member.name);
        let link = (!is_me).then(|| {
            view! {
                <a class="button button-quiet" href=format!("/account?member={}#members", member.id) aria-label=label>
                    {lang.pick("Ubah", "Change")}
                </a>
            }
        });
        view! { <td class="actions">{link}</td> }
    });
    view! {
        <tr>
            <th scope="row">
                {member.name} {is_me.then(|| lang.pick(" (Anda)", " (you)"))} <small>{member.email}</small>
            </th>
            <td>
                {role_name(lang, member.role)}
                {member.invited.then(|| view! { " " <Badge tone=Tone::Info>{lang.pick("Diundang", "Invited")}</Badge> })}
            </td>
            <td>
                {match member.totp_enabled {
                    true => lang.pick("Aktif", "On"),
                    false => lang.pick("Tidak aktif", "Off"),
                }}
            </td>
            <td>
                <TimeStamp at=member.created_at/>
            </td>
            {actions}
        </tr>
    }
}

/// Role and removal of one member. The forms carry the member in their query, so that the page that
/// comes back after a refusal still shows this.
#[component]
fn Manage(member: MemberView) -> impl IntoView {
    let lang = use_lang();
    let id = member.id;
    let address = |act: &str| format!("/account/members/{id}/{act}");
    let (role, remove) = (address("role"), address("remove"));
    let query = format!("?member={id}#members");
    view! {
        <div class="panel stack">
            <h3>{member.name}</h3>
            <FormNotice state=FormState::of(&role)/>
            <FormNotice state=FormState::of(&remove)/>
            <Form name="change-role" action=format!("{role}{query}") look=FormLook::Inline>
                <SelectField
                    name="role"
                    id="change-role-role"
                    label=lang.pick("Peran", "Role")
                    choices=role_choices(lang)
                    value=member.role.as_str()
                />
                <Button>{lang.pick("Simpan peran", "Save role")}</Button>
            </Form>
            <div class="cluster">
                <Form name="remove-member" action=format!("{remove}{query}") look=FormLook::Inline>
                    <Button look=ButtonLook::Danger>
                        {lang.pick("Keluarkan dari organisasi", "Remove from the organisation")}
                    </Button>
                </Form>
                <LinkButton href="/account#members" look=ButtonLook::Quiet>
                    {lang.pick("Batal", "Cancel")}
                </LinkButton>
            </div>
        </div>
    }
}

#[component]
fn InviteForm() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of(INVITE);
    let open = state.problem().is_some();
    let choices = role_choices(lang);
    let chosen = state.chosen("role", &choices, "developer");
    view! {
        <details class="fold" open=open>
            <summary>{lang.pick("Undang anggota", "Invite a member")}</summary>
            <FormNotice state=state.clone() fields=&["name", "email", "role"]/>
            <Form name="invite-member" action=format!("{INVITE}#members")>
                <div class="form-row">
                    <TextField
                        name="name"
                        id="invite-name"
                        label=lang.pick("Nama", "Name")
                        value=state.value("name")
                        error=state.error("name")
                        required=true
                    />
                    <TextField
                        name="email"
                        id="invite-email"
                        label="Email"
                        kind=InputKind::Email
                        value=state.value("email")
                        error=state.error("email")
                        required=true
                    />
                    <SelectField
                        name="role"
                        id="invite-role"
                        label=lang.pick("Peran", "Role")
                        choices=choices
                        value=chosen
                        error=state.error("role")
                    />
                </div>
                <div class="form-actions">
                    <Button>{lang.pick("Kirim undangan", "Send the invitation")}</Button>
                </div>
            </Form>
        </details>
    }
}
