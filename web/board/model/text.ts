// Operations on long texts: apply, compose, transform, invert. Positions count UTF-16 units,
// as JavaScript strings do. The twin of the server's implementation. Knows nothing of boards, cards or sockets.
import type { TextOp } from "./protocol.ts";

export type Ops = readonly TextOp[];

/** Appends an op, merging it with the last one where possible and dropping empty ones. */
function push(ops: TextOp[], op: TextOp): void {
  if (op === 0 || op === "") return;
  const last = ops.at(-1);
  if (typeof op === "string") {
    if (typeof last === "string") ops[ops.length - 1] = last + op;
    // Normal form: an insertion comes before a deletion at the same position.
    else if (typeof last === "number" && last < 0) insertBeforeDelete(ops, op, last);
    else ops.push(op);
  } else if (typeof last === "number" && last < 0 === op < 0) ops[ops.length - 1] = last + op;
  else ops.push(op);
}

function insertBeforeDelete(ops: TextOp[], inserted: string, deleted: number): void {
  const before = ops.at(-2);
  if (typeof before === "string") ops[ops.length - 2] = before + inserted;
  else ops.splice(-1, 1, inserted, deleted);
}

function trimmed(ops: TextOp[]): TextOp[] {
  while (typeof ops.at(-1) === "number" && (ops.at(-1) as number) > 0) ops.pop();
  return ops;
}

export function normalise(ops: Ops): TextOp[] {
  const result: TextOp[] = [];
  for (const op of ops) push(result, op);
  return trimmed(result);
}

/** Reads ops piece by piece; past the end the rest of the text is kept. */
class Reader {
  #index = 0;
  #used = 0;
  constructor(private readonly ops: Ops) {}

  get done(): boolean {
    return this.#index >= this.ops.length;
  }

  peek(): TextOp {
    const op = this.ops[this.#index];
    if (op === undefined) return Infinity;
    if (typeof op === "string") return op.slice(this.#used);
    return op > 0 ? op - this.#used : op + this.#used;
  }

  /** Takes at most `units` of the current op. */
  take(units: number): TextOp {
    const rest = this.peek();
    const size = typeof rest === "string" ? rest.length : Math.abs(rest);
    const taken = Math.min(units, size);
    if (taken === size) {
      this.#index += 1;
      this.#used = 0;
    } else this.#used += taken;
    if (typeof rest === "string") return rest.slice(0, taken);
    return rest > 0 ? taken : -taken;
  }

  takeAll(): TextOp {
    return this.take(Infinity);
  }
}

/** The text after `ops`, or null when they do not fit it. */
export function apply(text: string, ops: Ops): string | null {
  let result = "";
  let at = 0;
  for (const op of ops) {
    if (typeof op === "string") {
      result += op;
      continue;
    }
    const end = at + Math.abs(op);
    if (end > text.length) return null;
    if (op > 0) result += text.slice(at, end);
    at = end;
  }
  return result + text.slice(at);
}

/** The inverse of `ops`, which were written against `text`. */
export function invert(text: string, ops: Ops): TextOp[] {
  const result: TextOp[] = [];
  let at = 0;
  for (const op of ops) {
    if (typeof op === "string") push(result, -op.length);
    else if (op > 0) {
      push(result, op);
      at += op;
    } else {
      push(result, text.slice(at, at - op));
      at -= op;
    }
  }
  return trimmed(result);
}

const sizeOf = (op: TextOp): number => (typeof op === "string" ? op.length : Math.abs(op));

/** The ops that have the effect of `first` followed by `second`. */
export function compose(first: Ops, second: Ops): TextOp[] {
  const result: TextOp[] = [];
  const a = new Reader(first);
  const b = new Reader(second);
  while (!a.done || !b.done) {
    const from = a.peek();
    const to = b.peek();
    if (typeof from === "number" && from < 0) push(result, a.takeAll());
    else if (typeof to === "string") push(result, b.takeAll());
    else {
      const units = Math.min(sizeOf(from), sizeOf(to));
      if (units === Infinity) break;
      const piece = a.take(units);
      const fate = b.take(units) as number;
      if (fate > 0) push(result, piece);
      else if (typeof piece === "number") push(result, -units);
    }
  }
  return trimmed(result);
}

/** Whose text comes first when both insert at the same position. */
export type Side = "mine_first" | "theirs_first";

/** `mine` rewritten to be applied after `theirs`; both were written against the same text. */
export function transform(mine: Ops, theirs: Ops, side: Side): TextOp[] {
  const result: TextOp[] = [];
  const a = new Reader(mine);
  const b = new Reader(theirs);
  while (!a.done) {
    const own = a.peek();
    const other = b.peek();
    if (typeof own === "string" && (side === "mine_first" || typeof other !== "string")) push(result, a.takeAll());
    else if (typeof other === "string") push(result, sizeOf(b.takeAll()));
    else if (typeof own === "string") push(result, a.takeAll());
    else {
      const units = Math.min(Math.abs(own), Math.abs(other));
      a.take(units);
      b.take(units);
      if (other > 0) push(result, own > 0 ? units : -units);
    }
  }
  return trimmed(result);
}

/**
 * The position of a caret after `ops`. Text that a remote edit inserts exactly at the caret
 * goes after it (`stay`) or before it (`follow`).
 */
export function moveCaret(caret: number, ops: Ops, at: "stay" | "follow" = "stay"): number {
  let read = 0;
  let result = caret;
  for (const op of ops) {
    if (read > caret) break;
    if (typeof op === "string") {
      if (read < caret || at === "follow") result += op.length;
    } else if (op > 0) read += op;
    else {
      result -= Math.min(-op, Math.max(0, caret - read));
      read -= op;
    }
  }
  return result;
}

export function isNothing(ops: Ops): boolean {
  return ops.every((op) => typeof op === "number" && op >= 0);
}
