// Every kind of command by several people over an unreliable connection, for many seeds.
// Afterwards all tabs, the server and a replay of its log show the same board, and undo restored nothing that others removed.
import { describe, expect, it } from "vitest";
import { applyEdit, fromWire } from "../model/board.ts";
import { diff } from "../model/diff.ts";
import type { Id } from "../model/protocol.ts";
import type { Command } from "./commands.ts";
import { toWire } from "../test/fake-server.ts";
import { Room, type Tab } from "../test/room.ts";

const SEEDS = 2_000;
const STEPS = 30;

function someAct(room: Room, tab: Tab): Command | "undo" | "redo" | null {
  const { random } = room;
  const board = tab.client.shown;
  const [cards, links] = [[...(board?.cards.keys() ?? [])], [...(board?.links.keys() ?? [])]];
  const what = random.below(15);
  if (what === 0) return "undo";
  if (what === 1) return "redo";
  if (cards.length < 2 || what === 2) return { type: "add_card", card: random.uuid(), x: random.below(9), y: 0, fields: { name: "acteur" } };
  const card = random.pick(cards);
  const comments = board?.cards.get(card)?.comments ?? [];
  switch (what) {
    case 3:
      return { type: "remove_card", card };
    case 4:
      return { type: "move_card", card, x: random.below(500), y: random.below(500) };
    case 5:
    case 6:
      return { type: "add_link", link: random.uuid(), from: card, to: random.pick(cards), kind: "funds", strength: 2, note: "" };
    case 7:
      return links.length === 0 ? null : { type: "set_link", link: random.pick(links), kind: "opposes", strength: 3, note: "non" };
    case 8:
      return links.length === 0 ? null : { type: "remove_link", link: random.pick(links) };
    case 9:
      return { type: "add_comment", card, comment: random.uuid(), text: "oui" };
    case 10:
      return comments.length === 0 ? null : { type: "remove_comment", card, comment: random.pick(comments).id };
    case 11:
      return { type: "set_field", card, field: "power", value: random.below(100) };
    case 12:
      return { type: "set_fields", card, fields: { power: random.below(100), interest: random.below(3) === 0 ? null : random.below(100) } };
    default:
      return typing(room, tab, card);
  }
}

function typing(room: Room, tab: Tab, card: Id): Command {
  const text = tab.text(card, "notes");
  const at = room.random.below(text.length + 1);
  return { type: "edit_text", card, field: "notes", ops: diff(text, `${text.slice(0, at)}ab${text.slice(at)}`, at + 2) };
}

function mischief(room: Room, tab: Tab): void {
  const { random, server } = room;
  const what = random.below(40);
  if (what < 3) tab.cut();
  else if (what === 3) tab.online = !tab.online;
  else if (what === 4) tab.reload();
  else if (what === 5) server.restart();
  else if (what === 6) server.oldest = server.head;
  else if (what === 7) server.refuseNext.push(random.pick(["too_old", "too_fast", "not_stored"] as const));
}

function simulate(seed: number): Room {
  const room = new Room(seed, "stakeholders");
  // The third tab is the first person's second one.
  for (const person of ["ada", "bob", "ada"]) room.join(person);
  for (let step = 0; step < STEPS; step += 1) {
    const tab = room.random.pick(room.tabs);
    const command = someAct(room, tab);
    if (command === "undo" || command === "redo") tab.client[command]();
    else if (command !== null) tab.client.execute(command);
    mischief(room, tab);
    room.clock.advance(room.random.below(80));
  }
  for (const tab of room.tabs) tab.online = true;
  room.settle();
  room.settle();
  return room;
}

function check(seed: number, { server, tabs }: Room): void {
  const truth = toWire(server.board);
  for (const tab of tabs) {
    expect(tab.client.pendingCount, `seed ${seed}: unanswered`).toBe(0);
    const { shown } = tab.client;
    expect(shown && toWire(shown), `seed ${seed}: same board`).toEqual(truth);
  }
  const replayed = fromWire({ ...truth, cards: {}, links: {} });
  const removedBy = new Map<Id, Id>();
  for (const { seq, by, at, edit } of server.log) {
    expect(applyEdit(replayed, { by, at }, edit, seq), `seed ${seed}: replay of ${seq}`).toBeNull();
    if (edit.type === "remove_card") removedBy.set(edit.card, by);
    if (edit.type === "restore_card") expect(removedBy.get(edit.card), `seed ${seed}: restored by another`).toBe(by);
  }
  expect(toWire(replayed), `seed ${seed}: replay`).toEqual(truth);
  expect(new Set(server.log.map(({ client, n }) => `${client} ${n}`)).size, `seed ${seed}: no command twice`).toBe(server.log.length);
}

describe("people executing every kind of command over an unreliable connection", () => {
  it("end with the same board, which a replay of the log gives too", { timeout: 120_000 }, () => {
    let stored = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const room = simulate(seed);
      check(seed, room);
      stored += room.server.head;
    }
    // The simulation must produce edits, or it would test nothing.
    expect(stored / SEEDS).toBeGreaterThan(STEPS / 2);
  });
});
