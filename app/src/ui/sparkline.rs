//! A small line of the recent past, drawn by the server.

use leptos::prelude::*;

const WIDTH: u64 = 120;
const HEIGHT: u64 = 28;

/// Zero-based line through `values`, oldest first. `label` says in words what it shows; the exact
/// figures belong in a table near by.
#[component]
pub fn Sparkline(values: Vec<u64>, #[prop(into)] label: String) -> impl IntoView {
    view! {
        <svg class="sparkline" viewBox="0 0 120 32" preserveAspectRatio="none" role="img" aria-label=label>
            <polyline points=points(&values)></polyline>
        </svg>
    }
}

fn points(values: &[u64]) -> String {
    let max = values.iter().copied().max().unwrap_or(0).max(1);
    let steps = (values.len().saturating_sub(1) as u64).max(1);
    let place = |(index, &value): (usize, &u64)| {
        let x = index as u64 * WIDTH / steps;
        let height = u128::from(value) * u128::from(HEIGHT) / u128::from(max);
        let y = 2 + HEIGHT - u64::try_from(height).unwrap_or(HEIGHT);
        format!("{x},{y}")
    };
    values.iter().enumerate().map(place).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::points;

    #[test]
    fn the_line_starts_at_zero_and_fills_the_box() {
        assert_eq!(points(&[0, 5, 10]), "0,30 60,16 120,2");
        assert_eq!(points(&[0, 0]), "0,30 120,30");
        assert_eq!(points(&[u64::MAX, 0]), "0,2 120,30");
        assert_eq!(points(&[]), "");
    }
}
