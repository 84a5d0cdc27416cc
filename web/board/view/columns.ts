// Remembers in this browser which columns a reader chose for each kind of board.
import type { BoardKind } from "../model/protocol.ts";
import { fieldOf, LAYOUTS, schemaOf } from "../model/schemas.ts";

const key = (kind: BoardKind): string => `parcours.columns.${kind}`;

export function rememberedColumns(kind: BoardKind): readonly string[] {
  try {
    const names = JSON.parse(localStorage.getItem(key(kind)) ?? "[]") as string[];
    const known = names.filter((name) => fieldOf(kind, name) !== undefined);
    if (known.includes(schemaOf(kind).title)) return known;
  } catch {
    // Forbidden or not ours: the chief columns will do.
  }
  return LAYOUTS[kind].chief;
}

export function rememberColumns(kind: BoardKind, names: readonly string[]): void {
  try {
    localStorage.setItem(key(kind), JSON.stringify(names));
  } catch {
    // Then it is not remembered.
  }
}
