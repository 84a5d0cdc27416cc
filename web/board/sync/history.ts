// Undo and redo of a person's own commands. A step that a remote edit has made obsolete is skipped:
// undo never restores what another person removed, nor overwrites what another person wrote since.
import { type Board, textOf } from "../model/board.ts";
import type { Edit, Id, TextOp, Value } from "../model/protocol.ts";
import { compose, invert, isNothing, transform } from "../model/text.ts";
import type { Command } from "./commands.ts";

/** Milliseconds; typing after a longer pause starts a new step. */
const TYPING_PAUSE = 1_200;

interface Step {
  command: Command;
  /** Whether the step still undoes this person's own command and nothing else. */
  isStillValid(board: Board, command: Command): boolean;
  at: number;
  /** Another person edited the card that the step would remove. */
  isOvertaken?: boolean;
}

export interface FieldRef {
  card: Id;
  field: string;
}

export class History {
  #undo: Step[] = [];
  #redo: Step[] = [];

  constructor(
    private readonly me: Id,
    private readonly newId: () => Id,
  ) {}

  get canUndo(): boolean {
    return this.#undo.length > 0;
  }

  get canRedo(): boolean {
    return this.#redo.length > 0;
  }

  /** Records the inverse of a command that is about to be executed on `board`. */
  record(board: Board, command: Command, now: number): void {
    this.#redo = [];
    const step = this.#inverse(board, command, now);
    if (step !== null && !this.#mergeTyping(step)) this.#undo.push(step);
  }

  /** The command that undoes the last step still valid; `only` restricts the search to one text field. */
  undo(board: Board, now: number, only?: FieldRef): { command: Command | null; skipped: number } {
    return this.#take(this.#undo, this.#redo, board, now, only);
  }

  redo(board: Board, now: number, only?: FieldRef): { command: Command | null; skipped: number } {
    return this.#take(this.#redo, this.#undo, board, now, only);
  }

  #take(from: Step[], to: Step[], board: Board, now: number, only?: FieldRef): { command: Command | null; skipped: number } {
    let skipped = 0;
    for (let index = from.length - 1; index >= 0; index -= 1) {
      const step = from[index] as Step;
      if (only !== undefined && !isTyping(step.command, only)) continue;
      if (step.isOvertaken === true) {
        // Reported by itself: undo does not silently go on to an earlier step.
        if (skipped === 0) from.splice(index, 1);
        return { command: null, skipped: Math.max(skipped, 1) };
      }
      from.splice(index, 1);
      if (step.isStillValid(board, step.command)) {
        const back = this.#inverse(board, step.command, now);
        // A step of its own: later typing must not be merged into what was just undone.
        if (back !== null) to.push({ ...back, at: -Infinity });
        return { command: step.command, skipped };
      }
      skipped += 1;
    }
    return { command: null, skipped };
  }

  /** Rebases the recorded typing over a remote edit; `theirs` applies to the displayed text. */
  rebase(card: Id, field: string, theirs: readonly TextOp[]): void {
    for (const steps of [this.#undo, this.#redo]) {
      let incoming = [...theirs];
      for (const step of steps.toReversed()) {
        if (step.command.type !== "edit_text" || !isTyping(step.command, { card, field })) continue;
        const ops = step.command.ops;
        step.command = { ...step.command, ops: transform(ops, incoming, "theirs_first") };
        incoming = transform(incoming, ops, "mine_first");
      }
    }
  }

  /** Whether a step about this card can be redone. */
  canRedoOn(card: Id): boolean {
    return this.#redo.some(({ command }) => "card" in command && command.card === card);
  }

  /** Removes every step about a card, so that neither undo nor redo brings it back. */
  removeSteps(card: Id): void {
    const isAbout = ({ command }: Step): boolean => "card" in command && command.card === card;
    this.#undo = this.#undo.filter((step) => !isAbout(step));
    this.#redo = this.#redo.filter((step) => !isAbout(step));
  }

  /** A remote edit of a card: removing the card would no longer undo this person's own command only. */
  markOvertaken(edit: Edit): void {
    if (!("card" in edit)) return;
    for (const step of [...this.#undo, ...this.#redo]) {
      if (step.command.type === "remove_card" && step.command.card === edit.card) step.isOvertaken = true;
    }
  }

  /** Merges typing into the previous step when it continues in the same field without a pause. */
  #mergeTyping(step: Step): boolean {
    const last = this.#undo.at(-1);
    if (last?.command.type !== "edit_text" || step.command.type !== "edit_text") return false;
    if (!isTyping(last.command, step.command) || step.at - last.at > TYPING_PAUSE) return false;
    last.command = { ...last.command, ops: compose(step.command.ops, last.command.ops) };
    last.at = step.at;
    return true;
  }

  #inverse(board: Board, command: Command, at: number): Step | null {
    switch (command.type) {
      case "add_card":
      case "restore_card":
        return { at, command: { type: "remove_card", card: command.card }, isStillValid: ({ cards }) => cards.has(command.card) };
      case "remove_card":
        return {
          at,
          command: { type: "restore_card", card: command.card },
          isStillValid: ({ removed }) => removed.get(command.card)?.by === this.me,
        };
      case "set_field": {
        const before = board.cards.get(command.card)?.fields[command.field] ?? null;
        const isStillValid = ({ cards }: Board): boolean => {
          const card = cards.get(command.card);
          return card !== undefined && (card.fields[command.field] ?? null) === command.value;
        };
        return { at, command: { ...command, value: before }, isStillValid };
      }
      case "set_fields":
        return inverseFields(board, command, at);
      case "edit_text":
        return inverseTyping(board, command, at);
      case "move_card": {
        const before = board.cards.get(command.card);
        if (before === undefined) return null;
        const isStillValid = ({ cards }: Board): boolean => {
          const card = cards.get(command.card);
          return card?.x === command.x && card.y === command.y;
        };
        return { at, command: { ...command, x: before.x, y: before.y }, isStillValid };
      }
      case "vote":
        return {
          at,
          command: { ...command, on: !command.on },
          isStillValid: ({ cards }) => cards.get(command.card)?.votes.includes(this.me) === command.on,
        };
      case "add_comment":
      case "remove_comment":
        return this.#inverseComment(board, command, at);
      default:
        return this.#inverseLink(board, command, at);
    }
  }

  #inverseComment(board: Board, command: Extract<Command, { comment: Id }>, at: number): Step | null {
    const { card, comment } = command;
    const find = ({ cards }: Board): { text: string; by: Id } | undefined => cards.get(card)?.comments.find(({ id }) => id === comment);
    if (command.type === "add_comment") {
      return { at, command: { type: "remove_comment", card, comment }, isStillValid: (now) => find(now) !== undefined };
    }
    const before = find(board);
    // A facilitator who removed another person's comment cannot add it again as their own.
    if (before?.by !== this.me) return null;
    const back: Command = { type: "add_comment", card, comment: this.newId(), text: before.text };
    return { at, command: back, isStillValid: ({ cards }) => cards.has(card) };
  }

  #inverseLink(board: Board, command: Extract<Command, { link: Id }>, at: number): Step | null {
    if (command.type === "add_link") {
      return { at, command: { type: "remove_link", link: command.link }, isStillValid: ({ links }) => links.has(command.link) };
    }
    const before = board.links.get(command.link);
    if (before === undefined) return null;
    const { from, to, kind, strength, note } = before;
    if (command.type === "remove_link") {
      const back: Command = { type: "add_link", link: this.newId(), from, to, kind, strength, note };
      return { at, command: back, isStillValid: ({ cards }) => cards.has(from) && cards.has(to) };
    }
    const isStillValid = ({ links }: Board): boolean => {
      const link = links.get(command.link);
      return link?.kind === command.kind && link.strength === command.strength && link.note === command.note;
    };
    return { at, command: { type: "set_link", link: command.link, kind, strength, note }, isStillValid };
  }
}

function isTyping(command: Command, place: FieldRef): boolean {
  return command.type === "edit_text" && command.card === place.card && command.field === place.field;
}

function inverseFields(board: Board, command: Extract<Command, { type: "set_fields" }>, at: number): Step {
  const names = Object.keys(command.fields);
  const valueOf = ({ cards }: Board, name: string): Value | null => cards.get(command.card)?.fields[name] ?? null;
  const fields = Object.fromEntries(names.map((name) => [name, valueOf(board, name)]));
  // Valid only while every field still has the value that was set: a partial undo would surprise.
  const isStillValid = (now: Board): boolean => now.cards.has(command.card) && names.every((name) => valueOf(now, name) === (command.fields[name] ?? null));
  return { at, command: { ...command, fields }, isStillValid };
}

function inverseTyping(board: Board, command: Extract<Command, { type: "edit_text" }>, at: number): Step {
  return {
    at,
    command: { ...command, ops: invert(textOf(board, command.card, command.field), command.ops) },
    isStillValid: ({ cards }, now) => cards.has(command.card) && now.type === "edit_text" && !isNothing(now.ops),
  };
}
