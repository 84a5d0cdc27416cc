// What each kind of board holds, from the server's schema, and how the views order it.
// Labels are not here: they are French and live in i18n.
import { SCHEMAS } from "./generated/schemas.ts";
import type { BoardKind } from "./protocol.ts";

export { MAX_CARDS, MAX_COMMENT, MAX_COORDINATE, MAX_LINE, MAX_LINKS, MAX_NUMBER, MAX_TEXT } from "./generated/schemas.ts";

export type FieldType = "line" | "text" | "number" | "integer" | "choice" | "url";

export interface FieldSpec {
  readonly name: string;
  readonly type: FieldType;
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** Exports leave it out. */
  readonly private?: boolean;
}

export interface Schema {
  readonly fields: readonly FieldSpec[];
  /** The field that names a card. */
  readonly title: string;
  readonly links: readonly string[];
  readonly votes: boolean;
}

export interface Section {
  readonly name: string;
  readonly fields: readonly string[];
}

export interface Layout {
  /** Columns of the table view unless the reader chooses others. */
  readonly chief: readonly string[];
  /** Sections of the details panel. */
  readonly sections: readonly Section[];
  /** The field that cards are coloured by unless the reader chooses another. */
  readonly group: string;
  /** The field of the view in columns, if there is one. */
  readonly lanes?: string;
  /** The ways to look at the board, the first one unless the reader chose another. */
  readonly views: readonly View[];
}

export type View = "table" | "lanes" | "free" | "matrix" | "rings" | "summary";

export const schemaOf = (kind: BoardKind): Schema => SCHEMAS[kind];

export const LAYOUTS: Readonly<Record<BoardKind, Layout>> = {
  indicators: {
    chief: ["name", "objective", "legal_category", "expression", "baseline", "target", "target_year", "referent", "priority"],
    sections: [
      { name: "what", fields: ["name", "objective", "definition", "legal_category", "expression", "priority"] },
      { name: "measure", fields: ["numerator", "numerator_unit", "numerator_sample", "denominator", "denominator_unit", "denominator_sample", "source", "frequency"] },
      { name: "aim", fields: ["baseline", "baseline_year", "target", "target_year"] },
      { name: "steering", fields: ["referent", "purchasing_link", "policies", "notes"] },
    ],
    group: "legal_category",
    lanes: "priority",
    views: ["table", "lanes", "free", "summary"],
  },
  stakeholders: {
    chief: ["name", "family", "internal", "contribution", "power", "interest", "attitude_now", "attitude_wanted"],
    sections: [
      { name: "who", fields: ["name", "family", "internal", "role"] },
      { name: "exchange", fields: ["contribution", "expectations", "referent", "contact"] },
      { name: "stance", fields: ["power", "interest", "attitude_now", "attitude_wanted"] },
      { name: "more", fields: ["notes"] },
    ],
    group: "family",
    views: ["free", "matrix", "rings", "table"],
  },
  questions: {
    chief: ["question", "theme", "state", "answer"],
    sections: [
      { name: "question", fields: ["question", "theme", "state"] },
      { name: "answer", fields: ["answer"] },
    ],
    group: "state",
    lanes: "state",
    views: ["table", "lanes", "free"],
  },
  cards: {
    chief: ["title", "text", "group", "colour"],
    sections: [{ name: "card", fields: ["title", "text", "group", "colour"] }],
    group: "colour",
    lanes: "group",
    views: ["free", "lanes", "table"],
  },
};

export function fieldOf(kind: BoardKind, name: string): FieldSpec | undefined {
  return schemaOf(kind).fields.find((field) => field.name === name);
}

/** The fields that cards can be told apart by at a glance: choices and the priority. */
export function telling(kind: BoardKind): FieldSpec[] {
  return LAYOUTS[kind].chief.flatMap((name) => fieldOf(kind, name) ?? []).filter(({ type, name }) => type === "choice" || name === "priority");
}

export function isLongText(kind: BoardKind, name: string): boolean {
  return fieldOf(kind, name)?.type === "text";
}
