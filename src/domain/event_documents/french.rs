//! How documents are told of in French.

/// Bytes of a kilobyte, as French systems count them.
const KILOBYTE: i64 = 1024;

/// « 1,2 Mo », « 340 ko ».
#[must_use]
pub fn size(bytes: i64) -> String {
    let kilobytes = bytes.div_euclid(KILOBYTE).max(1);
    if kilobytes < KILOBYTE {
        return format!("{kilobytes}\u{a0}ko");
    }
    let tenths = (bytes * 10 + KILOBYTE * KILOBYTE / 2) / (KILOBYTE * KILOBYTE);
    match tenths % 10 {
        0 => format!("{}\u{a0}Mo", tenths / 10),
        rest => format!("{},{rest}\u{a0}Mo", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_told_in_the_unit_that_fits() {
        assert_eq!(size(12), "1\u{a0}ko");
        assert_eq!(size(340 * 1024), "340\u{a0}ko");
        assert_eq!(size(25 * 1024 * 1024), "25\u{a0}Mo");
        assert_eq!(size(1_300_000), "1,2\u{a0}Mo");
    }
}
