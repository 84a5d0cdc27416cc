// The board's state and `applyEdit`, which mirrors the server's: it refuses the same edits for the same reasons.
// Cards and links are immutable values in maps, so a view can tell what changed by identity.
import { checkText, checkValue } from "./check.ts";
import { addComment, removeComment } from "./comments.ts";
import type { BoardKind, BoardState, Comment, Edit, Fields, Id, Refusal, Signature, Touch, Value } from "./protocol.ts";
import { fieldOf, MAX_CARDS, MAX_COORDINATE, MAX_LINE, MAX_LINKS, MAX_TEXT, schemaOf } from "./schemas.ts";
import { apply } from "./text.ts";

export interface Card {
  readonly x: number;
  readonly y: number;
  readonly fields: Readonly<Fields>;
  readonly by: Id;
  readonly at: number;
  readonly rank: number;
  readonly touched?: Touch | undefined;
  readonly votes: readonly Id[];
  readonly comments: readonly Comment[];
}

export interface Link {
  readonly from: Id;
  readonly to: Id;
  readonly kind: string;
  readonly strength: number;
  readonly note: string;
  readonly by: Id;
}

/** A removed card, with the links that were removed with it. */
interface Removed {
  readonly card: Card;
  readonly links: ReadonlyMap<Id, Link>;
  readonly by: Id;
}

export interface Board {
  readonly id: Id;
  readonly kind: BoardKind;
  readonly title: string;
  readonly cards: Map<Id, Card>;
  readonly links: Map<Id, Link>;
  readonly removed: Map<Id, Removed>;
}

export function fromWire(wire: BoardState): Board {
  const cards = Object.entries(wire.cards).map(([id, card]): [Id, Card] => [
    id,
    { ...card, votes: card.votes ?? [], comments: card.comments ?? [] },
  ]);
  return {
    id: wire.id,
    kind: wire.kind,
    title: wire.title,
    cards: new Map(cards.sort(([, a], [, b]) => a.rank - b.rank)),
    links: new Map(Object.entries(wire.links)),
    removed: new Map(),
  };
}

/** A copy that can be changed without changing the original. */
export function fork(board: Board): Board {
  return { ...board, cards: new Map(board.cards), links: new Map(board.links), removed: new Map(board.removed) };
}

export function textOf(board: Board | null, card: Id, field: string): string {
  const value = board?.cards.get(card)?.fields[field];
  return typeof value === "string" ? value : "";
}

/** The kinds of edits that `applyEdit` knows; the compiler checks that none is missing. */
const KNOWN_EDITS: Record<Edit["type"], true> = {
  add_card: true,
  set_field: true,
  set_fields: true,
  edit_text: true,
  move_card: true,
  remove_card: true,
  restore_card: true,
  add_link: true,
  set_link: true,
  remove_link: true,
  vote: true,
  add_comment: true,
  remove_comment: true,
};

/** Whether this page can apply an edit; a server of a later version may send others. */
export function isKnownEdit(edit: Edit): boolean {
  return Object.hasOwn(KNOWN_EDITS, edit.type);
}

/** Applies an edit by its author under the number `seq`. Returns the refusal, or null when it was applied. */
export function applyEdit(board: Board, signed: Signature, edit: Edit, seq: number): Refusal | null {
  const { by } = signed;
  const touched = { ...signed, seq };
  switch (edit.type) {
    case "add_card":
      return addCard(board, signed, edit, seq);
    case "set_field":
      return setField(board, edit, touched);
    case "set_fields":
      return setFields(board, edit, touched);
    case "edit_text":
      return editText(board, edit, touched);
    case "add_comment":
      return changeComments(board, edit.card, touched, (comments) => addComment(comments, edit, signed));
    case "remove_comment":
      return changeComments(board, edit.card, touched, (comments) => removeComment(comments, edit.comment));
    case "move_card":
      if (isOutOfRange(edit)) return "out_of_range";
      return changeCard(board, edit.card, (card) => ({ ...card, x: edit.x, y: edit.y }));
    case "remove_card":
      return removeCard(board, by, edit.card);
    case "restore_card":
      return restoreCard(board, by, edit.card);
    case "vote":
      return vote(board, by, edit.card, edit.on);
    default:
      return applyLinkEdit(board, by, edit);
  }
}

type LinkEdit = Extract<Edit, { link: Id }>;

function applyLinkEdit(board: Board, by: Id, edit: LinkEdit): Refusal | null {
  switch (edit.type) {
    case "add_link":
      return addLink(board, by, edit);
    case "set_link": {
      const link = board.links.get(edit.link);
      if (link === undefined) return "no_such_link";
      const refusal = checkLink(board, edit);
      if (refusal !== null) return refusal;
      board.links.set(edit.link, { ...link, kind: edit.kind, strength: edit.strength, note: edit.note });
      return null;
    }
    case "remove_link":
      return board.links.delete(edit.link) ? null : "no_such_link";
  }
}

function changeCard(board: Board, id: Id, change: (card: Card) => Card): Refusal | null {
  const card = board.cards.get(id);
  if (card === undefined) return "no_such_card";
  board.cards.set(id, change(card));
  return null;
}

const isOutOfRange = ({ x, y }: { x: number; y: number }): boolean => Math.max(Math.abs(x), Math.abs(y)) > MAX_COORDINATE;

type AddCard = Extract<Edit, { type: "add_card" }>;

function addCard(board: Board, { by, at }: Signature, edit: AddCard, seq: number): Refusal | null {
  if (board.cards.has(edit.card) || board.removed.has(edit.card)) return "exists_already";
  if (board.cards.size >= MAX_CARDS) return "too_many_cards";
  if (isOutOfRange(edit)) return "out_of_range";
  for (const [name, value] of Object.entries(edit.fields)) {
    const spec = fieldOf(board.kind, name);
    if (spec === undefined) return "unknown_field";
    const refusal = checkValue(spec, value);
    if (refusal !== null) return refusal;
  }
  const fields = Object.fromEntries(Object.entries(edit.fields).filter(([, value]) => value !== ""));
  board.cards.set(edit.card, { x: edit.x, y: edit.y, fields, by, at, rank: seq, votes: [], comments: [] });
  return null;
}

function withField(fields: Readonly<Fields>, name: string, value: Value | null): Fields {
  const result = { ...fields };
  if (value === null || value === "") Reflect.deleteProperty(result, name);
  else result[name] = value;
  return result;
}

function setField(board: Board, edit: Extract<Edit, { type: "set_field" }>, touched: Touch): Refusal | null {
  const { card: id, field: name, value } = edit;
  const spec = fieldOf(board.kind, name);
  if (!board.cards.has(id)) return "no_such_card";
  if (spec === undefined) return "unknown_field";
  const refusal = value === null ? null : checkValue(spec, value);
  if (refusal !== null) return refusal;
  return changeCard(board, id, (card) => ({ ...card, fields: withField(card.fields, name, value), touched }));
}

/** Sets all fields, or none. */
function setFields(board: Board, edit: Extract<Edit, { type: "set_fields" }>, touched: Touch): Refusal | null {
  const values = Object.entries(edit.fields).map(([name, value]): [string, Value | null] => [name, value ?? null]);
  if (values.length === 0) return "malformed";
  if (!board.cards.has(edit.card)) return "no_such_card";
  for (const [name, value] of values) {
    const spec = fieldOf(board.kind, name);
    if (spec === undefined) return "unknown_field";
    if (spec.type === "text") return "wrong_type";
    const refusal = value === null ? null : checkValue(spec, value);
    if (refusal !== null) return refusal;
  }
  const all = (fields: Readonly<Fields>): Readonly<Fields> => values.reduce((so, [name, value]) => withField(so, name, value), fields);
  return changeCard(board, edit.card, (card) => ({ ...card, fields: all(card.fields), touched }));
}

function editText(board: Board, edit: Extract<Edit, { type: "edit_text" }>, touched: Touch): Refusal | null {
  if (!board.cards.has(edit.card)) return "no_such_card";
  const spec = fieldOf(board.kind, edit.field);
  if (spec === undefined) return "unknown_field";
  if (spec.type !== "text") return "wrong_type";
  const text = apply(textOf(board, edit.card, edit.field), edit.ops);
  if (text === null) return "bad_text";
  const refusal = checkText(text, MAX_TEXT);
  if (refusal !== null) return refusal;
  return changeCard(board, edit.card, (card) => ({ ...card, fields: withField(card.fields, edit.field, text), touched }));
}

function removeCard(board: Board, by: Id, id: Id): Refusal | null {
  const card = board.cards.get(id);
  if (card === undefined) return "no_such_card";
  const links = new Map([...board.links].filter(([, link]) => link.from === id || link.to === id));
  for (const link of links.keys()) board.links.delete(link);
  board.cards.delete(id);
  board.removed.set(id, { card, links, by });
  return null;
}

function restoreCard(board: Board, by: Id, id: Id): Refusal | null {
  if (board.cards.has(id)) return "exists_already";
  const removed = board.removed.get(id);
  if (removed === undefined) return "no_such_card";
  if (removed.by !== by) return "not_allowed";
  if (board.cards.size >= MAX_CARDS) return "too_many_cards";
  board.removed.delete(id);
  board.cards.set(id, removed.card);
  for (const [link, value] of removed.links) {
    if (board.links.size < MAX_LINKS && board.cards.has(value.from) && board.cards.has(value.to)) board.links.set(link, value);
  }
  return null;
}

function checkLink(board: Board, { kind, strength, note }: Pick<Link, "kind" | "strength" | "note">): Refusal | null {
  const kinds = schemaOf(board.kind).links;
  if (kinds.length === 0) return "links_not_here";
  if (!kinds.includes(kind)) return "unknown_choice";
  if (!Number.isInteger(strength) || strength < 1 || strength > 3) return "out_of_range";
  return checkText(note, MAX_LINE);
}

function addLink(board: Board, by: Id, edit: Extract<Edit, { type: "add_link" }>): Refusal | null {
  const refusal = checkLink(board, edit);
  if (refusal !== null) return refusal;
  if (edit.from === edit.to) return "link_to_itself";
  if (!board.cards.has(edit.from) || !board.cards.has(edit.to)) return "no_such_card";
  if (board.links.has(edit.link)) return "exists_already";
  if (board.links.size >= MAX_LINKS) return "too_many_cards";
  const { from, to, kind, strength, note } = edit;
  board.links.set(edit.link, { from, to, kind, strength, note, by });
  return null;
}

function vote(board: Board, by: Id, id: Id, on: boolean): Refusal | null {
  if (!schemaOf(board.kind).votes) return "not_allowed";
  return changeCard(board, id, (card) => {
    const others = card.votes.filter((voter) => voter !== by);
    return { ...card, votes: on ? [...others, by].sort() : others };
  });
}

type Comments = readonly Comment[];

function changeComments(board: Board, id: Id, touched: Touch, change: (comments: Comments) => Comments | Refusal): Refusal | null {
  const card = board.cards.get(id);
  if (card === undefined) return "no_such_card";
  const comments = change(card.comments);
  if (typeof comments === "string") return comments;
  return changeCard(board, id, () => ({ ...card, comments, touched }));
}
