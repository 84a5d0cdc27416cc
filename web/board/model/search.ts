// Search over cards: ignores accents and case; every word must occur somewhere on the card.
import type { Card } from "./board.ts";

const normalisedText = new WeakMap<Card, string>();

export function normalise(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("œ", "oe")
    .replaceAll("æ", "ae")
    .replaceAll("’", "'");
}

/** `labels` gives the French label of a choice, so that "écologique" finds `ecological`. */
export function matchesAll(card: Card, words: readonly string[], labels: (field: string, value: string) => string): boolean {
  if (words.length === 0) return true;
  // A number is found with a decimal comma, as the French write it, and with a point.
  const said = (name: string, value: string | number): string =>
    typeof value === "number" ? `${value} ${String(value).replace(".", ",")}` : labels(name, value);
  let text = normalisedText.get(card);
  if (text === undefined) {
    text = normalise(Object.entries(card.fields).map(([name, value]) => said(name, value)).join("\n"));
    normalisedText.set(card, text);
  }
  const haystack = text;
  return words.every((word) => haystack.includes(word));
}

export function wordsOf(search: string): string[] {
  return normalise(search).split(/\s+/u).filter((word) => word !== "");
}
