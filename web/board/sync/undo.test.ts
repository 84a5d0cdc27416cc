// Undo of a person's own commands only: a move on the matrix is one step, and nothing that another person removed is restored.
import { describe, expect, it } from "vitest";
import { Room } from "../test/room.ts";

const CARD = "card";

function two(): { room: Room; ada: ReturnType<Room["join"]>; bob: ReturnType<Room["join"]> } {
  const room = new Room(1, "stakeholders");
  const [ada, bob] = [room.join("ada"), room.join("bob")];
  ada.client.execute({ type: "add_card", card: CARD, x: 0, y: 0, fields: { name: "CRESS" } });
  room.settle();
  return { room, ada, bob };
}

describe("undo", () => {
  it("undoes a whole move on the matrix in one step and one edit", () => {
    const { room, ada } = two();
    const before = room.server.head;
    ada.client.execute({ type: "set_fields", card: CARD, fields: { power: 70, interest: 30 } });
    room.settle();
    expect(room.server.head).toBe(before + 1);
    ada.client.undo();
    room.settle();
    expect(room.server.head).toBe(before + 2);
    expect(room.server.board.cards.get(CARD)?.fields).toEqual({ name: "CRESS" });
    ada.client.redo();
    room.settle();
    expect(room.server.board.cards.get(CARD)?.fields).toMatchObject({ power: 70, interest: 30 });
  });

  it("skips a move when another person has moved the card since, and reports the overwritten value at once", () => {
    const { room, ada, bob } = two();
    ada.client.execute({ type: "set_fields", card: CARD, fields: { power: 70, interest: 30 } });
    room.clock.advance(500);
    bob.client.execute({ type: "set_fields", card: CARD, fields: { power: 10, interest: 30 } });
    room.settle();
    expect(ada.events.overwritten).toMatchObject([{ field: "power", mine: 70, theirs: 10 }]);
    ada.client.undo();
    room.settle();
    expect(room.server.board.cards.get(CARD)?.fields).toMatchObject({ power: 10, interest: 30 });
    expect(ada.events.undoSkipped).toBe(1);
  });

  it("does not go on to another card when somebody edited the card that it would remove", () => {
    const { room, ada, bob } = two();
    ada.client.execute({ type: "set_fields", card: CARD, fields: { power: 70 } });
    ada.client.execute({ type: "add_card", card: "other", x: 0, y: 0, fields: {} });
    room.settle();
    bob.client.execute({ type: "add_comment", card: "other", comment: "said", text: "Oui" });
    room.settle();
    ada.client.undo();
    room.settle();
    expect(ada.events.undoSkipped).toBe(1);
    expect(room.server.board.cards.has("other")).toBe(true);
    expect(room.server.board.cards.get(CARD)?.fields).toMatchObject({ power: 70 });
    ada.client.undo();
    room.settle();
    expect(room.server.board.cards.get(CARD)?.fields["power"]).toBeUndefined();
  });

  it("does not restore what another person removed: a card, a link, a comment", () => {
    const { room, ada, bob } = two();
    ada.client.execute({ type: "add_card", card: "other", x: 0, y: 0, fields: {} });
    ada.client.execute({ type: "add_comment", card: CARD, comment: "said", text: "Oui" });
    ada.client.execute({ type: "add_link", link: "link", from: CARD, to: "other", kind: "funds", strength: 1, note: "" });
    room.settle();
    bob.client.execute({ type: "remove_comment", card: CARD, comment: "said" });
    bob.client.execute({ type: "remove_link", link: "link" });
    bob.client.execute({ type: "remove_card", card: "other" });
    room.settle();
    for (let step = 0; step < 5; step += 1) ada.client.undo();
    for (let step = 0; step < 5; step += 1) ada.client.redo();
    room.settle();
    const { cards, links } = room.server.board;
    expect([...cards.keys()].filter((id) => id === "other")).toEqual([]);
    expect(links.size).toBe(0);
    expect(cards.get(CARD)?.comments ?? []).toEqual([]);
  });

  it("does not add another person's removed comment under the name of the person who removed it", () => {
    const { room, ada, bob } = two();
    ada.client.execute({ type: "add_comment", card: CARD, comment: "said", text: "Oui" });
    room.settle();
    bob.client.execute({ type: "remove_comment", card: CARD, comment: "said" });
    room.settle();
    bob.client.undo();
    room.settle();
    expect(room.server.board.cards.get(CARD)?.comments).toEqual([]);
  });

  it("has no step about an empty card that was discarded", () => {
    const { room, ada } = two();
    ada.client.execute({ type: "set_fields", card: CARD, fields: { power: 70 } });
    ada.client.execute({ type: "add_card", card: "other", x: 0, y: 0, fields: {} });
    room.settle();
    ada.client.discardCard("other");
    room.settle();
    expect(room.server.board.cards.has("other")).toBe(false);
    ada.client.undo();
    room.settle();
    expect(room.server.board.cards.has("other")).toBe(false);
    expect(room.server.board.cards.get(CARD)?.fields["power"]).toBeUndefined();
    ada.client.redo();
    ada.client.redo();
    room.settle();
    expect(ada.client.history.canRedo).toBe(false);
    expect([...room.server.board.cards.keys()]).toEqual([CARD]);
  });
});
