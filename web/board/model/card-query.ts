// Which cards are shown, and in which order: search, filters, sorting, grouping. Pure; every view shows the same cards.
import type { Card } from "./board.ts";
import type { Id } from "./protocol.ts";
import { matchesAll, wordsOf } from "./search.ts";

export type Entry = readonly [Id, Card];
export type Sort = "rank" | "title" | "votes" | "changed";

export interface CardQuery {
  readonly search: string;
  /** The value required in each of these fields. */
  readonly filters: Readonly<Record<string, string>>;
  readonly sort: Sort;
  /** Only these cards, if not null. */
  readonly only: ReadonlySet<Id> | null;
  /** Cards shown even if they do not match: those added since the query was last changed. */
  readonly alwaysShown: ReadonlySet<Id>;
}

export const ALL_CARDS: CardQuery = { search: "", filters: {}, sort: "rank", only: null, alwaysShown: new Set() };

/** A changed query; it no longer shows the cards that do not match. */
export const changeQuery = (query: CardQuery, change: Partial<CardQuery>): CardQuery => ({ ...query, alwaysShown: new Set(), ...change });

/** The same query, which also shows a card that was just added. */
export const alsoShow = (query: CardQuery, card: Id): CardQuery => ({ ...query, alwaysShown: new Set([...query.alwaysShown, card]) });

type Labels = (field: string, value: string) => string;

export function runQuery(cards: readonly Entry[], query: CardQuery, title: string, labels: Labels): Entry[] {
  const words = wordsOf(query.search);
  const filters = Object.entries(query.filters);
  const found = cards.filter(
    ([id, card]) =>
      query.alwaysShown.has(id) ||
      ((query.only === null || query.only.has(id)) &&
        filters.every(([field, value]) => String(card.fields[field] ?? "") === value) &&
        matchesAll(card, words, labels)),
  );
  return found.sort(orders[query.sort](title));
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
  /** The field's value; empty for cards without one. */
  readonly value: string;
  readonly cards: readonly Entry[];
}

/** The cards grouped by the value of a field, in the order of its choices, those without a value last. */
export function groupBy(cards: readonly Entry[], field: string, choices: readonly string[]): Group[] {
  return [...choices, ""]
    .map((value) => ({ value, cards: cards.filter(([, card]) => String(card.fields[field] ?? "") === value) }))
    .filter((group) => group.cards.length > 0);
}

/** The cards that others added and changed after `seq`. */
export function missedSince(cards: Iterable<Entry>, seq: number, me: Id): { added: Id[]; changed: Id[] } {
  const [added, changed]: [Id[], Id[]] = [[], []];
  for (const [id, { rank, by, touched }] of cards) {
    if (rank > seq) {
      if (by !== me) added.push(id);
    } else if (touched !== undefined && touched.seq > seq && touched.by !== me) changed.push(id);
  }
  return { added, changed };
}
