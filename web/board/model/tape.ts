// A session as it went, edit by edit: the board after any number of them, at once wherever one jumps to.
import { applyEdit, fork, fromWire, type Board } from "./board.ts";
import type { BoardKind, Edit, Id } from "./protocol.ts";

/** An edit as the journal tells it. */
export interface Moment {
  readonly seq: number;
  readonly by: Id;
  readonly at: number;
  readonly edit: Edit;
}

/** Boards are kept this many moments apart, so that a jump applies at most so many edits. */
const APART = 100;

export class Tape {
  /** The board before each `APART`-th moment, as far as anybody has looked. */
  readonly #kept: Board[];

  constructor(
    kind: BoardKind,
    readonly moments: readonly Moment[],
  ) {
    this.#kept = [fromWire({ id: "", kind, title: "", cards: {}, links: {} })];
  }

  /** The board after the first `count` moments. */
  at(count: number): Board {
    const wanted = Math.floor(count / APART);
    while (this.#kept.length <= wanted) {
      const last = this.#kept.length - 1;
      this.#kept.push(this.#played(last, (last + 1) * APART));
    }
    return this.#played(wanted, count);
  }

  #played(kept: number, until: number): Board {
    const board = fork(this.#kept[kept] as Board);
    for (const { seq, by, at, edit } of this.moments.slice(kept * APART, until)) {
      // What the journal leaves out may make a later edit pointless: then it changes nothing.
      applyEdit(board, { by, at }, edit, seq);
    }
    return board;
  }
}
