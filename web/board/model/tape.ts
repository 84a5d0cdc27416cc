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

/** Milliseconds: what one person writes in one field within it is one step, however many edits it took. */
const STEP = 60_000;

/** Boards are kept this many moments apart, so that a jump applies at most so many edits. */
const APART = 100;

export class Tape {
  /** The last moment of each step. */
  readonly steps: readonly Moment[];
  /** How many moments each step is the end of. */
  readonly #ends: readonly number[];
  /** The board before each `APART`-th moment, as far as anybody has looked. */
  readonly #kept: Board[];

  constructor(
    kind: BoardKind,
    private readonly moments: readonly Moment[],
  ) {
    this.#ends = endsOf(moments);
    this.steps = this.#ends.map((end) => moments[end - 1] as Moment);
    this.#kept = [fromWire({ id: "", kind, title: "", cards: {}, links: {} })];
  }

  /** The board after the first `steps` steps. */
  at(steps: number): Board {
    const count = this.#ends[steps - 1] ?? 0;
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

function endsOf(moments: readonly Moment[]): number[] {
  const ends: number[] = [];
  let first: Moment | undefined;
  for (const [index, moment] of moments.entries()) {
    if (first !== undefined && goesOn(first, moment)) ends.pop();
    else first = moment;
    ends.push(index + 1);
  }
  return ends;
}

/** Whether `later` writes on in the field where `first` began. */
function goesOn(first: Moment, later: Moment): boolean {
  const [one, other] = [first.edit, later.edit];
  if (first.by !== later.by || later.at - first.at > STEP || one.type !== other.type) return false;
  return "field" in one && "field" in other && one.card === other.card && one.field === other.field;
}
