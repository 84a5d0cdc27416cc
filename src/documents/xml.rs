//! Text inside XML.

/// The text with what is markup escaped, and without what XML cannot hold.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(letter),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_is_markup_and_control_characters_are_left_out() {
        assert_eq!(escaped("a < \"b\" & c > d\n\te"), "a &lt; &quot;b&quot; &amp; c &gt; d\n\te");
        assert_eq!(escaped("a\u{1}b\u{ffff}c\0"), "abc");
    }
}
