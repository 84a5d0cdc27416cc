//! HTML from MJML, laid out once for all letters of one shape.
//!
//! Laying out costs several times what filling in does, and letters of a kind differ in little but their values. So a
//! template writes each value as a placeholder, one character that stands for it; the MJML with its placeholders is the letter's
//! shape, whose HTML is cached, and the values take their placeholders' places there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::State;
use mrml::prelude::render::RenderOptions;

/// Shapes that are cached, some 40 kB each. A letter has few: what is asked of its recipient, what its event lacks.
const MAX_CACHED: usize = 64;

/// The first placeholder and how many there are: cuneiform signs, in which no letter is written. (mrml writes attributes as
/// Rust prints strings in debugging: private-use characters, or the non-breaking spaces of French, come out escaped.)
const FIRST_PLACEHOLDER: u32 = 0x1_2000;
const PLACEHOLDERS: u32 = 0x39A;

/// The values of one letter, in the order in which its template writes them.
#[derive(Debug, Default)]
pub struct Values(Vec<String>);

impl Values {
    /// Takes a value of a letter that is being written; gives what is written in its place.
    pub fn take(state: &mut State<'_, '_>, value: String) -> String {
        let values = &mut state.get_or_insert_extension_with(Self::default).0;
        match placeholder(values.len()) {
            Some(placeholder) => {
                values.push(value);
                placeholder.into()
            }
            None => value,
        }
    }

    /// The values of a letter that was written.
    pub fn of<'a>(state: &'a State<'_, '_>) -> &'a [String] {
        state.get_extension::<Self>().map_or(&[], |values| &values.0)
    }
}

fn placeholder(place: usize) -> Option<char> {
    u32::try_from(place)
        .ok()
        .filter(|place| *place < PLACEHOLDERS)
        .and_then(|place| char::from_u32(FIRST_PLACEHOLDER + place))
}

/// The place of the value that a placeholder stands for.
fn place(letter: char) -> Option<usize> {
    let place = u32::from(letter).checked_sub(FIRST_PLACEHOLDER).filter(|place| *place < PLACEHOLDERS)?;
    usize::try_from(place).ok()
}

/// Whether a character would be taken for a placeholder.
pub fn is_placeholder(letter: char) -> bool {
    place(letter).is_some()
}

/// Whether a text has placeholders.
pub fn has_placeholder(text: &str) -> bool {
    text.chars().any(is_placeholder)
}

/// The shapes that were laid out.
#[derive(Debug, Default)]
pub struct Shapes(Mutex<HashMap<String, Arc<str>>>);

impl Shapes {
    /// The HTML of a letter, from its shape and its values.
    ///
    /// # Errors
    ///
    /// When the MJML is malformed.
    pub fn html(&self, shape: String, values: &[String]) -> Result<String, String> {
        let cached = self.lock().get(&shape).cloned();
        let html = match cached {
            Some(html) => html,
            None => self.keep(shape)?,
        };
        Ok(filled_in(&html, values))
    }

    fn keep(&self, shape: String) -> Result<Arc<str>, String> {
        let html: Arc<str> = lay_out(&shape)?.into();
        let mut cached = self.lock();
        if cached.len() >= MAX_CACHED {
            cached.clear();
        }
        cached.insert(shape, Arc::clone(&html));
        Ok(html)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<str>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts values in their placeholders' places.
pub(super) fn filled_in(html: &str, values: &[String]) -> String {
    let mut filled = String::with_capacity(html.len() + values.iter().map(String::len).sum::<usize>());
    let mut rest = html;
    while let Some((at, letter)) = rest.char_indices().find(|(_, letter)| is_placeholder(*letter)) {
        filled.push_str(&rest[..at]);
        if let Some(value) = place(letter).and_then(|place| values.get(place)) {
            filled.push_str(value);
        }
        rest = &rest[at + letter.len_utf8()..];
    }
    filled.push_str(rest);
    filled
}

/// The HTML of MJML.
pub(super) fn lay_out(mjml: &str) -> Result<String, String> {
    let parsed = mrml::parse(mjml).map_err(|error| error.to_string())?;
    // No fonts to fetch: mrml would link to some by the mere name of a family.
    let options = RenderOptions { fonts: Default::default(), ..RenderOptions::default() };
    parsed.element.render(&options).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter of one line, with placeholders or with its values in their places.
    fn mjml(name: &str, link: &str) -> String {
        format!(
            "<mjml><mj-head><mj-title>{name}</mj-title></mj-head><mj-body><mj-section><mj-column>\
             <mj-text><p title=\"{name}\">Bonjour {name}</p></mj-text>\
             <mj-button href=\"{link}\">{name}</mj-button></mj-column></mj-section></mj-body></mjml>"
        )
    }

    #[test]
    fn a_letter_filled_in_is_the_letter_laid_out_with_its_values() {
        let (shapes, placeholders) =
            (Shapes::default(), [placeholder(0).unwrap().to_string(), placeholder(1).unwrap().to_string()]);
        for [name, link] in [["Zoé &amp; Léa &lt;b&gt;", "https://exemple.fr/?a=1&amp;b=2"], ["Bob", "https://a.fr/"]]
        {
            let html =
                shapes.html(mjml(&placeholders[0], &placeholders[1]), &[name.to_owned(), link.to_owned()]).unwrap();
            assert_eq!(html, lay_out(&mjml(name, link)).unwrap());
        }
        assert_eq!(shapes.lock().len(), 1, "laid out once");
    }

    #[test]
    fn a_value_that_looks_like_a_placeholder_stays_what_it_is() {
        let value = placeholder(1).unwrap().to_string();
        let html =
            Shapes::default().html(mjml(&placeholder(0).unwrap().to_string(), "x"), &[value.clone(), "no".to_owned()]);
        assert!(html.unwrap().contains(&format!("Bonjour {value}")));
    }

    #[test]
    fn non_breaking_spaces_stay_in_attributes_and_every_placeholder_does() {
        let name = "Qui\u{a0}? Où\u{202f}?".to_owned();
        for place in 0..PLACEHOLDERS {
            let placeholder = placeholder(usize::try_from(place).unwrap()).unwrap();
            assert_eq!(format!("{placeholder:?}"), format!("'{placeholder}'"));
        }
        let html = Shapes::default().html(mjml(&placeholder(0).unwrap().to_string(), "x"), std::slice::from_ref(&name));
        assert!(html.unwrap().contains(&format!("<p title=\"{name}\">")));
    }

    #[test]
    fn no_more_shapes_are_kept_than_there_is_room_for() {
        let shapes = Shapes::default();
        for number in 0..=MAX_CACHED {
            shapes.html(mjml(&number.to_string(), "x"), &[]).unwrap();
        }
        assert!(shapes.lock().len() <= MAX_CACHED);
    }
}
