import { describe, expect, it } from "vitest";
import type { Card } from "./board.ts";
import { neighbour, kanbanColumns, columnValue } from "./kanban.ts";
import type { Fields } from "./protocol.ts";
import { fieldOf, type FieldSpec } from "./schemas.ts";
import type { Entry } from "./card-query.ts";

const card = (fields: Fields): Card => ({ x: 0, y: 0, fields, by: "ada", at: 0, rank: 1, votes: [], comments: [] });
const spec = (kind: "cards" | "questions" | "indicators", name: string): FieldSpec => fieldOf(kind, name) as FieldSpec;
const cards = (field: string, ...values: (string | number | undefined)[]): Entry[] =>
  values.map((value, index) => [`c${index}`, card(value === undefined ? {} : { [field]: value })]);
const shape = (groups: ReturnType<typeof kanbanColumns>): string[] => groups.map(({ value, cards: members }) => `${value}:${members.map(([id]) => id).join()}`);

describe("cards in columns", () => {
  it("has a column for every choice, and one for cards without a value only if there are any", () => {
    expect(shape(kanbanColumns(cards("state", "answered", "asked"), spec("questions", "state")))).toEqual(["asked:c1", "answering:", "answered:c0", "parked:"]);
    expect(shape(kanbanColumns(cards("priority", 2, undefined), spec("indicators", "priority")))).toEqual([":c1", "1:", "2:c0", "3:"]);
  });

  it("has a column for every value in use, in the order of appearance, and for columns that are still empty", () => {
    const columns = kanbanColumns(cards("group", "Freins", undefined, "Leviers", "Freins"), spec("cards", "group"), ["Idées", "Freins"]);
    expect(shape(columns)).toEqual([":c1", "Freins:c0,c3", "Leviers:c2", "Idées:"]);
  });

  it("gives a number for an integer field, and null for the column without a value", () => {
    expect(columnValue(spec("indicators", "priority"), "2")).toBe(2);
    expect(columnValue(spec("cards", "group"), "2")).toBe("2");
    expect(columnValue(spec("cards", "group"), "")).toBeNull();
  });

  it("moves by arrow keys within a column, and over empty ones to the same height or the last card", () => {
    const columns = kanbanColumns(cards("state", "asked", "asked", "answered"), spec("questions", "state"));
    expect(neighbour(columns, "c0", "down")).toBe("c1");
    expect(neighbour(columns, "c0", "up")).toBeNull();
    expect(neighbour(columns, "c1", "right")).toBe("c2");
    expect(neighbour(columns, "c2", "left")).toBe("c0");
    expect(neighbour(columns, "c2", "right")).toBeNull();
  });
});
