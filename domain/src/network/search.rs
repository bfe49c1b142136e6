//! Finding stations by name, as people write them: any case, with or without accents and spaces,
//! by the beginning of a word, with a typo.
//!
//! Best first: the whole name or code, its beginning, the beginning of a later word, anywhere
//! inside. Only when nothing matches letter by letter are names within a few slips offered, so a
//! correct spelling is never diluted by lookalikes. Work is bounded: what is longer than any name
//! could be matches nothing and is not compared.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A query longer than this many characters matches nothing.
pub const Q_CHARS_MAX: usize = 100;

/// What a station is found by, prepared when the network is read.
#[derive(Debug, Clone, Default)]
pub(super) struct SearchNames {
    names: Vec<Name>,
    /// In lower case.
    codes: Vec<String>,
}

#[derive(Debug, Clone)]
struct Name {
    words: Vec<String>,
    /// The name without spaces from each of its words on; the first is the whole name.
    tails: Vec<String>,
}

/// How well a name fits; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    Exact,
    Prefix,
    WordPrefix,
    Contains,
    /// With that many slips; of equals a whole name comes before its beginning, then a mere word.
    Fuzzy(usize, Part),
}

/// What of a name a misspelt query was held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Whole,
    Beginning,
    Word,
}

/// A query, prepared once and held against every station.
#[derive(Debug, Clone)]
pub(super) struct Query {
    words: Vec<String>,
    compact: String,
    /// Slips that are forgiven.
    slips_max: usize,
}

impl Query {
    /// None when nothing can match it.
    pub(super) fn new(q: &str) -> Option<Self> {
        if q.chars().nth(Q_CHARS_MAX).is_some() {
            return None;
        }
        let mut words = fold(q);
        // "Stasiun Gambir" is Gambir.
        if words.len() > 1 && ["stasiun", "station"].contains(&words[0].as_str()) {
            words.remove(0);
        }
        let compact = words.concat();
        let slips_max = match compact.chars().count() {
            0 => return None,
            1..=3 => 0,
            4..=5 => 1,
            6..=9 => 2,
            _ => 3,
        };
        Some(Self { words, compact, slips_max })
    }
}

impl SearchNames {
    pub(super) fn new<'a>(
        names: impl IntoIterator<Item = &'a str>,
        codes: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let name = |name| {
            let words = fold(name);
            let tails = (0..words.len()).map(|first| words[first..].concat()).collect();
            Name { words, tails }
        };
        Self {
            names: names.into_iter().map(name).collect(),
            codes: codes.into_iter().map(str::to_lowercase).collect(),
        }
    }

    /// How the query fits letter by letter.
    pub(super) fn fit(&self, query: &Query) -> Option<Fit> {
        if self.codes.contains(&query.compact) {
            return Some(Fit::Exact);
        }
        self.names.iter().filter_map(|name| name.fit(query)).min()
    }

    /// How the query fits when slips are forgiven.
    pub(super) fn fuzzy_fit(&self, query: &Query) -> Option<Fit> {
        let (slips, part) = self.names.iter().flat_map(|name| name.slips(query)).min()?;
        (slips <= query.slips_max).then_some(Fit::Fuzzy(slips, part))
    }
}

impl Name {
    fn fit(&self, query: &Query) -> Option<Fit> {
        let (whole, later) = self.tails.split_first()?;
        if *whole == query.compact {
            Some(Fit::Exact)
        } else if whole.starts_with(&query.compact) {
            Some(Fit::Prefix)
        } else if later.iter().any(|tail| tail.starts_with(&query.compact)) {
            Some(Fit::WordPrefix)
        } else if whole.contains(&query.compact) || self.has_all_words_of(query) {
            Some(Fit::Contains)
        } else {
            None
        }
    }

    /// The query's words begin words of the name, in any order: "baru depok".
    fn has_all_words_of(&self, query: &Query) -> bool {
        query.words.iter().all(|asked| self.words.iter().any(|word| word.starts_with(asked.as_str())))
    }

    /// Slips between the query and the name, its words, and its beginning (for a name half typed).
    fn slips<'a>(&'a self, query: &'a Query) -> impl Iterator<Item = (usize, Part)> + 'a {
        let asked = query.compact.chars().count();
        let whole = self.tails.first().map(String::as_str).unwrap_or_default();
        let beginning = match whole.char_indices().nth(asked) {
            Some((end, _)) => &whole[..end],
            None => whole,
        };
        [(whole, Part::Whole), (beginning, Part::Beginning)]
            .into_iter()
            .chain(self.words.iter().map(|word| (word.as_str(), Part::Word)))
            .filter(move |(text, _)| text.chars().count().abs_diff(asked) <= query.slips_max)
            .map(|(text, part)| (strsim::osa_distance(text, &query.compact), part))
    }
}

/// Words in lower case without accents; whatever is neither letter nor digit parts words.
fn fold(text: &str) -> Vec<String> {
    let plain: String =
        text.nfkd().filter(|&char| !is_combining_mark(char)).flat_map(char::to_lowercase).collect();
    plain
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
