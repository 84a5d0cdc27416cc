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
    const now = this.timers.now();
    for (const [key, { at }] of this.#mine) if (now - at > COLLISION) this.#mine.delete(key);
    for (const { card, field, value } of written(act)) this.#mine.set(`${card} ${field}`, { value, at: now });
  }

  theirs(edit: Edit, by: Id): Overwritten[] {
    if (by === this.me) return [];
    return written(edit).flatMap(({ card, field, value: theirs }) => {
      const key = `${card} ${field}`;
      const mine = this.#mine.get(key);
      this.#mine.delete(key);
      if (mine === undefined || mine.value === theirs || this.timers.now() - mine.at > COLLISION) return [];
      return { card, field, mine: mine.value, theirs, by };
    });
  }
}

/** The short fields that an act sets. */
function written(act: Act | Edit): { card: Id; field: string; value: Value | null }[] {
  if (act.type === "set_field") return [act];
  if (act.type !== "set_fields") return [];
  return Object.entries(act.fields).map(([field, value]) => ({ card: act.card, field, value: value ?? null }));
}
