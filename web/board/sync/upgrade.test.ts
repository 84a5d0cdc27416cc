// Tabs and servers of different minor versions: additions are ignored, newer edits stop a tab, and nothing is lost.
import { describe, expect, it } from "vitest";
import { Room } from "../test/room.ts";
import { NOT_YET_DELAY } from "./sender.ts";

const CARD = { type: "add_card", card: "card", x: 0, y: 0, fields: { name: "Un" } } as const;

describe("a server of a later minor version", () => {
  it("may send messages and fields that the tab does not know", () => {
    const room = new Room();
    const ada = room.join("ada");
    room.server.sendToAll({ type: "timer", ends_at: 1 });
    room.server.sendToAll({ type: "role", role: "participant", until: 12 });
    room.settle();
    expect(ada.client.connection.state.type).toBe("open");
    expect(ada.client.execute(CARD)).toBeNull();
    room.settle();
    expect(ada.client.pendingCount).toBe(0);
    expect(room.server.board.cards.size).toBe(1);
  });

  it.each([
    { what: "kind", edit: { type: "merge_cards", from: "card", to: "other" } },
    { what: "field", edit: { type: "set_field", card: "card", field: "brand_new", value: "x" } },
  ])("sends an edit of an unknown $what: the tab applies nothing after it, keeps its queue, and sends it once reloaded", ({ edit }) => {
    const room = new Room();
    const [ada, bob] = [room.join("ada"), room.join("bob")];
    ada.client.execute(CARD);
    room.settle();
    const seq = ada.client.seq;
    room.server.acceptNewer(edit);
    room.server.acceptNewer({ type: "set_field", card: "card", field: "name", value: "Deux" });
    room.settle();
    expect(ada.client.connection.state).toEqual({ type: "ended", reason: "newer_edit" });
    expect(ada.client.seq).toBe(seq);
    expect(ada.client.shown?.cards.get("card")?.fields["name"]).toBe("Un");
    expect(ada.client.execute({ type: "set_field", card: "card", field: "target", value: 7 })).toBeNull();
    room.settle();
    expect(ada.client.pendingCount).toBe(1);
    ada.reload();
    room.settle();
    expect(ada.client.pendingCount).toBe(0);
    expect(room.server.board.cards.get("card")?.fields["target"]).toBe(7);
    expect(bob.client.connection.state.type).toBe("ended");
  });
});

describe("an edit that not every server knows yet", () => {
  it("is kept and tried again until it is stored, and holds back only what depends on it", () => {
    const room = new Room();
    const ada = room.join("ada");
    // More often than the attempts at an edit that is refused for another reason.
    const refusals = 20;
    room.server.refuseNext.push("not_yet");
    ada.client.execute(CARD);
    ada.client.execute({ type: "set_field", card: "card", field: "name", value: "Deux" });
    room.clock.advance(1_000);
    expect(ada.client.waitsForUpgrade).toBe(true);
    ada.client.execute({ ...CARD, card: "other" });
    room.clock.advance(1_000);
    expect([...room.server.board.cards.keys()]).toEqual(["other"]);
    for (let refused = 1; refused < refusals; refused += 1) {
      room.server.refuseNext.push("not_yet");
      room.clock.advance(NOT_YET_DELAY + 500);
    }
    expect(room.server.refused).toHaveLength(refusals);
    expect(ada.client.rejected).toEqual([]);
    room.clock.advance(NOT_YET_DELAY + 1_000);
    expect(room.server.board.cards.get("card")?.fields["name"]).toBe("Deux");
    expect([ada.client.pendingCount, ada.client.waitsForUpgrade]).toEqual([0, false]);
  });

  it("is tried at once after a reload", () => {
    const room = new Room();
    const ada = room.join("ada");
    room.server.refuseNext.push("not_yet");
    ada.client.execute(CARD);
    room.clock.advance(1_000);
    expect(ada.client.pendingCount).toBe(1);
    ada.reload();
    room.clock.advance(NOT_YET_DELAY / 2);
    expect(ada.client.pendingCount).toBe(0);
  });
});
