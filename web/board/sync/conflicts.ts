// Detects overwrites: another person's value replaces mine in a short field within seconds of my writing it.
import type { Edit, Value, Id } from "../model/protocol.ts";
import type { Command } from "./commands.ts";
import type { Timers } from "./ports.ts";

/** Milliseconds; after that a remote value counts as a new decision, not as a conflict. */
const CONFLICT_WINDOW = 10_000;

export interface Overwritten {
  card: Id;
  field: string;
  mine: Value | null;
  theirs: Value | null;
  by: Id;
}

export class Conflicts {
  #recent = new Map<string, { value: Value | null; at: number }>();

  constructor(
    private readonly me: Id,
    private readonly timers: Timers,
  ) {}

  record(command: Command): void {
    const now = this.timers.now();
    for (const [key, { at }] of this.#recent) if (now - at > CONFLICT_WINDOW) this.#recent.delete(key);
    for (const { card, field, value } of assignedFields(command)) this.#recent.set(`${card} ${field}`, { value, at: now });
  }

  detect(edit: Edit, by: Id): Overwritten[] {
    if (by === this.me) return [];
    return assignedFields(edit).flatMap(({ card, field, value: theirs }) => {
      const key = `${card} ${field}`;
      const mine = this.#recent.get(key);
      this.#recent.delete(key);
      if (mine === undefined || mine.value === theirs || this.timers.now() - mine.at > CONFLICT_WINDOW) return [];
      return { card, field, mine: mine.value, theirs, by };
    });
  }
}

/** The short fields that a command sets. */
function assignedFields(command: Command | Edit): { card: Id; field: string; value: Value | null }[] {
  if (command.type === "set_field") return [command];
  if (command.type !== "set_fields") return [];
  return Object.entries(command.fields).map(([field, value]) => ({ card: command.card, field, value: value ?? null }));
}
