// A board is archived while people edit it: their unsent commands are returned to them, and the board can be reopened.
import { describe, expect, it } from "vitest";
import { Room } from "../test/room.ts";

describe("an archived board", () => {
  it("is read-only at once, without a new connection, and editable again when it is reopened", () => {
    const room = new Room(1, "stakeholders");
    const ada = room.join("ada");
    ada.client.execute({ type: "add_card", card: "card", x: 0, y: 0, fields: { name: "CRESS" } });
    room.settle();
    room.server.archive(true);
    room.settle();
    expect(ada.client.mayEdit).toBe(false);
    expect(ada.client.connection.state.type).toBe("open");
    expect(ada.client.execute({ type: "set_field", card: "card", field: "name", value: "ADEME" })).toBe("archived");
    room.server.archive(false);
    room.settle();
    expect(ada.client.execute({ type: "set_field", card: "card", field: "name", value: "ADEME" })).toBe(null);
    room.settle();
    expect(room.server.board.cards.get("card")?.fields).toEqual({ name: "ADEME" });
  });

  it("returns what was written offline, word for word", () => {
    const room = new Room(1, "stakeholders");
    const ada = room.join("ada");
    ada.client.execute({ type: "add_card", card: "card", x: 0, y: 0, fields: {} });
    room.settle();
    ada.online = false;
    ada.cut();
    room.clock.advance(1_000);
    ada.client.execute({ type: "set_field", card: "card", field: "name", value: "ADEME" });
    ada.client.execute({ type: "edit_text", card: "card", field: "role", ops: ["Finance les études"] });
    room.server.archive(true);
    ada.online = true;
    room.settle();
    expect(ada.client.pendingCount).toBe(0);
    expect(ada.client.rejected).toMatchObject([
      { reason: "archived", command: { type: "set_field", value: "ADEME" } },
      { reason: "archived", command: { type: "edit_text", ops: ["Finance les études"] } },
    ]);
    expect(ada.text("card", "role")).toBe("");
  });
});
