//! What was acknowledged: one line of JSON per message, written before the message counts as done.
//!
//! A line is handed to the system whole, so it outlives this process, not a power cut: whoever loses
//! the last lines sends those messages again, and they are duplicates.

use std::{
    collections::HashSet,
    fs::{File, OpenOptions},
    io::Write as _,
    path::Path,
    sync::{Mutex, PoisonError},
};

use domain::gates::{GateDecision, TapAnswers, TapStatus};
use serde::{Deserialize, Serialize};

use crate::PlannedTap;

pub(super) struct Journal {
    file: Mutex<File>,
    before: HashSet<usize>,
    taps_before: usize,
}

/// Why there is no journal to go by.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("the journal {path} cannot be used")]
    File {
        path: String,
        #[source]
        cause: std::io::Error,
    },
    #[error("the journal {path} is of another run ({found}); name another one or remove it")]
    OtherRun { path: String, found: String },
    #[error("the journal cannot be written")]
    Write(#[from] std::io::Error),
}

#[derive(Serialize, Deserialize)]
struct Header {
    run: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    message: usize,
    gate: String,
    /// Of the taps that are stored now.
    stored: Vec<i64>,
    /// Of those that are not, and will not be.
    rejected: Vec<i64>,
    /// Of the stored ones, who was not let through.
    denied: Vec<i64>,
}

impl Journal {
    /// Opens the journal of a run, or begins it.
    pub fn open(path: &Path, run: &str) -> Result<Self, JournalError> {
        let failed = |cause| JournalError::File { path: path.display().to_string(), cause };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(error)),
        };
        // A line without its end was cut off while it was written.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let mut lines = text[..whole].lines();
        let header = lines.next().map(|line| serde_json::from_str::<Header>(line).map(|header| header.run));
        let mut file =
            OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(failed)?;
        file.set_len(whole as u64).map_err(failed)?;
        std::io::Seek::seek(&mut file, std::io::SeekFrom::End(0)).map_err(failed)?;
        match header {
            None => write_line(&mut file, &Header { run: run.to_owned() })?,
            Some(Ok(found)) if found == run => {}
            Some(found) => {
                let found = found.unwrap_or_else(|_| "not a journal".to_owned());
                return Err(JournalError::OtherRun { path: path.display().to_string(), found });
            }
        }
        let (mut before, mut taps_before) = (HashSet::new(), 0);
        for line in lines.filter_map(|line| serde_json::from_str::<Line>(line).ok()) {
            taps_before += line.stored.len() + line.rejected.len();
            before.insert(line.message);
        }
        Ok(Self { file: Mutex::new(file), before, taps_before })
    }

    /// Whether a message was acknowledged in an earlier run.
    pub fn holds(&self, message: usize) -> bool {
        self.before.contains(&message)
    }

    /// Taps answered in earlier runs.
    pub fn taps_before(&self) -> usize {
        self.taps_before
    }

    pub fn acknowledged(
        &self,
        message: usize,
        gate: &str,
        taps: &[PlannedTap],
        answers: &TapAnswers,
    ) -> Result<(), JournalError> {
        let (mut stored, mut rejected, mut denied) = (Vec::new(), Vec::new(), Vec::new());
        for (tap, answer) in taps.iter().zip(&answers.results) {
            match answer.status {
                TapStatus::Rejected => rejected.push(tap.sequence),
                TapStatus::Accepted | TapStatus::Duplicate => stored.push(tap.sequence),
            }
            if answer.decision == GateDecision::Deny && answer.status != TapStatus::Rejected {
                denied.push(tap.sequence);
            }
        }
        let line = Line { message, gate: gate.to_owned(), stored, rejected, denied };
        // A poisoned lock means that a worker died between two lines.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(write_line(&mut file, &line)?)
    }
}

fn write_line(file: &mut File, line: &impl Serialize) -> std::io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_goes_on_where_it_was_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.jsonl");
        let none = TapAnswers { results: Vec::new() };
        let journal = Journal::open(&path, "one").unwrap();
        journal.acknowledged(3, "G", &[], &none).unwrap();
        drop(journal);
        // Killed in the middle of a line.
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"message\":4,\"ga").unwrap();
        let journal = Journal::open(&path, "one").unwrap();
        assert!(journal.holds(3) && !journal.holds(4));
        journal.acknowledged(4, "G", &[], &none).unwrap();
        drop(journal);
        assert!(Journal::open(&path, "one").unwrap().holds(4));
        assert!(matches!(Journal::open(&path, "two"), Err(JournalError::OtherRun { .. })));
    }
}
