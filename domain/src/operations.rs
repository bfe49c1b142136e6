//! The operations of the public API: one list for routing checks, metering, limits and pages.

use crate::tiers::Tier;

/// What a caller must show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing; a key that is sent all the same is checked and counted.
    Open,
    /// An API key.
    Key,
    /// A test key: it acts on the partner's test network, which live keys do not have.
    TestKey,
    /// A bearer token with this scope.
    Scope(&'static str),
}

macro_rules! operations {
    ($($(#[$doc:meta])* $variant:ident = $id:literal, $method:literal, $path:literal, $access:expr, $tier:expr;)*) => {
        /// One operation of the public API, whether or not this version serves it yet: the OpenAPI
        /// document tells that.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Operation { $($(#[$doc])* $variant,)* }

        impl Operation {
            /// All operations, in the order of the pages.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Operation id: in the OpenAPI document, in rollups, in logs.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            #[must_use]
            pub const fn method(self) -> &'static str {
                match self { $(Self::$variant => $method,)* }
            }

            /// Path below [`BASE`], with `{name}` for its parameters.
            #[must_use]
            pub const fn path(self) -> &'static str {
                match self { $(Self::$variant => $path,)* }
            }

            #[must_use]
            pub const fn access(self) -> Access {
                match self { $(Self::$variant => $access,)* }
            }

            /// The smallest tier whose partners may call it.
            #[must_use]
            pub const fn tier_min(self) -> Tier {
                match self { $(Self::$variant => $tier,)* }
            }
        }
    };
}

/// Where the public API begins.
pub const BASE: &str = "/open-api/v1";

operations! {
    ListStations = "list_stations", "GET", "/stations", Access::Open, Tier::Free;
    GetStation = "get_station", "GET", "/stations/{id}", Access::Open, Tier::Free;
    CalculateFare = "calculate_fare", "GET", "/fare/calculate", Access::Key, Tier::Free;
    ListJourneys = "list_journeys", "GET", "/journeys", Access::Scope("journey:read"), Tier::Pro;
    GetTraffic = "get_traffic", "GET", "/stats/traffic", Access::Key, Tier::Pro;
    GetProfile = "get_profile", "GET", "/user/profile", Access::Scope("profile:read"), Tier::Pro;
    GetBalance = "get_balance", "GET", "/user/balance", Access::Scope("balance:read"), Tier::Pro;
    CreateWebhook = "create_webhook", "POST", "/webhooks", Access::Key, Tier::Pro;
    DeleteWebhook = "delete_webhook", "DELETE", "/webhooks/{id}", Access::Key, Tier::Pro;
    ListWebhooks = "list_webhooks", "GET", "/webhooks", Access::Key, Tier::Pro;
    GetWebhook = "get_webhook", "GET", "/webhooks/{id}", Access::Key, Tier::Pro;
    UpdateWebhook = "update_webhook", "PATCH", "/webhooks/{id}", Access::Key, Tier::Pro;
    RotateWebhookSecret = "rotate_webhook_secret", "POST", "/webhooks/{id}/rotate-secret", Access::Key, Tier::Pro;
    EndWebhookOverlap = "end_webhook_overlap", "POST", "/webhooks/{id}/end-overlap", Access::Key, Tier::Pro;
    TestWebhook = "test_webhook", "POST", "/webhooks/{id}/test", Access::Key, Tier::Pro;
    ListDeliveries = "list_deliveries", "GET", "/webhooks/{id}/deliveries", Access::Key, Tier::Pro;
    ReplayDeliveries = "replay_deliveries", "POST", "/webhooks/{id}/replay", Access::Key, Tier::Pro;
    GetDelivery = "get_delivery", "GET", "/deliveries/{id}", Access::Key, Tier::Pro;
    ReplayDelivery = "replay_delivery", "POST", "/deliveries/{id}/replay", Access::Key, Tier::Pro;
    ListEvents = "list_events", "GET", "/events", Access::Key, Tier::Pro;
    GetEventCatalogue = "get_event_catalogue", "GET", "/events/catalogue", Access::Open, Tier::Free;
    ListLines = "list_lines", "GET", "/lines", Access::Open, Tier::Free;
    GetLimits = "get_limits", "GET", "/limits", Access::Open, Tier::Free;
    SendTestTaps = "send_test_taps", "POST", "/sandbox/taps", Access::TestKey, Tier::Free;
    GetTestClock = "get_test_clock", "GET", "/sandbox/clock", Access::TestKey, Tier::Free;
    MoveTestClock = "move_test_clock", "POST", "/sandbox/clock", Access::TestKey, Tier::Free;
    ListTestRiders = "list_test_riders", "GET", "/sandbox/riders", Access::TestKey, Tier::Free;
    CreateTestRider = "create_test_rider", "POST", "/sandbox/riders", Access::TestKey, Tier::Free;
    GetTestRider = "get_test_rider", "GET", "/sandbox/riders/{id}", Access::TestKey, Tier::Free;
    LinkTestMedium = "link_test_medium", "POST", "/sandbox/riders/{id}/media", Access::TestKey, Tier::Free;
    TopUpTestRider = "top_up_test_rider", "POST", "/sandbox/riders/{id}/top-up", Access::TestKey, Tier::Free;
    SetTestUserType = "set_test_user_type", "POST", "/sandbox/riders/{id}/user-type", Access::TestKey, Tier::Free;
    ListTestJourneys = "list_test_journeys", "GET", "/sandbox/journeys", Access::TestKey, Tier::Free;
    ListTestTransfers = "list_test_transfers", "GET", "/sandbox/ledger", Access::TestKey, Tier::Free;
    ListTestEvents = "list_test_events", "GET", "/sandbox/events", Access::TestKey, Tier::Free;
    RunTestPeak = "run_test_peak", "POST", "/sandbox/peak", Access::TestKey, Tier::Free;
    GetTestPeak = "get_test_peak", "GET", "/sandbox/peak", Access::TestKey, Tier::Free;
    ResetSandbox = "reset_sandbox", "POST", "/sandbox/reset", Access::TestKey, Tier::Free;
}

impl Operation {
    /// The nine that the portal's reference lists, each with a page of its own.
    pub const REFERENCE: &'static [Self] = &[
        Self::ListStations,
        Self::GetStation,
        Self::CalculateFare,
        Self::ListJourneys,
        Self::GetTraffic,
        Self::GetProfile,
        Self::GetBalance,
        Self::CreateWebhook,
        Self::DeleteWebhook,
    ];

    /// The operation with this id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.id() == id)
    }

    /// The operation that a method and a path template (below [`BASE`]) name. HEAD counts as GET.
    #[must_use]
    pub fn find(method: &str, path: &str) -> Option<Self> {
        let method = if method == "HEAD" { "GET" } else { method };
        Self::ALL.iter().copied().find(|operation| operation.method() == method && operation.path() == path)
    }

    /// Name of its page: the id with dashes.
    #[must_use]
    pub fn slug(self) -> String {
        self.id().replace('_', "-")
    }

    /// Asking for one's own limits must not use them up.
    #[must_use]
    pub fn is_free_of_charge(self) -> bool {
        self == Self::GetLimits
    }
}
