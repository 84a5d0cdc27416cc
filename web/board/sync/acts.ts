// An act is an edit as a person means it: an `edit_text` without its base, which only sending decides.
// Says which acts must not overtake each other and which can be told as one.
import type { Edit, Id, TextOp } from "../model/protocol.ts";
import { compose } from "../model/text.ts";

/** UTF-16 units as JSON: typing of a whole day offline still fits the server's frames. */
const MAX_MERGED = 16_000;

export interface TextAct {
  type: "edit_text";
  card: Id;
  field: string;
  ops: TextOp[];
}

export type Act = Exclude<Edit, { type: "edit_text" }> | TextAct;

function cardsOf(act: Act): readonly Id[] {
  if ("card" in act) return [act.card];
  return act.type === "add_link" ? [act.from, act.to] : [];
}

const isExistence = (act: Act): boolean =>
  act.type === "add_card" || act.type === "remove_card" || act.type === "restore_card";

/** What an act writes to; two acts with a common target keep their order. */
function targetsOf(act: Act): string[] {
  switch (act.type) {
    case "set_field":
    case "edit_text":
      return [`field ${act.card} ${act.field}`];
    case "set_fields":
      return Object.keys(act.fields).sort().map((field) => `field ${act.card} ${field}`);
    case "move_card":
    case "vote":
      return [`${act.type} ${act.card}`];
    case "add_link":
    case "set_link":
    case "remove_link":
      return [`link ${act.link}`];
    case "add_comment":
    case "remove_comment":
      return [`comment ${act.comment}`];
    default:
      return [`card ${act.card}`];
  }
}

/** True when `later` must wait until `earlier` has been answered. */
export function mustWait(later: Act, earlier: Act): boolean {
  const targets = targetsOf(earlier);
  if (targetsOf(later).some((target) => targets.includes(target))) return true;
  if (!isExistence(later) && !isExistence(earlier)) return false;
  const cards = cardsOf(earlier);
  return cardsOf(later).some((card) => cards.includes(card));
}

/** Both as one act, or null when they have to be told apart. */
export function merged(first: Act, second: Act): Act | null {
  if (first.type !== second.type || targetsOf(first).join() !== targetsOf(second).join()) return null;
  if (first.type === "edit_text" && second.type === "edit_text") {
    const ops = compose(first.ops, second.ops);
    return JSON.stringify(ops).length > MAX_MERGED ? null : { ...first, ops };
  }
  const lastWins = ["set_field", "set_fields", "move_card", "vote", "set_link"].includes(second.type);
  return lastWins ? second : null;
}

/** The act as the wire wants it. */
export function toEdit(act: Act, base: number): Edit {
  return act.type === "edit_text" ? { ...act, base } : act;
}
