//! An event and where it comes from, a file or another calendar: what it said last time, what it says now, and what was
//! edited here meanwhile. Pure: who asks reads and writes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Event, Field};

/// What a source said of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceSnapshot(BTreeMap<String, Value>);

impl SourceSnapshot {
    /// What `event`, as the source has it, says in these fields.
    #[must_use]
    pub fn of(event: &Event, fields: &[Field]) -> Self {
        Self(fields.iter().map(|field| (field.name().to_owned(), field.value(event))).collect())
    }

    /// The same, but as `before` said in these fields: nobody has looked at what is new in them yet.
    #[must_use]
    pub fn without(mut self, fields: &[Field], before: &Self) -> Self {
        for field in fields {
            match before.0.get(field.name()) {
                Some(value) => self.0.insert(field.name().to_owned(), value.clone()),
                None => self.0.remove(field.name()),
            };
        }
        self
    }
}

/// An event with what its source says now.
#[derive(Debug, Clone)]
pub struct Merged {
    /// As it becomes.
    pub event: Event,
    /// What the source changed since, and nobody here did.
    pub news: Vec<Field>,
    /// What was edited here, and the source says as it said before: the edit stays.
    pub kept: Vec<Field>,
    /// What was changed on both sides, or may have been: whoever asks decides.
    pub conflicts: Vec<Field>,
}

/// What the source of an event says now.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The event as the source has it.
    pub event: &'a Event,
    /// What the source says anything of.
    pub fields: &'a [Field],
}

/// Puts together an event as it is here and as its source has it, which said `last` of it when it was last brought in.
/// A field in conflict becomes what the source says where it `wins`.
#[must_use]
pub fn merge(here: &Event, source: Source<'_>, last: &SourceSnapshot, wins: impl Fn(Field) -> bool) -> Merged {
    let mut merged = Merged { event: here.clone(), news: Vec::new(), kept: Vec::new(), conflicts: Vec::new() };
    let mut taken = Vec::new();
    for field in source.fields {
        let (ours, theirs) = (field.value(here), field.value(source.event));
        let said = last.0.get(field.name());
        if ours == theirs {
            continue;
        }
        if said == Some(&theirs) {
            merged.kept.push(*field);
            continue;
        }
        let is_news = said == Some(&ours);
        let list = if is_news { &mut merged.news } else { &mut merged.conflicts };
        list.push(*field);
        if is_news || wins(*field) {
            field.copy(source.event, &mut merged.event);
            taken.push(*field);
        }
    }
    if here.closes_at == here.starts_at && !taken.contains(&Field::Closes) {
        merged.event.closes_at = merged.event.starts_at;
    }
    merged
}
