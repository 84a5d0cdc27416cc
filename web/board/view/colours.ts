// The board's colour tones for people and choices: always the same one, on every screen.
import type { BoardKind, Fields, Id } from "../model/protocol.ts";
import { fieldOf, type FieldSpec } from "../model/schemas.ts";

const TONES = 8;

export function toneOfPerson(person: Id): string {
  let sum = 7;
  for (let index = 0; index < person.length; index += 1) sum = (sum * 31 + person.charCodeAt(index)) >>> 0;
  return `person-${sum % TONES}`;
}

export function initials(name: string): string {
  const words = name.split(/[\s-]+/u).filter((word) => word !== "");
  const first = words.at(0)?.at(0) ?? "?";
  const last = words.length > 1 ? (words.at(-1)?.at(0) ?? "") : "";
  return (first + last).toLocaleUpperCase("fr");
}

/** The tone of a choice; choices that mean good or bad have their own. */
const MEANINGS: Readonly<Record<string, string>> = {
  opposed: "red",
  reserved: "orange",
  neutral: "grey",
  favourable: "teal",
  driving: "green",
  asked: "orange",
  answering: "blue",
  answered: "green",
  parked: "grey",
  social: "violet",
  ecological: "green",
  esus: "blue",
  disadvantaged_employers: "pink",
  circular: "teal",
  other: "grey",
  internal: "blue",
  external: "orange",
  // Priorities: the higher, the warmer.
  1: "orange",
  2: "yellow",
  3: "grey",
  yellow: "yellow",
  blue: "blue",
  green: "green",
  pink: "pink",
  grey: "grey",
};

const WHEEL = ["blue", "violet", "teal", "orange", "pink", "green", "yellow", "grey"];

/** The tone that a field gives a card; empty when the card has no value there. */
export function toneOfFields(kind: BoardKind, field: string, fields: Readonly<Fields>): string {
  const spec = fieldOf(kind, field);
  const value = fields[field];
  return spec === undefined || value === undefined ? "" : toneOfChoice(spec, String(value));
}

export function toneOfChoice(spec: FieldSpec, value: string): string {
  const known = MEANINGS[value];
  if (known !== undefined) return `tone-${known}`;
  const index = spec.choices?.indexOf(value) ?? 0;
  const tone = `tone-${WHEEL[Math.max(0, index) % WHEEL.length] ?? "grey"}`;
  // More choices than tones: stripes distinguish the second use of a tone.
  return index < WHEEL.length ? tone : `${tone} striped`;
}
