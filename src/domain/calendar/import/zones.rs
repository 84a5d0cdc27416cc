//! The clocks of a calendar: zones by the names that programs give them, else as the file itself describes them. Pure.

use std::collections::BTreeMap;

use calcard::common::timezone::Tz;
use jiff::tz::{TimeZone, db};

use super::lines::Component;
use super::observances;
use kernel::clock::Timestamp;

/// The clocks that times are on, and the zone in which they are told.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    /// The clocks of the series.
    pub clocks: TimeZone,
    /// The name, in the zone database, of the zone in which an event is told.
    pub name: String,
    /// Its clocks.
    pub told_in: TimeZone,
}

impl Zone {
    fn of(name: &str) -> Option<Self> {
        let clocks = TimeZone::get(name).ok()?;
        let name = clocks.iana_name().unwrap_or(name).to_owned();
        Some(Self { told_in: clocks.clone(), clocks, name })
    }
}

/// How a zone was understood, where its name alone does not say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ZoneNote {
    /// As the file calls it.
    pub name: String,
    /// The zone in which its events are told.
    pub told_in: String,
    /// Whether its clocks show the same for the next two years; else its events are told in another zone.
    pub is_same: bool,
}

/// The zones of one calendar.
#[derive(Debug, Clone)]
pub struct Zones {
    utc: Zone,
    floating: Zone,
    named: BTreeMap<String, Zone>,
    /// The zones that were understood from the file's own description.
    pub notes: Vec<ZoneNote>,
}

impl Zones {
    /// The zones of a calendar; times without a zone are on the clocks that `X-WR-TIMEZONE` names, else on those of `default`.
    #[must_use]
    pub fn of(calendar: &Component, default: &str, now: Timestamp) -> Self {
        let default = Zone::of(default).unwrap_or_else(|| Zone {
            clocks: TimeZone::UTC,
            name: "UTC".to_owned(),
            told_in: TimeZone::UTC,
        });
        let mut zones = Self {
            utc: Zone { clocks: TimeZone::UTC, ..default.clone() },
            floating: default.clone(),
            named: BTreeMap::new(),
            notes: Vec::new(),
        };
        for part in calendar.parts.iter().filter(|part| part.name == "VTIMEZONE") {
            zones.learn(part, &default, now);
        }
        let floating = calendar.text("X-WR-TIMEZONE");
        if let Some(zone) = zones.named(&floating) {
            zones.floating = zone;
        }
        zones
    }

    /// UTC; told in the default zone.
    #[must_use]
    pub const fn utc(&self) -> &Zone {
        &self.utc
    }

    /// That of times without a zone.
    #[must_use]
    pub const fn floating(&self) -> &Zone {
        &self.floating
    }

    /// The zone of that name, if it is known anywhere.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<Zone> {
        let name = tidy(name);
        match by_name(&name)? {
            ByName::Utc => Some(self.utc.clone()),
            ByName::Zone(zone) => Some(zone),
            ByName::Unknown => self.named.get(&name).cloned(),
        }
    }

    fn learn(&mut self, part: &Component, default: &Zone, now: Timestamp) {
        let name = tidy(&part.text("TZID"));
        if !matches!(by_name(&name), Some(ByName::Unknown)) {
            return;
        }
        if let Some(ByName::Zone(zone)) = by_name(&tidy(&part.text("X-LIC-LOCATION"))) {
            self.named.insert(name, zone);
            return;
        }
        let Some(clocks) = observances::clocks(part, now) else { return };
        let same = same_clocks(&clocks, default, now);
        let told = same.as_ref().unwrap_or(default);
        self.notes.push(ZoneNote { name: name.clone(), told_in: told.name.clone(), is_same: same.is_some() });
        let told = told.clone();
        self.named.insert(name, Zone { clocks, ..told });
    }
}

enum ByName {
    Utc,
    Zone(Zone),
    Unknown,
}

fn tidy(name: &str) -> String {
    name.trim().trim_matches('"').trim().to_owned()
}

/// What a name stands for; `None` for an empty one.
fn by_name(name: &str) -> Option<ByName> {
    const UTC: [&str; 7] =
        ["UTC", "Z", "GMT", "Etc/UTC", "Etc/GMT", "Coordinated Universal Time", "tzone://Microsoft/Utc"];
    if name.is_empty() {
        return None;
    }
    if UTC.iter().any(|utc| utc.eq_ignore_ascii_case(name)) {
        return Some(ByName::Utc);
    }
    Some(of_database(name).or_else(|| of_windows(name)).map_or(ByName::Unknown, ByName::Zone))
}

/// A name of the zone database, perhaps behind a prefix: « /freeassociation.sourceforge.net/Europe/Paris ».
fn of_database(name: &str) -> Option<Zone> {
    let name = name.replace(' ', "_");
    let starts = std::iter::once(0).chain(name.match_indices('/').map(|(at, _)| at + 1));
    // A single word at the end is a zone's name only by chance, unless it is all there is.
    starts.map(|at| &name[at..]).filter(|rest| *rest == name || rest.contains('/')).find_map(Zone::of)
}

/// A name that Windows gives (CLDR's windowsZones, as calcard carries it); never from an offset alone, which says nothing of
/// summer time.
fn of_windows(name: &str) -> Option<Zone> {
    let is_word = name.chars().next().is_some_and(char::is_alphabetic) && !name.contains(['/', ':']);
    let zone = name.parse::<Tz>().ok().filter(|_| is_word)?;
    let found = zone.name()?;
    Zone::of(&found).filter(|_| !matches!(zone, Tz::Fixed(_) | Tz::Floating))
}

/// The zone of the database whose clocks show the same from yesterday until after the last event that is taken.
fn same_clocks(clocks: &TimeZone, default: &Zone, now: Timestamp) -> Option<Zone> {
    const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 3600);
    let (from, until) = (now - DAY, now + 760 * DAY);
    let shown = |zone: &TimeZone| {
        let from = from.to_jiff();
        let changes = zone.following(from).take_while(|change| change.timestamp() < until.to_jiff());
        let mut offsets = vec![(from, zone.to_offset(from))];
        for change in changes {
            let offset = zone.to_offset(change.timestamp());
            if offsets.last().is_none_or(|(_, last)| *last != offset) {
                offsets.push((change.timestamp(), offset));
            }
        }
        offsets
    };
    let wanted = shown(clocks);
    let first = [default.name.clone(), "Europe/Paris".to_owned(), "UTC".to_owned()];
    let rest = db().available().map(|name| name.to_string());
    first.into_iter().chain(rest).filter_map(|name| Zone::of(&name)).find(|zone| shown(&zone.clocks) == wanted)
}
