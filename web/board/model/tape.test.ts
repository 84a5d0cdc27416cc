// A replay shows, at every moment, the board as it was.
import { describe, expect, it } from "vitest";
import { toWire } from "../test/fake-server.ts";
import { random } from "../test/random.ts";
import { applyEdit, fork, fromWire } from "./board.ts";
import type { Edit } from "./protocol.ts";
import { Tape, type Moment } from "./tape.ts";

describe("a tape", () => {
  it("shows the board after any number of edits, in whatever order they are asked for", () => {
    const dice = random(7);
    const live = fromWire({ id: "", kind: "stakeholders", title: "", cards: {}, links: {} });
    const moments: Moment[] = [];
    const boards = [toWire(live)];
    while (moments.length < 450) {
      const cards = [...live.cards.keys()];
      const card = cards.length < 3 ? dice.uuid() : dice.pick(cards);
      const edits: Edit[] = [
        { type: "add_card", card: dice.uuid(), x: 0, y: 0, fields: {} },
        { type: "move_card", card, x: dice.below(500), y: 3 },
        { type: "set_fields", card, fields: { power: dice.below(100), interest: null } },
        { type: "remove_card", card },
        { type: "restore_card", card: [...live.removed.keys()][0] ?? card },
      ];
      const edit = dice.pick(edits);
      const moment = { seq: moments.length + 1, by: "ada", at: 5 * moments.length, edit };
      if (applyEdit(live, { by: moment.by, at: moment.at }, edit, moment.seq) !== null) continue;
      moments.push(moment);
      boards.push(toWire(fork(live)));
    }
    const tape = new Tape("stakeholders", moments);
    for (let jump = 0; jump < 200; jump += 1) {
      const to = dice.below(moments.length + 1);
      expect(toWire(tape.at(to)), `after ${to}`).toEqual(boards[to]);
    }
  });

  it("goes on where the journal leaves something out", () => {
    const add: Edit = { type: "add_card", card: "a", x: 0, y: 0, fields: {} };
    const unknown: Edit = { type: "set_field", card: "gone", field: "name", value: "x" };
    const tape = new Tape("cards", [add, unknown, { ...add, card: "b" }].map((edit, index) => ({ seq: 2 * index, by: "ada", at: 0, edit })));
    expect([...tape.at(3).cards.keys()]).toEqual(["a", "b"]);
  });
});
