//! Which mailbox an address means, however it is written. Pure.

/// Domains of one provider, of which the first names the mailbox.
const GOOGLE: [&str; 2] = ["gmail.com", "googlemail.com"];

/// Domains whose provider ignores dots before the `@`.
const DOTS_IGNORED: [&str; 4] = ["gmail.com", "proton.me", "protonmail.com", "pm.me"];

/// The mailbox that an address in lower case means, as limits count it: without quotes that need not be there, without a tag
/// after a plus (RFC 5233) and, where the provider ignores them, without dots. Two mailboxes may count as one; one never counts as
/// two.
pub(super) fn mailbox(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let local = unquoted(local);
    let tagged = local.split('+').next().unwrap_or_default();
    // Where nothing stands before the plus, it is no tag.
    let mut local = if tagged.is_empty() { local.clone() } else { tagged.to_owned() };
    let mut domain = domain.trim_end_matches('.');
    if GOOGLE.contains(&domain) {
        domain = GOOGLE[0];
    }
    if DOTS_IGNORED.contains(&domain) {
        local.retain(|sign| sign != '.');
    }
    format!("{local}@{domain}")
}

/// A quoted local part means what stands between its quotes (RFC 5321 §4.1.2).
fn unquoted(local: &str) -> String {
    let Some(inner) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return local.to_owned() };
    let mut signs = inner.chars();
    let mut text = String::new();
    while let Some(sign) = signs.next() {
        text.push(if sign == '\\' { signs.next().unwrap_or(sign) } else { sign });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_is_one_however_it_is_written() {
        for address in [
            "ada.lovelace@gmail.com",
            "adalovelace@gmail.com",
            "a.d.a.lovelace+spaser@gmail.com",
            "adalovelace@googlemail.com",
            "\"ada.lovelace\"@gmail.com",
            "\"ada\\lovelace+x\"@gmail.com",
            "adalovelace@gmail.com.",
        ] {
            assert_eq!(mailbox(address), "adalovelace@gmail.com", "{address}");
        }
        assert_eq!(mailbox("ada+a@exemple.fr"), mailbox("ada+b@exemple.fr"));
        assert_eq!(mailbox("a.da+a@proton.me"), mailbox("ada@proton.me"));
    }

    #[test]
    fn different_mailboxes_stay_apart() {
        assert_ne!(mailbox("ada.lovelace@exemple.fr"), mailbox("adalovelace@exemple.fr"), "dots count elsewhere");
        assert_ne!(mailbox("ada@exemple.fr"), mailbox("ada@exemple.com"));
        assert_ne!(mailbox("+a@exemple.fr"), mailbox("+b@exemple.fr"));
    }
}
