//! Which sign divides the cells of a CSV.

use super::{MAX_COLUMNS, each_record};

/// Signs that programs divide cells by; of two that do as well, the first.
const SEPARATORS: [u8; 4] = [b';', b'\t', b',', b'|'];

/// A sign that stands in no text (ASCII's unit separator): every line is one cell.
const NONE: u8 = 0x1f;

/// Records that are looked at.
const SAMPLE: usize = 50;

/// Bytes that are looked at: one line may be the whole file.
const MAX_SAMPLE: usize = 256 << 10;

/// The separator that Excel writes on a first line of its own, the text after that line, and the number of the text's first line.
pub(super) fn told(text: &str) -> (Option<u8>, &str, usize) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let told = first.trim_matches(['"', ' ', '\r']).split_once('=').and_then(|(name, told)| match told.as_bytes() {
        [separator] if name.eq_ignore_ascii_case("sep") => Some(*separator),
        _ => None,
    });
    if told.is_some() { (told, rest, 2) } else { (None, text, 1) }
}

/// The separator of a text that tells none.
pub(super) fn of(text: &str, is_title: impl Fn(&str) -> bool) -> u8 {
    let text = &text[..text.floor_char_boundary(MAX_SAMPLE)];
    let judged = SEPARATORS.iter().rev().map(|separator| (judge(text, *separator, &is_title), *separator));
    let best = judged.max_by_key(|(judgement, _)| *judgement);
    best.filter(|(judgement, _)| judgement.divides()).map_or(NONE, |(_, separator)| separator)
}

/// How well a separator fits; more is better, the first field first.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Judgement {
    /// Known headings in the first record.
    titles: usize,
    /// Cells of the first record, where a heading is known.
    headings: usize,
    /// Records with the usual number of cells.
    alike: usize,
    /// The usual number of cells of the records that have several; others may have left theirs out.
    usual: usize,
}

impl Judgement {
    const fn divides(&self) -> bool {
        if self.titles > 0 { self.headings > 1 } else { self.usual > 1 }
    }
}

fn judge(text: &str, separator: u8, is_title: impl Fn(&str) -> bool) -> Judgement {
    let mut widths: Vec<usize> = Vec::new();
    let mut titles = 0;
    // It ends as soon as enough was seen.
    let _ = each_record(text, separator, |_, record| {
        if widths.is_empty() {
            titles = record.iter().take(MAX_COLUMNS).filter(|cell| is_title(cell.trim())).count();
        }
        widths.push(record.len());
        if widths.len() < SAMPLE { Ok(()) } else { Err(super::Unreadable::TooMuch) }
    });
    let times = |width: usize| widths.iter().filter(|other| **other == width).count();
    let several = widths.iter().copied().filter(|width| *width > 1);
    let usual = several.max_by_key(|width| (times(*width), *width)).unwrap_or_default();
    Judgement {
        titles,
        headings: if titles > 0 { widths.first().copied().unwrap_or_default() } else { 0 },
        alike: times(usual),
        usual,
    }
}
