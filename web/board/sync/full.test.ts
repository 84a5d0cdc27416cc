// A full board: the tab says so, and connects by itself when somebody leaves.
import { expect, it } from "vitest";
import { Room } from "../test/room.ts";

it("says that the board is full and opens by itself once it no longer is", () => {
  const room = new Room();
  room.server.full = true;
  const ada = room.join("ada");
  expect(ada.client.connection.state).toMatchObject({ type: "waiting", full: true });
  ada.client.connection.retryNow();
  expect(ada.client.connection.state).toMatchObject({ type: "connecting", full: true });
  room.clock.advance(1_000);
  room.server.full = false;
  room.clock.advance(20_000);
  expect(ada.client.connection.state.type).toBe("open");
  ada.cut();
  room.clock.advance(50);
  expect(ada.client.connection.state).toMatchObject({ full: false });
});
