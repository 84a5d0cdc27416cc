// Keeps a socket open: says hello, comes back with a jittered back-off, notices a server that no longer answers.
// Knows messages only as far as opening and closing need; the client does the rest.
import type { ClientMessage, ServerMessage } from "../model/protocol.ts";
import type { Ports, Socket } from "./ports.ts";

/** First wait: short enough that a restarted server costs three seconds at most, spread over a room of 60. */
const FIRST_WAIT = { least: 100, most: 400 };
/** Milliseconds; longer and people reload by hand. */
const LONGEST_WAIT = 10_000;
/** A server that has not welcomed or answered for this long is taken for gone. */
const ANSWER_WITHIN = 8_000;

export type EndReason = "signed_out" | "no_access" | "outdated" | "taken";

/** Close codes after which coming back would change nothing. */
const FINAL_CODES = new Map<number, EndReason>([
  [4001, "signed_out"],
  [4003, "no_access"],
  // The server was upgraded and speaks other messages: only the page loaded again does too.
  [4010, "outdated"],
  // Somebody else goes by this tab's client id: the page loaded again goes by another.
  [4011, "taken"],
]);

/** Close code: 300 are connected already. */
const FULL = 4013;
/** Milliseconds until the next try then. */
const FULL_WAIT = 8_000;

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
  /** The last answer was that too many are connected. */
  #full = false;
  #askedWait: number | null = null;
  #cancelRetry: (() => void) | null = null;
  #cancelWatch: (() => void) | null = null;

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
    this.watch(true);
  }

  send(message: ClientMessage): void {
    if (this.state.type === "open") this.#write(message);
  }

  /** Drops the socket and comes back: something was missed, or the server fell silent. */
  reconnect(): void {
    if (this.state.type === "ended" || this.state.type === "waiting") return;
    this.#drop();
    this.#retry();
  }

  /** The network is said to be back: do not wait any longer. */
  wake(): void {
    if (this.state.type === "waiting") this.start();
  }

  stop(): void {
    this.#cancelRetry?.();
    this.#drop();
  }

  /** Expects an answer soon, or none any more. */
  watch(expecting: boolean): void {
    if (expecting && this.#cancelWatch !== null) return;
    this.#cancelWatch?.();
    this.#cancelWatch = expecting ? this.ports.timers.after(ANSWER_WITHIN, () => this.#fellSilent()) : null;
  }

  #fellSilent(): void {
    this.#cancelWatch = null;
    this.reconnect();
  }

  #write(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as ServerMessage;
    if (message.type === "welcome") {
      this.watch(false);
      this.#attempt = 0;
      this.#full = false;
      this.#set({ type: "open" });
    }
    if (message.type === "closing") this.#askedWait = message.retry_after_ms;
    this.events.received(message);
  }

  #closed(code: number): void {
    this.#drop();
    this.#full = code === FULL;
    if (this.#full) this.#askedWait = FULL_WAIT;
    const final = FINAL_CODES.get(code);
    if (final !== undefined) this.#end(final);
    else this.#retry();
  }

  #end(reason: EndReason): void {
    this.#drop();
    this.#set({ type: "ended", reason });
  }

  #drop(): void {
    this.watch(false);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #retry(): void {
    const { least, most } = FIRST_WAIT;
    const grown = Math.min(LONGEST_WAIT, (least + this.ports.random() * (most - least)) * 2 ** this.#attempt);
    const wait = this.#askedWait === null ? grown : this.#askedWait + this.ports.random() * most;
    this.#askedWait = null;
    this.#attempt += 1;
    this.#set({ type: "waiting", attempt: this.#attempt, full: this.#full });
    this.#cancelRetry = this.ports.timers.after(wait, () => this.start());
  }

  #set(state: ConnectionState): void {
    this.state = state;
    this.events.changed();
  }
}
