// Which cards are looked at, and in which order: search, filters, grouping. Pure; every view shows the same ones.
import type { Card } from "./board.ts";
import type { Id } from "./protocol.ts";
import { matches, wordsOf } from "./search.ts";

export type Entry = readonly [Id, Card];
export type Sort = "rank" | "title" | "votes" | "changed";

export interface Selection {
  readonly search: string;
  /** What must stand in these fields. */
  readonly filters: Readonly<Record<string, string>>;
  readonly sort: Sort;
  /** Only these cards, if not null. */
  readonly only: ReadonlySet<Id> | null;
  /** Shown whatever they say: cards that were added meanwhile and may not match yet. */
  readonly besides: ReadonlySet<Id>;
}

export const EVERYTHING: Selection = { search: "", filters: {}, sort: "rank", only: null, besides: new Set() };

/** Another selection begins without the cards that stood beside this one. */
export const changed = (selection: Selection, change: Partial<Selection>): Selection => ({ ...selection, besides: new Set(), ...change });

/** The same selection, with a card that was just added. */
export const withAdded = (selection: Selection, card: Id): Selection => ({ ...selection, besides: new Set([...selection.besides, card]) });

type Labels = (field: string, value: string) => string;

export function selected(cards: readonly Entry[], selection: Selection, title: string, labels: Labels): Entry[] {
  const words = wordsOf(selection.search);
  const filters = Object.entries(selection.filters);
  const found = cards.filter(
    ([id, card]) =>
      selection.besides.has(id) ||
      ((selection.only === null || selection.only.has(id)) &&
        filters.every(([field, value]) => String(card.fields[field] ?? "") === value) &&
        matches(card, words, labels)),
  );
  return found.sort(orders[selection.sort](title));
}

type Order = (title: string) => (a: Entry, b: Entry) => number;

const byRank = ([, a]: Entry, [, b]: Entry): number => a.rank - b.rank;
const lastChange = ({ touched, rank }: Card): number => touched?.seq ?? rank;

const orders: Record<Sort, Order> = {
  rank: () => byRank,
  title: (title) => (a, b) => String(a[1].fields[title] ?? "").localeCompare(String(b[1].fields[title] ?? ""), "fr") || byRank(a, b),
  votes: () => (a, b) => b[1].votes.length - a[1].votes.length || byRank(a, b),
  changed: () => (a, b) => lastChange(b[1]) - lastChange(a[1]),
};

export interface Group {
  /** What stands in the field; empty where nothing does. */
  readonly value: string;
  readonly cards: readonly Entry[];
}

/** The cards by what stands in a field, in the order of its choices, those without a value last. */
export function grouped(cards: readonly Entry[], field: string, choices: readonly string[]): Group[] {
  return [...choices, ""]
    .map((value) => ({ value, cards: cards.filter(([, card]) => String(card.fields[field] ?? "") === value) }))
    .filter((group) => group.cards.length > 0);
}

/** What others added and changed after `seq`. */
export function missedSince(cards: Iterable<Entry>, seq: number, me: Id): { added: Id[]; changed: Id[] } {
  const [added, changed]: [Id[], Id[]] = [[], []];
  for (const [id, { rank, by, touched }] of cards) {
    if (rank > seq) {
      if (by !== me) added.push(id);
    } else if (touched !== undefined && touched.seq > seq && touched.by !== me) changed.push(id);
  }
  return { added, changed };
}
