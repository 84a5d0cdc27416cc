// What each kind of board holds: fields, types, limits, choices. Mirrors the server's schema.
// Labels are not here: they are French and live in i18n.
import type { BoardKind } from "./protocol.ts";

export const MAX_LINE = 300;
export const MAX_TEXT = 20_000;
export const MAX_CARDS = 5_000;

export type FieldType = "line" | "text" | "number" | "integer" | "choice" | "url";

export interface FieldSpec {
  readonly name: string;
  readonly type: FieldType;
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

export interface KindSpec {
  readonly fields: readonly FieldSpec[];
  /** The field that names a card. */
  readonly title: string;
  /** Columns of the table view unless the reader chooses others. */
  readonly chief: readonly string[];
  /** Sections of the details panel: a name and its fields, in order. */
  readonly sections: readonly (readonly [string, readonly string[]])[];
  readonly linkKinds: readonly string[];
  readonly votes: boolean;
}

const line = (name: string): FieldSpec => ({ name, type: "line" });
const text = (name: string): FieldSpec => ({ name, type: "text" });
const number = (name: string): FieldSpec => ({ name, type: "number" });
const integer = (name: string, min: number, max: number): FieldSpec => ({ name, type: "integer", min, max });
const choice = (name: string, ...choices: string[]): FieldSpec => ({ name, type: "choice", choices });

const UNITS = ["contracts", "euros", "hours", "people", "percent"];
const ATTITUDES = ["opposed", "reserved", "neutral", "favourable", "driving"];

const indicators: KindSpec = {
  fields: [
    line("objective"),
    line("name"),
    text("definition"),
    line("numerator"),
    choice("numerator_unit", ...UNITS),
    line("denominator"),
    choice("denominator_unit", ...UNITS),
    choice("expression", "contracts", "value"),
    choice("legal_category", "social", "ecological", "esus", "disadvantaged_employers", "circular", "other"),
    number("baseline"),
    integer("baseline_year", 1990, 2100),
    number("target"),
    integer("target_year", 1990, 2100),
    choice("frequency", "monthly", "quarterly", "yearly", "biennial"),
    line("source"),
    line("referent"),
    integer("priority", 1, 3),
    line("purchasing_link"),
    line("policies"),
    text("notes"),
  ],
  title: "name",
  chief: ["name", "objective", "legal_category", "expression", "baseline", "target", "target_year", "referent", "priority"],
  sections: [
    ["what", ["name", "objective", "definition", "legal_category", "expression", "priority"]],
    ["measure", ["numerator", "numerator_unit", "denominator", "denominator_unit", "source", "frequency"]],
    ["aim", ["baseline", "baseline_year", "target", "target_year"]],
    ["steering", ["referent", "purchasing_link", "policies", "notes"]],
  ],
  linkKinds: [],
  votes: false,
};

const stakeholders: KindSpec = {
  fields: [
    line("name"),
    choice(
      "family",
      "economic_networks",
      "federations",
      "facilitators",
      "development_agencies",
      "buyer_networks",
      "experts",
      "elected",
      "general_management",
      "purchasing",
      "finance",
      "technical",
      "legal",
      "users",
    ),
    choice("internal", "internal", "external"),
    text("role"),
    line("contribution"),
    line("expectations"),
    integer("power", 0, 100),
    integer("interest", 0, 100),
    choice("attitude_now", ...ATTITUDES),
    choice("attitude_wanted", ...ATTITUDES),
    line("referent"),
    text("notes"),
  ],
  title: "name",
  chief: ["name", "family", "internal", "contribution", "power", "interest", "attitude_now", "attitude_wanted"],
  sections: [
    ["who", ["name", "family", "internal", "role"]],
    ["exchange", ["contribution", "expectations", "referent"]],
    ["stance", ["power", "interest", "attitude_now", "attitude_wanted"]],
    ["more", ["notes"]],
  ],
  linkKinds: ["decides", "prescribes", "informs", "funds", "supplies", "supports", "opposes", "co_builds"],
  votes: false,
};

const questions: KindSpec = {
  fields: [
    line("question"),
    line("theme"),
    text("answer"),
    choice("state", "asked", "answering", "answered", "parked"),
  ],
  title: "question",
  chief: ["question", "theme", "state", "answer"],
  sections: [
    ["question", ["question", "theme", "state"]],
    ["answer", ["answer"]],
  ],
  linkKinds: [],
  votes: true,
};

const cards: KindSpec = {
  fields: [line("title"), text("text"), choice("colour", "yellow", "blue", "green", "pink", "grey"), line("group")],
  title: "title",
  chief: ["title", "text", "group", "colour"],
  sections: [["card", ["title", "text", "group", "colour"]]],
  linkKinds: [],
  votes: false,
};

export const KINDS: Readonly<Record<BoardKind, KindSpec>> = { indicators, stakeholders, questions, cards };

export function fieldOf(kind: BoardKind, name: string): FieldSpec | undefined {
  return KINDS[kind].fields.find((field) => field.name === name);
}

export function isLongText(kind: BoardKind, name: string): boolean {
  return fieldOf(kind, name)?.type === "text";
}
