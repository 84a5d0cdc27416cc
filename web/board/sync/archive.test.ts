// A board that is archived under people's hands: what they had not sent comes back to them, and it can be opened again.
import { describe, expect, it } from "vitest";
import { Room } from "../test/room.ts";

describe("an archived board", () => {
  it("is read-only at once, without a new connection, and editable again when it is reopened", () => {
    const room = new Room(1, "stakeholders");
    const ada = room.join("ada");
    ada.client.do({ type: "add_card", card: "card", x: 0, y: 0, fields: { name: "CRESS" } });
    room.quiet();
    room.server.archive(true);
    room.quiet();
    expect(ada.client.mayEdit).toBe(false);
    expect(ada.client.connection.state.type).toBe("open");
    expect(ada.client.do({ type: "set_field", card: "card", field: "name", value: "ADEME" })).toBe("archived");
    room.server.archive(false);
    room.quiet();
    expect(ada.client.do({ type: "set_field", card: "card", field: "name", value: "ADEME" })).toBe(null);
    room.quiet();
    expect(room.server.board.cards.get("card")?.fields).toEqual({ name: "ADEME" });
  });

  it("gives back what was written without a network, word for word", () => {
    const room = new Room(1, "stakeholders");
    const ada = room.join("ada");
    ada.client.do({ type: "add_card", card: "card", x: 0, y: 0, fields: {} });
    room.quiet();
    ada.online = false;
    ada.cut();
    room.clock.advance(1_000);
    ada.client.do({ type: "set_field", card: "card", field: "name", value: "ADEME" });
    ada.client.do({ type: "edit_text", card: "card", field: "role", ops: ["Finance les études"] });
    room.server.archive(true);
    ada.online = true;
    room.quiet();
    expect(ada.client.waiting).toBe(0);
    expect(ada.client.returned).toMatchObject([
      { reason: "archived", act: { type: "set_field", value: "ADEME" } },
      { reason: "archived", act: { type: "edit_text", ops: ["Finance les études"] } },
    ]);
    expect(ada.text("card", "role")).toBe("");
  });
});
