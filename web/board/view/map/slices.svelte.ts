// Draws what comes into sight, and what is to look otherwise from afar, a slice a frame, so that a hand that pans or
// zooms never waits for hundreds of cards.
import type { Id } from "../../model/protocol.ts";

/** Cards drawn, taken away or changed in one frame: 10 ms or so. */
const SLICE = 20;

export class Slices {
  #drawn: ReadonlySet<Id> = $state.raw(new Set());
  /** Those drawn as they look from afar. */
  #far: ReadonlySet<Id> = $state.raw(new Set());
  #wanted: readonly Id[] = [];
  #wantedFar = false;
  #isDue = false;

  /** What is in sight now, in its order, and whether from afar. */
  want(ids: readonly Id[], far: boolean): void {
    this.#wanted = ids;
    this.#wantedFar = far;
    if (!this.#isDue) this.#draw();
  }

  has(id: Id): boolean {
    return this.#drawn.has(id);
  }

  isFar(id: Id): boolean {
    return this.#far.has(id);
  }

  #draw(): void {
    const wanted = new Set(this.#wanted);
    const fresh = this.#wanted.filter((id) => !this.#drawn.has(id)).slice(0, SLICE);
    const other = this.#wanted.filter((id) => this.#drawn.has(id) && this.#far.has(id) !== this.#wantedFar).slice(0, SLICE - fresh.length);
    // What left the window is taken away last: nobody sees it.
    const gone = [...this.#drawn].filter((id) => !wanted.has(id)).slice(0, SLICE - fresh.length - other.length);
    const done = fresh.length + other.length + gone.length;
    if (fresh.length + gone.length > 0) this.#drawn = new Set([...this.#drawn, ...fresh].filter((id) => !gone.includes(id)));
    if (fresh.length + other.length > 0) this.#turn(other, fresh);
    if (done < SLICE) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#draw();
    });
  }

  #turn(...ids: readonly Id[][]): void {
    const far = new Set(this.#far);
    for (const id of ids.flat()) {
      if (this.#wantedFar) far.add(id);
      else far.delete(id);
    }
    this.#far = far;
  }
}
