// What an indicator computes and what the law asks of a set of them. Pure; the words are elsewhere.
import type { Entry } from "./selection.ts";
import type { Fields, Id } from "./protocol.ts";

/** Article L. 2111-3: purchases by category, in particular from ESUS and from employers of disadvantaged people. */
export const REQUIRED = ["social", "ecological", "esus", "disadvantaged_employers"] as const;
export type Category = (typeof REQUIRED)[number];

/** What a category needs, and the field of a card that gives it. */
export const NEEDS = ["indicator", "baseline", "target", "target_year"] as const;
export type Need = (typeof NEEDS)[number];

export type Problem =
  | { type: "different_units"; numerator: string; denominator: string }
  | { type: "not_what_is_counted"; expression: string; numerator: string }
  | { type: "percent_of_percent" }
  | { type: "lacking"; field: Figure }
  | { type: "zero" };

/** What a value is computed from, in the order in which it is asked for. */
const FIGURES = ["numerator_sample", "numerator_unit", "denominator_sample", "denominator_unit"] as const;
export type Figure = (typeof FIGURES)[number];

/** Hours or people may be counted per contract; everything else is a share of the same thing. */
const AVERAGES = ["hours contracts", "people contracts", "hours people"];

/** Why the units cannot be, if they cannot. */
export function unitProblem(fields: Readonly<Fields>): Problem | null {
  const numerator = String(fields["numerator_unit"] ?? "");
  const denominator = String(fields["denominator_unit"] ?? "");
  const expression = String(fields["expression"] ?? "");
  const counted = { contracts: "contracts", value: "euros" }[expression];
  if (counted !== undefined && numerator !== "" && numerator !== counted && numerator !== "percent") {
    return { type: "not_what_is_counted", expression, numerator };
  }
  if (numerator === "" || denominator === "") return null;
  if (numerator === "percent" || denominator === "percent") return { type: "percent_of_percent" };
  const fits = numerator === denominator || AVERAGES.includes(`${numerator} ${denominator}`);
  return fits ? null : { type: "different_units", numerator, denominator };
}

export interface Computed {
  readonly value: number;
  readonly unit: string;
  /** For an average: per what. */
  readonly per?: string;
}

/** The value that the sample figures give; null while figures are missing or the formula cannot be. */
export function computed(fields: Readonly<Fields>): Computed | null {
  const numerator = fields["numerator_sample"];
  const unit = String(fields["numerator_unit"] ?? "");
  if (typeof numerator !== "number" || unit === "" || unitProblem(fields) !== null) return null;
  const per = String(fields["denominator_unit"] ?? "");
  if (per === "" && fields["denominator"] === undefined) return { value: numerator, unit };
  const denominator = fields["denominator_sample"];
  if (typeof denominator !== "number" || denominator === 0 || per === "") return null;
  return unit === per ? { value: (100 * numerator) / denominator, unit: "percent" } : { value: numerator / denominator, unit, per };
}

/** Why there is no value: the units cannot be, or the figures do not suffice, once there is one of them. */
export function problemOf(fields: Readonly<Fields>): Problem | null {
  const wrong = unitProblem(fields);
  if (wrong !== null || computed(fields) !== null) return wrong;
  const lacks = (field: string): boolean => fields[field] === undefined;
  if (lacks("numerator_sample") && lacks("denominator_sample")) return null;
  const isAlone = ["denominator", "denominator_sample", "denominator_unit"].every(lacks);
  const field = FIGURES.slice(0, isAlone ? 2 : 4).find(lacks);
  return field === undefined ? { type: "zero" } : { type: "lacking", field };
}

/** In which unit the indicator's values are; empty while the formula does not say. An average has none of its own. */
export function unitOf(fields: Readonly<Fields>): string {
  const unit = String(fields["numerator_unit"] ?? "");
  const per = String(fields["denominator_unit"] ?? "");
  if (unitProblem(fields) !== null) return "";
  if (unit !== "" && unit === per) return "percent";
  return per === "" && fields["denominator"] === undefined ? unit : "";
}

export interface Aim {
  /** Of the whole bar, 0 to 100; null where the number is missing. */
  readonly baseline: number | null;
  readonly target: number | null;
  readonly unit: string;
}

/** From where to where, as parts of a bar: of 100 for shares, else of the largest number. Null while neither is known. */
export function aimOf(fields: Readonly<Fields>): Aim | null {
  const { baseline, target } = fields;
  if (typeof target !== "number" && typeof baseline !== "number") return null;
  const unit = unitOf(fields);
  const all = Math.max(unit === "percent" ? 100 : 0, Number(baseline ?? 0), Number(target ?? 0));
  const part = (value: unknown): number | null => (typeof value !== "number" ? null : all > 0 ? Math.max(0, (100 * value) / all) : 0);
  return { baseline: part(baseline), target: part(target), unit };
}

export interface Gap {
  readonly category: Category;
  readonly need: Need;
  /** The card to complete; null when the category has none. */
  readonly card: Id | null;
}

export interface Coverage {
  readonly met: number;
  readonly of: number;
  /** By category: what is still missing of each need; null where it is met. */
  readonly rows: readonly { category: Category; gaps: Readonly<Record<Need, Gap | null>> }[];
}

/** How far the indicators cover what the law asks. */
export function coverage(cards: readonly Entry[]): Coverage {
  const rows = REQUIRED.map((category) => {
    const own = cards.filter(([, { fields }]) => fields["legal_category"] === category);
    const gap = (need: Need): Gap | null => {
      const isMet = need === "indicator" ? own.length > 0 : own.some(([, { fields }]) => fields[need] !== undefined);
      return isMet ? null : { category, need, card: own[0]?.[0] ?? null };
    };
    return { category, gaps: { indicator: gap("indicator"), baseline: gap("baseline"), target: gap("target"), target_year: gap("target_year") } };
  });
  const of = REQUIRED.length * NEEDS.length;
  const missing = rows.flatMap(({ gaps }) => NEEDS.filter((need) => gaps[need] !== null)).length;
  return { met: of - missing, of, rows };
}
