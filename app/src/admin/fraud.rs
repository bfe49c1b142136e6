//! Fraud findings: which rule, how strong, and why, in sentences that can be checked by hand.

use domain::{
    journeys::{FraudRule, RecordedFinding},
    lang::Lang,
    page::Page,
};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    address::query,
    api,
    load::load,
    ui::{Badge, Column, DemoBadge, EmptyState, PageHead, Pagination, Table, TimeStamp, Tone},
    visitor::use_lang,
};

#[component]
pub fn AdminFraudPage() -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick("Temuan Fraud", "Fraud findings");
    let page: u64 = query("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    let list = api::get::<Page<RecordedFinding>>(format!("/portal-api/v1/admin/fraud?page={page}"));
    view! {
        <Title text=title/>
        <PageHead
            title=title
            lead=lang
                .pick(
                    "Petunjuk dari empat aturan tertulis. Tidak ada perjalanan yang ditolak karenanya.",
                    "Hints from four written rules. No journey is refused because of them.",
                )
            actions=Some(view! { <DemoBadge/> }.into_any())
        />
        <div class="stack">
            <Rules/>
            {load(list, |list| view! { <Findings list=list/> })}
        </div>
    }
}

fn rule_name(lang: Lang, rule: FraudRule) -> &'static str {
    match rule {
        FraudRule::ImpossibleTravel => lang.pick("Perjalanan mustahil", "Impossible travel"),
        FraudRule::ClonedMedia => lang.pick("Media digandakan", "Cloned medium"),
        FraudRule::PassBack => lang.pick("Kartu dioper", "Pass-back"),
        FraudRule::Velocity => lang.pick("Terlalu sering", "Velocity"),
    }
}

/// What the rules say and how they score: as in `domain::journeys`.
#[component]
fn Rules() -> impl IntoView {
    let lang = use_lang();
    let rules = [
        (
            FraudRule::ImpossibleTravel,
            lang.pick(
                "Dua tap berurutan di stasiun berbeda, lebih cepat dari 120 km/jam meskipun jam satu gate salah 120 detik. Skor 50 × kecepatan / 120, paling tinggi 100.",
                "Two taps in a row at different stations, faster than 120 km/h even if one gate's clock is 120 s wrong. Score 50 × speed / 120, at most 100.",
            ),
        ),
        (
            FraudRule::ClonedMedia,
            lang.pick(
                "Hal yang sama dalam selang 60 detik: skor 95. Atau dua perjalanan sekaligus dalam 2 jam: skor 80.",
                "The same within 60 seconds: score 95. Or two journeys at once within 2 hours: score 80.",
            ),
        ),
        (
            FraudRule::PassBack,
            lang.pick(
                "Dua kali masuk di satu stasiun dalam 5 menit tanpa keluar: skor 70; lewat gate yang sama, yang mungkin hanya percobaan kedua, 40.",
                "Two entries at one station within 5 minutes without leaving: score 70; by one and the same gate, which may be a second try, 40.",
            ),
        ),
        (
            FraudRule::Velocity,
            lang.pick(
                "8 tap dalam 15 menit: skor 60, ditambah 5 untuk setiap tap berikutnya, paling tinggi 100.",
                "8 taps within 15 minutes: score 60, and 5 more for each further tap, at most 100.",
            ),
        ),
    ];
    let rows = rules
        .map(|(rule, says)| {
            view! {
                <dt>{rule_name(lang, rule)}</dt>
                <dd>{says}</dd>
            }
        })
        .collect_view();
    view! {
        <details class="fold">
            <summary>{lang.pick("Aturan dan skor", "Rules and scores")}</summary>
            <dl class="facts">{rows}</dl>
        </details>
    }
}

#[component]
fn Findings(list: Page<RecordedFinding>) -> impl IntoView {
    let lang = use_lang();
    let instead = list.data.is_empty().then(|| {
        view! {
            <EmptyState title=lang.pick("Belum ada temuan.", "No findings yet.")>
                {lang
                    .pick(
                        "Temuan tampil di sini begitu tap melanggar salah satu aturan.",
                        "Findings are listed here as soon as taps break one of the rules.",
                    )}
            </EmptyState>
        }
        .into_any()
    });
    let columns = vec![
        Column::text(lang.pick("Waktu", "Time")),
        Column::text(lang.pick("Aturan", "Rule")),
        Column::number(lang.pick("Skor", "Score")),
        Column::text(lang.pick("Penjelasan", "Explanation")),
        Column::text(lang.pick("Di mana", "Where")),
    ];
    let rows = list.data.into_iter().map(|finding| view! { <Row finding=finding/> }).collect_view();
    view! {
        <Table caption=lang.pick("Temuan fraud", "Fraud findings") columns=columns instead=instead>
            {rows}
        </Table>
        <Pagination meta=list.meta href="/admin/fraud"/>
    }
}

#[component]
fn Row(finding: RecordedFinding) -> impl IntoView {
    let lang = use_lang();
    let tone = match finding.score {
        _ if finding.withdrawn_at.is_some() => Tone::Neutral,
        80.. => Tone::Danger,
        60.. => Tone::Warning,
        _ => Tone::Info,
    };
    let reasons =
        finding.reasons.iter().map(|reason| view! { <p>{reason.sentence(lang)}</p> }).collect_view();
    let taps = finding.taps.iter().map(|tap| format!("{} #{}", tap.gate_id, tap.sequence));
    let taps = taps.collect::<Vec<_>>().join(", ");
    let withdrawn = finding.withdrawn_at.map(|at| {
        view! {
            <p class="muted">
                {lang.pick("Dicabut oleh tap yang datang terlambat, ", "Taken back by a tap that came late, ")}
                <TimeStamp at=at exact=true/>
            </p>
        }
    });
    view! {
        <tr>
            <td>
                <TimeStamp at=finding.occurred_at exact=true/>
            </td>
            <td>
                <Badge tone=tone>{rule_name(lang, finding.rule)}</Badge>
            </td>
            <td class="num">{finding.score.to_string()}</td>
            <td class="says">
                {reasons}
                {withdrawn}
                <details class="small">
                    <summary>{format!("{} tap", finding.taps.len())}</summary>
                    {taps}
                </details>
            </td>
            <td>
                {finding.station.to_string()}
                <small>
                    <a href=format!("/admin/gates/{}", finding.gate_id)>{finding.gate_id.clone()}</a>
                </small>
                <small>{finding.media_id}</small>
                {(finding.payer.starts_with("rdr_")).then(|| view! { <small>{finding.payer}</small> })}
            </td>
        </tr>
    }
}
