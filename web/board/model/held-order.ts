// The order of the table while somebody types in it: rows stay where they are, so that the editor keeps its place.
import type { Card } from "./board.ts";
import type { Entry, Group } from "./card-query.ts";
import type { Id } from "./protocol.ts";

/** Which cards stood in which group, in this order, when the editing began. */
export type HeldOrder = readonly { readonly value: string; readonly cards: readonly Id[] }[];

export const holdOrder = (groups: readonly Group[]): HeldOrder => groups.map(({ value, cards }) => ({ value, cards: cards.map(([id]) => id) }));

/**
 * The present cards in the held order. The edited card, when it still exists, stands in it even if no group holds it any more;
 * cards that were not there before follow at the end of their groups.
 */
export function inHeldOrder(held: HeldOrder, groups: readonly Group[], edited: readonly [Id, Card | undefined]): Group[] {
  const present = new Map(groups.flatMap(({ cards }) => cards));
  const [id, card] = edited;
  if (card !== undefined) present.set(id, card);
  const known = new Set(held.flatMap(({ cards }) => cards));
  const added = new Map(groups.map(({ value, cards }) => [value, cards.filter(([other]) => !known.has(other))]));
  const kept = held.map(({ value, cards }) => ({
    value,
    cards: [...cards.flatMap((other): Entry[] => entryOf(present, other)), ...(added.get(value) ?? [])],
  }));
  const values = new Set(held.map(({ value }) => value));
  const more = [...added].filter(([value]) => !values.has(value)).map(([value, cards]) => ({ value, cards }));
  return [...kept, ...more].filter(({ cards }) => cards.length > 0);
}

function entryOf(cards: ReadonlyMap<Id, Card>, id: Id): Entry[] {
  const card = cards.get(id);
  return card === undefined ? [] : [[id, card]];
}
