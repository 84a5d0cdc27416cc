// Many tabs on one board over an unreliable network, with reloads: afterwards all show the same board,
// nothing acknowledged or typed is lost, and each command was applied once.
import { describe, expect, it } from "vitest";
import { diff } from "../model/diff.ts";
import type { Id } from "../model/protocol.ts";
import { toWire } from "../test/fake-server.ts";
import { Room, type Tab } from "../test/room.ts";

const FIELDS = ["definition", "notes"];

/** Types a word that occurs nowhere else, so that its loss or double can be seen. */
function type(room: Room, tab: Tab, card: Id, word: string): boolean {
  const field = room.random.pick(FIELDS);
  const text = tab.text(card, field);
  // Between words only: a word split by another insertion could not be recognised.
  const places = [0, ...[...text.matchAll(/›/gu)].map(({ index }) => index + 1)];
  const at = room.random.pick(places);
  const after = `${text.slice(0, at)}‹${word}›${text.slice(at)}`;
  const ops = diff(text, after, at + word.length + 2);
  return tab.client.execute({ type: "edit_text", card, field, ops }) === null;
}

function anyAct(room: Room, tab: Tab, label: string): { typed?: string } {
  const cards = [...(tab.client.shown?.cards.keys() ?? [])];
  const { random } = room;
  const card = cards.length === 0 ? null : random.pick(cards);
  if (card === null || random.below(12) === 0) {
    tab.client.execute({ type: "add_card", card: random.uuid(), x: 0, y: 0, fields: { name: `fiche ${label}` } });
    return {};
  }
  switch (random.below(9)) {
    case 3:
      tab.client.execute({ type: "add_comment", card, comment: random.uuid(), text: label });
      return {};
    case 0:
      tab.client.execute({ type: "set_field", card, field: "name", value: label });
      return {};
    case 1:
      tab.client.execute({ type: "set_field", card, field: "target", value: random.below(100) });
      return {};
    case 2:
      tab.client.execute({ type: "move_card", card, x: random.below(500), y: random.below(500) });
      return {};
    default:
      return type(room, tab, card, label) ? { typed: label } : {};
  }
}

function mischief(room: Room, tab: Tab, withSnapshots: boolean): void {
  const { random, server } = room;
  const what = random.below(60);
  if (what < 3) tab.cut();
  else if (what === 3) tab.online = !tab.online;
  else if (what === 4 && withSnapshots) tab.reload();
  else if (what === 5) server.restart();
  else if (what === 6 && withSnapshots) server.oldest = server.head;
  else if (what === 7) server.refuseNext.push(random.pick(["too_old", "too_fast", "not_stored"] as const));
}

function run(seed: number, withSnapshots: boolean): { room: Room; typed: string[] } {
  const room = new Room(seed);
  for (let index = 0; index < 4; index += 1) room.join(`person ${index}`);
  const typed: string[] = [];
  for (let step = 0; step < 150; step += 1) {
    const tab = room.random.pick(room.tabs);
    const done = anyAct(room, tab, `${seed}.${step}`);
    if (done.typed !== undefined) typed.push(done.typed);
    mischief(room, tab, withSnapshots);
    room.clock.advance(room.random.below(80));
  }
  for (const tab of room.tabs) tab.online = true;
  room.settle();
  room.settle();
  return { room, typed };
}

function check(seed: number, { room, typed }: { room: Room; typed: string[] }, torn: boolean): void {
  expect(typed.length).toBeGreaterThan(20);
  const truth = toWire(room.server.board);
  const everything = JSON.stringify(truth.cards);
  for (const tab of room.tabs) {
    expect(tab.client.connection.state.type, `seed ${seed}`).toBe("open");
    expect(tab.client.pendingCount, `seed ${seed}: unanswered`).toBe(0);
    expect(tab.client.rejected, `seed ${seed}: rejected`).toEqual([]);
    const shown = tab.client.shown;
    expect(shown && toWire(shown), `seed ${seed}: same board`).toEqual(truth);
  }
  if (torn) {
    // After a full reload of the board a text is rebased by its difference: a word may land inside another, but no character is lost.
    const count = (text: string): number => [...text].filter((letter) => letter === "‹").length;
    expect(count(everything), `seed ${seed}: all there, once`).toBe(typed.length);
  } else {
    for (const word of typed) {
      expect(everything.split(`‹${word}›`).length - 1, `seed ${seed}: ${word} once`).toBe(1);
    }
  }
  const known = new Set(room.server.log.map(({ client, n }) => `${client} ${n}`));
  expect(known.size, `seed ${seed}: no command twice`).toBe(room.server.log.length);
}

describe("tabs on a bad network", () => {
  it("converge and lose no keystroke over cuts, offline times and restarts", () => {
    for (let seed = 1; seed <= 60; seed += 1) check(seed, run(seed, false), false);
  });

  it("converge and lose no keystroke over reloads and full reloads of the board", () => {
    for (let seed = 1001; seed <= 1060; seed += 1) check(seed, run(seed, true), true);
  });
});
