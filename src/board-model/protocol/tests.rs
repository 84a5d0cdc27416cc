use proptest::prelude::*;

use super::*;

#[test]
fn messages_read_as_the_architecture_document_says() {
    let hello = r#"{"type":"hello","client":"00000000-0000-0000-0000-000000000001","since":null}"#;
    assert!(matches!(serde_json::from_str(hello).unwrap(), ClientMessage::Hello { since: None, .. }));
    let presence = r#"{"type":"presence","selected":null,"field":"name","cursor":{"x":1,"y":2.5}}"#;
    assert!(matches!(serde_json::from_str(presence).unwrap(), ClientMessage::Presence(_)));
    let closing = ServerMessage::Closing { reason: ClosingReason::Restart, retry_after_ms: 500 };
    assert_eq!(
        serde_json::to_string(&closing).unwrap(),
        r#"{"type":"closing","reason":"restart","retry_after_ms":500}"#
    );
}

#[test]
fn a_set_field_without_a_value_is_malformed_not_an_unset() {
    let left_out = r#"{"type":"set_field","card":"00000000-0000-0000-0000-000000000001","field":"name"}"#;
    assert!(serde_json::from_str::<Edit>(left_out).is_err());
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics_the_decoder(text in "\\PC{0,200}") {
        let _ = serde_json::from_str::<ClientMessage>(&text);
    }

    #[test]
    fn arbitrary_bytes_never_panic_the_decoder(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = serde_json::from_slice::<ClientMessage>(&bytes);
    }
}
