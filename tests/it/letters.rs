//! What letters say: every template, embedded or replaced, with all its samples.

use std::path::Path;

use mail::templates::{Rendered, TemplateError, Templates};
use serde_json::{Value, json};

fn embedded() -> Templates {
    Templates::load(None).unwrap()
}

fn with_site(sample: &Value) -> Value {
    let mut context = sample.clone();
    context["site"] = json!({
        "title": "Parcours SPASER",
        "url": "https://exemple.fr",
        "operator": "Ville & Métropole d’Exemple",
        "signature": ["L’équipe du parcours"],
        "contact": { "href": "mailto:contact@exemple.fr", "label": "contact@exemple.fr" },
    });
    context
}

/// Every letter with every sample: its kind, the sample's name and what is read.
fn all(templates: &Templates) -> Vec<(String, String, Rendered)> {
    let kinds: Vec<_> = templates.kinds().collect();
    let samples = kinds.iter().flat_map(|kind| templates.samples(kind).map(move |sample| (*kind, sample)));
    samples
        .map(|(kind, (name, sample))| {
            (kind.to_owned(), name.to_owned(), templates.render(kind, &with_site(sample)).unwrap())
        })
        .collect()
}

fn confirmed(change: impl FnOnce(&mut Value)) -> Rendered {
    let templates = embedded();
    let (_, sample) = templates.samples("confirmed").find(|(name, _)| *name == "full").unwrap();
    let mut context = with_site(sample);
    change(&mut context);
    templates.render("confirmed", &context).unwrap()
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[test]
fn every_letter_has_a_full_and_a_minimal_sample() {
    let templates = embedded();
    let expected = [
        "address-notice",
        "address-prove",
        "address-taken",
        "already-registered",
        "cancelled",
        "confirmed",
        "event-cancelled",
        "event-moved",
        "event-unpublished",
        "hand-over",
        "hand-over-declined",
        "hand-over-ended",
        "handed-over",
        "invitation",
        "links-to-mend",
        "many-requests",
        "message",
        "offer-lapsed",
        "parcours",
        "please-confirm",
        "promoted",
        "refused",
        "reminder",
        "request-lapsed",
        "role-ended",
        "role-granted",
        "seat-offered",
        "sign-in",
        "thanks",
        "to-be-approved",
        "waiting",
        "withdrawn",
    ];
    assert_eq!(templates.kinds().collect::<Vec<_>>(), expected);
    for kind in expected {
        let names: Vec<_> = templates.samples(kind).map(|(name, _)| name).collect();
        assert!(names.contains(&"full") && names.contains(&"minimal"), "{kind}: {names:?}");
    }
}

#[test]
fn every_letter_is_french_light_and_fetches_nothing() {
    for (kind, sample, letter) in all(&embedded()) {
        let html = &letter.html;
        let at = format!("{kind}, {sample}");
        assert!(html.contains(r#"<html lang="fr""#), "{at}");
        assert!(html.contains(r#"<meta name="color-scheme" content="light dark""#), "{at}");
        assert!(html.contains("prefers-color-scheme: dark"), "{at}");
        assert!(html.len() < 40_000, "{at}: {} bytes", html.len());
        for remote in ["<link", "<img", "@import", "url(", "src=", "<script"] {
            assert!(!html.contains(remote), "{at} has {remote}");
        }
        assert!(!letter.text.contains('<') && !letter.text.contains("&#"), "{at}: {}", letter.text);
        assert!(!letter.text.contains("\n\n\n"), "{at}: {}", letter.text);
        assert!(letter.text.starts_with("Bonjour"), "{at}: {}", letter.text);
    }
}

#[test]
fn every_link_of_a_letter_stands_in_its_text_too() {
    for (kind, sample, letter) in all(&embedded()) {
        for link in letter.html.split("href=\"").skip(1) {
            let address = link.split('"').next().unwrap().trim_start_matches("mailto:").replace("&amp;", "&");
            assert!(letter.text.contains(&address), "{kind}, {sample}: {address} is not in\n{}", letter.text);
        }
    }
}

#[test]
fn the_text_of_a_link_says_where_it_leads() {
    for (kind, sample, letter) in all(&embedded()) {
        for link in letter.html.split("<a ").skip(1) {
            let shown = link.split_once('>').unwrap().1.split("</a>").next().unwrap().trim();
            let says_nothing = ["ici", "cliquez ici", "lien", "ce lien", "en savoir plus"];
            assert!(shown.chars().count() > 4, "{kind}, {sample}: {shown:?}");
            assert!(!says_nothing.contains(&shown.to_lowercase().as_str()), "{kind}, {sample}: {shown:?}");
        }
    }
}

#[test]
fn what_people_typed_cannot_become_markup_or_a_header() {
    let letter = confirmed(|context| {
        context["event"]["title"] = json!("A & B <script>alert(1)</script> \"«»\"\r\nBcc: eve@exemple.fr");
        context["person"]["name"] = json!("<b>Ada</b> {{ site.url }} </mj-text>");
        context["links"]["join"] = json!("https://exemple.fr/\" onclick=\"alert(1)");
    });
    assert!(!letter.html.contains("<script"), "{}", letter.html);
    assert!(!letter.html.contains("<b>Ada"), "{}", letter.html);
    assert!(!letter.html.contains("\" onclick"), "{}", letter.html);
    assert!(letter.text.contains("<b>Ada</b> {{ site.url }}"));
    assert!(!letter.subject.contains(['\r', '\n']), "{}", letter.subject);
    assert!(letter.subject.contains("A & B <script>"), "{}", letter.subject);
}

#[test]
fn a_letter_that_lacks_what_it_names_is_refused() {
    let templates = embedded();
    let (_, sample) = templates.samples("waiting").next().unwrap();
    let mut context = with_site(sample);
    context.as_object_mut().unwrap().remove("position");
    let error = templates.render("waiting", &context).unwrap_err();
    assert!(matches!(error, TemplateError::Template { .. }), "{error}");
    assert!(error.to_string().contains("undefined"), "{error}");
}

#[test]
fn an_operator_replaces_one_file_and_the_rest_stays() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "sign-in/subject.txt", "Entrez, {{ person.name }}");
    let templates = Templates::load(Some(folder.path())).unwrap();
    let (_, sample) = templates.samples("sign-in").find(|(name, _)| *name == "full").unwrap();
    let letter = templates.render("sign-in", &with_site(sample)).unwrap();
    assert_eq!(letter.subject, "Entrez, Élodie D’Aubigné-Léger");
    assert!(letter.html.contains("Me connecter"));
}

#[test]
fn a_template_that_names_something_unknown_stops_the_start() {
    for file in ["reminder/body.txt", "reminder/body.mjml"] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), file, "Bonjour {{ person.surname }}");
        let error = Templates::load(Some(folder.path())).unwrap_err();
        assert!(error.to_string().contains(file), "{error}");
        assert!(error.to_string().contains("undefined"), "{error}");
    }
}

#[test]
fn a_template_with_broken_markup_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "reminder/body.mjml", "<mjml><mj-body><mj-section></mj-body></mjml>");
    let error = Templates::load(Some(folder.path())).unwrap_err();
    assert!(matches!(error, TemplateError::Mjml { .. }), "{error}");
}

#[test]
fn an_empty_subject_and_an_endless_body_stop_the_start() {
    for (name, text, rule) in [
        ("waiting/subject.txt", "  \n", "the subject is empty"),
        (
            "waiting/body.mjml",
            "<mjml><mj-body><mj-section><mj-column><mj-text>{% for n in range(9999) %}0123456789{% endfor %}</mj-text>\
             </mj-column></mj-section></mj-body></mjml>",
            "the HTML is longer",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), name, text);
        let error = Templates::load(Some(folder.path())).unwrap_err();
        assert!(error.to_string().contains(rule), "{error}");
    }
}

/// Not a check: leaves every letter in `target/tmp/letters`, for a person or a browser to look at.
#[test]
fn letters_are_left_to_be_looked_at() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("letters");
    for (kind, sample, letter) in all(&embedded()) {
        write(&folder, &format!("{kind}-{sample}.html"), &letter.html);
        write(&folder, &format!("{kind}-{sample}.txt"), &format!("{}\n\n{}", letter.subject, letter.text));
    }
}
