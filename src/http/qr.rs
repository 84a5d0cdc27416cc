//! QR codes as the path of an SVG: for an address that a telephone's camera takes over.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// A QR code, one unit a module, with the quiet zone that readers need around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    /// Units on each side.
    pub size: i32,
    /// The dark modules, as the `d` of an SVG path.
    pub path: String,
}

/// Modules left light on each side.
const QUIET: i32 = 4;

impl Qr {
    /// The code for `text`; `None` when it is longer than any code holds (about 2,300 bytes).
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
            }
        }
        Some(Self { size: code.size() + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_a_margin() {
        let code = Qr::new("https://exemple.fr/calendrier.ics").unwrap();
        let far = code.size - QUIET - 7;
        for (x, y) in [(QUIET, QUIET), (far, QUIET), (QUIET, far)] {
            assert!(code.path.contains(&format!("M{x} {y}h")), "{x} {y}");
        }
        assert!(!code.path.contains("M3 "));
        assert_eq!(Qr::new(&"a".repeat(3000)), None);
    }
}
