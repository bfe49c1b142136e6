//! What a reader of the log has before them, in a word: so that a stream can tell that it has changed.

/// Deliveries that the word is made of, the latest ones; a page of the log that renews itself shows
/// exactly as many.
pub const LOOKED_AT: u32 = 50;

/// A word for deliveries as they stand: id, state and attempts of each, newest first. Not a secret and
/// no proof; it only has to differ when they do.
#[must_use]
pub fn mark<'a>(deliveries: impl IntoIterator<Item = (&'a str, &'a str, u64)>) -> String {
    let mut hasher = crc32fast::Hasher::new();
    for (id, status, attempts) in deliveries {
        for part in [id, "\0", status, "\0"] {
            hasher.update(part.as_bytes());
        }
        hasher.update(&attempts.to_be_bytes());
    }
    format!("{:08x}", hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::mark;

    #[test]
    fn a_mark_changes_with_every_step_of_a_delivery() {
        let steps = [
            mark([]),
            mark([("dlv_1", "pending", 0)]),
            mark([("dlv_1", "pending", 1)]),
            mark([("dlv_1", "delivered", 1)]),
            mark([("dlv_2", "pending", 0), ("dlv_1", "delivered", 1)]),
        ];
        for (place, step) in steps.iter().enumerate() {
            assert!(!steps[place + 1..].contains(step), "{place}");
        }
        assert_eq!(steps[1], mark([("dlv_1", "pending", 0)]));
    }
}
