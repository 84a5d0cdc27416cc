// Draws what comes into sight a slice a frame, so that a hand that pans or zooms never waits for hundreds of cards.
import type { Id } from "../../model/protocol.ts";

/** Cards drawn anew in one frame: 10 ms or so. */
const SLICE = 40;

export class Slices {
  #drawn: ReadonlySet<Id> = $state.raw(new Set());
  #wanted: readonly Id[] = [];
  #isDue = false;

  /** What is in sight now, in its order. */
  want(ids: readonly Id[]): void {
    this.#wanted = ids;
    if (!this.#isDue) this.#draw();
  }

  has(id: Id): boolean {
    return this.#drawn.has(id);
  }

  #draw(): void {
    const drawn = this.#wanted.filter((id) => this.#drawn.has(id));
    const fresh = this.#wanted.filter((id) => !this.#drawn.has(id)).slice(0, SLICE);
    if (fresh.length > 0 || drawn.length < this.#drawn.size) this.#drawn = new Set([...drawn, ...fresh]);
    if (drawn.length + fresh.length === this.#wanted.length) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#draw();
    });
  }
}
