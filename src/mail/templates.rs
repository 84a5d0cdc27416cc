//! What letters say: minijinja templates over one MJML layout, embedded, each file replaceable at run time.
//!
//! Every letter comes with samples of the data it needs (`sample.json`). Loading renders each letter with each of
//! its samples, so that a template that names something unknown stops the start, not a send.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kernel::theme::LetterLook;
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Captured, Environment, UndefinedBehavior};
use rust_embed::RustEmbed;
use serde_json::Value;

use super::compiled_templates::{Shapes, Values, has_placeholder, is_placeholder};
use super::text::{one_line, tidy};

/// Mail clients cut off what is longer (Gmail at 102 kB).
const MAX_HTML_BYTES: usize = 100_000;

#[derive(RustEmbed)]
#[folder = "../../mail-templates/"]
struct Embedded;

/// Why the letters cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// A file cannot be read.
    #[error("cannot read {path}: {source}", path = path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A template is malformed, or names something that its letter does not have.
    #[error("{letter}: {detail}", detail = explain(source))]
    Template {
        /// Which letter or file.
        letter: String,
        /// Why.
        source: minijinja::Error,
    },
    /// The MJML that a template makes is malformed.
    #[error("{letter}/body.mjml: {reason}")]
    Mjml {
        /// Which letter.
        letter: String,
        /// Why.
        reason: String,
    },
    /// A rule for letters is broken.
    #[error("{letter}: {rule}")]
    Broken {
        /// Which letter.
        letter: String,
        /// Which rule.
        rule: &'static str,
    },
    /// There is no such letter.
    #[error("there is no letter {0:?}")]
    Unknown(String),
}

/// minijinja's own text, with the place and what lies beneath (an error in an included part).
fn explain(error: &minijinja::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(beneath) = cause {
        text = format!("{text}: {beneath}");
        cause = beneath.source();
    }
    text
}

/// A letter as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line, without control characters.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

/// The letters, checked.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
    shapes: Shapes,
    /// By letter, then by the name of the sample.
    samples: BTreeMap<String, BTreeMap<String, Value>>,
}

impl Templates {
    /// Loads the letters with their neutral look; see [`Templates::dressed`].
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or a letter does not render or breaks a rule.
    pub fn load(folder: Option<&Path>) -> Result<Self, TemplateError> {
        Self::dressed(folder, &LetterLook::default())
    }

    /// Loads the embedded letters, puts the files of `folder` in place of those with the same name, writes the look into
    /// them, and renders each letter with each of its samples.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or a letter does not render or breaks a rule.
    pub fn dressed(folder: Option<&Path>, look: &LetterLook) -> Result<Self, TemplateError> {
        let mut files = embedded_files();
        if let Some(folder) = folder {
            read_folder(folder, folder, &mut files)?;
        }
        dress(&mut files, look);
        let templates =
            Self { environment: environment(&files)?, shapes: Shapes::default(), samples: samples(&files)? };
        templates.check()?;
        Ok(templates)
    }

    /// The names of the letters.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.samples.keys().map(String::as_str)
    }

    /// The samples of a letter, by name.
    pub fn samples(&self, kind: &str) -> impl Iterator<Item = (&str, &Value)> {
        self.samples.get(kind).into_iter().flatten().map(|(name, sample)| (name.as_str(), sample))
    }

    /// Renders a letter with `context`, an object.
    ///
    /// # Errors
    ///
    /// When there is no such letter or `context` lacks something that it names.
    pub fn render(&self, kind: &str, context: &Value) -> Result<Rendered, TemplateError> {
        if !self.samples.contains_key(kind) {
            return Err(TemplateError::Unknown(kind.to_owned()));
        }
        let mut context = context.clone();
        context["letter"] = Value::String(kind.to_owned());
        let subject = one_line(&self.fill(kind, "subject.txt", &context)?);
        let text = tidy(&self.fill(kind, "body.txt", &context)?);
        context["subject"] = Value::String(subject.clone());
        Ok(Rendered { subject, text, html: self.html(kind, &context)? })
    }

    fn html(&self, kind: &str, context: &Value) -> Result<String, TemplateError> {
        let written = self.write(kind, "body.mjml", context)?;
        self.shapes
            .html(written.output().to_owned(), Values::of(written.state()))
            .map_err(|reason| TemplateError::Mjml { letter: kind.to_owned(), reason })
    }

    fn fill(&self, kind: &str, file: &str, context: &Value) -> Result<String, TemplateError> {
        self.write(kind, file, context).map(Captured::into_output)
    }

    fn write(&self, kind: &str, file: &str, context: &Value) -> Result<Captured<'_>, TemplateError> {
        let name = format!("{kind}/{file}");
        self.environment
            .get_template(&name)
            .and_then(|template| template.render_captured(minijinja::value::Serde(context)))
            .map_err(|source| TemplateError::Template { letter: name, source })
    }

    fn check(&self) -> Result<(), TemplateError> {
        for kind in self.samples.keys() {
            let broken = |rule| Err(TemplateError::Broken { letter: kind.clone(), rule });
            for (_, sample) in self.samples(kind) {
                let mut context = sample.clone();
                context["site"] = sample_site("Parcours", "https://exemple.fr");
                let rendered = self.render(kind, &context)?;
                if rendered.subject.is_empty() {
                    return broken("the subject is empty");
                }
                if rendered.html.len() > MAX_HTML_BYTES {
                    return broken("the HTML is longer than 100 kB, where mail clients cut it off");
                }
            }
        }
        Ok(())
    }
}

/// What letters say of who writes them, for trying them out.
fn sample_site(title: &str, url: &str) -> Value {
    let contact = serde_json::json!({ "href": "mailto:contact@exemple.fr", "label": "contact@exemple.fr" });
    serde_json::json!({ "title": title, "url": url, "operator": title, "signature": [title], "contact": contact })
}

type Files = BTreeMap<String, String>;

/// Writes the theme's look into the templates. It is the same for every letter, so that MJML may read it (`{{ look.… }}`).
fn dress(files: &mut Files, look: &LetterLook) {
    let radius = look.radius.to_string();
    let values = [
        ("{{ look.accent }}", look.accent.as_str()),
        ("{{ look.accent_text }}", &look.accent_text),
        ("{{ look.accent_dark }}", &look.accent_dark),
        ("{{ look.page }}", &look.page),
        ("{{ look.heading_font }}", &look.heading_font),
        ("{{ look.radius }}", &radius),
    ];
    for (_, text) in files.iter_mut().filter(|(name, text)| name.ends_with(".mjml") && text.contains("{{ look.")) {
        for (name, value) in values {
            *text = text.replace(name, value);
        }
    }
}

fn embedded_files() -> Files {
    Embedded::iter()
        .filter_map(|name| {
            let file = Embedded::get(&name)?;
            Some((name.into_owned(), String::from_utf8_lossy(&file.data).into_owned()))
        })
        .collect()
}

/// Reads the templates below `folder` into `files`, by their path below `root`.
fn read_folder(root: &Path, folder: &Path, files: &mut Files) -> Result<(), TemplateError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| TemplateError::Read { path, source }
    };
    for entry in std::fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        if path.is_dir() {
            read_folder(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "txt" || extension == "mjml") {
            let text = std::fs::read_to_string(&path).map_err(failed(&path))?;
            let parts = path.strip_prefix(root).unwrap_or(&path).iter().map(|part| part.to_string_lossy());
            files.insert(parts.collect::<Vec<_>>().join("/"), text);
        }
    }
    Ok(())
}

fn environment(files: &Files) -> Result<Environment<'static>, TemplateError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    environment.set_syntax(syntax.build().expect("the usual delimiters do not collide"));
    environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "mjml")) => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    environment.add_filter("linked", |text: String| minijinja::Value::from_safe_string(linked(&text)));
    environment.set_formatter(|out, state, value| match state.auto_escape() {
        AutoEscape::Html => {
            let text = value.to_string();
            let written = match value.is_safe() {
                // A part of the letter that was written before, with values in it.
                true if has_placeholder(&text) => text,
                true => Values::take(state, text),
                false => Values::take(state, escaped(&text)),
            };
            out.write_str(&written).map_err(Into::into)
        }
        _ => write!(out, "{value}").map_err(Into::into),
    });
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".txt") || name.ends_with(".mjml")) {
        if has_placeholder(text) {
            return Err(TemplateError::Broken {
                letter: name.clone(),
                rule: "it has cuneiform signs, which stand for values",
            });
        }
        environment
            .add_template_owned(name.clone(), text.clone())
            .map_err(|source| TemplateError::Template { letter: name.clone(), source })?;
    }
    Ok(environment)
}

/// For text and for quoted attributes. minijinja's own escapes slashes too, which makes addresses unreadable.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ if is_placeholder(letter) => escaped.push_str(&format!("&#{};", u32::from(letter))),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// A text in HTML, its https addresses as links: not every mail app makes them.
fn linked(text: &str) -> String {
    let mut linked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("https://") {
        let (before, from) = rest.split_at(start);
        let end = from
            .find(|letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | '"' | '«' | '»'))
            .unwrap_or(from.len());
        // What closes a sentence is none of the address.
        let address = from[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '…', '\'', '’']);
        linked.push_str(&escaped(before));
        let shown = escaped(address);
        let is_whole = address.len() > "https://".len();
        linked.push_str(&if is_whole { format!("<a href=\"{shown}\">{shown}</a>") } else { shown });
        rest = &from[address.len()..];
    }
    linked + &escaped(rest)
}

fn samples(files: &Files) -> Result<BTreeMap<String, BTreeMap<String, Value>>, TemplateError> {
    let of_letters = files.iter().filter_map(|(name, text)| Some((name.strip_suffix("/sample.json")?, text)));
    of_letters
        .map(|(letter, text)| match serde_json::from_str(text) {
            Ok(samples) => Ok((letter.to_owned(), samples)),
            Err(_) => Err(TemplateError::Broken { letter: letter.to_owned(), rule: "its sample.json is malformed" }),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::compiled_templates::{filled_in, lay_out};
    use super::*;

    #[test]
    fn every_letter_filled_in_is_the_letter_laid_out_with_its_values() {
        let templates = Templates::load(None).unwrap();
        for kind in templates.kinds() {
            for (name, sample) in templates.samples(kind) {
                let mut context = sample.clone();
                context["site"] = sample_site("<Parcours & Co>", "https://exemple.fr/?a=1&b=2");
                context["letter"] = kind.into();
                context["subject"] = "L’atelier".into();
                let written = templates.write(kind, "body.mjml", &context).unwrap();
                let values = Values::of(written.state());
                assert!(!values.is_empty());
                let laid_out = lay_out(&filled_in(written.output(), values)).unwrap();
                assert_eq!(templates.html(kind, &context).unwrap(), laid_out, "{kind}, {name}");
                assert!(!laid_out.contains("\\u{"), "{kind}, {name}: a character of an attribute is written as code");
            }
        }
    }

    #[test]
    fn signs_that_stand_for_values_stay_what_they_are_in_what_people_wrote() {
        assert_eq!(linked("\u{12001} https://exemple.fr/\u{12001}").matches("&#73729;").count(), 3);
        let environment = environment(&[("a.mjml".to_owned(), "{{ a|linked }} {{ b }}".to_owned())].into()).unwrap();
        let context = serde_json::json!({ "a": "\u{12001}", "b": "<" });
        let written = environment.get_template("a.mjml").unwrap();
        let written = written.render_captured(minijinja::value::Serde(&context)).unwrap();
        assert_eq!(filled_in(written.output(), Values::of(written.state())), "&#73729; &lt;");
    }

    #[test]
    fn addresses_in_what_people_wrote_become_links_and_nothing_else_does() {
        let text = linked("Lisez <b> https://exemple.fr/a?b=1&c=\"2 (et https://exemple.fr/d). À vendredi\u{202f}!");
        let expected = "Lisez &lt;b&gt; <a href=\"https://exemple.fr/a?b=1&amp;c=\">https://exemple.fr/a?b=1&amp;c=</a>&quot;2 \
                        (et <a href=\"https://exemple.fr/d\">https://exemple.fr/d</a>). À vendredi\u{202f}!";
        assert_eq!(text, expected);
        assert_eq!(linked("javascript:alert(1) http://exemple.fr"), "javascript:alert(1) http://exemple.fr");
        assert_eq!(linked("https:// et https://"), "https:// et https://");
    }
}
