//! HMAC-SHA256 (RFC 2104), made and checked.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

fn over(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac
}

/// Over the parts, one after another without anything between.
pub fn sign(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    over(key, parts).finalize().into_bytes().into()
}

/// Whether `signature` is the one over the parts, in a time that does not tell where they differ.
pub fn is_signed(key: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
    over(key, parts).verify_slice(signature).is_ok()
}

/// Whether one of `signatures` is the one over the parts, which are gone through once for all of them.
pub fn is_signed_by_one(key: &[u8], parts: &[&[u8]], signatures: &[[u8; 32]]) -> bool {
    let mac = over(key, parts);
    signatures.iter().fold(false, |found, signature| found | mac.clone().verify_slice(signature).is_ok())
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    #[test]
    fn signs_as_rfc_4231_test_case_2_however_the_text_is_cut() {
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let whole: &[u8] = b"what do ya want for nothing?";
        for parts in [vec![whole], vec![&whole[..4], b"", &whole[4..]]] {
            let signature = sign(b"Jefe", &parts);
            assert_eq!(HEXLOWER.encode(&signature), expected);
            assert!(is_signed(b"Jefe", &parts, &signature));
            assert!(!is_signed(b"jefe", &parts, &signature));
            assert!(!is_signed(b"Jefe", &parts, &signature[..31]));
            assert!(is_signed_by_one(b"Jefe", &parts, &[[0; 32], signature, [1; 32]]));
            assert!(!is_signed_by_one(b"Jefe", &parts, &[[0; 32], [1; 32]]));
        }
    }
}
