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
  // A number is found as the French write it, and as it is kept.
  const said = (name: string, value: string | number): string =>
    typeof value === "number" ? `${value} ${String(value).replace(".", ",")}` : labels(name, value);
  let text = folded.get(card);
  if (text === undefined) {
    text = fold(Object.entries(card.fields).map(([name, value]) => said(name, value)).join("\n"));
    folded.set(card, text);
  }
  const haystack = text;
  return words.every((word) => haystack.includes(word));
}

export function wordsOf(search: string): string[] {
  return fold(search).split(/\s+/u).filter((word) => word !== "");
}
