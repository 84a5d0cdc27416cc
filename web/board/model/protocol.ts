// The protocol's types under the names that the client uses; they are generated from the Rust sources.
import type { Value } from "./generated/protocol.ts";

export type {
  Accepted,
  BoardKind,
  BoardState,
  ClientMessage,
  Comment,
  Cursor,
  Drag,
  Edit,
  Presence,
  Refusal,
  Role,
  ServerMessage,
  TextOp,
  Touch,
  Value,
} from "./generated/protocol.ts";

/** A UUID. */
export type Id = string;
export type Fields = Record<string, Value>;

/** The author of an edit, and when the server accepted it (milliseconds since 1970). */
export interface Signature {
  by: Id;
  at: number;
}
