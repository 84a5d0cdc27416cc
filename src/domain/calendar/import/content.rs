//! What an event of another calendar is about, where it is, and how one joins it. Pure.

use super::html;
use super::lines::{Component, Line};
use crate::programme::video_host;

/// The longest title, place and description, characters.
const MAX_LINE: usize = 300;
const MAX_TEXT: usize = 10_000;

/// What an event says of itself, times apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// Its title; may be empty.
    pub title: String,
    /// What it is about; may be empty.
    pub summary: String,
    /// Where; may be empty.
    pub place: String,
    /// The link by which people join its video meeting. It is taken out of the other texts, which everybody may read.
    pub video_url: Option<String>,
    /// Whether its calendar keeps it from others (CLASS).
    pub is_private: bool,
    /// Whether a text is longer than what is taken.
    pub is_shortened: bool,
}

/// Properties whose value is the link of a video meeting.
const LINKS: [&str; 5] = [
    "CONFERENCE",
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
    "X-MICROSOFT-ONLINEMEETINGCONFLINK",
];

impl Content {
    /// Reads an event.
    #[must_use]
    pub fn of(event: &Component) -> Self {
        let title = event.text("SUMMARY").split_whitespace().collect::<Vec<_>>().join(" ");
        let (mut place, mut summary) = (event.text("LOCATION"), description(event));
        let video_url = link(event, &place, &summary);
        if let Some(url) = &video_url {
            place = without(&place, url);
            summary = without(&without_invitation(&summary, url), url);
        }
        let place = place.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ");
        let class = event.text("CLASS").to_ascii_uppercase();
        let mut content = Self { video_url, is_private: !matches!(class.as_str(), "" | "PUBLIC"), ..Self::default() };
        content.title = content.shortened(&title, MAX_LINE);
        content.place = content.shortened(&place, MAX_LINE);
        content.summary = content.shortened(&summary, MAX_TEXT);
        content
    }

    fn shortened(&mut self, text: &str, most: usize) -> String {
        self.is_shortened |= text.chars().count() > most;
        text.chars().take(most).collect::<String>().trim().to_owned()
    }
}

/// The description as text, wherever it stands.
fn description(event: &Component) -> String {
    let plain = event.text("DESCRIPTION");
    let other = event.line("X-ALT-DESC").map(Line::text).unwrap_or_default();
    html::to_text(if plain.is_empty() { &other } else { &plain })
}

fn link(event: &Component, place: &str, summary: &str) -> Option<String> {
    let own = LINKS.iter().flat_map(|name| event.all(name)).filter(|line| is_video(line));
    let own = own.filter_map(|line| addresses(&line.text()).next());
    // A place that is an address is where one goes; within other words only that of a known service is.
    let place_is_address = addresses(place).next().filter(|url| place.trim() == url.as_str());
    let page = event.text("URL");
    let known = [place, page.as_str(), summary].into_iter().flat_map(addresses).filter(|url| is_meeting(url));
    own.chain(place_is_address).chain(known).find(|url| video_host(url).is_some())
}

/// A CONFERENCE may be a telephone or a chat (RFC 7986 §5.11).
fn is_video(line: &Line) -> bool {
    let features = line.parameter("FEATURE").unwrap_or("VIDEO").to_ascii_uppercase();
    ["VIDEO", "AUDIO", "SCREEN"].iter().any(|feature| features.contains(feature))
}

/// The secure addresses in a text, in order.
fn addresses(text: &str) -> impl Iterator<Item = String> + '_ {
    text.match_indices("https://").map(|(at, _)| {
        let rest = &text[at..];
        let end =
            rest.find(|letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | '"' | ')' | ']' | '\\'));
        rest[..end.unwrap_or(rest.len())].trim_end_matches(['.', ',', ';', '\'', '»']).to_owned()
    })
}

/// Services of video meetings, by the end of their host and the beginning of the path by which people join.
const SERVICES: &[(&str, &str)] = &[
    ("teams.microsoft.com", "/l/meetup-join"),
    ("teams.microsoft.com", "/meet/"),
    ("teams.live.com", "/meet"),
    ("zoom.us", "/j/"),
    ("zoom.us", "/w/"),
    ("zoom.us", "/my/"),
    ("zoom.us", "/s/"),
    ("meet.google.com", "/"),
    ("meet.jit.si", "/"),
    ("webex.com", "/meet"),
    ("webex.com", "/join"),
    ("webex.com", "/j.php"),
    ("webex.com", "/wbxmjs"),
    ("visio.numerique.gouv.fr", "/"),
    ("webconf.numerique.gouv.fr", "/"),
    ("webinaire.numerique.gouv.fr", "/meeting"),
    ("whereby.com", "/"),
    ("visio-agents.education.fr", "/"),
    ("rendez-vous.renater.fr", "/"),
    ("gotomeeting.com", "/join"),
    ("livestorm.co", "/p/"),
];

fn is_meeting(url: &str) -> bool {
    let Some(host) = video_host(url) else { return false };
    let path = url["https://".len()..].find('/').map_or("/", |at| &url["https://".len() + at..]);
    SERVICES.iter().any(|(service, start)| {
        let is_host = host.strip_suffix(service).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        is_host && path.starts_with(start) && path.len() > 1
    })
}

/// A text without an address, and without the brackets around it.
fn without(text: &str, url: &str) -> String {
    let mut rest = text.to_owned();
    for form in [format!(" ({url})"), format!("<{url}>"), format!("({url})"), format!("[{url}]"), url.to_owned()] {
        rest = rest.replace(&form, "");
    }
    rest.trim().trim_end_matches([';', ',']).trim().to_owned()
}

/// A text without what Teams writes below a line of dashes: how to join, by number and code too.
fn without_invitation(text: &str, url: &str) -> String {
    let is_rule = |line: &&str| {
        line.trim().len() >= 10 && line.trim().chars().all(|sign| matches!(sign, '_' | '-' | '.' | '~' | ':'))
    };
    let lines: Vec<&str> = text.lines().collect();
    let Some(at) = lines.iter().position(|line| line.contains(url)) else { return text.to_owned() };
    let Some(from) = lines[..at].iter().rposition(&is_rule) else { return text.to_owned() };
    let until = lines[at..].iter().position(is_rule).map_or(lines.len(), |after| at + after + 1);
    [&lines[..from], &lines[until..]].concat().join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::import::lines::parse;

    fn content(lines: &str) -> Content {
        Content::of(
            &parse(&format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR")).calendars[0].parts[0],
        )
    }

    #[test]
    fn the_link_of_a_meeting_is_found_wherever_it_stands_and_leaves_what_everybody_reads() {
        const TEAMS: &str = "https://teams.microsoft.com/l/meetup-join/19%3ameeting?a=b";
        for (lines, url) in [
            ("CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://visio.exemple.fr/a".to_owned(), "https://visio.exemple.fr/a"),
            ("X-GOOGLE-CONFERENCE:https://meet.google.com/abc-defg".to_owned(), "https://meet.google.com/abc-defg"),
            (format!("X-MICROSOFT-SKYPETEAMSMEETINGURL:{TEAMS}\nLOCATION:Réunion Microsoft Teams"), TEAMS),
            ("LOCATION:https://visio.exemple.fr/abc".to_owned(), "https://visio.exemple.fr/abc"),
            (
                format!(
                    "DESCRIPTION:Ordre du jour\\n________________\\nRejoindre <{TEAMS}>\\nCode : 12 34\\n________________"
                ),
                TEAMS,
            ),
            (
                "DESCRIPTION:Zoom : https://grist.zoom.us/j/123?pwd=x. À bientôt".to_owned(),
                "https://grist.zoom.us/j/123?pwd=x",
            ),
        ] {
            let content = content(&lines);
            assert_eq!(content.video_url.as_deref(), Some(url), "{lines}");
            assert!(!format!("{} {}", content.summary, content.place).contains("http"), "{content:?}");
        }
        let agenda = content(&format!("DESCRIPTION:Ordre du jour\\n___________\\n{TEAMS}\\nCode : 12"));
        assert_eq!(agenda.summary, "Ordre du jour");
        for none in [
            "CONFERENCE;FEATURE=PHONE:tel:+33102030405",
            "DESCRIPTION:Voir https://exemple.fr/programme",
            "URL:https://zoom.us/pricing",
            "LOCATION:http://visio.exemple.fr/abc",
            "LOCATION:https://a@ailleurs.fr/",
        ] {
            assert_eq!(content(none).video_url, None, "{none}");
        }
    }

    #[test]
    fn a_description_in_html_becomes_text_and_what_is_private_says_so() {
        let html = content("DESCRIPTION:<p>Bonjour</p>\nCLASS:PRIVATE");
        assert_eq!((html.summary.as_str(), html.is_private), ("Bonjour", true));
        assert_eq!(content("X-ALT-DESC;FMTTYPE=text/html:<b>Bonjour</b>").summary, "Bonjour");
        assert!(content("CLASS:CONFIDENTIAL").is_private && !content("CLASS:public").is_private);
        assert!(content(&format!("SUMMARY:{}", "a".repeat(301))).is_shortened);
    }
}
