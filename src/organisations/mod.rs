//! Organisations: whom people work for. One has many spellings, and perhaps a SIRET that tells them apart for sure.

mod siret;
mod store;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::db::Tx;
use crate::id::OrganisationId;
use crate::search::folded;

pub use siret::Siret;
pub use store::{find, list, suggestions};

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

/// Whom people work for.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Organisation {
    /// Its identifier.
    pub id: OrganisationId,
    /// Its name as the first who gave it wrote it, or as an organiser corrected it.
    pub name: String,
    /// What it is, once an organiser said so.
    pub kind: Option<OrganisationKind>,
    /// Its number, if anybody gave it.
    pub siret: Option<Siret>,
}

/// The organisations that several people mean, in the order of what they gave: each as [`of`] says.
///
/// # Errors
///
/// When the database fails.
pub async fn of_all(tx: &mut Tx, given: &[(&str, Option<&Siret>)], now: Timestamp) -> sqlx::Result<Vec<Organisation>> {
    if given.is_empty() {
        return Ok(Vec::new());
    }
    // Rows that others add meanwhile are waited for: in one order everywhere, nobody waits in a circle.
    let mut ordered: BTreeMap<(String, Option<&Siret>), &str> = BTreeMap::new();
    for (name, siret) in given {
        ordered.entry((folded(name), *siret)).or_insert(*name);
    }
    let spellings = ordered.keys().map(|(spelling, _)| spelling.as_str());
    let mut found: HashMap<(String, Option<&Siret>), Organisation> = HashMap::new();
    for (spelling, organisation) in store::find_by_spellings(tx, spellings).await? {
        found.insert((spelling, None), organisation);
    }
    for (key, name) in &ordered {
        if !found.contains_key(key) {
            found.insert(key.clone(), of(tx, name, key.1, now).await?);
        }
    }
    let means = |(name, siret): &(&str, Option<&Siret>)| found.get(&(folded(name), *siret)).cloned();
    given.iter().map(means).collect::<Option<Vec<_>>>().ok_or(sqlx::Error::RowNotFound)
}

/// The organisation that somebody means: that of the SIRET, else that of the spelling, else a new one.
///
/// # Errors
///
/// When the database fails.
pub async fn of(tx: &mut Tx, name: &str, siret: Option<&Siret>, now: Timestamp) -> sqlx::Result<Organisation> {
    let by_number = match siret {
        Some(siret) => store::find_by_siret(tx, siret).await?,
        None => None,
    };
    let spelling = folded(name);
    let by_spelling = find_by_spelling(tx, &spelling).await?;
    let found = match (by_number, by_spelling, siret) {
        (Some(found), ..) => found,
        // A number that is new to us names the organisation that had none.
        (None, Some(mut found), siret) if siret.is_none() || found.siret.is_none() => {
            if let Some(siret) = siret {
                store::set_siret(tx, found.id, siret).await?;
                found.siret = Some(siret.clone());
            }
            return Ok(found);
        }
        (None, _, siret) => {
            let new =
                Organisation { id: OrganisationId::new(now), name: name.to_owned(), kind: None, siret: siret.cloned() };
            return add(tx, new, &spelling, now).await;
        }
    };
    store::add_spelling(tx, &spelling, found.id).await?;
    Ok(found)
}

async fn find_by_spelling(tx: &mut Tx, spelling: &str) -> sqlx::Result<Option<Organisation>> {
    let found = store::find_by_spellings(tx, std::iter::once(spelling)).await?;
    Ok(found.into_iter().next().map(|(_, organisation)| organisation))
}

/// Adds an organisation, unless another transaction was faster: then it is theirs.
async fn add(tx: &mut Tx, new: Organisation, spelling: &str, now: Timestamp) -> sqlx::Result<Organisation> {
    store::insert(tx, &new, now).await?;
    store::add_spelling(tx, spelling, new.id).await?;
    let theirs = match &new.siret {
        Some(siret) => store::find_by_siret(tx, siret).await?,
        None => find_by_spelling(tx, spelling).await?,
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
pub async fn correct(tx: &mut Tx, organisation: &Organisation) -> sqlx::Result<bool> {
    if let Some(siret) = &organisation.siret
        && store::find_by_siret(tx, siret).await?.is_some_and(|other| other.id != organisation.id)
    {
        return Ok(false);
    }
    store::update(tx, organisation).await?;
    store::add_spelling(tx, &folded(&organisation.name), organisation.id).await?;
    Ok(true)
}

/// Makes two organisations one: the spellings of `from` are `into`'s. Whoever points to `from` has moved before.
///
/// # Errors
///
/// When the database fails.
pub async fn merge(tx: &mut Tx, from: OrganisationId, into: OrganisationId) -> sqlx::Result<()> {
    store::move_spellings(tx, from, into).await?;
    store::delete(tx, from).await
}
