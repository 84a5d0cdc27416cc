//! A theme: a directory that says how the service looks and who speaks, read once at the start. Without one it looks neutral.
//!
//! `theme.toml` is the only file that must be there; `theme.css`, `logo.svg|png`, `logo-dark.svg|png`,
//! `favicon.svg|png|ico` and fonts (`*.woff2`) may be.

mod colours;
mod file;

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::identity::Facts;
use colours::Colour;

/// The files that a theme may have: what is each, and how many bytes at most.
const KINDS: [(&str, &str, usize); 6] = [
    ("css", "text/css; charset=utf-8", 64 * 1024),
    ("svg", "image/svg+xml", 100 * 1024),
    ("png", "image/png", 100 * 1024),
    ("ico", "image/x-icon", 100 * 1024),
    ("woff2", "font/woff2", 200 * 1024),
    ("toml", "", 32 * 1024),
];

/// What is wrong with a theme, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("PARCOURS_THEME_DIR: {}: {reason}", path.display())]
pub struct ThemeError {
    path: PathBuf,
    reason: String,
}

impl ThemeError {
    fn new(path: &Path, reason: impl Into<String>) -> Self {
        Self { path: path.to_owned(), reason: reason.into() }
    }
}

/// A file that browsers fetch.
#[derive(Debug, Clone)]
pub struct ThemeFile {
    /// Its name in the directory.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// How letters look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterLook {
    /// Buttons and links.
    pub accent: String,
    /// The text of buttons.
    pub accent_text: String,
    /// Links in the dark.
    pub accent_dark: String,
    /// The ground around the sheet.
    pub page: String,
    /// The family of headings.
    pub heading_font: String,
    /// How round buttons are, pixels.
    pub radius: u8,
}

/// The fonts of letters: mail apps have no others.
const SANS: &str = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";
const SERIF: &str = "Georgia, 'Times New Roman', serif";

impl Default for LetterLook {
    fn default() -> Self {
        Self {
            accent: "#0a5c8f".into(),
            accent_text: "#ffffff".into(),
            accent_dark: "#8cc8f0".into(),
            page: "#f0f2f4".into(),
            heading_font: SANS.into(),
            radius: 6,
        }
    }
}

/// A theme.
#[derive(Debug, Clone, Default)]
pub struct Theme {
    /// What it says about who runs the service.
    pub facts: Facts,
    /// A line under the name, in the header.
    pub tagline: Option<String>,
    /// Lines of the footer.
    pub footer: Vec<String>,
    /// What a logo says to who does not see it; the name beside it says nothing then.
    pub logo_text: Option<String>,
    /// The lines that letters are signed with.
    pub signature: Vec<String>,
    /// How letters look.
    pub letters: LetterLook,
    /// What browsers fetch.
    files: Vec<ThemeFile>,
    /// A hash over the files.
    version: String,
    /// What is allowed and should be looked at.
    pub warnings: Vec<String>,
}

impl Theme {
    /// The theme in this directory; the neutral one without.
    ///
    /// # Errors
    ///
    /// When a file is missing, too large, of no use or unknown, or says something that cannot be understood.
    pub fn open(directory: Option<&Path>) -> Result<Self, ThemeError> {
        let Some(directory) = directory else { return Ok(Self::default()) };
        let mut files = read(directory)?;
        let toml = directory.join("theme.toml");
        let Some(at) = files.iter().position(|file| file.name == "theme.toml") else {
            return Err(ThemeError::new(&toml, "the file is missing"));
        };
        let text = String::from_utf8(files.remove(at).bytes).map_err(|_| ThemeError::new(&toml, "it is not UTF-8"))?;
        let mut theme = file::parse(&text).map_err(|reason| ThemeError::new(&toml, reason))?;
        theme.version = version(&files);
        theme.files = files;
        theme.check_images(directory)?;
        theme.check_style(directory)?;
        theme.warnings.extend(theme.letters.warnings());
        Ok(theme)
    }

    /// The file of that name.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&ThemeFile> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Where browsers find a file whose name begins so: `logo`, `logo-dark`, `favicon`, `theme`.
    #[must_use]
    pub fn url(&self, stem: &str) -> Option<String> {
        let is_it = |file: &&ThemeFile| file.name.rsplit_once('.').is_some_and(|(name, _)| name == stem);
        let file = self.files.iter().find(is_it)?;
        Some(format!("/fichiers/{}/theme/{}", self.version, file.name))
    }

    /// The media type of that file.
    #[must_use]
    pub fn media_type(&self, stem: &str) -> Option<&'static str> {
        let is_it = |file: &&ThemeFile| file.name.rsplit_once('.').is_some_and(|(name, _)| name == stem);
        self.files.iter().find(is_it).map(|file| file.media_type)
    }

    fn check_images(&self, directory: &Path) -> Result<(), ThemeError> {
        for stem in ["logo", "logo-dark", "favicon"] {
            let is_it = |file: &&ThemeFile| file.name.rsplit_once('.').is_some_and(|(name, _)| name == stem);
            let mut found = self.files.iter().filter(is_it);
            if let (Some(one), Some(other)) = (found.next(), found.next()) {
                let reason = format!("{} is there too; keep one of them", one.name);
                return Err(ThemeError::new(&directory.join(&other.name), reason));
            }
        }
        if self.url("logo-dark").is_some() && self.url("logo").is_none() {
            return Err(ThemeError::new(&directory.join("logo.svg"), "the file is missing beside logo-dark"));
        }
        Ok(())
    }

    fn check_style(&mut self, directory: &Path) -> Result<(), ThemeError> {
        let path = directory.join("theme.css");
        let Some(file) = self.file("theme.css") else { return Ok(()) };
        let css = std::str::from_utf8(&file.bytes).map_err(|_| ThemeError::new(&path, "it is not UTF-8"))?;
        let css = colours::without_comments(css);
        if css.contains("@import") || css.contains("//") {
            let reason = "it fetches from elsewhere, which the security policy forbids; put the file beside it";
            return Err(ThemeError::new(&path, reason));
        }
        let warnings = colours::review(&css).map_err(|reason| ThemeError::new(&path, reason))?;
        self.warnings.extend(warnings);
        Ok(())
    }
}

impl LetterLook {
    fn warnings(&self) -> Vec<String> {
        let read_on = [
            ("the text of buttons in letters", self.accent_text.as_str(), self.accent.as_str()),
            ("links in letters", &self.accent, "#ffffff"),
            ("links in letters in the dark", &self.accent_dark, "#1f2428"),
            ("the foot of letters", "#4a5157", &self.page),
        ];
        let warn =
            |(what, text, ground): (&str, &str, &str)| Colour::parse(text)?.warn_of(Colour::parse(ground)?, what);
        read_on.into_iter().filter_map(warn).collect()
    }
}

/// All files of a theme's directory, by name.
fn read(directory: &Path) -> Result<Vec<ThemeFile>, ThemeError> {
    let failed = |error: std::io::Error| ThemeError::new(directory, format!("the directory cannot be read: {error}"));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_aside = name.starts_with('.') || name.to_lowercase().ends_with(".md") || name.starts_with("LICENSE");
        if !is_aside {
            files.push(read_one(&path, name)?);
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

fn read_one(path: &Path, name: String) -> Result<ThemeFile, ThemeError> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
    let is_known = match extension {
        "toml" | "css" => stem == "theme",
        "svg" | "png" => ["logo", "logo-dark", "favicon"].contains(&stem),
        "ico" => stem == "favicon",
        "woff2" => stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
        _ => false,
    };
    let kind = KINDS.iter().find(|(one, ..)| *one == extension && is_known);
    let Some((_, media_type, most)) = kind else {
        let known =
            "theme.toml, theme.css, logo and logo-dark (.svg, .png), favicon (.svg, .png, .ico), fonts (.woff2)";
        return Err(ThemeError::new(path, format!("a theme has no such file; it may have {known}")));
    };
    let bytes = std::fs::read(path).map_err(|error| ThemeError::new(path, format!("cannot be read: {error}")))?;
    if bytes.len() > *most {
        let reason = format!("it has {} kB; {} kB are allowed", bytes.len() / 1024 + 1, most / 1024);
        return Err(ThemeError::new(path, reason));
    }
    let is_image = match extension {
        "svg" => bytes.windows(4).any(|four| four == b"<svg"),
        "png" => bytes.starts_with(b"\x89PNG"),
        _ => true,
    };
    if !is_image {
        return Err(ThemeError::new(path, format!("it is no {} image", extension.to_uppercase())));
    }
    Ok(ThemeFile { name, media_type, bytes })
}

/// A short hash: the addresses of files change with it, so that browsers keep them for good.
fn version(files: &[ThemeFile]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        hash.update(file.name.as_bytes());
        hash.update(Sha256::digest(&file.bytes));
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
