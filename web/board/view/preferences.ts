// Preferences stored in this browser for each kind of board: the view, the table's columns, the colour field.
import type { BoardKind } from "../model/protocol.ts";
import { fieldOf, VIEW_CONFIG, schemaOf, glanceFields, type View } from "../model/schemas.ts";

const key = (kind: BoardKind): string => `parcours.columns.${kind}`;

export function loadColumns(kind: BoardKind): readonly string[] {
  try {
    const names = JSON.parse(localStorage.getItem(key(kind)) ?? "[]") as string[];
    const known = names.filter((name) => fieldOf(kind, name) !== undefined);
    if (known.includes(schemaOf(kind).title)) return known;
  } catch {
    // Storage is forbidden or unreadable: use the main fields.
  }
  return VIEW_CONFIG[kind].mainFields;
}

export function saveColumns(kind: BoardKind, names: readonly string[]): void {
  try {
    localStorage.setItem(key(kind), JSON.stringify(names));
  } catch {
    // Then it is not remembered.
  }
}

const viewKey = (kind: BoardKind): string => `parcours.view.${kind}`;

/** On a phone the default is the list of cards. */
export function loadView(kind: BoardKind, isPhone: boolean): View {
  const views = isPhone ? (["table", ...VIEW_CONFIG[kind].views] as const) : VIEW_CONFIG[kind].views;
  try {
    const view = localStorage.getItem(viewKey(kind)) as View | null;
    if (view !== null && views.includes(view)) return view;
  } catch {
    // Storage is forbidden: use the first view.
  }
  return views[0] ?? "table";
}

export function saveView(kind: BoardKind, view: View): void {
  try {
    localStorage.setItem(viewKey(kind), view);
  } catch {
    // Then it is not remembered.
  }
}

const colourKey = (kind: BoardKind): string => `parcours.colour.${kind}`;

export function loadColourField(kind: BoardKind): string {
  try {
    const field = localStorage.getItem(colourKey(kind)) ?? "";
    if (glanceFields(kind).some(({ name }) => name === field)) return field;
  } catch {
    // Storage is forbidden: use the default field.
  }
  return VIEW_CONFIG[kind].colourField;
}

export function saveColourField(kind: BoardKind, field: string): void {
  try {
    localStorage.setItem(colourKey(kind), field);
  } catch {
    // Then it is not remembered.
  }
}
