//! Numbers as people and their programs write them: "1 234,5", "−5", "12,5 %", "1.234,50 €". Nothing is guessed: what may be two
//! numbers is said to be.

/// Which sign stands before decimals in a file; the other one groups thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecimalSign {
    /// As the French write it.
    Comma,
    /// As the English do.
    Dot,
}

/// What a text says, as a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// This number, whoever wrote it.
    Clear(f64),
    /// One or the other: "1.250".
    Either {
        /// If dots group thousands.
        comma: f64,
        /// If they stand before decimals.
        dot: f64,
    },
    /// No number that people write in a list.
    None,
}

/// Blanks that group thousands: plain, unbreakable, narrow, thin, as wide as a figure.
const BLANKS: [char; 5] = [' ', '\u{a0}', '\u{202f}', '\u{2009}', '\u{2007}'];
/// Apostrophes that do so in Switzerland.
const APOSTROPHES: [char; 2] = ['\'', '’'];
/// What stands for a minus sign: the hyphen, the sign itself, dashes, hyphens that do not break.
const MINUS: [char; 5] = ['-', '−', '–', '‑', '－'];
/// Units that say nothing more than the column does.
const UNITS: [&str; 8] = ["%", "€ HT", "€ ht", "€", "EUR HT", "EUR", "euros", "euro"];

/// Reads a number. The comma stands before decimals, as everywhere in French, unless the file is known to be written otherwise
/// in places: then "1,250" is as doubtful as "1.250" is always.
#[must_use]
pub fn read(text: &str, has_english: bool) -> Reading {
    let text = text.trim_matches(BLANKS);
    let (sign, text) = match text.strip_prefix(MINUS) {
        Some(text) => (-1.0, text),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let text = text.trim_start_matches(BLANKS);
    let text = UNITS.iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(text).trim_end_matches(BLANKS);
    match unsigned(text, has_english) {
        Reading::Clear(number) => Reading::Clear(sign * number),
        Reading::Either { comma, dot } => Reading::Either { comma: sign * comma, dot: sign * dot },
        Reading::None => Reading::None,
    }
}

/// Whether a text is a number that only the English write so: "1,234.5", "1,234,567", "12.5".
#[must_use]
pub fn is_english(text: &str) -> bool {
    let (dots, commas) = (text.matches('.').count(), text.matches(',').count());
    let shape = match (dots, commas) {
        (1, 1..) => text.find('.') > text.rfind(','),
        (0, 2..) | (1, 0) => true,
        _ => false,
    };
    shape && matches!(read(text, false), Reading::Clear(_))
}

fn unsigned(text: &str, has_english: bool) -> Reading {
    let (dots, commas) = (text.matches('.').count(), text.matches(',').count());
    let (decimal, group) = match (dots, commas) {
        (0, 0) => return whole(text, None),
        (1, 0) => ('.', None),
        (0, 1) => (',', None),
        // The last sign stands before decimals, the other groups thousands.
        (1, _) if text.rfind('.') > text.rfind(',') => ('.', Some(',')),
        (_, 1) if text.rfind(',') > text.rfind('.') => (',', Some('.')),
        (2.., 0) => return whole(text, Some('.')),
        (0, 2..) => return whole(text, Some(',')),
        _ => return Reading::None,
    };
    let Some((before, after)) = text.rsplit_once(decimal) else { return Reading::None };
    let decimals = !after.is_empty() && after.bytes().all(|digit| digit.is_ascii_digit());
    let Some(digits) = digits(before, group).filter(|_| decimals) else { return Reading::None };
    let Ok(number) = format!("0{digits}.{after}").parse::<f64>() else { return Reading::None };
    let may_group = group.is_none()
        && after.len() == 3
        && (1..=3).contains(&before.len())
        && before.bytes().all(|digit| digit.is_ascii_digit())
        && !before.starts_with('0');
    let grouped = || format!("{digits}{after}").parse().unwrap_or_default();
    match decimal {
        '.' if may_group => Reading::Either { comma: grouped(), dot: number },
        ',' if may_group && has_english => Reading::Either { comma: number, dot: grouped() },
        _ => Reading::Clear(number),
    }
}

fn whole(text: &str, group: Option<char>) -> Reading {
    let number = digits(text, group).filter(|digits| !digits.is_empty()).and_then(|digits| digits.parse().ok());
    number.map_or(Reading::None, Reading::Clear)
}

/// The digits of a whole number whose thousands may stand apart, each three; empty before ",5".
fn digits(text: &str, group: Option<char>) -> Option<String> {
    let is_between = |letter: char| {
        Some(letter) == group || BLANKS.contains(&letter) || group.is_none() && APOSTROPHES.contains(&letter)
    };
    let mut groups = text.split(is_between);
    let first = groups.next().unwrap_or_default();
    let mut all = first.to_owned();
    for next in groups {
        if next.len() != 3 || all.is_empty() || first.len() > 3 {
            return None;
        }
        all.push_str(next);
    }
    all.bytes().all(|digit| digit.is_ascii_digit()).then_some(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, number) in [
            ("12", 12.0),
            ("1 234,5", 1234.5),
            ("1\u{202f}234,5", 1234.5),
            ("1\u{a0}234\u{a0}567", 1_234_567.0),
            ("−5", -5.0),
            ("– 5,25", -5.25),
            ("+3", 3.0),
            ("12,5 %", 12.5),
            ("12,5\u{202f}%", 12.5),
            ("1 250 000 €", 1_250_000.0),
            ("40 € HT", 40.0),
            ("1.234,5", 1234.5),
            ("1,234.5", 1234.5),
            ("1.250.000", 1_250_000.0),
            ("1,250,000", 1_250_000.0),
            ("1.234.567,89", 1_234_567.89),
            ("0.125", 0.125),
            ("12.5", 12.5),
            ("1234.567", 1234.567),
            ("1 234.567", 1234.567),
            ("1,250", 1.25),
            (",5", 0.5),
            ("1’250", 1250.0),
            ("  7 ", 7.0),
        ] {
            assert_eq!(read(text, false), Reading::Clear(number), "{text}");
        }
    }

    #[test]
    fn what_may_be_two_numbers_is_said_to_be() {
        assert_eq!(read("1.250", false), Reading::Either { comma: 1250.0, dot: 1.25 });
        assert_eq!(read("−12.500 €", false), Reading::Either { comma: -12_500.0, dot: -12.5 });
        assert_eq!(read("1,250", true), Reading::Either { comma: 1.25, dot: 1250.0 });
        assert!(["1,234.5", "1,234,567", "12.5"].iter().all(|text| is_english(text)));
        assert!(!["1.234,5", "12,5", "1.250", "1 250", "a.b", "1.2.3"].iter().any(|text| is_english(text)));
    }

    #[test]
    fn what_nobody_writes_in_a_list_is_no_number() {
        let texts = [
            "0x10",
            "1e5",
            "inf",
            "NaN",
            "",
            "-",
            "12 5",
            "1 23 456",
            "1.25.000",
            "1,2,3",
            "1.234,5.6",
            "5,",
            "12 k€",
            "--5",
            "1/2",
            "80/100",
            "2027-12-31",
            "1234 567",
            "environ 5",
            "１２",
            "1 .5",
            "(5)",
            "5-",
            "1_000",
        ];
        for text in texts {
            assert_eq!(read(text, false), Reading::None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_the_board_writes_is_read_as_the_same_number(number in -1e11..1e11_f64, has_english: bool) {
            let number = board_model::model::Number::new(number).get();
            let written = crate::labels::decimal(number);
            for text in [&written, &crate::labels::grouped(&written)] {
                match read(text, has_english) {
                    Reading::Clear(read) => prop_assert_eq!(read, number),
                    Reading::Either { comma, .. } => prop_assert!(has_english && comma == number),
                    Reading::None => prop_assert!(false, "{}", text),
                }
            }
        }

        #[test]
        fn no_text_is_too_much(text in "\\PC{0,30}", numeric in "[-−+0-9., ’€%]{0,14}") {
            for text in [text, numeric] {
                let _ = (read(&text, true), is_english(&text));
            }
        }
    }
}
