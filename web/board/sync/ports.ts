// The interfaces through which the client uses its environment. The browser and the tests each implement them,
// so nothing in this folder uses the DOM, the network or the clock directly.
import type { Id } from "../model/protocol.ts";

export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  opened(): void;
  message(text: string): void;
  closed(code: number): void;
}

export interface Timers {
  /** Calls `action` once after `ms` milliseconds; the result cancels it. */
  after(ms: number, action: () => void): () => void;
  now(): number;
}

export interface KeyValueStorage {
  read(key: string): string | null;
  write(key: string, value: string): void;
  remove(key: string): void;
}

export interface Ports {
  connect(events: SocketEvents): Socket;
  timers: Timers;
  storage: KeyValueStorage;
  /** From 0 to 1, without 1. */
  random(): number;
  newId(): Id;
}
