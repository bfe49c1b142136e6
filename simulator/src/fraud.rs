//! Tricks on request, one of each rule that the server looks for (`domain::journeys`), for about one
//! rider in five hundred, at least one.

use crate::{chance::Chance, day::Draft, population::Population};

const ONE_IN: u64 = 500;

/// Adds the taps of cheats, beside those of the riders whose media they use.
pub(crate) fn add(population: &Population, day: i64, drafts: &mut Vec<Draft>) {
    let honest: Vec<Draft> = drafts.iter().copied().filter(|draft| !draft.out).collect();
    let mut chance = Chance::of(&[population.seed, 4, day.unsigned_abs()]);
    let cheats = honest.len() as u64 / ONE_IN + 4;
    for kind in (0..4).cycle().take(usize::try_from(cheats).unwrap_or(4)) {
        let place = usize::try_from(chance.below(honest.len() as u64)).unwrap_or(0);
        let Some(&victim) = honest.get(place) else { return };
        match kind {
            0 => cloned(population, victim, &mut chance, drafts),
            1 => drafts.push(Draft { at_ms: victim.at_ms + chance.between(30_000, 200_000), ..victim }),
            2 => impossible(population, victim, &mut chance, drafts),
            _ => hurried(victim, drafts),
        }
    }
}

/// A second card, far away, at the same moment.
fn cloned(population: &Population, victim: Draft, chance: &mut Chance, drafts: &mut Vec<Draft>) {
    let place = far_from(population, victim.place);
    let at_ms = victim.at_ms + chance.between(2_000, 50_000);
    drafts.push(Draft { at_ms, place, ..victim });
}

/// Far away, minutes later.
fn impossible(population: &Population, victim: Draft, chance: &mut Chance, drafts: &mut Vec<Draft>) {
    let place = far_from(population, victim.place);
    let at_ms = victim.at_ms + chance.between(120_000, 240_000);
    drafts.push(Draft { at_ms, place, out: true, ..victim });
}

/// In and out, again and again.
fn hurried(victim: Draft, drafts: &mut Vec<Draft>) {
    let taps =
        (1..10).map(|step| Draft { at_ms: victim.at_ms + step * 70_000, out: step % 2 == 1, ..victim });
    drafts.extend(taps);
}

fn far_from(population: &Population, place: u16) -> u16 {
    let places = 0..population.demand.places.len();
    let far = places.max_by_key(|&other| population.demand.distance_m(usize::from(place), other));
    far.and_then(|far| u16::try_from(far).ok()).unwrap_or(place)
}
