//! Colours, and whether text is read on them (WCAG 2.2, 1.4.3).

use std::collections::BTreeMap;

/// What texts and buttons need at least.
const LEAST_CONTRAST: f64 = 4.5;

/// The custom properties that pages read, with the values they have without a theme.
const TOKENS: &str = include_str!("../../../web/styles/tokens.css");

/// What is read on what, by the names of their properties.
const READ_ON: [(&str, &str, &str); 11] = [
    ("the text of buttons", "--colour-accent-text", "--colour-accent"),
    ("the text of buttons under the pointer", "--colour-accent-text", "--colour-accent-hover"),
    ("the text of dangerous buttons", "--colour-surface", "--colour-danger"),
    ("text", "--colour-text", "--colour-page"),
    ("text on cards", "--colour-text", "--colour-surface"),
    ("muted text", "--colour-muted", "--colour-page"),
    ("links", "--colour-accent", "--colour-page"),
    ("the header's text", "--colour-header-text", "--colour-header"),
    ("the header's links", "--colour-header-link", "--colour-header"),
    ("the footer's text", "--colour-footer-text", "--colour-footer"),
    ("the footer's links", "--colour-footer-link", "--colour-footer"),
];

/// A colour of the sRGB space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour([u8; 3]);

impl Colour {
    /// `#rgb` or `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let digits = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return None,
        };
        let part = |at: usize| digits.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// How well one is read on the other: 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// A warning when text of this colour is hard to read on that ground.
    pub fn warn_of(self, ground: Self, what: &str) -> Option<String> {
        let contrast = self.contrast(ground);
        (contrast < LEAST_CONTRAST).then(|| format!("{what}: contrast {contrast:.1}, below {LEAST_CONTRAST}"))
    }
}

/// The custom properties of a style for both schemes.
#[derive(Debug, Default)]
struct Properties {
    light: BTreeMap<String, String>,
    dark: BTreeMap<String, String>,
}

/// A style without its comments.
pub(super) fn without_comments(css: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept + rest
}

impl Properties {
    /// Reads the custom properties that `:root` has in a style.
    fn read(css: &str) -> Self {
        let css = without_comments(css);
        let (mut found, mut open, mut text) = (Self::default(), Vec::<String>::new(), String::new());
        for letter in css.chars() {
            match letter {
                '{' => open.push(std::mem::take(&mut text)),
                '}' | ';' => {
                    found.take(&open, &text);
                    text.clear();
                    if letter == '}' {
                        open.pop();
                    }
                }
                _ => text.push(letter),
            }
        }
        found
    }

    fn take(&mut self, open: &[String], declaration: &str) {
        let Some((name, value)) = declaration.split_once(':') else { return };
        let (name, value) = (name.trim(), value.trim());
        let at_root = open.last().is_some_and(|selector| selector.contains(":root"));
        if !name.starts_with("--") || !at_root {
            return;
        }
        let is_dark = open.iter().any(|at| at.contains("prefers-color-scheme") && at.contains("dark"));
        let scheme = if is_dark { &mut self.dark } else { &mut self.light };
        scheme.insert(name.to_owned(), value.to_owned());
    }
}

/// The colour that a property has in a scheme, through the properties that it names.
fn resolved(scheme: &BTreeMap<String, String>, name: &str) -> Option<Colour> {
    let mut name = name.to_owned();
    for _ in 0..8 {
        let value = scheme.get(&name)?;
        match value.strip_prefix("var(").and_then(|value| value.strip_suffix(')')) {
            Some(other) => name = other.trim().to_owned(),
            None => return Colour::parse(value),
        }
    }
    None
}

/// What is hard to read with this style, in the light and in the dark.
///
/// # Errors
///
/// When it gives a colour that pages do not read, or one that cannot be read as a colour.
pub(super) fn review(css: &str) -> Result<Vec<String>, String> {
    let (tokens, theme) = (Properties::read(TOKENS), Properties::read(css));
    for (name, value) in theme.light.iter().chain(&theme.dark).filter(|(name, _)| name.starts_with("--colour-")) {
        if !tokens.light.contains_key(name) {
            return Err(format!("{name} is none of the colours that pages read (docs/theming.md lists them)"));
        }
        if Colour::parse(value).is_none() && !value.starts_with("var(--") {
            return Err(format!("{name}: {value:?} is no colour; write #rrggbb"));
        }
    }
    // In the order in which a browser reads them: the theme's comes last.
    let mut light = tokens.light;
    let mut dark = light.clone();
    dark.extend(tokens.dark);
    light.extend(theme.light.clone());
    dark.extend(theme.light);
    dark.extend(theme.dark);
    let mut warnings = Vec::new();
    for (scheme, name) in [(&light, "light"), (&dark, "dark")] {
        for (what, text, ground) in READ_ON {
            let (Some(text), Some(ground)) = (resolved(scheme, text), resolved(scheme, ground)) else { continue };
            warnings.extend(text.warn_of(ground, &format!("{what} ({name} scheme)")));
        }
    }
    Ok(warnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrasts_are_those_of_wcag() {
        let contrast = |one, two| Colour::parse(one).unwrap().contrast(Colour::parse(two).unwrap());
        assert!((contrast("#000", "#ffffff") - 21.0).abs() < 0.01);
        assert!((contrast("#777777", "#fff") - 4.48).abs() < 0.01);
        assert!(["bleu", "#12", "#gggggg", "#ééé"].iter().all(|text| Colour::parse(text).is_none()));
    }

    #[test]
    fn the_neutral_look_is_read_in_both_schemes() {
        assert_eq!(review(""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_hard_to_read_is_warned_of_in_the_scheme_where_it_is() {
        let warnings = review(":root { --colour-accent: #c0c0c0; /* --colour-text: #fff; */ }").unwrap();
        assert!(warnings.iter().any(|warning| warning.starts_with("the text of buttons (light")), "{warnings:?}");
        let dark = "@media (prefers-color-scheme: dark) { :root { --colour-header-text: #222222 } }";
        let warnings = review(dark).unwrap();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].starts_with("the header's text (dark scheme): contrast 1."), "{warnings:?}");
    }

    #[test]
    fn colours_that_are_none_are_refused() {
        assert!(review(":root { --colour-acent: #000000; }").unwrap_err().contains("--colour-acent"));
        assert!(review(":root { --colour-accent: prune; }").unwrap_err().contains("#rrggbb"));
        assert!(review(":root { --colour-header: var(--colour-text); --own: anything; }").is_ok());
    }
}
