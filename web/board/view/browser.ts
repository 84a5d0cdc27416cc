// The browser's implementation of the client's ports: socket, storage, timers, and the client id of this tab.
import type { Id } from "../model/protocol.ts";
import type { KeyValueStorage, Ports, Socket, SocketEvents } from "../sync/ports.ts";
import { storageKey } from "../sync/client.ts";
import { moveQueue } from "../sync/queue.ts";

function connect(path: string, subprotocol: string, events: SocketEvents): Socket {
  const address = new URL(path, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address, subprotocol);
  socket.addEventListener("open", () => events.opened());
  socket.addEventListener("message", ({ data }) => events.message(String(data)));
  socket.addEventListener("close", ({ code }) => events.closed(code));
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(),
  };
}

/** A browser may forbid storage, or have none left: the board then works, but a reload loses the queue. */
const storage: KeyValueStorage = {
  read: (key) => attempt(() => localStorage.getItem(key)),
  write: (key, value) => attempt(() => localStorage.setItem(key, value)),
  remove: (key) => attempt(() => localStorage.removeItem(key)),
};

function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}

export function newId(): Id {
  // randomUUID exists on https and localhost only; a board may be served over plain http in a local network.
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The ports of a page; its server tells the subprotocol, whose last part is the major version of the messages. */
export function browserPorts(path: string, subprotocol: string): Ports {
  return {
    connect: (events) => connect(path, subprotocol, events),
    timers: {
      after: (ms, action) => {
        const timer = setTimeout(action, ms);
        return () => clearTimeout(timer);
      },
      now: () => Date.now(),
    },
    storage,
    random: () => Math.random(),
    newId,
  };
}

/** Holds a lock for the life of this tab; false when another tab holds it. */
function claim(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<void>(() => undefined);
      })
      .catch(() => resolve(true));
  });
}

/** Key in sessionStorage for a client id that another person uses. */
const TAKEN = "parcours.taken";

/** Reloads the page under a new client id, because another person uses this one. */
export function abandonClient(client: Id): void {
  attempt(() => sessionStorage.setItem(TAKEN, client));
  location.reload();
}

/**
 * The client id of this tab: the one it had before a reload, or that of a closed tab with unsent edits.
 * A duplicated tab copies its storage, so an id is taken only when no open tab holds its lock.
 */
export async function claimClient(board: Id, person: Id): Promise<Id> {
  const before = attempt(() => sessionStorage.getItem(`parcours.client.${board}.${person}`));
  let client = newId();
  const isTaken = before !== null && attempt(() => sessionStorage.getItem(TAKEN)) === before;
  if (isTaken) moveQueue(storage, storageKey({ board, person, client: before }), storageKey({ board, person, client }));
  const candidates = isTaken ? [client] : [...(before === null ? [] : [before]), ...clientsWithPending(board, person)];
  for (const candidate of "locks" in navigator ? candidates : candidates.slice(0, 1)) {
    if (!("locks" in navigator) || (await claim(`parcours.client.${candidate}`))) {
      client = candidate;
      break;
    }
  }
  if ("locks" in navigator && !candidates.includes(client)) await claim(`parcours.client.${client}`);
  attempt(() => sessionStorage.setItem(`parcours.client.${board}.${person}`, client));
  return client;
}

/** The clients with a saved queue that is not empty, of all tabs of this browser. */
function clientsWithPending(board: Id, person: Id): Id[] {
  const prefix = storageKey({ board, person, client: "" });
  const keys = attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(prefix))) ?? [];
  return keys
    .filter((key) => {
      const text = storage.read(key) ?? "";
      return !text.includes('"pending":[]') || !text.includes('"rejected":[]');
    })
    .map((key) => key.slice(prefix.length));
}
