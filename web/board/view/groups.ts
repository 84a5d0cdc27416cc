// Groups the cards of the table and of the list by a field.
import type { BoardKind } from "../model/protocol.ts";
import { fieldOf } from "../model/schemas.ts";
import { groupBy, type Entry, type Group } from "../model/card-query.ts";

export function groupsByField(kind: BoardKind, cards: readonly Entry[], field: string): readonly Group[] {
  if (field === "") return [{ value: "", cards }];
  return groupBy(cards, field, fieldOf(kind, field)?.choices ?? ["1", "2", "3"]);
}
