// Renders cards that come into view, and changes their level of detail, a limited number per frame, so that panning and
// zooming never wait for hundreds of cards.
import type { Id } from "../../model/protocol.ts";

/** Cards rendered, removed or changed in one frame: about 10 ms. */
const CARDS_PER_FRAME = 20;

export class ProgressiveRender {
  #rendered: ReadonlySet<Id> = $state.raw(new Set());
  /** The cards rendered with little detail. */
  #far: ReadonlySet<Id> = $state.raw(new Set());
  #wanted: readonly Id[] = [];
  #wantedFar = false;
  #isScheduled = false;

  /** Requests these cards, in their order, with little detail when `far`. */
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
    // Cards that left the window are removed last, because they are not visible.
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
