// The board protocol `parcours.board.v1`, as ARCHITECTURE.md describes it.
// Written by hand until the types generated from Rust replace this file.

export type Id = string;
export type BoardKind = "indicators" | "stakeholders" | "questions" | "cards";
export type FieldValue = string | number;
export type Fields = Record<string, FieldValue>;

/** Positive keeps that many UTF-16 units, negative deletes, a string inserts; the rest is kept. */
export type TextOp = number | string;

export interface WireCard {
  x: number;
  y: number;
  fields: Fields;
  by: Id;
  rank: number;
  votes?: Id[];
}

export interface WireLink {
  from: Id;
  to: Id;
  kind: string;
  strength: number;
  note: string;
  by: Id;
}

export interface WireBoard {
  id: Id;
  kind: BoardKind;
  title: string;
  cards: Record<Id, WireCard>;
  links: Record<Id, WireLink>;
}

export type Edit =
  | { type: "add_card"; card: Id; x: number; y: number; fields: Fields }
  | { type: "set_field"; card: Id; field: string; value: FieldValue | null }
  | { type: "edit_text"; card: Id; field: string; base: number; ops: TextOp[] }
  | { type: "move_card"; card: Id; x: number; y: number }
  | { type: "remove_card"; card: Id }
  | { type: "restore_card"; card: Id }
  | { type: "add_link"; link: Id; from: Id; to: Id; kind: string; strength: number; note: string }
  | { type: "set_link"; link: Id; kind: string; strength: number; note: string }
  | { type: "remove_link"; link: Id }
  | { type: "vote"; card: Id; on: boolean };

export type Refusal =
  | "not_allowed"
  | "no_such_card"
  | "no_such_link"
  | "exists_already"
  | "unknown_field"
  | "wrong_type"
  | "too_long"
  | "out_of_range"
  | "unknown_choice"
  | "links_not_here"
  | "link_to_itself"
  | "too_many_cards"
  | "too_old"
  | "bad_text"
  | "too_fast"
  | "malformed"
  | "not_stored";

export interface Cursor {
  x: number;
  y: number;
}

export type ClientMessage =
  | { type: "hello"; client: Id; since: number | null }
  | { type: "edit"; n: number; edit: Edit }
  | { type: "presence"; selected: Id | null; field: string | null; cursor: Cursor | null };

export interface Accepted {
  seq: number;
  client: Id;
  n: number;
  by: Id;
  edit: Edit;
}

export interface Person {
  client: Id;
  person: Id;
  name: string;
  selected: Id | null;
  field: string | null;
  cursor: Cursor | null;
}

export type ClosingReason = "restart" | "slow" | "signed_out" | "archived";

export type ServerMessage =
  | { type: "welcome"; head: number; board: WireBoard | null; may_edit: boolean }
  | { type: "edits"; edits: Accepted[] }
  | { type: "ack"; n: number; seq: number }
  | { type: "refused"; n: number; reason: Refusal }
  | { type: "presence"; people: Person[]; left: Id[] }
  | { type: "closing"; reason: ClosingReason; retry_after_ms: number | null };
