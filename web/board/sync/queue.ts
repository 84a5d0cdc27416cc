// The acts of this tab that the server has not answered: in order, numbered when first sent,
// kept in storage so that a reload or a day offline loses nothing.
import type { Board } from "../model/board.ts";
import { textOf } from "../model/board.ts";
import { diff } from "../model/diff.ts";
import type { Id, Refusal, TextOp } from "../model/protocol.ts";
import { invert, transform, type Ops } from "../model/text.ts";
import { merged, mustWait, type Act, type TextAct } from "./acts.ts";
import type { KeyValueStorage } from "./ports.ts";

export interface Pending {
  /** Given when first sent, the same when sent again; null before and after a refusal that is tried again. */
  n: number | null;
  act: Act;
  /** A text edit as it stood at `seq`, kept when what is shown is only its best guess on a newer text. */
  origin: Origin | null;
  /** In storage only: the confirmed text that the typing stands on. */
  context?: string;
  /** Sent, and perhaps already part of a board that was read anew: only its own answer tells. */
  doubtful: boolean;
  /** Sent more than once under the same number. */
  resent: boolean;
  tries: number;
}

interface Origin {
  seq: number;
  ops: TextOp[];
}

/** An act that the server refused, with its reason; stays until its author dismisses it. */
export interface Returned {
  id: Id;
  act: Act;
  reason: Refusal | "too_large";
}

interface Stored {
  next_n: number;
  pending: Pending[];
  returned: Returned[];
}

type TextPending = Pending & { act: TextAct };

export class Queue {
  pending: Pending[] = [];
  returned: Returned[] = [];
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
      const stored = JSON.parse(text) as Stored;
      this.#nextN = stored.next_n;
      this.pending = stored.pending;
      this.returned = stored.returned;
    } catch {
      // Not ours or cut short: better an empty queue than a board that never opens.
    }
  }

  /** Writes the queue away; `board` and `seq` say what unsent typing was written against. */
  save(board: Board | null, seq: number | null): void {
    const pending = board === null || seq === null ? this.pending : this.#withContext(board, seq);
    const stored: Stored = { next_n: this.#nextN, pending, returned: this.returned };
    const text = JSON.stringify(stored);
    if (text !== this.#saved) this.storage.write(this.key, text);
    this.#saved = text;
  }

  #withContext(board: Board, seq: number): Pending[] {
    const seen = new Set<string>();
    return this.pending.map((entry) => {
      if (!isText(entry)) return entry;
      const { card, field, ops } = entry.act;
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

  /** Adds an act, or lets it melt into an unsent one that it continues. */
  add(act: Act): void {
    for (let index = this.pending.length - 1; index >= 0; index -= 1) {
      const entry = this.pending[index] as Pending;
      if (!mustWait(act, entry.act)) continue;
      const both = entry.n === null && entry.origin === null ? merged(entry.act, act) : null;
      if (both === null) break;
      entry.act = both;
      return;
    }
    this.pending.push({ n: null, act, origin: null, doubtful: false, resent: false, tries: 0 });
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

  /** The next `room` unsent acts that need not wait for an answer to an earlier one. */
  ready(room: number): Pending[] {
    const result: Pending[] = [];
    for (const [index, entry] of this.pending.entries()) {
      if (result.length >= room) break;
      if (entry.n !== null) continue;
      const waits = this.pending.some((earlier, at) => at < index && mustWait(entry.act, earlier.act));
      if (!waits) result.push(entry);
    }
    return result;
  }

  #chain(card: Id, field: string): TextPending[] {
    return this.pending.filter(isText).filter(({ act }) => act.card === card && act.field === field);
  }

  /** Carries the pending typing in a field over another's edit; returns that edit as the shown text sees it. */
  rebase(card: Id, field: string, theirs: Ops): TextOp[] {
    return rebaseChain(this.#chain(card, field), theirs);
  }

  /** Takes a text edit out that will never be applied; returns what this does to the shown text. */
  withdraw(entry: Pending & { act: TextAct }, confirmed: string): TextOp[] {
    const chain = this.#chain(entry.act.card, entry.act.field);
    const later = chain.slice(chain.indexOf(entry) + 1);
    this.remove(entry);
    return rebaseChain(later, invert(confirmed, entry.act.ops));
  }

  /** Carries all pending typing onto a whole new board. Calls `moved` for each field it concerns. */
  adopt(
    before: { board: Board; seq: number } | null,
    after: Board,
    moved: (card: Id, field: string, ops: TextOp[]) => void,
  ): void {
    for (const entry of this.pending) entry.doubtful ||= entry.n !== null;
    const done = new Set<string>();
    for (const entry of this.pending.filter(isText)) {
      const { card, field, ops } = entry.act;
      if (done.has(`${card} ${field}`)) continue;
      done.add(`${card} ${field}`);
      const text = before === null ? (entry.context ?? "") : textOf(before.board, card, field);
      if (before !== null) entry.origin ??= { seq: before.seq, ops };
      moved(card, field, this.rebase(card, field, diff(text, textOf(after, card, field))));
      // What was never sent has no double to fear: from now on it is simply typing on the new text.
      if (entry.n === null) entry.origin = null;
    }
  }
}

/** Moves a stored queue, of which the server has nothing, to another client. */
export function moveQueue(storage: KeyValueStorage, from: string, to: string): void {
  const [before, after] = [new Queue(storage, from), new Queue(storage, to)];
  after.pending = before.pending.map((entry) => ({ ...entry, n: null, doubtful: false, resent: false }));
  after.returned = before.returned;
  after.save(null, null);
  storage.remove(from);
}

export function isText(entry: Pending): entry is TextPending {
  return entry.act.type === "edit_text";
}

function rebaseChain(chain: TextPending[], theirs: Ops): TextOp[] {
  let incoming = [...theirs];
  for (const entry of chain) {
    const mine = entry.act.ops;
    entry.act = { ...entry.act, ops: transform(mine, incoming, "theirs_first") };
    incoming = transform(incoming, mine, "mine_first");
  }
  return incoming;
}
