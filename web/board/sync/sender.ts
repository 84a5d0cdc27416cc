// Decides what of the queue goes out when: everything unanswered again after a reconnect, in order,
// then what is ready, in a small window and below the server's limit of edits a second.
import type { Refusal } from "../model/protocol.ts";
import { toEdit } from "./acts.ts";
import type { Connection } from "./connection.ts";
import type { Timers } from "./ports.ts";
import type { Pending, Queue } from "./queue.ts";

/** Unanswered edits at a time: enough for a quick hand on a slow line. */
const WINDOW = 32;
/** The server allows 50 a second on average and bursts of 200; staying below, an offline hour is sent unrefused. */
const PER_SECOND = 40;
const BURST = 120;
/** Times that an act refused for a passing reason is tried again before it goes back to its author. */
const MAX_TRIES = 6;

const PASSING: readonly Refusal[] = ["too_old", "too_fast", "not_stored"];

export class Sender {
  /** The head at the welcome: until it is reached, missed edits are still to come. Null while not welcomed. */
  #head: number | null = null;
  #resend = false;
  #tokens = BURST;
  #filledAt = 0;
  #restUntil = 0;
  #seq = 0;
  #cancel: (() => void) | null = null;

  constructor(
    private readonly queue: Queue,
    private readonly connection: Connection,
    private readonly timers: Timers,
    private readonly save: () => void,
  ) {}

  pause(): void {
    this.#head = null;
  }

  welcomed(head: number): void {
    this.#head = head;
    this.#resend = true;
  }

  /** Everything up to `seq` is applied: send, unless older edits are still under way. */
  caughtUp(seq: number): void {
    this.connection.watch(false);
    if (this.queue.sent().length > 0 && this.connection.state.type === "open") this.connection.watch(true);
    this.pump(seq);
  }

  pump(seq: number): void {
    this.#seq = seq;
    if (this.#head === null || seq < this.#head || this.connection.state.type !== "open") return;
    if (this.#resend) {
      this.#resend = false;
      for (const entry of this.queue.sent()) {
        entry.resent = true;
        this.#send(entry);
      }
    }
    if (this.timers.now() < this.#restUntil) return;
    const ready = this.queue.ready(WINDOW - this.queue.sent().length);
    const allowed = ready.filter(() => this.#takeToken());
    for (const entry of allowed) entry.n = this.queue.takeNumber();
    // Kept before sent: a reload must send it again under the same number, or it would be done twice.
    if (allowed.length > 0) this.save();
    for (const entry of allowed) this.#send(entry);
    if (allowed.length < ready.length) this.#pumpIn(1000 / PER_SECOND);
  }

  /** Will be sent again, under a new number. */
  again(entry: Pending): void {
    entry.n = null;
    entry.origin = null;
    entry.doubtful = false;
    entry.resent = false;
    entry.tries += 1;
  }

  /** Whether a refusal is tried again rather than told to the author. */
  retries(entry: Pending, reason: Refusal): boolean {
    // The server calls a number malformed that it refused before: the true reason was lost with the connection.
    const isPassing = PASSING.includes(reason) || (reason === "malformed" && entry.resent);
    if (!isPassing || entry.tries >= MAX_TRIES) return false;
    this.again(entry);
    if (reason === "too_fast" || reason === "not_stored") {
      const rest = 250 * 2 ** entry.tries;
      this.#restUntil = this.timers.now() + rest;
      this.#pumpIn(rest);
    }
    return true;
  }

  #send(entry: Pending): void {
    if (entry.n === null) return;
    const { origin, act } = entry;
    const edit =
      origin !== null && act.type === "edit_text"
        ? toEdit({ ...act, ops: origin.ops }, origin.seq)
        : toEdit(act, this.#seq);
    this.connection.send({ type: "edit", n: entry.n, edit });
    this.connection.watch(true);
  }

  #takeToken(): boolean {
    const now = this.timers.now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#filledAt) * PER_SECOND) / 1000);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #pumpIn(ms: number): void {
    this.#cancel?.();
    this.#cancel = this.timers.after(ms, () => {
      this.#cancel = null;
      this.pump(this.#seq);
    });
  }
}
