//! The words of mails to riders. Indonesian first, English below it.

use domain::{identity::EmailAddress, return_to::ReturnTo};

use super::{
    Letter,
    letters::{leading_on, link, text},
};

/// To whoever signed up: is this your address?
#[must_use]
pub fn verify_email(
    to: &EmailAddress,
    name: &str,
    portal_url: &str,
    token: &str,
    return_to: &ReturnTo,
) -> Letter {
    let link = leading_on(link(portal_url, "rider/confirm-email", token), return_to);
    Letter::new(
        to,
        &text("Konfirmasi email akun penumpang Anda", [
            format!("Halo {name},"),
            "Alamat ini didaftarkan untuk akun penumpang KRL Commuter Line. Buka tautan ini untuk mengonfirmasinya; tautan berlaku 24 jam:".to_owned(),
            link.clone(),
            "Bila bukan Anda yang mendaftar, abaikan email ini: tanpa konfirmasi tidak ada akun yang dibuka.".to_owned(),
        ]),
        &text("Confirm the e-mail of your rider's account", [
            format!("Hello {name},"),
            "This address was signed up for a rider's account of KRL Commuter Line. Open this link to confirm it; it works for 24 hours:".to_owned(),
            link,
            "If it was not you, ignore this mail: without confirmation no account is opened.".to_owned(),
        ]),
    )
}

/// To a rider whose address was signed up once more.
#[must_use]
pub fn signed_up_again(to: &EmailAddress, name: &str, portal_url: &str, return_to: &ReturnTo) -> Letter {
    let sign_in = leading_on(format!("{portal_url}/rider/sign-in"), return_to);
    let forgot = leading_on(format!("{portal_url}/rider/forgot-password"), return_to);
    Letter::new(
        to,
        &text("Anda sudah punya akun penumpang", [
            format!("Halo {name},"),
            "Seseorang, mungkin Anda, mendaftar akun penumpang KRL Commuter Line dengan alamat ini. Alamat ini sudah punya akun, jadi tidak ada yang berubah.".to_owned(),
            format!("Masuk: {sign_in}"),
            format!("Belum punya atau lupa kata sandi: {forgot}"),
        ]),
        &text("You have a rider's account already", [
            format!("Hello {name},"),
            "Somebody, perhaps you, signed up for a rider's account of KRL Commuter Line with this address. It has an account already, so nothing has changed.".to_owned(),
            format!("Sign in: {sign_in}"),
            format!("No password yet, or forgotten: {forgot}"),
        ]),
    )
}

#[must_use]
pub fn reset_password(
    to: &EmailAddress,
    name: &str,
    portal_url: &str,
    token: &str,
    return_to: &ReturnTo,
) -> Letter {
    let link = leading_on(link(portal_url, "rider/reset-password", token), return_to);
    Letter::new(
        to,
        &text(
            "Pilih kata sandi akun penumpang Anda",
            [
                format!("Halo {name},"),
                "Buka tautan ini untuk memilih kata sandi baru; tautan berlaku satu jam dan hanya sekali:"
                    .to_owned(),
                link.clone(),
                "Bila bukan Anda yang meminta, abaikan email ini: tidak ada yang berubah.".to_owned(),
            ],
        ),
        &text(
            "Choose the password of your rider's account",
            [
                format!("Hello {name},"),
                "Open this link to choose a new password; it works for one hour, once:".to_owned(),
                link,
                "If you did not ask for it, ignore this mail: nothing has changed.".to_owned(),
            ],
        ),
    )
}

#[must_use]
pub fn password_changed(to: &EmailAddress, name: &str, portal_url: &str) -> Letter {
    Letter::new(
        to,
        &text("Kata sandi akun penumpang Anda diganti", [
            format!("Halo {name},"),
            "Kata sandi akun penumpang Anda baru saja diganti dan semua sesi lain diakhiri.".to_owned(),
            format!("Bila bukan Anda, segera atur ulang: {portal_url}/rider/forgot-password"),
        ]),
        &text("The password of your rider's account was changed", [
            format!("Hello {name},"),
            "The password of your rider's account was changed just now, and all other sessions were ended.".to_owned(),
            format!("If it was not you, reset it at once: {portal_url}/rider/forgot-password"),
        ]),
    )
}

/// The account is deleted: the last mail to this address.
#[must_use]
pub fn account_deleted(to: &EmailAddress, name: &str) -> Letter {
    Letter::new(
        to,
        &text("Akun penumpang Anda dihapus", [
            format!("Halo {name},"),
            "Akun penumpang Anda sudah dihapus: nama, email, dan nomor HP tidak disimpan lagi, kartu dilepas, dan semua izin aplikasi dicabut. Catatan perjalanan dan transaksi tetap ada tanpa nama, karena pembukuan wajib disimpan.".to_owned(),
            "Ini email terakhir ke alamat ini.".to_owned(),
        ]),
        &text("Your rider's account was deleted", [
            format!("Hello {name},"),
            "Your rider's account is deleted: name, e-mail and telephone number are no longer kept, cards are unlinked, and all applications have lost their access. Records of journeys and payments stay without a name, because the books must be kept.".to_owned(),
            "This is the last mail to this address.".to_owned(),
        ]),
    )
}
