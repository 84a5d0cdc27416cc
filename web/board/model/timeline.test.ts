// A timeline shows the board after any number of edits.
import { describe, expect, it } from "vitest";
import { toWire } from "../test/fake-server.ts";
import { random } from "../test/random.ts";
import { applyEdit, fork, fromWire } from "./board.ts";
import type { Edit } from "./protocol.ts";
import { Timeline, type LoggedEdit } from "./timeline.ts";

describe("a timeline", () => {
  it("shows the board after any number of edits, in whatever order they are asked for", () => {
    const dice = random(7);
    const live = fromWire({ id: "", kind: "stakeholders", title: "", cards: {}, links: {} });
    const edits: LoggedEdit[] = [];
    const boards = [toWire(live)];
    while (edits.length < 450) {
      const cards = [...live.cards.keys()];
      const card = cards.length < 3 ? dice.uuid() : dice.pick(cards);
      const choices: Edit[] = [
        { type: "add_card", card: dice.uuid(), x: 0, y: 0, fields: {} },
        { type: "move_card", card, x: dice.below(500), y: 3 },
        { type: "set_fields", card, fields: { power: dice.below(100), interest: null } },
        { type: "remove_card", card },
        { type: "restore_card", card: [...live.removed.keys()][0] ?? card },
      ];
      const edit = dice.pick(choices);
      const entry = { seq: edits.length + 1, by: "ada", at: 5 * edits.length, edit };
      if (applyEdit(live, { by: entry.by, at: entry.at }, edit, entry.seq) !== null) continue;
      edits.push(entry);
      boards.push(toWire(fork(live)));
    }
    const timeline = new Timeline("stakeholders", edits);
    for (let jump = 0; jump < 200; jump += 1) {
      const to = dice.below(edits.length + 1);
      expect(toWire(timeline.boardAfter(to)), `after ${to}`).toEqual(boards[to]);
    }
  });

  it("continues where the log omits edits", () => {
    const add: Edit = { type: "add_card", card: "a", x: 0, y: 0, fields: {} };
    const unknown: Edit = { type: "set_field", card: "gone", field: "name", value: "x" };
    const timeline = new Timeline("cards", [add, unknown, { ...add, card: "b" }].map((edit, index) => ({ seq: 2 * index, by: "ada", at: 0, edit })));
    expect([...timeline.boardAfter(3).cards.keys()]).toEqual(["a", "b"]);
  });

  it("joins the edits of one person in one field within a minute into one step", () => {
    const add: Edit = { type: "add_card", card: "a", x: 0, y: 0, fields: {} };
    const type = (seq: number, by: string, at: number, field = "text"): LoggedEdit => ({ seq, by, at, edit: { type: "edit_text", card: "a", field, base: seq - 1, ops: [`${seq}`] } });
    const timeline = new Timeline("cards", [
      { seq: 0, by: "ada", at: 0, edit: add },
      ...[type(1, "ada", 0), type(2, "ada", 50_000), type(3, "ada", 61_000), type(4, "bob", 62_000), type(5, "bob", 63_000)],
    ]);
    const texts = [0, 1, 2, 3, 4].map((step) => timeline.boardAfter(step).cards.get("a")?.fields["text"]);
    expect(texts).toEqual([undefined, undefined, "21", "321", "54321"]);
    expect(timeline.steps.map(({ seq }) => seq)).toEqual([0, 2, 3, 5]);
  });
});
