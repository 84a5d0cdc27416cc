// Every kind of act by several people on a line that delays, cuts and reorders by reconnecting; thousands of seeds.
// Afterwards everybody, the server and a replay of its log show the same board, and undo has revived nothing of others.
import { describe, expect, it } from "vitest";
import { applyEdit, fromWire } from "../model/board.ts";
import { diff } from "../model/diff.ts";
import type { Id } from "../model/protocol.ts";
import type { Act } from "./acts.ts";
import { toWire } from "../test/fake-server.ts";
import { Room, type Tab } from "../test/room.ts";

const SEEDS = 2_000;
const STEPS = 30;

function someAct(room: Room, tab: Tab): Act | "undo" | "redo" | null {
  const { dice } = room;
  const board = tab.client.shown;
  const [cards, links] = [[...(board?.cards.keys() ?? [])], [...(board?.links.keys() ?? [])]];
  const what = dice.below(15);
  if (what === 0) return "undo";
  if (what === 1) return "redo";
  if (cards.length < 2 || what === 2) return { type: "add_card", card: dice.uuid(), x: dice.below(9), y: 0, fields: { name: "acteur" } };
  const card = dice.pick(cards);
  const comments = board?.cards.get(card)?.comments ?? [];
  switch (what) {
    case 3:
      return { type: "remove_card", card };
    case 4:
      return { type: "move_card", card, x: dice.below(500), y: dice.below(500) };
    case 5:
    case 6:
      return { type: "add_link", link: dice.uuid(), from: card, to: dice.pick(cards), kind: "funds", strength: 2, note: "" };
    case 7:
      return links.length === 0 ? null : { type: "set_link", link: dice.pick(links), kind: "opposes", strength: 3, note: "non" };
    case 8:
      return links.length === 0 ? null : { type: "remove_link", link: dice.pick(links) };
    case 9:
      return { type: "add_comment", card, comment: dice.uuid(), text: "oui" };
    case 10:
      return comments.length === 0 ? null : { type: "remove_comment", card, comment: dice.pick(comments).id };
    case 11:
      return { type: "set_field", card, field: "power", value: dice.below(100) };
    case 12:
      return { type: "set_fields", card, fields: { power: dice.below(100), interest: dice.below(3) === 0 ? null : dice.below(100) } };
    default:
      return typing(room, tab, card);
  }
}

function typing(room: Room, tab: Tab, card: Id): Act {
  const text = tab.text(card, "notes");
  const at = room.dice.below(text.length + 1);
  return { type: "edit_text", card, field: "notes", ops: diff(text, `${text.slice(0, at)}ab${text.slice(at)}`, at + 2) };
}

function mischief(room: Room, tab: Tab): void {
  const { dice, server } = room;
  const what = dice.below(40);
  if (what < 3) tab.cut();
  else if (what === 3) tab.online = !tab.online;
  else if (what === 4) tab.reload();
  else if (what === 5) server.restart();
  else if (what === 6) server.oldest = server.head;
  else if (what === 7) server.refuseNext.push(dice.pick(["too_old", "too_fast", "not_stored"] as const));
}

function simulate(seed: number): Room {
  const room = new Room(seed, "stakeholders");
  // The third tab is the first person's second one.
  for (const person of ["ada", "bob", "ada"]) room.join(person);
  for (let step = 0; step < STEPS; step += 1) {
    const tab = room.dice.pick(room.tabs);
    const act = someAct(room, tab);
    if (act === "undo" || act === "redo") tab.client[act]();
    else if (act !== null) tab.client.do(act);
    mischief(room, tab);
    room.clock.advance(room.dice.below(80));
  }
  for (const tab of room.tabs) tab.online = true;
  room.quiet();
  room.quiet();
  return room;
}

function check(seed: number, { server, tabs }: Room): void {
  const truth = toWire(server.board);
  for (const tab of tabs) {
    expect(tab.client.waiting, `seed ${seed}: unanswered`).toBe(0);
    const { shown } = tab.client;
    expect(shown && toWire(shown), `seed ${seed}: same board`).toEqual(truth);
  }
  const replayed = fromWire({ ...truth, cards: {}, links: {} });
  const removedBy = new Map<Id, Id>();
  for (const { seq, by, at, edit } of server.log) {
    expect(applyEdit(replayed, { by, at }, edit, seq), `seed ${seed}: replay of ${seq}`).toBeNull();
    if (edit.type === "remove_card") removedBy.set(edit.card, by);
    if (edit.type === "restore_card") expect(removedBy.get(edit.card), `seed ${seed}: revived by another`).toBe(by);
  }
  expect(toWire(replayed), `seed ${seed}: replay`).toEqual(truth);
  expect(new Set(server.log.map(({ client, n }) => `${client} ${n}`)).size, `seed ${seed}: no act twice`).toBe(server.log.length);
}

describe("people who do everything there is on a bad line", () => {
  it("see the same board in the end, the one that a replay gives", { timeout: 120_000 }, () => {
    let stored = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const room = simulate(seed);
      check(seed, room);
      stored += room.server.head;
    }
    // The simulation does something.
    expect(stored / SEEDS).toBeGreaterThan(STEPS / 2);
  });
});
