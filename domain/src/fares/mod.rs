//! Fares: dated tariffs, and what one journey costs under them.
//!
//! Owns the tariffs of `data/tariffs.json` and the pure arithmetic from distance to rupiah. Does
//! not own what a rider has paid so far: a quote is for a rider whose day, week and month begin
//! with this journey.
//!
//! **How a fare comes about**, in this order and all of it in whole rupiah:
//! 1. *Bands*: the shortest way along the track, in exact metres, runs through the tariff's bands;
//!    a started step counts whole, and a distance that ends exactly on a step does not start the
//!    next one.
//! 2. *Discount*: the rider's percentage off, rounded down to a whole rupiah, so never less is
//!    taken off than promised.
//! 3. *Caps*: no rider pays more than the daily, weekly and monthly caps, so a single journey never
//!    costs more than the smallest of them. A quote says what would be charged at the gate; an
//!    amount that can never be charged would be of no use to the caller. With `explain` the steps
//!    show the price before the cap too.
//!
//! **Which tariff**: the one that came into force last on the day asked for; a tariff asked for by
//! id is used whatever the day.

mod explain;
mod quote;
mod tariff;
#[cfg(test)]
mod tests;
mod words;

pub use self::explain::{BandStep, CapStep, DiscountStep, Explanation, SameStationStep};
pub use self::quote::{Discount, FareError, Quote, QuoteRequest, TariffRef, quote};
pub use self::tariff::{
    Band, DiscountRule, FareCap, IncompleteCharge, IncompleteRule, SameStationRule, Tariff,
    TariffChoiceError, TariffError, Tariffs,
};
pub use self::words::{CapPeriod, Currency, NotOneOf, PaymentMethod, UserType};
