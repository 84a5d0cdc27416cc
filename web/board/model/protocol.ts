// The protocol's types as the rest of the client names them; they are made from the Rust sources.
import type { Value } from "./generated/protocol.ts";

export type {
  Accepted,
  BoardKind,
  BoardState,
  ClientMessage,
  Cursor,
  Edit,
  Presence,
  Refusal,
  ServerMessage,
  TextOp,
  Value,
} from "./generated/protocol.ts";

/** A UUID. */
export type Id = string;
export type Fields = Record<string, Value>;
