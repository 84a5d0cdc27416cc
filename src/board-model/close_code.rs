//! The close codes of the boards' sockets (RFC 6455 §7.4): the registered ones, and our own from 4000 on.

/// The server restarts.
pub const GOING_AWAY: u16 = 1001;
/// No `hello`, or what is no message.
pub const POLICY: u16 = 1008;
/// A message of more than 64 KiB.
pub const TOO_LARGE: u16 = 1009;
/// The board cannot be opened now.
pub const AGAIN_LATER: u16 = 1013;
/// Not signed in, or no longer.
pub const SIGNED_OUT: u16 = 4001;
/// No seat at the event, or no such board.
pub const NO_ACCESS: u16 = 4003;
/// The page speaks the messages of another version; it must be loaded again.
pub const OUTDATED: u16 = 4010;
/// Somebody else goes by this client's name; the page needs another.
pub const TAKEN: u16 = 4011;
/// A flood.
pub const FLOOD: u16 = 4008;
/// The board is full of people.
pub const FULL: u16 = 4013;
/// This reader is too slow.
pub const TOO_SLOW: u16 = 4009;
