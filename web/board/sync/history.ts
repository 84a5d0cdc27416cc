// Undo and redo of one's own acts. A step that another person has overtaken is passed over:
// it never brings back what another removed, nor overwrites what another wrote since.
import { type Board, textOf } from "../model/board.ts";
import type { Edit, Id, TextOp, Value } from "../model/protocol.ts";
import { compose, invert, isNothing, transform } from "../model/text.ts";
import type { Act } from "./acts.ts";

/** Typing after a longer pause (milliseconds) is a step of its own. */
const PAUSE = 1_200;

interface Step {
  act: Act;
  /** Whether taking the step still undoes one's own act and nothing else. */
  holds(board: Board, act: Act): boolean;
  at: number;
  /** Another wrote on the card that it would remove. */
  isOvertaken?: boolean;
}

export interface FieldPlace {
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

  /** Notes an act about to be done on `board`. */
  record(board: Board, act: Act, now: number): void {
    this.#redo = [];
    const step = this.#opposite(board, act, now);
    if (step !== null && !this.#continues(step)) this.#undo.push(step);
  }

  /** The act that undoes the last one that still can be; `only` looks at one text field. */
  undo(board: Board, now: number, only?: FieldPlace): { act: Act | null; passed: number } {
    return this.#take(this.#undo, this.#redo, board, now, only);
  }

  redo(board: Board, now: number, only?: FieldPlace): { act: Act | null; passed: number } {
    return this.#take(this.#redo, this.#undo, board, now, only);
  }

  #take(from: Step[], to: Step[], board: Board, now: number, only?: FieldPlace): { act: Act | null; passed: number } {
    let passed = 0;
    for (let index = from.length - 1; index >= 0; index -= 1) {
      const step = from[index] as Step;
      if (only !== undefined && !isTyping(step.act, only)) continue;
      if (step.isOvertaken === true) {
        // Told by itself: undo does not silently go on to what was done before.
        if (passed === 0) from.splice(index, 1);
        return { act: null, passed: Math.max(passed, 1) };
      }
      from.splice(index, 1);
      if (step.holds(board, step.act)) {
        const back = this.#opposite(board, step.act, now);
        // A step of its own: what is typed next must not melt into what was just taken back.
        if (back !== null) to.push({ ...back, at: -Infinity });
        return { act: step.act, passed };
      }
      passed += 1;
    }
    return { act: null, passed };
  }

  /** Another's typing, as the shown text sees it: the steps follow it. */
  carry(card: Id, field: string, theirs: readonly TextOp[]): void {
    for (const steps of [this.#undo, this.#redo]) {
      let incoming = [...theirs];
      for (const step of steps.toReversed()) {
        if (step.act.type !== "edit_text" || !isTyping(step.act, { card, field })) continue;
        const ops = step.act.ops;
        step.act = { ...step.act, ops: transform(ops, incoming, "theirs_first") };
        incoming = transform(incoming, ops, "mine_first");
      }
    }
  }

  /** Whether something about this card was taken back that can be done again. */
  mayRedo(card: Id): boolean {
    return this.#redo.some(({ act }) => "card" in act && act.card === card);
  }

  /** A card goes as though it had never been: there is nothing about it to take back, nor to do again. */
  forget(card: Id): void {
    const isAbout = ({ act }: Step): boolean => "card" in act && act.card === card;
    this.#undo = this.#undo.filter((step) => !isAbout(step));
    this.#redo = this.#redo.filter((step) => !isAbout(step));
  }

  /** Another wrote on a card: removing it would no longer undo one's own act only. */
  touched(edit: Edit): void {
    if (!("card" in edit)) return;
    for (const step of [...this.#undo, ...this.#redo]) {
      if (step.act.type === "remove_card" && step.act.card === edit.card) step.isOvertaken = true;
    }
  }

  /** Melts typing into the step before when it goes on in the same field without a pause. */
  #continues(step: Step): boolean {
    const last = this.#undo.at(-1);
    if (last?.act.type !== "edit_text" || step.act.type !== "edit_text") return false;
    if (!isTyping(last.act, step.act) || step.at - last.at > PAUSE) return false;
    last.act = { ...last.act, ops: compose(step.act.ops, last.act.ops) };
    last.at = step.at;
    return true;
  }

  #opposite(board: Board, act: Act, at: number): Step | null {
    switch (act.type) {
      case "add_card":
      case "restore_card":
        return { at, act: { type: "remove_card", card: act.card }, holds: ({ cards }) => cards.has(act.card) };
      case "remove_card":
        return {
          at,
          act: { type: "restore_card", card: act.card },
          holds: ({ removed }) => removed.get(act.card)?.by === this.me,
        };
      case "set_field": {
        const before = board.cards.get(act.card)?.fields[act.field] ?? null;
        const holds = ({ cards }: Board): boolean => {
          const card = cards.get(act.card);
          return card !== undefined && (card.fields[act.field] ?? null) === act.value;
        };
        return { at, act: { ...act, value: before }, holds };
      }
      case "set_fields":
        return oppositeFields(board, act, at);
      case "edit_text":
        return oppositeTyping(board, act, at);
      case "move_card": {
        const before = board.cards.get(act.card);
        if (before === undefined) return null;
        const holds = ({ cards }: Board): boolean => {
          const card = cards.get(act.card);
          return card?.x === act.x && card.y === act.y;
        };
        return { at, act: { ...act, x: before.x, y: before.y }, holds };
      }
      case "vote":
        return {
          at,
          act: { ...act, on: !act.on },
          holds: ({ cards }) => cards.get(act.card)?.votes.includes(this.me) === act.on,
        };
      case "add_comment":
      case "remove_comment":
        return this.#oppositeComment(board, act, at);
      default:
        return this.#oppositeLink(board, act, at);
    }
  }

  #oppositeComment(board: Board, act: Extract<Act, { comment: Id }>, at: number): Step | null {
    const { card, comment } = act;
    const find = ({ cards }: Board): { text: string; by: Id } | undefined => cards.get(card)?.comments.find(({ id }) => id === comment);
    if (act.type === "add_comment") {
      return { at, act: { type: "remove_comment", card, comment }, holds: (now) => find(now) !== undefined };
    }
    const before = find(board);
    // What a facilitator takes away is not theirs to say again.
    if (before?.by !== this.me) return null;
    const back: Act = { type: "add_comment", card, comment: this.newId(), text: before.text };
    return { at, act: back, holds: ({ cards }) => cards.has(card) };
  }

  #oppositeLink(board: Board, act: Extract<Act, { link: Id }>, at: number): Step | null {
    if (act.type === "add_link") {
      return { at, act: { type: "remove_link", link: act.link }, holds: ({ links }) => links.has(act.link) };
    }
    const before = board.links.get(act.link);
    if (before === undefined) return null;
    const { from, to, kind, strength, note } = before;
    if (act.type === "remove_link") {
      const back: Act = { type: "add_link", link: this.newId(), from, to, kind, strength, note };
      return { at, act: back, holds: ({ cards }) => cards.has(from) && cards.has(to) };
    }
    const holds = ({ links }: Board): boolean => {
      const link = links.get(act.link);
      return link?.kind === act.kind && link.strength === act.strength && link.note === act.note;
    };
    return { at, act: { type: "set_link", link: act.link, kind, strength, note }, holds };
  }
}

function isTyping(act: Act, place: FieldPlace): boolean {
  return act.type === "edit_text" && act.card === place.card && act.field === place.field;
}

function oppositeFields(board: Board, act: Extract<Act, { type: "set_fields" }>, at: number): Step {
  const names = Object.keys(act.fields);
  const valueOf = ({ cards }: Board, name: string): Value | null => cards.get(act.card)?.fields[name] ?? null;
  const fields = Object.fromEntries(names.map((name) => [name, valueOf(board, name)]));
  // All of it is still as it was left: half an undo would be nobody's wish.
  const holds = (now: Board): boolean => now.cards.has(act.card) && names.every((name) => valueOf(now, name) === (act.fields[name] ?? null));
  return { at, act: { ...act, fields }, holds };
}

function oppositeTyping(board: Board, act: Extract<Act, { type: "edit_text" }>, at: number): Step {
  return {
    at,
    act: { ...act, ops: invert(textOf(board, act.card, act.field), act.ops) },
    holds: ({ cards }, now) => cards.has(act.card) && now.type === "edit_text" && !isNothing(now.ops),
  };
}
