// Presence by card: the people who have each card selected.
import type { Id, Presence } from "../model/protocol.ts";

export function presencesByCard(people: readonly Presence[]): Map<Id, Presence[]> {
  const result = new Map<Id, Presence[]>();
  for (const presence of people) {
    if (presence.selected !== null) result.set(presence.selected, [...(result.get(presence.selected) ?? []), presence]);
  }
  return result;
}
