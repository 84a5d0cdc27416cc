// The protocol's types as the rest of the client names them; they are made from the Rust sources.
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

/** Who did an edit, and when the server took it (milliseconds since 1970). */
export interface Signature {
  by: Id;
  at: number;
}
