// Presence: who else is here and where, and telling the others where I am, at most 20 times a second.
import type { ClientMessage, Cursor, Drag, Id, Presence } from "../model/protocol.ts";
import type { Timers } from "./ports.ts";

/** Milliseconds between two presence frames; a little more than the 50 the protocol allows. */
const BETWEEN = 60;

export interface Place {
  selected: Id | null;
  field: string | null;
  cursor: Cursor | null;
  drag: Drag | null;
}

const samePoint = (a: Cursor | null, b: Cursor | null): boolean => a?.x === b?.x && a?.y === b?.y;
const same = (a: Place, b: Place): boolean =>
  a.selected === b.selected &&
  a.field === b.field &&
  samePoint(a.cursor, b.cursor) &&
  a.drag?.card === b.drag?.card &&
  samePoint(a.drag, b.drag);

export class People {
  /** The others here, by client; a new map at every change. */
  present: ReadonlyMap<Id, Presence> = new Map();
  #names = new Map<Id, string>();
  #place: Place = { selected: null, field: null, cursor: null, drag: null };
  #told: Place | null = null;
  #toldAt = -Infinity;
  #cancel: (() => void) | null = null;

  constructor(
    private readonly me: Id,
    private readonly timers: Timers,
    private readonly send: (message: ClientMessage) => void,
  ) {}

  /** A name for a person id, also after that person left; null when never seen. */
  nameOf(person: Id): string | null {
    return this.#names.get(person) ?? null;
  }

  /** After a welcome, everyone is told anew and wants to hear from me. */
  restart(): void {
    this.present = new Map();
    this.#told = null;
    this.#schedule();
  }

  /** The names of those who wrote before, here or not. */
  learn(names: readonly { id: Id; name: string }[]): void {
    for (const { id, name } of names) this.#names.set(id, name);
  }

  /** Returns whether it told of anyone but me. */
  receive(people: readonly Presence[], left: readonly Id[]): boolean {
    if (left.length === 0 && people.every(({ client }) => client === this.me)) return false;
    const present = new Map(this.present);
    for (const client of left) present.delete(client);
    for (const person of people) {
      this.#names.set(person.person, person.name);
      if (person.client !== this.me) present.set(person.client, person);
    }
    this.present = present;
    return true;
  }

  look(place: Partial<Place>): void {
    this.#place = { ...this.#place, ...place };
    this.#schedule();
  }

  #schedule(): void {
    if (this.#cancel !== null || (this.#told !== null && same(this.#told, this.#place))) return;
    const wait = Math.max(0, this.#toldAt + BETWEEN - this.timers.now());
    this.#cancel = this.timers.after(wait, () => {
      this.#cancel = null;
      this.#told = this.#place;
      this.#toldAt = this.timers.now();
      const { drag, ...place } = this.#place;
      this.send({ type: "presence", ...place, ...(drag === null ? {} : { drag }) });
    });
  }
}
