//! Organisations that people work for. One has many spellings, and perhaps a SIRET that tells them apart for sure.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod french;
mod places;
mod rules;
mod siret;
mod store;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use db::{ReadConn, WriteTx};
use kernel::clock::Timestamp;
use kernel::id::OrganisationId;
use kernel::search::folded;

pub use siret::Siret;
pub use store::{find, hold, list, suggestions};

/// What an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum OrganisationKind {
    /// A commune.
    Commune,
    /// An EPCI: several communes together.
    Intercommunality,
    /// A métropole.
    Metropolis,
    /// A département.
    Department,
    /// A région.
    Region,
    /// The State and its agencies.
    State,
    /// A public hospital.
    Hospital,
    /// Another public buyer.
    OtherBuyer,
    /// Not subject to the public procurement code.
    NotABuyer,
}

impl OrganisationKind {
    /// All of them, in the order of forms.
    pub const ALL: [Self; 9] = [
        Self::Commune,
        Self::Intercommunality,
        Self::Metropolis,
        Self::Department,
        Self::Region,
        Self::State,
        Self::Hospital,
        Self::OtherBuyer,
        Self::NotABuyer,
    ];

    /// Its name in forms and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Commune => "commune",
            Self::Intercommunality => "intercommunality",
            Self::Metropolis => "metropolis",
            Self::Department => "department",
            Self::Region => "region",
            Self::State => "state",
            Self::Hospital => "hospital",
            Self::OtherBuyer => "other_buyer",
            Self::NotABuyer => "not_a_buyer",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A body that people work for.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Organisation {
    /// Its identifier.
    pub id: OrganisationId,
    /// Its name as first written, or as an organiser corrected it.
    pub name: String,
    /// What it is, once an organiser said so.
    pub kind: Option<OrganisationKind>,
    /// Its number, if anybody gave it.
    pub siret: Option<Siret>,
}

/// The organisations that several people mean, in the order of what they gave: each as [`of`] says.
pub async fn of_all(
    tx: &mut WriteTx,
    given: &[(&str, Option<&Siret>)],
    now: Timestamp,
) -> sqlx::Result<Vec<Organisation>> {
    if given.is_empty() {
        return Ok(Vec::new());
    }
    // Rows that others add meanwhile are waited for: in one order everywhere, so that there is no deadlock.
    let mut ordered: BTreeMap<(String, Option<&Siret>), &str> = BTreeMap::new();
    for (name, siret) in given {
        ordered.entry((folded(name), *siret)).or_insert(*name);
    }
    let written = ordered.keys().map(|(written, _)| written.as_str());
    let mut found: HashMap<(String, Option<&Siret>), Organisation> = HashMap::new();
    for (written, organisation) in store::find_by_spellings(tx, written).await? {
        found.insert((written, None), organisation);
    }
    for (key, name) in &ordered {
        if !found.contains_key(key) {
            found.insert(key.clone(), of(tx, name, key.1, now).await?);
        }
    }
    let means = |(name, siret): &(&str, Option<&Siret>)| found.get(&(folded(name), *siret)).cloned();
    given.iter().map(means).collect::<Option<Vec<_>>>().ok_or(sqlx::Error::RowNotFound)
}

/// The organisation that somebody means: that of the SIRET, else that of the spelling or of another that can only mean
/// the same, else a new one.
pub async fn of(tx: &mut WriteTx, name: &str, siret: Option<&Siret>, now: Timestamp) -> sqlx::Result<Organisation> {
    let spellings = rules::spellings(name);
    if let Some(siret) = siret
        && let Some(found) = store::find_by_siret(tx, siret).await?
    {
        // Without the spelling of that body: a mistaken number must not move other people.
        store::add_spelling(tx, &spellings[0], found.id).await?;
        return Ok(found);
    }
    let found = find_by_spellings(tx, &spellings).await?;
    let Some(mut found) = found.filter(|found| siret.is_none() || found.siret.is_none()) else {
        let new =
            Organisation { id: OrganisationId::new(now), name: name.to_owned(), kind: None, siret: siret.cloned() };
        return add(tx, new, &spellings, now).await;
    };
    // A number that is new to us names the organisation that had none.
    if let Some(siret) = siret {
        store::set_siret(tx, found.id, siret).await?;
        found.siret = Some(siret.clone());
    }
    add_spellings(tx, &spellings, found.id).await?;
    Ok(found)
}

/// The organisation of the first of these spellings that is any's.
async fn find_by_spellings(tx: &mut ReadConn, spellings: &[String]) -> sqlx::Result<Option<Organisation>> {
    let found = store::find_by_spellings(tx, spellings.iter().map(String::as_str)).await?;
    let first = found.into_iter().min_by_key(|(spelling, _)| spellings.iter().position(|one| one == spelling));
    Ok(first.map(|(_, organisation)| organisation))
}

async fn add_spellings(tx: &mut WriteTx, spellings: &[String], id: OrganisationId) -> sqlx::Result<()> {
    for spelling in spellings {
        store::add_spelling(tx, spelling, id).await?;
    }
    Ok(())
}

/// Adds an organisation, or returns the one that another transaction added first.
async fn add(tx: &mut WriteTx, new: Organisation, spellings: &[String], now: Timestamp) -> sqlx::Result<Organisation> {
    store::insert(tx, &new, now).await?;
    add_spellings(tx, spellings, new.id).await?;
    let theirs = match &new.siret {
        Some(siret) => store::find_by_siret(tx, siret).await?,
        None => find_by_spellings(tx, spellings).await?,
    };
    match theirs {
        Some(theirs) if theirs.id != new.id => {
            store::move_spellings(tx, new.id, theirs.id).await?;
            store::delete(tx, new.id).await?;
            Ok(theirs)
        }
        _ => Ok(new),
    }
}

/// Corrects an organisation.
///
/// # Errors
///
/// When the database fails. `false` when another organisation has this SIRET.
pub async fn correct(tx: &mut WriteTx, organisation: &Organisation) -> sqlx::Result<bool> {
    if let Some(siret) = &organisation.siret
        && store::find_by_siret(tx, siret).await?.is_some_and(|other| other.id != organisation.id)
    {
        return Ok(false);
    }
    store::update(tx, organisation).await?;
    add_spellings(tx, &rules::spellings(&organisation.name), organisation.id).await?;
    Ok(true)
}

/// Makes two organisations one: the spellings of `from` are `into`'s, and what it was known to be, unless `into` is known
/// to be something else. Whoever points to `from` has moved before.
pub async fn merge(tx: &mut WriteTx, from: &Organisation, into: &Organisation) -> sqlx::Result<()> {
    store::move_spellings(tx, from.id, into.id).await?;
    store::delete(tx, from.id).await?;
    let both = Organisation {
        kind: into.kind.or(from.kind),
        siret: into.siret.clone().or_else(|| from.siret.clone()),
        ..into.clone()
    };
    store::update(tx, &both).await?;
    match &from.siret {
        // The other number leads there too.
        Some(siret) if both.siret.as_ref() != Some(siret) => store::add_number(tx, siret, into.id).await,
        _ => Ok(()),
    }
}

/// Pairs of organisations that are perhaps one: an organiser has to decide.
pub async fn duplicates(tx: &mut ReadConn) -> sqlx::Result<Vec<(Organisation, Organisation)>> {
    let all = store::list(tx).await?;
    let apart = store::apart(tx).await?;
    let pairs = rules::alike(&all);
    let is_open = |(one, other): &(&Organisation, &Organisation)| !apart.contains(&ordered(one.id, other.id));
    Ok(pairs.into_iter().filter(is_open).map(|(one, other)| (one.clone(), other.clone())).collect())
}

/// Says that two organisations which look like one are two.
pub async fn keep_apart(tx: &mut WriteTx, one: OrganisationId, other: OrganisationId) -> sqlx::Result<()> {
    store::insert_apart(tx, ordered(one, other)).await
}

/// A pair is stored once.
fn ordered(one: OrganisationId, other: OrganisationId) -> (OrganisationId, OrganisationId) {
    (one.min(other), one.max(other))
}
