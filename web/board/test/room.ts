// A room for tests: one fake server, tabs with their own storage and a network that delays and cuts.
import type { BoardKind, Id, ServerMessage } from "../model/protocol.ts";
import { BoardClient, type ClientEvents } from "../sync/client.ts";
import type { Overwritten } from "../sync/conflicts.ts";
import type { KeyValueStorage, Socket, SocketEvents } from "../sync/ports.ts";
import { VirtualClock } from "./clock.ts";
import { FakeServer } from "./fake-server.ts";
import { random, type Random } from "./random.ts";

export class Storage implements KeyValueStorage {
  readonly kept = new Map<string, string>();
  read(key: string): string | null {
    return this.kept.get(key) ?? null;
  }
  write(key: string, value: string): void {
    this.kept.set(key, value);
  }
  remove(key: string): void {
    this.kept.delete(key);
  }
}

/** A tab: its client and the wires that a test can cut. */
export class Tab {
  client: BoardClient;
  online = true;
  heard: { overwritten: Overwritten[]; news: string[]; passedOver: number } = { overwritten: [], news: [], passedOver: 0 };
  #cut: ((code: number) => void) | null = null;

  constructor(
    private readonly room: Room,
    readonly person: Id,
    readonly id: Id,
    readonly storage = new Storage(),
  ) {
    this.client = this.#open();
  }

  #open(): BoardClient {
    const events: ClientEvents = {
      changed: () => undefined,
      news: (edit) => this.heard.news.push(edit.type),
      overwritten: (conflict) => this.heard.overwritten.push(conflict),
      passedOver: (steps) => {
        this.heard.passedOver += steps;
      },
    };
    const client = new BoardClient(
      { board: "board", person: this.person, client: this.id },
      {
        connect: (socket) => this.#connect(socket),
        timers: this.room.clock,
        storage: this.storage,
        random: this.room.dice.fraction,
        newId: this.room.dice.uuid,
      },
      events,
    );
    client.connection.start();
    return client;
  }

  #connect(events: SocketEvents): Socket {
    const { clock, server, dice } = this.room;
    const later = (action: () => void): void => void clock.after(this.room.delay(), action);
    let open = true;
    // Frames keep their order whatever their delay.
    let arrival = 0;
    const inOrder = (action: () => void): void => {
      arrival = Math.max(arrival, clock.now() + this.room.delay());
      clock.after(arrival - clock.now(), action);
    };
    const close = (code: number): void => {
      if (!open) return;
      open = false;
      seat.leave();
      later(() => events.closed(code));
    };
    const seat = server.enter({
      person: this.person,
      tell: (message: ServerMessage) => {
        const text = JSON.stringify(message);
        inOrder(() => {
          if (open) events.message(text);
        });
      },
      kick: (code) => inOrder(() => close(code)),
    });
    this.#cut = close;
    later(() => (this.online && dice.below(10) < 9 ? open && events.opened() : close(1006)));
    let departure = 0;
    return {
      send: (text) => {
        departure = Math.max(departure, clock.now() + this.room.delay());
        clock.after(departure - clock.now(), () => {
          if (open) seat.receive(JSON.parse(text));
        });
      },
      close: () => close(1000),
    };
  }

  /** Loses the connection, with whatever is under way in both directions. */
  cut(): void {
    this.#cut?.(1006);
  }

  /** Closes the tab and opens it again on what it left in storage. */
  reload(): void {
    this.client.connection.stop();
    this.client = this.#open();
  }

  text(card: Id, field: string): string {
    const value = this.client.shown?.cards.get(card)?.fields[field];
    return typeof value === "string" ? value : "";
  }
}

export class Room {
  readonly clock = new VirtualClock();
  readonly server: FakeServer;
  readonly dice: Random;
  readonly tabs: Tab[] = [];
  slowest = 40;

  constructor(seed = 1, kind: BoardKind = "indicators") {
    this.dice = random(seed);
    this.server = new FakeServer(kind);
  }

  delay(): number {
    return 1 + this.dice.below(this.slowest);
  }

  join(person: Id, id: Id = this.dice.uuid()): Tab {
    const tab = new Tab(this, person, id);
    this.tabs.push(tab);
    this.quiet();
    return tab;
  }

  /** Lets everything that is under way arrive. */
  quiet(): void {
    for (const tab of this.tabs) if (tab.online) tab.client.connection.wake();
    this.clock.advance(60_000);
  }
}
