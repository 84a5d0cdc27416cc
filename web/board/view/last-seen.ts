// Remembers in this browser the last edit that a person has seen on a board, and reports what they missed on return.
import type { Board } from "../model/board.ts";
import type { Id } from "../model/protocol.ts";
import { missedSince } from "../model/card-query.ts";
import type { KeyValueStorage } from "../sync/ports.ts";

export type Missed = ReturnType<typeof missedSince>;

export class LastSeen {
  #isReported = false;
  readonly #key: string;

  constructor(
    private readonly storage: KeyValueStorage,
    board: Id,
    private readonly person: Id,
  ) {
    this.#key = `parcours.seen.${board}.${person}`;
  }

  /** The board as of `seq` is on the screen. The first call reports the changes since the last visit. */
  update(board: Board, seq: number, tell: (missed: Missed) => void): void {
    const before = Number(this.storage.read(this.#key) ?? NaN);
    if (before === seq) return this.#markReported();
    this.storage.write(this.#key, String(seq));
    if (this.#isReported || Number.isNaN(before)) return this.#markReported();
    this.#markReported();
    const missed = missedSince(board.cards, before, this.person);
    if (missed.added.length + missed.changed.length > 0) tell(missed);
  }

  #markReported(): void {
    this.#isReported = true;
  }
}
