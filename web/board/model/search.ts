// Search over cards: accents and case ignored, every word must be found somewhere on the card.
import type { Card } from "./board.ts";

const folded = new WeakMap<Card, string>();

export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("œ", "oe")
    .replaceAll("æ", "ae")
    .replaceAll("’", "'");
}

/** `labels` gives what a choice is called, so that "écologique" finds `ecological`. */
export function matches(card: Card, words: readonly string[], labels: (field: string, value: string) => string): boolean {
  if (words.length === 0) return true;
  let text = folded.get(card);
  if (text === undefined) {
    text = fold(Object.entries(card.fields).map(([name, value]) => `${labels(name, String(value))} ${String(value).replace(".", ",")}`).join("\n"));
    folded.set(card, text);
  }
  const haystack = text;
  return words.every((word) => haystack.includes(word));
}

export function wordsOf(search: string): string[] {
  return fold(search).split(/\s+/u).filter((word) => word !== "");
}
