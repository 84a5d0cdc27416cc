// Tells the loser: when another person's value replaces mine in a short field within moments of my writing it.
import type { Edit, Value, Id } from "../model/protocol.ts";
import type { Act } from "./acts.ts";
import type { Timers } from "./ports.ts";

/** Milliseconds; later than this, another's value is a new decision, not a collision. */
const COLLISION = 10_000;

export interface Overwritten {
  card: Id;
  field: string;
  mine: Value | null;
  theirs: Value | null;
  by: Id;
}

export class Conflicts {
  #mine = new Map<string, { value: Value | null; at: number }>();

  constructor(
    private readonly me: Id,
    private readonly timers: Timers,
  ) {}

  mine(act: Act): void {
    if (act.type !== "set_field") return;
    const now = this.timers.now();
    for (const [key, { at }] of this.#mine) if (now - at > COLLISION) this.#mine.delete(key);
    this.#mine.set(`${act.card} ${act.field}`, { value: act.value, at: now });
  }

  theirs(edit: Edit, by: Id): Overwritten | null {
    if (edit.type !== "set_field" || by === this.me) return null;
    const key = `${edit.card} ${edit.field}`;
    const mine = this.#mine.get(key);
    this.#mine.delete(key);
    if (mine === undefined || mine.value === edit.value || this.timers.now() - mine.at > COLLISION) return null;
    return { card: edit.card, field: edit.field, mine: mine.value, theirs: edit.value, by };
  }
}
