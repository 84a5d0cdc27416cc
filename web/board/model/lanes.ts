// The cards in columns by what stands in one field: a column for each choice, or for each word that somebody wrote.
import type { Direction } from "./camera.ts";
import type { Id, Value } from "./protocol.ts";
import type { FieldSpec } from "./schemas.ts";
import { grouped, type Entry, type Group } from "./selection.ts";

/** Columns in their order; `more` are those that are shown though no card is in them yet. Cards without a value come first. */
export function lanes(cards: readonly Entry[], spec: FieldSpec, more: readonly string[] = []): Group[] {
  const values = spec.type === "line" ? [...new Set([...wordsIn(cards, spec.name), ...more])] : choicesOf(spec);
  const found = new Map(grouped(cards, spec.name, values).map((group) => [group.value, group]));
  const shown = found.has("") || spec.type === "line" ? ["", ...values] : values;
  return shown.map((value) => found.get(value) ?? { value, cards: [] });
}

/** What a card says once it is in that column. */
export function valueIn(spec: FieldSpec, lane: string): Value | null {
  if (lane === "") return null;
  return spec.type === "integer" ? Number(lane) : lane;
}

/** The card that an arrow key goes to: in the same column, or in the next one that has any, at the same height. */
export function beside(columns: readonly Group[], from: Id, way: Direction): Id | null {
  const column = columns.findIndex(({ cards }) => cards.some(([id]) => id === from));
  const row = columns[column]?.cards.findIndex(([id]) => id === from) ?? -1;
  if (row < 0) return null;
  if (way === "up" || way === "down") return columns[column]?.cards[row + (way === "up" ? -1 : 1)]?.[0] ?? null;
  const others = way === "left" ? columns.slice(0, column).toReversed() : columns.slice(column + 1);
  const next = others.find(({ cards }) => cards.length > 0)?.cards;
  return (next?.[row] ?? next?.at(-1))?.[0] ?? null;
}

const choicesOf = ({ choices, min = 0, max = 0 }: FieldSpec): readonly string[] =>
  choices ?? Array.from({ length: max - min + 1 }, (_, index) => String(min + index));

const wordsIn = (cards: readonly Entry[], field: string): string[] =>
  cards.flatMap(([, { fields }]) => (fields[field] === undefined ? [] : [String(fields[field])]));
