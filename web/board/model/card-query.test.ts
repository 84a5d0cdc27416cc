// Queries over cards, missed changes, the formulas of indicators and their coverage of the law.
import { describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import type { Card } from "./board.ts";
import { targetBar, computeValue, coverage, problemOf, unitOf, unitProblem } from "./indicators.ts";
import type { Fields } from "./protocol.ts";
import { changeQuery, ALL_CARDS, groupBy, missedSince, runQuery, alsoShow, type Entry } from "./card-query.ts";

const card = (rank: number, fields: Fields, more: Partial<Card> = {}): Card => ({
  x: 0,
  y: 0,
  fields,
  by: "ada",
  at: 0,
  rank,
  votes: [],
  comments: [],
  ...more,
});

const CARDS: Entry[] = [
  ["1", card(1, { name: "Écoles", priority: 2, legal_category: "social" }, { votes: ["x"] })],
  ["2", card(2, { name: "bois", priority: 1 }, { touched: { seq: 9, by: "bob", at: 0 } })],
  ["3", card(3, { name: "Énergie", priority: 2, legal_category: "ecological", baseline: 12.5 }, { votes: ["x", "y"], by: "bob" })],
];
const ids = (cards: readonly Entry[]): string => cards.map(([id]) => id).join("");
const choose = (query: object): string => ids(runQuery(CARDS, { ...ALL_CARDS, ...query }, "name", (_, value) => value));

describe("a card query", () => {
  it("searches, filters and sorts", () => {
    expect(choose({})).toBe("123");
    expect(choose({ search: "ecole" })).toBe("1");
    expect(choose({ search: "12,5" }) + choose({ search: "12.5" })).toBe("33");
    expect(choose({ filters: { priority: "2" } })).toBe("13");
    expect(choose({ filters: { priority: "2" }, search: "ener" })).toBe("3");
    expect(choose({ only: new Set(["2"]) })).toBe("2");
    expect(choose({ sort: "title" })).toBe("213");
    expect(choose({ sort: "votes" })).toBe("312");
    expect(choose({ sort: "changed" })).toBe("231");
  });

  it("shows an added card until the query is changed", () => {
    const ecological = changeQuery(ALL_CARDS, { filters: { legal_category: "ecological" }, search: "ener" });
    const more = alsoShow(alsoShow(ecological, "2"), "1");
    expect(choose(ecological) + choose(more)).toBe("3123");
    expect(choose(changeQuery(more, { search: "energie" }))).toBe("3");
    expect(choose(changeQuery(more, { sort: "votes" }))).toBe("3");
  });

  it("groups in the order of the choices, cards without a value last", () => {
    const groups = groupBy(CARDS, "legal_category", ["ecological", "esus", "social"]);
    expect(groups.map(({ value, cards }) => [value, ids(cards)])).toEqual([["ecological", "3"], ["social", "1"], ["", "2"]]);
  });

  it("lists what others added or changed since a seq, without a person's own changes", () => {
    expect(missedSince(CARDS, 2, "ada")).toEqual({ added: ["3"], changed: ["2"] });
    expect(missedSince(CARDS, 2, "bob")).toEqual({ added: [], changed: [] });
    expect(missedSince(CARDS, 9, "ada")).toEqual({ added: [], changed: [] });
  });
});

describe("the formula of an indicator", () => {
  const euros = { numerator_unit: "euros", denominator_unit: "euros", numerator_sample: 30, denominator_sample: 120 };
  it("is a share of the same thing, or an average per contract", () => {
    expect(computeValue(euros)).toEqual({ value: 25, unit: "percent" });
    expect(computeValue({ numerator_unit: "hours", numerator_sample: 1200 })).toEqual({ value: 1200, unit: "hours" });
    const average = { numerator_unit: "hours", denominator_unit: "contracts", numerator_sample: 90, denominator_sample: 3 };
    expect(computeValue(average)).toEqual({ value: 30, unit: "hours", per: "contracts" });
  });

  it("cannot divide euros by contracts, count in euros what is expressed in contracts, or divide by nothing", () => {
    expect(unitProblem({ ...euros, denominator_unit: "contracts" })?.type).toBe("different_units");
    expect(unitProblem({ expression: "contracts", numerator_unit: "euros" })?.type).toBe("not_what_is_counted");
    expect(unitProblem({ ...euros, denominator_unit: "percent" })?.type).toBe("percent_of_percent");
    expect(computeValue({ ...euros, denominator_unit: "contracts" })).toBeNull();
    expect(computeValue({ ...euros, denominator_sample: 0 })).toBeNull();
    expect(computeValue({ ...euros, denominator: "Total", denominator_unit: "" })).toBeNull();
  });

  it("names the missing figure once there is one figure, and nothing before", () => {
    const said = (fields: Fields): unknown => {
      const problem = problemOf(fields);
      return problem?.type === "lacking" ? problem.field : (problem?.type ?? null);
    };
    const units = { numerator_unit: "euros", denominator_unit: "euros", denominator: "Total" };
    expect(said({})).toBeNull();
    expect(said(units)).toBeNull();
    expect(said(euros)).toBeNull();
    expect(said({ numerator_unit: "hours", numerator_sample: 1200 })).toBeNull();
    expect(said({ numerator_sample: 1200 })).toBe("numerator_unit");
    expect(said({ ...units, numerator_sample: 30 })).toBe("denominator_sample");
    expect(said({ ...units, denominator_sample: 120 })).toBe("numerator_sample");
    expect(said({ denominator: "Total", numerator_unit: "euros", numerator_sample: 30, denominator_sample: 120 })).toBe("denominator_unit");
    expect(said({ ...euros, denominator_sample: 0 })).toBe("zero");
    expect(said({ ...euros, denominator_unit: "contracts", denominator_sample: 0 })).toBe("different_units");
  });
});

/** What the server computes for its documents, for every mix of units. */
const FIGURES = JSON.parse(readFileSync(new URL("./generated/figures.json", import.meta.url), "utf8")) as {
  fields: Fields;
  fits: boolean;
  unit: string;
  computed: unknown;
}[];

it("an indicator's value is the same here and in the server's exports", () => {
  expect(FIGURES.length).toBeGreaterThan(100);
  for (const { fields, ...there } of FIGURES) {
    const here = { fits: unitProblem(fields) === null, unit: unitOf(fields), computed: computeValue(fields) };
    expect(here, JSON.stringify(fields)).toEqual(there);
  }
});

describe("the coverage of the law", () => {
  it("counts what each category has, and says which card to complete", () => {
    const { met, of, rows } = coverage([
      ["a", card(1, { legal_category: "social", baseline: 10 })],
      ["b", card(2, { legal_category: "social", target: 30, target_year: 2027 })],
      ["c", card(3, { legal_category: "esus" })],
    ]);
    expect([met, of]).toEqual([5, 16]);
    expect(rows.find(({ category }) => category === "social")?.gaps).toEqual({ indicator: null, baseline: null, target: null, target_year: null });
    expect(rows.find(({ category }) => category === "esus")?.gaps.target).toEqual({ category: "esus", need: "target", card: "c" });
    expect(rows.find(({ category }) => category === "ecological")?.gaps.indicator?.card).toBeNull();
  });
});

describe("the bar from the baseline to the target", () => {
  it("is of 100 for a share, of the larger number otherwise, and says what is missing", () => {
    const share = { numerator_unit: "contracts", denominator_unit: "contracts" };
    expect(targetBar({ ...share, target: 30 })).toEqual({ baseline: null, target: 30, unit: "percent" });
    expect(targetBar({ ...share, baseline: 20, target: 120 })).toMatchObject({ target: 100, unit: "percent" });
    expect(targetBar({ numerator_unit: "euros", baseline: 50_000, target: 200_000 })).toEqual({ baseline: 25, target: 100, unit: "euros" });
    expect(targetBar({ numerator_unit: "hours", denominator_unit: "contracts", target: 4 })).toMatchObject({ unit: "" });
    expect(targetBar({ baseline: 0 })).toEqual({ baseline: 0, target: null, unit: "" });
    expect(targetBar(share)).toBeNull();
  });
});
