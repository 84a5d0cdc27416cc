// Keeps a socket open: sends hello, reconnects with jittered exponential back-off, detects a server that stopped answering.
// Reads only the messages that opening and closing need; the client handles all others.
import { CLOSE_CODES } from "../model/generated/limits.ts";
import type { ClientMessage, ServerMessage } from "../model/protocol.ts";
import type { Ports, Socket } from "./ports.ts";

/** Milliseconds before the first retry: a restarted server is back within three seconds, and 60 clients are spread out. */
const INITIAL_RETRY_DELAY = { min: 100, max: 400 };
/** Milliseconds; with a longer delay people reload the page by hand. */
const MAX_RETRY_DELAY = 10_000;
/** Milliseconds without a welcome or an answer after which the connection counts as lost. */
const ANSWER_TIMEOUT = 8_000;

/** `newer_edit`: the server sent an edit that this page cannot apply, because it is of an earlier version. */
export type EndReason = "signed_out" | "no_access" | "outdated" | "newer_edit" | "taken";

/** Close codes after which reconnecting would change nothing. */
const FINAL_CODES = new Map<number, EndReason>([
  [CLOSE_CODES.signedOut, "signed_out"],
  [CLOSE_CODES.noAccess, "no_access"],
  // The server was upgraded and uses other messages: only a reloaded page knows them.
  [CLOSE_CODES.outdated, "outdated"],
  // Another person uses this tab's client id: the reloaded page takes a new one.
  [CLOSE_CODES.clientTaken, "taken"],
]);

/** Milliseconds until the next try when the board is full. */
const FULL_RETRY_DELAY = 8_000;

export type ConnectionState =
  | { type: "connecting"; attempt: number; full: boolean }
  | { type: "open" }
  | { type: "waiting"; attempt: number; full: boolean }
  | { type: "ended"; reason: EndReason };

export interface ConnectionEvents {
  hello(): ClientMessage;
  received(message: ServerMessage): void;
  changed(): void;
}

export class Connection {
  state: ConnectionState = { type: "connecting", attempt: 0, full: false };
  #socket: Socket | null = null;
  #attempt = 0;
  /** The board was full at the last try. */
  #full = false;
  #serverRetryDelay: number | null = null;
  #cancelRetry: (() => void) | null = null;
  #cancelAnswerTimeout: (() => void) | null = null;

  constructor(
    private readonly ports: Ports,
    private readonly events: ConnectionEvents,
  ) {}

  start(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#set({ type: "connecting", attempt: this.#attempt, full: this.#full });
    const socket = this.ports.connect({
      opened: () => {
        if (this.#socket === socket) this.#write(this.events.hello());
      },
      message: (text) => {
        if (this.#socket === socket) this.#receive(text);
      },
      closed: (code) => {
        if (this.#socket === socket) this.#closed(code);
      },
    });
    this.#socket = socket;
    this.expectAnswer(true);
  }

  send(message: ClientMessage): void {
    if (this.state.type === "open") this.#write(message);
  }

  /** Closes the socket and reconnects: an edit was missed, or the server stopped answering. */
  reconnect(): void {
    if (this.state.type === "ended" || this.state.type === "waiting") return;
    this.#drop();
    this.#retry();
  }

  /** Reconnects without waiting for the rest of the delay, for instance when the network is back. */
  retryNow(): void {
    if (this.state.type === "waiting") this.start();
  }

  stop(): void {
    this.#cancelRetry?.();
    this.#drop();
  }

  /** Starts or stops the timeout for the server's next answer. */
  expectAnswer(expecting: boolean): void {
    if (expecting && this.#cancelAnswerTimeout !== null) return;
    this.#cancelAnswerTimeout?.();
    this.#cancelAnswerTimeout = expecting ? this.ports.timers.after(ANSWER_TIMEOUT, () => this.#answerTimedOut()) : null;
  }

  #answerTimedOut(): void {
    this.#cancelAnswerTimeout = null;
    this.reconnect();
  }

  #write(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as ServerMessage;
    if (message.type === "welcome") {
      this.expectAnswer(false);
      this.#attempt = 0;
      this.#full = false;
      this.#set({ type: "open" });
    }
    if (message.type === "closing") this.#serverRetryDelay = message.retry_after_ms;
    this.events.received(message);
  }

  #closed(code: number): void {
    this.#drop();
    this.#full = code === CLOSE_CODES.full;
    if (this.#full) this.#serverRetryDelay = FULL_RETRY_DELAY;
    const final = FINAL_CODES.get(code);
    if (final !== undefined) this.end(final);
    else this.#retry();
  }

  /** Closes the socket and does not reconnect. */
  end(reason: EndReason): void {
    this.#drop();
    this.#set({ type: "ended", reason });
  }

  #drop(): void {
    this.expectAnswer(false);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #retry(): void {
    const { min, max } = INITIAL_RETRY_DELAY;
    const backoff = Math.min(MAX_RETRY_DELAY, (min + this.ports.random() * (max - min)) * 2 ** this.#attempt);
    const delay = this.#serverRetryDelay === null ? backoff : this.#serverRetryDelay + this.ports.random() * max;
    this.#serverRetryDelay = null;
    this.#attempt += 1;
    this.#set({ type: "waiting", attempt: this.#attempt, full: this.#full });
    this.#cancelRetry = this.ports.timers.after(delay, () => this.start());
  }

  #set(state: ConnectionState): void {
    this.state = state;
    this.events.changed();
  }
}
