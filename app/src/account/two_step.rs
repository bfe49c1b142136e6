//! Two-step verification: off, being set up, just turned on (recovery codes shown once), on.

use domain::identity::{RecoveryCodes, TotpEnrolment};
use leptos::prelude::*;

use crate::{
    identity::CurrentPasswordField,
    outcome::FormState,
    ui::{
        Badge, Button, ButtonLook, Card, CopyButton, Done, DoneNotice, Form, FormNotice, InputKind, Notice,
        TextField, Tone,
    },
    visitor::use_lang,
};

const ENROL: &str = "/account/totp/enrol";
const CONFIRM: &str = "/account/totp/confirm";
const DISABLE: &str = "/account/totp/disable";

const DONE: &[Done] = &[("totp_off", "Verifikasi dua langkah dimatikan.", "Two-step verification is off.")];

#[component]
pub(super) fn TwoStepCard(enabled: bool) -> impl IntoView {
    let lang = use_lang();
    let enrolment = FormState::of(ENROL).answer::<TotpEnrolment>();
    let codes = FormState::of(CONFIRM).answer::<RecoveryCodes>();
    let badge = match enabled {
        true => view! { <Badge tone=Tone::Success>{lang.pick("Aktif", "On")}</Badge> }.into_any(),
        false => view! { <Badge>{lang.pick("Tidak aktif", "Off")}</Badge> }.into_any(),
    };
    let body = if let Some(codes) = codes {
        view! { <Codes codes=codes/> }.into_any()
    } else if let Some(enrolment) = enrolment {
        view! { <SetUp enrolment=Some(enrolment)/> }.into_any()
    } else if FormState::of(CONFIRM).problem().is_some() {
        view! { <SetUp enrolment=None/> }.into_any()
    } else if enabled {
        view! { <TurnOff/> }.into_any()
    } else {
        view! { <TurnOn/> }.into_any()
    };
    view! {
        <Card title=lang.pick("Verifikasi dua langkah", "Two-step verification") id="two-step" actions=Some(badge)>
            <DoneNotice words=DONE/>
            {body}
        </Card>
    }
}

#[component]
fn TurnOn() -> impl IntoView {
    let lang = use_lang();
    view! {
        <FormNotice state=FormState::of(ENROL)/>
        <p>
            {lang
                .pick(
                    "Selain kata sandi, masuk juga memerlukan kode enam angka dari aplikasi autentikator di ponsel Anda.",
                    "Besides the password, signing in then also takes a six-digit code of an authenticator app on your phone.",
                )}
        </p>
        <Form name="enrol-totp" action=format!("{ENROL}#two-step")>
            <div class="form-actions">
                <Button>{lang.pick("Siapkan verifikasi dua langkah", "Set up two-step verification")}</Button>
            </div>
        </Form>
    }
}

/// The secret to put into an authenticator, shown once, and the code that proves it is there. After
/// a wrong code the secret is not shown again: it is in the authenticator already, or a new one can
/// be asked for.
#[component]
fn SetUp(enrolment: Option<TotpEnrolment>) -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of(CONFIRM);
    let step_one = enrolment.map(|enrolment| {
        view! {
            <p>
                {lang
                    .pick(
                        "1. Pindai kode ini dengan aplikasi autentikator, atau ketik rahasianya. Rahasia hanya tampil sekali ini.",
                        "1. Scan this code with your authenticator app, or type the secret in. It is shown this once only.",
                    )}
            </p>
            <div class="qr" inner_html=enrolment.qr_svg></div>
            <div class="secret">
                <code id="totp-secret">{enrolment.secret}</code>
                <CopyButton selector="#totp-secret" what=lang.pick("rahasia", "secret")/>
            </div>
            <p>
                <a href=enrolment.otpauth_url>{lang.pick("Buka di aplikasi autentikator perangkat ini", "Open in this device's authenticator app")}</a>
            </p>
            <p>{lang.pick("2. Isi kode yang ditampilkan aplikasi itu.", "2. Enter the code the app shows.")}</p>
        }
    });
    view! {
        {step_one}
        <div class="narrow stack">
            <FormNotice state=state.clone() fields=&["code"]/>
            <Form name="confirm-totp" action=format!("{CONFIRM}#two-step")>
                <TextField
                    name="code"
                    id="totp-confirm-code"
                    label=lang.pick("Kode enam angka", "Six-digit code")
                    kind=InputKind::OneTimeCode
                    error=state.error("code")
                    required=true
                />
                <div class="form-actions">
                    <Button look=ButtonLook::Primary>{lang.pick("Aktifkan", "Turn on")}</Button>
                </div>
            </Form>
            <Form name="enrol-totp-again" action=format!("{ENROL}#two-step")>
                <Button look=ButtonLook::Quiet>{lang.pick("Mulai lagi dengan rahasia baru", "Start again with a new secret")}</Button>
            </Form>
        </div>
    }
}

#[component]
fn Codes(codes: RecoveryCodes) -> impl IntoView {
    let lang = use_lang();
    view! {
        <Notice tone=Tone::Success title=lang.pick("Verifikasi dua langkah aktif", "Two-step verification is on")>
            <p>
                {lang
                    .pick(
                        "Simpan kode pemulihan ini di tempat aman. Masing-masing dapat dipakai sekali bila ponsel hilang. Kode ini tidak akan ditampilkan lagi.",
                        "Keep these recovery codes somewhere safe. Each works once if your phone is lost. They will not be shown again.",
                    )}
            </p>
        </Notice>
        <div class="secret">
            <code id="recovery-codes" class="lines">{codes.recovery_codes.join("\n")}</code>
            <CopyButton selector="#recovery-codes" what=lang.pick("kode pemulihan", "recovery codes")/>
        </div>
        <p>
            <a href="/account#two-step">{lang.pick("Sudah saya simpan", "I have kept them")}</a>
        </p>
    }
}

#[component]
fn TurnOff() -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of(DISABLE);
    let refused = state.problem().is_some();
    view! {
        <p>
            {lang
                .pick(
                    "Setiap masuk memerlukan kode dari aplikasi autentikator atau satu kode pemulihan.",
                    "Every sign-in takes a code of your authenticator app, or one recovery code.",
                )}
        </p>
        <details class="fold" open=refused>
            <summary>{lang.pick("Matikan verifikasi dua langkah", "Turn off two-step verification")}</summary>
            <div class="narrow">
                <FormNotice state=state.clone() fields=&["password", "code"]/>
                <Form name="disable-totp" action=format!("{DISABLE}#two-step")>
                    <CurrentPasswordField state=state.clone() id="totp-disable-password"/>
                    <TextField
                        name="code"
                        id="totp-disable-code"
                        label=lang.pick("Kode verifikasi", "Verification code")
                        kind=InputKind::OneTimeCode
                        error=state.error("code")
                        required=true
                    />
                    <div class="form-actions">
                        <Button look=ButtonLook::Danger>{lang.pick("Matikan", "Turn off")}</Button>
                    </div>
                </Form>
            </div>
        </details>
    }
}
