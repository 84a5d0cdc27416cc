// Made from the Rust sources by `cargo test generated`. Do not edit.

/** Comments on one card. */
export const MAX_COMMENTS = 200;

/** Bytes of one message from a client. */
export const MAX_MESSAGE_BYTES = 65536;

/** Edits per second and person on one board, on average, unless configured. */
export const EDITS_PER_SECOND = 50;

/** Edits of one person at once. */
export const EDIT_BURST = 200;

/** Presence messages per second, on average. */
export const PRESENCE_PER_SECOND = 25;

/** The socket's close codes after which a client behaves in a special way. */
export const CLOSE_CODES = {
  signedOut: 4001,
  noAccess: 4003,
  outdated: 4010,
  clientTaken: 4011,
  full: 4013,
} as const;
