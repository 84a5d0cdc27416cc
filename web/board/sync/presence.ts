// Presence: the other tabs on the board and what they look at; sends this tab's own presence, throttled.
import { PRESENCE_PER_SECOND } from "../model/generated/limits.ts";
import type { ClientMessage, Cursor, Drag, Id, Presence } from "../model/protocol.ts";
import type { Timers } from "./ports.ts";

/** Milliseconds between two presence messages: fewer than the server allows. */
const MIN_INTERVAL = 1.5 * (1_000 / PRESENCE_PER_SECOND);

export interface LocalPresence {
  selected: Id | null;
  field: string | null;
  cursor: Cursor | null;
  drag: Drag | null;
}

const samePoint = (a: Cursor | null, b: Cursor | null): boolean => a?.x === b?.x && a?.y === b?.y;
const isEqual = (a: LocalPresence, b: LocalPresence): boolean =>
  a.selected === b.selected &&
  a.field === b.field &&
  samePoint(a.cursor, b.cursor) &&
  a.drag?.card === b.drag?.card &&
  samePoint(a.drag, b.drag);

export class PresenceChannel {
  /** The other tabs, by client id; a new map at every change. */
  others: ReadonlyMap<Id, Presence> = new Map();
  #names = new Map<Id, string>();
  #local: LocalPresence = { selected: null, field: null, cursor: null, drag: null };
  #sent: LocalPresence | null = null;
  #sentAt = -Infinity;
  #cancelTimer: (() => void) | null = null;

  constructor(
    private readonly me: Id,
    private readonly timers: Timers,
    private readonly send: (message: ClientMessage) => void,
  ) {}

  /** The name of a person, also after they left; null when unknown. */
  nameOf(person: Id): string | null {
    return this.#names.get(person) ?? null;
  }

  /** After a welcome the server sends all presences again, and needs this tab's own. */
  reset(): void {
    this.others = new Map();
    this.#sent = null;
    this.#schedule();
  }

  /** Adds the names of earlier authors, present or not. */
  learnNames(names: readonly { id: Id; name: string }[]): void {
    for (const { id, name } of names) this.#names.set(id, name);
  }

  /** Returns whether anything but this tab's own presence changed. */
  receive(people: readonly Presence[], left: readonly Id[]): boolean {
    if (left.length === 0 && people.every(({ client }) => client === this.me)) return false;
    const others = new Map(this.others);
    for (const client of left) others.delete(client);
    for (const person of people) {
      this.#names.set(person.person, person.name);
      if (person.client !== this.me) others.set(person.client, person);
    }
    this.others = others;
    return true;
  }

  update(change: Partial<LocalPresence>): void {
    this.#local = { ...this.#local, ...change };
    this.#schedule();
  }

  #schedule(): void {
    if (this.#cancelTimer !== null || (this.#sent !== null && isEqual(this.#sent, this.#local))) return;
    const wait = Math.max(0, this.#sentAt + MIN_INTERVAL - this.timers.now());
    this.#cancelTimer = this.timers.after(wait, () => {
      this.#cancelTimer = null;
      this.#sent = this.#local;
      this.#sentAt = this.timers.now();
      const { drag, ...rest } = this.#local;
      this.send({ type: "presence", ...rest, ...(drag === null ? {} : { drag }) });
    });
  }
}
