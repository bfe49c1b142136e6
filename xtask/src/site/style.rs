//! Addresses inside the style sheet: the names people write, mapped to the hashed ones.

use anyhow::{Result, bail};

/// Replaces every `url(...)` that names a file of `public/` by its hashed name, relative to the
/// style sheet (both are served from the same folder). Data addresses and fragments stay.
///
/// # Errors
/// When an address names no file of the site: a style sheet must not ask other hosts for anything.
pub fn with_hashed_urls(css: &str, hashed: impl Fn(&str) -> Option<String>) -> Result<String> {
    let mut result = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(start) = rest.find("url(") {
        let (before, after) = rest.split_at(start + "url(".len());
        let Some(end) = after.find(')') else { break };
        let address = after[..end].trim().trim_matches(['"', '\'']);
        result.push_str(before);
        if address.starts_with("data:") || address.starts_with('#') {
            result.push_str(&after[..end]);
        } else {
            let name = address.trim_start_matches("../").trim_start_matches("./").trim_start_matches('/');
            let name = name.trim_start_matches("public/");
            let Some(file) = hashed(name) else {
                bail!(
                    "the style sheet names {address}, but there is no public/{name}; add the file or correct the address"
                );
            };
            result.push_str(&file);
        }
        rest = &after[end..];
    }
    result.push_str(rest);
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(css: &str, expected: &str) {
        let hashed = |name: &str| (name == "fonts/sans.woff2").then(|| "fonts/sans.0a1b.woff2".to_owned());
        assert_eq!(with_hashed_urls(css, hashed).unwrap(), expected);
    }

    #[test]
    fn addresses_of_public_files_become_hashed_ones() {
        check("@font-face{src:url(/fonts/sans.woff2)}", "@font-face{src:url(fonts/sans.0a1b.woff2)}");
        check("a{b:url(\"../public/fonts/sans.woff2\") c}", "a{b:url(fonts/sans.0a1b.woff2) c}");
    }

    #[test]
    fn data_addresses_stay() {
        check("a{b:url(data:image/svg+xml,%3Csvg%3E)}", "a{b:url(data:image/svg+xml,%3Csvg%3E)}");
    }

    #[test]
    fn an_address_outside_the_site_is_refused() {
        assert!(with_hashed_urls("a{b:url(https://example.org/x.png)}", |_| None).is_err());
    }
}
