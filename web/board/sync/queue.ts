// This tab's commands that the server has not answered: in order, numbered when first sent,
// saved in the browser's storage so that a reload or a day offline loses nothing.
import type { Board } from "../model/board.ts";
import { textOf } from "../model/board.ts";
import { diff } from "../model/diff.ts";
import type { Id, Refusal, TextOp } from "../model/protocol.ts";
import { invert, transform, type Ops } from "../model/text.ts";
import { coalesce, dependsOn, type Command, type TextCommand } from "./commands.ts";
import type { KeyValueStorage } from "./ports.ts";

export interface Pending {
  /** Assigned when first sent and kept when sent again; null before that, and after a refusal that is retried. */
  n: number | null;
  command: Command;
  /** The typing as written against `seq`, kept when `command` is only a guess on a newer text. */
  origin: OriginalTyping | null;
  /** In storage only: the confirmed text that the typing was written against. */
  context?: string;
  /** Sent before the whole board was loaded again, which may contain it already: only its own answer tells. */
  maybeApplied: boolean;
  /** Sent more than once under the same number. */
  resent: boolean;
  attempts: number;
  /** Not sent before this time (milliseconds since 1970): the server cannot store it yet. */
  notBefore?: number;
}

interface OriginalTyping {
  seq: number;
  ops: TextOp[];
}

/** A command that the server refused, with the reason; kept until its author dismisses it. */
export interface Rejected {
  id: Id;
  command: Command;
  reason: Refusal | "too_large";
}

interface StoredQueue {
  next_n: number;
  pending: Pending[];
  rejected: Rejected[];
}

type TextPending = Pending & { command: TextCommand };

export class Queue {
  pending: Pending[] = [];
  rejected: Rejected[] = [];
  #nextN = 1;
  #saved = "";

  constructor(
    private readonly storage: KeyValueStorage,
    private readonly key: string,
  ) {
    this.#load();
  }

  #load(): void {
    const text = this.storage.read(this.key);
    if (text === null) return;
    try {
      const stored = JSON.parse(text) as StoredQueue;
      this.#nextN = stored.next_n;
      this.pending = stored.pending;
      // The upgrade may be over by now.
      for (const entry of this.pending) Reflect.deleteProperty(entry, "notBefore");
      this.rejected = stored.rejected;
    } catch {
      // Unreadable: an empty queue is better than a board that never opens.
    }
  }

  /** Saves the queue; `board` and `seq` are what unsent typing was written against. */
  save(board: Board | null, seq: number | null): void {
    const pending = board === null || seq === null ? this.pending : this.#withContext(board, seq);
    const stored: StoredQueue = { next_n: this.#nextN, pending, rejected: this.rejected };
    const text = JSON.stringify(stored);
    if (text !== this.#saved) this.storage.write(this.key, text);
    this.#saved = text;
  }

  #withContext(board: Board, seq: number): Pending[] {
    const seen = new Set<string>();
    return this.pending.map((entry) => {
      if (!isTyping(entry)) return entry;
      const { card, field, ops } = entry.command;
      if (seen.has(`${card} ${field}`)) return entry;
      seen.add(`${card} ${field}`);
      return { ...entry, origin: entry.origin ?? { seq, ops }, context: textOf(board, card, field) };
    });
  }

  takeNumber(): number {
    const n = this.#nextN;
    this.#nextN += 1;
    return n;
  }

  /** Adds a command, or coalesces it with an unsent one that it continues. */
  add(command: Command): void {
    for (let index = this.pending.length - 1; index >= 0; index -= 1) {
      const entry = this.pending[index] as Pending;
      if (!dependsOn(command, entry.command)) continue;
      const both = entry.n === null && entry.origin === null ? coalesce(entry.command, command) : null;
      if (both === null) break;
      entry.command = both;
      return;
    }
    this.pending.push({ n: null, command, origin: null, maybeApplied: false, resent: false, attempts: 0 });
  }

  find(n: number): Pending | undefined {
    return this.pending.find((entry) => entry.n === n);
  }

  remove(entry: Pending): void {
    this.pending = this.pending.filter((other) => other !== entry);
  }

  /** Sent, in the order of their numbers. */
  sent(): Pending[] {
    return this.pending.filter((entry) => entry.n !== null).sort((a, b) => (a.n ?? 0) - (b.n ?? 0));
  }

  /** The next unsent commands, `max` at most, that depend on no unanswered one and may be sent at the time `now`. */
  ready(max: number, now: number): Pending[] {
    const result: Pending[] = [];
    for (const [index, entry] of this.pending.entries()) {
      if (result.length >= max) break;
      if (entry.n !== null || (entry.notBefore ?? 0) > now) continue;
      const waits = this.pending.some((earlier, at) => at < index && dependsOn(entry.command, earlier.command));
      if (!waits) result.push(entry);
    }
    return result;
  }

  #typingIn(card: Id, field: string): TextPending[] {
    return this.pending.filter(isTyping).filter(({ command }) => command.card === card && command.field === field);
  }

  /** Rebases the pending typing in a field over a remote edit; returns that edit as operations on the displayed text. */
  rebase(card: Id, field: string, theirs: Ops): TextOp[] {
    return rebaseChain(this.#typingIn(card, field), theirs);
  }

  /** Removes typing that will never be applied; returns what this changes in the displayed text. */
  removeTyping(entry: Pending & { command: TextCommand }, confirmed: string): TextOp[] {
    const chain = this.#typingIn(entry.command.card, entry.command.field);
    const later = chain.slice(chain.indexOf(entry) + 1);
    this.remove(entry);
    return rebaseChain(later, invert(confirmed, entry.command.ops));
  }

  /** Rebases all pending typing onto a newly loaded board. Calls `moved` for each field concerned. */
  rebaseOnBoard(
    before: { board: Board; seq: number } | null,
    after: Board,
    moved: (card: Id, field: string, ops: TextOp[]) => void,
  ): void {
    for (const entry of this.pending) entry.maybeApplied ||= entry.n !== null;
    const done = new Set<string>();
    for (const entry of this.pending.filter(isTyping)) {
      const { card, field, ops } = entry.command;
      if (done.has(`${card} ${field}`)) continue;
      done.add(`${card} ${field}`);
      const text = before === null ? (entry.context ?? "") : textOf(before.board, card, field);
      if (before !== null) entry.origin ??= { seq: before.seq, ops };
      moved(card, field, this.rebase(card, field, diff(text, textOf(after, card, field))));
      // Never sent, so it cannot be part of the new board: from now on it is typing on the new text.
      if (entry.n === null) entry.origin = null;
    }
  }
}

/** Moves a saved queue, none of which reached the server, to another client id. */
export function moveQueue(storage: KeyValueStorage, from: string, to: string): void {
  const [before, after] = [new Queue(storage, from), new Queue(storage, to)];
  after.pending = before.pending.map((entry) => ({ ...entry, n: null, maybeApplied: false, resent: false }));
  after.rejected = before.rejected;
  after.save(null, null);
  storage.remove(from);
}

export function isTyping(entry: Pending): entry is TextPending {
  return entry.command.type === "edit_text";
}

function rebaseChain(chain: TextPending[], theirs: Ops): TextOp[] {
  let incoming = [...theirs];
  for (const entry of chain) {
    const mine = entry.command.ops;
    entry.command = { ...entry.command, ops: transform(mine, incoming, "theirs_first") };
    incoming = transform(incoming, mine, "mine_first");
  }
  return incoming;
}
