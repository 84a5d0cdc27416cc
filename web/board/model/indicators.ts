// The value of an indicator's formula, and the indicators that the law requires. Pure; the French words are in i18n.
import type { Entry } from "./card-query.ts";
import type { Fields, Id } from "./protocol.ts";

/** Article L. 2111-3: purchases by category, in particular from ESUS and from employers of disadvantaged people. */
export const REQUIRED = ["social", "ecological", "esus", "disadvantaged_employers"] as const;
export type Category = (typeof REQUIRED)[number];

/** What each category needs; but for `indicator`, the name of the card's field that provides it. */
export const NEEDS = ["indicator", "baseline", "target", "target_year"] as const;
export type Need = (typeof NEEDS)[number];

export type Problem =
  | { type: "different_units"; numerator: string; denominator: string }
  | { type: "not_what_is_counted"; expression: string; numerator: string }
  | { type: "percent_of_percent" }
  | { type: "lacking"; field: Figure }
  | { type: "zero" };

/** The fields that a value is computed from, in the order in which they are asked for. */
const FIGURES = ["numerator_sample", "numerator_unit", "denominator_sample", "denominator_unit"] as const;
export type Figure = (typeof FIGURES)[number];

/** Hours or people may be counted per contract; everything else is a share of the same thing. */
const AVERAGES = ["hours contracts", "people contracts", "hours people"];

/** The problem with the units, if there is one. */
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
  /** For an average: the unit it is counted per. */
  readonly per?: string;
}

/** The value that the sample figures give; null while figures are missing or the units do not fit. */
export function computeValue(fields: Readonly<Fields>): Computed | null {
  const numerator = fields["numerator_sample"];
  const unit = String(fields["numerator_unit"] ?? "");
  if (typeof numerator !== "number" || unit === "" || unitProblem(fields) !== null) return null;
  const per = String(fields["denominator_unit"] ?? "");
  if (per === "" && fields["denominator"] === undefined) return { value: numerator, unit };
  const denominator = fields["denominator_sample"];
  if (typeof denominator !== "number" || denominator === 0 || per === "") return null;
  return unit === per ? { value: (100 * numerator) / denominator, unit: "percent" } : { value: numerator / denominator, unit, per };
}

/** Why there is no value: the units do not fit, or some figures were given and others are missing. */
export function problemOf(fields: Readonly<Fields>): Problem | null {
  const wrong = unitProblem(fields);
  if (wrong !== null || computeValue(fields) !== null) return wrong;
  const lacks = (field: string): boolean => fields[field] === undefined;
  if (lacks("numerator_sample") && lacks("denominator_sample")) return null;
  const isAlone = ["denominator", "denominator_sample", "denominator_unit"].every(lacks);
  const field = FIGURES.slice(0, isAlone ? 2 : 4).find(lacks);
  return field === undefined ? { type: "zero" } : { type: "lacking", field };
}

/** The unit of the indicator's values; empty while the formula does not determine it, and for an average. */
export function unitOf(fields: Readonly<Fields>): string {
  const unit = String(fields["numerator_unit"] ?? "");
  const per = String(fields["denominator_unit"] ?? "");
  if (unitProblem(fields) !== null) return "";
  if (unit !== "" && unit === per) return "percent";
  return per === "" && fields["denominator"] === undefined ? unit : "";
}

export interface TargetBar {
  /** Percent of the bar's length; null where the number is missing. */
  readonly baseline: number | null;
  readonly target: number | null;
  readonly unit: string;
}

/** Baseline and target as parts of a bar: of 100 for percentages, else of the larger number. Null while neither is known. */
export function targetBar(fields: Readonly<Fields>): TargetBar | null {
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
  /** By category, the gap for each need; null where the need is met. */
  readonly rows: readonly { category: Category; gaps: Readonly<Record<Need, Gap | null>> }[];
}

/** How far the indicators cover what the law requires. */
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
