// A room for tests: one fake server, tabs with their own storage, and a network with delays and failures.
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

/** A tab: its client, and a connection that a test can cut. */
export class Tab {
  client: BoardClient;
  online = true;
  events: { overwritten: Overwritten[]; news: string[]; undoSkipped: number } = { overwritten: [], news: [], undoSkipped: 0 };
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
      remoteEdit: (edit) => this.events.news.push(edit.type),
      overwritten: (conflict) => this.events.overwritten.push(conflict),
      undoSkipped: (steps) => {
        this.events.undoSkipped += steps;
      },
    };
    const client = new BoardClient(
      { board: "board", person: this.person, client: this.id, version: "1.0" },
      {
        connect: (socket) => this.#connect(socket),
        timers: this.room.clock,
        storage: this.storage,
        random: this.room.random.fraction,
        newId: this.room.random.uuid,
      },
      events,
    );
    client.connection.start();
    return client;
  }

  #connect(events: SocketEvents): Socket {
    const { clock, server, random } = this.room;
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
      link.leave();
      later(() => events.closed(code));
    };
    const link = server.connect({
      person: this.person,
      send: (message: ServerMessage) => {
        const text = JSON.stringify(message);
        inOrder(() => {
          if (open) events.message(text);
        });
      },
      close: (code) => inOrder(() => close(code)),
    });
    this.#cut = close;
    later(() => (this.online && random.below(10) < 9 ? open && events.opened() : close(1006)));
    let departure = 0;
    return {
      send: (text) => {
        departure = Math.max(departure, clock.now() + this.room.delay());
        clock.after(departure - clock.now(), () => {
          if (open) link.receive(JSON.parse(text));
        });
      },
      close: () => close(1000),
    };
  }

  /** Loses the connection and all frames in flight in both directions. */
  cut(): void {
    this.#cut?.(1006);
  }

  /** Closes the tab and opens it again with the same storage. */
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
  readonly random: Random;
  readonly tabs: Tab[] = [];
  slowest = 40;

  constructor(seed = 1, kind: BoardKind = "indicators") {
    this.random = random(seed);
    this.server = new FakeServer(kind);
  }

  delay(): number {
    return 1 + this.random.below(this.slowest);
  }

  join(person: Id, id: Id = this.random.uuid()): Tab {
    const tab = new Tab(this, person, id);
    this.tabs.push(tab);
    this.settle();
    return tab;
  }

  /** Advances time until all frames in flight have arrived. */
  settle(): void {
    for (const tab of this.tabs) if (tab.online) tab.client.connection.retryNow();
    this.clock.advance(60_000);
  }
}
