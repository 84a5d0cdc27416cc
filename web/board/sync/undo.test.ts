// Undo of one's own acts only: a move on the matrix is one step, and nothing that another took away comes back.
import { describe, expect, it } from "vitest";
import { Room } from "../test/room.ts";

const CARD = "card";

function two(): { room: Room; ada: ReturnType<Room["join"]>; bob: ReturnType<Room["join"]> } {
  const room = new Room(1, "stakeholders");
  const [ada, bob] = [room.join("ada"), room.join("bob")];
  ada.client.do({ type: "add_card", card: CARD, x: 0, y: 0, fields: { name: "CRESS" } });
  room.quiet();
  return { room, ada, bob };
}

describe("undo", () => {
  it("takes back a move on the matrix whole, in one step and one edit", () => {
    const { room, ada } = two();
    const before = room.server.head;
    ada.client.do({ type: "set_fields", card: CARD, fields: { power: 70, interest: 30 } });
    room.quiet();
    expect(room.server.head).toBe(before + 1);
    ada.client.undo();
    room.quiet();
    expect(room.server.head).toBe(before + 2);
    expect(room.server.board.cards.get(CARD)?.fields).toEqual({ name: "CRESS" });
    ada.client.redo();
    room.quiet();
    expect(room.server.board.cards.get(CARD)?.fields).toMatchObject({ power: 70, interest: 30 });
  });

  it("passes over a move when another has moved the card since, who was told at once", () => {
    const { room, ada, bob } = two();
    ada.client.do({ type: "set_fields", card: CARD, fields: { power: 70, interest: 30 } });
    room.clock.advance(500);
    bob.client.do({ type: "set_fields", card: CARD, fields: { power: 10, interest: 30 } });
    room.quiet();
    expect(ada.heard.overwritten).toMatchObject([{ field: "power", mine: 70, theirs: 10 }]);
    ada.client.undo();
    room.quiet();
    expect(room.server.board.cards.get(CARD)?.fields).toMatchObject({ power: 10, interest: 30 });
    expect(ada.heard.passedOver).toBe(1);
  });

  it("does not go on to another card when somebody wrote on the card that it would remove", () => {
    const { room, ada, bob } = two();
    ada.client.do({ type: "set_fields", card: CARD, fields: { power: 70 } });
    ada.client.do({ type: "add_card", card: "other", x: 0, y: 0, fields: {} });
    room.quiet();
    bob.client.do({ type: "add_comment", card: "other", comment: "said", text: "Oui" });
    room.quiet();
    ada.client.undo();
    room.quiet();
    expect(ada.heard.passedOver).toBe(1);
    expect(room.server.board.cards.has("other")).toBe(true);
    expect(room.server.board.cards.get(CARD)?.fields).toMatchObject({ power: 70 });
    ada.client.undo();
    room.quiet();
    expect(room.server.board.cards.get(CARD)?.fields["power"]).toBeUndefined();
  });

  it("does not bring back what another removed: a card, a link, a comment", () => {
    const { room, ada, bob } = two();
    ada.client.do({ type: "add_card", card: "other", x: 0, y: 0, fields: {} });
    ada.client.do({ type: "add_comment", card: CARD, comment: "said", text: "Oui" });
    ada.client.do({ type: "add_link", link: "link", from: CARD, to: "other", kind: "funds", strength: 1, note: "" });
    room.quiet();
    bob.client.do({ type: "remove_comment", card: CARD, comment: "said" });
    bob.client.do({ type: "remove_link", link: "link" });
    bob.client.do({ type: "remove_card", card: "other" });
    room.quiet();
    for (let step = 0; step < 5; step += 1) ada.client.undo();
    for (let step = 0; step < 5; step += 1) ada.client.redo();
    room.quiet();
    const { cards, links } = room.server.board;
    expect([...cards.keys()].filter((id) => id === "other")).toEqual([]);
    expect(links.size).toBe(0);
    expect(cards.get(CARD)?.comments ?? []).toEqual([]);
  });

  it("does not put a comment that somebody else wrote into the mouth of who took it away", () => {
    const { room, ada, bob } = two();
    ada.client.do({ type: "add_comment", card: CARD, comment: "said", text: "Oui" });
    room.quiet();
    bob.client.do({ type: "remove_comment", card: CARD, comment: "said" });
    room.quiet();
    bob.client.undo();
    room.quiet();
    expect(room.server.board.cards.get(CARD)?.comments).toEqual([]);
  });

  it("has nothing to do with a card that went as though it had never been", () => {
    const { room, ada } = two();
    ada.client.do({ type: "set_fields", card: CARD, fields: { power: 70 } });
    ada.client.do({ type: "add_card", card: "other", x: 0, y: 0, fields: {} });
    room.quiet();
    ada.client.withdraw("other");
    room.quiet();
    expect(room.server.board.cards.has("other")).toBe(false);
    ada.client.undo();
    room.quiet();
    expect(room.server.board.cards.has("other")).toBe(false);
    expect(room.server.board.cards.get(CARD)?.fields["power"]).toBeUndefined();
    ada.client.redo();
    ada.client.redo();
    room.quiet();
    expect(ada.client.history.canRedo).toBe(false);
    expect([...room.server.board.cards.keys()]).toEqual([CARD]);
  });
});
