//! What `theme.toml` says.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Colour, LetterLook, SANS, SERIF, Theme};
use crate::identity::{Fact, Facts};

/// The most lines of a footer or a signature, and the most characters of a line.
const MAX_LINES: usize = 6;
const MAX_LINE: usize = 200;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    name: Option<String>,
    operator: Option<String>,
    tagline: Option<String>,
    footer: Vec<String>,
    logo_text: Option<String>,
    contact: ContactTable,
    letters: LetterTable,
    legal: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ContactTable {
    email: Option<String>,
    url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LetterTable {
    signature: Vec<String>,
    accent: Option<String>,
    accent_text: Option<String>,
    accent_dark: Option<String>,
    page: Option<String>,
    headings: Option<String>,
    radius: Option<u8>,
}

/// Reads a theme; what is wrong with it otherwise, in one sentence.
pub(super) fn parse(text: &str) -> Result<Theme, String> {
    let file: File = toml::from_str(text).map_err(|error| explain(text, &error))?;
    let mut facts = Facts::new();
    let contact = [(Fact::ContactEmail, &file.contact.email), (Fact::ContactUrl, &file.contact.url)];
    for (fact, value) in [(Fact::Name, &file.name), (Fact::Operator, &file.operator)].into_iter().chain(contact) {
        if let Some(value) = value {
            take(&mut facts, fact, value)?;
        }
    }
    for (key, value) in &file.legal {
        let elsewhere = [Fact::Name, Fact::Operator, Fact::ContactEmail, Fact::ContactUrl];
        match Fact::parse(key).filter(|fact| !elsewhere.contains(fact)) {
            Some(fact) => take(&mut facts, fact, value)?,
            None => return Err(format!("[legal] has no {key:?}; it may have {}", legal_keys(&elsewhere))),
        }
    }
    for line in [&file.tagline, &file.logo_text].into_iter().flatten() {
        check_line(line)?;
    }
    Ok(Theme {
        facts,
        tagline: file.tagline,
        footer: lines("footer", file.footer)?,
        logo_text: file.logo_text,
        letters: look(&file.letters)?,
        signature: lines("signature", file.letters.signature)?,
        ..Theme::default()
    })
}

/// The reader's own words, on one line, with the line of the file.
fn explain(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    format!("line {line}: {}", error.message().trim().replace('\n', " "))
}

fn legal_keys(elsewhere: &[Fact]) -> String {
    let names: Vec<_> = Fact::ALL.into_iter().filter(|fact| !elsewhere.contains(fact)).map(Fact::name).collect();
    names.join(", ")
}

fn take(facts: &mut Facts, fact: Fact, value: &str) -> Result<(), String> {
    let value = fact.clean(value).map_err(|error| format!("{} {}", fact.name(), error.wanted()))?;
    if !value.is_empty() {
        facts.insert(fact, value);
    }
    Ok(())
}

fn check_line(line: &str) -> Result<(), String> {
    let is_one = line.chars().count() <= MAX_LINE && !line.contains(char::is_control);
    if is_one { Ok(()) } else { Err(format!("{line:?} is to be one line of {MAX_LINE} characters at most")) }
}

fn lines(key: &str, lines: Vec<String>) -> Result<Vec<String>, String> {
    if lines.len() > MAX_LINES {
        return Err(format!("{key} has more than {MAX_LINES} lines"));
    }
    lines.iter().try_for_each(|line| check_line(line))?;
    Ok(lines)
}

fn look(table: &LetterTable) -> Result<LetterLook, String> {
    let neutral = LetterLook::default();
    let colour = |key: &str, given: &Option<String>, neutral: String| match given {
        None => Ok(neutral),
        Some(colour) if colour.len() == 7 && Colour::parse(colour).is_some() => Ok(colour.clone()),
        Some(colour) => Err(format!("[letters] {key}: {colour:?} is no colour; write #rrggbb")),
    };
    let heading_font = match table.headings.as_deref() {
        None | Some("sans") => SANS,
        Some("serif") => SERIF,
        Some(other) => return Err(format!("[letters] headings: {other:?} is neither sans nor serif")),
    };
    let radius = table.radius.unwrap_or(neutral.radius);
    if radius > 40 {
        return Err("[letters] radius: 40 pixels at most".to_owned());
    }
    Ok(LetterLook {
        accent: colour("accent", &table.accent, neutral.accent)?,
        accent_text: colour("accent_text", &table.accent_text, neutral.accent_text)?,
        accent_dark: colour("accent_dark", &table.accent_dark, neutral.accent_dark)?,
        page: colour("page", &table.page, neutral.page)?,
        heading_font: heading_font.to_owned(),
        radius,
    })
}
