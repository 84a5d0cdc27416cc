// The timeline of a session: the board after any number of steps, computed quickly at any position.
import { applyEdit, fork, fromWire, type Board } from "./board.ts";
import type { BoardKind, Edit, Id } from "./protocol.ts";

/** An edit as the board's log returns it. */
export interface LoggedEdit {
  readonly seq: number;
  readonly by: Id;
  readonly at: number;
  readonly edit: Edit;
}

/** Milliseconds; the edits of one person in one field within it are one step. */
const STEP_WINDOW = 60_000;

/** Number of edits between two saved boards, and so the most that a jump has to apply. */
const CHECKPOINT_INTERVAL = 100;

export class Timeline {
  /** The last edit of each step. */
  readonly steps: readonly LoggedEdit[];
  /** The number of edits up to the end of each step. */
  readonly #stepEnds: readonly number[];
  /** The board before each multiple of `CHECKPOINT_INTERVAL`, as far as it was needed. */
  readonly #checkpoints: Board[];

  constructor(
    kind: BoardKind,
    private readonly log: readonly LoggedEdit[],
  ) {
    this.#stepEnds = stepEndsOf(log);
    this.steps = this.#stepEnds.map((end) => log[end - 1] as LoggedEdit);
    this.#checkpoints = [fromWire({ id: "", kind, title: "", cards: {}, links: {} })];
  }

  /** The board after the first `steps` steps. */
  boardAfter(steps: number): Board {
    const count = this.#stepEnds[steps - 1] ?? 0;
    const wanted = Math.floor(count / CHECKPOINT_INTERVAL);
    while (this.#checkpoints.length <= wanted) {
      const last = this.#checkpoints.length - 1;
      this.#checkpoints.push(this.#replayFrom(last, (last + 1) * CHECKPOINT_INTERVAL));
    }
    return this.#replayFrom(wanted, count);
  }

  #replayFrom(checkpoint: number, until: number): Board {
    const board = fork(this.#checkpoints[checkpoint] as Board);
    for (const { seq, by, at, edit } of this.log.slice(checkpoint * CHECKPOINT_INTERVAL, until)) {
      // The log may omit edits, so a later edit can be refused: then it changes nothing.
      applyEdit(board, { by, at }, edit, seq);
    }
    return board;
  }
}

function stepEndsOf(log: readonly LoggedEdit[]): number[] {
  const ends: number[] = [];
  let first: LoggedEdit | undefined;
  for (const [index, entry] of log.entries()) {
    if (first !== undefined && continuesStep(first, entry)) ends.pop();
    else first = entry;
    ends.push(index + 1);
  }
  return ends;
}

/** Whether `later` belongs to the step that `first` began. */
function continuesStep(first: LoggedEdit, later: LoggedEdit): boolean {
  const [one, other] = [first.edit, later.edit];
  if (first.by !== later.by || later.at - first.at > STEP_WINDOW || one.type !== other.type) return false;
  return "field" in one && "field" in other && one.card === other.card && one.field === other.field;
}
