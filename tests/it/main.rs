//! The integration tests, in one binary: each goes through the door a visitor uses.
#![expect(clippy::unwrap_used, reason = "a helper of a test that cannot go on fails the test")]

mod architecture;
mod harness;
mod letters;
mod outbox;
