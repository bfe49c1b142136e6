//! What the navigation offers: the pages of the portal, in the groups a reader looks for them in.

use domain::lang::Lang;

use crate::ui::Method;
use crate::visitor::{SessionKind, Visitor};

/// One operation of the public API with a page of its own at `/docs/endpoints/{slug}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    /// Operation id with dashes.
    pub slug: &'static str,
    pub method: Method,
    /// Path as called.
    pub path: &'static str,
    /// Name in Indonesian and English, short enough for one line of the navigation.
    pub id: &'static str,
    pub en: &'static str,
}

impl Endpoint {
    const fn new(
        slug: &'static str,
        method: Method,
        path: &'static str,
        id: &'static str,
        en: &'static str,
    ) -> Self {
        Self { slug, method, path, id, en }
    }

    /// Address of its page.
    #[must_use]
    pub fn href(self) -> String {
        format!("/docs/endpoints/{}", self.slug)
    }

    #[must_use]
    pub fn name(self, lang: Lang) -> &'static str {
        lang.pick(self.id, self.en)
    }
}

/// The nine operations, in the order of the reference.
pub const ENDPOINTS: [Endpoint; 9] = [
    Endpoint::new("list-stations", Method::Get, "/open-api/v1/stations", "Daftar stasiun", "List stations"),
    Endpoint::new(
        "get-station",
        Method::Get,
        "/open-api/v1/stations/{id}",
        "Detail stasiun",
        "Station details",
    ),
    Endpoint::new(
        "calculate-fare",
        Method::Get,
        "/open-api/v1/fare/calculate",
        "Hitung tarif",
        "Calculate fare",
    ),
    Endpoint::new(
        "list-journeys",
        Method::Get,
        "/open-api/v1/journeys",
        "Riwayat perjalanan",
        "Journey history",
    ),
    Endpoint::new(
        "get-traffic",
        Method::Get,
        "/open-api/v1/stats/traffic",
        "Traffic stasiun",
        "Station traffic",
    ),
    Endpoint::new("get-profile", Method::Get, "/open-api/v1/user/profile", "Profil user", "User profile"),
    Endpoint::new("get-balance", Method::Get, "/open-api/v1/user/balance", "Saldo wallet", "Wallet balance"),
    Endpoint::new(
        "create-webhook",
        Method::Post,
        "/open-api/v1/webhooks",
        "Daftarkan webhook",
        "Register webhook",
    ),
    Endpoint::new(
        "delete-webhook",
        Method::Delete,
        "/open-api/v1/webhooks/{id}",
        "Hapus webhook",
        "Delete webhook",
    ),
];

/// Pages that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// None for the home page, which stands alone on top.
    pub title: Option<&'static str>,
    pub links: Vec<Link>,
}

/// One row of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub href: String,
    pub label: &'static str,
    /// For operations: method and path.
    pub operation: Option<(Method, &'static str)>,
}

impl Link {
    fn page(href: &str, label: &'static str) -> Self {
        Self { href: href.to_owned(), label, operation: None }
    }

    /// Whether the page at `path` is this one, or lies under it.
    #[must_use]
    pub fn holds(&self, path: &str) -> bool {
        match path.strip_prefix(self.href.as_str()) {
            Some("") => true,
            Some(rest) => self.href != "/" && rest.starts_with('/'),
            None => false,
        }
    }
}

/// The groups this visitor may use.
#[must_use]
pub fn groups(visitor: &Visitor) -> Vec<Group> {
    let lang = visitor.lang;
    let endpoint = |endpoint: Endpoint| Link {
        href: endpoint.href(),
        label: endpoint.name(lang),
        operation: Some((endpoint.method, endpoint.path)),
    };
    let mut groups = vec![
        Group { title: None, links: vec![Link::page("/", lang.pick("Ringkasan", "Overview"))] },
        Group { title: Some("API Reference"), links: ENDPOINTS.into_iter().map(endpoint).collect() },
        Group {
            title: Some(lang.pick("Panduan", "Guides")),
            links: vec![
                Link::page("/docs/authentication", "Authentication"),
                Link::page("/docs/rate-limits", "Rate Limiting & Error Codes"),
                Link::page("/docs/webhooks", "Webhook"),
            ],
        },
    ];
    groups.push(Group {
        title: Some(lang.pick("Jaringan", "Network")),
        links: vec![
            Link::page("/map", lang.pick("Peta jalur", "Line map")),
            Link::page("/stations", lang.pick("Stasiun", "Stations")),
            Link::page("/traffic", "Traffic"),
        ],
    });
    match visitor.session.as_ref().map(|session| session.kind) {
        Some(SessionKind::Partner) => groups.push(Group {
            title: Some("Partner"),
            links: vec![
                Link::page("/keys", lang.pick("Kunci API", "API keys")),
                Link::page("/applications", lang.pick("Aplikasi OAuth", "OAuth applications")),
                Link::page("/usage", lang.pick("Penggunaan", "Usage")),
                Link::page("/webhooks", lang.pick("Endpoint webhook", "Webhook endpoints")),
                Link::page("/sandbox", "Sandbox"),
            ],
        }),
        Some(SessionKind::Admin) => groups.push(Group {
            title: Some("Admin"),
            links: vec![
                Link::page("/admin/partners", "Partner Management"),
                Link::page("/admin/applications", lang.pick("Aplikasi OAuth", "OAuth applications")),
                Link::page("/admin/usage", "Usage Statistics"),
                Link::page("/admin/gates", "Gate"),
                Link::page("/admin/riders", lang.pick("Penumpang", "Riders")),
                Link::page("/admin/events", lang.pick("Aliran Event", "Event stream")),
                Link::page("/admin/fraud", lang.pick("Temuan Fraud", "Fraud findings")),
            ],
        }),
        None => {}
    }
    if visitor.rider.is_some() {
        groups.push(Group {
            title: Some(lang.pick("Akun saya", "My account")),
            links: vec![
                Link::page(RIDER_HOME, lang.pick("Saldo & kartu", "Balance & cards")),
                Link::page("/account/journeys", lang.pick("Perjalanan saya", "My journeys")),
                Link::page("/account/apps", lang.pick("Aplikasi terhubung", "Connected applications")),
                Link::page("/account/access-log", lang.pick("Siapa membaca data saya", "Who read my data")),
                Link::page("/account/data", lang.pick("Data & keamanan", "Data & security")),
            ],
        });
    }
    groups
}

/// Where a rider's account begins. `/account` is a member's, where one is signed in too.
pub const RIDER_HOME: &str = "/account/rider";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_current_on_its_page_and_below_but_home_only_at_home() {
        let check = |href, path| Link::page(href, "").holds(path);
        assert!(check("/", "/") && check("/admin/partners", "/admin/partners/ptn_1"));
        assert!(!check("/", "/keys") && !check("/keys", "/keys-old") && !check("/keys", "/"));
    }
}
