// Draws what comes into sight, and what is to look otherwise from afar, a slice a frame, so that a hand that pans or
// zooms never waits for hundreds of cards.
import type { Id } from "../../model/protocol.ts";

/** Cards drawn, taken away or changed in one frame: 10 ms or so. */
const CARDS_PER_FRAME = 20;

export class ProgressiveRender {
  #rendered: ReadonlySet<Id> = $state.raw(new Set());
  /** Those drawn as they look from afar. */
  #far: ReadonlySet<Id> = $state.raw(new Set());
  #wanted: readonly Id[] = [];
  #wantedFar = false;
  #isScheduled = false;

  /** What is in sight now, in its order, and whether from afar. */
  request(ids: readonly Id[], far: boolean): void {
    this.#wanted = ids;
    this.#wantedFar = far;
    if (!this.#isScheduled) this.#renderBatch();
  }

  has(id: Id): boolean {
    return this.#rendered.has(id);
  }

  isFar(id: Id): boolean {
    return this.#far.has(id);
  }

  #renderBatch(): void {
    const wanted = new Set(this.#wanted);
    const fresh = this.#wanted.filter((id) => !this.#rendered.has(id)).slice(0, CARDS_PER_FRAME);
    const other = this.#wanted.filter((id) => this.#rendered.has(id) && this.#far.has(id) !== this.#wantedFar).slice(0, CARDS_PER_FRAME - fresh.length);
    // What left the window is taken away last: nobody sees it.
    const gone = [...this.#rendered].filter((id) => !wanted.has(id)).slice(0, CARDS_PER_FRAME - fresh.length - other.length);
    const done = fresh.length + other.length + gone.length;
    if (fresh.length + gone.length > 0) this.#rendered = new Set([...this.#rendered, ...fresh].filter((id) => !gone.includes(id)));
    if (fresh.length + other.length > 0) this.#setFar(other, fresh);
    if (done < CARDS_PER_FRAME) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.#renderBatch();
    });
  }

  #setFar(...ids: readonly Id[][]): void {
    const far = new Set(this.#far);
    for (const id of ids.flat()) {
      if (this.#wantedFar) far.add(id);
      else far.delete(id);
    }
    this.#far = far;
  }
}
