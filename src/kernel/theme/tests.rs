use std::fs;

use super::*;
use crate::identity::Fact;

/// A directory of its own, removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn with(files: &[(&str, &[u8])]) -> Self {
        let path = std::env::temp_dir().join(format!("parcours-theme-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&path).unwrap();
        for (name, bytes) in files {
            fs::write(path.join(name), bytes).unwrap();
        }
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn open(files: &[(&str, &[u8])]) -> Result<Theme, String> {
    Theme::open(Some(&Directory::with(files).0)).map_err(|error| error.to_string())
}

#[test]
fn without_a_directory_the_look_is_neutral() {
    let theme = Theme::open(None).unwrap();
    assert!(theme.facts.is_empty() && theme.url("theme").is_none() && theme.warnings.is_empty());
}

#[test]
fn a_theme_says_who_speaks_and_brings_its_files() {
    let toml = b"name = 'Achats'\noperator = 'Metropole'\n[contact]\nemail = 'a@exemple.fr'\n[legal]\ndpo = 'D'\n";
    let theme = open(&[("theme.toml", toml), ("logo.svg", b"<svg/>"), ("README.md", b"notes")]).unwrap();
    assert_eq!(theme.facts[&Fact::Name], "Achats");
    assert_eq!(theme.facts[&Fact::ContactEmail], "a@exemple.fr");
    assert_eq!(theme.facts[&Fact::Dpo], "D");
    assert!(theme.url("logo").unwrap().ends_with("/theme/logo.svg"));
    assert_eq!(theme.file("logo.svg").unwrap().media_type, "image/svg+xml");
    assert!(theme.file("theme.toml").is_none(), "what it says is for the server alone");
}

#[test]
fn what_is_wrong_is_said_in_one_sentence_that_names_the_file() {
    let large = vec![b' '; 65 * 1024];
    for (files, said) in [
        (vec![("theme.css", &b""[..])], "theme.toml: the file is missing"),
        (vec![("theme.toml", b"nom = 'x'")], "theme.toml: line 1: unknown field `nom`"),
        (vec![("theme.toml", b"\n[legal]\ndirector = 'x'")], "[legal] has no \"director\""),
        (vec![("theme.toml", b"[letters]\naccent = 'prune'")], "\"prune\" is no colour"),
        (vec![("theme.toml", b"[contact]\nemail = 'nobody'")], "contact_email is to be an e-mail address"),
        (vec![("theme.toml", b""), ("logo.gif", b"")], "logo.gif: a theme has no such file"),
        (vec![("theme.toml", b""), ("logo.png", b"GIF")], "logo.png: it is no PNG image"),
        (vec![("theme.toml", b""), ("theme.css", &large)], "theme.css: it has 66 kB; 64 kB are allowed"),
        (vec![("theme.toml", b""), ("logo-dark.svg", b"<svg/>")], "logo.svg: the file is missing"),
        (vec![("theme.toml", b""), ("logo.svg", b"<svg/>"), ("logo.png", b"\x89PNG")], "keep one of them"),
        (vec![("theme.toml", b""), ("theme.css", b"@import 'x.css';")], "fetches from elsewhere"),
        (vec![("theme.toml", b""), ("theme.css", b":root{--colour-accent:plum}")], "--colour-accent: \"plum\""),
    ] {
        let error = open(&files).unwrap_err();
        assert!(error.contains(said) && !error.contains('\n'), "{error}");
    }
    assert!(Theme::open(Some(Path::new("/nowhere"))).unwrap_err().to_string().contains("cannot be read"));
}

#[test]
fn buttons_that_are_hard_to_read_are_warned_of() {
    let theme = open(&[("theme.toml", b"[letters]\naccent = '#d0d0d0'")]).unwrap();
    assert!(theme.warnings[0].starts_with("the text of buttons in letters: contrast 1."), "{:?}", theme.warnings);
}

#[test]
fn the_address_of_a_file_changes_with_what_is_in_it() {
    let url = |svg: &'static [u8]| open(&[("theme.toml", b""), ("logo.svg", svg)]).unwrap().url("logo");
    assert_ne!(url(b"<svg/>"), url(b"<svg />"));
}
