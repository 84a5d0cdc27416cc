// Kanban columns: the cards grouped by one field, a column for each choice or for each value in use.
import type { Direction } from "./camera.ts";
import type { Id, Value } from "./protocol.ts";
import type { FieldSpec } from "./schemas.ts";
import { groupBy, type Entry, type Group } from "./card-query.ts";

/** The columns in their order, cards without a value first; `more` names columns to show although they are still empty. */
export function kanbanColumns(cards: readonly Entry[], spec: FieldSpec, more: readonly string[] = []): Group[] {
  const values = spec.type === "line" ? [...new Set([...valuesInUse(cards, spec.name), ...more])] : columnChoices(spec);
  const found = new Map(groupBy(cards, spec.name, values).map((group) => [group.value, group]));
  const shown = found.has("") || spec.type === "line" ? ["", ...values] : values;
  return shown.map((value) => found.get(value) ?? { value, cards: [] });
}

/** The field's value for a card in that column. */
export function columnValue(spec: FieldSpec, column: string): Value | null {
  if (column === "") return null;
  return spec.type === "integer" ? Number(column) : column;
}

/** The card that an arrow key goes to: in the same column, or at the same height in the next column that has cards. */
export function neighbour(columns: readonly Group[], from: Id, way: Direction): Id | null {
  const column = columns.findIndex(({ cards }) => cards.some(([id]) => id === from));
  const row = columns[column]?.cards.findIndex(([id]) => id === from) ?? -1;
  if (row < 0) return null;
  if (way === "up" || way === "down") return columns[column]?.cards[row + (way === "up" ? -1 : 1)]?.[0] ?? null;
  const others = way === "left" ? columns.slice(0, column).toReversed() : columns.slice(column + 1);
  const next = others.find(({ cards }) => cards.length > 0)?.cards;
  return (next?.[row] ?? next?.at(-1))?.[0] ?? null;
}

const columnChoices = ({ choices, min = 0, max = 0 }: FieldSpec): readonly string[] =>
  choices ?? Array.from({ length: max - min + 1 }, (_, index) => String(min + index));

const valuesInUse = (cards: readonly Entry[], field: string): string[] =>
  cards.flatMap(([, { fields }]) => (fields[field] === undefined ? [] : [String(fields[field])]));
