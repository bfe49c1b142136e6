//! Secrets that have to be used again: sealed at rest under the installation's master key.
//!
//! What can be kept as a hash is kept as a hash; this is for the rest (authenticator secrets, mails
//! that wait, signing secrets). The key lies in `<data_dir>/master.key`, made at the first start,
//! readable by the server's user alone, and never in a database: a stolen dump opens nothing. Nodes
//! that share a database share the key file.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    path::{Path, PathBuf},
};

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::random::Random;

const NONCE_BYTES: usize = 12;
const KEY_BYTES: usize = 32;

/// Seals and opens. Silent in `Debug`.
pub struct Vault {
    cipher: Aes256Gcm,
    /// What other keys are derived from.
    key: [u8; KEY_BYTES],
    random: Random,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

/// Why the master key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("the master key {path} cannot be read or made")]
    File {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
    #[error("{path} does not hold 64 hexadecimal digits; restore the master key from its backup")]
    Malformed { path: PathBuf },
}

/// What was sealed does not open: another key, another purpose, or altered bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open under this master key")]
pub struct Unopenable;

impl Vault {
    /// Reads the master key, or makes one if there is none.
    ///
    /// # Errors
    /// When the file can't be read or written, or holds something else.
    pub fn open(data_dir: &Path, random: &Random) -> Result<Self, VaultError> {
        let path = data_dir.join("master.key");
        let failed = |cause| VaultError::File { path: path.clone(), cause };
        let key = match read(&path) {
            Ok(text) => decode(&text).ok_or_else(|| VaultError::Malformed { path: path.clone() })?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let key = random.bytes();
                std::fs::create_dir_all(data_dir).map_err(failed)?;
                write(&path, &key).map_err(failed)?;
                key
            }
            Err(error) => return Err(failed(error)),
        };
        Ok(Self { cipher: Aes256Gcm::new(&key.into()), key, random: random.clone() })
    }

    /// A key for one purpose: the same for as long as the master key is.
    #[must_use]
    pub fn derived_key(&self, purpose: &str) -> [u8; 32] {
        let mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.chain_update(b"derived key\0").chain_update(purpose).finalize().into_bytes().into()
    }

    /// Seals `secret`; `purpose` (with the row it belongs to) is needed again to open it.
    #[must_use]
    pub fn seal(&self, purpose: &str, secret: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = self.random.bytes();
        let payload = Payload { msg: secret, aad: purpose.as_bytes() };
        let sealed = self
            .cipher
            .encrypt(&nonce.into(), payload)
            .expect("AES-GCM refuses only texts of more than 64 GiB");
        [&nonce[..], &sealed].concat()
    }

    /// Opens what [`Self::seal`] made for the same `purpose`.
    ///
    /// # Errors
    /// [`Unopenable`].
    pub fn open_sealed(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, Unopenable> {
        let (nonce, msg) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(Unopenable)?;
        self.cipher
            .decrypt(&(*nonce).into(), Payload { msg, aad: purpose.as_bytes() })
            .map_err(|_| Unopenable)
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(1024).read_to_string(&mut text)?;
    Ok(text)
}

fn decode(text: &str) -> Option<[u8; KEY_BYTES]> {
    HEX.decode(text.trim().as_bytes()).ok()?.try_into().ok()
}

/// Complete or not there: a crash while writing must not leave half a key behind.
fn write(path: &Path, key: &[u8; KEY_BYTES]) -> std::io::Result<()> {
    let draft = path.with_extension("key.new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    writeln!(file, "{}", HEX.encode(key))?;
    file.sync_all()?;
    std::fs::rename(&draft, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(folder: &tempfile::TempDir) -> Vault {
        Vault::open(folder.path(), &Random::from_seed([1; 32])).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_after_a_restart_for_the_same_purpose_only() {
        let folder = tempfile::tempdir().unwrap();
        let sealed = vault(&folder).seal("totp:usr_1", b"secret");
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        let again = vault(&folder);
        assert_eq!(again.open_sealed("totp:usr_1", &sealed).as_deref(), Ok(&b"secret"[..]));
        assert_eq!(again.open_sealed("totp:usr_2", &sealed), Err(Unopenable));
        let mut altered = sealed.clone();
        altered[20] ^= 1;
        assert_eq!(again.open_sealed("totp:usr_1", &altered), Err(Unopenable));
        assert_eq!(again.open_sealed("totp:usr_1", b"short"), Err(Unopenable));
    }

    #[test]
    fn a_derived_key_is_the_installations_and_the_purposes_own() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = vault(&folder).derived_key("a");
        assert_eq!(key, vault(&folder).derived_key("a"));
        assert_ne!(key, vault(&folder).derived_key("b"));
        let stranger = Vault::open(other.path(), &Random::from_seed([2; 32])).unwrap();
        assert_ne!(key, stranger.derived_key("a"));
    }

    #[test]
    fn another_installations_key_opens_nothing() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let sealed = vault(&one).seal("x", b"secret");
        let stranger = Vault::open(other.path(), &Random::from_seed([2; 32])).unwrap();
        assert_eq!(stranger.open_sealed("x", &sealed), Err(Unopenable));
    }

    #[cfg(unix)]
    #[test]
    fn the_key_file_is_for_the_servers_user_alone_and_damage_is_told() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        drop(vault(&folder));
        let path = folder.path().join("master.key");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "not a key").unwrap();
        let opened = Vault::open(folder.path(), &Random::from_seed([1; 32]));
        assert!(matches!(opened, Err(VaultError::Malformed { .. })));
    }
}
