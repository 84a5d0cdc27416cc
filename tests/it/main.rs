//! The integration tests, in one binary: each goes through the door a visitor uses.

mod architecture;
