// Remembers in this browser how far a person has seen a board, and tells what they missed when they come again.
import type { Board } from "../model/board.ts";
import type { Id } from "../model/protocol.ts";
import { missedSince } from "../model/card-query.ts";
import type { KeyValueStorage } from "../sync/ports.ts";

export type Missed = ReturnType<typeof missedSince>;

export class Visits {
  #told = false;
  readonly #key: string;

  constructor(
    private readonly storage: KeyValueStorage,
    board: Id,
    private readonly person: Id,
  ) {
    this.#key = `parcours.seen.${board}.${person}`;
  }

  /** The board as of `seq` is on the screen. The first time, tells what is new since the visit before. */
  seen(board: Board, seq: number, tell: (missed: Missed) => void): void {
    const before = Number(this.storage.read(this.#key) ?? NaN);
    if (before === seq) return this.#settle();
    this.storage.write(this.#key, String(seq));
    if (this.#told || Number.isNaN(before)) return this.#settle();
    this.#settle();
    const missed = missedSince(board.cards, before, this.person);
    if (missed.added.length + missed.changed.length > 0) tell(missed);
  }

  #settle(): void {
    this.#told = true;
  }
}
