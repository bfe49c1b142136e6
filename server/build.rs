//! Migrations are compiled in; a new one must rebuild the store.
fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
