// A command is an edit before it is sent: an `edit_text` has no base yet, because the base depends on when it is sent.
// Decides which commands must keep their order and which can be sent as one.
import type { Edit, Id, TextOp } from "../model/protocol.ts";
import { compose } from "../model/text.ts";

/** UTF-16 units as JSON: a whole day of offline typing still fits into the server's frames. */
const MAX_COALESCED = 16_000;

export interface TextCommand {
  type: "edit_text";
  card: Id;
  field: string;
  ops: TextOp[];
}

export type Command = Exclude<Edit, { type: "edit_text" }> | TextCommand;

function cardsOf(command: Command): readonly Id[] {
  if ("card" in command) return [command.card];
  return command.type === "add_link" ? [command.from, command.to] : [];
}

const changesExistence = (command: Command): boolean =>
  command.type === "add_card" || command.type === "remove_card" || command.type === "restore_card";

/** The parts of the board that a command writes; two commands with a common target keep their order. */
function targetsOf(command: Command): string[] {
  switch (command.type) {
    case "set_field":
    case "edit_text":
      return [`field ${command.card} ${command.field}`];
    case "set_fields":
      return Object.keys(command.fields).sort().map((field) => `field ${command.card} ${field}`);
    case "move_card":
    case "vote":
      return [`${command.type} ${command.card}`];
    case "add_link":
    case "set_link":
    case "remove_link":
      return [`link ${command.link}`];
    case "add_comment":
    case "remove_comment":
      return [`comment ${command.comment}`];
    default:
      return [`card ${command.card}`];
  }
}

/** True when `later` must wait until `earlier` has been answered. */
export function dependsOn(later: Command, earlier: Command): boolean {
  const targets = targetsOf(earlier);
  if (targetsOf(later).some((target) => targets.includes(target))) return true;
  if (!changesExistence(later) && !changesExistence(earlier)) return false;
  const cards = cardsOf(earlier);
  return cardsOf(later).some((card) => cards.includes(card));
}

/** One command that does both, or null when they must stay two. */
export function coalesce(first: Command, second: Command): Command | null {
  if (first.type !== second.type || targetsOf(first).join() !== targetsOf(second).join()) return null;
  if (first.type === "edit_text" && second.type === "edit_text") {
    const ops = compose(first.ops, second.ops);
    return JSON.stringify(ops).length > MAX_COALESCED ? null : { ...first, ops };
  }
  const lastWins = ["set_field", "set_fields", "move_card", "vote", "set_link"].includes(second.type);
  return lastWins ? second : null;
}

/** The edit to send; `base` is the seq of the text that the operations fit. */
export function toEdit(command: Command, base: number): Edit {
  return command.type === "edit_text" ? { ...command, base } : command;
}
