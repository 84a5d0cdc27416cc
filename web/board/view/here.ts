// Who looks at which card.
import type { Id, Presence } from "../model/protocol.ts";

export function byCard(people: readonly Presence[]): Map<Id, Presence[]> {
  const result = new Map<Id, Presence[]>();
  for (const who of people) {
    if (who.selected !== null) result.set(who.selected, [...(result.get(who.selected) ?? []), who]);
  }
  return result;
}
