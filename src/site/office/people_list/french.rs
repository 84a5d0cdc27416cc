//! What pages with a list of people say in French.

use documents::file_format::FileFormat;
use domain::people_list::Fault;
use http::form::FieldError;

/// A file larger than a form takes.
pub const FILE_TOO_LARGE: FieldError =
    FieldError::new("Ce fichier est trop gros\u{a0}: 1 Mo au plus. Divisez la liste, ou collez ses lignes.");

/// More cells than are read.
pub const TOO_MUCH: FieldError = FieldError::new(
    "Cette liste a trop de cellules\u{a0}: 400 000 et 1 000 colonnes au plus. Gardez-en les colonnes utiles.",
);

/// A workbook that breaks off.
pub const BROKEN: FieldError = FieldError::new(
    "Ce classeur est abîmé\u{a0}: ouvrez-le dans votre tableur, enregistrez-le de nouveau, puis choisissez-le.",
);

/// Lines were pasted, a file was chosen, and they cannot be joined as they are.
pub const TWO_LISTS: FieldError = FieldError::new(
    "Il y a une liste collée et un fichier, et l’un des deux est à corriger ou n’a pas de titres connus. Gardez l’un des deux.",
);

/// Somebody must say what the columns hold.
pub const SAY_COLUMNS: FieldError =
    FieldError::new("Dites ce que contient chaque colonne de cette liste, ci-dessous, puis essayez de nouveau.");

/// Two columns are said to hold the same, or none the addresses.
pub const COLUMNS_UNCLEAR: FieldError = FieldError::new(
    "Une seule colonne, et une au moins, doit contenir les adresses\u{202f}; les autres, chacune une chose différente.",
);

/// A quotation mark that is not closed.
pub fn open_quote(line: usize) -> FieldError {
    FieldError::naming(format!(
        "Un guillemet ouvre une cellule à la ligne {line} et ne se ferme pas\u{a0}: tout ce qui suit y entrerait. Fermez-le, ou ôtez-le."
    ))
}

/// A file that is no list.
pub const fn format(format: FileFormat) -> FieldError {
    FieldError::new(match format {
        FileFormat::OldExcel => {
            "Ce classeur est d’un ancien Excel, ou protégé par un mot de passe. Enregistrez-le au format .xlsx sans mot de passe, ou CSV, puis choisissez ce fichier."
        }
        FileFormat::OpenDocument => {
            "Ce classeur est au format OpenDocument. Enregistrez-le au format .xlsx ou CSV, puis choisissez ce fichier."
        }
        FileFormat::Picture => "Ce fichier est une image. Choisissez une liste\u{a0}: un fichier .xlsx ou CSV.",
        FileFormat::Pdf => "Ce fichier est un PDF. Choisissez la liste dont il vient\u{a0}: un fichier .xlsx ou CSV.",
        FileFormat::Xlsx | FileFormat::Other => {
            "Ce fichier n’est pas du texte. Dans votre tableur, enregistrez la feuille au format .xlsx ou CSV, puis choisissez ce fichier."
        }
    })
}

/// What is wrong with a line.
pub const fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::NoAddress => "Aucune adresse sur cette ligne.",
        Fault::NotAnAddress => "Cette adresse ne peut pas recevoir de courriel.",
        Fault::NeedsSmtpUtf8 => "Accent ou signe particulier avant l’arobase\u{a0}: nos courriels n’y arrivent pas.",
        Fault::SeveralAddresses => "Plusieurs adresses dans une cellule\u{a0}: mettez une personne par ligne.",
        Fault::TooLong => "Nom ou organisation de plus de 120 caractères.",
    }
}

/// An address that stands on an earlier line.
pub const REPEATED: &str = "Cette adresse est déjà sur une ligne plus haut.";

/// That a file was not written as most are.
pub fn encoding(name: &str) -> String {
    format!("Le fichier a été lu comme {name}. Vérifiez les accents des noms.")
}

/// That a workbook has other sheets.
pub fn other_sheets(names: &[String]) -> String {
    format!("Seule la première feuille du classeur est lue. Feuilles laissées de côté\u{a0}: {}.", names.join(", "))
}

/// Columns that are not taken.
pub fn ignored(names: &[String]) -> String {
    format!("Colonnes laissées de côté\u{a0}: {}.", names.join(", "))
}
