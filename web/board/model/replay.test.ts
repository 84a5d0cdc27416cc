// The client's own model against the server's: replays made by the Rust sources, accepted and refused alike.
import { describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { toWire } from "../test/fake-server.ts";
import { applyEdit, fork, fromWire } from "./board.ts";
import type { BoardKind, BoardState, Edit, Refusal } from "./protocol.ts";

interface Replay {
  kind: BoardKind;
  steps: { by: string; at: number; edit: Edit; refused: Refusal | null }[];
  state: BoardState;
}

const REPLAYS = JSON.parse(readFileSync(new URL("./generated/replays.json", import.meta.url), "utf8")) as Replay[];

describe.each(REPLAYS)("a board of $kind", ({ kind, steps, state }) => {
  it("is the same after the same edits, and refuses what the server refuses", () => {
    const board = fromWire({ ...state, cards: {}, links: {} });
    let seq = 1;
    for (const [index, { by, at, edit, refused }] of steps.entries()) {
      // What was typed without knowing of the rest is carried over it by the server alone.
      if (edit.type === "edit_text" && refused !== null) continue;
      const before = toWire(board);
      const refusal = applyEdit(board, { by, at }, edit, seq);
      expect(refusal, `step ${index}: ${JSON.stringify(edit)}`).toBe(refused);
      if (refusal === null) seq += 1;
      else expect(toWire(board)).toEqual(before);
    }
    expect(toWire(board)).toEqual(toWire(fork(fromWire(state))));
    expect(seq).toBeGreaterThan(20);
    expect(state.kind).toBe(kind);
  });
});
