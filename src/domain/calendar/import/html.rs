//! Descriptions in HTML become text: paragraphs, lists and the addresses of links are kept, nothing else. Pure.

/// Elements that begin on a line of their own.
const BLOCKS: [&str; 17] =
    ["p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "blockquote", "pre"];

/// The others that descriptions use; a text is taken for HTML only where it has one of these or of the blocks.
const INLINE: [&str; 17] = [
    "a",
    "b",
    "i",
    "u",
    "em",
    "strong",
    "span",
    "font",
    "html",
    "html-blob",
    "body",
    "head",
    "style",
    "script",
    "td",
    "img",
    "small",
];

/// Whether a text is written in HTML.
#[must_use]
pub fn is_html(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| tag(&text[at..]).is_some())
}

/// A tag at the beginning of a text: its name, whether it closes, what it says, its length.
fn tag(text: &str) -> Option<(String, bool, &str, usize)> {
    let end = text.find('>')?;
    let inside = &text[1..end];
    let closes = inside.starts_with('/');
    let inside_name = inside.trim_start_matches('/');
    let length = inside_name.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
    let name = inside_name[..length.unwrap_or(inside_name.len())].to_ascii_lowercase();
    let known = BLOCKS.contains(&name.as_str()) || INLINE.contains(&name.as_str());
    known.then_some((name, closes, inside, end + 1))
}

/// The text of a description that may be written in HTML.
#[must_use]
pub fn to_text(html: &str) -> String {
    if !is_html(html) {
        return html.to_owned();
    }
    let (mut text, mut rest, mut link) = (String::new(), html, None::<(String, usize)>);
    while let Some(at) = rest.find('<') {
        push_words(&mut text, &rest[..at]);
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!") {
            let (close, length) = if comment.starts_with("--") { ("-->", 3) } else { (">", 1) };
            rest = comment.find(close).map_or("", |end| &comment[end + length..]);
            continue;
        }
        let Some((name, closes, inside, length)) = tag(rest) else {
            // No tag that is known: a sign, or an element that says nothing here.
            let end = unknown_tag(rest);
            if end == 1 {
                text.push('<');
            }
            rest = &rest[end..];
            continue;
        };
        rest = &rest[length..];
        if matches!(name.as_str(), "style" | "script" | "head") && !closes {
            let close = format!("</{name}");
            rest = rest.to_ascii_lowercase().find(&close).map_or("", |end| &rest[end..]);
        } else if name == "a" && !closes {
            link = address(inside).map(|address| (address, text.len()));
        } else if name == "a" {
            close_link(&mut text, link.take());
        } else if name == "li" {
            text.push_str(if closes { "" } else { "\n- " });
        } else if BLOCKS.contains(&name.as_str()) {
            text.push('\n');
        } else if name == "td" {
            text.push(' ');
        }
    }
    push_words(&mut text, rest);
    tidy(&text)
}

fn unknown_tag(text: &str) -> usize {
    let second = text[1..].chars().next();
    let looks_like_one = second.is_some_and(|letter| letter.is_ascii_alphabetic() || letter == '/');
    // `<https://…>` is how plain texts write addresses.
    let is_address = text[1..].starts_with("http");
    text.find('>').filter(|_| looks_like_one && !is_address).map_or(1, |end| end + 1)
}

fn address(tag: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let value = tag[lower.find("href")? + 4..].trim_start().strip_prefix('=')?.trim_start();
    let address = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split_whitespace().next()?,
    };
    let address = entities(address);
    (address.starts_with("http") || address.starts_with("mailto:")).then_some(address)
}

/// The words of a link, then its address where they do not say it.
fn close_link(text: &mut String, link: Option<(String, usize)>) {
    let Some((address, from)) = link else { return };
    let words = text.get(from..).unwrap_or_default().trim();
    let plain = |one: &str| one.trim_start_matches("mailto:").trim_end_matches('/').to_owned();
    if words.is_empty() {
        text.push_str(&address);
    } else if plain(words) != plain(&address) {
        text.push_str(&format!(" ({})", address.trim_start_matches("mailto:")));
    }
}

/// Words, with blanks as HTML reads them.
fn push_words(text: &mut String, words: &str) {
    let words = entities(words);
    let mut was_blank = text.ends_with([' ', '\n']) || text.is_empty();
    for letter in words.chars() {
        let is_blank = matches!(letter, ' ' | '\n' | '\r' | '\t');
        if !is_blank {
            text.push(letter);
        } else if !was_blank {
            text.push(' ');
        }
        was_blank = is_blank;
    }
}

/// Lines without blanks at their ends, one empty line at most between two.
fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    lines.join("\n").trim().to_owned()
}

/// The names that descriptions in French use.
const ENTITIES: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("hellip", '…'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("euro", '€'),
    ("deg", '°'),
    ("middot", '·'),
    ("bull", '•'),
    ("copy", '©'),
    ("reg", '®'),
    ("agrave", 'à'),
    ("acirc", 'â'),
    ("auml", 'ä'),
    ("ccedil", 'ç'),
    ("egrave", 'è'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("euml", 'ë'),
    ("icirc", 'î'),
    ("iuml", 'ï'),
    ("ocirc", 'ô'),
    ("ouml", 'ö'),
    ("ugrave", 'ù'),
    ("ucirc", 'û'),
    ("uuml", 'ü'),
    ("oelig", 'œ'),
    ("Agrave", 'À'),
    ("Acirc", 'Â'),
    ("Ccedil", 'Ç'),
    ("Egrave", 'È'),
    ("Eacute", 'É'),
    ("Ecirc", 'Ê'),
    ("Icirc", 'Î'),
    ("Ocirc", 'Ô'),
    ("OElig", 'Œ'),
];

fn entities(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let letter = rest.find(';').filter(|end| *end <= 10).and_then(|end| Some((entity(&rest[1..end])?, end + 1)));
        let (letter, length) = letter.unwrap_or(('&', 1));
        plain.push(letter);
        rest = &rest[length..];
    }
    plain + rest
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|letter| !letter.is_control() || *letter == '\n');
    }
    ENTITIES.iter().find(|(own, _)| *own == name).map(|(_, letter)| *letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn html_becomes_text_with_its_paragraphs_lists_and_links() {
        assert_eq!(
            to_text(
                "<html><head><style>p{}</style></head><p>Bonjour&nbsp;à <b>tous</b></p><ul><li>un</li><li>deux</li></ul>"
            ),
            "Bonjour\u{a0}à tous\n\n- un\n- deux"
        );
        assert_eq!(
            to_text("<a href=\"https://exemple.fr/a?b=1&amp;c=2\">Rejoindre</a><br>fin"),
            "Rejoindre (https://exemple.fr/a?b=1&c=2)\nfin"
        );
        assert_eq!(to_text("<a href='https://exemple.fr'>https://exemple.fr/</a><o:p></o:p>"), "https://exemple.fr/");
    }

    #[test]
    fn a_plain_text_stays_as_it_is() {
        for text in ["a < b > c", "Lien <https://exemple.fr/x>", "Prix & délais : 3 < 4", "<Nom> à remplir", ""] {
            assert_eq!(to_text(text), text);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_end(text in "(<|>|/|a|p|br|li|!--|-->|&|;|#|é|\"|'| |\n|href=|style){0,40}") {
            let read = to_text(&text);
            prop_assert!(!read.contains("<p>") || !is_html(&text) || text.contains("&"));
        }
    }
}
