//! The French in which the names of public bodies are written, folded: without accents, capitals and punctuation. Pure.

/// What a name says that a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    Commune,
    CommunityOfCommunes,
    Agglomeration,
    UrbanCommunity,
    Metropolis,
    Department,
    Region,
    UniversityHospital,
    Hospital,
}

/// How names of each body begin.
const BEGINNINGS: [(&str, Body); 25] = [
    ("ville", Body::Commune),
    ("mairie", Body::Commune),
    ("commune", Body::Commune),
    ("communaute de communes", Body::CommunityOfCommunes),
    ("comcom", Body::CommunityOfCommunes),
    ("cc", Body::CommunityOfCommunes),
    ("communaute d agglomeration", Body::Agglomeration),
    ("communaute agglomeration", Body::Agglomeration),
    ("ca", Body::Agglomeration),
    ("communaute urbaine", Body::UrbanCommunity),
    ("cu", Body::UrbanCommunity),
    ("metropole", Body::Metropolis),
    ("eurometropole", Body::Metropolis),
    ("departement", Body::Department),
    ("conseil departemental", Body::Department),
    ("conseil general", Body::Department),
    ("dept", Body::Department),
    ("dpt", Body::Department),
    ("cd", Body::Department),
    ("region", Body::Region),
    ("conseil regional", Body::Region),
    ("chu", Body::UniversityHospital),
    ("centre hospitalier universitaire", Body::UniversityHospital),
    ("ch", Body::Hospital),
    ("centre hospitalier", Body::Hospital),
];

/// Words that tell nothing about which organisation it is.
pub(super) const FILLERS: [&str; 12] =
    ["de", "d", "du", "des", "la", "le", "les", "l", "et", "ville", "mairie", "commune"];

impl Body {
    /// The word that stands for it in spellings.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Commune => "commune",
            Self::CommunityOfCommunes => "cc",
            Self::Agglomeration => "ca",
            Self::UrbanCommunity => "cu",
            Self::Metropolis => "metropole",
            Self::Department => "departement",
            Self::Region => "region",
            Self::UniversityHospital => "chu",
            Self::Hospital => "ch",
        }
    }

    /// Whether it is made of communes: one of these becomes another without being another body.
    pub(super) const fn is_of_communes(self) -> bool {
        matches!(self, Self::CommunityOfCommunes | Self::Agglomeration | Self::UrbanCommunity | Self::Metropolis)
    }
}

/// « Ville d’Angers »: the body, and what follows it.
pub(super) fn begins(written: &str) -> Option<(Body, &str)> {
    // A number may stick to the letters: « CD49 ».
    if let Some(number) = written.strip_prefix("cd").filter(|number| number.starts_with(|c: char| c.is_ascii_digit())) {
        return Some((Body::Department, number));
    }
    let longest = BEGINNINGS.iter().filter(|(words, _)| is_first(written, words)).max_by_key(|(words, _)| words.len());
    longest.map(|(words, body)| (*body, &written[words.len() + 1..]))
}

/// Whether a text begins with these words and goes on.
fn is_first(text: &str, words: &str) -> bool {
    text.strip_prefix(words).is_some_and(|rest| rest.starts_with(' '))
}

/// « Bordeaux Métropole »: the body, and what stands before it.
pub(super) fn ends(written: &str) -> Option<(Body, &str)> {
    [" metropole", " eurometropole"]
        .iter()
        .find_map(|end| written.strip_suffix(end))
        .map(|rest| (Body::Metropolis, rest))
}

/// « d’Angers », « de La Rochelle », « du Mans », « des Sables » as « angers », « la rochelle », « le mans », « les sables ».
pub(super) fn without_preposition(rest: &str) -> Option<String> {
    let (first, others) = rest.split_once(' ').unwrap_or((rest, ""));
    match first {
        "de" | "d" => (!others.is_empty()).then(|| others.to_owned()),
        "du" => (!others.is_empty()).then(|| format!("le {others}")),
        "des" => (!others.is_empty()).then(|| format!("les {others}")),
        _ => Some(rest.to_owned()),
    }
}

/// « La Rochelle » as « rochelle ».
pub(super) fn without_article(name: &str) -> &str {
    ["la ", "le ", "les ", "l "].iter().find_map(|article| name.strip_prefix(article)).unwrap_or(name)
}

/// Whether this goes on with another body: « Ville et Métropole de Nantes » are two.
pub(super) fn is_second_body(rest: &str) -> bool {
    rest.starts_with("et ")
}

/// In the names of places these are always the same words.
pub(super) fn in_full(word: &str) -> &str {
    match word {
        "st" => "saint",
        "ste" => "sainte",
        word => word,
    }
}
