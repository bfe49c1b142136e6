//! Deleting an account: said before what goes, what stays and why.

use domain::{money::Rupiah, riders::RiderRow};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    identity::CurrentPasswordField,
    outcome::FormState,
    ui::{Button, ButtonLook, Card, Form, FormNotice, LinkButton, Notice, PageHead, Tone, fmt},
    visitor::use_lang,
};

const DELETE: &str = "/account/delete";

#[component]
pub(super) fn DeleteCard(rider: RiderRow) -> impl IntoView {
    let lang = use_lang();
    let state = FormState::of(DELETE);
    view! {
        <Card title=lang.pick("Hapus akun saya", "Delete my account") id="delete">
            <div class="prose">
                <p>{lang.pick("Yang hilang, seketika dan untuk selamanya:", "What goes, at once and for good:")}</p>
                <ul>
                    <li>{lang.pick("nama, email, nomor telepon, dan kata sandi Anda", "your name, e-mail address, telephone number and password")}</li>
                    <li>{lang.pick("semua sesi dan semua izin aplikasi; webhook tentang Anda berhenti", "all sessions and all that applications were allowed; webhooks about you stop")}</li>
                    <li>{lang.pick("hubungan kartu dan ponsel dengan Anda: tap berikutnya bukan milik siapa-siapa", "the link of cards and phones to you: their next taps are nobody's")}</li>
                </ul>
                <p>{lang.pick("Yang tetap disimpan, tanpa nama:", "What is kept, without a name:")}</p>
                <ul>
                    <li>
                        {lang
                            .pick(
                                "tap, perjalanan (dengan jenis tarif yang dipakai: umum, pelajar, atau disabilitas), temuan pemeriksaan, dan transaksi, karena pembukuan perusahaan wajib disimpan dan dapat diperiksa",
                                "taps, journeys (with the kind of fare they were charged by: adult, student or disability), what checks found, and movements of money, because a company's books must be kept and open to audit",
                            )}
                    </li>
                    <li>
                        {lang
                            .pick(
                                "catatan izin dan siapa membaca apa, sebagai bukti bila ada penyalahgunaan",
                                "the record of what was allowed and of who read what, as evidence in case of abuse",
                            )}
                    </li>
                    <li>
                        {lang
                            .pick(
                                "catatan bahwa petugas mengubah akun ini dan kapan, tanpa nama, kartu, atau jenis Anda",
                                "the record that staff changed this account and when, without your name, your card or your kind",
                            )}
                    </li>
                </ul>
                <p>
                    {lang
                        .pick(
                            "Semua itu hanya terikat pada nomor acak, dan kartu di dalamnya diganti nomor acak juga: kartu yang dipakai lagi, atau dihubungkan ke akun lain, tidak menunjuk ke sini. Unduh data Anda dulu bila ingin menyimpannya.",
                            "All of it hangs on a random number only, and the cards in it are replaced by random numbers too: a card that is used again, or linked to another account, does not lead here. Download your data first if you want to keep it.",
                        )}
                </p>
            </div>
            {obstacle(&rider)}
            <div class="narrow">
                <FormNotice state=state.clone() fields=&["password"]/>
                <Form name="delete-account" action=format!("{DELETE}#delete")>
                    <CurrentPasswordField state=state id="delete-password"/>
                    <div class="form-actions">
                        <Button look=ButtonLook::Danger>
                            {lang.pick("Hapus akun saya untuk selamanya", "Delete my account for good")}
                        </Button>
                    </div>
                </Form>
            </div>
        </Card>
    }
}

/// Why it would be refused now.
fn obstacle(rider: &RiderRow) -> impl IntoView + use<> {
    let lang = use_lang();
    let says = if rider.due > Rupiah::ZERO {
        let due = fmt::rupiah(lang, rider.due);
        lang.pick(
            format!("Masih ada tunggakan {due}. Isi saldo sebesar itu dulu."),
            format!("{due} are still due. Top up that much first."),
        )
    } else if rider.balance > Rupiah::ZERO {
        let balance = fmt::rupiah(lang, rider.balance);
        lang.pick(
            format!("Saldo Anda masih {balance}. Pakai atau minta dikembalikan di loket stasiun dulu, supaya tidak hangus."),
            format!("Your wallet still holds {balance}. Spend it or have it paid out at a station's counter first, so that it is not lost."),
        )
    } else {
        return None;
    };
    let title = lang.pick("Belum dapat dihapus", "Can't be deleted yet");
    Some(view! { <Notice tone=Tone::Warning title=title><p>{says}</p></Notice> })
}

/// After it.
#[component]
pub fn RiderDeletedPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Akun dihapus", "Account deleted");
    view! {
        <Title text=title/>
        <PageHead title=title/>
        <div class="prose">
            <p>
                {lang
                    .pick(
                        "Nama, email, nomor telepon, dan kata sandi Anda sudah dihapus, kartu dilepas, dan semua izin aplikasi dicabut. Terima kasih sudah bepergian bersama kami.",
                        "Your name, e-mail address, telephone number and password are deleted, cards are unlinked, and all that applications were allowed is withdrawn. Thank you for travelling with us.",
                    )}
            </p>
            <p>
                <LinkButton href="/">{lang.pick("Ke halaman utama", "To the front page")}</LinkButton>
            </p>
        </div>
    }
}
