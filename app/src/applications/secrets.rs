//! Client secrets: shown once, replaced with an overlap, ended.

use domain::{
    applications::{ApplicationView, ClientSecret},
    keys::Overlap,
};
use leptos::prelude::*;

use crate::{
    outcome::FormState,
    ui::{
        Button, ButtonLook, Card, Choice, Column, CopyButton, Form, FormLook, FormNotice, Notice,
        SelectField, Table, TimeStamp, Tone,
    },
    visitor::use_lang,
};

/// Path that rotates; its answer carries the new secret.
pub(super) fn rotate_action(application: &ApplicationView) -> String {
    format!("/applications/{}/secret/rotate", application.id)
}

#[component]
pub(super) fn SecretOnce(secret: ClientSecret) -> impl IntoView {
    let lang = use_lang();
    view! {
        <Card title=lang.pick("Client secret baru", "New client secret") id="new-secret">
            <Notice tone=Tone::Success>
                <p>
                    {lang
                        .pick(
                            "Salin sekarang: client secret tidak akan ditampilkan lagi. Simpan di secret manager server Anda.",
                            "Copy it now: the client secret will not be shown again. Keep it in your server's secret manager.",
                        )}
                </p>
            </Notice>
            <div class="secret">
                <code id="client-secret">{secret.expose().to_owned()}</code>
                <CopyButton selector="#client-secret" what="client secret"/>
            </div>
        </Card>
    }
}

#[component]
pub(super) fn Secrets(application: ApplicationView, may_write: bool) -> impl IntoView {
    let lang = use_lang();
    let mut columns = vec![
        Column::text("Secret"),
        Column::text(lang.pick("Dibuat", "Created")),
        Column::text(lang.pick("Berlaku sampai", "Valid until")),
    ];
    if may_write {
        columns.push(Column::actions(lang.pick("Aksi", "Actions")));
    }
    let id = application.id.clone();
    let rows = application
        .secrets
        .iter()
        .map(|secret| {
            let end = format!("/applications/{id}/secrets/{}/end", secret.number);
            let until = match secret.valid_until {
                Some(at) => view! { <TimeStamp at=at exact=true/> }.into_any(),
                None => view! { <span>{lang.pick("sekarang dipakai", "current")}</span> }.into_any(),
            };
            let action = may_write.then(|| {
                view! {
                    <td class="actions">
                        {secret
                            .valid_until
                            .map(|_| {
                                view! {
                                    <Form name=format!("end-secret-{}", secret.number) action=end look=FormLook::Inline>
                                        <Button look=ButtonLook::Quiet>{lang.pick("Akhiri", "End")}</Button>
                                    </Form>
                                }
                            })}
                    </td>
                }
            });
            view! {
                <tr>
                    <th scope="row">
                        <code>{format!("nfcg_cs_…{}", secret.last4)}</code>
                    </th>
                    <td>
                        <TimeStamp at=secret.created_at/>
                    </td>
                    <td>{until}</td>
                    {action}
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card title="Client secret" id="secrets">
            <Table caption="Client secret" columns=columns>
                {rows}
            </Table>
            {may_write.then(|| view! { <Rotate application=application/> })}
        </Card>
    }
}

#[component]
fn Rotate(application: ApplicationView) -> impl IntoView {
    let lang = use_lang();
    let path = rotate_action(&application);
    let state = FormState::of(&path);
    let open = state.problem().is_some();
    let hours = |hours: u16| {
        Choice::new(hours.to_string(), lang.pick(format!("{hours} jam"), format!("{hours} hours")))
    };
    let days = |days: u16| {
        Choice::new((days * 24).to_string(), lang.pick(format!("{days} hari"), format!("{days} days")))
    };
    let choices = vec![
        Choice::new("0", lang.pick("Langsung dimatikan", "Ends at once")),
        hours(1),
        hours(24),
        days(3),
        days(Overlap::HOURS_MAX / 24),
    ];
    let chosen = state.chosen("overlap_hours:int", &choices, "24");
    view! {
        <details class="fold" open=open>
            <summary>{lang.pick("Ganti dengan secret baru (rotate)", "Replace by a new secret (rotate)")}</summary>
            <div class="narrow stack">
                <FormNotice state=state.clone() fields=&["overlap_hours:int"]/>
                <Form name="rotate-secret" action=path>
                    <SelectField
                        name="overlap_hours:int"
                        id="rotate-overlap"
                        label=lang.pick("Secret lama masih berlaku", "The old secret still works for")
                        choices=choices
                        value=chosen
                        error=state.error("overlap_hours:int")
                    />
                    <div class="form-actions">
                        <Button>{lang.pick("Buat secret pengganti", "Create the replacement")}</Button>
                    </div>
                </Form>
            </div>
        </details>
    }
}
