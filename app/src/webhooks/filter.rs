//! Which deliveries the log shows: as the page's address says it, and as the API is asked.

use domain::{
    events::EventKind,
    keys::Environment,
    page::Page,
    time::from_jakarta,
    webhooks::{DeliveryStatus, EndpointView},
};
use leptos::prelude::*;

use super::words::{self, delivery_status, event_choices, short_url};
use crate::{
    address::query,
    ui::{Button, Choice, Hidden, InputKind, LinkButton, SelectField, TextField},
    visitor::use_lang,
};

/// As typed; times as people in Jakarta write them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    pub environment: Environment,
    pub endpoint: String,
    pub event: String,
    pub status: String,
    pub from: String,
    pub to: String,
    pub page: u64,
}

impl Filter {
    /// Of the page being rendered.
    pub fn of_page(fresh: Environment) -> Self {
        let text = |name| query(name).unwrap_or_default();
        Self {
            environment: query("environment").and_then(|name| name.parse().ok()).unwrap_or(fresh),
            endpoint: text("endpoint"),
            event: text("event"),
            status: text("status"),
            from: text("from"),
            to: text("to"),
            page: query("page").and_then(|page| page.parse().ok()).unwrap_or(1),
        }
    }

    /// Whether rows are left out for anything but environment and endpoint.
    pub fn is_narrow(&self) -> bool {
        [&self.event, &self.status, &self.from, &self.to].iter().any(|text| !text.is_empty())
    }

    /// Address of the log so narrowed down, without its page.
    pub fn href(&self) -> String {
        let query = [
            ("environment", self.environment.as_str()),
            ("endpoint", &self.endpoint),
            ("event", &self.event),
            ("status", &self.status),
            ("from", &self.from),
            ("to", &self.to),
        ];
        words::address("/webhooks/deliveries", &query)
    }

    /// What the API is asked. What is no time goes as it is: the API says so.
    pub fn call(&self, limit: u32) -> String {
        let at = |text: &str| from_jakarta(text).map_or_else(|| text.to_owned(), |at| at.to_string());
        let (from, to, page, limit) =
            (at(&self.from), at(&self.to), self.page.to_string(), limit.to_string());
        let query = [
            ("environment", self.environment.as_str()),
            ("endpoint_id", &self.endpoint),
            ("event", &self.event),
            ("status", &self.status),
            ("from", &from),
            ("to", &to),
            ("page", &page),
            ("limit", &limit),
        ];
        words::address(words::DELIVERIES_API, &query)
    }
}

#[component]
pub(super) fn FilterForm(filter: Filter, endpoints: Page<EndpointView>) -> impl IntoView {
    let lang = use_lang();
    let mut choices = vec![Choice::new("", lang.pick("Semua endpoint", "All endpoints"))];
    choices.extend(
        endpoints.data.iter().map(|endpoint| Choice::new(endpoint.id.to_string(), short_url(&endpoint.url))),
    );
    let mut states = vec![Choice::new("", lang.pick("Semua status", "All states"))];
    states.extend(
        DeliveryStatus::ALL
            .iter()
            .map(|&status| Choice::new(status.as_str(), delivery_status(lang, status).1)),
    );
    let event = filter.event.parse::<EventKind>().map(EventKind::as_str).unwrap_or_default();
    let clear = words::address("/webhooks/deliveries", &[("environment", filter.environment.as_str())]);
    let narrow = filter.is_narrow() || !filter.endpoint.is_empty();
    view! {
        <form class="filters" method="get" action="/webhooks/deliveries" role="search">
            <Hidden name="environment" value=filter.environment.as_str()/>
            <SelectField name="endpoint" label="Endpoint" choices=choices value=filter.endpoint/>
            <SelectField
                name="event"
                label="Event"
                choices=event_choices(lang.pick("Semua event", "All events"))
                value=event
            />
            <SelectField name="status" label="Status" choices=states value=filter.status/>
            <TextField name="from" label=lang.pick("Dari (WIB)", "From (WIB)") kind=InputKind::DateTime value=filter.from required=true/>
            <TextField name="to" label=lang.pick("Sebelum (WIB)", "Before (WIB)") kind=InputKind::DateTime value=filter.to required=true/>
            <Button>{lang.pick("Cari", "Search")}</Button>
            {narrow.then(|| view! { <LinkButton href=clear>{lang.pick("Hapus filter", "Clear")}</LinkButton> })}
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_log_are_those_of_jakarta() {
        let filter = Filter {
            environment: Environment::Test,
            event: "gate.offline".into(),
            from: "2026-03-08T15:41".into(),
            to: "besok".into(),
            endpoint: String::new(),
            status: String::new(),
            page: 2,
        };
        assert_eq!(
            filter.call(50),
            "/portal-api/v1/webhook-deliveries?environment=test&event=gate.offline&from=2026-03-08T08%3A41%3A00Z&to=besok&page=2&limit=50"
        );
        assert_eq!(
            filter.href(),
            "/webhooks/deliveries?environment=test&event=gate.offline&from=2026-03-08T15%3A41&to=besok"
        );
    }
}
