// The fields of each kind of board, from the server's schema, and the configuration of the views.
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
  /** The field that holds a card's title. */
  readonly title: string;
  readonly links: readonly string[];
  readonly votes: boolean;
}

export interface Section {
  readonly name: string;
  readonly fields: readonly string[];
}

export interface ViewConfig {
  /** ColumnPicker of the table view unless the person chooses others. */
  readonly mainFields: readonly string[];
  /** Sections of the details panel. */
  readonly sections: readonly Section[];
  /** The field that cards are coloured by unless the person chooses another. */
  readonly colourField: string;
  /** The field of the kanban view, if there is one. */
  readonly kanbanField?: string;
  /** The views offered; the first one is shown unless the person chose another. */
  readonly views: readonly View[];
}

export type View = "table" | "kanban" | "free" | "matrix" | "rings" | "summary";

export const schemaOf = (kind: BoardKind): Schema => SCHEMAS[kind];

export const VIEW_CONFIG: Readonly<Record<BoardKind, ViewConfig>> = {
  indicators: {
    mainFields: ["name", "objective", "legal_category", "expression", "baseline", "target", "target_year", "referent", "priority"],
    sections: [
      { name: "what", fields: ["name", "objective", "definition", "legal_category", "expression", "priority"] },
      { name: "measure", fields: ["numerator", "numerator_unit", "numerator_sample", "denominator", "denominator_unit", "denominator_sample", "source", "frequency"] },
      { name: "aim", fields: ["baseline", "baseline_year", "target", "target_year"] },
      { name: "steering", fields: ["referent", "purchasing_link", "policies", "notes"] },
    ],
    colourField: "legal_category",
    kanbanField: "priority",
    views: ["table", "kanban", "free", "summary"],
  },
  stakeholders: {
    mainFields: ["name", "family", "internal", "contribution", "power", "interest", "attitude_now", "attitude_wanted"],
    sections: [
      { name: "who", fields: ["name", "family", "internal", "role"] },
      { name: "exchange", fields: ["contribution", "expectations", "referent", "contact"] },
      { name: "stance", fields: ["power", "interest", "attitude_now", "attitude_wanted"] },
      { name: "more", fields: ["notes"] },
    ],
    colourField: "family",
    views: ["free", "matrix", "rings", "table"],
  },
  questions: {
    mainFields: ["question", "theme", "state", "answer"],
    sections: [
      { name: "question", fields: ["question", "theme", "state"] },
      { name: "answer", fields: ["answer"] },
    ],
    colourField: "state",
    kanbanField: "state",
    views: ["table", "kanban", "free"],
  },
  cards: {
    mainFields: ["title", "text", "group", "colour"],
    sections: [{ name: "card", fields: ["title", "text", "group", "colour"] }],
    colourField: "colour",
    kanbanField: "group",
    views: ["free", "kanban", "table"],
  },
};

export function fieldOf(kind: BoardKind, name: string): FieldSpec | undefined {
  return schemaOf(kind).fields.find((field) => field.name === name);
}

/** The fields whose values are shown on a card: choices and the priority. */
export function glanceFields(kind: BoardKind): FieldSpec[] {
  return VIEW_CONFIG[kind].mainFields.flatMap((name) => fieldOf(kind, name) ?? []).filter(({ type, name }) => type === "choice" || name === "priority");
}

export function isLongText(kind: BoardKind, name: string): boolean {
  return fieldOf(kind, name)?.type === "text";
}
