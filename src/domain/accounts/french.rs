//! How devices are named in French.

/// A device of which nothing is known.
pub const UNKNOWN_DEVICE: &str = "appareil inconnu";

/// A browser on a system, as far as they are known; empty when neither is.
#[must_use]
pub fn device(browser: Option<&str>, system: Option<&str>) -> String {
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} sur {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("navigateur sur {system}"),
        (None, None) => String::new(),
    }
}
